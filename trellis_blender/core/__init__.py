# SPDX-License-Identifier: GPL-3.0-or-later
"""Everything that needs no Blender: the contract, the client, the jobs, the files. Never imports bpy."""
