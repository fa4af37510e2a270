# SPDX-License-Identifier: GPL-3.0-or-later
"""The only code that imports bpy: the ordered list of modules, registered down, unregistered up."""


def register() -> None:
    """Register every module in order."""


def unregister() -> None:
    """Unregister every module in reverse."""
