"""The `asyncio` interface."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from typing import Any

import pytest
from conftest import create_cluster
from test_pages import serve, windows

import wharf
from wharf.server import Server
from wharf.tke import types


def test_a_call_is_awaited(async_tke: wharf.tke.AsyncConnection) -> None:
    async def main() -> None:
        answer = await async_tke.clusters.describe_clusters()
        assert isinstance(answer, types.DescribeClustersOutput) and answer.total_count == 0
        regions = await async_tke.clusters.describe_regions()
        assert regions.region_instance_set
        assert wharf.Response.of(answer).request_id is not None
        assert (await async_tke.call("DescribeClusters"))["TotalCount"] == 0
        assert (await async_tke.call_with_response("DescribeClusters")).request_id is not None
        assert (await async_tke.call_unlisted("2018-05-25", "DescribeClusters")).output["TotalCount"] == 0
        assert (await async_tke.sign("DescribeClusters")).method == "POST"
        with pytest.raises(wharf.UnsupportedError):
            await async_tke.presign("DescribeClusters")
        with pytest.raises(wharf.NotFoundError):
            await async_tke.clusters.delete_cluster(cluster_id="cls-gone0000", instance_delete_mode="terminate")
        with pytest.raises(wharf.InvalidInputError) as caught:
            async_tke.clusters.describe_clusters(cluster_id=["x"])  # type: ignore[call-arg]  # pyright: ignore
        assert caught.value.field == "cluster_id"
        call = async_tke.clusters.describe_clusters()
        await call
        with pytest.raises(RuntimeError):
            await call

    asyncio.run(main())


def test_a_call_can_be_a_task(async_tke: wharf.tke.AsyncConnection) -> None:
    async def main() -> None:
        task = asyncio.create_task(async_tke.clusters.describe_clusters())
        assert (await task).total_count == 0
        assert (await asyncio.wait_for(async_tke.clusters.describe_clusters(), 10)).total_count == 0

    asyncio.run(main())
    assert asyncio.run(async_tke.clusters.describe_clusters()).total_count == 0


def test_a_thousand_at_once(async_tke: wharf.tke.AsyncConnection, wharf_server: Server) -> None:
    async def main() -> None:
        calls = (async_tke.clusters.describe_clusters(cluster_ids=[f"cls-{at:08}"]) for at in range(1000))
        answers = await asyncio.gather(*calls)
        assert len(answers) == 1000 and all(answer.total_count == 0 for answer in answers)
        assert len({answer.request_id for answer in answers}) == 1000

    asyncio.run(main())
    asked = {call.parameters["ClusterIds"][0] for call in wharf_server.calls()}
    assert len(asked) == 1000


def test_a_cancelled_task_cancels_its_call(async_tke: wharf.tke.AsyncConnection, wharf_server: Server) -> None:
    # It would be retried many times.
    wharf_server.faults.http_status(503)
    patient = async_tke.with_options(retry={"max_attempts": 100, "base_delay": 0.05, "max_delay": 0.05})

    async def main() -> None:
        task = asyncio.create_task(patient.clusters.describe_clusters())
        while len(wharf_server.calls()) < 2:
            await asyncio.sleep(0.005)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        # The request that was sent still arrives.
        await asyncio.sleep(0.1)
        made = len(wharf_server.calls())
        await asyncio.sleep(0.3)
        assert len(wharf_server.calls()) == made < 10

    asyncio.run(main())


def test_a_cancelled_task_cancels_its_waiting(
    tke: wharf.tke.Connection, async_tke: wharf.tke.AsyncConnection, wharf_server: Server
) -> None:
    cluster_id = create_cluster(tke)

    async def main() -> None:
        with pytest.raises((asyncio.TimeoutError, TimeoutError)):
            await asyncio.wait_for(async_tke.clusters.wait_until_running(cluster_id, poll_interval=0.01), 0.1)
        await asyncio.sleep(0.1)
        made = len(wharf_server.calls())
        await asyncio.sleep(0.2)
        assert len(wharf_server.calls()) == made > 2

    asyncio.run(main())


def test_the_loop_runs_meanwhile(async_tke: wharf.tke.AsyncConnection, wharf_server: Server) -> None:
    wharf_server.faults.delay(0.3)

    async def main() -> None:
        task = asyncio.create_task(async_tke.clusters.describe_clusters())
        turns = 0
        while not task.done():
            await asyncio.sleep(0.005)
            turns += 1
        assert turns > 2

    asyncio.run(main())


def test_pages(async_tke: wharf.tke.AsyncConnection, wharf_server: Server) -> None:
    serve(wharf_server, 105)

    async def main() -> None:
        seen = [cluster.cluster_id async for cluster in async_tke.clusters.describe_clusters().items()]
        assert seen == [f"cls-{at:08}" for at in range(105)]
        assert windows(wharf_server) == [(0, 100), (100, 100)]
        wharf_server.clear_calls()
        answer = await async_tke.clusters.describe_clusters(limit=50)
        assert len([cluster async for cluster in answer.items()]) == 105
        assert [len(page.clusters) async for page in async_tke.clusters.describe_clusters(limit=60).pages()] == [60, 45]
        assert windows(wharf_server) == [(None, 50), (50, 50), (100, 50), (0, 60), (60, 60)]

    asyncio.run(main())


def test_waiting(tke: wharf.tke.Connection, async_tke: wharf.tke.AsyncConnection, wharf_server: Server) -> None:
    cluster_id = create_cluster(tke)
    told: list[wharf.Progress] = []

    async def main() -> None:
        waiting = async_tke.clusters.wait_until_running(cluster_id, poll_interval=0.01, on_progress=told.append)
        task = asyncio.create_task(waiting)
        while not told:
            await asyncio.sleep(0.01)
        wharf_server.advance(600)
        cluster = await task
        assert isinstance(cluster, types.Cluster) and cluster.cluster_status == "Running"
        with pytest.raises(wharf.InvalidInputError):
            await async_tke.clusters.wait_until_running("")

    asyncio.run(main())
    assert [progress.text for progress in told] == ["Creating", "Running"]
    assert told[0].state == "Creating" and str(told[1]) == "Running"


def test_an_exception_of_the_callback_ends_the_waiting(
    tke: wharf.tke.Connection, async_tke: wharf.tke.AsyncConnection, wharf_server: Server
) -> None:
    cluster_id = create_cluster(tke)

    def fail(progress: wharf.Progress) -> None:
        raise KeyError(progress.text)

    async def main() -> None:
        with pytest.raises(KeyError, match="Creating"):
            await async_tke.clusters.wait_until_running(cluster_id, poll_interval=0.01, on_progress=fail)
        await asyncio.sleep(0.1)
        made = len(wharf_server.calls())
        await asyncio.sleep(0.1)
        assert len(wharf_server.calls()) == made

    asyncio.run(main())


def test_a_loop_that_is_closed_is_no_trouble(async_tke: wharf.tke.AsyncConnection, wharf_server: Server) -> None:
    wharf_server.faults.delay(0.1)

    async def leave() -> None:
        call: Any = async_tke.clusters.describe_clusters()
        call.send(None)

    asyncio.run(leave())
    time.sleep(0.3)
    wharf_server.faults.clear()
    assert asyncio.run(async_tke.clusters.describe_clusters()).total_count == 0


def test_one_connection_serves_many_loops(async_tke: wharf.tke.AsyncConnection) -> None:
    for _ in range(3):
        assert asyncio.run(async_tke.clusters.describe_clusters()).total_count == 0


def test_leaving_with_calls_under_way(wharf_server: Server) -> None:
    program = """
import asyncio, sys
import wharf
endpoint, id, secret = sys.argv[1:]
tke = wharf.tke.AsyncConnection(region="ap-guangzhou", endpoint=endpoint, credentials=wharf.Credentials(id, secret))
calls = []
async def main():
    await tke.clusters.describe_clusters()
    calls.extend(tke.clusters.describe_clusters() for _ in range(60))
    for call in calls:
        call.send(None)
asyncio.new_event_loop().run_until_complete(main())
"""
    credentials = wharf_server.credentials
    arguments = [wharf_server.endpoint, credentials.id, credentials.secret.expose()]
    for _ in range(15):
        done = subprocess.run([sys.executable, "-c", program, *arguments], capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done
