"""Connections: closing them, and messages about names that do not exist."""

from __future__ import annotations

import asyncio
import os
import time
from typing import Any

import pytest
from conftest import create_cluster

import wharf
from wharf.server import Server


def test_with_closes_a_connection(wharf_server: Server) -> None:
    with wharf_server.connection(wharf.tke.Connection) as tke:
        other = tke.with_options(timeout=5)
        answer = tke.describe_clusters()
        assert answer.total_count == 0 and "closed" not in repr(tke)
    for call in (tke.describe_clusters, other.describe_clusters, lambda: tke.call("DescribeClusters"), lambda: tke.region):
        with pytest.raises(RuntimeError, match="this connection is closed"):
            call()
    assert "closed" in repr(tke) and "closed" in repr(other)
    tke.close()
    # What it returned stays.
    assert answer.total_count == 0


def test_a_closed_connection_has_no_sockets() -> None:
    def sockets() -> int:
        links = (os.path.join("/proc/self/fd", name) for name in os.listdir("/proc/self/fd"))
        return sum(os.path.islink(link) and os.readlink(link).startswith("socket:") for link in links)

    with wharf.server.start(time="manual") as server:
        connection = server.connection(wharf.tke.Connection)
        connection.describe_clusters()
        before = sockets()
        connection.close()
        # The threads of the library close it.
        for _ in range(100):
            if sockets() < before:
                return
            time.sleep(0.05)
        raise AssertionError(f"{before} sockets before, {sockets()} after")


def test_async_with_closes_a_connection(wharf_server: Server) -> None:
    async def main() -> None:
        async with wharf_server.connection(wharf.tke.AsyncConnection) as tke:
            running = asyncio.ensure_future(tke.describe_clusters())
            assert (await tke.describe_clusters()).total_count == 0
            await running
        with pytest.raises(RuntimeError, match="this connection is closed"):
            tke.describe_clusters()
        await tke.close()

    asyncio.run(main())


def test_operations_are_on_the_connection_too(tke: wharf.tke.Connection, async_tke: wharf.tke.AsyncConnection) -> None:
    cluster_id = create_cluster(tke)
    assert [cluster.cluster_id for cluster in tke.describe_clusters().items()] == [cluster_id]
    assert tke.describe_cluster_instances(cluster_id=cluster_id).total_count == 0

    async def ids() -> list[str]:
        return [cluster.cluster_id async for cluster in async_tke.describe_clusters().items()]

    assert asyncio.run(ids()) == [cluster_id]


MISSING: list[tuple[Any, str]] = [
    (lambda tke: tke.clusters.describe_cluster_instances, "it is a method of `nodes`"),
    (lambda tke: tke.nodes.wait_until_running, "it is a method of `clusters`"),
    (lambda tke: tke.wait_until_running, "it is a method of `clusters`"),
    (lambda tke: tke.clusters.describe_clustrs, "did you mean describe_clusters?"),
    (lambda tke: tke.clusters.describe_cluster_instance, "did you mean nodes.describe_cluster_instances?"),
    (lambda tke: tke.describe_clustrs, "did you mean describe_clusters?"),
    (lambda tke: tke.cluster, "did you mean clusters?"),
]


@pytest.mark.parametrize(("get", "hint"), MISSING)
def test_a_missing_attribute_says_where_it_is(tke: Any, async_tke: Any, get: Any, hint: str) -> None:
    for connection in (tke, async_tke):
        with pytest.raises(AttributeError) as caught:
            get(connection)
        assert str(caught.value).endswith(hint), caught.value
    with pytest.raises(AttributeError) as caught:
        tke.clusters._elephant
    assert str(caught.value) == "'ClustersClient' object has no attribute '_elephant'"


def test_arguments_without_names_are_refused_with_the_names(tke: Any, async_tke: Any, wharf_server: Server) -> None:
    wanted = r"delete_cluster\(\) takes arguments by name: delete_cluster\(cluster_id=..., instance_delete_mode=...\)"
    for call in (tke.clusters.delete_cluster, tke.delete_cluster, async_tke.clusters.delete_cluster):
        with pytest.raises(TypeError, match=wanted):
            call("cls-1", "terminate")
    with pytest.raises(TypeError, match="takes options by name"):
        wharf.tke.Connection("ap-guangzhou")  # type: ignore[call-arg, arg-type]  # pyright: ignore
    assert wharf_server.calls() == []


HINTS: list[tuple[dict[str, Any], str, str]] = [
    ({"limt": 5}, "limt", "limt is not a field of this operation; did you mean limit?"),
    ({"Limt": 5}, "Limt", "Limt is not a field of this operation; did you mean Limit?"),
    ({"filters": [{"nam": "a"}]}, "filters.0.nam", "filters.0.nam is not a field of this operation; did you mean name?"),
    ({"elephant": 5}, "elephant", "elephant is not a field of this operation"),
]


@pytest.mark.parametrize(("arguments", "field", "message"), HINTS)
def test_a_misspelt_member_has_a_hint(tke: wharf.tke.Connection, arguments: dict[str, Any], field: str, message: str) -> None:
    with pytest.raises(wharf.InvalidInputError) as caught:
        tke.describe_clusters(**arguments)
    assert (caught.value.field, caught.value.message) == (field, message)


def test_other_misspelt_names_have_hints(tke: wharf.tke.Connection) -> None:
    with pytest.raises(wharf.InvalidInputError, match=r"Limt is not a field of this operation; did you mean Limit\?"):
        tke.call("DescribeClusters", {"Limt": 5})
    with pytest.raises(wharf.InvalidInputError, match=r"nam is no member of Filter; did you mean name\?"):
        wharf.tke.types.Filter(nam="a")  # type: ignore[call-arg]  # pyright: ignore
    with pytest.raises(wharf.ConfigurationError, match=r"did you mean call_timeout\?"):
        wharf.tke.Connection(timeout=5)  # type: ignore[call-arg]  # pyright: ignore


def test_an_unlisted_value_is_sent_as_it_is(tke: wharf.tke.Connection, wharf_server: Server) -> None:
    wharf_server.faults.answer({"ClusterId": "cls-1"})
    tke.create_cluster(
        cluster_type=wharf.Other("EDGE_CLUSTER"),
        cluster_cidr_settings={"cluster_cidr": "172.16.0.0/16"},
        cluster_basic_settings={"cluster_name": "n", "vpc_id": "vpc-default0"},
    )
    (call,) = wharf_server.calls("CreateCluster")
    assert call.parameters["ClusterType"] == "EDGE_CLUSTER"
    assert wharf.Other("x") == "x" and repr(wharf.Other("x")) == "Other('x')"


def test_credentials_can_be_a_dict(wharf_server: Server) -> None:
    key = wharf_server.credentials
    tke = wharf_server.connection(wharf.tke.Connection, credentials={"id": key.id, "secret": key.secret})
    assert tke.describe_clusters().total_count == 0
