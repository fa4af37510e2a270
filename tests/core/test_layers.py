# SPDX-License-Identifier: GPL-3.0-or-later
"""The house's one direction: core never reaches bpy, what is below never imports what is above."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "trellis_blender"
CORE = sorted((PACKAGE / "core").glob("*.py"))
BLENDER = sorted((PACKAGE / "blender").rglob("*.py"))
OF_BLENDER = frozenset(
    {"bpy", "bmesh", "mathutils", "gpu", "bl_ui", "addon_utils", "_bpy", "bpy_extras", "imbuf", "aud"}
)
OUTSIDE_ALLOWED = frozenset({"numpy", "requests", "urllib3", "pydantic_core"})

LAYERS = (
    ("dates",),
    ("errors", "catalogue", "version", "naming", "gltf_images", "gltf_schema", "pages", "partial", "turnstile",
     "components", "money", "motion", "phrasebook", "wrapping", "preparation", "schema", "stance", "alike",
     "png_chunks", "spare", "stacking", "lineage", "verdicts", "view", "webp_lossless", "catalogs"),
    ("api", "arguments", "decoder", "png_pixels", "weld"),
    ("seams",),
    ("png_alpha",),
    ("webp_alpha",),
    ("pricewords",),
    ("pricelist",),
    ("card",),
    ("offer",),
    ("exr", "image", "route"),
    ("undecoded",),
    ("certificates", "checkers", "icons", "pixels", "png", "resampling", "thumbnail"),
    ("coarse", "fineness", "grouping", "thinning"),
    ("backdrop", "flood"),
    ("faint", "gaps"),
    ("background", "bites", "contrast", "cropped", "shadow", "strokes"),
    ("remnant", "sheet", "subject"),
    ("certainty", "trial"),
    ("preflight", "slab"),
    ("pieces", "shrinkage", "specks", "surround"),
    ("prepared",),
    ("lately", "miniatures", "orders"),
    ("album", "database", "endpoint", "sightings", "secrets", "request", "locate", "gltf_bounds", "pacing",
     "connections", "network_faults", "edges", "shading", "transparency"),
    ("fans", "gltf_textures", "outliers", "proxies", "sayings"),
    ("journal", "likeness", "refusals", "signing", "transport", "jobs", "glb", "image_url", "owners", "upload",
     "waking"),
    ("splitting", "laps"),
    ("answers", "bodies", "delivered", "diagnostics", "records", "layout", "gltf_material", "gltf_plain", "gltf_shown",
     "presets",
     "recipe", "remedies", "forecast", "afoot", "kin", "twins"),
    ("history",),
    ("model", "progress"),
    ("messages",),
    ("ledger", "mending", "offers", "purse"),
    ("download", "pictures", "receipts", "store", "tidying"),
    ("archive", "client"),
    ("checkup", "roster", "shelf"),
    ("workplace",),
    ("inquiry",),
    ("bookkeeping", "cancelling", "gallery", "matching", "previews", "removal", "splits", "upkeep"),
    ("retrieval",),
    ("delivery", "uploading"),
    ("polling", "reconcile", "submission"),
    ("lifecycle", "presence", "resumption"),
    ("agenda", "clientele", "network", "renewal"),
    ("crew",),
    ("engine",),
)  # fmt: skip
"""From the bottom to the top; a module imports only from rows below its own."""
RANK = {name: rank for rank, row in enumerate(LAYERS) for name in row}


def imports(path: Path) -> Iterator[str]:
    """Give the absolute name of everything a file imports, inside functions too."""
    own = path.relative_to(ROOT).with_suffix("").parts
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = own[: len(own) - node.level] if node.level else ()
            if path.name == "__init__.py" and node.level:
                base = own[: len(own) - node.level]
            module = ".".join((*base, *(node.module or "").split("."))).strip(".")
            yield module
            yield from (f"{module}.{alias.name}" for alias in node.names)


def inside(path: Path) -> set[str]:
    """Give the modules of core that a file of core imports."""
    prefix = "trellis_blender.core."
    found = {name.removeprefix(prefix).split(".")[0] for name in imports(path) if name.startswith(prefix)}
    return found & set(RANK)


def test_there_is_something_to_look_at() -> None:
    assert len(CORE) > 20
    assert len(BLENDER) > 10


@pytest.mark.parametrize("path", CORE, ids=lambda path: path.stem)
def test_core_imports_neither_bpy_nor_blender_nor_strangers(path: Path) -> None:
    for name in imports(path):
        top = name.split(".")[0]
        assert top not in OF_BLENDER
        assert not name.startswith("trellis_blender.blender")
        assert top in sys.stdlib_module_names or top in OUTSIDE_ALLOWED or name.startswith("trellis_blender.core"), name


@pytest.mark.parametrize("path", [path for path in CORE if path.stem != "__init__"], ids=lambda path: path.stem)
def test_core_imports_downwards(path: Path) -> None:
    assert path.stem in RANK, f"{path.name} has no place in LAYERS yet"
    for name in inside(path):
        assert RANK[name] < RANK[path.stem], f"{path.stem} may not import {name}"


def test_every_place_is_taken() -> None:
    assert set(RANK) == {path.stem for path in CORE} - {"__init__"}


def test_core_runs_without_bpy() -> None:
    modules = [f"trellis_blender.core.{path.stem}" for path in CORE if path.stem != "__init__"]
    program = f"""
import sys
class Forbidden:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {sorted(OF_BLENDER)!r} or name.startswith("trellis_blender.blender"):
            raise AssertionError(name + " was imported")
sys.meta_path.insert(0, Forbidden())
import importlib
for name in {modules!r}:
    importlib.import_module(name)
print(len(sys.modules))
"""
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("path", BLENDER, ids=lambda path: path.stem)
def test_one_module_changes_blenders_handler_lists(path: Path) -> None:
    """The lists are everybody's, and it knows; that which holds others' handlers back is another."""
    if path.stem not in ("listeners", "silence"):
        source = path.read_text(encoding="utf-8")
        assert not re.search(r"handlers\.\w+\.(append|extend|insert|remove|clear)\(", source)
        assert "getattr(bpy.app.handlers" not in source


def test_root_imports_nothing_by_itself() -> None:
    tree = ast.parse((PACKAGE / "__init__.py").read_text(encoding="utf-8"))
    assert not [node for node in tree.body if isinstance(node, (ast.Import, ast.ImportFrom))]


@pytest.mark.parametrize("path", BLENDER, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_blender_folders_do_not_import_each_other(path: Path) -> None:
    """Operators and panels stand side by side above the modules of blender/, and none of those knows them."""
    folder = path.parent.name
    for name in imports(path):
        parts = name.split(".")
        if parts[:2] != ["trellis_blender", "blender"] or len(parts) < 3:
            continue
        target = parts[2]
        if folder == "operators":
            assert target != "panels", name
        elif folder == "panels":
            assert target != "operators", name
        elif path.name != "__init__.py":
            assert target not in ("operators", "panels"), name


@pytest.mark.parametrize("path", BLENDER, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_blender_leaves_the_network_to_core(path: Path) -> None:
    for name in imports(path):
        assert name.split(".")[0] not in {"requests", "urllib3", "urllib", "http", "socket", "ssl"}


@pytest.mark.parametrize("path", [*CORE, *BLENDER], ids=lambda path: str(path.relative_to(PACKAGE)))
def test_house_rules(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.startswith("# SPDX-License-Identifier: GPL-3.0-or-later\n")
    assert text.count("\n") <= 300
    assert ast.get_docstring(ast.parse(text))
