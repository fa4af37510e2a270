# SPDX-License-Identifier: GPL-3.0-or-later
"""When *Generate* is off it says why in one line, and nothing goes over the network."""

import socket
import warnings
from pathlib import Path

import bpy
import buttons
import layouts
import pictures
import pytest
from artist import PATIENCE_SECONDS, Artist, module

GOOD_KEY = "sk-empiriolabs-typed-by-hand"


@pytest.fixture(autouse=True)
def no_key_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("EMPIRIOLABS_API_KEY", raising=False)


@pytest.fixture
def ready(artist: Artist) -> Artist:
    artist.choose(pictures.put("mushroom", pictures.mushroom(16, 16)))
    assert buttons.generate()
    return artist


def check_off(artist: Artist, *words: str, service: bool = True) -> None:
    """Generate is off for this reason, from a script too; so is what else asks the server; nothing was sent."""
    assert not buttons.generate()
    reason = module("blender.readiness").generate_reason(bpy.context)
    assert all(word in reason for word in words), reason
    assert "\n" not in reason and not reason.endswith(".") and len(reason) < 120
    with pytest.raises(RuntimeError):
        bpy.ops.trellis.generate()
    assert bpy.ops.trellis.test_connection.poll() is not service
    assert bpy.ops.trellis.resume.poll() is not service
    assert artist.simulator.control.counters()["requests"] == 0


def test_online_access_off(ready: Artist) -> None:
    system = bpy.context.preferences.system
    system.use_online_access = False
    try:
        check_off(ready, "Online access is off", "Network")
    finally:
        system.use_online_access = True


def test_no_key(ready: Artist) -> None:
    ready.preferences.api_key = ""
    assert buttons.generate(), "a server on this computer may ask for none"
    ready.preferences.server_url = ""
    check_off(ready, "No API key", "preferences")
    ready.preferences.api_key = GOOD_KEY
    assert buttons.generate()


def test_no_source(ready: Artist) -> None:
    ready.settings.source_image = None
    check_off(ready, "Pick an image", service=False)
    ready.settings.source = "RENDER"
    check_off(ready, "Render an image first", service=False)
    ready.settings.source = "AUTO"
    check_off(ready, "Press Open", service=False)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://example.com", ("https",)),
        ("http://192.168.1.5:8000", ("https",)),
        ("ftp://example.com", ("server address",)),
        ("not an address", ("server address",)),
        ("https://", ("server address",)),
        ("https://someone:secret@example.com", ("server address",)),
        ("https://example.com/?a=b", ("server address",)),
    ],
)
def test_a_server_that_cannot_be(ready: Artist, url: str, words: tuple[str, ...]) -> None:
    ready.preferences.server_url = url
    check_off(ready, *words)
    assert "secret" not in module("blender.readiness").generate_reason(bpy.context)


def test_a_key_that_cannot_be(ready: Artist) -> None:
    ready.preferences.api_key = "sk-empiriolabs-with a space"
    check_off(ready, "API key")
    assert "with a space" not in module("blender.readiness").generate_reason(bpy.context)


def test_the_environments_key_wins(ready: Artist, monkeypatch: pytest.MonkeyPatch) -> None:
    ready.preferences.api_key = "sk-empiriolabs-wrong"
    monkeypatch.setenv("EMPIRIOLABS_API_KEY", ready.simulator.key)
    assert ready.wait(ready.order())[0].state.value == "imported"
    monkeypatch.setenv("EMPIRIOLABS_API_KEY", "sk-empiriolabs-wrong-too")
    ready.preferences.api_key = ready.simulator.key
    ready.settings.seed = 5
    assert ready.wait(ready.order())[0].state.value == "refused"


def test_the_page_tells_where_the_key_comes_from(ready: Artist, monkeypatch: pytest.MonkeyPatch) -> None:
    def told() -> str:
        made = layouts.layout()
        module("blender.preferences.service").draw_key(made, ready.preferences)
        module("blender.preferences.service").draw_server(made, ready.preferences)
        return " ".join(layouts.texts(made))

    assert "key entered here is used" in told()
    ready.preferences.server_url = ready.preferences.api_key = ""
    assert "No key yet" in told() and "entered here" not in told()
    monkeypatch.setenv("EMPIRIOLABS_API_KEY", ready.simulator.key)
    ready.preferences.api_key = GOOD_KEY
    assert "EMPIRIOLABS_API_KEY is set" in told() and "entered here" not in told()


