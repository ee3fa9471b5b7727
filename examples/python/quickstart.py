"""The main job, against the reference server: creates a cluster, adds nodes, lists them in pages, and reads an error.

    pip install ./crates/python
    python examples/python/quickstart.py

Against a real service, make the connection of a region and of your credentials instead:
`wharf.tke.Connection(region="ap-guangzhou")`.
"""

from __future__ import annotations

import time

import wharf
from wharf import tke


def main() -> None:
    # A simulated cloud, in which time is 600 times faster.
    with wharf.server.start(time=600) as server:
        connection = server.connection(tke.Connection)
        cluster_id = create_cluster(connection)
        add_nodes(connection, cluster_id)
        fetch_kubeconfig(connection, cluster_id)
        read_an_error(connection)
        delete_nodes(connection, cluster_id)
        connection.clusters.delete_cluster(cluster_id=cluster_id, instance_delete_mode="terminate")
        connection.clusters.wait_until_deleted(cluster_id, poll_interval=0.1)
        print(f"{cluster_id} is gone; {len(server.calls())} calls, each one signed and checked")


def create_cluster(connection: tke.Connection) -> str:
    created = connection.clusters.create_cluster(
        cluster_type="MANAGED_CLUSTER",
        cluster_cidr_settings={"cluster_cidr": "172.16.0.0/16", "max_node_pod_num": 64},
        cluster_basic_settings=tke.types.ClusterBasicSettings(cluster_name="quickstart", vpc_id="vpc-default0"),
    )
    cluster = connection.clusters.wait_until_running(
        created.cluster_id,
        timeout=60,
        poll_interval=0.1,
        on_progress=lambda progress: print(f"{created.cluster_id} is {progress}"),
    )
    print(f"Kubernetes {cluster.cluster_version} on {cluster.cluster_os}")
    return created.cluster_id


def add_nodes(connection: tke.Connection, cluster_id: str) -> None:
    # A JSON document in a string has the API's own names.
    machine = {"InstanceType": "S5.MEDIUM4", "InstanceCount": 5, "InstanceChargeType": "POSTPAID_BY_HOUR"}
    added = connection.nodes.create_cluster_instances(cluster_id=cluster_id, run_instance_para=machine)
    connection.nodes.wait_until_instances_running(cluster_id, added.instance_id_set, poll_interval=0.1)
    for node in connection.nodes.describe_cluster_instances(cluster_id=cluster_id, limit=2).items():
        print(f"node {node.instance_id} is {node.instance_state}")


def delete_nodes(connection: tke.Connection, cluster_id: str) -> None:
    # A policy of new clusters protects them while they have nodes.
    nodes = connection.nodes.describe_cluster_instances(cluster_id=cluster_id).items()
    ids = [node.instance_id for node in nodes]
    connection.nodes.delete_cluster_instances(
        cluster_id=cluster_id, instance_ids=ids, instance_delete_mode="terminate"
    )
    while connection.nodes.describe_cluster_instances(cluster_id=cluster_id).total_count > 0:
        time.sleep(0.1)


def fetch_kubeconfig(connection: tke.Connection, cluster_id: str) -> None:
    connection.clusters.create_cluster_endpoint(cluster_id=cluster_id, is_extranet=False, subnet_id="subnet-default1")
    connection.clusters.wait_until_endpoint_created(cluster_id, False, poll_interval=0.1)
    answer = connection.clusters.describe_cluster_kubeconfig(cluster_id=cluster_id)
    print(f"no secret shows: {answer}")
    print(f"unless it is exposed: {len(answer.kubeconfig.expose())} characters")


def read_an_error(connection: tke.Connection) -> None:
    try:
        connection.clusters.delete_cluster(cluster_id="cls-gone0000", instance_delete_mode="terminate")
    except wharf.NotFoundError as error:
        print(f"{error.code}: {error.message} (request {error.request_id}, worth trying again: {error.retryable})")
    try:
        connection.clusters.describe_clusters(limit=1000)
    except wharf.InvalidInputError as error:
        print(f"before anything is sent: {error.field} is wrong")


if __name__ == "__main__":
    main()
