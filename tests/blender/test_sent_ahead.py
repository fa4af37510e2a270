# SPDX-License-Identifier: GPL-3.0-or-later
"""A picture that the server does not take with its job: refused once, unbilled, and sent ahead of the next one."""

import numpy as np
import pytest
import seen
from artist import Artist


@pytest.mark.any_blender
def test_a_server_that_takes_less(artist: Artist) -> None:
    """The simulator counts what it is sent; random pixels make no smaller a file than they are."""
    side = 256
    rows = np.random.default_rng(1).random((side, side, 4), np.float32)
    rows[..., 3] = 1.0
    artist.choose(seen.make("noise", rows))
    control = artist.simulator.control
    control.settings(body_limit_bytes=round(side * side * 3 * 1.2))
    (refused,) = artist.wait(artist.order())
    assert (refused.state.value, "sent ahead of the job" in refused.error) == ("refused", True)
    assert artist.simulator.accepted() == 0 and control.counters()["billed"] == 0
    artist.wait(artist.order())
    assert artist.simulator.newest()["picture_from"] == "stored"
    assert [entry["route"] for entry in control.log() if entry["route"] in ("upload", "submit")] == [
        "submit", "upload", "submit",
    ]  # fmt: skip
    (kept,) = control.uploads()
    assert (kept["name"], kept["content_type"]) == ("image.png", "image/png"), "nothing of the artist's"
    assert artist.simulator.accepted() == 1
