# SPDX-License-Identifier: GPL-3.0-or-later
"""docs/operators.md: every operator as the real Blender knows it. Runs inside Blender with the extension enabled.

``python operators.py FILE`` writes it. The test loads this by its path: it imports nothing of ours.
"""

from typing import Any

import bpy

HEAD = """<!-- Written by scripts/docs --operators from the operators themselves; do not edit. -->
# The operators

All buttons of the extension, as `bpy.ops.trellis.…`: for key maps, menus and scripts. Called from a script
(`EXEC_DEFAULT`), those that make an object or have its job go on wait until it stands in the scene, and those that ask
the artist first do not ask. Operators marked *internal* stand for a button that means nothing elsewhere, and are not
found by `F3`. For more than a button, see [Scripts](scripting.md).

`generate` takes another picture, a name, a preset and every [parameter](parameters.md) as arguments. They are for that
one order; what is left out is as in the scene's panel, which stays as it is. What is given beside a preset counts more
than the preset. With `max_price_usd`, which every operator that spends money takes, nothing is sent that costs more.

```python
import bpy

for seed in (1, 2, 3):
    bpy.ops.trellis.generate(
        image="//mushroom.png", name=f"Mushroom {seed}", preset="Blockout", seed=seed, max_price_usd=0.03
    )
```
"""
_OURS: Any = getattr(bpy.ops, "trellis")  # noqa: B009  # stubs know Blender's own only
OF_THE_SCENE = ("generate", "generate_render")
"""Operators whose arguments are as in the scene where they are left out."""
TEXTS = ("name", "preset", "image")
"""Those of their arguments that are not."""
LIMIT = "max_price_usd"
"""The most that may be paid; it is none where it is left out."""
FROM_BLENDER = ("check_existing", "filter_glob")
"""Arguments that Blender's own file browser adds, others in each version."""


def page() -> str:
    """Give the page as it should be."""
    return "\n".join([HEAD, *(_operator(name) for name in sorted(dir(_OURS)))])


def _operator(name: str) -> str:
    kind = getattr(_OURS, name).get_rna_type()
    registered = getattr(bpy.types, f"TRELLIS_OT_{name}")
    mark = " *internal*" if "INTERNAL" in getattr(registered, "bl_options", ()) else ""
    arguments = [item for item in kind.properties if item.identifier != "rna_type" and not item.is_hidden]
    arguments = [item for item in arguments if item.identifier not in FROM_BLENDER]
    lines = [f"## `trellis.{name}`", f"**{kind.name}**{mark} – {_prose(kind.description)}.", ""]
    if arguments:
        lines += [
            "| Argument | Default | Allowed | |",
            "|---|---|---|---|",
            *(_row(name, item) for item in arguments),
            "",
        ]
    return "\n".join(lines)


def _row(operator: str, item: Any) -> str:
    told = ". ".join(filter(None, (item.name, _prose(item.description))))
    is_of_scene = operator in OF_THE_SCENE and item.identifier not in TEXTS
    default = "the scene's" if is_of_scene else f"`{_default(item)!r}`"
    if item.identifier == LIMIT:
        default = "no limit"
    return f"| `{item.identifier}` | {default} | {_allowed(item)} | {told} |"


def _default(item: Any) -> Any:
    if item.type == "ENUM" and item.is_enum_flag:
        return set(item.default_flag)
    if getattr(item, "is_array", False):
        return tuple(item.default_array)
    return round(item.default, 6) if item.type == "FLOAT" else getattr(item, "default", None)


def _allowed(item: Any) -> str:
    if item.type == "ENUM":
        return ", ".join(f"`{choice.identifier}`" for choice in item.enum_items) or "as the list offers"
    if item.type == "BOOLEAN":
        return "`True`, `False`"
    if item.type in ("INT", "FLOAT"):
        return f"{_number(item.soft_min)} – {_number(item.soft_max)}"
    return {"STRING": "text", "COLLECTION": "a list", "POINTER": "a datablock"}[item.type]


def _number(value: float) -> str:
    is_bound = abs(value) < 1e9 or value == 2**31 - 1
    return f"{value:g}" if is_bound and isinstance(value, float) else str(value) if is_bound else "any"


def _prose(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split()).removesuffix(".")
