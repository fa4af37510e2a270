# SPDX-License-Identifier: GPL-3.0-or-later
"""*Generate All*: send every subject of a sheet as a picture of its own, and lay the objects out as drawn."""

import time
from collections.abc import Iterator
from decimal import Decimal

import bpy

from ...core import image, layout, request
from ...core.errors import SourceError, TrellisError
from ...core.jobs import Job
from ...core.money import Cover, priced
from .. import placement, preferences, properties, readiness, session, sheets, sources, subjects, watch
from ..identity import GENERATE_SHEET
from ..language import hinted, report, said
from ..standing import Standing
from ..text import DIALOG_FRAME, draw_wrapped, room
from . import split_sheet, waiting
from .spending import AlreadyStarted, Spending, refused

_DIALOG_PIXELS = 300


def order(
    context: bpy.types.Context, *, guard: bool = False, with_placeholders: bool = False, shown: Decimal | None = None
) -> list[Job]:  # fmt: skip
    """Start a job for every subject that is switched on, and return at once. Raises :class:`TrellisError`.

    All of them or none: what the day's cap does not allow whole is not begun. The placeholders are for who does not
    wait.
    """
    live, settings = session.current(), properties.of(context.scene)
    split, found = sheets.chosen(context.scene)
    wanted, preparation = properties.build_request(settings), properties.preparation(settings)
    wanted = request.at_price(wanted, shown)
    image = sources.choose(context).image
    origin = {  # no proxy: several objects cannot take the place of one
        **placement.mark(context, with_placeholder=with_placeholders, with_proxy=False),
        "image": image.name_full if image is not None else "",
    }
    parts = (f"{one.name} {one.parts}" for one in found.subjects)
    asked = (str(id(split)), *parts, str(sorted(wanted.parameters.items())), str(preparation), *origin.values())
    if guard and live.orders.is_repeated(asked, time.monotonic()):
        raise AlreadyStarted("Already started; press again in a moment to pay for all of it once more")
    endpoint, key, storage = preferences.endpoint(), preferences.key(), preferences.storage()
    check_cap(context, len(found.subjects))
    how, largest = sheets.lay(found, context.scene, live.jobs), placement.size_in(context.scene)
    places = layout.layout(found, largest, how.first)
    standings = (Standing(place, how.number, found.name, largest) for place in places)
    jobs = [
        live.submit(
            wanted, split.cutout(one), name=one.name, origin={**origin, **standing.to_origin()}, endpoint=endpoint,
            key=key, storage=storage, order=asked, preparation=preparation,
        )
        for one, standing in zip(found.subjects, standings, strict=True)
    ]  # fmt: skip
    sheets.note_ordered(how, jobs, found)
    if with_placeholders:
        live.intake.standins.put(*jobs, name=found.name)
    return jobs


def check_picture(context: bpy.types.Context) -> None:
    """Look whether the picture is still the one that was split. Raises :class:`TrellisError`."""
    choice = sources.choose(context)
    reason = sheets.reason(context.scene, choice)
    if reason:
        raise SourceError(f"{reason}.")
    source = sources.capture(choice, context.scene)
    is_same = source is not None and sheets.is_same(choice, source, context.scene)
    if source is not None:
        image.discard(source)
    if not is_same:
        raise SourceError(f"{sheets.STALE}.")


def check_cap(context: bpy.types.Context, count: int) -> None:
    """Refuse what the day's cap does not allow whole, before any of it is sent. Raises :class:`TrellisError`."""
    seen = readiness.outlook(context, count)
    if seen is not None and seen.cover is Cover.CAPPED:
        raise TrellisError(f"{seen.sentence} Nothing was sent; or switch some subjects off.")


