"""What a type checker has to find: each line that is marked, and no other."""

import wharf
from wharf import cce, tke

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

# Operations that only public clouds have, and of another product.
made = connection.prometheus.create_prometheus_temp(template={"name": "a", "level": "instance"})
print(made.template_id.upper(), made.template)  # wrong
connection.prometheus.create_prometheus_temp(template={"name": 5})  # wrong
connection.prometheus.create_prometheus_temp(template={"nam": "a"})  # wrong
connection.prometheus.create_prometheus_temps(template={"name": "a"})  # wrong
template: tke.types.PrometheusTempDict = {"name": "a", "levels": "instance"}  # wrong
client: tke.PrometheusClient = connection.edge  # wrong
huawei = cce.Connection(region="cn-north-4")
huawei.autopilot.delete_autopilot_cluster(cluster_id="c-1")
huawei.autopilot.delete_autopilot_cluster(cluster_id=1)  # wrong


async def main(connection: tke.AsyncConnection) -> None:
    answer = await connection.clusters.describe_clusters()
    print(answer.total_count)
    connection.clusters.describe_clusters().total_count  # wrong
    async for cluster in connection.clusters.describe_clusters().items():
        wharf.Secret(cluster.cluster_node_num)  # wrong
    public = await connection.prometheus.create_prometheus_temp(template=tke.types.PrometheusTemp(name="a"))
    print(public.template_id.upper(), public.template)  # wrong
    connection.prometheus.create_prometheus_temp(template="a")  # wrong
    connection.prometheus.create_prometheus_temp(template={"name": "a"}).template_id  # wrong
    await connection.prometheus.create_prometheus_temps(template={"name": "a"})  # wrong
    await connection.clusters.wait_until_running("cls-1", poll="5")  # wrong
