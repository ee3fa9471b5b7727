"""Tencent's own Python client lives a day with a cluster, by the typed requests of both versions of TKE.

Run by the test suite; see tencent_lifecycle.py and meanwhile.py. Time stands still but for `wait`. Pods are made with
Kubernetes' own client and the kubeconfig of the cluster.
Usage: tke_day.py
"""

import base64
import json
import os
import tempfile
import time

from kubernetes import client as kubernetes
from kubernetes import config
from kubernetes.client.exceptions import ApiException
from tencentcloud.common import credential
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile
from tencentcloud.tke.v20180525 import models as tke
from tencentcloud.tke.v20180525.tke_client import TkeClient
from tencentcloud.tke.v20220501 import models as native
from tencentcloud.tke.v20220501.tke_client import TkeClient as NativeClient

from meanwhile import break_machine, fail_next_addon, wait
from tcr_registry import equal
from tencent_lifecycle import ENDPOINT, REGION, SECRET_ID, SECRET_KEY, expect, filled, refused

UIN = os.environ["WHARF_SUB_UIN"]
SUB_ID = os.environ["WHARF_SUB_ID"]
SUB_KEY = os.environ["WHARF_SUB_KEY"]
MINUTE = 60
HOUR = 60 * MINUTE


def connect(kind, secret_id=SECRET_ID, secret_key=SECRET_KEY):
    http = HttpProfile(protocol="http", endpoint=ENDPOINT, reqTimeout=30)
    return kind(credential.Credential(secret_id, secret_key), REGION, ClientProfile(httpProfile=http))


class Day:
    """A cluster, and who works on it."""

    def __init__(self):
        self.old, self.new = connect(TkeClient), connect(NativeClient)
        self.cluster = None

    def call(self, action, **members):
        """The action of version 2018-05-25 on the cluster."""
        return self.send(self.old, tke, action, members)

    def native(self, action, **members):
        """The action of version 2022-05-01 on the cluster."""
        return self.send(self.new, native, action, members)

    def send(self, cloud, models, action, members):
        request = getattr(models, action + "Request")()
        if self.cluster:
            name = "ClusterID" if hasattr(request, "ClusterID") else "ClusterId"
            if hasattr(request, name):
                members = {name: self.cluster, **members}
        return getattr(cloud, action)(filled(request, **members))

    def shown(self):
        return self.call("DescribeClusters", ClusterIds=[self.cluster]).Clusters[0]

    def status(self):
        return self.shown().ClusterStatus

    def nodes(self):
        return self.native("DescribeClusterInstances", Limit=100).InstanceSet

    def kubernetes(self, cloud=None):
        """Kubernetes' own client with the kubeconfig that a connection gets."""
        answer = self.send(cloud or self.old, tke, "DescribeClusterKubeconfig", {})
        with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
            file.write(answer.Kubeconfig)
            file.flush()
            return kubernetes.CoreV1Api(config.new_client_from_config(file.name))


def create(day):
    made = day.call(
        "CreateCluster", ClusterType="MANAGED_CLUSTER", ClusterCIDRSettings={"ClusterCIDR": "172.16.0.0/16"},
        ClusterBasicSettings={"ClusterName": "day", "ClusterVersion": "1.18.4", "VpcId": "vpc-default0",
                              "ClusterLevel": "L20", "AutoUpgradeClusterLevel": {"IsAutoUpgrade": True}},
        ClusterAdvancedSettings={"ContainerRuntime": "containerd", "DeletionProtection": True})
    day.cluster = made.ClusterId
    equal(day.status(), "Creating", "a new cluster")
    wait(MINUTE)
    shown = day.shown()
    equal((shown.ClusterStatus, shown.ClusterLevel, shown.AutoUpgradeClusterLevel, shown.DeletionProtection),
          ("Running", "L20", True, True), "the cluster")
    levels = {level.Name: level for level in day.call("DescribeClusterLevelAttribute").Items}
    equal(levels["L20"].NodeCount, 20, "the level")
    told = refused("FailedOperation", lambda: day.call("DeleteCluster", InstanceDeleteMode="terminate"))
    expect("protected" in told.message, told.message)
    equal(day.status(), "Running", "a protected cluster")


