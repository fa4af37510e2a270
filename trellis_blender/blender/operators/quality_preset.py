# SPDX-License-Identifier: GPL-3.0-or-later
"""*Apply Preset*, and the artist's own presets: kept and removed by Blender's own preset system."""

from pathlib import Path

import bpy
from bl_operators.presets import AddPresetBase

from ...core import presets as core_presets
from ...core.money import dollars
from .. import presets, properties
from ..identity import APPLY_PRESET, PRESETS_PANEL, SAVE_PRESET
from ..language import hinted, report

_STEM_BYTES = 200


class TRELLIS_OT_apply_preset(bpy.types.Operator):
    """Set resolution, texture size, faces and sampling steps as a quality preset has them"""

    bl_idname = APPLY_PRESET
    bl_label = "Apply Quality Preset"
    bl_options = {"REGISTER", "UNDO"}

    preset: bpy.props.StringProperty(
        name="Preset",
        description="Blockout, Standard, Hero, or the name of one of your own",
        default=core_presets.STANDARD.name,
        options={"SKIP_SAVE"},
    )

    @classmethod
    def description(cls, _context: bpy.types.Context, asked: bpy.types.OperatorProperties) -> str:
        """Say what this preset sets, and what an object by it costs."""
        found = presets.named(asked.preset)
        return told(found) if found is not None else ""

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Set them."""
        found = presets.sought(self.preset)
        if found is None:
            known = ", ".join(preset.name for preset in presets.every())
            report(self, {"ERROR"}, f"There is no preset {self.preset}; there are {known}")
            return {"CANCELLED"}
        presets.apply(properties.of(context.scene), found)
        if found.replaced:
            report(self, {"INFO"}, presets.replacement(found))
        return {"FINISHED"}


class TRELLIS_OT_save_preset(AddPresetBase, bpy.types.Operator):
    """Keep the panel's resolution, texture size, faces and sampling steps as a preset of your own, or remove one"""

    bl_idname = SAVE_PRESET
    bl_label = "Save Quality Preset"
    bl_options = {"REGISTER", "INTERNAL"}

    preset_menu = PRESETS_PANEL
    preset_subdir = presets.SUBFOLDER
    preset_values: tuple[str, ...] = ()  # add writes the file

    @staticmethod
    def as_filename(name: str) -> str:
        """Give a file's stem that every disk takes: Blender spells some signs out, as *slash*."""
        stem = core_presets.allowed_stem(AddPresetBase.as_filename(core_presets.tidy(name)))
        return stem.encode()[:_STEM_BYTES].decode(errors="ignore")

    @classmethod
    def description(cls, _context: bpy.types.Context, asked: bpy.types.OperatorProperties) -> str:
        """Say which of the two it does."""
        return hinted("Remove this preset and its file") if asked.remove_name or asked.remove_active else ""

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Keep one, or remove one."""
        if self.remove_active:
            now = presets.active(properties.of(context.scene))
            self.name, self.remove_name, self.remove_active = (now.name if now else ""), True, False
        if self.remove_name:
            return self._removed()
        name, stem = core_presets.tidy(self.name), self.as_filename(self.name)
        taken = presets.sought(name)  # as long as they are not read, none would be overwritten
        if not stem or (taken is not None and not taken.is_own):
            report(self, {"ERROR"}, _fault(name if stem else ""))
            return {"CANCELLED"}
        if taken is None and not bpy.utils.preset_find(stem, self.preset_subdir):
            return super().execute(context)
        own = presets.folder()
        file = taken.file if taken is not None else core_presets.free_stem(stem, (each.stem for each in own.glob("*")))
        self.add(context, str(own / f"{file}{core_presets.SUFFIX}"))
        if taken is not None:
            report(self, {"INFO"}, f"The preset {taken.name} is now as the panel")
        return {"FINISHED"}

    def _removed(self) -> set[str]:
        """Remove one from the artist's own folder: Blender would take the first of any folder that has the name."""
        if not self.name.strip():
            report(self, {"ERROR"}, _fault(""))
            return {"CANCELLED"}
        # One that is not shown, since its file is damaged, is called as that is.
        found = presets.sought(self.name)
        stem = self.name if found is None else presets.own_file(found)
        path = presets.folder() / f"{stem}{core_presets.SUFFIX}"
        if not stem or path.parent != presets.folder():
            report(self, {"ERROR"}, _not_here(self.name))
            return {"CANCELLED"}
        try:
            path.unlink()
        except FileNotFoundError:
            report(self, {"ERROR"}, _not_here(self.name))
            return {"CANCELLED"}
        except OSError as error:
            report(self, {"ERROR"}, f"The preset cannot be removed ({error.strerror}); its file is {path}")
            return {"CANCELLED"}
        presets.forget(path.stem)
        presets.refresh(anew=True)  # another folder may have one of the same name
        return {"FINISHED"}

    def add(self, context: bpy.types.Context, filepath: str) -> None:
        """Write the file; Blender calls this once it knows where."""
        path, values = Path(filepath), presets.values(properties.of(context.scene))
        found = presets.named(self.name)
        name = found.name if found is not None else core_presets.tidy(self.name)
        is_told = core_presets.shown_name(path.stem) == name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(core_presets.text(values, "" if is_told else name), encoding="utf-8")
        presets.note(core_presets.preset(name, values, path.stem))


def _not_here(name: str) -> str:
    """Give why a preset cannot be removed that is not in the artist's own folder."""
    found = presets.named(name) or presets.named(core_presets.shown_name(name))
    if found is not None and found.folder is not None and found.folder != presets.folder():
        return f"The preset {found.name} is in a folder of scripts that is not your own: {found.folder}"
    return f"There is no preset {name} of your own"


def _fault(name: str) -> str:
    """Give why no preset can be kept under a name."""
    if not name:
        return "Type a name for the preset first"
    return f"There is a preset {name} already; type another name"


def told(preset: core_presets.Preset) -> str:
    """Give what a preset sets, in a line for each."""
    values = preset.values
    lines = []
    price = presets.price(preset)
    if price is not None and not price:
        lines.append(f"Resolution {values['resolution']}, free")
    elif price is not None:
        lines.append(f"Resolution {values['resolution']}, {dollars(price)} an object")
    if "texture_size" in values:
        lines.append(f"Textures of {values['texture_size']} px")
    if "decimation_target" in values:
        lines.append(f"{values['decimation_target']:,} faces")
    steps = [str(values[name]) for name in core_presets.NAMES if name.endswith("_steps") and name in values]
    if steps:
        lines.append(f"Sampling steps {' · '.join(steps)}")
    return ".\n".join(hinted(line) for line in lines)
