# SPDX-License-Identifier: GPL-3.0-or-later
"""A scene to take pictures of, and what an artist would notice of it, as code for the agent. No tests."""

from tests.gui import scene

CAPTURE = f"__import__({scene.PACKAGE + '.blender.captures'!r}, fromlist=['of']).of(bpy.context.scene)"
RENDERING = "bpy.app.is_job_running('RENDER')"

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
