# SPDX-License-Identifier: GPL-3.0-or-later
"""``python inside.py ZIP FILE``: in Blender as a module, install the extension and write docs/operators.md to FILE."""

import importlib.util
import os
import sys
from pathlib import Path
from typing import Any

import bpy


def main() -> None:
    zip_path, target = sys.argv[1:]
    preferences: Any = bpy.context.preferences
    preferences.use_preferences_save = False
    bpy.ops.extensions.package_install_files(
        filepath=zip_path, repo="user_default", enable_on_install=True, overwrite=True
    )
    spec = importlib.util.spec_from_file_location("operators", Path(__file__).with_name("operators.py"))
    if spec is None or spec.loader is None:
        raise ImportError("operators.py is not beside this file")
    operators = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(operators)
    Path(target).write_text(operators.page(), encoding="utf-8")
    sys.stdout.flush()
    os._exit(0)  # some Blenders hang or crash on their way out


main()
