# SPDX-License-Identifier: GPL-3.0-or-later
"""The panel's settings pressed with a real mouse: a preset, the dice, a mark; and what F3 finds."""

from collections.abc import Callable
from pathlib import Path

from tests.gui.window import Window

SETTINGS = "bpy.context.scene.trellis"
ROW_PIXELS = 20
HERO_BELOW_PIXELS = 81
"""From the presets' button to the third of its list."""


def test_presets_dice_marks_and_search(open_window: Callable[..., Window], artifacts: Path) -> None:
    window = open_window(size=(1280, 900))
    window.call(f"{SETTINGS}.ss_sampling_steps = 20\nresult = None")
    window.open_sidebar("VIEW_3D", "TRELLIS")
    x, y = window.find_button("trellis.resolution")
    window.click(x, y - ROW_PIXELS)
    window.screenshot(artifacts / "1-presets.png")
    window.click(x, y - ROW_PIXELS + HERO_BELOW_PIXELS)  # a popover's buttons cannot be asked for their names
    window.wait_for(f"{SETTINGS}.resolution == '1536'", timeout=10)
    window.display.move(400, 400)  # far from the list, which closes it
    window.click(*window.find_button("trellis.random_seed"))
    window.wait_for(f"{SETTINGS}.seed != 42", timeout=10)

    window.display.move(400, 400)
    seed = window.call(f"{SETTINGS}.seed")
    window.key("F3")
    window.type("random seed")
    window.screenshot(artifacts / "2-search.png")
    window.key("Return")
    window.wait_for(f"{SETTINGS}.seed != {seed}", timeout=10)
