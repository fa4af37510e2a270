# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests inside Blender as a module: the exact zip of TRELLIS_ZIP, installed and enabled in a fresh profile.

Run by ``scripts/check --only blender``. The checkout's own code is out of reach here, on purpose.
"""

import importlib
import importlib.util
import os
import sys
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

with warnings.catch_warnings():
    # Blender's own start scripts and bundled add-ons are not ours to mend.
    warnings.simplefilter("ignore")
    import bpy

import laying
import leafing
import lives
import pictures
import sharing
import sheets
import stand_in
from artist import Artist, module
from lives import Lives
from stand_in import StandIn

from footprint import PACKAGE, Footprint, take_footprint

_status = pytest.StashKey[int]()
_elsewhere = pytest.StashKey[int]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--mutations", type=int, default=2000, help="how many damaged files test_fuzz imports")
    parser.addoption(
        "--share",
        type=sharing.parse,
        default="1/1",
        help="which share of the tests marked any_blender to run, as in 2/4; the other Blenders run the rest",
    )


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    items[:], elsewhere = sharing.divide(config.getoption("share"), items)
    config.hook.pytest_deselected(items=elsewhere)
    config.stash[_elsewhere] = len(elsewhere)


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    session.config.stash[_status] = int(exitstatus)


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    """Leave at once: with something still registered, Blender 4.2 crashes and 4.5 hangs on its way out."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(config.stash.get(_status, 4))


@pytest.fixture(scope="session")
def profile() -> Path:
    """The fresh profile's folder."""
    folder = Path(os.environ["BLENDER_USER_RESOURCES"])
    assert Path(bpy.utils.resource_path("USER")) == folder
    return folder


@pytest.fixture(scope="session", autouse=True)
def counted(pytestconfig: pytest.Config, record_testsuite_property: Callable[[str, object], None]) -> None:
    """Tell ``scripts/check`` how many tests are left to the other Blenders."""
    record_testsuite_property("elsewhere", pytestconfig.stash[_elsewhere])


@pytest.fixture(scope="session", autouse=True)
def untouched() -> Iterator[Footprint]:
    """What was registered in Blender before the extension came; installs and enables it."""
    assert importlib.util.find_spec("trellis_blender") is None, "the checkout must not be importable here"
    before = take_footprint()
    preferences = bpy.context.preferences
    preferences.use_preferences_save = False
    preferences.system.use_online_access = True
    bpy.ops.extensions.package_install_files(
        filepath=os.environ["TRELLIS_ZIP"], repo="user_default", enable_on_install=True, overwrite=True
    )
    assert PACKAGE in preferences.addons, "the extension was not enabled; the reason is in the output"
    yield before


@pytest.fixture
def extension() -> ModuleType:
    """The installed extension's root module."""
    return importlib.import_module(PACKAGE)


@pytest.fixture
def preferences() -> object:
    """The extension's preferences."""
    return bpy.context.preferences.addons[PACKAGE].preferences


@pytest.fixture(autouse=True)
def empty_file(untouched: Footprint) -> None:
    """A new, empty file for each test; extensions stay enabled, online access stays on."""
    bpy.ops.wm.read_homefile(use_empty=True)
    assert bpy.context.preferences.system.use_online_access


@pytest.fixture(scope="session")
def standing() -> StandIn:
    """The stand-in server beside this Blender, as the last test left it."""
    return stand_in.connect()


@pytest.fixture
def simulator(standing: StandIn) -> StandIn:
    """The stand-in server as new; its jobs take no time unless the test says so."""
    standing.control.reset()
    standing.control.settings(job_seconds=0.0)
    return standing


@pytest.fixture
def artist(simulator: StandIn, tmp_path: Path) -> Iterator[Artist]:
    """An artist whose preferences are set to the stand-in, with small objects and no pauses between requests."""
    someone = Artist(simulator, tmp_path / "objects")
    yield someone
    someone.leave()


@pytest.fixture
def ready(artist: Artist, tmp_path: Path) -> Artist:
    """One who has a picture, a small resolution and a seed chosen; other modules prepare theirs themselves."""
    return leafing.prepare(artist, tmp_path)


@pytest.fixture
def made(ready: Artist) -> bpy.types.Object:
    """The object of that picture; it is active."""
    return leafing.make()


@pytest.fixture
def several(ready: Artist) -> bpy.types.Object:
    """An object with four variants; it is active."""
    assert bpy.ops.trellis.generate() == {"FINISHED"}
    assert bpy.ops.trellis.more_seeds(count=3, order="COUNTED", start=101) == {"FINISHED"}
    ready.wait()
    return bpy.context.view_layer.objects.active


@pytest.fixture
def fitting(artist: Artist) -> Artist:
    """One who has a picture chosen, and has what comes take the place of what is selected."""
    artist.choose(pictures.put("crown", pictures.mushroom(16, 16)))
    artist.settings.fit_to_selection = True
    return artist


@pytest.fixture
def here() -> Any:
    """Where the extension puts what comes now."""
    return module("blender.placement").here(bpy.context)


@pytest.fixture
def sheet(artist: Artist) -> bpy.types.Image:
    """A picture of five subjects, which is chosen; the cursor is away from the middle."""
    image = pictures.put("Garden.png", sheets.drawing())
    artist.choose(image)
    bpy.context.scene.cursor.location = laying.CURSOR
    return image


@pytest.fixture(scope="session")
def furnished(profile: Path, untouched: object, standing: StandIn, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A profile with the extension enabled and the stand-in in its preferences."""
    standing.control.reset()
    home = tmp_path_factory.mktemp("artist") / "furnished"
    return lives.furnish(profile, home, {"url": standing.url, "key": standing.key})


@pytest.fixture
def someone(furnished: Path, simulator: StandIn, artist: Artist, tmp_path: Path) -> Iterator[Lives]:
    """An artist with two saved files: one with a picture to send and a mesh, another with nothing."""
    someone = lives.move(furnished, tmp_path / "home")
    bpy.ops.wm.save_as_mainfile(filepath=str(someone.home / "other.blend"))
    mesh = bpy.data.meshes.new("chair")
    bpy.context.scene.collection.objects.link(bpy.data.objects.new("chair", mesh))
    bpy.context.view_layer.objects.active = bpy.data.objects["chair"]
    artist.choose(pictures.put("mushroom", pictures.mushroom(16, 16)))
    bpy.data.images["mushroom"].pack()
    bpy.ops.wm.save_as_mainfile(filepath=str(someone.home / "asking.blend"))
    yield someone
    for life in list(someone.running):
        life.kill()


@pytest.fixture
def whole_blender(monkeypatch: pytest.MonkeyPatch) -> bool:
    """A Blender that finds what is in its own Python's folder, as the module ``bpy`` does not. Whether there is any."""
    folder = Path(bpy.utils.resource_path("LOCAL")) / "python" / "lib"
    found = [each.parent for each in folder.glob("python*/site-packages/OpenImageIO")]
    assert bool(found) == (bpy.app.version >= (4, 5, 0))
    for own in found:
        monkeypatch.setattr(sys, "path", [*sys.path, str(own)])
        importlib.invalidate_caches()
    return bool(found)
