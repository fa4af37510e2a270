# SPDX-License-Identifier: GPL-3.0-or-later
"""A scene to take pictures of, and what an artist would notice of it, as code for the agent. No tests."""

from rig.paths import CHECKOUT
from tests.gui import scene

CAPTURE = f"__import__({scene.PACKAGE + '.blender.captures'!r}, fromlist=['of']).of(bpy.context.scene)"
RENDERING = "bpy.app.is_job_running('RENDER')"
MUTES = """[curve.mute for action in bpy.data.actions for layer in action.layers
    for bag in layer.strips[0].channelbags for curve in bag.fcurves]"""
"""Of Blender 5.0 and later."""

SET_UP = """
scene = bpy.context.scene
scene.render.engine = 'CYCLES'
scene.cycles.samples, scene.cycles.use_denoising = 40, False
cube = bpy.data.objects['Cube']
other = bpy.data.objects.new('Other', cube.data)
other.location = (3.0, 0.0, 0.0)
scene.collection.objects.link(other)
for item in scene.objects:
    item.select_set(item == cube)
bpy.context.view_layer.objects.active = cube
bpy.ops.ed.undo_push(message='set up')
beats = 0
def beat():
    global beats
    beats += 1
    return 0.02
bpy.app.timers.register(beat)
result = None
"""
STATE = """dict(
    scenes=sorted(s.name for s in bpy.data.scenes), images=sorted(i.name for i in bpy.data.images),
    objects=sorted((o.name, o.users, o.select_get()) for o in bpy.context.view_layer.objects),
    every=sorted(o.name for o in bpy.data.objects), cameras=sorted(c.name for c in bpy.data.cameras),
    windows=len(bpy.context.window_manager.windows), areas=sorted(a.type for a in bpy.context.screen.areas),
    display=bpy.context.preferences.view.render_display_type, engine=bpy.context.scene.render.engine,
    path=bpy.context.scene.render.filepath, film=bpy.context.scene.render.film_transparent,
    temporary=sorted(p.name for p in __import__('pathlib').Path(__import__('tempfile').gettempdir()).glob('trellis-*')),
)"""

SNAPSHOT = f"""
import importlib.util
spec = importlib.util.spec_from_file_location('snapshot', {str(CHECKOUT / "tests" / "blender" / "snapshot.py")!r})
snapshot = importlib.util.module_from_spec(spec)
spec.loader.exec_module(snapshot)
result = None
"""
UNKEYED = """
import numpy
scene = bpy.context.scene
scene.cycles.samples = 1
scene.cycles.seed = 3
cube = bpy.data.objects['Cube']
rig = bpy.data.objects.new('Rig', bpy.data.armatures.new('Rig'))
scene.collection.objects.link(rig)
layer = bpy.context.view_layer
layer.objects.active = rig
bpy.ops.object.mode_set(mode='EDIT')
bone = rig.data.edit_bones.new('Bone')
bone.head, bone.tail = (0.0, 0.0, 0.0), (0.0, 0.0, 1.0)
bpy.ops.object.mode_set(mode='OBJECT')
layer.objects.active = cube
bone = rig.pose.bones['Bone']
cube.vertex_groups.new(name='Bone').add(range(8), 1.0, 'ADD')
cube.modifiers.new('Rig', 'ARMATURE').object = rig
cube.shape_key_add(name='Basis')
for point in cube.shape_key_add(name='high').data:
    point.co.z *= 2.0
key = cube.data.shape_keys.key_blocks['high']
tree = cube.active_material.node_tree
tree.nodes.clear()
light, out = tree.nodes.new('ShaderNodeEmission'), tree.nodes.new('ShaderNodeOutputMaterial')
tree.links.new(light.outputs[0], out.inputs['Surface'])
strength = light.inputs['Strength']
moved = [(cube, 'location', (0.5, 0.2, 0.0)), (bone, 'location', (0.0, 1.0, 0.0)), (key, 'value', 0.5),
         (strength, 'default_value', 0.3)]
keyed = [(-4.0, 0.0, 0.0), (3.0, 0.0, 0.0), 0.0, 1.0]
def pose():
    for owner, name, value in moved:
        setattr(owner, name, value)
    layer.update()
pose()
for (owner, name, value), keyed in zip(moved, keyed):
    setattr(owner, name, keyed)
    owner.keyframe_insert(name, frame=scene.frame_current)
scene.frame_set(scene.frame_current)
pose()
def no_keys():
    for owner in (cube, rig, cube.data.shape_keys, tree):
        owner.animation_data_clear()
    pose()
bpy.ops.ed.undo_push(message='posed')
before = snapshot.take()
result = None
"""
