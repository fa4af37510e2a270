# SPDX-License-Identifier: GPL-3.0-or-later
"""What scripts/demo does: the whole journey from a picture to a .blend, on the zip an artist installs.

``inside`` runs within Blender and imports nothing of the host's side but ``protocol``.
"""
