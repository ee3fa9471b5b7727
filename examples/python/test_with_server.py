"""How a project tests its own code: the fixture is there once `wharf-sdk` is installed.

    pip install ./crates/python pytest
    pytest examples/python/test_with_server.py
"""

from __future__ import annotations

import pytest

import wharf
from wharf import tke
from wharf.server import Server


def cluster_names(connection: tke.Connection) -> list[str]:
    """The code to be tested."""
    return [cluster.cluster_name for cluster in connection.clusters.describe_clusters().items()]


def test_names(wharf_server: Server) -> None:
    connection = wharf_server.connection(tke.Connection)
    for number in range(3):
        connection.clusters.create_cluster(
            cluster_type="MANAGED_CLUSTER",
            cluster_cidr_settings={"cluster_cidr": f"172.{16 + number}.0.0/16"},
            cluster_basic_settings={"cluster_name": f"cluster-{number}", "vpc_id": "vpc-default0"},
        )
    assert sorted(cluster_names(connection)) == ["cluster-0", "cluster-1", "cluster-2"]
    assert wharf_server.calls()[-1].operation == "DescribeClusters"


def test_a_service_that_fails(wharf_server: Server) -> None:
    wharf_server.faults.refuse("InternalError", "The database is down.")
    connection = wharf_server.connection(tke.Connection, retry={"max_attempts": 2, "base_delay": 0.001})
    with pytest.raises(wharf.ServiceError, match="The database is down"):
        cluster_names(connection)
