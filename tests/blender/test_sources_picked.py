# SPDX-License-Identifier: GPL-3.0-or-later
"""Every way to pick a picture: canvases in the scene, files, addresses, the clipboard, the Render Result's slots."""

import ctypes
import tempfile
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import bpy
import numpy as np
import pictures
import pytest
import seen
import snapshot
from artist import Artist, module
from test_sources import render


def chosen() -> object:
    return module("blender.sources").choose(bpy.context)


def show(area_type: str = "IMAGE_EDITOR") -> bpy.types.Area:
    area = bpy.context.window.screen.areas[0]
    area.type = area_type
    return area


def place(item: bpy.types.Object) -> bpy.types.Object:
    """Put an object into the scene, selected and active, and no other."""
    scene = bpy.context.scene
    for other in scene.objects:
        other.select_set(False)
    scene.collection.objects.link(item)
    item.select_set(True)
    bpy.context.view_layer.objects.active = item
    bpy.context.view_layer.update()
    return item


def image_empty(image: bpy.types.Image | None, name: str = "reference") -> bpy.types.Object:
    empty = bpy.data.objects.new(name, None)
    empty.empty_display_type = "IMAGE"
    empty.data = image
    return place(empty)


def plane(images: list[bpy.types.Image], *, linked: int | None = None, active: int | None = None, z: float = 0.0):
    """A quad, or a wedge when ``z`` is not 0, with image nodes; one of them linked to the base colour, or active."""
    mesh = bpy.data.meshes.new("board")
    mesh.from_pydata([(-1, -1, 0), (1, -1, 0), (1, 1, z), (-1, 1, z / 2)], [], [(0, 1, 2, 3)])
    material = bpy.data.materials.new("board")
    if material.node_tree is None:
        material.use_nodes = True
    nodes, links = material.node_tree.nodes, material.node_tree.links
    nodes.clear()
    surface = nodes.new("ShaderNodeBsdfPrincipled")
    made = []
    for image in images:
        node = nodes.new("ShaderNodeTexImage")
        node.image = image
        made.append(node)
    if linked is not None:
        links.new(made[linked].outputs["Color"], surface.inputs["Base Color"])
    nodes.active = made[active] if active is not None else surface
    mesh.materials.append(material)
    return place(bpy.data.objects.new("board", mesh))


def test_selected_image_empty(artist: Artist, tmp_path: Path) -> None:
    image = pictures.put("sketch", pictures.mushroom())
    image_empty(image)
    artist.settings.source = "AUTO"
    assert (chosen().image, chosen().note, chosen().name) == (image, "On reference", "sketch")
    assert pictures.same(seen.received(artist, tmp_path), pictures.mushroom())


def test_empty_without_an_image_or_of_another_kind_is_none(artist: Artist) -> None:
    artist.settings.source = "AUTO"
    image_empty(None)
    assert not chosen().is_there
    empty = image_empty(pictures.put("sketch", pictures.mushroom()), "other")
    empty.empty_display_type = "CUBE"
    assert not chosen().is_there
    empty.empty_display_type = "IMAGE"
    assert chosen().is_there
    empty.select_set(False)
    assert not chosen().is_there, "active, but not selected"


@pytest.mark.parametrize(("linked", "active", "expected"), [
    (1, None, "b"), (1, 2, "b"), (None, 2, "c"), (None, None, "a"),
])  # fmt: skip
def test_selected_plane(artist: Artist, tmp_path: Path, linked: int | None, active: int | None, expected: str) -> None:
    images = [pictures.put(name, pictures.mushroom()) for name in "abc"]
    plane(images, linked=linked, active=active)
    artist.settings.source = "AUTO"
    assert (chosen().name, chosen().note) == (expected, "On board")
    assert pictures.same(seen.received(artist, tmp_path), pictures.mushroom())


def test_object_with_a_texture_is_no_canvas(artist: Artist) -> None:
    """Its texture is no picture of anything: what was generated must not be sent by accident."""
    plane([pictures.put("atlas", pictures.mushroom())], linked=0, z=0.5)
    artist.settings.source = "AUTO"
    assert not chosen().is_there


