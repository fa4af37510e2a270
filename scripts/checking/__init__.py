# SPDX-License-Identifier: GPL-3.0-or-later
"""What scripts/check does: its steps, their outcomes, and the order they run in. Standard library only."""
