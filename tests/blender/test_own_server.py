# SPDX-License-Identifier: GPL-3.0-or-later
"""A server of the artist's own: what is said and counted of money where nothing is paid, and where that is not said."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import bpy
import buttons
import layouts
import leafing
import pytest
from artist import Artist, module


@pytest.fixture
def ready(artist: Artist, tmp_path: Path) -> Iterator[Artist]:
    """An artist with a server that tells neither prices nor jobs nor an account."""
    artist.simulator.control.settings(offers_model=False, offers_usage=False, offers_list=False)
    yield leafing.prepare(artist, tmp_path)
    for name in ("free_server", "daily_cap"):
        artist.preferences.property_unset(name)


def price() -> str:
    menus = module("blender.menus")
    return str(menus.price(menus.asked(bpy.context)))


def page(artist: Artist) -> str:
    """Read what stands below the server's address in the preferences."""
    made = layouts.layout()
    module("blender.preferences.service").draw_server(made, artist.preferences)
    return " ".join(layouts.texts(made))


def row(artist: Artist, job: Any) -> str:
    made = layouts.layout()
    panel = module("blender.panels.jobs")
    panel.draw_stage(made, job, artist.session)
    panel.draw_ways(made, job, artist.session)
    return " ".join(layouts.texts(made))


def lost(artist: Artist) -> Any:
    """Order what the server fails on, so that nobody knows whether it was taken."""
    artist.simulator.control.misbehave("submit", "500", message="CUDA out of memory")
    (job,) = artist.wait(artist.order())
    assert job.state.value == "uncertain" and job.suspended, job.error
    return job


def test_the_choice_is_of_one_address(ready: Artist) -> None:
    own, mine = ready.preferences, ready.preferences.server_url
    assert not own.server_is_free and price() == "$0.025", "an address of this computer may lead to a paid service"
    assert "This server has told no prices" in page(ready)
    own.server_is_free = True
    assert price() == "Free" and "told no prices" not in page(ready)
    assert module("blender.presets").price(module("blender.presets").named("Hero")) == 0
    for other in ("http://127.0.0.1:9", "https://example.com", ""):
        own.server_url = other
        assert not own.server_is_free and price() == "$0.025"
    assert "Free" not in page(ready)
    own.server_is_free = True
    assert not own.server_is_free, "the provider is not free"
    own.server_url = "http://127.0.0.1:9"
    own.server_is_free = False
    own.server_url = f"{mine}/v1"
    assert not own.server_is_free


def test_the_dashboard_is_the_providers_alone(ready: Artist) -> None:
    def drawn() -> str:
        made = layouts.layout()
        service = module("blender.preferences.service")
        service.draw_test(made, ready.preferences, None, None)
        return " ".join(layouts.texts(made))

    assert "open_dashboard" not in drawn()
    ready.preferences.server_url = ""
    assert "open_dashboard" in drawn()


def test_nothing_is_counted_and_nothing_asked(ready: Artist) -> None:
    ready.preferences.daily_cap = 0.03
    ready.wait(ready.order())
    readiness = module("blender.readiness")
    ready.rest()
    ready.wait_until(lambda: ready.session.money.ledger.total > 0)
    ready.settings.seed += 1
    assert "Today's cap" in readiness.generate_reason(bpy.context)
    ready.preferences.server_is_free = True
    assert readiness.generate_reason(bpy.context) == "" and buttons.generate()
    (job,) = ready.wait(ready.order())
    assert job.state.value == "imported" and job.is_free, job.error
    ready.rest()
    assert str(ready.session.money.ledger.total) == "0.025"
    assert ready.session.history.rows[job.id].price == "Free"
    bpy.context.view_layer.objects.active = bpy.data.objects["mushroom"]
    assert bpy.ops.trellis.reroll_seed() == {"FINISHED"}
    assert all(job.is_free for job in ready.wait()[1:]) and ready.simulator.accepted() == 3


def test_prices_that_it_tells_are_counted_all_the_same(ready: Artist) -> None:
    ready.preferences.server_is_free = True
    ready.simulator.control.settings(offers_model=True, prices={"512": 0.04})
    assert bpy.ops.trellis.test_connection() == {"FINISHED"}
    ready.wait_until(lambda: module("blender.offers").current().tells_prices)
    assert price() == "$0.04" and "tells its prices itself" in page(ready)
    assert not ready.wait(ready.order())[0].is_free


def test_what_is_lost_is_sent_once_more_without_a_question(ready: Artist) -> None:
    ready.preferences.server_is_free = True
    job = lost(ready)
    shown = row(ready, job)
    assert "Send Again · Free" in shown and "Look whether it still works on it" in shown
    assert "open_dashboard" not in shown and "billed" not in shown
    with buttons.pressed():
        assert bpy.ops.trellis.send_again("INVOKE_DEFAULT", job=job.id) == {"FINISHED"}
    ready.wait_until(lambda: any(one.id != job.id for one in ready.session.jobs.values()))
    ready.wait()
    assert ready.simulator.accepted() == 1 and ready.simulator.control.counters()["posts"] == 2


def test_what_goes_to_a_paid_server_is_not_free_because_another_is_typed(ready: Artist) -> None:
    """A job is sent once more to its own server: it was asked for as $0.00, and was paid for."""
    job, own = lost(ready), ready.preferences
    own.server_url = f"{own.server_url}/other"
    own.server_is_free = True
    assert price() == "Free" and "Send Again · $0.025" in row(ready, job)
    assert str(module("blender.offers").priced(job).price_usd) == "0.025"
    with pytest.raises(RuntimeError, match=r"\$0\.025"):
        bpy.ops.trellis.send_again(job=job.id, max_price_usd=0.0)
    assert list(ready.session.jobs) == [job.id] and ready.simulator.accepted() == 0
