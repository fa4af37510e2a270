# SPDX-License-Identifier: GPL-3.0-or-later
"""One exchange over real sockets: where the key goes, what is redirected, what the request looks like."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.core.exchange import JOB, KEY, client, close_connections, submit
from tests.core.scripted import Scripted, answering, reply
from trellis_blender.core.api import Submitted
from trellis_blender.core.download import Landing
from trellis_blender.core.errors import (
    AnswerError,
    LinkExpired,
    RequestRefused,
)
from trellis_blender.core.version import version

__all__ = ["close_connections"]


def test_request_as_it_leaves(tmp_path: Path) -> None:
    with Scripted(answering(reply(200, b'{"job_id": "j"}'))) as server:
        assert submit(server, tmp_path) == Submitted("j", "")
    [seen] = server.seen
    assert (seen.method, seen.target) == ("POST", "/v1/3d/generations")
    assert seen.body == b'{"image":"xxxxxxxxxx"}'
    assert seen.headers["authorization"] == f"Bearer {KEY}"
    assert seen.headers["user-agent"] == f"trellis-blender/{version()}"
    assert seen.headers["content-type"] == "application/json"
    assert seen.headers["content-length"] == str(len(seen.body))
    assert seen.headers["accept-encoding"] == "identity"
    assert "cookie" not in seen.headers


def test_no_key_no_header(tmp_path: Path) -> None:
    with Scripted(answering(reply(200, JOB))) as server:
        client(server, "").job("j")
    assert "authorization" not in server.seen[0].headers


def test_job_id_cannot_leave_its_place() -> None:
    with Scripted(answering(reply(200, JOB))) as server:
        client(server).job("../../x?y#z é")
        for job_id in (".", "..", ""):
            with pytest.raises(AnswerError):
                client(server).job(job_id)
    assert server.seen[0].target == "/v1/jobs/..%2F..%2Fx%3Fy%23z%20%C3%A9"
    assert len(server.seen) == 1


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_post_is_never_redirected(tmp_path: Path, status: int) -> None:
    with (
        Scripted(answering(reply(status, Location="/v1/elsewhere"))) as server,
        pytest.raises(RequestRefused) as caught,
    ):
        submit(server, tmp_path)
    assert caught.value.status == status
    assert len(server.seen) == 1


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_get_keeps_the_key_on_its_origin(status: int) -> None:
    with Scripted(answering(reply(status, Location="/v1/elsewhere"), reply(200, JOB))) as server:
        client(server).job("j")
    assert [seen.target for seen in server.seen] == ["/v1/jobs/j", "/v1/elsewhere"]
    assert all(seen.headers["authorization"] == f"Bearer {KEY}" for seen in server.seen)


def test_get_loses_the_key_on_another_origin() -> None:
    with (
        Scripted(answering(reply(200, JOB))) as other,
        Scripted(answering(reply(307, Location=f"{other.url}/x"))) as server,
    ):
        client(server).job("j")
    assert "authorization" not in other.seen[0].headers
    assert KEY not in repr(other.seen)


def test_key_comes_back_when_a_redirect_does() -> None:
    script: list[bytes] = []
    with (
        Scripted(lambda connection: answering(*script)(connection)) as other,
        Scripted(answering(reply(307, Location=f"{other.url}/x"), reply(200, JOB))) as server,
    ):
        script.append(reply(307, Location=f"{server.url}/y"))
        client(server).job("j")
    assert "authorization" not in other.seen[0].headers
    assert "authorization" in server.seen[1].headers


def test_download_never_has_the_key(tmp_path: Path) -> None:
    with Scripted(answering(reply(302, Location="/b"), reply(404))) as server, pytest.raises(LinkExpired):
        client(server).fetch(f"{server.url}/a", Landing(tmp_path / "m.glb"))
    assert len(server.seen) == 2
    assert all("authorization" not in seen.headers for seen in server.seen)


def test_redirects_end() -> None:
    with (
        Scripted(answering(reply(302, Location="/again"))) as server,
        pytest.raises(AnswerError, match="circle of redirects"),
    ):
        client(server).job("j")
    assert len(server.seen) == 6


def test_netrc_and_cookies_are_ignored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("default login artist password hunter2\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    with Scripted(answering(reply(200, JOB, Set_Cookie="a=b; Path=/"))) as server:
        keyless = client(server, "")
        keyless.job("j")
        keyless.job("j")
    assert all("authorization" not in seen.headers and "cookie" not in seen.headers for seen in server.seen)


# --- whether it was sent ---------------------------------------------------------------------------------------------
