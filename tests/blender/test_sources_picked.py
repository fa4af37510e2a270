# SPDX-License-Identifier: GPL-3.0-or-later
"""Every way to pick a picture that is not in Blender yet: files, addresses, the clipboard."""

import os
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import bpy
import buttons
import layouts
import numpy as np
import pictures
import pytest
import seen
import snapshot
from artist import Artist, module
from seen import chosen, show
from test_sources_canvas import image_empty


@pytest.fixture
def web(tmp_path: Path) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """A web server with one picture: its address, and who asked for what."""
    asked: list[tuple[str, str]] = []
    content = pictures.encode_png(pictures.mushroom())

    class Pictures(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append((self.path, self.headers.get("Authorization", "")))
            self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_arguments: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Pictures)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/red%20cup.png?size=2", asked
    server.shutdown()
    thread.join()
    server.server_close()


def test_public_address(artist: Artist, tmp_path: Path, web: tuple[str, list[tuple[str, str]]]) -> None:
    """The service gets the address and fetches it by itself, once; nothing here does."""
    url, asked = web
    artist.settings.source = "URL"
    artist.settings.source_url = f"  {url} "
    assert chosen().is_there and chosen().image is None and chosen().name == "red cup"
    assert not asked
    assert pictures.same(seen.received(artist, tmp_path), pictures.mushroom())
    assert artist.simulator.newest()["picture_from"] == "url"
    assert asked == [("/red%20cup.png?size=2", "")]


@pytest.mark.parametrize("url", ["", "cup.png", "file:///tmp/cup.png", "https://", "https://a b.com/x.png",
                                 "https://user:word@example.com/x.png", "ftp://example.com/x.png",
                                 "data:image/png;base64,AAAA"])  # fmt: skip
def test_what_is_no_public_address(artist: Artist, url: str) -> None:
    artist.settings.source = "URL"
    artist.settings.source_url = url
    assert chosen().missing and "\n" not in chosen().missing
    assert not buttons.generate()
    with pytest.raises(module("core.errors").TrellisError):
        artist.order()
    assert artist.simulator.accepted() == 0


def test_file(artist: Artist, tmp_path: Path) -> None:
    (tmp_path / "cup.png").write_bytes(pictures.encode_png(pictures.mushroom()))
    artist.settings.source = "RENDER"
    bpy.ops.ed.undo_push(message="before")
    assert bpy.ops.trellis.open_picture("EXEC_DEFAULT", filepath=str(tmp_path / "cup.png")) == {"FINISHED"}
    bpy.ops.ed.undo_push(message="opened")  # which a window does by itself
    assert (artist.settings.source, artist.settings.source_image.name) == ("IMAGE", "cup.png")
    assert pictures.same(seen.received(artist, tmp_path), pictures.mushroom())
    assert bpy.ops.trellis.open_picture(filepath=str(tmp_path / "cup.png")) == {"FINISHED"}
    assert [image.name for image in bpy.data.images] == ["cup.png"], "opened once"
    assert {"REGISTER", "UNDO"} <= bpy.ops.trellis.open_picture.bl_options


def plain(folder: Path, colour: tuple[int, int, int]) -> tuple[Path, np.ndarray]:
    """Write cup.png in one colour on transparency, as a paint program does; give its path and its picture."""
    rgba = pictures.mushroom()
    rgba[rgba[..., 3] > 0, :3] = colour
    path = folder / "cup.png"
    path.write_bytes(pictures.encode_png(rgba))
    return path, rgba


def test_file_that_was_edited_is_opened_as_it_is_now(artist: Artist, tmp_path: Path) -> None:
    """Look at what is wrong, mend it in a paint program, open it again: the former pixels were sent and paid for."""
    sight = module("blender.sight")
    path, _ = plain(tmp_path, (200, 50, 25))
    bpy.ops.trellis.open_picture(filepath=str(path))
    assert artist.settings.source_image.pixels[0] == 0.0, "its pixels are in memory"
    token = sight.token(chosen(), bpy.context.scene)
    _, expected = plain(tmp_path, (25, 200, 50))
    bpy.ops.trellis.open_picture(filepath=str(path))
    bpy.context.view_layer.update()  # which a window does by itself
    assert sight.token(chosen(), bpy.context.scene) != token, "and the preview is another one"
    assert pictures.same(seen.received(artist, tmp_path), expected)
    assert [image.name for image in bpy.data.images] == ["cup.png"]


def test_file_that_is_broken_for_the_moment(artist: Artist, tmp_path: Path) -> None:
    """Blender's own *Reload* lets go of the pixels first: the scene's picture was gone, and not only for us."""
    path, expected = plain(tmp_path, (200, 50, 25))
    bpy.ops.trellis.open_picture(filepath=str(path))
    image = artist.settings.source_image
    assert image.pixels[0] == 0.0, "its pixels are in memory"
    path.write_bytes(b"half of it")
    with pytest.raises(RuntimeError, match="is no picture that Blender can read"):
        bpy.ops.trellis.open_picture(filepath=str(path))
    assert image.size[0] > 0 and list(bpy.data.images) == [image]
    assert pictures.same(seen.received(artist, tmp_path), expected)