def test_order_of_auto(artist: Artist) -> None:
    artist.settings.source = "AUTO"
    shown, on_canvas = pictures.put("shown", pictures.mushroom()), pictures.put("canvas", pictures.mushroom())
    editor = show()
    render(bpy.context.scene, pictures.mushroom())
    assert chosen().is_render
    editor.spaces.active.image = shown
    assert chosen().image == shown
    image_empty(on_canvas)
    assert chosen().image == on_canvas
    with bpy.context.temp_override(area=editor):
        assert chosen().image == shown


def test_canvas_that_shows_a_sequence(artist: Artist, tmp_path: Path) -> None:
    for number, colour in ((1, (1, 0, 0)), (2, (0, 1, 0))):
        rows = seen.gradient(8, 6, alpha=False)
        rows[..., :3] = colour
        seen.write(tmp_path, f"walk{number}.png", rows, "PNG")
    image = bpy.data.images.load(str(tmp_path / "walk1.png"))
    image.source = "SEQUENCE"
    empty = image_empty(image)
    empty.image_user.frame_start, empty.image_user.frame_duration = 11, 2
    bpy.context.scene.frame_current = 12
    artist.settings.source = "AUTO"
    assert (seen.received(artist, tmp_path)[..., :3] == (0, 255, 0)).all()


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
    assert not bpy.ops.trellis.generate.poll()
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


def test_file_from_the_image_editor(artist: Artist, tmp_path: Path) -> None:
    (tmp_path / "cup.png").write_bytes(pictures.encode_png(pictures.mushroom()))
    editor = show()
    with bpy.context.temp_override(area=editor):
        assert bpy.ops.trellis.open_picture(filepath=str(tmp_path / "cup.png")) == {"FINISHED"}
        assert chosen().name == "cup"
    assert editor.spaces.active.image.name == "cup.png"
    assert artist.settings.source == "AUTO"


@pytest.mark.parametrize(("name", "sentence"), [
    ("gone.png", "There is no file gone.png"), ("text.png", "text.png is no picture"), ("", "There is no file"),
])  # fmt: skip
def test_file_that_cannot_be_opened(artist: Artist, tmp_path: Path, name: str, sentence: str) -> None:
    (tmp_path / "text.png").write_text("no picture")
    before = snapshot.take()
    with pytest.raises(RuntimeError, match=sentence):
        bpy.ops.trellis.open_picture(filepath=str(tmp_path / name) if name else "")
    assert snapshot.changes_since(before) == []


def test_drop_onto_the_panel(artist: Artist) -> None:
    handler = next(cls for cls in bpy.types.FileHandler.__subclasses__() if cls.bl_idname == "TRELLIS_FH_picture")
    assert handler.bl_import_operator == "trellis.open_picture"
    assert ".png" in handler.bl_file_extensions.split(";") and ".webp" in handler.bl_file_extensions.split(";")
    area = next(item for item in bpy.context.window.screen.areas if item.type == "VIEW_3D")
    for region in area.regions:
        with bpy.context.temp_override(area=area, region=region):
            if region.type != "UI":
                assert not handler.poll_drop(bpy.context), "the view itself makes an image empty"


def test_clipboard_is_said_where_blender_has_none(artist: Artist) -> None:
    assert not bpy.ops.trellis.paste_picture.poll()
    before = snapshot.take()
    with pytest.raises(RuntimeError, match="finds no image on the clipboard"):
        bpy.ops.trellis.paste_picture()
    assert snapshot.changes_since(before) == []


@pytest.mark.parametrize("transform", ["AgX", "Filmic", "Standard"])
def test_render_through_the_scenes_view(artist: Artist, tmp_path: Path, transform: str) -> None:
    scene = bpy.context.scene
    render(scene, pictures.mushroom())
    scene.view_settings.view_transform = transform
    scene.view_settings.exposure, scene.view_settings.gamma = 0.4, 1.1
    artist.settings.source = "RENDER"
    before = seen.settings_of(scene)
    expected = seen.saved(bpy.data.images["Render Result"], tmp_path, like=scene)
    assert pictures.same(seen.received(artist, tmp_path), expected, tolerance=seen.TOLERANCE)
    assert seen.settings_of(scene) == before


