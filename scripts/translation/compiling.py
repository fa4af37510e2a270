# SPDX-License-Identifier: GPL-3.0-or-later
"""PO files -> what the extension reads: a JSON object for each language, of what is confirmed."""

import json
from pathlib import Path

from . import po
from .languages import FOLDER


def compile_into(folder: Path) -> list[Path]:
    """Write every language's file into a folder, and give them."""
    folder.mkdir(parents=True, exist_ok=True)
    made = []
    for source in sorted(FOLDER.glob("*.po")):
        done = {entry.english: entry.translation for entry in po.read(source).entries if entry.is_done}
        target = folder / f"{source.stem}.json"
        target.write_text(json.dumps(done, ensure_ascii=False, indent=0, sort_keys=True) + "\n", encoding="utf-8")
        made.append(target)
    return made
