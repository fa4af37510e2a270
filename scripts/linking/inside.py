# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs in the developer's Blender, in the background: links the extension into its repository, or takes it out.

``blender --background --python inside.py -- link|unlink FOLDER WATCHER``. Imports bpy and the standard library only.
"""

import os
import sys
from pathlib import Path

import addon_utils
import bpy

REPOSITORY = "user_default"
NAME = "trellis_blender"
PACKAGE = f"bl_ext.{REPOSITORY}.{NAME}"


def place() -> Path:
    """Return where the extension lives in this Blender's repository."""
    for repository in bpy.context.preferences.extensions.repos:
        if repository.module == REPOSITORY:
            return Path(repository.directory) / NAME
    raise SystemExit(f"This Blender has no extension repository {REPOSITORY}.")


def startup_script(watcher: Path) -> Path:
    """Return where Blender runs the watcher from at each start."""
    return Path(bpy.utils.user_resource("SCRIPTS", path="startup", create=True)) / watcher.name


def remove(path: Path) -> None:
    """Take a link away; refuse to touch an installed copy."""
    if path.is_symlink():
        path.unlink()
    elif path.is_dir() and Path(os.path.realpath(path)) != path.parent.resolve() / path.name:
        path.rmdir()  # a junction
    elif path.exists():
        raise SystemExit(f"{path} is an installed copy, not a link: remove the extension in Blender first.")


def link(folder: Path, watcher: Path) -> None:
    """Link, enable, remember."""
    target = place()
    remove(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    if os.name == "nt":
        import _winapi

        _winapi.CreateJunction(str(folder), str(target))
    else:
        target.symlink_to(folder, target_is_directory=True)
    script = f"FOLDER = {str(folder)!r}\n" + watcher.read_text(encoding="utf-8")
    startup_script(watcher).write_text(script, encoding="utf-8")
    addon_utils.extensions_refresh(addon_modules_pending=[PACKAGE])
    if addon_utils.enable(PACKAGE, default_set=True, persistent=True) is None:
        raise SystemExit("Blender could not enable the extension; the reason is above.")
    bpy.ops.wm.save_userpref()
    print(f"linked {target} -> {folder}")


def unlink(watcher: Path) -> None:
    """Disable, remove the link, forget."""
    target = place()
    addon_utils.disable(PACKAGE, default_set=True)
    remove(target)
    startup_script(watcher).unlink(missing_ok=True)
    addon_utils.extensions_refresh()
    bpy.ops.wm.save_userpref()
    print(f"unlinked {target}")


def main() -> None:
    """Do what the words after the double dash say."""
    action, folder, watcher = sys.argv[sys.argv.index("--") + 1 :]
    if action == "link":
        link(Path(folder), Path(watcher))
    else:
        unlink(Path(watcher))


main()
