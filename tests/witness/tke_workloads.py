"""Tencent's own Python client drives scaling groups, virtual nodes, log collectors and charts.

Run by the test suite; see tencent_lifecycle.py and meanwhile.py. Time stands still but for `wait`. What the
vendor's typed models have is used as it is there; what they have not, or have in another shape, is
called by its name.
Usage: workloads.py SIGNATURE HTTP_METHOD
"""

import json
import sys

from tencentcloud.tke.v20180525 import models as tke
from tencentcloud.tke.v20180525.tke_client import TkeClient

from tencent_lifecycle import client, expect, filled, refused
from meanwhile import wait
from tcr_registry import equal

PODS = "/api/v1/namespaces/default/pods"


def typed(cloud, action, **members):
    """The action by its typed request and answer."""
    return getattr(cloud, action)(filled(getattr(tke, action + "Request")(), **members))


def named(cloud, action, **members):
    """The action by its name; the answer is plain data."""
    answer = cloud.call_json(action, members)["Response"]
    expect(answer["RequestId"], action + " came without a request id")
    return answer


def kubernetes(cloud, cluster, method, path, body=None):
    answer = named(cloud, "ForwardRequest", ClusterName=cluster, Method=method, Path=path,
                   RequestBody=json.dumps(body) if body else "")
    return json.loads(answer["ResponseBody"])


