"""The reference server from Python."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from conftest import SECRET, create_cluster

import wharf
from wharf.server import Refusal, Server


def test_every_product_is_reached(wharf_server: Server) -> None:
    assert set(wharf_server.products) >= {"tke", "tcr", "cce", "ack", "ccs"}
    for product in wharf_server.products:
        connection = wharf_server.connection(product)
        assert repr(connection) == f"<wharf.{product}.Connection region='{wharf_server.region}'>"
        assert type(wharf_server.async_connection(product)).__name__ == "AsyncConnection"
        options = wharf_server.options(product)
        assert options["endpoint"] == wharf_server.endpoint and options["credentials"] == wharf_server.credentials
    assert wharf_server.connection(wharf.cce.Connection).clusters.list_clusters().items is not None
    with pytest.raises(wharf.InvalidInputError, match="must be one of"):
        wharf_server.connection("elephant")


def test_time_is_yours() -> None:
    start = datetime(2030, 1, 2, 3, 4, 5, tzinfo=timezone.utc)
    with wharf.server.start(time="manual", start_of_time=start) as server:
        assert server.now() == start
        server.advance(timedelta(hours=1))
        server.advance(0.5)
        assert server.now() == start + timedelta(hours=1, seconds=0.5)
        with pytest.raises(wharf.InvalidInputError):
            server.advance(-1)
    for wrong in ("fast", 0, True, 1.5):
        with pytest.raises(wharf.InvalidInputError):
            wharf.server.start(time=wrong)  # type: ignore[arg-type]  # pyright: ignore


def test_time_can_run() -> None:
    with wharf.server.start(time=600, rate_limits=False) as server:
        tke = server.connection(wharf.tke.Connection)
        assert tke.clusters.wait_until_running(create_cluster(tke), poll_interval=0.05).cluster_status == "Running"


def test_tls_and_a_server_without_a_socket() -> None:
    with wharf.server.start(tls=True) as server:
        assert server.endpoint.startswith("https://") and server.root_certificate
        assert server.connection(wharf.tke.Connection).clusters.describe_clusters().total_count == 0
        with pytest.raises(wharf.TlsError):
            stranger = wharf.tke.Connection(region=server.region, endpoint=server.endpoint, credentials=server.credentials)
            stranger.clusters.describe_clusters()
    with wharf.server.start(socket=False) as server:
        tke = server.connection(wharf.tke.Connection)
        assert tke.clusters.describe_clusters().total_count == 0
        assert len(server.calls()) == 1


def test_accounts_do_not_see_each_other() -> None:
    keys = {"1": wharf.Credentials("AKIDone", SECRET), "2": wharf.Credentials("AKIDtwo", SECRET, "a-token")}
    with wharf.server.start(credentials=keys, region="zone-1") as server:
        one = server.connection(wharf.tke.Connection)
        two = server.connection(wharf.tke.Connection, credentials=keys["2"])
        create_cluster(one)
        assert one.clusters.describe_clusters().total_count == 1 and two.clusters.describe_clusters().total_count == 0
        assert [call.account for call in server.calls()] == ["1", "1", "2"]
        assert {call.region for call in server.calls()} == {"zone-1"}


def test_a_stopped_server_says_so() -> None:
    server = wharf.server.start()
    tke = server.connection(wharf.tke.Connection, retry={"max_attempts": 1})
    server.stop()
    server.stop()
    with pytest.raises(wharf.ConnectionFailedError):
        tke.clusters.describe_clusters()
    with pytest.raises(RuntimeError, match="stopped"):
        server.now()


def test_settings_are_checked() -> None:
    wrong: list[dict[str, Any]] = [{"region": ""}, {"credentials": wharf.Credentials("", "x")}]
    for settings in wrong:
        with pytest.raises(RuntimeError, match="could not be started"):
            wharf.server.start(**settings)
    with pytest.raises(wharf.InvalidInputError) as caught:
        wharf.server.start(listen="here")
    assert caught.value.field == "listen"


def test_a_function_answers(tke: wharf.tke.Connection, wharf_server: Server) -> None:
    def answer(parameters: dict[str, Any]) -> dict[str, Any]:
        if parameters.get("Limit") == 1:
            raise Refusal("ResourceNotFound", "nothing here")
        if parameters.get("Limit") == 2:
            raise KeyError(SECRET)
        return {"TotalCount": parameters["Limit"], "Clusters": []}

    wharf_server.faults.answer(answer, operation="DescribeClusters")
    assert tke.clusters.describe_clusters(limit=3).total_count == 3
    with pytest.raises(wharf.NotFoundError, match="nothing here"):
        tke.clusters.describe_clusters(limit=1)
    with pytest.raises(wharf.Error, match="raised KeyError") as caught:
        tke.with_options(retry={"max_attempts": 1}).clusters.describe_clusters(limit=2)
    assert SECRET not in str(caught.value)


def test_a_function_answers_without_a_socket() -> None:
    with wharf.server.start(socket=False, rate_limits=False) as server:
        server.faults.answer(lambda parameters: {"TotalCount": parameters["Limit"], "Clusters": []})
        assert server.connection(wharf.tke.Connection).clusters.describe_clusters(limit=3).total_count == 3
        later = server.connection(wharf.tke.AsyncConnection)

        async def main() -> None:
            answers = await asyncio.gather(*(later.clusters.describe_clusters(limit=limit) for limit in range(1, 50)))
            assert [answer.total_count for answer in answers] == list(range(1, 50))

        asyncio.run(main())


def test_faults_and_calls(tke: wharf.tke.Connection, wharf_server: Server) -> None:
    faults = wharf_server.faults
    faults.throttle(operation="DescribeRegions", times=1)
    faults.total(7, product="tke", operation="DescribeClusters", times=1)
    faults.delay(0.001, times=1, after=1)
    assert faults.waiting == 3
    assert tke.clusters.describe_clusters().total_count == 7
    assert tke.clusters.describe_regions().region_instance_set
    assert [call.code for call in wharf_server.calls("DescribeRegions")] == ["RequestLimitExceeded", None]
    call = wharf_server.calls("DescribeClusters")[0]
    assert (call.product, call.method, call.signature_method, call.status) == ("tke", "POST", "TC3-HMAC-SHA256", 200)
    assert call.time.tzinfo is not None and call.acted and repr(call) == "<Call 0 DescribeClusters 200>"
    key = wharf_server.credentials
    assert (call.path, call.verdict, call.caller, call.outcome) == ("/", "good", key.id, "succeeded")
    assert call.duration is not None and 0 < call.duration < 60 and call.size > len('{"Response":{}}') and call.cause is None
    wharf_server.clear_calls()
    assert wharf_server.calls() == []
    stranger = wharf_server.connection(wharf.tke.Connection, credentials=wharf.Credentials(key.id, "wrong"))
    with pytest.raises(wharf.CredentialsError):
        stranger.clusters.describe_clusters()
    (refused,) = wharf_server.calls()
    assert (refused.verdict, refused.outcome, refused.account) == ("wrong", "refused", None)
    assert refused.cause and refused.diagnosis and refused.diagnosis.startswith(refused.cause)
    wharf_server.clear_calls()
    faults.refuse("InternalError")
    faults.clear()
    assert faults.waiting == 0
    faults.skew_clock(100_000)
    # The client detects the server's clock and signs with it.
    assert tke.clusters.describe_clusters().total_count == 0
    with pytest.raises(wharf.InvalidInputError):
        wharf_server.fail_next("elephant", "x")  # type: ignore[arg-type]  # pyright: ignore


def test_the_plugin(tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text(
        """
import pytest, wharf

def test_default(wharf_server):
    assert wharf_server.connection("tke").clusters.describe_clusters().total_count == 0
    before = wharf_server.now()
    assert wharf_server.now() == before

class TestOther:
    @pytest.fixture
    def wharf_server_options(self):
        return {"region": "zone-1"}

    def test_other(self, wharf_server):
        assert wharf_server.region == "zone-1"
"""
    )
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, cwd=tmp_path)
    assert done.returncode == 0 and "2 passed" in done.stdout, done.stdout + done.stderr
