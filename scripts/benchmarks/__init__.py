# SPDX-License-Identifier: GPL-3.0-or-later
"""Measurements of the real thing: each prints ratios of one run, since timings of different runs do not compare."""
