# SPDX-License-Identifier: GPL-3.0-or-later
"""A subject of our own, so that the demo needs nobody's picture: a mushroom that somebody lives in."""

import math

import bpy
from mathutils import Vector

from .cycles import use_cycles
from .shapes import Point, arch, ball, block, slab, surface, turned

NAME = "Mushroom House"
PIXELS = 1024
_SAMPLES = 8
_CAP = [(0.05, 0.86), (0.45, 0.80), (0.86, 0.74), (1.02, 0.77), (1.07, 0.84), (1.04, 0.95), (0.95, 1.12), (0.80, 1.29),
        (0.60, 1.44), (0.36, 1.54), (0.14, 1.585), (0.0, 1.59)]  # fmt: skip
_STEM = [(0.0, 0.0), (0.60, 0.0), (0.62, 0.08), (0.575, 0.25), (0.53, 0.45), (0.505, 0.65), (0.49, 0.90)]
_WINDOW = 0.50
"""Its height above the ground."""
_DOTS = ((-12, 30, 0.20), (28, 44, 0.15), (-50, 24, 0.17), (40, 15, 0.16), (72, 26, 0.13), (5, 66, 0.14),
         (-42, 55, 0.13), (-20, 8, 0.09), (14, 14, 0.10), (-76, 12, 0.11))  # fmt: skip
"""Turn to the side and height on the cap in degrees, and size."""


def render_subject() -> None:
    """Build it in the open file, light it and render it on a transparent film, into the Render Result."""
    _ground()
    _house()
    _cap()
    _garden()
    _lights()
    _camera()
    scene = bpy.context.scene
    scene.render.resolution_x = scene.render.resolution_y = PIXELS
    scene.render.film_transparent = True
    use_cycles(scene, _SAMPLES)
    bpy.ops.render.render()


def _ground() -> None:
    grass = surface("Grass", "6aa336", 0.9)
    turned("Hill", [(0.0, -0.16), (0.95, -0.16), (1.06, -0.10), (1.0, -0.02), (0.75, 0.03), (0.0, 0.05)], grass)
    stone = surface("Stone", "b9b3a6", 0.8)
    for x, y, radius in ((-0.02, -0.72, 0.13), (0.06, -0.93, 0.11)):
        ball("Step", (x, y, 0.02), (radius * 1.25, radius, 0.05), stone)


def _house() -> None:
    turned("Stem", _STEM, surface("Stem", "f3e3c3", 0.7))
    frame, wood = surface("Frame", "5b3a22", 0.6), surface("Door", "2f7f86", 0.5)
    slab("Door Frame", arch(0.42, 0.58), 0.12, frame).location = (-0.06, -0.50, 0.04)
    slab("Door", arch(0.33, 0.53), 0.14, wood).location = (-0.06, -0.505, 0.04)
    for x in (-0.12, 0.0):
        block("Board", (x, -0.646, 0.27), (0.012, 0.01, 0.40), surface("Joint", "1d5b61"), 0.0)
    ball("Knob", (0.06, -0.67, 0.29), (0.03, 0.03, 0.03), surface("Brass", "f2b632", 0.25))
    glass = surface("Window", "ffd873", 0.3, glow=0.9)
    out = Vector((math.sin(math.radians(36)), -math.cos(math.radians(36)), 0.05))
    for name, radius, material, far in (("Window Frame", 0.135, frame, 0.515), ("Window", 0.10, glass, 0.54)):
        ball(name, _at(out * far, _WINDOW), (radius, radius, 0.05), material, out)
    for upright in (True, False):
        bar = block("Bar", (0, 0, 0), (0.02, 0.02, 0.19) if upright else (0.19, 0.02, 0.02), frame, 0.004)
        bar.location, bar.rotation_euler.z = _at(out * 0.585, _WINDOW), math.radians(36)


