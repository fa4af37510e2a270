# SPDX-License-Identifier: GPL-3.0-or-later
"""The test rig: every Blender the extension is tested on, made on demand under one folder.

Standard library only, so that any Python 3.11 can start it. The folder is ``.rig`` in the checkout, or
``TRELLIS_RIG``. What others use: ``venvs.dev_python``, ``running.run_bpy``, ``chroots.ensure_chroot`` and the tables
in ``blenders``.
"""