def pod(name, cpu="1500m", **spec):
    owner = {"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "web", "uid": "u", "controller": True}
    container = {"name": "main", "image": "nginx", "resources": {"requests": {"cpu": cpu}}}
    return {"metadata": {"name": name, "ownerReferences": [owner]}, "spec": {"containers": [container], **spec}}


def phases(core):
    return [pod.status.phase for pod in core.list_namespaced_pod("default").items]


def node_pool(day):
    """A pool of machines of the machine service grows from no node to five for pods that wait, and shrinks again."""
    core = day.kubernetes()
    options = {"IsScaleDownEnabled": True, "Expander": "random"}
    day.call("ModifyClusterAsGroupOptionAttribute", ClusterAsGroupOption=options)
    group = {"MinSize": 0, "MaxSize": 5, "DesiredCapacity": 0, "VpcId": "vpc-default0", "SubnetIds": ["subnet-default1"]}
    pool = day.call(
        "CreateClusterNodePool", Name="web", AutoScalingGroupPara=json.dumps(group), EnableAutoscale=True,
        LaunchConfigurePara=json.dumps({"InstanceType": "S5.MEDIUM4"}), InstanceAdvancedSettings={"Unschedulable": 0},
        Labels=[{"Name": "pool", "Value": "web"}]).NodePoolId

    def described():
        return day.call("DescribeClusterNodePoolDetail", NodePoolId=pool).NodePool

    equal(described().LifeState, "creating", "a new pool")
    wait(30)
    shown = described()
    equal((shown.LifeState, shown.DesiredNodesNum, shown.MaxNodesNum), ("normal", 0, 5), "a pool without nodes")
    for number in range(5):
        core.create_namespaced_pod("default", pod(f"web-{number}", nodeSelector={"pool": "web"}))
    equal(phases(core), ["Pending"] * 5, "pods that no node takes")
    wait(3 * MINUTE)
    shown = described()
    equal((shown.DesiredNodesNum, shown.NodeCountSummary.AutoscalingAdded.Normal), (5, 5), "a node for each pod")
    equal(phases(core), ["Running"] * 5, "pods that waited")
    equal(len(core.list_node(label_selector="pool=web").items), 5, "nodes with the labels of the pool")
    for number in range(5):
        core.delete_namespaced_pod(f"web-{number}", "default")
    wait(40 * MINUTE)
    shown = described()
    equal((shown.DesiredNodesNum, shown.NodeCountSummary.AutoscalingAdded.Total), (0, 0), "a pool whose nodes were idle")
    day.call("DeleteClusterNodePool", NodePoolIds=[pool], KeepInstance=False)
    wait(MINUTE)
    equal(day.call("DescribeClusterNodePools").TotalCount, 0, "the pool is gone")


def native_pool(day):
    """A native pool grows from no node to five for pods that wait, and shrinks again."""
    core = day.kubernetes()
    rules = [{"Name": "KubeletUnhealthy", "Enabled": True, "AutoRepairEnabled": True}]
    named = day.native("CreateHealthCheckPolicy", HealthCheckPolicy={"Name": "heal", "Rules": rules})
    equal(named.HealthCheckPolicyName, "heal", "the policy")
    pool = day.native("CreateNodePool", Name="burst", Type="Native", Labels=[{"Name": "pool", "Value": "burst"}], Native={
        "Scaling": {"MinReplicas": 0, "MaxReplicas": 5, "CreatePolicy": "ZonePriority"}, "EnableAutoscaling": True,
        "SubnetIds": ["subnet-default1"], "InstanceChargeType": "POSTPAID_BY_HOUR", "InstanceTypes": ["S5.MEDIUM4"],
        "SystemDisk": {"DiskType": "CLOUD_PREMIUM", "DiskSize": 50, "AutoFormatAndMount": False, "FileSystem": "",
                       "MountTarget": ""}, "AutoRepair": True,
        "HealthCheckPolicyName": "heal"}).NodePoolId
    wait(10)

    def described():
        answer = day.native("DescribeNodePools", Filters=[{"Name": "NodePoolsId", "Values": [pool]}])
        return answer.NodePools[0]

    def members():
        return [node.InstanceId for node in day.nodes() if node.NodePoolId == pool]

    equal((described().LifeState, described().Native.Replicas, members()), ("Running", 0, []), "a pool without nodes")
    for number in range(5):
        core.create_namespaced_pod("default", pod(f"web-{number}", nodeSelector={"pool": "burst"}))
    equal(phases(core), ["Pending"] * 5, "pods that no node takes")
    wait(3 * MINUTE)
    equal((described().Native.ReadyReplicas, phases(core)), (5, ["Running"] * 5), "a node for each pod")
    bindings = day.native("DescribeHealthCheckPolicyBindings").HealthCheckPolicyBindings
    equal([(binding.Name, binding.NodePools) for binding in bindings], [("heal", [pool])], "who follows the policy")
    heal(core, members()[0])
    equal(len(members()), 5, "no node was replaced")

    for number in range(5):
        core.delete_namespaced_pod(f"web-{number}", "default")
    wait(40 * MINUTE)
    equal((described().Native.Replicas, members()), (0, []), "a pool whose nodes were idle")
    day.native("DeleteNodePool", NodePoolId=pool)
    wait(30)
    equal(day.native("DescribeNodePools").TotalCount, 0, "the pool is gone")
    day.native("DeleteHealthCheckPolicy", HealthCheckPolicyName="heal")


def heal(core, machine):
    """A kubelet hangs; the policy finds it and restarts it."""
    [name] = [node.metadata.name for node in core.list_node().items if node.spec.provider_id.endswith("/" + machine)]

    def ready():
        conditions = core.read_node(name).status.conditions
        return next(condition.status for condition in conditions if condition.type == "Ready")

    equal(ready(), "True", "a node")
    expect(break_machine(machine), "the machine does not break")
    wait(45)
    equal(ready(), "Unknown", "a node that does not answer")
    wait(3 * MINUTE)
    equal(ready(), "True", "a healed node")
    reasons = [event.reason for event in core.list_namespaced_event("default").items]
    expect("Repaired" in reasons, reasons)


def add_nodes(day):
    para = json.dumps({"InstanceType": "S5.MEDIUM4", "InstanceCount": 2, "InstanceChargeType": "POSTPAID_BY_HOUR",
                       "VirtualPrivateCloud": {"VpcId": "vpc-default0", "SubnetId": "subnet-default1"}})
    added = day.call("CreateClusterInstances", RunInstancePara=para).InstanceIdSet
    wait(MINUTE)
    equal({node.InstanceState for node in day.nodes()}, {"running"}, "nodes")
    return added


def upgrade(day, nodes):
    """The control plane first, then the nodes; the platform itself works in the window alone."""
    opens = {"MaintenanceTime": "02:00:00", "Duration": 3, "DayOfWeek": ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]}
    day.call("CreateClusterMaintenanceWindowAndExclusions", **opens)
    [window] = day.call("DescribeClusterMaintenanceWindowAndExclusions").MaintenanceWindowAndExclusions
    equal((window.ClusterID, window.MaintenanceTime, window.Duration), (day.cluster, "02:00:00", 3), "the window")
    tasks = day.call("DescribeUpgradeTasks").UpgradeTasks
    plans = [plan for task in tasks for plan in day.call("DescribeUpgradeTaskDetail", ID=task.ID).UpgradePlans]
    equal([(plan.ClusterID, plan.Status) for plan in plans], [(day.cluster, "Pending")], "what the platform plans")
    wait(24 * HOUR)
    plan = day.call("DescribeUpgradeTaskDetail", ID=tasks[0].ID).UpgradePlans[0]
    equal((plan.Status, day.status()), ("Succeed", "Running"), "what the platform did at night")
    hour = time.strptime(plan.UpgradeStartAt[:19].replace("T", " "), "%Y-%m-%d %H:%M:%S").tm_hour
    expect((hour + 8) % 24 in (2, 3, 4) or hour in (2, 3, 4), plan.UpgradeStartAt)

    versions = day.call("DescribeAvailableClusterVersion").Versions
    expect("1.20.6" in versions, versions)
    told = refused("InvalidParameter.Param", lambda: day.call("UpdateClusterVersion", DstVersion="1.22.5"))
    expect("DstVersion" in told.message, told.message)
    day.call("UpdateClusterVersion", DstVersion="1.20.6")
    equal(day.status(), "Upgrading", "a control plane is upgraded")
    refused("ResourceUnavailable.ClusterState", lambda: day.call("UpdateClusterVersion", DstVersion="1.20.6"))
    wait(8 * MINUTE)
    equal((day.status(), day.shown().ClusterVersion), ("Running", "1.20.6"), "an upgraded control plane")
    core = day.kubernetes()
    kubelets = lambda: {node.status.node_info.kubelet_version[:5] for node in core.list_node().items}
    equal(kubelets(), {"v1.18"}, "nodes of the old version")
    able = day.call("CheckInstancesUpgradeAble").UpgradeAbleInstances
    equal(sorted(node.InstanceId for node in able), sorted(nodes), "nodes to upgrade")
    day.call("UpgradeClusterInstances", Operation="create", UpgradeType="major", InstanceIds=nodes,
             SkipPreCheck=True)
    equal(day.call("GetUpgradeInstanceProgress").LifeState, "process", "nodes are upgraded")
    wait(15 * MINUTE)
    progress = day.call("GetUpgradeInstanceProgress")
    equal((progress.LifeState, progress.Done, progress.Total), ("done", 2, 2), "upgraded nodes")
    equal(kubelets(), {"v1.20"}, "nodes of the new version")
    day.call("DeleteClusterMaintenanceWindowAndExclusion")


