# SPDX-License-Identifier: GPL-3.0-or-later
"""A sheet of our own: five things of a garden in a row, apart from each other, as a concept artist draws props."""

import math

import bpy
from mathutils import Vector

from .cycles import use_cycles
from .shapes import Point, ball, block, surface, turned

FILE_NAME = "garden-sheet"
COUNT = 5
NAME = "Garden"
PIXELS = (2048, 820)
_SAMPLES = 8
_WIDE = 5.0
"""Width of what is drawn, in the sheet's own metres."""


def render_sheet() -> None:
    """Build it in the open file, light it and render it on a transparent film, into the Render Result."""
    _fir((-2.0, 0.0, 0.0))
    _barrel((-1.05, 0.0, 0.0))
    _lantern((-0.2, 0.0, 0.0))
    _toadstool((0.72, 0.0, 0.0))
    _pumpkin((1.85, 0.0, 0.0))
    _lights()
    _camera()
    scene = bpy.context.scene
    scene.render.resolution_x, scene.render.resolution_y = PIXELS
    scene.render.film_transparent = True
    use_cycles(scene, _SAMPLES)
    bpy.ops.render.render()


def _fir(at: Point) -> None:
    turned("Trunk", [(0.0, 0.0), (0.10, 0.0), (0.08, 0.4)], surface("Bark", "6b4a2f", 0.9)).location = at
    green = surface("Needles", "2f7d46", 0.85)
    for number, (radius, low, high) in enumerate(((0.46, 0.24, 0.86), (0.38, 0.60, 1.20), (0.27, 0.95, 1.60))):
        profile = [(0.02, low + 0.06), (radius, low), (radius * 0.55, (low + high) / 2), (0.0, high)]
        turned(f"Needles {number}", profile, green).location = at


def _barrel(at: Point) -> None:
    wood, iron = surface("Staves", "a9713a", 0.6), surface("Hoop", "4c4f57", 0.35)
    turned(
        "Barrel", [(0.0, 0.0), (0.24, 0.0), (0.33, 0.35), (0.24, 0.70), (0.20, 0.70), (0.0, 0.68)], wood
    ).location = at
    for height, radius in ((0.12, 0.288), (0.35, 0.335), (0.58, 0.288)):
        low, high = height - 0.035, height + 0.035
        hoop = [(radius - 0.02, low), (radius, low), (radius + 0.012, height), (radius, high), (radius - 0.02, high)]
        turned("Hoop", hoop, iron).location = at


def _lantern(at: Point) -> None:
    iron, glass = surface("Iron", "31404a", 0.4), surface("Glass", "ffd873", 0.3, glow=0.9)
    turned("Foot", [(0.0, 0.0), (0.20, 0.0), (0.18, 0.06), (0.05, 0.12), (0.045, 0.95)], iron).location = at
    turned("Lamp", [(0.05, 0.93), (0.12, 0.98), (0.17, 1.22), (0.0, 1.24)], glass).location = at
    turned("Hat", [(0.0, 1.20), (0.22, 1.20), (0.14, 1.30), (0.03, 1.36), (0.0, 1.43)], iron).location = at


def _toadstool(at: Point) -> None:
    turned("Stem", [(0.0, 0.0), (0.20, 0.0), (0.15, 0.2), (0.13, 0.5)], surface("Stem", "f3e3c3", 0.7)).location = at
    profile = [(0.05, 0.44), (0.42, 0.40), (0.48, 0.46), (0.42, 0.62), (0.24, 0.77), (0.0, 0.82)]
    turned("Cap", profile, surface("Cap", "d3262b", 0.35)).location = at
    white = surface("Dots", "fff6e6", 0.5)
    for turn, rise, size in ((-8, 30, 0.085), (30, 38, 0.06), (-44, 28, 0.065), (58, 18, 0.05), (-25, 62, 0.055)):
        across, up = math.radians(turn), math.radians(rise)
        out = Vector((math.sin(across) * math.cos(up), -math.cos(across) * math.cos(up), math.sin(up)))
        reach = Vector((out.x * 0.44, out.y * 0.44, 0.47 + out.z * 0.34))
        ball("Dot", tuple(Vector(at) + reach), (size, size, 0.03), white, out)


def _pumpkin(at: Point) -> None:
    orange = surface("Pumpkin", "e8802a", 0.45)
    for number in range(10):
        angle = math.tau * (number + 0.5) / 10
        place = (at[0] + 0.26 * math.sin(angle), at[1] - 0.26 * math.cos(angle), 0.30)
        ball("Rib", place, (0.22, 0.24, 0.30), orange)
    block("Stalk", (at[0] + 0.02, at[1], 0.66), (0.09, 0.09, 0.22), surface("Stalk", "4d7a34", 0.8), 0.02)


def _lights() -> None:
    world = bpy.data.worlds.new("Sky")
    world.use_nodes = True
    world.node_tree.nodes["Background"].inputs["Color"].default_value = (0.8, 0.88, 1.0, 1.0)
    world.node_tree.nodes["Background"].inputs["Strength"].default_value = 0.7
    bpy.context.scene.world = world
    for name, place, energy, size in (("Key", (-3.0, -5.0, 5.0), 620, 3.0), ("Fill", (4.0, -4.0, 1.5), 180, 3.0)):
        light = bpy.data.objects.new(name, bpy.data.lights.new(name, "AREA"))
        light.data.energy, light.data.size = energy, size
        light.location = place
        light.rotation_euler = (Vector((0, 0, 0.6)) - light.location).to_track_quat("-Z", "Y").to_euler()
        bpy.context.scene.collection.objects.link(light)


def _camera() -> None:
    camera = bpy.data.objects.new("Camera", bpy.data.cameras.new("Camera"))
    camera.data.type, camera.data.ortho_scale = "ORTHO", _WIDE
    camera.location = (0.0, -8.0, 0.82)
    camera.rotation_euler = (math.pi / 2, 0.0, 0.0)
    bpy.context.scene.collection.objects.link(camera)
    bpy.context.scene.camera = camera
