# SPDX-License-Identifier: GPL-3.0-or-later
"""What collecting the texts takes from no rule: where texts are for programs, and which single ones are or are not."""

from dataclasses import dataclass


@dataclass(frozen=True)
class _ForPrograms:
    """Names that tell that a text is read by no artist."""

    exceptions: frozenset[str]
    keywords: frozenset[str]
    functions: frozenset[str]
    modules: frozenset[str]
    methods: frozenset[str]
    receivers: frozenset[str]
    names: frozenset[str]


ONLY_FOR_PROGRAMS = _ForPrograms(
    exceptions=frozenset(
        "ValueError TypeError KeyError RuntimeError LookupError IndexError AttributeError AssertionError "
        "NotImplementedError OSError FileNotFoundError ConnectionError "
        "ConnectionAbortedError HTTPException Damaged".split()
    ),
    keywords=frozenset(
        "icon type subtype bl_idname mode options default unit encoding errors source data_path space_type region_type "
        "bl_space_type bl_region_type bl_category bl_context bl_parent_id category prefix suffix stage code dir dtype "
        "operator context_type icon_on idname property event_type prop_name value attr search_property order "
        "query translation_context bl_translation_context".split()
    ),
    functions=frozenset(
        "getattr setattr hasattr isinstance cast TypeVar NewType Path open frozenset set getLogger len "
        "namedtuple Unusual".split()
    ),
    modules=frozenset("log logger _log _logger logging re struct os sys json hashlib time np numpy".split()),
    methods=frozenset(
        "startswith endswith removeprefix removesuffix split rsplit partition rpartition replace encode decode strip "
        "rstrip lstrip execute executescript executemany setdefault pop getattr debug exception strftime "
        "find rfind index count add_argument path_resolve property_unset is_property_set keyframe_insert compile "
        "sub match fullmatch search new view astype".split()
    ),
    receivers=frozenset({"join", "format", "split"}),
    names=frozenset({"__all__", "bl_idname", "bl_options", "bl_space_type", "bl_region_type", "bl_category"}),
)
"""``receivers``: methods whose own text, as in ``", ".join``, is no message."""

FILES_FOR_PROGRAMS = frozenset(
    {"blender/diagnostics.py", "core/diagnostics.py", "core/gltf_material.py", "core/gltf_plain.py", "core/journal.py"}
)
"""Files whose texts go into the log or into a report for whoever helps, in English."""

SHOWN_WORDS = frozenset[str]()
"""Single words in small letters that are shown, and are found nowhere else."""

ALSO_SHOWN = {"core/preflight.py": ("left", "right", "top", "bottom")}
"""Texts that no rule finds, by their file."""

NOT_SHOWN = frozenset({
    # Names of what Blender makes, or of data: they stay as they are in every language.
    "TRELLIS Placeholder", "TRELLIS Probe", "TRELLIS Selection", "TRELLIS Source", "TRELLIS Sheet", "TRELLIS Log",
    "TRELLIS Report",
    "{stem} · stopped", "{stem} · not accepted", "{stem} · not sent", "{stem} · sent again",
    "{item_name} LODs", "capture {number}",
    "From {image_name}, {parts}, {made_day}",
    "Base Color", "Linear Rec.709", "sRGB - Display", "Object Mode", "Mesh",
    # Headers and databases.
    "Location", "Range", "Bearer {reveal}", "no such table", "no such column", "has no column", "closed database",
    "accepted_at > 0", "job id", "given up", "record TEXT NOT NULL, result TEXT", "result with", "the fields",
    "job {server} {job_id}", "file {server} {url}", "VERSION 1",
    # Properties that are never drawn.
    "Own Object Size", "Has Own Object Size", "Own {parameter_label}",
    # Two sentences that a detail of the service's own may stand between.
    "The service says: {detail} {name} must be {allowed}.",
})  # fmt: skip
"""What reads like English and is seen by no artist, or is data."""