def _cap() -> None:
    cap = turned("Cap", _CAP, surface("Cap", "d3262b", 0.35))
    cap.location.x = 0.02
    turned("Gills", [(0.46, 0.70), (0.60, 0.755), (0.92, 0.775)], surface("Gills", "e8c79b", 0.8))
    white = surface("Dots", "fff6e6", 0.5)
    for turn, rise, size in _DOTS:
        across, up = math.radians(turn), math.radians(rise)
        out = Vector((math.sin(across) * math.cos(up), -math.cos(across) * math.cos(up), math.sin(up)))
        hit, place, normal, _ = cap.ray_cast(Vector((0, 0, 0.9)) + out * 3, -out)
        if hit:
            ball("Dot", tuple(place + cap.location), (size, size, 0.045), white, normal)
    brick = surface("Chimney", "8c5a48", 0.85)
    block("Chimney", (0.50, 0.05, 1.55), (0.20, 0.20, 0.50), brick, 0.02)
    block("Chimney Top", (0.50, 0.05, 1.80), (0.27, 0.27, 0.07), surface("Slate", "4a4f5c", 0.7), 0.02)


def _garden() -> None:
    for place, size in (((-0.74, -0.45, 0.0), 0.30), ((0.78, -0.38, 0.0), 0.22), ((0.60, -0.62, 0.0), 0.15)):
        _small_mushroom(place, size)
    petals, heart, leaf = surface("Petals", "f7f2ff"), surface("Heart", "f5b81f"), surface("Leaf", "3f7d2c", 0.8)
    for x, y, height in ((-0.47, -0.78, 0.20), (-0.36, -0.88, 0.13), (0.34, -0.86, 0.17)):
        block("Stalk", (x, y, height / 2), (0.025, 0.025, height), leaf, 0.004)
        for part in range(6):
            angle = math.tau * part / 6
            ball("Petal", (x + 0.05 * math.cos(angle), y - 0.02, height + 0.05 * math.sin(angle)),
                 (0.034, 0.02, 0.034), petals)  # fmt: skip
        ball("Heart", (x, y - 0.035, height), (0.03, 0.02, 0.03), heart)
    for x, y, radius in ((-0.93, -0.12, 0.16), (0.95, 0.0, 0.17), (-0.60, -0.05, 0.22), (0.62, -0.02, 0.20)):
        ball("Bush", (x, y, 0.05), (radius, radius, radius * 0.9), leaf)


def _small_mushroom(place: Point, size: float) -> None:
    stem = turned("Small Stem", [(0.0, 0.0), (0.30, 0.0), (0.22, 0.4), (0.2, 0.8)], surface("Stem", "f3e3c3", 0.7))
    cap = turned("Small Cap", [(0.05, 0.72), (0.62, 0.68), (0.70, 0.76), (0.60, 0.98), (0.36, 1.16), (0.0, 1.24)],
                 surface("Small Cap", "e8802a", 0.4))  # fmt: skip
    for part in (stem, cap):
        part.location, part.scale = place, (size, size, size)


def _lights() -> None:
    world = bpy.data.worlds.new("Sky")
    world.use_nodes = True
    world.node_tree.nodes["Background"].inputs["Color"].default_value = (0.75, 0.85, 1.0, 1.0)
    world.node_tree.nodes["Background"].inputs["Strength"].default_value = 0.55
    bpy.context.scene.world = world
    for name, place, energy, size in (("Key", (-3.0, -4.2, 4.5), 420, 2.0), ("Fill", (4.0, -4.0, 1.5), 120, 3.0),
                                      ("Rim", (2.0, 4.0, 4.0), 300, 1.5)):  # fmt: skip
        light = bpy.data.objects.new(name, bpy.data.lights.new(name, "AREA"))
        light.data.energy, light.data.size = energy, size
        light.location = place
        light.rotation_euler = (Vector((0, 0, 0.7)) - light.location).to_track_quat("-Z", "Y").to_euler()
        bpy.context.scene.collection.objects.link(light)


def _camera() -> None:
    camera = bpy.data.objects.new("Camera", bpy.data.cameras.new("Camera"))
    camera.data.lens = 85
    camera.location = (0.0, -6.2, 1.28)
    camera.rotation_euler = (Vector((0.0, 0.0, 0.80)) - camera.location).to_track_quat("-Z", "Y").to_euler()
    bpy.context.scene.collection.objects.link(camera)
    bpy.context.scene.camera = camera


def _at(place: Vector, height: float) -> Point:
    return place.x, place.y, height
