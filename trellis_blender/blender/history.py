# SPDX-License-Identifier: GPL-3.0-or-later
"""The rows of the history as Blender's lists want them: ids in order, worked out when something changed.

Nothing of it goes into a file: what is searched for is kept here, and the rows are taken out before saving.
"""

import time
from typing import Any, Final

import bpy
from bpy.app.handlers import persistent

from ..core.history import Order, Query, Standing
from . import filtering, lineage, listeners, session
from .filtering import ANY
from .identity import TEXT_CONTEXT

_STANDINGS = (
    (ANY, "Any State", "All jobs"),
    (
        Standing.WAITING.name,
        "Waiting for You",
        "Jobs that stopped, are uncertain, or whose object was not imported yet",
    ),
    (Standing.RUNNING.name, "Running", "Jobs that something is being done for"),
    (Standing.DONE.name, "Imported", "Jobs whose object stood in a scene"),
    (Standing.WITHOUT.name, "Without Object", "Jobs that were refused, failed, were cancelled or have expired"),
)
_FILES = ((ANY, "Any File", "Jobs of all files"), ("THIS", "This File", "Jobs that this file asked for"))
_DAYS = (
    (ANY, "Any Time", "Jobs of all times"),
    ("1", "Last Day", "Jobs of the last 24 hours"),
    ("7", "Last Week", "Jobs of the last 7 days"),
    ("30", "Last Month", "Jobs of the last 30 days"),
)
_ORDERS = (
    (Order.DATE.name, "Date", "The newest first"),
    (Order.NAME.name, "Name", "From A to Z"),
    (Order.PRICE.name, "Price", "The dearest first"),
    (Order.SEED.name, "Seed", "The lowest first"),
    (Order.STATE.name, "State", "What waits for you first"),
)
FILTERS = ("standing", "resolution", "file", "days")
_LASTING = ("order", "file")
"""What is meant for every file; the rest is what was sought in one."""
_Items = tuple[tuple[str, str, str], ...]


class _State:
    """What is asked for and what is chosen: plain values, so that undo and files leave them alone."""

    def __init__(self) -> None:
        self.text = ""
        self.chosen: dict[str, int] = {}
        self.flags: dict[str, bool] = {}
        self.active = ""
        self.ticked: set[str] = set()
        self.shown: tuple[object, ...] = ()
        self.ids: list[str] = []
        self.places: dict[str, int] = {}
        self.left = ""
        """The path of the file that was open before."""


_state = _State()


def _enum(name: str, items: Any, label: str, description: str) -> Any:
    def read(_owner: Any) -> int:
        kept = _state.chosen.get(name, 0)
        return filtering.number(kept) if callable(items) else kept

    def write(_owner: Any, value: int) -> None:
        _state.chosen[name] = value
        sync()

    return bpy.props.EnumProperty(
        name=label, description=description, items=items, translation_context=TEXT_CONTEXT, get=read, set=write
    )


def _flag(name: str, label: str, description: str) -> Any:
    def read(_owner: Any) -> bool:
        return _state.flags.get(name, False)

    def write(_owner: Any, value: bool) -> None:
        _state.flags[name] = value
        sync()

    return bpy.props.BoolProperty(
        name=label, description=description, translation_context=TEXT_CONTEXT, get=read, set=write
    )


def _write_text(_owner: Any, value: str) -> None:
    _state.text = value
    sync()


def _write_active(_owner: Any, value: int) -> None:
    _state.active = _state.ids[value] if 0 <= value < len(_state.ids) else ""


def _tick(row: Any, value: bool) -> None:
    (_state.ticked.add if value else _state.ticked.discard)(row.name)


class TrellisHistoryRow(bpy.types.PropertyGroup):
    """One row: its ``name`` is the job's id here."""

    ticked: bpy.props.BoolProperty(
        name="Choose", description="Choose this job for what is done with several",
        get=lambda row: row.name in _state.ticked, set=_tick,
    )  # fmt: skip


class TrellisHistory(bpy.types.PropertyGroup):
    """The list, and what it is asked for."""

    rows: bpy.props.CollectionProperty(type=TrellisHistoryRow)
    active: bpy.props.IntProperty(
        name="Job", get=lambda _owner: _index(), set=_write_active, options={"HIDDEN"},
    )  # fmt: skip
    text: bpy.props.StringProperty(
        name="Search", description="Find jobs by name, source, seed or id", translation_context=TEXT_CONTEXT,
        get=lambda _owner: _state.text, set=_write_text, options={"TEXTEDIT_UPDATE"},
    )  # fmt: skip
    standing: _enum("standing", _STANDINGS, "State", "Show jobs by what they need")
    resolution: _enum("resolution", filtering.items, "Resolution", "Show jobs by their resolution")
    file: _enum("file", _FILES, "File", "Show jobs by the file that asked for them")
    days: _enum("days", _DAYS, "Date", "Show jobs by when they were sent")
    order: _enum("order", _ORDERS, "Sort By", "What the list is sorted by")
    reverse: _flag("reverse", "Reverse", "Sort the other way round")
    several: _flag("several", "Choose Several", "Show boxes to choose several jobs, to delete them together")


