# SPDX-License-Identifier: GPL-3.0-or-later
"""What scripts/docs writes: the tables that come from the catalogue, and the pictures of docs/."""