def test_render_on_another_display_is_sent_for_an_srgb_one(artist: Artist, tmp_path: Path) -> None:
    scene = bpy.context.scene
    render(scene, pictures.mushroom())
    expected = seen.saved(bpy.data.images["Render Result"], tmp_path, like=scene)
    scene.display_settings.display_device = "Display P3"
    other = seen.saved(bpy.data.images["Render Result"], tmp_path, like=scene)
    assert not pictures.same(other, expected, tolerance=3)
    artist.settings.source = "RENDER"
    before = seen.settings_of(scene)
    assert pictures.same(seen.received(artist, tmp_path), expected, tolerance=seen.TOLERANCE)
    assert seen.settings_of(scene) == before


def test_the_chosen_slot(artist: Artist, tmp_path: Path) -> None:
    scene = bpy.context.scene
    render(scene, pictures.mushroom())
    result = bpy.data.images["Render Result"]
    result.render_slots.active_index = 1
    scene.render.resolution_x = 24
    bpy.ops.render.render()
    artist.settings.source = "RENDER"
    widths = []
    for slot in (0, 1):
        result.render_slots.active_index = slot
        artist.session = artist.new_session()
        widths.append(seen.received(artist, tmp_path).shape[1])
    assert widths == [48, 24]
    result.render_slots.active_index = 5
    with pytest.raises(module("core.errors").SourceError, match="no finished render"):
        artist.order()


def test_grey_and_alpha_of_a_canvas_are_as_saved(artist: Artist, tmp_path: Path) -> None:
    path = seen.write(tmp_path, "grey.png", seen.gradient(), "PNG", mode="BW", depth="16", is_float=True)
    image_empty(bpy.data.images.load(str(path)))
    artist.settings.source = "AUTO"
    got = seen.as_rgba(seen.received(artist, tmp_path))
    assert pictures.same(got, seen.saved(bpy.data.images["grey.png"], tmp_path), tolerance=seen.TOLERANCE)
    assert np.ptp(got[..., 0]) > 100


@pytest.mark.parametrize("views_format", ["INDIVIDUAL", "STEREO_3D"])
def test_stereo_render_sends_the_left_view(artist: Artist, tmp_path: Path, views_format: str) -> None:
    """Blender writes a file for each eye, or both eyes in one: neither is the picture."""
    scene = bpy.context.scene
    box = render_scene(scene)
    scene.render.use_multiview = True
    scene.render.image_settings.views_format = views_format
    before = set(Path(tempfile.gettempdir()).glob("trellis-*"))
    bpy.ops.render.render()
    artist.settings.source = "RENDER"
    got = seen.received(artist, tmp_path)
    red = got[(got[..., 3] > 200)][:, :3].mean(axis=0)
    assert got.shape == (64, 96, 4) and red[0] > 200 and red[1] < 20, "no colours of an anaglyph"
    _, columns = np.nonzero(got[..., 3] > 200)
    assert columns.mean() > 47.5, "from the left eye it stands to the right"
    assert scene.render.image_settings.views_format == views_format
    box.select_set(True)
    bpy.context.view_layer.objects.active = box
    assert bpy.ops.trellis.render_selection(view="CAMERA") == {"FINISHED"}
    assert set(Path(tempfile.gettempdir()).glob("trellis-*")) == before


