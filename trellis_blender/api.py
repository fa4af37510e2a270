# SPDX-License-Identifier: GPL-3.0-or-later
"""The Python API for scripts: ``from bl_ext.user_default.trellis_blender import api``. See docs/scripting.md.

Everything here is called on Blender's main thread, in a window or in ``blender --background``; on another one it raises
:class:`TrellisError`, and nothing is done.
"""

from .blender.handles import Job
from .blender.scripting import generate, jobs
from .core.errors import TrellisError

__all__ = ["Job", "TrellisError", "generate", "jobs"]
