# SPDX-License-Identifier: GPL-3.0-or-later
"""The scene around an object: ground, a print of the picture, three lights, a camera that frames both."""

import math
from collections.abc import Iterable

import bpy
from mathutils import Euler, Matrix, Vector

from .cycles import use_cycles
from .shapes import block, surface

SIZE = (960, 640)
PRINT = "Print"
"""The object that shows the picture."""
_SAMPLES = 8
_TURN = math.radians(10)
"""How far the camera stands to the side, so that one sees that the object has a depth."""
_LOOK_DOWN = math.radians(9)
_PRINT_SHARE = 0.62
"""Height of the print over the object's largest side."""
_WIDEST = 1.3
"""Width over height from which on a print is made smaller."""


def present(item: bpy.types.Object, picture: bpy.types.Image) -> None:
    """Stand the object on a ground, light and frame it beside the picture it was made from."""
    _stand_on_ground(item)
    low, high = bounds(item)
    size = max(high - low)
    aspect = picture.size[0] / max(picture.size[1], 1)
    # A panorama's print would otherwise be larger than the object.
    card = framed_print(picture, size * _PRINT_SHARE * min(1.0, _WIDEST / aspect))
    wide = max(corners(card), key=lambda corner: corner.x).x
    card.location.x = low.x - size * 0.10 - wide
    bpy.context.view_layer.update()
    backdrop(size)
    world()
    centre = Vector(((low.x + high.x) / 2, 0.0, high.z / 2))
    lights(centre, size)
    camera([*corners(item), *corners(card)], size)


def present_sheet(items: list[bpy.types.Object], picture: bpy.types.Image) -> None:
    """Light and frame the objects of a sheet as they stand, the sheet itself on the wall above, as wide as they are."""
    bpy.context.view_layer.update()
    points = [corner for item in items for corner in corners(item)]
    low, high = extremes(points)
    width, size = high.x - low.x, max(high - low)
    card = framed_print(picture, width * picture.size[1] / picture.size[0])
    wall = high.y + 0.30 * size
    card.rotation_euler = (0.0, 0.0, 0.0)
    bpy.context.view_layer.update()
    card.location += Vector(((low.x + high.x) / 2, wall - 0.02 * size, high.z)) - Vector(
        (0.0, 0.0, min(corner.z for corner in corners(card)))
    )
    bpy.context.view_layer.update()
    backdrop(size, depth=wall / size, curve=0.2)
    world()
    lights(Vector(((low.x + high.x) / 2, 0.0, (high.z + low.z) / 2)), size)
    camera([*points, *corners(card)], size, turn=_TURN / 2)


def render(path: str) -> None:
    """Render the scene into a PNG file."""
    scene = bpy.context.scene
    scene.render.resolution_x, scene.render.resolution_y = SIZE
    scene.render.film_transparent = False
    use_cycles(scene, _SAMPLES)
    bpy.ops.render.render()
    scene.render.image_settings.file_format = "PNG"
    scene.render.image_settings.color_mode = "RGB"
    bpy.data.images["Render Result"].save_render(path, scene=scene)


def _stand_on_ground(item: bpy.types.Object) -> None:
    bpy.context.view_layer.update()
    low, high = bounds(item)
    item.location -= Vector(((low.x + high.x) / 2, (low.y + high.y) / 2, low.z))
    bpy.context.view_layer.update()


def corners(item: bpy.types.Object) -> list[Vector]:
    """Give the corners of an object's boxes, its children's too, in the world."""
    parts = (item, *item.children_recursive)
    return [part.matrix_world @ Vector(corner) for part in parts for corner in part.bound_box]


def bounds(item: bpy.types.Object) -> tuple[Vector, Vector]:
    """Give the lowest and the highest corner of an object with its children."""
    return extremes(corners(item))


def extremes(points: Iterable[Vector]) -> tuple[Vector, Vector]:
    """Give the lowest and the highest corner of the box around points."""
    x, y, z = zip(*points, strict=True)
    return Vector((min(x), min(y), min(z))), Vector((max(x), max(y), max(z)))


def framed_print(picture: bpy.types.Image, height: float) -> bpy.types.Object:
    """Give a framed print of the picture that leans back a little and looks towards the camera."""
    width = height * picture.size[0] / max(picture.size[1], 1)
    edge, thick = height * 0.05, height * 0.03
    size = (width + 2 * edge, thick, height + 2 * edge)
    frame = block("Frame", (0, 0, 0), size, surface("Frame", "3b3531", 0.4), edge / 6)
    sheet = bpy.data.meshes.new("Print")
    sheet.from_pydata([(-width / 2, 0, -height / 2), (width / 2, 0, -height / 2), (width / 2, 0, height / 2),
                       (-width / 2, 0, height / 2)], [], [(0, 1, 2, 3)])  # fmt: skip
    sheet.uv_layers.new(name="UVMap").data.foreach_set("uv", (0, 0, 1, 0, 1, 1, 0, 1))
    sheet.materials.append(_printed(picture))
    paper = bpy.data.objects.new(PRINT, sheet)
    bpy.context.scene.collection.objects.link(paper)
    paper.parent = frame
    paper.location.y = -thick / 2 - height * 0.002
    frame.rotation_euler = (math.radians(-8), 0.0, math.radians(6))
    bpy.context.view_layer.update()
    frame.location.z = -min(corner.z for corner in corners(frame))
    bpy.context.view_layer.update()
    return frame


