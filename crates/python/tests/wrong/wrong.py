"""What a type checker has to find: each line that is marked, and no other."""

import wharf
from wharf import tke

connection = tke.Connection(region="ap-guangzhou")
tke.Connection(regoin="ap-guangzhou")  # wrong
tke.Connection(project_id="of another product")  # wrong

connection.clusters.describe_clusters(cluster_ids=["cls-1"], limit=5)
connection.clusters.describe_clusters(cluster_id=["cls-1"])  # wrong
connection.clusters.describe_clusters(limit="5")  # wrong
connection.clusters.delete_cluster(cluster_id="cls-1")  # wrong
connection.clusters.describe_cluster()  # wrong
connection.clutser  # wrong

connection.clusters.describe_clusters(filters=[{"name": "ClusterName", "values": ["a"]}])
connection.clusters.describe_clusters(filters=[{"nam": "ClusterName", "values": ["a"]}])  # wrong
tke.types.Filter(nam="ClusterName")  # wrong

for cluster in connection.clusters.describe_clusters().items():
    print(cluster.cluster_id.upper(), cluster.clusterid)  # wrong

running: tke.types.Cluster = connection.clusters.wait_until_running("cls-1", timeout=5)
connection.clusters.wait_until_running("cls-1", timeout="5")  # wrong


async def main(connection: tke.AsyncConnection) -> None:
    answer = await connection.clusters.describe_clusters()
    print(answer.total_count)
    connection.clusters.describe_clusters().total_count  # wrong
    async for cluster in connection.clusters.describe_clusters().items():
        wharf.Secret(cluster.cluster_node_num)  # wrong
