# SPDX-License-Identifier: GPL-3.0-or-later
"""What can go wrong while the rig is made: a skip, which the summary repeats, or a failure."""


class RigError(Exception):
    """The rig cannot be made; the message says what to do."""


class Skipped(Exception):
    """A part of the rig is not to be had on this machine or this day, and may be left out loudly."""
