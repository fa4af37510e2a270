# SPDX-License-Identifier: GPL-3.0-or-later
"""A stand-in for the service: a real HTTP server that speaks its contract and inflates pictures to solids.

It does not run the model and does not pretend to. ``Simulator`` serves tests in their own process,
``python -m tests.simulator`` anyone else, and ``remote`` steers the latter with the standard library alone.
"""