def pod(name, cpu, **spec):
    return {"apiVersion": "v1", "kind": "Pod",
            "metadata": {"name": name, "ownerReferences": [
                {"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "web", "uid": "u", "controller": True}]},
            "spec": {"containers": [{"name": "main", "image": "nginx", "resources": {"requests": {"cpu": cpu}}}], **spec}}


def running_cluster(cloud):
    cluster = typed(cloud, "CreateCluster", ClusterType="MANAGED_CLUSTER",
                    ClusterCIDRSettings={"ClusterCIDR": "172.16.0.0/16"},
                    ClusterBasicSettings={"VpcId": "vpc-default0"}).ClusterId
    wait(60)
    equal(typed(cloud, "DescribeClusters", ClusterIds=[cluster]).Clusters[0].ClusterStatus, "Running", "cluster")
    return cluster


def scaling_groups(cloud, cluster):
    subnets = ["subnet-default1", "subnet-default2"]

    def create(least, most, **more):
        group = {"MinSize": least, "MaxSize": most, "VpcId": "vpc-default0", "SubnetIds": subnets, **more}
        answer = named(cloud, "CreateClusterAsGroup", ClusterId=cluster, AutoScalingGroupPara=json.dumps(group),
                       LaunchConfigurePara=json.dumps({"InstanceType": "S5.MEDIUM4"}),
                       InstanceAdvancedSettings={"Unschedulable": 0}, Labels=[{"Name": "pool", "Value": "弹性"}])
        expect(answer["LaunchConfigurationId"].startswith("asc-"), answer)
        return answer["AutoScalingGroupId"]

    def described(*groups, **page):
        return typed(cloud, "DescribeClusterAsGroups", ClusterId=cluster, AutoScalingGroupIds=list(groups), **page)

    def status(group):
        return described(group).ClusterAsGroupSet[0].Status

    def nodes(group):
        filters = [{"Name": "autoscaling-group-id", "Values": [group]}]
        return typed(cloud, "DescribeClusterInstances", ClusterId=cluster, Filters=filters).InstanceSet

    group = create(2, 4, AutoScalingGroupName="first")
    equal((status(group), len(nodes(group))), ("enabling", 0), "a new group")
    wait(10)
    equal((status(group), [n.InstanceState for n in nodes(group)]), ("enabled", ["initializing"] * 2), "enabled")
    wait(60)
    equal([n.InstanceState for n in nodes(group)], ["running"] * 2, "nodes of the group")
    shown = described(group).ClusterAsGroupSet[0]
    expect(isinstance(shown, tke.ClusterAsGroup) and shown.CreatedTime, shown)
    equal([(label.Name, label.Value) for label in shown.Labels], [("pool", "弹性")], "labels")

    others = [create(0, 1) for _ in range(4)]
    pages = [described(Offset=offset, Limit=2) for offset in (0, 2, 4, 6)]
    equal([page.TotalCount for page in pages], [5] * 4, "totals")
    equal([g.AutoScalingGroupId for page in pages for g in page.ClusterAsGroupSet], [group] + others, "pages")
    wait(10)

    def change(**attribute):
        typed(cloud, "ModifyClusterAsGroupAttribute", ClusterId=cluster,
              ClusterAsGroupAttribute={"AutoScalingGroupId": group, **attribute})

    change(AutoScalingGroupRange={"MinSize": 1, "MaxSize": 3})
    equal(status(group), "updating", "resized")
    refused("ResourceInUse", lambda: change(AutoScalingGroupEnabled=False))
    wait(5)
    change(AutoScalingGroupEnabled=False)
    equal(status(group), "disabling", "switched off")
    wait(10)
    equal(status(group), "disabled", "off")
    change(AutoScalingGroupEnabled=True)
    equal(status(group), "enabling", "switched on")
    wait(10)
    told = refused("InvalidParameter.AsCommonError", lambda: change(AutoScalingGroupRange={"MinSize": 0, "MaxSize": 201}))
    expect("200" in told.message, told.message)
    refused("InvalidParameter.AsCommonError", lambda: create(3, 2))
    refused("InvalidParameter.AsCommonError", lambda: create(0, 1, AutoScalingGroupName="first"))

    options(cloud, cluster)
    # Two nodes take two pods of that size each; a third node comes, a fourth does not.
    for number in range(5):
        kubernetes(cloud, cluster, "POST", PODS, pod(f"web-{number}", "1500m", nodeSelector={"pool": "弹性"}))
    typed(cloud, "DeleteClusterAsGroups", ClusterId=cluster, AutoScalingGroupIds=others)
    equal({g.Status for g in described(*others).ClusterAsGroupSet}, {"deleting"}, "deleted")
    wait(90)
    equal(described().TotalCount, 1, "the others are gone")
    equal((len(nodes(group)), status(group)), (3, "enabled"), "a group grows to its largest size for pods that wait")
    for number in range(5):
        kubernetes(cloud, cluster, "DELETE", f"{PODS}/web-{number}")
    wait(30 * 60)
    equal(len(nodes(group)), 1, "idle nodes go, down to the smallest size")

    kept = nodes(group)[0].InstanceId
    typed(cloud, "DeleteClusterAsGroups", ClusterId=cluster, AutoScalingGroupIds=[group], KeepInstance=True)
    wait(20)
    equal(described().TotalCount, 0, "no group is left")
    left = typed(cloud, "DescribeClusterInstances", ClusterId=cluster).InstanceSet
    equal([n.InstanceId for n in left], [kept], "its node is kept")
    refused("ResourceNotFound", lambda: typed(
        cloud, "DeleteClusterAsGroups", ClusterId=cluster, AutoScalingGroupIds=[group]))


def options(cloud, cluster):
    def read():
        return typed(cloud, "DescribeClusterAsGroupOption", ClusterId=cluster).ClusterAsGroupOption

    def change(**option):
        typed(cloud, "ModifyClusterAsGroupOptionAttribute", ClusterId=cluster,
              ClusterAsGroupOption={"IsScaleDownEnabled": True, "Expander": "random", **option})

    first = read()
    equal((first.IsScaleDownEnabled, first.Expander, first.MaxEmptyBulkDelete, first.ScaleDownDelay,
           first.ScaleDownUnneededTime, first.ScaleDownUtilizationThreshold), (False, "random", 10, 10, 10, 50), "options")
    change(Expander="least-waste", ScaleDownUtilizationThreshold=80, MaxTotalUnreadyPercentage=33,
           SkipNodesWithLocalStorage=True)
    now = read()
    equal((now.IsScaleDownEnabled, now.Expander, now.ScaleDownUtilizationThreshold, now.MaxTotalUnreadyPercentage,
           now.SkipNodesWithLocalStorage), (True, "least-waste", 80, 33, True), "changed options")
    equal((now.MaxEmptyBulkDelete, now.ScaleDownDelay), (10, 10), "what is not given stays")
    told = refused("InvalidParameterValue", lambda: change(ScaleDownUtilizationThreshold=81))
    expect("80" in told.message, told.message)
    refused("InternalError.AsCommon", lambda: change(Expander="first"))
    equal(read().to_json_string(), now.to_json_string(), "a refused change changes nothing")
    wait(10)


def virtual_nodes(cloud, cluster):
    pool = typed(cloud, "CreateClusterVirtualNodePool", ClusterId=cluster, Name="突发",
                 SubnetIds=["subnet-default1", "subnet-default2"], SecurityGroupIds=["sg-default0"],
                 Labels=[{"Name": "kind", "Value": "virtual"}],
                 Taints=[{"Key": "virtual", "Value": "yes", "Effect": "NoSchedule"}]).NodePoolId

    def pools():
        answer = typed(cloud, "DescribeClusterVirtualNodePools", ClusterId=cluster)
        equal(answer.TotalCount, len(answer.NodePoolSet), "pools")
        return answer.NodePoolSet

    def create(**where):
        # The vendor's answer names one node now; the document's names several.
        return named(cloud, "CreateClusterVirtualNode", ClusterId=cluster, NodePoolId=pool, **where)["InstanceIds"]

    def nodes(*names):
        answer = typed(cloud, "DescribeClusterVirtualNode", ClusterId=cluster, NodePoolId=pool, NodeNames=list(names))
        equal(answer.TotalCount, len(answer.Nodes), "virtual nodes")
        return {node.Name: (node.SubnetId, node.Phase) for node in answer.Nodes}

    shown = pools()[0]
    equal((shown.NodePoolId, shown.Name, shown.LifeState), (pool, "突发", "creating"), "a new pool")
    equal([(taint.Key, taint.Effect) for taint in shown.Taints], [("virtual", "NoSchedule")], "taints")
    refused("ResourceUnavailable", lambda: create(SubnetId="subnet-default1"))
    wait(10)
    equal(pools()[0].LifeState, "normal", "the pool is there")
    [first] = create(SubnetId="subnet-default1")
    second, third = create(SubnetIds=["subnet-default1", "subnet-default2"])
    equal(nodes()[first], ("subnet-default1", "Pending"), "a new virtual node")
    wait(10)
    equal(nodes(), {first: ("subnet-default1", "Running"), second: ("subnet-default1", "Running"),
                    third: ("subnet-default2", "Running")}, "virtual nodes")
    equal(list(nodes(third)), [third], "by name")
    told = refused("InvalidParameter", lambda: create(SubnetId="subnet-default3"))
    expect("subnet-default1, subnet-default2" in told.message, told.message)

    # A query cannot carry an empty list, so the taint is not taken away but made a weak one.
    typed(cloud, "ModifyClusterVirtualNodePool", ClusterId=cluster, NodePoolId=pool, Name="other",
          Taints=[{"Key": "virtual", "Value": "yes", "Effect": "PreferNoSchedule"}])
    shown = pools()[0]
    equal((shown.LifeState, shown.Name, [taint.Effect for taint in shown.Taints], shown.Labels[0].Name),
          ("updating", "other", ["PreferNoSchedule"], "kind"), "changed")
    wait(5)

    kubernetes(cloud, cluster, "POST", PODS, pod("burst", "16", nodeSelector={"kind": "virtual"}))
    wait(5)
    where = kubernetes(cloud, cluster, "GET", PODS + "/burst")["spec"]["nodeName"]
    expect(where in nodes(), where)
    drained = named(cloud, "DrainClusterVirtualNode", ClusterId=cluster, NodeName=where, DryRun=True)
    equal((drained["TotalCount"], drained["Pods"][0]["Name"]), (1, "burst"), "a rehearsed drain")
    refused("ResourceInUse", lambda: named(
        cloud, "DeleteClusterVirtualNode", ClusterId=cluster, NodePoolId=pool, NodeNames=[where]))
    drain = tke.DrainClusterVirtualNodeRequest()
    drain.ClusterId, drain.NodeName = cluster, where
    cloud.DrainClusterVirtualNode(drain)
    wait(60)
    named(cloud, "DeleteClusterVirtualNode", ClusterId=cluster, NodePoolId=pool, NodeNames=[where])
    equal(nodes()[where][1], "Deleting", "deleted")
    wait(10)
    expect(where not in nodes() and len(nodes()) == 2, nodes())
    refused("ResourceNotFound", lambda: named(
        cloud, "DeleteClusterVirtualNode", ClusterId=cluster, NodePoolId=pool, NodeNames=[where]))

    refused("ResourceInUse", lambda: typed(cloud, "DeleteClusterVirtualNodePool", ClusterId=cluster, NodePoolIds=[pool]))
    typed(cloud, "DeleteClusterVirtualNodePool", ClusterId=cluster, NodePoolIds=[pool], Force=True)
    equal(pools()[0].LifeState, "deleting", "the pool goes")
    wait(10)
    equal(pools(), [], "the pool is gone")
    refused("ResourceNotFound", nodes)


def log_collectors(cloud, cluster):
    def rule(name, kind, source, target, sink):
        named(cloud, "CreateLogCollector", ClusterId=cluster, Name=name, Description="规则 " + name, InputType=kind,
              InputOption=source, OutputType=target, OutputOption=sink)

    def of(action, **members):
        return named(cloud, action, ClusterId=cluster, **members)

    namespace = {"Namespace": "default", "AllContainers": True}
    rules = [
        ("stdout", "container-log", {"AllNamespaces": True}, "cls", {"LogsetId": "set-1", "TopicId": "topic-1"}),
        ("files", "pod-log", {"Path": "/log/*.log", "Namespaces": namespace}, "ckafka",
         {"InstanceId": "ckafka-1", "TopicId": "topic-2"}),
        ("host", "host-log", {"Path": "/var/log/messages", "Labels": {"Name": "a", "Value": "b"}}, "kafka",
         {"Host": "10.0.0.1", "Port": "9092", "Topic": "t"}),
    ]
    for given in rules:
        rule(*given)
        read = of("GetLogCollector", Name=given[0])["LogCollector"]
        shown = (read["Name"], read["InputType"], read["InputOption"], read["OutputType"], read["OutputOption"])
        # A service list that was not given is told as an empty one.
        shown[2].get("Namespaces", {}).pop("Services", None)
        equal(shown, given, "rule")
    told = refused("InvalidParameter", lambda: rule(*rules[0]))
    expect("stdout" in told.message, told.message)
    refused("InvalidParameter", lambda: rule("bad", "pod-log", {"Path": "/log"}, "cls", rules[0][4]))
    refused("InvalidParameter", lambda: rule("bad", "host-log", {"Path": "/log"}, "paper", {}))

    whole = of("ListLogCollector")
    pages = [of("ListLogCollector", Offset=offset, Limit=2) for offset in (0, 2, 4)]
    equal([page["TotalCount"] for page in pages], [3] * 3, "totals")
    equal([r for page in pages for r in page["LogCollectorList"]], whole["LogCollectorList"], "pages")
    equal([r["Name"] for r in of("ListLogCollector", Search="st")["LogCollectorList"]], ["stdout", "host"], "search")

    of("UpdateLogCollector", Name="host", Description="new", InputType="host-log", InputOption={"Path": "/var/log/*"})
    read = of("GetLogCollector", Name="host")["LogCollector"]
    equal((read["Description"], read["InputOption"], read["OutputType"]), ("new", {"Path": "/var/log/*"}, "kafka"), "changed")
    refused("InvalidParameter", lambda: of(
        "UpdateLogCollector", Name="stdout", OutputOption={"LogsetId": "set-1", "TopicId": "topic-9"}))
    rule("newer", *rules[0][1:])
    equal(of("CheckIfLogCollectorExists", Name="stdout")["CheckResult"], False, "a topic has one rule")
    of("DeleteLogCollector", Name="newer")
    refused("ResourceNotFound", lambda: of("GetLogCollector", Name="newer"))

    status = of("GetLogCollectorStatus")
    equal((status["Enabled"], status["DesiredNumberScheduled"]), (False, 0), "agents are off")
    of("EnableLogCollector")
    status = of("GetLogCollectorStatus")
    equal((status["Enabled"], status["CurrentNumberScheduled"]), (True, 0), "agents are starting")
    wait(10)
    status = of("GetLogCollectorStatus")
    expect(status["DesiredNumberScheduled"] > 0, status)
    equal(status["CurrentNumberScheduled"], status["DesiredNumberScheduled"], "agents run")


def charts(cloud):
    def upload(file, namespace="shop"):
        named(cloud, "UploadHelmChart", CosPath="https://bucket.example.com/charts/" + file, NamespaceName=namespace,
              RegistryId="registry-1")

    def deleted(action, **members):
        return named(cloud, action, **members)["Deleted"]

    upload("web-app-1.0.0.tgz")
    upload("web-app-1.1.0-rc.1.tgz")
    results = named(cloud, "DescribeHelmChartVersion", ChartName="web-app")["Results"]
    shown = [json.loads(result["Chart"]) for result in results]
    equal([(chart["namespace"], chart["version"]) for chart in shown], [("shop", "1.0.0"), ("shop", "1.1.0-rc.1")], "versions")
    detail = named(cloud, "DescribeHelmChartDetail", ChartName="web-app", ChartVersion="1.0.0")
    equal((detail["Chart"]["Metadata"]["Name"], detail["Chart"]["Metadata"]["Version"]), ("web-app", "1.0.0"), "detail")
    files = [entry["Name"] for entry in detail["FileEntry"]["Children"]]
    expect("Chart.yaml" in files and "values.yaml" in files and "templates" in files, files)
    url = named(cloud, "DescribeChartDownloadInfo", ChartName="web-app", ChartVersion="1.0.0")["PreSignedDownloadURL"]
    expect("web-app-1.0.0.tgz" in url and "signature" in url, url)
    equal(list(named(cloud, "DescribeHelmChart", Search="web")), ["RequestId"], "all that its document names")
    told = refused("InvalidParameter", lambda: upload("web-app-1.0.0.tgz"))
    expect("1.0.0" in told.message, told.message)
    refused("InvalidParameter", lambda: upload("web-app.zip"))
    refused("InvalidParameter", lambda: upload("web-app-2.0.0.tgz", namespace="other"))
    version = {"ChartName": "web-app", "ChartVersion": "1.0.0"}
    equal([deleted("DeleteHelmChartVersion", **version) for _ in range(2)], [True, False], "a version is deleted once")
    refused("InvalidParameter", lambda: named(cloud, "DescribeHelmChartDetail", **version))
    equal([deleted("DeleteHelmChart", ChartName="web-app") for _ in range(2)], [True, False], "a chart is deleted once")
    refused("InvalidParameter", lambda: named(cloud, "DescribeHelmChartVersion", ChartName="web-app"))


def main():
    signature, method = sys.argv[1:]
    cloud = client(TkeClient, signature, method)
    cluster = running_cluster(cloud)
    scaling_groups(cloud, cluster)
    virtual_nodes(cloud, cluster)
    log_collectors(cloud, cluster)
    charts(cloud)
    print(f"ok {signature} {method}")


if __name__ == "__main__":
    main()
