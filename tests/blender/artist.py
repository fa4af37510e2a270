# SPDX-License-Identifier: GPL-3.0-or-later
"""What an artist does, done to the installed extension: set preferences, choose a picture, generate, wait, look."""

import hashlib
import importlib
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import bpy
from stand_in import StandIn

from footprint import PACKAGE

FEW_FACES = 10_000
PATIENCE_SECONDS = 100.0
ALL_THERE_IS_SECONDS = 10.0
"""For a beat's messages: a busy machine takes longer for one than the beat of a window has for all of them."""


def module(name: str) -> Any:
    """Give a module of the installed extension."""
    return importlib.import_module(f"{PACKAGE}.{name}")


class Artist:
    """The extension's preferences set to the stand-in, and a fresh session that does not pause between requests."""

    def __init__(self, simulator: StandIn, folder: Path) -> None:
        self.simulator = simulator
        self.folder = folder
        self.patience_seconds = 20.0
        """How long a new session's engine waits for an answer."""
        self.overdue_after_seconds = 600.0
        self.store_folder: Path | None = None
        """Where a new session's engine keeps its jobs; None: nowhere."""
        for name in [item.identifier for item in self.preferences.bl_rna.properties if item.identifier != "bl_idname"]:
            if not self.preferences.is_property_readonly(name):
                self.preferences.property_unset(name)
        self.preferences.server_url = simulator.url
        self.preferences.api_key = simulator.key
        self.preferences.download_folder = str(folder)
        self.preferences.decimation_target = FEW_FACES
        self.preferences.texture_size = "1024"
        self.session = self.new_session()

    def new_session(self) -> Any:
        """Begin a new session without pauses, so that the account's limit does not slow the tests down."""
        session = module("blender.session")
        session.unregister()
        session.register()
        live = session.current()
        live._make_engine = self._quick_engine
        live.drain = lambda _budget_seconds=0.0: session.Session.drain(live, ALL_THERE_IS_SECONDS)
        return live

    def leave(self) -> None:
        """End the session and go back to the preferences' defaults."""
        session = module("blender.session")
        session.unregister()
        session.register()
        for name in ("server_url", "api_key", "download_folder", "decimation_target", "texture_size"):
            self.preferences.property_unset(name)

    @property
    def preferences(self) -> Any:
        """The extension's preferences; looked up each time, since disabling it frees them."""
        return bpy.context.preferences.addons[PACKAGE].preferences

    @property
    def settings(self) -> Any:
        """The scene's settings."""
        return bpy.context.scene.trellis

    def choose(self, image: bpy.types.Image) -> None:
        """Pick an image as the source."""
        self.settings.source = "IMAGE"
        self.settings.source_image = image

    def order(self) -> Any:
        """Start a job as the button does, and give it; comes back at once."""
        return module("blender.operators.generate").order(bpy.context)

    def ask_server(self) -> None:
        """Have the server asked whether it is there, as a click does; comes back at once."""
        own = module("blender.preferences")
        self.session.check_connection(own.endpoint(), own.key(), own.storage())

    def tick(self) -> None:
        """Do what the modal timer does at a beat."""
        self.session.tick()

    def wait(self, *jobs: Any) -> list[Any]:
        """Tick until these jobs, or all, have ended and what arrived was dealt with; give them as they are now."""
        ids = [job.id for job in jobs] or list(self.session.jobs)
        deadline = time.monotonic() + PATIENCE_SECONDS
        self.tick()
        while any(self.session.jobs[name].running for name in ids) or (
            self.session.intake.arrivals and not self.session.waiting
        ):
            assert time.monotonic() < deadline, [self.session.jobs[name] for name in ids]
            self.tick()
            time.sleep(0.005)
        return [self.session.jobs[name] for name in ids]

    def wait_for_state(self, job: Any, *states: str) -> Any:
        """Take in messages, importing nothing, until a job is in one of these states."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while self.session.jobs[job.id].state.value not in states:
            assert time.monotonic() < deadline, self.session.jobs[job.id]
            self.session.drain()
            time.sleep(0.005)
        return self.session.jobs[job.id]

    def wait_until(self, true: Callable[[], bool]) -> None:
        """Take in messages, importing nothing, until something is so."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not true():
            assert time.monotonic() < deadline
            self.session.drain()
            time.sleep(0.005)

    def rest(self) -> None:
        """Tick until nothing is left to do; small pictures are told of after an object has come, for one."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        self.tick()
        while self.session.busy:
            assert time.monotonic() < deadline, list(self.session.jobs.values())
            self.tick()
            time.sleep(0.005)

    def sent(self, job: Any, content: bytes) -> None:
        """Make a job one for which the server had sent this file."""
        job.path.write_bytes(content)
        known = self.session._engine._roster
        known.note(module("core.jobs").replace(
            known.jobs[job.id], sha256=hashlib.sha256(content).hexdigest(), size_bytes=len(content)
        ))  # fmt: skip

    def files(self) -> list[str]:
        """Give the names of the files in the download folder."""
        return sorted(path.name for path in self.folder.iterdir()) if self.folder.exists() else []

    def _quick_engine(self, storage: Any) -> Any:
        return quick_engine(
            storage,
            self.store_folder,
            patience_seconds=self.patience_seconds,
            overdue_after_seconds=self.overdue_after_seconds,
        )


def quick_engine(
    storage: Any, store_folder: Path | None, *, patience_seconds: float = 20.0, overdue_after_seconds: float = 600.0,
    unanswered_seconds: float = 60.0,
) -> Any:  # fmt: skip
    """Make an engine that hardly pauses between requests."""
    pacing, engine = module("core.pacing"), module("core.engine")
    clock = pacing.SystemClock()

    class Quick(pacing.Pacing):
        def poll_delay(self, *_arguments: int, **_named: int) -> float:
            return 0.04

        def retry_delay(self, _failures: int) -> float:
            return 0.01

    return engine.Engine(
        storage,
        clock=clock,
        pacing=Quick(
            first_step=0.0,
            patience=overdue_after_seconds,
            longest_retry=0.1,
            fair_wait=0.0,
            unanswered=unanswered_seconds,
            unknown_wait=0.0,
        ),
        limiter=pacing.RateLimiter(clock, limit=100_000),
        timeouts=module("core.transport").Timeouts(5.0, patience_seconds, patience_seconds),
        store_folder=store_folder,
    )


def await_no_thread() -> None:
    """Wait until all of the extension's threads have ended: closing it waits for them for a few seconds only."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while our_threads():
        assert time.monotonic() < deadline, our_threads()
        time.sleep(0.005)


def our_threads() -> list[str]:
    """Give the names of the extension's living threads."""
    return sorted(thread.name for thread in threading.enumerate() if thread.name.startswith("trellis-"))
