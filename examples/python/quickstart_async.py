"""The same for `asyncio`: many clusters at once, pages with `async for`, a call that is cancelled.

    pip install ./crates/python
    python examples/python/quickstart_async.py
"""

from __future__ import annotations

import asyncio

import wharf
from wharf import tke


async def main() -> None:
    with wharf.server.start(time=600, rate_limits=False) as server:
        connection = server.connection(tke.AsyncConnection)
        clusters = await asyncio.gather(*(create_cluster(connection, number) for number in range(3)))
        print("running:", ", ".join(cluster.cluster_name for cluster in clusters))

        async for cluster in connection.clusters.describe_clusters(limit=2).items():
            print(f"{cluster.cluster_id} has {cluster.cluster_node_num} nodes")

        answers = await asyncio.gather(*(connection.clusters.describe_clusters() for _ in range(100)))
        print(f"{len(answers)} calls at once, {len({answer.request_id for answer in answers})} answers")

        server.faults.delay(600, operation="DescribeRegions")
        try:
            await asyncio.wait_for(connection.clusters.describe_regions(), timeout=0.2)
        except asyncio.TimeoutError:
            print("what takes too long is given up, and the call with it")


async def create_cluster(connection: tke.AsyncConnection, number: int) -> tke.types.Cluster:
    created = await connection.clusters.create_cluster(
        cluster_type="MANAGED_CLUSTER",
        cluster_cidr_settings={"cluster_cidr": f"172.{16 + number}.0.0/16"},
        cluster_basic_settings={"cluster_name": f"cluster-{number}", "vpc_id": "vpc-default0"},
    )
    return await connection.clusters.wait_until_running(created.cluster_id, poll_interval=0.1)


if __name__ == "__main__":
    asyncio.run(main())
