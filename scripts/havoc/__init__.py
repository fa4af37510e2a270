# SPDX-License-Identifier: GPL-3.0-or-later
"""Destroys the real engine in every state and counts what is left: the parts of ``scripts/chaos``."""
