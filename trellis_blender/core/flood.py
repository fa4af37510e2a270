# SPDX-License-Identifier: GPL-3.0-or-later
"""What of a picture is its background, told from how far each pixel is from it. Pure numpy; imports no bpy.

It is reached from the frame's edge within the tolerance. What lies behind a step on that way, however faint, and
mostly borders on the subject is the subject's: a sleeve almost as white as the wall.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from .coarse import connected
from .components import Mask, label

_HOLE_SHARE: Final = 0.00002
"""Share of the picture that a hole has to have: smaller ones are highlights and noise."""
_FAINTEST_STEP: Final = 6
"""Step from one pixel to the next, 0–255, above which there is an outline, where no noise is stronger."""
_NOISE_TIMES: Final = 2
_NOISE_PERCENTILE: Final = 99
_OUTLINE_PIXELS: Final = 2
"""As wide is an outline: so far what is before it goes on into it."""
_LEAST_DIFFERENCE: Final = 4.0
"""Mean difference, 0–255, from the background up to which a part is background, whatever is around it."""
_BORDER_SHARE: Final = 0.3
"""Share of its border that a part has with the subject when it belongs to that; a shadow or a spot has less."""
_Bytes = npt.NDArray[np.uint8]
_NEIGHBOURS: Final = (
    (np.s_[1:], np.s_[:-1]), (np.s_[:-1], np.s_[1:]), (np.s_[:, 1:], np.s_[:, :-1]), (np.s_[:, :-1], np.s_[:, 1:]),
)  # fmt: skip


def background(different: _Bytes, tolerance: float, *, holes: bool) -> Mask:
    """Give the background by the pixels' differences from it; ``holes``: that within the subject, too."""
    alike = different <= 255 * tolerance
    reached = connected(alike)
    risen = steps(different)
    faintest = _faintest(risen, reached)
    found = reached | _holes(alike) if holes else reached
    if faintest >= 255 * tolerance:
        return found
    before = grown(connected(alike & (risen <= faintest)), _OUTLINE_PIXELS) & reached
    return np.asarray(found & ~_of_subject(different, reached, before, faintest))


def doubtful(different: _Bytes, tolerance: float) -> Mask:
    """Give what is within the tolerance, but further off than the background is at the frame's edge.

    It may be a shadow, or what of a subject is almost of the background's colour.
    """
    alike = different <= 255 * tolerance
    reached = connected(alike)
    risen = steps(different)
    sure = alike & (risen <= _faintest(risen, reached)) & (different <= _surely(different, reached))
    return np.asarray(reached & ~grown(connected(sure), _OUTLINE_PIXELS))


def grown(mask: Mask, pixels: int) -> Mask:
    """Give the mask with everything as near as this, corners too."""
    for _step in range(pixels):
        wider = mask.copy()
        wider[1:] |= mask[:-1]
        wider[:-1] |= mask[1:]
        mask = wider.copy()
        mask[:, 1:] |= wider[:, :-1]
        mask[:, :-1] |= wider[:, 1:]
    return mask


def _holes(alike: Mask) -> Mask:
    labels, parts = label(alike, corners=False)
    wanted = np.zeros(len(parts) + 1, bool)
    wanted[[part.label for part in parts if part.area > max(_HOLE_SHARE * labels.size, 4)]] = True
    return wanted[labels]


def steps(different: _Bytes) -> _Bytes:
    """Give by how much each pixel's difference is another one than that of any of the four beside it."""
    most = np.zeros_like(different)
    for here, there in _NEIGHBOURS[::2]:
        high, low = np.maximum(different[here], different[there]), np.minimum(different[here], different[there])
        high -= low
        np.maximum(most[here], high, out=most[here])
        np.maximum(most[there], high, out=most[there])
    return most


def _faintest(risen: _Bytes, reached: Mask) -> float:
    """Give the step that is more than the background's noise, as the frame's edge tells it."""
    return max(_FAINTEST_STEP, _NOISE_TIMES * _noise(risen, reached))


def _surely(different: _Bytes, reached: Mask) -> float:
    """Give the difference up to which it is background for sure."""
    return max(_LEAST_DIFFERENCE, _NOISE_TIMES * _noise(different, reached))


def _noise(values: _Bytes, reached: Mask) -> float:
    """Give what hardly any of the background exceeds at the frame's edge."""
    edges = (np.s_[0], np.s_[-1], np.s_[:, 0], np.s_[:, -1])
    found = np.concatenate([values[edge][reached[edge]] for edge in edges])
    return float(np.percentile(found, _NOISE_PERCENTILE)) if found.size else 255.0


def _of_subject(different: _Bytes, reached: Mask, before: Mask, faintest: float) -> Mask:
    """Give what was reached by crossing an outline only, and belongs to the subject."""
    behind = reached & ~before
    labels, parts = label(behind, corners=False)
    count = len(parts) + 1
    beside = np.zeros((2, count))
    for here, there in _NEIGHBOURS:
        for borders, side in zip(beside, (~reached, before), strict=True):
            borders += np.bincount(labels[here][side[there] & behind[here]], minlength=count)
    off = np.bincount(labels[behind], weights=different[behind], minlength=count)
    size = np.maximum(np.bincount(labels[behind], minlength=count), 1)
    wanted = beside[0] >= _BORDER_SHARE * beside.sum(axis=0)
    wanted &= off / size > max(_LEAST_DIFFERENCE, faintest / 2)
    wanted[0] = False
    return np.asarray(wanted[labels], bool)