def of(context: bpy.types.Context) -> TrellisHistory:
    """Give the list."""
    return context.window_manager.trellis_history  # type: ignore[attr-defined]  # made by register


def query() -> Query:
    """Give what is asked for."""
    standing, days = _chosen("standing", _STANDINGS), _chosen("days", _DAYS)
    return Query(
        text=_state.text,
        standing=None if standing == ANY else Standing[standing],
        resolution=filtering.value(_state.chosen.get("resolution", 0)),
        file=None if _chosen("file", _FILES) == ANY else lineage.current(),
        days=0 if days == ANY else int(days),
        order=Order[_chosen("order", _ORDERS)],
        reverse=_state.flags.get("reverse", False),
    )


def is_filtered() -> bool:
    """Whether a filter hides jobs."""
    return any(_state.chosen.get(name, 0) for name in FILTERS)


def sync() -> bool:
    """Bring the rows up to date; give whether they were not. Not for drawing."""
    live, asked = session.current(), query()
    # Itself, not its address: that of one that is gone may be another's.
    stamp = (live.history, live.history.version, asked, int(time.time() // 60) if asked.days else 0)
    if stamp == _state.shown:
        return False
    _state.shown = stamp
    _state.ids = live.history.select(asked, time.time())
    _state.places = {job_id: place for place, job_id in enumerate(_state.ids)}
    _state.ticked &= live.history.rows.keys()
    rows = of(bpy.context).rows
    if len(rows) > 2 * len(_state.ids) + 8:
        rows.clear()
    while len(rows) > len(_state.ids):
        rows.remove(len(rows) - 1)
    while len(rows) < len(_state.ids):
        rows.add()
    for row, job_id in zip(rows, _state.ids, strict=True):
        if row.name != job_id:
            row.name = job_id
    return True


def active_id() -> str:
    """Give the id of the job that is chosen in the list; empty when it is hidden or there is none."""
    return _state.active if _state.active in session.current().history.rows and _index() >= 0 else ""


def chosen_ids() -> list[str]:
    """Give the ids of the jobs that are meant: those that are ticked, while several can be, else the active one."""
    if _state.flags.get("several"):
        return [job_id for job_id in _state.ids if job_id in _state.ticked]
    return [found] if (found := active_id()) else []


def first(count: int) -> list[str]:
    """Give the ids of the jobs that the list begins with."""
    return _state.ids[:count]


def counts() -> tuple[int, int]:
    """Give how many jobs are shown, and how many there are."""
    return len(_state.ids), len(session.current().history.rows)


def show_all_of(standing: Standing) -> None:
    """Have the list show all jobs that need the same."""
    _state.chosen = {"standing": [item[0] for item in _STANDINGS].index(standing.name)}
    _state.text = ""
    sync()


def clear_filters() -> None:
    """Have the list show all jobs."""
    _state.chosen = {"order": _state.chosen.get("order", 0)}
    _state.text = ""
    sync()


def _chosen(name: str, items: _Items) -> str:
    return items[_state.chosen.get(name, 0)][0]


def _index() -> int:
    return _state.places.get(_state.active, -1)


@persistent  # type: ignore[untyped-decorator]
def _before_save(*_arguments: Any) -> None:
    """Take the rows out: which jobs there are is nobody's business who gets the file."""
    of(bpy.context).rows.clear()
    _state.shown = ()


@persistent  # type: ignore[untyped-decorator]
def _after(*_arguments: Any) -> None:
    _state.shown = ()
    sync()


@persistent  # type: ignore[untyped-decorator]
def _leaves(_path: str) -> None:
    _state.left = bpy.data.filepath


@persistent  # type: ignore[untyped-decorator]
def _opened(path: str) -> None:
    """Seek no longer what was sought in another file; *Revert* opens the same."""
    if not path or path != _state.left:
        _state.chosen = {name: _state.chosen.get(name, 0) for name in _LASTING}
        _state.text = ""
    _after()


_HEARD: Final = (
    ("save_pre", _before_save), ("save_post", _after), ("save_post_fail", _after),
    ("load_pre", _leaves), ("load_post", _opened),
)  # fmt: skip


def register() -> None:
    """Add the list to the window manager."""
    global _state
    _state = _State()
    bpy.utils.register_class(TrellisHistoryRow)
    bpy.utils.register_class(TrellisHistory)
    bpy.types.WindowManager.trellis_history = bpy.props.PointerProperty(type=TrellisHistory)  # type: ignore[attr-defined]
    listeners.listen(*_HEARD)


def unregister() -> None:
    """Take the list out."""
    listeners.ignore(*_HEARD)
    del bpy.types.WindowManager.trellis_history  # type: ignore[attr-defined]
    bpy.utils.unregister_class(TrellisHistory)
    bpy.utils.unregister_class(TrellisHistoryRow)