def _printed(picture: bpy.types.Image) -> bpy.types.Material:
    """Give the picture's colours on white paper where it is transparent."""
    material = surface("Print", "f4f1ea", 0.9)
    tree = material.node_tree
    image, mix = tree.nodes.new("ShaderNodeTexImage"), tree.nodes.new("ShaderNodeMix")
    image.image = picture
    mix.data_type = "RGBA"
    mix.inputs["A"].default_value = tree.nodes["Principled BSDF"].inputs["Base Color"].default_value
    tree.links.new(image.outputs["Alpha"], mix.inputs[0])
    tree.links.new(image.outputs["Color"], mix.inputs[7])
    tree.links.new(mix.outputs[2], tree.nodes["Principled BSDF"].inputs["Base Color"])
    return material


def backdrop(size: float, depth: float = 2.6, curve: float = 1.6) -> None:
    """A ground that bends up into a wall, as photographers use it; ``depth`` and ``curve`` in sizes."""
    front, bend, back, height, half = -8 * size, curve * size, depth * size, 8 * size, 12 * size
    profile = [(front, 0.0), (back - bend, 0.0)]
    profile += [(back - bend + bend * math.sin(a), bend - bend * math.cos(a))
                for a in (math.pi / 2 * step / 16 for step in range(1, 17))]  # fmt: skip
    profile.append((back, height))
    mesh = bpy.data.meshes.new("Backdrop")
    points = [(x, y, z) for y, z in profile for x in (-half, half)]
    mesh.from_pydata(points, [], [(i, i + 1, i + 3, i + 2) for i in range(0, len(points) - 2, 2)])
    mesh.polygons.foreach_set("use_smooth", [True] * len(mesh.polygons))
    mesh.materials.append(surface("Backdrop", "c9c3b8", 0.95))
    bpy.context.scene.collection.objects.link(bpy.data.objects.new("Backdrop", mesh))


def world() -> None:
    """Light it from all around, faintly."""
    world = bpy.data.worlds.new("Studio")
    world.use_nodes = True
    world.node_tree.nodes["Background"].inputs["Color"].default_value = (0.92, 0.95, 1.0, 1.0)
    world.node_tree.nodes["Background"].inputs["Strength"].default_value = 0.35
    bpy.context.scene.world = world


def lights(centre: Vector, size: float) -> None:
    """Set up three lights around a middle."""
    for name, towards, energy, width, tint in (
        ("Key", (-1.5, -2.2, 2.2), 95.0, 1.2, (1.0, 0.95, 0.88)),
        ("Fill", (2.4, -2.0, 0.9), 32.0, 2.0, (0.88, 0.94, 1.0)),
        ("Rim", (1.2, 1.9, 2.0), 60.0, 1.0, (1.0, 1.0, 1.0)),
    ):
        light = bpy.data.objects.new(name, bpy.data.lights.new(name, "AREA"))
        # The light's strength falls with the square of the distance, which grows with the object.
        light.data.energy, light.data.size, light.data.color = energy * size**2, width * size, tint
        light.location = centre + Vector(towards) * size
        light.rotation_euler = (centre - light.location).to_track_quat("-Z", "Y").to_euler()
        bpy.context.scene.collection.objects.link(light)


def camera(framed: Iterable[Vector], size: float, turn: float = _TURN) -> None:
    """Set up a camera that sees all these points."""
    scene = bpy.context.scene
    camera = bpy.data.objects.new("Camera", bpy.data.cameras.new("Camera"))
    camera.data.lens = 70
    camera.data.clip_end = 100 * size
    camera.rotation_euler = Euler((math.pi / 2 - _LOOK_DOWN, 0.0, turn))
    scene.collection.objects.link(camera)
    scene.camera = camera
    scene.render.resolution_x, scene.render.resolution_y = SIZE
    points = list(framed)
    middle = sum(points, Vector()) / len(points)
    wider = Matrix.Translation(middle) @ Matrix.Scale(1.12, 4) @ Matrix.Translation(-middle)
    flat = [value for point in points for value in wider @ point]
    bpy.context.view_layer.update()
    camera.location, _ = camera.camera_fit_coords(bpy.context.evaluated_depsgraph_get(), flat)
