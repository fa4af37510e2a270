# SPDX-License-Identifier: GPL-3.0-or-later
"""The layer that an Image Editor shows, in a real window, where Blender itself can save just that one."""

from tests.gui import scene
from tests.gui.window import Window

SET_UP = """
import ctypes, importlib, tempfile
from pathlib import Path
import numpy as np
scene = bpy.context.scene
scene.render.engine = 'CYCLES'
scene.cycles.samples, scene.cycles.use_denoising = 1, False
scene.render.resolution_x, scene.render.resolution_y, scene.render.resolution_percentage = 64, 48, 100
scene.view_layers[0].name = 'Zulu'
for name, colour in (('Mike', (0.0, 1.0, 0.0)), ('Alpha', (0.0, 0.0, 1.0))):
    material = bpy.data.materials.new(name)
    material.use_nodes = True
    light = material.node_tree.nodes.new('ShaderNodeEmission')
    light.inputs[0].default_value = (*colour, 1.0)
    output = next(n for n in material.node_tree.nodes if n.type == 'OUTPUT_MATERIAL')
    material.node_tree.links.new(light.outputs[0], output.inputs[0])
    scene.view_layers.new(name).material_override = material
scene.use_nodes = True
tree = scene.node_tree
invert = tree.nodes.new('CompositorNodeInvert')
layer = next(n for n in tree.nodes if n.type == 'R_LAYERS')
tree.links.new(layer.outputs[0], invert.inputs['Color'])
tree.links.new(invert.outputs[0], next(n for n in tree.nodes if n.type == 'COMPOSITE').inputs[0])
bpy.ops.render.render()
place = next(a for a in bpy.context.screen.areas if a.type != 'VIEW_3D' and a.type != 'PROPERTIES')
place.type = 'IMAGE_EDITOR'
place.spaces.active.image = bpy.data.images['Render Result']
"""
COMPARE = f"""
import ctypes, importlib, tempfile
from pathlib import Path
import numpy as np
image, scene = bpy.data.images['Render Result'], bpy.context.scene
place = next(a for a in bpy.context.screen.areas if a.type == 'IMAGE_EDITOR')
user = place.spaces.active.image_user
ctypes.c_short.from_address(user.as_pointer() + 36).value = LAYER
assert user.multilayer_layer == LAYER
sources = importlib.import_module({scene.PACKAGE + ".blender.sources"!r})
read = importlib.import_module({scene.PACKAGE + ".core.pixels"!r}).read
ours = read(sources.images.render(image, user, scene))
output = scene.render.image_settings
output.file_format, output.color_depth, output.exr_codec = 'OPEN_EXR', '32', 'NONE'
path = Path(tempfile.mkdtemp()) / 'theirs.exr'
with bpy.context.temp_override(area=place, region=next(r for r in place.regions if r.type == 'WINDOW')):
    bpy.ops.image.save_as(filepath=str(path), copy=True, save_as_render=True)
core = importlib.import_module({scene.PACKAGE + ".core.image"!r})
views = importlib.import_module({scene.PACKAGE + ".blender.sources.views"!r})
view = views.of_floats(scene, float('inf'), is_plain=False)
theirs = read(core.ExrFile(path, view))
result = [int(np.abs(ours.astype(int) - theirs).max()), ours[24, 32].tolist()]
"""


def test_the_layer_is_the_one_that_blender_saves(window: Window) -> None:
    """The composite, and the layers as the scene has them, which is not by their names."""
    window.call(f"{SET_UP}\nresult = None")
    window.wait_for("bpy.data.images['Render Result'].has_data")
    colours = set()
    for layer in range(4):
        difference, colour = window.call(COMPARE.replace("LAYER", str(layer)))
        assert difference <= 3
        colours.add(tuple(colour))
    assert len(colours) == 4, "each of them shows another colour"
