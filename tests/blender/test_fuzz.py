# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever is damaged in a file: it is imported, or one sentence says why not. Nothing crashes, hangs, or is left.

``scripts/check --only blender -- -k fuzz --mutations 20000`` tries more of them; the first are always the same.
"""

import faulthandler
import logging
import random
from collections import Counter
from pathlib import Path
from typing import Any

import bpy
import forge
import mutations
import numpy as np
import pytest
from artist import module
from datablocks import all_names

SEED = 20261122
HANG_SECONDS = 60.0


def originals() -> list[bytes]:
    """Small files of the kinds that the service sends."""
    globe = forge.globe(6, 8)
    rng = np.random.default_rng(SEED)
    picture = forge.png(rng.integers(0, 256, (8, 8, 4), np.uint8))
    look = forge.Look(picture, picture, alpha_mode="BLEND")
    return [
        forge.glb(globe, look),
        forge.glb(globe, look, chain=[{"rotation": [0, 0, 0.6, 0.8], "scale": [1, 2, -1]}, {"translation": [1, 0, 0]}]),
        forge.glb(forge.Shape(globe.points, globe.faces), index_kind="<u2"),
        forge.glb(forge.Shape(globe.points[globe.faces.ravel()], None)),
        forge.sparse(forge.glb(globe, look), [3, 9], [[1, 1, 1], [2, 0, 0]]),
    ]


@pytest.mark.timeout(3600)
def test_damaged_files(tmp_path: Path, pytestconfig: pytest.Config, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL + 1)  # thousands of tracebacks of Blender's importer
    sound, outcomes = originals(), Counter[str]()
    path, place = tmp_path / "damaged.glb", module("blender.placement").here(bpy.context)
    before = all_names()
    # Blenders that share the work damage a file each in turn.
    for number in pytestconfig.getoption("share").of(range(pytestconfig.getoption("mutations"))):
        rng = random.Random(SEED + number)
        path.write_bytes(mutations.mutated(rng.choice(sound), rng))
        faulthandler.dump_traceback_later(HANG_SECONDS, exit=True)  # says which line hangs, and ends this Blender
        outcomes[outcome(path, place, number)] += 1
        faulthandler.cancel_dump_traceback_later()
        assert all_names() == before, f"mutation {number} left something"
    print(dict(outcomes))
    assert outcomes["refused"] and outcomes["imported directly"] and outcomes["imported by Blender"]


def outcome(path: Path, place: Any, number: int) -> str:
    """Import a file as the session does; take away what came, and give the way it came."""
    importer, datablocks, errors = module("blender.importer"), module("blender.datablocks"), module("core.errors")
    held = datablocks.all_now()
    try:
        read = module("core.model").read(path)
        item = importer.import_file(path, read, name="thing", place=place, select=number % 2 == 0)
    except errors.ModelFileError as error:
        sentence = str(error)
        assert sentence.endswith(".") and "\n" not in sentence and len(sentence) < 400, (number, sentence)
        return "refused by Blender" if "could not import" in sentence else "refused"
    is_ours = not isinstance(read, module("core.gltf_plain").Unusual)
    if is_ours:
        assert not item.data.validate(), f"mutation {number}: Blender finds something wrong with our mesh"
    datablocks.take_back(held)
    return "imported directly" if is_ours else "imported by Blender"
