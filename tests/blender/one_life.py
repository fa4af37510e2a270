# SPDX-License-Identifier: GPL-3.0-or-later
"""One life of Blender as a process of its own: does what it is told with the installed extension, or is killed at it.

``python one_life.py '{"told": path, "acts": [[name, argument], …]}'``. What there is to tell goes to the file
``told``, a line of JSON each. The extension comes with the preferences of the profile, as at any start of Blender; only
its pauses between requests are short.
"""

import faulthandler
import json
import logging
import os
import sys
import threading
import time
import traceback
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import bpy

import stand_in
from artist import FEW_FACES, module, quick_engine
from lives import PATIENCE_SECONDS, SERVER_PATIENCE_SECONDS

from footprint import PACKAGE

UNANSWERED_SECONDS = 1.0
"""After this long a POST whose end nobody saw cannot be on its way any more: the server is on this computer."""
READS_PREFERENCES = (4, 5, 0)
"""As a module, Blender 4.2 crashes when it is to read preferences: there they are filled in anew at each start."""
_orders = json.loads(sys.argv[1])


def tell(**what: Any) -> None:
    """Add a line to what is told."""
    with Path(_orders["told"]).open("a", encoding="utf-8") as file:
        file.write(json.dumps(what) + "\n")


def move_in(server: dict[str, str]) -> None:
    """Enable the extension for the first time, fill in its preferences, and keep them, as an artist does once."""
    fill_in(server)
    bpy.ops.wm.save_userpref()


def fill_in(server: dict[str, str]) -> None:
    bpy.context.preferences.system.use_online_access = True
    bpy.ops.preferences.addon_enable(module=PACKAGE)
    preferences = bpy.context.preferences.addons[PACKAGE].preferences
    preferences.server_url, preferences.api_key = server["url"], server["key"]
    preferences.decimation_target, preferences.texture_size = FEW_FACES, "1024"


def start(_nothing: None) -> None:
    """Read the preferences, which bring the extension with them, and the list of jobs of earlier lives."""
    if bpy.app.version < READS_PREFERENCES:
        fill_in({"url": stand_in.connect().url, "key": stand_in.connect().key})
    else:
        bpy.ops.wm.read_userpref()
    live()._make_engine = lambda storage: quick_engine(
        storage,
        storage.store_folder,
        patience_seconds=SERVER_PATIENCE_SECONDS,
        unanswered_seconds=UNANSWERED_SECONDS,
    )
    module("blender.watch")._open()


def live() -> Any:
    return module("blender.session").current()


def open_file(path: str) -> None:
    bpy.ops.wm.open_mainfile(filepath=os.path.abspath(path))


def save(_nothing: None) -> None:
    bpy.ops.wm.save_mainfile()


def press(name: str) -> None:
    """Press *Generate*, or a button of the only job in the list.

    Without a window there is no event to invoke an operator with, so its body is called: the operator would block.
    """
    if name == "generate":
        assert bpy.ops.trellis.generate.poll()
        tell(pressed=module("blender.operators.generate").order(bpy.context, guard=True).id)
        return
    (job,) = live().jobs
    tell(pressed=str(getattr(bpy.ops.trellis, name)(job=job)))


def set_values(values: dict[str, Any]) -> None:
    """Set the scene's settings."""
    for name, value in values.items():
        setattr(bpy.context.scene.trellis, name, value)


def append(what: list[str]) -> None:
    """Append an object out of another file."""
    path, name = what
    bpy.ops.wm.append(directory=f"{path}/Object/", filename=name)


def activate(name: str) -> None:
    bpy.context.view_layer.objects.active = bpy.data.objects[name]


def press_on_object(name: str) -> None:
    """Press a button of the active object, once its confirmation was given; tell its recipe, and its mesh's."""
    item = bpy.context.view_layer.objects.active
    tell(recipe=item["trellis_recipe"], on_mesh=item.data["trellis_recipe"])
    tell(pressed=str(getattr(bpy.ops.trellis, name)()))


def misbehave(order: list[Any]) -> None:
    """Have the server do wrong; ``{key}`` in what it is to say becomes the key."""
    route, fault, said = order
    stand_in.connect().control.misbehave(route, fault, **_with_key(said))


def behave(_nothing: None) -> None:
    stand_in.connect().control.behave()


def check_connection(_nothing: None) -> None:
    bpy.ops.trellis.test_connection()


def _with_key(said: Any) -> Any:
    if isinstance(said, dict):
        return {name: _with_key(value) for name, value in said.items()}
    return said.replace("{key}", stand_in.connect().key) if isinstance(said, str) else said


def order(seed: int) -> None:
    """Order one more object, as a script does that does not wait."""
    bpy.context.scene.trellis.seed = seed
    module("blender.operators.generate").order(bpy.context)


def keep_log(path: str) -> None:
    """Have everything logged that anybody logs, in full."""
    logging.basicConfig(filename=path, level=logging.DEBUG, force=True)


