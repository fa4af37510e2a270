# SPDX-License-Identifier: GPL-3.0-or-later
"""The checkout as an extension of an installed Blender: a folder of links, and what runs inside Blender.

``inside`` and ``watcher`` are run by Blender and import nothing of the scripts.
"""