@pytest.mark.parametrize("spelling", ["up and down", "link"])
def test_file_by_another_spelling_of_its_path(artist: Artist, tmp_path: Path, spelling: str) -> None:
    path, _ = plain(tmp_path, (200, 50, 25))
    bpy.ops.trellis.open_picture(filepath=str(path))
    _, expected = plain(tmp_path, (25, 200, 50))
    other = tmp_path / "folder" / ".." / "cup.png" if spelling == "up and down" else tmp_path / "saucer.png"
    (tmp_path / "folder").mkdir()
    if spelling == "link":
        other.symlink_to(path)
    bpy.ops.trellis.open_picture(filepath=str(other))
    assert [image.name for image in bpy.data.images] == ["cup.png"]
    assert pictures.same(seen.received(artist, tmp_path), expected)


def test_file_that_was_missing_and_is_back(artist: Artist, tmp_path: Path) -> None:
    path, expected = plain(tmp_path, (200, 50, 25))
    bpy.data.images.load(str(path)).use_fake_user = True
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "late.blend"))
    path.unlink()
    bpy.ops.wm.open_mainfile(filepath=str(tmp_path / "late.blend"))
    assert tuple(bpy.data.images["cup.png"].size) == (0, 0)
    plain(tmp_path, (200, 50, 25))
    assert bpy.ops.trellis.open_picture(filepath=str(path)) == {"FINISHED"}
    assert pictures.same(seen.received(artist, tmp_path), expected)
    assert [image.name for image in bpy.data.images] == ["cup.png"]


@pytest.mark.parametrize("how", ["painted", "packed"])
def test_strokes_are_kept_when_the_file_is_opened_again(artist: Artist, tmp_path: Path, how: str) -> None:
    path, expected = plain(tmp_path, (200, 50, 25))
    bpy.ops.trellis.open_picture(filepath=str(path))
    painted = artist.settings.source_image
    painted.pixels[:4] = (1.0, 1.0, 1.0, 1.0)
    if how == "packed":
        painted.pack()
    for _ in range(2):
        bpy.ops.trellis.open_picture(filepath=str(path))
        assert artist.settings.source_image != painted
        assert tuple(painted.pixels[:4]) == (1.0, 1.0, 1.0, 1.0)
    assert len(bpy.data.images) == 2, "and one of the file"
    assert pictures.same(seen.received(artist, tmp_path), expected), "what was chosen is the file"


def test_picture_selected_after_another_was_opened(artist: Artist, tmp_path: Path) -> None:
    """What was opened earlier must not be paid for by mistake: the panel says so, and one click takes the other."""
    (tmp_path / "cup.png").write_bytes(pictures.encode_png(pictures.mushroom()))
    dropped = image_empty(pictures.put("sketch", pictures.mushroom(8, 8)), "Dropped")
    with layouts.editor():
        assert bpy.ops.trellis.open_picture(filepath=str(tmp_path / "cup.png")) == {"FINISHED"}
        assert chosen().name == "cup"
        assert "The picture on Dropped is selected, but another one is sent." in read_in_panel(artist)
        assert "Use Selected Picture" in read_in_panel(artist)
        dropped.select_set(False)
        assert "Use Selected Picture" not in read_in_panel(artist)
        dropped.select_set(True)
        artist.settings.source = "AUTO"  # what the button does
        assert chosen().name == "sketch"
        assert "Use Selected Picture" not in read_in_panel(artist)
        artist.settings.source, artist.settings.source_image = "IMAGE", dropped.data
        assert "Use Selected Picture" not in read_in_panel(artist), "it is the one that is sent"


def read_in_panel(artist: Artist) -> str:
    made = layouts.layout()
    module("blender.panels.source").draw(made, bpy.context, artist.settings)
    return " ".join(layouts.texts(made))  # lines are broken by the width that there is


def test_file_from_the_image_editor(artist: Artist, tmp_path: Path) -> None:
    (tmp_path / "cup.png").write_bytes(pictures.encode_png(pictures.mushroom()))
    editor = show()
    with module("blender.footing").at(area=editor):
        assert bpy.ops.trellis.open_picture(filepath=str(tmp_path / "cup.png")) == {"FINISHED"}
        assert chosen().name == "cup"
    assert editor.spaces.active.image.name == "cup.png"
    assert artist.settings.source == "AUTO"