def forbidden(call, *arguments, **named):
    try:
        call(*arguments, **named)
    except ApiException as error:
        equal(error.status, 403, "the refusal")
        return json.loads(error.body)["message"]
    raise AssertionError("it was allowed")


def sub_account(day):
    """A sub-account has a kubeconfig of its own, with the rights that are granted."""
    cloud = connect(TkeClient, SUB_ID, SUB_KEY)
    core = day.kubernetes(cloud)
    told = forbidden(core.list_namespaced_pod, "default")
    expect(UIN in told and "cannot list resource" in told, told)
    permission = {"ClusterId": day.cluster, "RoleName": "tke:ns:ro", "RoleType": "namespace", "IsCustom": False,
                  "Namespace": "default"}
    day.call("GrantUserPermissions", TargetUin=UIN, Permissions=[permission])
    equal(core.list_namespaced_pod("default").items, [], "a reader lists pods")
    forbidden(core.list_namespaced_pod, "kube-system")
    forbidden(core.create_namespaced_pod, "default", pod("mine"))
    [has] = day.call("DescribeUserPermissions", TargetUin=UIN).Permissions
    equal((has.RoleName, has.Namespace), ("tke:ns:ro", "default"), "the permissions")
    day.call("DeleteUserPermissions", TargetUin=UIN, Permissions=[permission])
    forbidden(core.list_namespaced_pod, "default")


