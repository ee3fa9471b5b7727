"""Pagination."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import pytest
from conftest import many_clusters

import wharf
from wharf.server import Server


def serve(server: Server, count: int) -> None:
    """Makes the server respond to `DescribeClusters` with pages out of `count` clusters."""
    everything = many_clusters(count)

    def answer(parameters: dict[str, Any]) -> dict[str, Any]:
        offset, limit = parameters.get("Offset", 0), parameters.get("Limit", 20)
        return {"TotalCount": count, "Clusters": everything["Clusters"][offset : offset + limit]}

    server.faults.answer(answer, operation="DescribeClusters")


def windows(server: Server) -> list[tuple[Any, Any]]:
    return [(call.parameters.get("Offset"), call.parameters.get("Limit")) for call in server.calls()]


def test_items_go_on_behind_the_answer(tke: wharf.tke.Connection, wharf_server: Server) -> None:
    serve(wharf_server, 45)
    answer = tke.clusters.describe_clusters()
    assert len(answer.clusters) == 20 and windows(wharf_server) == [(None, None)]
    items = answer.items()
    assert items.offset == 0
    assert next(items).cluster_id == "cls-00000000" and items.offset == 1
    assert [cluster.cluster_id for cluster in items] == [f"cls-{at:08}" for at in range(1, 45)]
    assert windows(wharf_server) == [(None, None), (20, 20), (40, 20)] and items.offset == 45
    assert list(items) == []
    # Every iterator is independent.
    assert len(list(answer.items())) == 45 == len(list(answer.items()))


def test_the_window_of_the_caller_is_kept(tke: wharf.tke.Connection, wharf_server: Server) -> None:
    serve(wharf_server, 10)
    assert len(list(tke.clusters.describe_clusters(offset=3, limit=3).items())) == 7
    assert windows(wharf_server) == [(3, 3), (6, 3), (9, 3)]


def test_pages(tke: wharf.tke.Connection, wharf_server: Server) -> None:
    serve(wharf_server, 5)
    answer = tke.clusters.describe_clusters(limit=2)
    pages = answer.pages()
    first = next(pages)
    assert first == answer and (pages.offset, pages.begin) == (2, 2)
    # A page does not continue to the others: this would iterate over them repeatedly.
    assert [len(list(page.items())) for page in [first, *pages]] == [2, 2, 1]
    for alone in (pickle.loads(pickle.dumps(answer)), copy.copy(answer)):
        assert len(list(alone.items())) == 2 and len(list(alone.pages())) == 1
    assert pages.offset == 5


def test_pages_that_are_counted(wharf_server: Server) -> None:
    ack = wharf_server.connection(wharf.ack.Connection)
    everything = [{"cluster_id": f"c{at}"} for at in range(7)]

    def answer(parameters: dict[str, Any]) -> dict[str, Any]:
        # The default would be ten.
        number, size = int(parameters.get("page_number", 1)), int(parameters.get("page_size", 3))
        clusters = everything[(number - 1) * size : number * size]
        return {"clusters": clusters, "page_info": {"page_number": number, "page_size": size, "total_count": 7}}

    wharf_server.faults.answer(answer)
    answered = ack.clusters.describe_clusters_v1()
    assert [cluster.cluster_id for cluster in answered.items()] == [f"c{at}" for at in range(7)]
    assert len(list(ack.clusters.describe_clusters_v1(page_size=2).items())) == 7


def test_an_error_in_between_tells_where_to_go_on(tke: wharf.tke.Connection, wharf_server: Server) -> None:
    serve(wharf_server, 6)
    items = tke.clusters.describe_clusters(limit=2).items()
    wharf_server.faults.refuse("InternalError.Param", "not now", after=1)
    seen = []
    with pytest.raises(wharf.Error):
        for cluster in items:
            seen.append(cluster.cluster_id)
    assert len(seen) == items.offset == 4
    wharf_server.faults.clear()
    serve(wharf_server, 6)
    rest = tke.clusters.describe_clusters(limit=2, offset=items.offset).items()
    assert seen + [cluster.cluster_id for cluster in rest] == [f"cls-{at:08}" for at in range(6)]


def test_nothing_is_a_page_too(tke: wharf.tke.Connection) -> None:
    assert list(tke.clusters.describe_clusters().items()) == []
    assert [page.total_count for page in tke.clusters.describe_clusters().pages()] == [0]


def test_items_that_are_texts_and_items_within(tke: wharf.tke.Connection, wharf_server: Server) -> None:
    tcr = wharf_server.connection(wharf.tcr.Connection)
    tcr.registries.create_user_personal(password="Quick-start-1")
    for name in ("one", "two", "three"):
        tcr.registries.create_namespace_personal(namespace=name)
    names = tcr.registries.describe_namespace_personal(namespace="", limit=2, offset=0).items()
    assert sorted(found.namespace for found in names) == ["one", "three", "two"]
