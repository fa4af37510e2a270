# SPDX-License-Identifier: GPL-3.0-or-later
"""scripts/dev: a checkout linked into a Blender, changed, and reloaded while Blender runs."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from rig.blenders import window_blender
from rig.paths import CHECKOUT, RIG
from tests.gui.window import Window

PACKAGE = "bl_ext.user_default.trellis_blender"
SOURCES = ("trellis_blender", "scripts", "blender_manifest.toml", "requirements-dev.txt", "LICENSE", "README.md")
ENABLED = f"{PACKAGE!r} in bpy.context.preferences.addons"
MARK = f"import sys\nresult = getattr(sys.modules.get('{PACKAGE}.core'), 'MARK', None)"
TIMEOUT_SECONDS = 120

EXECUTABLE = """#!{python}
import sys
from pathlib import Path
sys.path[:0] = [{scripts!r}]
from rig import chroots, processes
from rig.profiles import fresh_environment
argv = processes.in_chroot(chroots.chroot_path({suite!r}), ["blender", *sys.argv[1:]])
done = processes.run(argv, fresh_environment(Path({home!r}), processes.CHROOT_PATH))
print(done.stdout)
sys.exit(done.returncode)
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of the checkout that a test may spoil."""
    folder = tmp_path / "checkout"
    folder.mkdir()
    for name in SOURCES:
        source = CHECKOUT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        elif source.exists():
            shutil.copy(source, folder / name)
    return folder


@pytest.fixture
def dev(checkout: Path, tmp_path: Path, blender: str) -> Callable[..., "subprocess.CompletedProcess[str]"]:
    """Run the copy's scripts/dev for a Blender that looks like an installed one."""
    executable = tmp_path / "blender"
    parts = {"python": sys.executable, "scripts": str(CHECKOUT / "scripts"), "home": str(tmp_path / "home")}
    executable.write_text(EXECUTABLE.format(suite=window_blender(blender).suite, **parts), encoding="utf-8")
    executable.chmod(0o755)
    environment = {**os.environ, "TRELLIS_RIG": str(RIG)}

    def run(*arguments: str) -> "subprocess.CompletedProcess[str]":
        command = [sys.executable, checkout / "scripts" / "dev", "--blender", executable, *arguments]
        return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=TIMEOUT_SECONDS)

    return run


def test_link_reload_unlink(
    dev: Callable[..., "subprocess.CompletedProcess[str]"],
    checkout: Path,
    tmp_path: Path,
    open_window: Callable[..., Window],
) -> None:
    linked = dev()
    assert linked.returncode == 0, linked.stdout + linked.stderr
    window = open_window(zip_path=None, home=tmp_path / "home")
    assert window.call(ENABLED)
    assert window.call(MARK) is None

    module = checkout / "trellis_blender" / "core" / "__init__.py"
    module.write_text(module.read_text(encoding="utf-8") + "\nMARK = 1\n", encoding="utf-8")
    reloaded = dev("--reload")
    assert reloaded.returncode == 0, reloaded.stdout + reloaded.stderr
    assert window.call(ENABLED)
    assert window.call(MARK) == 1

    root = checkout / "trellis_blender" / "__init__.py"
    sound = root.read_text(encoding="utf-8")
    root.write_text(sound + "\nraise RuntimeError('half-written')\n", encoding="utf-8")
    broken = dev("--reload")
    assert broken.returncode == 1
    assert "could not enable" in broken.stdout
    root.write_text(sound, encoding="utf-8")
    assert dev("--reload").returncode == 0
    assert window.call(ENABLED)

    window.kill()
    assert dev("--reload").returncode == 1, "nothing is running that could answer"
    unlinked = dev("--unlink")
    assert unlinked.returncode == 0, unlinked.stdout + unlinked.stderr
    assert not (tmp_path / "home" / "blender" / "extensions" / "user_default" / "trellis_blender").exists()
    assert root.exists()