def addons(day):
    def described(name):
        return day.call("DescribeAddon", AddonName=name).Addons[0]

    values = base64.b64encode(json.dumps({"note": "日"}).encode()).decode()
    day.call("InstallAddon", AddonName="cos", RawValues=values)
    equal(described("cos").Phase, "Installing", "a new add-on")
    wait(MINUTE)
    addon = described("cos")
    equal((addon.Phase, json.loads(base64.b64decode(addon.RawValues))), ("Succeeded", {"note": "日"}), "the add-on")
    fail_next_addon("the image cannot be pulled")
    day.call("InstallAddon", AddonName="dnsautoscaler")
    wait(MINUTE)
    addon = described("dnsautoscaler")
    equal((addon.Phase, addon.Reason), ("InstallFailed", "the image cannot be pulled"), "an add-on that failed")
    day.call("DeleteAddon", AddonName="dnsautoscaler")
    wait(MINUTE)
    refused("ResourceNotFound", lambda: described("dnsautoscaler"))


def endpoint(day):
    """Public access by an address."""
    status = lambda: day.call("DescribeClusterEndpointVipStatus").Status
    equal(status(), "NotFound", "no access point")
    day.call("CreateClusterEndpointVip", SecurityPolicies=["10.0.0.0/8"])
    equal(status(), "Creating", "a new access point")
    wait(MINUTE)
    equal(status(), "Created", "the access point")
    shown = day.call("DescribeClusterEndpoints")
    equal(shown.ClusterExternalACL, ["10.0.0.0/8"], "who may come")
    expect(shown.ClusterExternalEndpoint.endswith(":443"), shown.ClusterExternalEndpoint)
    day.call("DeleteClusterEndpointVip")
    wait(MINUTE)
    equal(status(), "Deleted", "no access point any more")


def delete(day, nodes):
    gone = lambda: day.call("DeleteCluster", InstanceDeleteMode="terminate")
    expect("protected" in refused("FailedOperation", gone).message, "the cluster is protected")
    day.call("DisableClusterDeletionProtection")
    told = refused("FailedOperation", gone)
    expect(all(node in told.message for node in nodes), told.message)
    day.call("DeleteClusterInstances", InstanceIds=nodes, InstanceDeleteMode="terminate")
    wait(MINUTE)
    equal(day.nodes(), [], "no nodes")
    gone()
    wait(2 * MINUTE)
    equal(day.call("DescribeClusters", ClusterIds=[day.cluster]).TotalCount, 0, "no cluster")
    refused("ResourceNotFound", gone)


def main():
    day = Day()
    create(day)
    nodes = add_nodes(day)
    node_pool(day)
    native_pool(day)
    upgrade(day, nodes)
    sub_account(day)
    addons(day)
    endpoint(day)
    delete(day, nodes)
    print("ok")


if __name__ == "__main__":
    main()
