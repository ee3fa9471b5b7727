"""Mocks: outputs and errors come back as they were given, whatever the product."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

import wharf
from wharf.testing import Failure, Mock


def tke_over(mock: Mock, **options: object) -> wharf.tke.Connection:
    return mock.connection(wharf.tke.Connection, region="ap-guangzhou", **options)


def test_outputs_are_given_as_members_mappings_and_structures() -> None:
    mock = Mock()
    # An output that misses members, as no type checker allows it.
    types: Any = wharf.tke.types
    cluster = types.Cluster(cluster_id="cls-3")
    rule = mock.on("DescribeClusters", product="tke")
    rule.then(total_count=1, clusters=[{"cluster_id": "cls-1"}])
    rule.then({"TotalCount": 1, "Clusters": [{"ClusterId": "cls-2"}]})
    rule.then(types.DescribeClustersOutput(total_count=1, clusters=[cluster]))
    tke = tke_over(mock)
    assert [tke.clusters.describe_clusters().clusters[0].cluster_id for _ in range(4)] == [
        "cls-1",
        "cls-2",
        "cls-3",
        "cls-3",
    ]
    assert mock.unused() == []


def test_conditions_choose_the_rule() -> None:
    mock = Mock()
    five = mock.on("DescribeClusters", product="tke").matching(limit=5).then(total_count=5)
    many = mock.on("DescribeClusters", product="tke").matching(lambda given: given.get("limit", 0) > 5)
    many.then(total_count=6)
    tke = tke_over(mock)
    assert tke.clusters.describe_clusters(limit=5).total_count == 5
    assert tke.clusters.describe_clusters(limit=9, cluster_ids=["a"]).total_count == 6
    with pytest.raises(wharf.ConfigurationError, match="DescribeClusters of tke: none of its 2 rules matches the input"):
        tke.clusters.describe_clusters(limit=1)
    assert five.inputs == [{"limit": 5}]
    assert many.inputs == [{"limit": 9, "cluster_ids": ["a"]}]
    assert [call.input for call in mock.calls("DescribeClusters")][2] == {"limit": 1}
    assert mock.calls()[0].region == "ap-guangzhou"
    assert repr(mock.calls()[0]) == "<MockCall tke DescribeClusters>"


def test_errors_have_the_kind_of_their_code_and_throttling_is_retried() -> None:
    mock = Mock()
    delete = mock.on("DeleteCluster", product="cce")
    delete.then_error(Failure.code("CCE.01404001", "gone")).times(1)
    mock.on("ListClusters", product="cce").then_error(Failure.throttled()).then({})
    cce = mock.connection("cce", region="cn-north-4", project_id="p")
    with pytest.raises(wharf.NotFoundError) as caught:
        cce.clusters.delete_cluster(cluster_id="c")
    assert (caught.value.code, caught.value.status, caught.value.request_id) == ("CCE.01404001", 404, "mock-1")
    cce.clusters.list_clusters()
    assert len(mock.calls("ListClusters")) == 2
    with pytest.raises(wharf.ConfigurationError, match="its only answer has been given"):
        cce.clusters.delete_cluster(cluster_id="c")
    delete.then_error(Failure.timed_out())
    options = {"max_attempts": 1}
    with pytest.raises(wharf.TimedOutError):
        cce.with_options(retry=options).clusters.delete_cluster(cluster_id="c")


def test_mistakes_in_a_mock_are_found_where_they_are_made() -> None:
    mock = Mock()
    with pytest.raises(wharf.InvalidInputError, match="is no operation of any product"):
        mock.on("DescribeElephants")
    with pytest.raises(wharf.InvalidInputError, match="product is needed for CreateCluster"):
        mock.on("CreateCluster")
    with pytest.raises(wharf.InvalidInputError, match="did you mean DescribeClusters"):
        mock.on("DescribeCluster", product="tke")
    rule = mock.on("DescribeClusters", product="tke")
    with pytest.raises(wharf.InvalidInputError, match="TotalCont"):
        rule.then({"TotalCont": 1})
    with pytest.raises(wharf.InvalidInputError, match="as a value and as members"):
        rule.then({}, total_count=1)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_an_exception_in_a_condition_is_no_match() -> None:
    mock = Mock()
    mock.on("DescribeClusters", product="tke").matching(lambda given: given["limit"] == 1).then({})
    with pytest.raises(wharf.ConfigurationError, match="its rule does not match the input"):
        tke_over(mock).clusters.describe_clusters()


def test_asyncio() -> None:
    mock = Mock()
    mock.on("DescribeClusters", product="tke").matching(lambda given: not given).then(total_count=3)
    tke = mock.connection(wharf.tke.AsyncConnection, region="ap-guangzhou")

    async def count() -> int | None:
        return (await tke.clusters.describe_clusters()).total_count

    assert asyncio.run(count()) == 3