class TRELLIS_OT_generate_sheet(Spending, bpy.types.Operator):
    """Make an object of every subject in the list, laid out in the scene as they are drawn. Asks first; spends money"""

    bl_idname = GENERATE_SHEET
    bl_label = "Generate All"
    bl_options = set()  # as Generate: each run is paid for

    _is_asked = False
    _shown: Decimal | None = None

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Say why it is off."""
        reason = readiness.sheet_reason(context)
        if not reason and sources.choose(context).url:
            reason = split_sheet.BY_ADDRESS
        if reason:
            cls.poll_message_set(hinted(reason))
        return not reason

    def invoke(self, context: bpy.types.Context, _event: bpy.types.Event) -> set[str]:
        """Ask for the whole price once."""
        try:
            check_picture(context)
            check_cap(context, _count())
            self._allow(context)
        except TrellisError as error:
            session.redraw()
            return refused(self, error)
        self._is_asked, self._shown = True, price(context)
        if self._shown == 0:
            return self._start(context)
        manager, pay = context.window_manager, f"Pay {total(context)}"
        # The pointer is put on the default: the second click of a double click must not be the one that pays.
        return set(manager.invoke_props_dialog(self, width=_DIALOG_PIXELS, confirm_text=said(pay), cancel_default=True))

    def draw(self, context: bpy.types.Context) -> None:
        """Draw what is asked."""
        count = _count()
        objects = "1 object" if count == 1 else f"{count} objects"
        self.layout.label(text=said(f"Make {objects} for {total(context)}?"))
        seen = readiness.outlook(context, count)
        with room(_DIALOG_PIXELS - DIALOG_FRAME):
            for line in _warned(count):
                draw_wrapped(self.layout, line, icon="ERROR")
            if seen is not None:
                draw_wrapped(self.layout, seen.sentence, icon="ERROR" if seen.warns else "NONE")

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Start the jobs: at once when the artist was asked, and else for a script, which waits for the objects."""
        return self._start(context) if self._is_asked else self._make(context)

    def _start(self, context: bpy.types.Context) -> set[str]:
        try:
            self._allow(context)
            order(context, guard=True, with_placeholders=preferences.get().placeholders, shown=self._shown)
        except TrellisError as error:
            return refused(self, error)
        watch.start()
        session.redraw()
        return {"FINISHED"}

    def _make(self, context: bpy.types.Context) -> set[str]:
        if not waiting.is_possible(self, context):
            return {"CANCELLED"}
        try:
            _ensure_split(context)
            for name, verdict in sheets.refused():
                report(self, {"WARNING"}, f"{name} is left out. {verdict.sentence}")
            self._allow(context)
            jobs = order(context)
        except TrellisError as error:
            return refused(self, error)
        return waiting.bring(self, jobs, named=True)

    def _allow(self, context: bpy.types.Context) -> None:
        self.allow(properties.build_request(properties.of(context.scene)), _count())


def _warned(count: int) -> Iterator[str]:
    """Say what the list says of the pictures that would be paid for, and of those that are left out."""
    found = sheets.warned()
    if found == count == 1:
        yield "Its picture has a warning, which the list gives."
    elif found == 1:
        yield "1 of the pictures has a warning, which the list gives."
    elif found:
        yield f"{found} of the pictures have warnings, which the list gives."
    left_out = len(sheets.refused())
    if left_out == 1:
        yield "1 subject cannot be sent and is left out."
    elif left_out:
        yield f"{left_out} subjects cannot be sent and are left out."


def total(context: bpy.types.Context) -> str:
    """Give the price of all subjects that are switched on."""
    each = price(context)
    total = None if each is None else each * _count()
    return "an unknown price" if total is None else priced(total)


def price(context: bpy.types.Context) -> Decimal | None:
    """Give the price of one subject; None where it is not known, or the settings contradict each other."""
    try:
        wanted = properties.build_request(properties.of(context.scene))
    except TrellisError:
        return None
    return wanted.price_usd if wanted.is_priced else None


def _count() -> int:
    return sum(item.use for item in subjects.listed())


def _ensure_split(context: bpy.types.Context) -> None:
    """Split the picture for a script that has not; what was edited in the list is not thrown away for another picture.

    Raises :class:`TrellisError`.
    """
    state = sheets.of(context.scene)
    is_split = state is not None and state.split is not None
    if not is_split:
        split_sheet.begin(context)
    split_sheet.wait(context)
    if is_split:
        check_picture(context)
