# SPDX-License-Identifier: GPL-3.0-or-later
"""The demo's host side, without a Blender: what it refuses, what it says, what it hands over."""

import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest

from demonstration import pictures, telling
from demonstration.journey import check_writable, hand_over
from demonstration.protocol import MARK, Made, Order, read_order, understand
from demonstration.serving import KEY_VARIABLE, Server, serve
from rig.errors import RigError

DEMO = Path(__file__).resolve().parents[2] / "scripts" / "demo"
KEY = "sk-empiriolabs-0123456789"


def test_every_failure_before_the_start_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "empty.png").touch()
    (tmp_path / "file").touch()
    for arguments in (
        ["/no/such.png"],
        [str(tmp_path)],
        ["--all", str(tmp_path / "file")],
        [str(tmp_path / "empty.png")],
    ):
        done = subprocess.run([sys.executable, DEMO, *arguments], capture_output=True, text=True, timeout=240)
        assert done.returncode == 1
        assert done.stdout == ""
        assert done.stderr.startswith("demo: ") and done.stderr.endswith(".\n") and done.stderr.count("\n") == 1


def test_an_output_folder_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(RigError, match="cannot be written"):
        check_writable(tmp_path / "file" / "out")


def test_staged_pictures_have_plain_and_different_names(tmp_path: Path) -> None:
    images = []
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        images.append(tmp_path / folder / "Ein Bild (1).PNG")
        images[-1].write_bytes(folder.encode())
    staging = tmp_path / "staging"
    staging.mkdir()
    staged = pictures.stage(pictures.chosen(images, None), staging)
    assert staged == ("sources/Ein-Bild-1.png", "sources/Ein-Bild-1-2.png")
    assert [(staging / name).read_bytes() for name in staged] == [b"one", b"two"]


def test_a_folder_gives_its_pictures_in_order(tmp_path: Path) -> None:
    for name in ("b.webp", "a.jpg", "notes.txt"):
        (tmp_path / name).write_bytes(b"x")
    assert [path.name for path in pictures.chosen([], tmp_path)] == ["a.jpg", "b.webp"]


def test_an_order_survives_the_way_to_blender(tmp_path: Path) -> None:
    order = Order("/zip", "/folder", "", "512", "2048", 100_000, 7, ("sources/a.png",), sheet=True)
    order.write(tmp_path / "order.json")
    assert read_order(tmp_path / "order.json") == order


def test_only_marked_lines_are_heard() -> None:
    assert understand("Saved: x.png\n") is None
    assert understand(f"{MARK}not json") is None
    assert understand(f'Sample 3/8 {MARK}{{"kind": "doing", "text": "x"}}\n') == {"kind": "doing", "text": "x"}


def test_what_is_told_names_price_job_and_parameters() -> None:
    made = Made("duck", "sources/duck.png", (64, 32), {"resolution": "512"}, "0.025", "job_1", {"generate": 2.0}, 9)
    told = telling.lines(vars(made), Path("/out"), is_live=False)
    for words in ("duck.png, 64 × 32", "resolution 512", "$0.025 (list price; the stand-in charges nothing)", "job_1"):
        assert words in told


def test_the_live_service_is_announced_with_its_price_and_without_the_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(KEY_VARIABLE, KEY)
    with serve(live=True) as server:
        assert server.environment[KEY_VARIABLE] == KEY
        said = server.announcement(Decimal("0.249"), 3)
        assert "LIVE" in said and "$0.747" in said
        assert KEY not in said + repr(server)


def test_the_stand_in_is_announced_as_one() -> None:
    assert "not the model" in Server(False, "http://127.0.0.1:1", {}).announcement(Decimal("0.025"), 1)


def test_results_replace_older_ones_and_the_order_stays_behind(tmp_path: Path) -> None:
    staging, out = tmp_path / "staging", tmp_path / "out"
    (staging / "objects").mkdir(parents=True)
    out.mkdir()
    for name in ("order.json", "a.blend", "objects/a.glb"):
        (staging / name).write_text("new")
    (out / "a.blend").write_text("old")
    hand_over(staging, out)
    assert sorted(str(path.relative_to(out)) for path in out.rglob("*") if path.is_file()) == [
        "a.blend",
        "objects/a.glb",
    ]
    assert (out / "a.blend").read_text() == "new"