def render_scene(scene: bpy.types.Scene) -> bpy.types.Object:
    """Set up a red square, far behind where the eyes' views meet, before a camera on nothing."""
    scene.render.engine, scene.cycles.samples = "CYCLES", 1
    scene.cycles.use_denoising = False
    scene.render.resolution_x, scene.render.resolution_y, scene.render.resolution_percentage = 96, 64, 100
    scene.render.film_transparent, scene.view_settings.view_transform = True, "Standard"
    mesh = bpy.data.meshes.new("red")
    mesh.from_pydata([(-1, -1, 0), (1, -1, 0), (1, 1, 0), (-1, 1, 0)], [], [(0, 1, 2, 3)])
    material = bpy.data.materials.new("red")
    if material.node_tree is None:
        material.use_nodes = True
    nodes = material.node_tree.nodes
    nodes.clear()
    light, out = nodes.new("ShaderNodeEmission"), nodes.new("ShaderNodeOutputMaterial")
    light.inputs["Color"].default_value = (1.0, 0.0, 0.0, 1.0)
    material.node_tree.links.new(light.outputs[0], out.inputs["Surface"])
    mesh.materials.append(material)
    box = bpy.data.objects.new("red", mesh)
    scene.collection.objects.link(box)
    camera = bpy.data.objects.new("camera", bpy.data.cameras.new("camera"))
    camera.location.z = 5.0
    camera.data.stereo.interocular_distance, camera.data.stereo.convergence_distance = 1.0, 500.0
    camera.data.stereo.pivot = "CENTER"
    scene.collection.objects.link(camera)
    scene.camera = camera
    bpy.context.view_layer.update()
    return box


@pytest.mark.parametrize("is_data", [False, True], ids=["linked to relief", "also not a colour"])
def test_plane_with_relief_linked_first(artist: Artist, is_data: bool) -> None:
    mesh = bpy.data.meshes.new("plane")
    mesh.from_pydata([(0, 0, 0), (1, 0, 0), (1, 1, 0), (0, 1, 0)], [], [(0, 1, 2, 3)])
    material = bpy.data.materials.new("plane")
    if material.node_tree is None:
        material.use_nodes = True
    tree = material.node_tree
    shader = next(node for node in tree.nodes if node.bl_idname == "ShaderNodeBsdfPrincipled")
    textures = [tree.nodes.new("ShaderNodeTexImage") for _ in range(2)]
    for node, name in zip(textures, ("relief", "colour"), strict=True):
        node.image = pictures.put(name, pictures.mushroom(8, 8))
    if is_data:
        textures[0].image.colorspace_settings.name = "Non-Color"
        tree.links.new(textures[0].outputs[0], shader.inputs["Roughness"])
        mix = tree.nodes.new("ShaderNodeMixRGB")
        tree.links.new(textures[1].outputs[0], mix.inputs["Color1"])
        tree.links.new(mix.outputs[0], shader.inputs["Base Color"])
    else:
        relief = tree.nodes.new("ShaderNodeNormalMap")
        tree.links.new(textures[0].outputs[0], relief.inputs["Color"])
        tree.links.new(relief.outputs[0], shader.inputs["Normal"])
        tree.links.new(textures[1].outputs[0], shader.inputs["Base Color"])
    tree.nodes.active = textures[0]
    mesh.materials.append(material)
    place(bpy.data.objects.new("plane", mesh))
    artist.settings.source = "AUTO"
    assert chosen().image.name == "colour"


@pytest.mark.parametrize(("layer", "number", "note"), [
    (0, 0, ""),
    (0, 1, "The editor shows another pass; Combined is sent"),
    (1, 0, "The editor shows another layer; Combined of the first is sent"),
])  # fmt: skip
@pytest.mark.parametrize("source", ["AUTO", "RENDER"])
def test_another_layer_in_the_editor_is_said(artist: Artist, source: str, layer: int, number: int, note: str) -> None:
    scene = bpy.context.scene
    render_scene(scene)
    scene.view_layers.new("Second")
    bpy.ops.render.render()
    space = show().spaces.active
    space.image = bpy.data.images["Render Result"]
    set_layer(space.image_user, layer, number)
    artist.settings.source = source
    assert chosen().is_render and chosen().note == note
    artist.settings.source = "AUTO"
    space.image = pictures.put("plain", pictures.mushroom(8, 8))
    set_layer(space.image_user, layer, number)
    assert chosen().image == space.image and chosen().note == "", "an image without layers"


def set_layer(user: bpy.types.ImageUser, layer: int, number: int) -> None:
    """Choose layer and pass, as the editor's menus do: no script may, so it is written where Blender keeps it."""
    fields = {"pass": 26, "layer": 36}
    for name, value in (("pass", number), ("layer", layer)):
        ctypes.c_short.from_address(user.as_pointer() + fields[name]).value = value
    assert (user.multilayer_layer, user.multilayer_pass) == (layer, number)