def break_operator(_nothing: None) -> None:
    """Have our operator fail with a defect in the midst of its work, and print what Blender prints then."""
    preferences = module("blender.preferences")
    storage, preferences.storage = preferences.storage, _defect
    try:
        bpy.ops.trellis.generate()
    except RuntimeError:
        traceback.print_exc()
    finally:
        preferences.storage = storage


def break_worker(seed: int) -> None:
    """Have a worker fail with a defect in the midst of a job."""
    archive = live()._engine._archive
    begin, archive.begin = archive.begin, _defect
    order(seed)
    rest(None)
    archive.begin = begin


def _defect(*arguments: Any, **_named: Any) -> Any:
    raise ZeroDivisionError(f"a defect, met with {arguments}")


def save_packed(path: str) -> None:
    bpy.ops.wm.save_as_mainfile(filepath=os.path.abspath(path), compress=True, copy=True)


def abort(path: str) -> None:
    """Die by the process's own fault, with a text of what it was at."""
    with open(path, "w", encoding="utf-8") as file:
        faulthandler.enable(file)
        os.abort()


def edit(_nothing: None) -> None:
    """Work on a mesh in Edit Mode, which an import does not interrupt."""
    bpy.ops.object.mode_set(mode="EDIT")


def hold(where: str) -> None:
    """Stop for good at an instant that nothing outside of this process can hit, and tell that it is reached.

    ``after <state>``: that state is on disk, and the step it announces not begun; ``before <state>``: it is about to
    be written. ``before sending``: a job and its picture are on disk, and that it is sent is about to be written.
    ``imported``: the object stands in the scene, and nobody was told yet.
    """
    if where == "before sending":
        _stop(live()._engine._archive, "begin", where, lambda *_arguments: True)
        return
    if where == "imported":
        _stop(module("blender.importer"), "import_file", where, lambda *_arguments: True)
        return
    state = where.rpartition(" ")[2]
    _stop(live()._engine._archive, "record", where, lambda job, *_more: job.state.value == state)


def _stop(owner: Any, name: str, where: str, here: Callable[..., bool]) -> None:
    done = getattr(owner, name)

    def stopping(*arguments: Any, **named: Any) -> Any:
        if where.startswith("before") and here(*arguments):
            _stand_still(where)
        result = done(*arguments, **named)
        if here(*arguments):
            _stand_still(where)
        return result

    setattr(owner, name, stopping)


def _stand_still(where: str) -> None:
    tell(held=where)
    threading.Event().wait()


def go_on(_nothing: None) -> None:
    """Tick as the modal timer does, until killed; tell what changes."""
    told: dict[str, Any] = {}
    while True:
        live().tick()
        now = {"states": [job.state.value for job in live().jobs.values()], "waiting": live().waiting}
        if now != told:
            told = now
            tell(**now)
        time.sleep(0.005)


def rest(_nothing: None) -> None:
    """Tick until there is nothing left to do, and tell how things are."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    live().tick()
    while live().busy:
        assert time.monotonic() < deadline, live().jobs
        live().tick()
        time.sleep(0.005)
    collection = bpy.context.scene.collection.children.get("TRELLIS")
    tell(
        file=bpy.data.filepath,
        objects=sorted(item.name for item in bpy.data.objects),
        ours=[item.name for item in collection.objects] if collection else [],
        jobs=[_job(job) for job in live().jobs.values()],
        sentence=live().store_sentence,
    )


def _job(job: Any) -> dict[str, Any]:
    panel = module("blender.panels.jobs")
    return {
        "id": job.id, "state": job.state.value, "suspended": job.suspended, "error": job.error,
        "said": panel.stage_text(job, False), "importable": job.importable, "resumable": job.resumable,
    }  # fmt: skip


def quit_blender(_nothing: None) -> None:
    """Leave as Blender's own end does with the extension; the module's end crashes in some versions."""
    bpy.ops.preferences.addon_disable(module=PACKAGE)
    tell(quit=True)


ACTS: dict[str, Callable[[Any], None]] = {
    "move in": move_in, "start": start, "open": open_file, "save": save, "save packed": save_packed, "press": press,
    "order": order, "edit": edit, "hold": hold, "misbehave": misbehave, "behave": behave, "keep log": keep_log,
    "test connection": check_connection, "break operator": break_operator, "break worker": break_worker,
    "set": set_values, "append": append, "activate": activate, "on object": press_on_object,
    "go on": go_on, "rest": rest, "quit": quit_blender, "abort": abort,
}  # fmt: skip


def main() -> None:
    for name, argument in _orders["acts"]:
        ACTS[name](argument)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


if __name__ == "__main__":
    try:
        main()
    except BaseException as error:
        tell(fault=repr(error))
        traceback.print_exc()
        sys.stderr.flush()
        os._exit(1)
