# SPDX-License-Identifier: GPL-3.0-or-later
"""The part of the demo that runs within Blender: it knows the extension as an artist's script does, and no more."""
