# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests; a package, so that no package of that name elsewhere hides it."""