def unreadable(folder: Path) -> Path:
    """Give a file that nobody may read, not even a superuser."""
    path = folder / "locked.png"
    path.write_bytes(pictures.encode_png(pictures.mushroom()))
    path.chmod(0)
    return Path("/proc/sys/vm/drop_caches") if os.access(path, os.R_OK) else path


def half_a_webp(folder: Path) -> Path:
    """Give what is left of a download that was cut: Blender reads it as a picture of nothing."""
    path = seen.write(folder, "bad.webp", seen.gradient(), "WEBP")
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    return path


@pytest.mark.parametrize("how", ["text", "half", "nothing", "locked", "webp"])
def test_what_cannot_be_read_displaces_nothing(artist: Artist, tmp_path: Path, how: str) -> None:
    path, expected = plain(tmp_path, (200, 50, 25))
    bpy.ops.trellis.open_picture(filepath=str(path))
    content = {"text": b"no picture", "half": path.read_bytes()[:200], "nothing": b""}.get(how, b"")
    bad = tmp_path / "bad.png"
    bad.write_bytes(content)
    if how == "locked":
        bad = unreadable(tmp_path)
    elif how == "webp":
        bad = half_a_webp(tmp_path)
    before = snapshot.take()
    with pytest.raises(RuntimeError, match=f"{bad.name} is no picture that Blender can read. Choose another one."):
        bpy.ops.trellis.open_picture(filepath=str(bad))
    assert snapshot.changes_since(before) == []
    assert pictures.same(seen.received(artist, tmp_path), expected)


@pytest.mark.parametrize(("name", "sentence"), [
    ("gone.png", "There is no file gone.png"), ("text.png", "text.png is no picture"), ("", "No picture was chosen"),
    (".", "No picture was chosen"),
])  # fmt: skip
def test_file_that_cannot_be_opened(artist: Artist, tmp_path: Path, name: str, sentence: str) -> None:
    (tmp_path / "text.png").write_text("no picture")
    before = snapshot.take()
    with pytest.raises(RuntimeError, match=sentence):
        bpy.ops.trellis.open_picture(filepath=str(tmp_path / name) if name else "")
    assert snapshot.changes_since(before) == []


def test_the_next_one_is_looked_for_beside_it(artist: Artist, tmp_path: Path) -> None:
    folder = module("blender.operators.open_picture").folder_of_last
    assert folder(bpy.context) == ""
    pictures.put("cup", pictures.mushroom(16, 16)).save(filepath=str(tmp_path / "cup.png"))
    bpy.ops.trellis.open_picture(filepath=str(tmp_path / "cup.png"))
    assert folder(bpy.context) == str(tmp_path) + os.sep


def test_drop_onto_the_panel(artist: Artist) -> None:
    handler = next(cls for cls in bpy.types.FileHandler.__subclasses__() if cls.bl_idname == "TRELLIS_FH_picture")
    assert handler.bl_import_operator == "trellis.open_picture"
    taken = set(handler.bl_file_extensions.split(";"))
    assert {".png", ".webp", ".sgi"} <= taken and taken >= set(bpy.path.extensions_image)
    area = next(item for item in bpy.context.window.screen.areas if item.type == "VIEW_3D")
    for region in area.regions:
        with module("blender.footing").at(area=area, region=region):
            if region.type != "UI":
                assert not handler.poll_drop(bpy.context), "the view itself makes an image empty"


def test_clipboard_is_said_where_blender_has_none(artist: Artist) -> None:
    assert not bpy.ops.trellis.paste_picture.poll()
    before = snapshot.take()
    with pytest.raises(RuntimeError, match="Blender has a clipboard in a window only"):
        bpy.ops.trellis.paste_picture()
    assert snapshot.changes_since(before) == []


@pytest.mark.parametrize("beside", ["nothing", "an Image Editor", "its own"])
def test_blender_is_asked_for_the_clipboard_where_it_gives_it(artist: Artist, beside: str) -> None:
    """It does in an Image Editor only: from a 3D Viewport the button was off, whatever was on the clipboard."""
    areas = bpy.context.window.screen.areas
    kinds = ["IMAGE_EDITOR" if beside == "its own" else "VIEW_3D", "IMAGE_EDITOR" if beside != "nothing" else "INFO"]
    for area, kind in zip(areas, [*kinds, *["OUTLINER"] * len(areas)], strict=False):
        area.ui_type = kind
    was = [area.ui_type for area in areas]
    shown = pictures.put("shown", pictures.mushroom())
    for area in areas:
        if area.type == "IMAGE_EDITOR":
            area.spaces.active.image = shown
    with (
        module("blender.footing").at(area=areas[0]),
        pytest.raises(RuntimeError, match="No compatible images are on the clipboard"),  # and not "no Image Editor"
    ):
        module("blender.clipboard").paste(bpy.context)
    assert [area.ui_type for area in areas] == was
    assert all(area.spaces.active.image == shown for area in areas if area.type == "IMAGE_EDITOR")
