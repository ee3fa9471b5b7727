"""Shared by the tests. `wharf_server` is the fixture of the plugin."""

from __future__ import annotations

from typing import Any

import pytest

import wharf
from wharf.server import Server

SECRET = "pl4nted-s3cret"
"""A secret that must not be shown."""

VPC = "vpc-default0"


@pytest.fixture
def ccs(wharf_server: Server) -> wharf.ccs.Connection:
    return wharf_server.connection(wharf.ccs.Connection)


@pytest.fixture
def tke(wharf_server: Server) -> wharf.tke.Connection:
    return wharf_server.connection(wharf.tke.Connection, retry={"base_delay": 0.001, "throttled_delay": 0.001})


@pytest.fixture
def async_tke(wharf_server: Server) -> wharf.tke.AsyncConnection:
    return wharf_server.connection(wharf.tke.AsyncConnection, retry={"base_delay": 0.001, "throttled_delay": 0.001})


def create_cluster(tke: wharf.tke.Connection, name: str = "web", block: int = 16) -> str:
    """Creates a cluster and returns its id."""
    answer = tke.clusters.create_cluster(
        cluster_type="MANAGED_CLUSTER",
        cluster_cidr_settings={"cluster_cidr": f"172.{block}.0.0/16"},
        cluster_basic_settings={"cluster_name": name, "vpc_id": VPC},
    )
    return answer.cluster_id


def many_clusters(count: int) -> dict[str, Any]:
    """Returns an output of `DescribeClusters`, by the API's names."""
    clusters = [{"ClusterId": f"cls-{at:08}", "ClusterName": f"cluster {at}", "ClusterStatus": "Running"} for at in range(count)]
    return {"TotalCount": count, "Clusters": clusters}
