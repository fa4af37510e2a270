# SPDX-License-Identifier: GPL-3.0-or-later
"""Behind a company's proxy and certificates: it works once they are set, and says what to do while they are not."""

from __future__ import annotations

import os
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
import requests

from tests.core.company import CA_FILE, Proxy, passing_to, serving
from tests.core.conftest import OpenBench
from tests.core.exchange import JOB, KEY, close_connections, free_port, opened_at
from tests.core.scripted import CERTIFICATE, Connection, Scripted, answering, reply
from tests.core.workbench import Workbench
from tests.simulator.server import Simulator
from trellis_blender.core.client import Client
from trellis_blender.core.download import Landing
from trellis_blender.core.errors import HostNotFound, ProxyFailed, TlsFailed, TransportError
from trellis_blender.core.jobs import State
from trellis_blender.core.messages import CaFileChecked
from trellis_blender.core.route import ProxyMode, Route, parse_proxy

__all__ = ["close_connections"]

TRELLIS = "https://trellis.test"
PASSWORD = "p@ss:word/of ada"


def own(proxy: Scripted | str, user: str = "", password: str = "", *, ca_file: object = CA_FILE) -> Route:
    address = proxy if isinstance(proxy, str) else proxy.url
    return Route(ProxyMode.OWN, parse_proxy(address, user, password), ca_file=str(ca_file))


def ask(route: Route, url: str = TRELLIS) -> Client:
    opened = opened_at(url, route=route)
    opened.job("j")
    return opened


def test_own_proxy_tunnels_and_never_sees_the_key() -> None:
    with serving(answering(reply(200, JOB))) as server:
        company = Proxy({"trellis.test": server.port})
        with Scripted(company) as proxy:
            ask(own(proxy))
    assert company.asked == ["CONNECT trellis.test:443"]
    assert server.seen[0].headers["authorization"] == f"Bearer {KEY}"
    assert company.passed and KEY.encode() not in company.passed and KEY not in repr(proxy.seen)


def test_systems_proxy_is_used_unless_told_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(answering(reply(200, JOB))) as server:
        company = Proxy({"trellis.test": server.port})
        with Scripted(company) as proxy:
            monkeypatch.setenv("HTTPS_PROXY", proxy.url)
            ask(Route(ca_file=str(CA_FILE)))
            assert len(company.asked) == 1
            for around in (Route(ProxyMode.NONE, ca_file=str(CA_FILE)), own(f"http://127.0.0.1:{free_port()}")):
                with pytest.raises(TransportError):
                    ask(around)
            monkeypatch.setenv("NO_PROXY", "trellis.test")
            with pytest.raises(HostNotFound):
                ask(Route(ca_file=str(CA_FILE)))
            assert len(company.asked) == 1


def test_plain_http_to_this_computer_goes_over_no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    with Scripted(answering(reply(200, JOB))) as server:
        company = Proxy({"127.0.0.1": server.port})
        with Scripted(company) as proxy:
            monkeypatch.setenv("HTTP_PROXY", proxy.url)
            ask(Route(), server.url)
            ask(own(proxy, "ada", PASSWORD), server.url)
            assert company.asked == [] and len(server.seen) == 2
            # The proxy would have handed it on, and read the key.
            with requests.Session() as session:
                session.get(f"{server.url}/x", proxies={"http": proxy.url}, headers={"X": KEY}, timeout=5)
            assert company.asked == [f"GET {server.url}/x"] and KEY.encode() in company.passed
    assert all("proxy-authorization" not in seen.headers for seen in server.seen)


def test_proxy_with_a_password(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    with serving(answering(reply(200, JOB))) as server:
        with Scripted(Proxy({"trellis.test": server.port}, f"ada:{PASSWORD}")) as proxy:
            ask(own(proxy, "ada", PASSWORD))
            for wrong in (own(proxy), own(proxy, "ada", f"wrong{PASSWORD}")):
                with pytest.raises(ProxyFailed, match="asks for a user name and a password") as caught:
                    ask(wrong)
                assert PASSWORD not in repr(caught.value) and caught.value.__cause__ is None
        assert len(server.seen) == 1
        assert "proxy-authorization" not in server.seen[0].headers
    assert PASSWORD not in caplog.text and "p%40ss" not in caplog.text


def refusing(connection: Connection) -> None:
    connection.head()
    connection.send(reply(502))


@pytest.mark.parametrize("how", ["refusing", "http://127.0.0.1:{free}", "socks5://127.0.0.1:{free}", "nonsense://x"])
def test_unusable_proxy(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, how: str) -> None:
    with Scripted(refusing) as proxy:
        address = proxy.url if how == "refusing" else how.format(free=free_port())
        monkeypatch.setenv("HTTPS_PROXY", address)
        routes = [Route(ca_file=str(CA_FILE)), *([own(address)] if address.startswith("http:") else [])]
        for route in routes:
            with pytest.raises(ProxyFailed, match="under Network in the extension's preferences") as caught:
                opened_at(TRELLIS, route=route).submit({}, price_usd=Decimal(1), landing=Landing(tmp_path / "m.glb"))
            assert not caught.value.sent


def test_certificates_of_the_company(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(answering(reply(200, JOB))) as server, Scripted(Proxy({"trellis.test": server.port})) as proxy:
        for untrusted in (own(proxy, ca_file=""), own(proxy, ca_file=CERTIFICATE)):
            with pytest.raises(TlsFailed, match="choose their file as CA File under Network"):
                ask(untrusted)
        assert server.seen == []
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(CERTIFICATE))  # the preference goes before it
        ask(own(proxy))
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(CA_FILE))
        ask(own(proxy, ca_file=""))
        assert len(server.seen) == 2


