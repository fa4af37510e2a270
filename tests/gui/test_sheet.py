# SPDX-License-Identifier: GPL-3.0-or-later
"""A sheet in a real window: its list, the one question about the price, and five objects for one press."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from tests.gui import scene
from tests.gui.window import Window
from tests.simulator.remote import Process

SHEETS = f"__import__({scene.PACKAGE + '.blender.sheets'!r}, fromlist=['of'])"
LISTED = "[item.name for item in bpy.context.window_manager.trellis_sheet.subjects]"
MADE = "sorted(o.name for o in bpy.data.objects if o.name.startswith('garden') and '·' not in o.name)"


def make_sheet(path: Path) -> None:
    """Draw five things in two rows."""
    picture = Image.new("RGBA", (640, 480))
    draw = ImageDraw.Draw(picture)
    draw.ellipse((40, 30, 180, 170), fill=(200, 50, 40, 255))
    draw.rounded_rectangle((260, 60, 340, 180), 12, fill=(60, 150, 70, 255))
    draw.ellipse((420, 40, 600, 150), fill=(70, 90, 200, 255))
    draw.polygon(((60, 460), (120, 220), (180, 460)), fill=(220, 180, 50, 255))
    draw.ellipse((300, 340, 540, 460), fill=(170, 70, 180, 255))
    picture.save(path)


@pytest.fixture
def server() -> Iterator[Process]:
    with scene.start_server() as running:
        running.control.settings(job_seconds=0.5)
        yield running


@pytest.fixture
def ready(open_window: Callable[..., Window], server: Process) -> Window:
    """A window with a sheet chosen and split, and the sidebar open."""
    window = open_window(size=(1280, 1000))
    make_sheet(window.home / "garden.png")
    scene.connect(window, server)
    window.call(
        "settings = bpy.context.scene.trellis\n"
        "settings.source = 'IMAGE'\n"
        f"settings.source_image = bpy.data.images.load({str(window.home / 'garden.png')!r})\n"
        f"settings.decimation_target, settings.texture_size = {scene.FEW_FACES}, '1024'\n"
        "settings.resolution = '512'\n"
        "result = None"
    )
    window.open_sidebar("VIEW_3D", "TRELLIS")
    window.wait_for(f"len({scene.SESSION}.previews._told)")  # what it is told to have several subjects by
    window.click(*window.find_button("trellis.split_sheet"))
    window.wait_for(f"len({LISTED}) == 5 and not {SHEETS}.is_busy()")  # each was looked at, so that nothing moves
    return window


def test_five_objects_for_one_question(ready: Window, server: Process, artifacts: Path) -> None:
    server.control.settings(job_seconds=3.0)
    place = ready.find_button("trellis.generate_sheet")
    ready.screenshot(artifacts / "1-list.png")
    ready.double_click(*place)
    ready.screenshot(artifacts / "2-asked.png")
    ready.key("Escape")
    assert not scene.jobs(ready), "a double click must not pay"
    ready.click(*place)
    ready.key("p")  # as underlined in Pay
    ready.wait_for(f"len({scene.SESSION}.jobs) == 5")
    ready.wait_for("len([o for o in bpy.data.objects if o.name.startswith('garden')]) == 5")
    ready.call("area('VIEW_3D').spaces.active.region_3d.view_distance = 4\nresult = None")
    ready.screenshot(artifacts / "3-placeholders.png")
    ready.wait_for(f"len({MADE}) == 5")
    ready.screenshot(artifacts / "4-made.png")
    assert ready.call(MADE) == [f"garden {number}" for number in range(1, 6)]
    assert server.control.counters()["accepted"] == 5
    assert not server.control.violations()


def test_painting_over_it_ends_the_list(ready: Window, artifacts: Path) -> None:
    ready.call(
        "values = list(bpy.data.images['garden.png'].pixels)\n"
        "values[200000:200400] = [1.0] * 400  # a stroke on the triangle\n"
        "bpy.data.images['garden.png'].pixels[:] = values\n"
        "result = None"
    )
    ready.click(*ready.find_button("trellis.generate_sheet"))
    ready.wait_for(f"{SHEETS}.of(bpy.context.scene).is_stale")
    place = ready.find_button("trellis.split_sheet")
    ready.screenshot(artifacts / "stale.png")
    assert not scene.jobs(ready)
    ready.click(*place)
    ready.wait_for(f"len({LISTED}) == 5")


def test_the_sheet_is_closed(ready: Window) -> None:
    ready.click(*ready.find_button("trellis.drop_sheet"))
    ready.wait_for(f"{LISTED} == []")
