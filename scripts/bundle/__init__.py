# SPDX-License-Identifier: GPL-3.0-or-later
"""From the checkout to the zips that artists install: wheels by pinned hash, staging, Blender's own tool, same bytes.

Standard library only. What others use: ``building.build``.
"""
