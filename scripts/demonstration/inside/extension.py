# SPDX-License-Identifier: GPL-3.0-or-later
"""The extension as an artist's script uses it: install the zip, set the scene's settings, generate."""

import importlib
from pathlib import Path
from typing import Any

import bpy

from demonstration.protocol import OBJECTS_FOLDER, Order

PACKAGE = "bl_ext.user_default.trellis_blender"
COLLECTION = "TRELLIS"


class DemoError(Exception):
    """Something that a sentence can explain."""


def install(order: Order) -> None:
    """Install and enable the zip in this profile, allow online access, and name the server."""
    preferences = bpy.context.preferences
    preferences.use_preferences_save = False
    preferences.system.use_online_access = True
    try:
        bpy.ops.extensions.package_install_files(
            filepath=order.zip_path, repo="user_default", enable_on_install=True, overwrite=True
        )
    except RuntimeError as error:
        raise DemoError(f"Blender could not install the extension: {sentence(error)}") from error
    if PACKAGE not in preferences.addons:
        raise DemoError("Blender installed the extension but could not enable it; the reason is in the log.")
    ours: Any = preferences.addons[PACKAGE].preferences
    ours.server_url = order.server_url
    # What was paid for stays with the other results, also when a later step fails.
    ours.download_folder = str(Path(order.folder) / OBJECTS_FOLDER)


def generate(order: Order, image: bpy.types.Image | None) -> tuple[Any, Any]:
    """Send an image, or the Render Result, and give the object that came and the record of its job."""
    _choose(order, image)
    _run(bpy.ops.trellis.generate)
    result = bpy.context.view_layer.objects.active
    if result is None or result.type != "MESH":
        raise DemoError("The job ended, but no mesh is in the scene.")
    return result, _jobs()[-1]


def generate_sheet(order: Order, image: bpy.types.Image) -> tuple[list[Any], list[Any]]:
    """Send every subject of a sheet, and give the objects that came and the records of their jobs."""
    _choose(order, image)
    known = len(_jobs())
    _run(bpy.ops.trellis.generate_sheet)
    (collection,) = bpy.data.collections[COLLECTION].children
    return list(collection.objects), _jobs()[known:]


def _choose(order: Order, image: bpy.types.Image | None) -> None:
    settings: Any = bpy.context.scene.trellis
    settings.source = "IMAGE" if image else "RENDER"
    settings.source_image = image
    settings.resolution = order.resolution
    settings.texture_size = order.texture_size
    settings.decimation_target = order.decimation_target
    settings.seed = order.seed


def _run(operator: Any) -> None:
    if not operator.poll():
        raise DemoError(f"The extension cannot generate now: {_reason()}.")
    try:
        outcome = operator()
    except RuntimeError as error:
        raise DemoError(sentence(error)) from error
    if "FINISHED" not in outcome:
        raise DemoError("The extension did not finish, and did not say why; the log may tell.")


def _jobs() -> list[Any]:
    # How long it took and what it cost is no business of a scene; the extension's own list of jobs has it.
    return list(importlib.import_module(f"{PACKAGE}.blender.session").current().jobs.values())


def sentence(error: Exception) -> str:
    """Give an operator's report without the frame that Blender puts around it."""
    text = str(error).strip().splitlines()
    return text[0].removeprefix("Error: ").strip() if text else type(error).__name__


def _reason() -> str:
    module = importlib.import_module(f"{PACKAGE}.blender.readiness")
    return str(module.generate_reason(bpy.context))