def test_a_script_that_tests_the_connection_has_the_answer(ready: Artist, capfd: pytest.CaptureFixture[str]) -> None:
    ready.simulator.control.misbehave("*", "late", seconds=0.4)
    assert bpy.ops.trellis.test_connection("EXEC_DEFAULT") == {"FINISHED"}
    assert not ready.session.checking and ready.session.connection.ok
    said = ready.session.connection.sentence
    assert said.startswith("Connected. The balance is $")
    assert said in capfd.readouterr().out
    ready.preferences.api_key = "sk-empiriolabs-wrong"
    with pytest.raises(RuntimeError, match="key") as raised:
        bpy.ops.trellis.test_connection()
    assert ready.session.connection.sentence in str(raised.value) and "Traceback" not in str(raised.value)
    assert "sk-empiriolabs-wrong" not in str(raised.value)
    with socket.create_server(("127.0.0.1", 0)) as gone:
        ready.preferences.server_url = f"http://127.0.0.1:{gone.getsockname()[1]}"
    with pytest.raises(RuntimeError, match="server"):
        bpy.ops.trellis.test_connection()
    assert ready.simulator.accepted() == 0


def test_a_script_waits_for_the_answer_that_is_on_its_way(ready: Artist) -> None:
    ready.simulator.control.misbehave("*", "late", seconds=0.4)
    ready.ask_server()
    assert ready.session.checking and ready.session.busy, "a click comes back at once"
    number = ready.session.question
    assert bpy.ops.trellis.test_connection() == {"FINISHED"}
    assert ready.session.question == number, "the same question is not asked twice"
    assert ready.session.connection.ok


def test_a_script_does_not_wait_for_ever(ready: Artist, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module("core.bodies"), "AWAITED_SECONDS", 0.05)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        ready.preferences.server_url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(RuntimeError):
            bpy.ops.trellis.test_connection()
    assert not ready.session.checking and not ready.session.connection.ok


def test_another_server_is_asked_while_one_does_not_answer(ready: Artist) -> None:
    """Its answer is the one that counts, also when that of the first comes after it."""
    right, late = ready.preferences.server_url, "of the first"
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent.settimeout(PATIENCE_SECONDS)
        ready.preferences.server_url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        ready.ask_server()
        asking, _peer = silent.accept()
        with asking:
            ready.preferences.server_url = right
            assert bpy.ops.trellis.test_connection() == {"FINISHED"}
    told = ready.session.connection
    assert told.ok, told
    ready.session.take(type(told)(False, late, number=ready.session.question - 1))
    assert ready.session.connection == told


def test_download_folder_that_cannot_be(ready: Artist, tmp_path_factory: pytest.TempPathFactory) -> None:
    """It is found out before the job costs anything, or the object can still be fetched after the folder is mended."""
    file = tmp_path_factory.mktemp("taken") / "file"
    file.write_text("in the way")
    ready.preferences.download_folder = str(file / "objects")
    job = ready.wait(ready.order())[0]
    assert job.error and "folder" in job.error
    if job.state.value != "refused":
        assert job.resumable
        ready.preferences.download_folder = str(ready.folder)
        assert bpy.ops.trellis.resume(job=job.id) == {"FINISHED"}
        assert ready.session.jobs[job.id].state.value == "imported"
    assert file.read_text() == "in the way"


def test_download_folder_beside_a_file_that_is_not_saved(ready: Artist) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # newer Blenders warn, older ones offer such paths in their file browser
        ready.preferences.download_folder = "//objects"
    with pytest.raises(module("core.errors").InvalidSetting, match="not saved yet"):
        ready.order()
    assert ready.simulator.accepted() == 0


def test_download_folder_in_the_home_folder(ready: Artist) -> None:
    ready.preferences.download_folder = "~/objects of mine"
    assert module("blender.preferences").storage().folder == Path.home() / "objects of mine"


@pytest.mark.parametrize("typed", ["x", "./x", "~nobody-has-this-name/x"])
def test_download_folder_that_is_relative(ready: Artist, typed: str) -> None:
    ready.preferences.download_folder = typed
    with pytest.raises(module("core.errors").InvalidSetting, match="must be an absolute path"):
        ready.order()
    assert ready.simulator.accepted() == 0


def test_download_folder_of_blanks_is_none(ready: Artist, profile: Path) -> None:
    ready.preferences.download_folder = "  "
    assert module("blender.preferences").storage().folder.is_relative_to(profile)


def test_a_blank_key_of_the_environment_is_none(ready: Artist, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EMPIRIOLABS_API_KEY", "  ")
    assert module("blender.preferences").key().reveal() == ready.simulator.key


@pytest.mark.parametrize("mode", ["EDIT", "SCULPT"])
def test_a_script_in_another_mode_pays_nothing(ready: Artist, mode: str) -> None:
    bpy.context.scene.collection.objects.link(bpy.data.objects.new("chair", bpy.data.meshes.new("chair")))
    bpy.context.view_layer.objects.active = bpy.data.objects["chair"]
    bpy.ops.object.mode_set(mode=mode)
    with pytest.raises(RuntimeError, match=r"Switch to Object Mode first.*Nothing was sent"):
        bpy.ops.trellis.generate()
    bpy.ops.object.mode_set(mode="OBJECT")
    assert ready.simulator.accepted() == 0 and not ready.session.jobs


def test_every_reason_to_wait_has_a_way_out() -> None:
    importer = module("blender.importer")
    assert all(reason.startswith("Waiting for ") for reason in importer.WAY_OUT)
    assert len(importer.WAY_OUT) == 5
