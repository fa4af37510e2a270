# SPDX-License-Identifier: GPL-3.0-or-later
"""What the panel says of money: the balance, that it does not cover, the day's cap."""

from photography import pictures
from photography.studio import State, Studio
from tests.gui import scene

TITLE = "Money"
SAYS = "The price is on the button; what does not allow it is said below."
ASK = f"__import__({scene.PACKAGE + '.blender.watch'!r}, fromlist=['_open'])._open()"


def _ask(studio: Studio) -> None:
    """Have the balance asked for, as on opening with this key."""
    studio.connect()
    studio.show_image(pictures.mushroom(), "mushroom.png")
    studio.await_preview()
    studio.run(ASK)
    studio.window.wait_for(f"not {scene.SESSION}.watched", timeout=30)


def short(studio: Studio) -> None:
    studio.server.control.settings(balance=0.12)
    _ask(studio)


def capped(studio: Studio) -> None:
    studio.server.control.settings(balance=12.345)
    _ask(studio)
    studio.preferences(daily_cap=0.2)


STATES = (
    State("balance-short", "The balance does not cover the next job", short),
    State("cap-reached", "The next job would spend more than the day's cap", capped),
)
