"""Moves a node pool of TKE to another instance type without losing a pod.

    pip install ./crates/python
    python examples/python/move_node_pool.py

Creates a pool of the new type, drains the nodes of the old one with the Eviction API, which obeys the
PodDisruptionBudget, and deletes the old pool.
"""

from __future__ import annotations

import time

import wharf
from wharf import tke

DEPLOYMENTS = "/apis/apps/v1/namespaces/default/deployments"
BUDGETS = "/apis/policy/v1/namespaces/default/poddisruptionbudgets"
PODS = "/api/v1/namespaces/default/pods?labelSelector=app%3Dweb"
OLD_NODES = "/api/v1/nodes?labelSelector=pool%3Dold"
WEB = {"matchLabels": {"app": "web"}}


def main() -> None:
    # A simulated cloud, in which time is 60 times faster.
    with wharf.server.start(time=60) as server:
        connection = server.connection(tke.Connection)
        cluster_id = connection.clusters.create_cluster(
            cluster_type="MANAGED_CLUSTER",
            cluster_cidr_settings={"cluster_cidr": "172.16.0.0/16"},
            cluster_basic_settings={"cluster_version": "1.32.2", "vpc_id": "vpc-default0"},
        ).cluster_id
        connection.clusters.wait_until_running(cluster_id, poll_interval=0.1)
        kubernetes = connection.kubernetes(cluster_id)

        old = create_pool(connection, cluster_id, "old", "S5.MEDIUM4")
        template = {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [{"name": "web", "image": "nginx"}]}}
        deployment = {"replicas": 4, "selector": WEB, "template": template}
        kubernetes.request("POST", DEPLOYMENTS, {"metadata": {"name": "web"}, "spec": deployment})
        budget = {"minAvailable": 3, "selector": WEB}
        kubernetes.request("POST", BUDGETS, {"metadata": {"name": "web"}, "spec": budget})
        wait_until_ready(kubernetes, PODS, 4)

        create_pool(connection, cluster_id, "new", "S5.LARGE8")
        nodes = kubernetes.request("GET", OLD_NODES).json()["items"]
        names = [node["metadata"]["name"] for node in nodes]
        for name in names:
            cordon, merge = {"spec": {"unschedulable": True}}, "application/merge-patch+json"
            kubernetes.request("PATCH", f"/api/v1/nodes/{name}", cordon, content_type=merge)
        for name in names:
            drain(kubernetes, name)
        connection.call("2022-05-01:DeleteNodePool", {"ClusterId": cluster_id, "NodePoolId": old})
        while kubernetes.request("GET", OLD_NODES).json()["items"]:
            time.sleep(0.1)
        for node in kubernetes.request("GET", "/api/v1/nodes").json()["items"]:
            labels = node["metadata"]["labels"]
            print(f"node {node['metadata']['name']} is a {labels['beta.kubernetes.io/instance-type']}")
        wait_until_ready(kubernetes, PODS, 4)


def create_pool(connection: tke.Connection, cluster_id: str, pool: str, machine: str) -> str:
    """Creates a pool of two machines and waits until their nodes, which have the label `pool`, are ready."""
    disk = {"DiskType": "CLOUD_PREMIUM", "DiskSize": 50, "AutoFormatAndMount": False}
    machines = {
        "InstanceTypes": [machine],
        "InstanceChargeType": "POSTPAID_BY_HOUR",
        "Replicas": 2,
        "Scaling": {"MinReplicas": 0, "MaxReplicas": 5, "CreatePolicy": "ZonePriority"},
        "SubnetIds": ["subnet-default1"],
        "SystemDisk": {**disk, "FileSystem": "", "MountTarget": ""},
    }
    order = {"ClusterId": cluster_id, "Name": pool, "Type": "Native", "Native": machines}
    labels = [{"Name": "pool", "Value": pool}]
    pool_id: str = connection.call("2022-05-01:CreateNodePool", {**order, "Labels": labels})["NodePoolId"]
    wait_until_ready(connection.kubernetes(cluster_id), f"/api/v1/nodes?labelSelector=pool%3D{pool}", 2)
    return pool_id


def drain(kubernetes: wharf.Kubernetes, node: str) -> None:
    """Evicts the pods of a node until only those of daemons are left. Three pods of `web` must always be ready."""
    while True:
        pods = kubernetes.request("GET", f"/api/v1/pods?fieldSelector=spec.nodeName%3D{node}").json()["items"]
        metadata = [pod["metadata"] for pod in pods]
        metadata = [each for each in metadata if each["ownerReferences"][0]["kind"] != "DaemonSet"]
        if not metadata:
            return
        for pod in (each for each in metadata if "deletionTimestamp" not in each):
            name, path = pod["name"], f"/api/v1/namespaces/{pod['namespace']}/pods/{pod['name']}/eviction"
            eviction = {"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": name}}
            evicted = kubernetes.request("POST", path, eviction)
            if evicted.status == 429:
                # The budget allows it again when the pod that was evicted before has a ready successor.
                print(f"{name} stays for now: {evicted.json()['message']}")
            else:
                print(f"{name} leaves {node}")
            assert count_ready(kubernetes, PODS) >= 3
        time.sleep(0.1)


def wait_until_ready(kubernetes: wharf.Kubernetes, path: str, count: int) -> None:
    while count_ready(kubernetes, path) < count:
        time.sleep(0.1)
    print(f"{count} are ready of {path}")


def count_ready(kubernetes: wharf.Kubernetes, path: str) -> int:
    """Returns the number of nodes or pods that are ready."""
    found = kubernetes.request("GET", path).json()["items"]
    there = [each["status"].get("conditions", []) for each in found if "deletionTimestamp" not in each["metadata"]]
    return sum(any(each["type"] == "Ready" and each["status"] == "True" for each in conditions) for conditions in there)


if __name__ == "__main__":
    main()
