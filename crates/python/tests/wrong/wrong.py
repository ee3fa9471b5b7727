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

# Enumerations.
cidr: tke.types.ClusterCidrSettingsDict = {"cluster_cidr": "172.16.0.0/16"}
basic: tke.types.ClusterBasicSettingsDict = {"cluster_name": "a", "vpc_id": "vpc-1"}
kind: tke.types.ClusterType = "MANAGED_CLUSTER"
connection.clusters.create_cluster(cluster_type=kind, cluster_cidr_settings=cidr, cluster_basic_settings=basic)
connection.create_cluster(cluster_type=wharf.Other("X"), cluster_cidr_settings=cidr, cluster_basic_settings=basic)
connection.create_cluster(cluster_type="MANAGED", cluster_cidr_settings=cidr, cluster_basic_settings=basic)  # wrong
connection.clusters.delete_cluster(cluster_id="cls-1", instance_delete_mode="terminate")
connection.clusters.delete_cluster(cluster_id="cls-1", instance_delete_mode="remove")  # wrong
connection.delete_cluster(cluster_id="cls-1", instance_delete_mode=str(kind))  # wrong
kind = "DEDICATED"  # wrong
retained: tke.types.InstanceDeleteMode = "Terminate"  # wrong
tke.types.ExtensionAddon(addon_nam="a")  # wrong
state: str = connection.describe_clusters().clusters[0].cluster_type

# Operations on the connection.
connection.describe_clusters(limit="5")  # wrong
connection.describe_clusters("cls-1")  # wrong
connection.wait_until_running("cls-1")  # wrong
with tke.Connection(credentials={"id": "a", "secret": "b"}) as open_connection:
    open_connection.describe_clusters().total_count.bit_length()
tke.Connection(credentials={"id": "a"})  # wrong
for record in wharf.to_records(connection.describe_clusters().items()):
    record.keys()
wharf.to_records(5)  # wrong

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
    await connection.delete_cluster(cluster_id="cls-1", instance_delete_mode="remove")  # wrong
    async with tke.AsyncConnection(region="ap-guangzhou") as other:
        await other.delete_cluster(cluster_id="cls-1", instance_delete_mode="retain")
    with tke.AsyncConnection(region="ap-guangzhou"):  # wrong
        pass
