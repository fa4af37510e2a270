# SPDX-License-Identifier: GPL-3.0-or-later
"""Fresh homes: an environment in which no setting, cache or key of the developer can be seen."""

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

_KEPT = ("LANG", "TERM", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE")


def fresh_environment(home: Path, path: str, env: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return an environment whose every folder lies in ``home``, with ``env`` on top."""
    folders = {
        "HOME": home,
        "TMPDIR": home / "tmp",
        "XDG_CONFIG_HOME": home / "config",
        "XDG_CACHE_HOME": home / "cache",
        "XDG_DATA_HOME": home / "data",
        "XDG_STATE_HOME": home / "state",
        "XDG_RUNTIME_DIR": home / "run",
        "BLENDER_USER_RESOURCES": home / "blender",
    }
    for folder in folders.values():
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o700)
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    # No .pyc files: processes of several Pythons share the checkout.
    fixed = {"PATH": path, "LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1", "PYTHONUNBUFFERED": "1"}
    return {**kept, **fixed, **{name: str(folder) for name, folder in folders.items()}, **(env or {})}


@contextmanager
def temporary_home(home: Path | None = None) -> Iterator[Path]:
    """Give a new home that is removed at the end, or the one that was asked for, which is kept."""
    if home is not None:
        home.mkdir(parents=True, exist_ok=True)
        yield home.resolve()
        return
    made = Path(tempfile.mkdtemp(prefix="trellis-home-"))
    try:
        yield made
    finally:
        shutil.rmtree(made)
