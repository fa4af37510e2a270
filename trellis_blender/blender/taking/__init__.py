# SPDX-License-Identifier: GPL-3.0-or-later
"""Pictures taken of the scene by a click: the selection rendered, the view captured. Nothing of the file changes."""
