# SPDX-License-Identifier: GPL-3.0-or-later
"""What the zips are for: Pythons and platforms. Imports nothing of the package."""

PYTHONS = ("3.11", "3.13", "3.14")
"""Blender 4.2 to 5.0; Blender 5.1, 5.2 and Debian's 4.3; Debian's 5.2."""

PIP_PLATFORMS = {
    "linux-x64": ("manylinux_2_17_x86_64", "manylinux2014_x86_64"),
    "windows-x64": ("win_amd64",),
    "windows-arm64": ("win_arm64",),
    "macos-arm64": ("macosx_11_0_arm64",),
    "macos-x64": ("macosx_10_12_x86_64",),
}
"""Blender's name of each platform and pip's names, oldest system first served."""
