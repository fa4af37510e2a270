# SPDX-License-Identifier: GPL-3.0-or-later
"""In which order objects are read that are to come."""

from pathlib import Path

import pytest
from artist import module

pytestmark = pytest.mark.any_blender


@pytest.mark.parametrize("gone", [False, True])
def test_what_comes_again_waits_for_what_came_before_it(gone: bool) -> None:
    """A variant was read first where its file was found first, and the object that it was one of was missing."""
    arrivals, asked, read = module("blender.arrivals").Arrivals(), [], []
    take = lambda: arrivals.take(asked.append, lambda job_id, _path: read.append(job_id))  # noqa: E731
    for job_id in ("object", "variant"):
        arrivals.come_again(job_id, None)
    take()
    assert asked == ["object", "variant"]
    arrivals.found("variant", Path("variant.glb"))
    arrivals.arrived("other")
    arrivals.found("other", Path("other.glb"))
    assert take() is None and read == ["other"], "others do not wait"
    arrivals.read("other", None)
    assert take() is None and read == ["other"]
    arrivals.found("object", None if gone else Path("object.glb"))
    assert take() is None and read[1:] == ["variant" if gone else "object"]
