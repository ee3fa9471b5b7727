"""From a cloud's API to Kubernetes: creates a cluster of TKE, deploys, waits until it is available, and scales it.

    pip install ./crates/python
    python examples/python/kubernetes_deployment.py

`connection.kubernetes(id).client()` is a client of the package `kubernetes` instead (`pip install wharf-sdk[kubernetes]`).
"""

from __future__ import annotations

import time

import wharf
from wharf import tke

DEPLOYMENTS = "/apis/apps/v1/namespaces/default/deployments"
MERGE = "application/merge-patch+json"


def main() -> None:
    # A simulated cloud, in which time is 60 times faster.
    with wharf.server.start(time=60) as server:
        connection = server.connection(tke.Connection)
        created = connection.clusters.create_cluster(
            cluster_type="MANAGED_CLUSTER",
            cluster_cidr_settings={"cluster_cidr": "172.16.0.0/16"},
            cluster_basic_settings={"cluster_name": "web", "vpc_id": "vpc-default0"},
        )
        cluster_id = created.cluster_id
        connection.clusters.wait_until_running(cluster_id, poll_interval=0.1)
        machine = {"InstanceType": "S5.MEDIUM4", "InstanceCount": 1}
        added = connection.nodes.create_cluster_instances(cluster_id=cluster_id, run_instance_para=machine)
        connection.nodes.wait_until_instances_running(cluster_id, added.instance_id_set, poll_interval=0.1)

        # The hand-over: requests travel through the cloud's API, signed and repeated like any other call.
        kubernetes = connection.kubernetes(cluster_id)
        container = {"name": "web", "image": "nginx", "resources": {"requests": {"cpu": "100m"}}}
        template = {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [container]}}
        spec = {"replicas": 1, "selector": {"matchLabels": {"app": "web"}}, "template": template}
        made = kubernetes.request("POST", DEPLOYMENTS, {"metadata": {"name": "web"}, "spec": spec})
        assert made.status < 300, made.json()["message"]
        wait_until_available(kubernetes, 1)
        scale = {"spec": {"replicas": 3}}
        scaled = kubernetes.request("PATCH", f"{DEPLOYMENTS}/web/scale", scale, content_type=MERGE)
        assert scaled.status < 300, scaled.json()["message"]
        wait_until_available(kubernetes, 3)


def wait_until_available(kubernetes: wharf.Kubernetes, replicas: int) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        web = kubernetes.request("GET", f"{DEPLOYMENTS}/web").json()
        if web.get("status", {}).get("availableReplicas") == replicas:
            print(f"deployment web: {replicas} available")
            return
        time.sleep(0.2)
    raise TimeoutError(f"deployment web does not have {replicas} replicas")


if __name__ == "__main__":
    main()