def crooked(folder: Path) -> dict[str, Path]:
    """Give files that are no CA file, by what is said of them."""
    (folder / "empty.pem").touch()
    (folder / "text.pem").write_text("-----BEGIN NONSENSE-----\n")
    (folder / "key.pem").write_text(CA_FILE.read_text().replace("CERTIFICATE", "PRIVATE KEY"))
    (folder / "binary.der").write_bytes(os.urandom(400))
    (folder / "folder.pem").mkdir()
    return {
        "is not there": folder / "missing.pem", "holds no certificate that": folder / "empty.pem",
        "no certificate that can": folder / "text.pem", "certificate that can be": folder / "key.pem",
        "that can be read": folder / "binary.der", "is no CA file": folder / "folder.pem",
    }  # fmt: skip


def test_ca_files_that_are_none(tmp_path: Path) -> None:
    with serving(answering(reply(200, JOB))) as server, Scripted(Proxy({"trellis.test": server.port})) as proxy:
        for said, path in crooked(tmp_path).items():
            with pytest.raises(TlsFailed, match=said) as caught:
                ask(own(proxy, ca_file=path))
            assert not caught.value.sent and str(path) in str(caught.value)
        assert proxy.seen == []
        mended = tmp_path / "text.pem"
        mended.write_bytes(CA_FILE.read_bytes())  # the same path: it is looked at anew
        ask(own(proxy, ca_file=mended))


def test_plain_http_needs_no_certificates(tmp_path: Path) -> None:
    with Scripted(answering(reply(200, JOB))) as server:
        ask(Route(ca_file=str(tmp_path / "missing.pem")), server.url)


# --- whole jobs ------------------------------------------------------------------------------------------------------


def behind(bench: Workbench, route: Route) -> None:
    """Have a workbench reach its server another way."""
    bench.endpoint = replace(bench.endpoint, route=route)
    bench.engine.reroute(route)


def test_a_job_goes_all_the_way_and_a_change_of_the_way_needs_no_restart(
    simulator: Simulator, open_bench: OpenBench
) -> None:
    simulator.control.settings(data_uri=True, job_seconds=3600.0)
    with serving(passing_to(simulator.url)) as server, Scripted(Proxy({"trellis.test": server.port})) as proxy:
        bench = open_bench(TRELLIS, simulator.key, route=own(proxy))
        job_id = bench.submit()
        bench.reach(job_id, State.PROCESSING)
        behind(bench, own(f"http://127.0.0.1:{free_port()}"))
        bench.until(lambda: "The proxy could not be used" in bench.jobs[job_id].note)
        simulator.control.advance(3600.0)
        behind(bench, own(proxy))
        assert bench.finish().state is State.DOWNLOADED
        behind(bench, own(f"http://127.0.0.1:{free_port()}"))
        simulator.control.settings(job_seconds=0.0)
        second = bench.submit(seed=2)
        bench.until(lambda: "The proxy could not be used" in bench.jobs[second].note)
        assert bench.jobs[second].state is State.PREPARED
        behind(bench, own(proxy))
        assert bench.finish(second).state is State.DOWNLOADED
        bench.close()
    assert [entry["route"] for entry in simulator.control.log()].count("submit") == 2


def test_a_first_job_over_a_wrong_way_is_refused_and_costs_nothing(simulator: Simulator, open_bench: OpenBench) -> None:
    bench = open_bench(TRELLIS, simulator.key, route=own(f"http://127.0.0.1:{free_port()}"))
    job = bench.finish(bench.submit())
    assert job.state is State.REFUSED and "The proxy could not be used" in job.error
    assert job.error.endswith("Nothing was sent, and nothing was billed.")


def test_ca_file_is_looked_at_by_a_worker_and_told(simulator: Simulator, open_bench: OpenBench, tmp_path: Path) -> None:
    bench = open_bench(simulator.url, simulator.key)
    for path, fault in ((str(CA_FILE), ""), (str(tmp_path / "none"), "is not there")):
        bench.engine.upkeep.check_ca_file(path)
        told = bench.engine.messages.get(timeout=120)
        assert isinstance(told, CaFileChecked) and told.path == path
        assert fault in told.fault and bool(told.fault) == bool(fault)


NOTHING_ELSE = dict.fromkeys(
    ("offers_list", "offers_cancel", "offers_delete", "offers_model", "offers_usage", "offers_upload", "offers_sign"),
    False,
)


@pytest.mark.parametrize("answer", ["glb", "result"])
@pytest.mark.parametrize("is_here", [True, False], ids=["http on this computer", "https elsewhere"])
def test_a_server_of_ones_own_that_answers_at_once_and_offers_nothing_else(
    simulator: Simulator, open_bench: OpenBench, answer: str, is_here: bool
) -> None:
    simulator.control.settings(answer=answer, data_uri=True, **NOTHING_ELSE)
    with serving(passing_to(simulator.url)) as server, Scripted(Proxy({"trellis.test": server.port})) as proxy:
        bench = open_bench(simulator.url if is_here else TRELLIS, simulator.key, route=own(proxy))
        bench.engine.money.check_connection(bench.endpoint)
        bench.until(lambda: bool(bench.checked))
        assert bench.checked[0].ok and bench.checked[0].sentence.startswith("Connected. This server lists neither")
        job = bench.finish(bench.submit())
        assert job.state is State.DOWNLOADED and job.importable and job.job_id == ""
        assert bool(proxy.seen) is not is_here
        bench.close()
    assert simulator.control.counters()["posts"] == 1
