"""Upgrades a cluster of TKE to the next version of Kubernetes: first the control plane, then one node after another.

    pip install ./crates/python
    python examples/python/upgrade_cluster.py
"""

from __future__ import annotations

import wharf
from wharf import tke


def main() -> None:
    # A simulated cloud, in which time is 120 times faster.
    with wharf.server.start(time=120) as server:
        connection = server.connection(tke.Connection)
        cluster_id = create_cluster(connection, "1.30.0")
        print_nodes(connection, cluster_id)
        upgrade_control_plane(connection, cluster_id)
        upgrade_nodes(connection, cluster_id)
        print_nodes(connection, cluster_id)


def create_cluster(connection: tke.Connection, version: str) -> str:
    created = connection.clusters.create_cluster(
        cluster_type="MANAGED_CLUSTER",
        cluster_cidr_settings={"cluster_cidr": "172.16.0.0/16"},
        cluster_basic_settings={"cluster_version": version, "vpc_id": "vpc-default0"},
    )
    connection.clusters.wait_until_running(created.cluster_id, poll_interval=0.1)
    machines = {"InstanceType": "S5.MEDIUM4", "InstanceCount": 3}
    added = connection.nodes.create_cluster_instances(cluster_id=created.cluster_id, run_instance_para=machines)
    connection.nodes.wait_until_instances_running(created.cluster_id, added.instance_id_set, poll_interval=0.1)
    return created.cluster_id


def upgrade_control_plane(connection: tke.Connection, cluster_id: str) -> None:
    """Upgrades the control plane to the next version. The nodes keep running."""
    available = connection.upgrades.describe_available_cluster_version(cluster_id=cluster_id)
    version = available.versions[0]
    print(f"upgrading {cluster_id} to {version}")
    connection.upgrades.update_cluster_version(cluster_id=cluster_id, dst_version=version)
    connection.settings.wait_until_cluster_maintained(
        cluster_id, poll_interval=0.1, on_progress=lambda progress: print(f"control plane: {progress}")
    )


def upgrade_nodes(connection: tke.Connection, cluster_id: str) -> None:
    """Upgrades all nodes in place: each one is cordoned, drained, upgraded and uncordoned."""
    check = connection.upgrades.check_instances_upgrade_able(cluster_id=cluster_id, upgrade_type="major")
    for unable in check.unavailable_version_reason:
        print(f"{unable.instance_id} cannot be upgraded: {unable.reason}")
    connection.upgrades.upgrade_cluster_instances(
        cluster_id=cluster_id,
        operation="create",
        upgrade_type="major",
        instance_ids=[node.instance_id for node in check.upgrade_able_instances],
    )
    connection.upgrades.wait_until_node_upgrade_done(
        cluster_id, poll_interval=0.1, on_progress=lambda progress: print(f"nodes: {progress}")
    )


def print_nodes(connection: tke.Connection, cluster_id: str) -> None:
    """Prints the version of each node, from the Kubernetes API of the cluster."""
    for node in connection.kubernetes(cluster_id).request("GET", "/api/v1/nodes").json()["items"]:
        print(f"node {node['metadata']['name']} has {node['status']['nodeInfo']['kubeletVersion']}")


if __name__ == "__main__":
    main()
