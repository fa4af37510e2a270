# SPDX-License-Identifier: GPL-3.0-or-later
"""*Random Seed*: another seed for what is generated next."""

import random

import bpy

from ...core.catalogue import BY_NAME
from .. import properties
from ..identity import RANDOM_SEED


class TRELLIS_OT_random_seed(bpy.types.Operator):
    """Draw another seed, so that the same picture gives another object. Costs nothing by itself"""

    bl_idname = RANDOM_SEED
    bl_label = "Random Seed"
    bl_options = {"REGISTER", "UNDO"}

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Draw it; never the one that is there."""
        settings, parameter = properties.of(context.scene), BY_NAME["seed"]
        before = settings.seed  # type: ignore[attr-defined]
        while settings.seed == before:  # type: ignore[attr-defined]
            settings.seed = random.SystemRandom().randint(int(parameter.minimum), int(parameter.maximum))  # type: ignore[attr-defined]
        return {"FINISHED"}
