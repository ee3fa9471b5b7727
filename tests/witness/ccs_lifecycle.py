"""Tencent's own Python client of API 2.0 drives the reference server.

The client is as it was published: it speaks HTTPS to the public hosts alone (ccs.api.qcloud.com and its neighbours).
The test suite has it reach the server through the proxy that `https_proxy` names, and trust it by `SSL_CERT_FILE`.
Every section calls by plain data and reads plain answers; a failed check raises. What happens besides the calls the
suite does when asked. Prints a line for each section that went well.
Usage: ccs_lifecycle.py SIGNATURE HTTP_METHOD
"""

import datetime
import json
import os
import sys

from QcloudApi.common.api_exception import ApiClientNetworkException, ApiServerNetworkException
from QcloudApi.qcloudapi import QcloudApi

import meanwhile

SIGNATURE, METHOD = sys.argv[1:]
SECRET_ID = os.environ["WHARF_SECRET_ID"]
SECRET_KEY = os.environ["WHARF_SECRET_KEY"]
IMAGES = "ccr.ccs.tencentyun.com/"
TIME = "%Y-%m-%d %H:%M:%S"

# Actions by the module of the client, which stands for a host; those that are not named are of `ccs`.
CCR = {"AddUpdateServiceTrigger", "BatchDeleteRepository", "BatchDeleteTag", "ChangePassword", "CloseAutoDelStrategy",
       "CreateRepository", "DeleteUpdateServiceTrigger", "DuplicateImage", "GetAutoDelStrategy", "GetLimit",
       "GetRepositoryInfo", "GetTagList", "ListTrigger", "ModifyUpdateServiceTrigger", "RepositoryisExists",
       "SearchUserRepository", "SetAutoDelStrategy", "UpdateRepositoryDesc", "UpdateRepositoryPublic"}
# Actions whose outputs stand beside the code.
BESIDE = {"DeleteInstances", "GetMonitorData"}


def client(module, **settings):
    config = {"Region": "gz", "secretId": SECRET_ID, "secretKey": SECRET_KEY, "method": METHOD,
              "SignatureMethod": SIGNATURE}
    return QcloudApi(module, {**config, **settings})


def expect(condition, what):
    if not condition:
        raise AssertionError(what)


def raw(action, parameters, **settings):
    module = "ccr" if action in CCR else "monitor" if action == "GetMonitorData" else "ccs"
    return json.loads(client(module, **settings).call(action, parameters).decode("utf-8"))


def call(action, **parameters):
    """Makes a call that succeeds; gives its outputs."""
    answer = raw(action, parameters)
    expect(answer["code"] == 0 and answer["codeDesc"] == "Success", f"{action}: {answer}")
    return answer if action in BESIDE else answer.get("data")


def refused(action, parameters, code, word=None, says="", **settings):
    answer = raw(action, parameters, **settings)
    expect((answer["code"], answer.get("codeDesc")) == (code, word), f"{action}: {answer}")
    expect(says in answer["message"] and "data" not in answer, f"{action}: {answer}")


def ended(number, seconds):
    expect(call("DescribeClusterTaskResult", requestId=number)["status"] == "running", "nothing happens at once")
    meanwhile.wait(seconds)
    return call("DescribeClusterTaskResult", requestId=number)["status"]


MACHINES = {"zoneId": "1", "subnetId": "subnet-default1", "cpu": 4, "mem": 8, "bandwidthType": "PayByHour",
            "bandwidth": 0, "isVpcGateway": 0, "rootSize": 50, "storageSize": 0}


def make_cluster():
    created = call("CreateCluster", clusterName="集群 & more", clusterCIDR="172.16.0.0/16", vpcId="vpc-default0",
                   osName="ubuntu16.04.1 LTSx86_64", goodsNum=1, **MACHINES)
    cluster = created["clusterId"]
    expect(ended(created["requestId"], 120) == "succ", "the cluster is made")
    found = call("DescribeCluster", clusterIds=[cluster], orderType="asc")
    expect(found["totalCount"] == 1, found)
    found = found["clusters"][0]
    expect((found["clusterName"], found["status"], found["nodeNum"]) == ("集群 & more", "Running", 1), found)
    expect((found["os"], found["region"], found["unVpcId"]) == ("ubuntu16.04.1 LTSx86_64", "ap-guangzhou",
                                                                "vpc-default0"), found)
    return cluster


def section_cluster(cluster):
    bought = call("AddClusterInstances", clusterId=cluster, goodsNum=2, password="Planted-1", **MACHINES)
    expect(ended(bought["requestId"], 60) == "succ" and len(bought["instanceIds"]) == 2, bought)
    joined = call("AddClusterInstancesFromExistedCvm", clusterId=cluster, instanceIds=["ins-default1", "ins-none"])
    expect(joined["succInstanceIds"] == ["ins-default1"], joined)
    expect([one["instanceId"] for one in joined["faliInstanceIds"]] == ["ins-none"], joined)
    meanwhile.wait(60)
    nodes = call("DescribeClusterInstances", clusterId=cluster, offset=1, limit=2)
    expect(nodes["totalCount"] == 4 and len(nodes["nodes"]) == 2, nodes)
    node = nodes["nodes"][0]
    expect((node["isNormal"], node["zone"], type(node["zoneId"])) == (1, "ap-guangzhou-1", int), node)
    call("ModifyClusterNodeLabel", clusterId=cluster, instanceId=node["instanceId"],
         labels=[{"key": "disk", "value": "ssd"}])
    removed = call("DeleteClusterInstances", clusterId=cluster, instanceIds=["ins-default1"],
                   nodeDeleteMode="RemoveOnly")
    expect(ended(removed["requestId"], 30) == "succ", "the node is removed")
    expect(call("DescribeClusterInstances", clusterId=cluster)["totalCount"] == 3, "one node less")
    call("CreateClusterNamespace", clusterId=cluster, name="shop", description="sells 东西")
    names = {one["name"]: one for one in call("DescribeClusterNameSpaces", clusterId=cluster)["namespaces"]}
    expect(names["shop"]["status"] == "Active" and names["shop"]["description"] == "sells 东西", names)
    call("DeleteClusterNamespace", clusterId=cluster, names=["shop"])
    meanwhile.wait(30)
    names = [one["name"] for one in call("DescribeClusterNameSpaces", clusterId=cluster)["namespaces"]]
    expect("shop" not in names and "default" in names, names)


CONTAINER = {
    "containerName": "web", "image": "nginx:1.13", "cpu": 200, "cpuLimits": 400, "memory": 128,
    "envs": [{"name": "MODE", "value": "a_b c&d=e"}, {"name": "SPRACHE", "value": "汉语 é"}],
    "volumeMounts": [{"volumeName": "vol", "mountPath": "/data", "mode": "ro"}],
    "healthCheck": [{"type": "liveCheck", "checkMethod": "methodHttp", "port": 80, "protocol": "HTTP", "path": "/a",
                     "intervalTime": 3, "timeOut": 2}],
    "arguments": ["-c", "sleep 1"], "privileged": "true"}
SERVICE = {"accessType": "LoadBalancer", "volumes": [{"name": "vol", "volumeType": "hostPath", "hostPath": ""}],
           "portMappings": [{"lbPort": 80, "containerPort": 8080, "protocol": "TCP"}], "containers": [CONTAINER],
           "nodeAffinity": [{"key": "disk", "operator": "In", "values": ["ssd", "nvme"]}]}


def section_service(cluster):
    web = {"clusterId": cluster, "serviceName": "web"}

    def info(**due):
        service = call("DescribeClusterServiceInfo", **web)["service"]
        expect(all(service[name] == value for name, value in due.items()), f"{due}: {service}")
        return service

    def pods():
        found = call("DescribeServiceInstance", limit=50, **web)
        expect(found["totalCount"] == len(found["instances"]), found)
        return {pod["name"]: pod for pod in found["instances"]}

    call("CreateClusterService", replicas=2, **web, **SERVICE)
    info(status="Waiting", desiredReplicas=2)
    meanwhile.wait(60)
    made = info(status="Normal", currentReplicas=2, lbStatus="Running", accessType="LoadBalancer")
    container = made["containers"][0]
    expect(container["envs"] == CONTAINER["envs"] and container["arguments"] == ["-c", "sleep 1"], container)
    expect(container["liveProbe"]["methodHttp"] == {"port": 80, "protocol": "HTTP", "path": "/a"}, container)
    expect(container["volumeMounts"] == CONTAINER["volumeMounts"] and container["readyProbe"] is None, container)
    brief = call("DescribeClusterService", clusterId=cluster, allnamespace=1)
    expect([one["serviceName"] for one in brief["services"]] == ["web"], brief)
    call("ModifyServiceReplicas", scaleTo=3, **web)
    meanwhile.wait(20)
    first = pods()
    expect(len(first) == 3 and {pod["status"] for pod in first.values()} == {"Running"}, first)
    victim = sorted(first)[0]
    gone = call("DeleteInstances", clusterId=cluster, instances=[victim, "web-none"])
    expect(gone["successList"] == [victim] and list(gone["failedMap"]) == ["web-none"], gone)
    meanwhile.wait(30)
    expect(len(pods()) == 3 and victim not in pods(), "the pod was replaced")

    call("ModifyClusterServiceImage", image="nginx:1.14", **web)
    info(status="Updating")
    call("PauseClusterService", **web)
    info(status="Paused")
    call("ResumeClusterService", **web)
    meanwhile.wait(120)
    info(status="Normal")
    expect({pod["containers"][0]["image"] for pod in pods().values()} == {"nginx:1.14"}, "all have the new image")
    call("RollBackClusterService", **web)
    info(status="RollingBack")
    meanwhile.wait(120)
    info(status="Normal")
    expect({pod["containers"][0]["image"] for pod in pods().values()} == {"nginx:1.13"}, "all have the old image")
    before = pods()
    call("RedeployClusterService", **web)
    meanwhile.wait(120)
    expect(not set(before) & set(pods()), "all pods are others")
    call("ModifyServiceDescription", description="五星 *** 100%", **web)
    info(serviceDesc="五星 *** 100%")
    changed = dict(SERVICE, containers=[{"containerName": "web", "image": "nginx:1.15"}], accessType="ClusterIP")
    call("ModifyClusterService", replicas=1, strategy="RollingUpdate", minReadySeconds=1, **web, **changed)
    meanwhile.wait(120)
    info(status="Normal", serviceDesc="", accessType="", currentReplicas=1)
    events = call("DescribeServiceEvent", **web)["eventList"]
    expect(events and {event["level"] for event in events} == {"Normal"}, events)


def section_monitor(cluster):
    web = {"clusterId": cluster, "serviceName": "web", "namespace": "default"}

    def measured(metric, **dimensions):
        named = [{"name": name, "value": value} for name, value in dimensions.items()]
        namespace = "qce/cvm" if metric.startswith("dc_") else "qce/docker"
        asked = {"namespace": namespace, "metricName": metric, "dimensions": named, "period": 60}
        # Without a start it begins with the day, which may be young.
        now = datetime.datetime.strptime(call("GetMonitorData", **asked)["endTime"], TIME)
        start = (now - datetime.timedelta(hours=2)).strftime(TIME)
        answer = call("GetMonitorData", **asked, startTime=start, endTime=now.strftime(TIME))
        expect((answer["metricName"], answer["period"]) == (metric, 60) and len(answer["dataPoints"]) > 60, answer)
        return answer["dataPoints"]

    meanwhile.wait(1800)
    meanwhile.load(cluster, "web", 8)
    meanwhile.wait(1800)
    points = measured("service_cpu_used", **web)
    expect(None in points, "there was a time before the service")
    before, after = [max(value for value in part if value is not None) for part in (points[-55:-33], points[-25:])]
    expect(after > 2 * before > 0, f"more load is more work: {before}, {after}")
    pod = call("DescribeServiceInstance", clusterId=cluster, serviceName="web")["instances"][0]
    container = pod["containers"][0]["containerId"]
    expect(len(container) == 64, pod)
    used = measured("container_mem_used", **web, podName=pod["name"], containerId=container[:12])
    expect(used[-1] > 0, used[-5:])
    expect(0 < measured("dc_cpu_usage", docker_clusterid=cluster)[-1] <= 100, "a share of the whole")
    asked = {"namespace": "qce/docker", "metricName": "container_mem_used",
             "dimensions": [{"name": "clusterId", "value": cluster}]}
    refused("GetMonitorData", asked, -509, "InvalidParameter.DimensionGroupError", "podName")
    asked["dimensions"] = [{"name": name, "value": value} for name, value in dict(
        web, podName=pod["name"], containerId=container).items()]
    refused("GetMonitorData", asked, -502, "OperationDenied.SourceNotExists")
    refused("GetMonitorData", {"namespace": "qce/docker"}, -505, "InvalidParameter.MissingParameter")


def section_registry(cluster):
    call("ChangePassword", password="@Pl4nted_+~")
    expect(meanwhile.login("@Pl4nted_+~"), "the password opens the registry")
    name = "shop/web_1"
    call("CreateRepository", reponame=name, public=0, description="描述 a_b")
    expect(call("RepositoryisExists", reponame=name)["isExist"] is True, "it is there")
    call("UpdateRepositoryDesc", reponame=name, description="second")
    call("UpdateRepositoryPublic", reponame=name, public=1)
    found = call("GetRepositoryInfo", reponame=name)
    expect((found["description"], found["public"], found["repotype"]) == ("second", 1, "QCLOUD HUB"), found)
    expect(call("SearchUserRepository", namespace="shop", public=1)["totalCount"] == 1, "one is public")
    limits = {one["type"] for one in call("GetLimit")["limitInfo"]}
    expect(limits == {"namespace", "repo", "tag", "triggers"}, limits)

    digest = meanwhile.push(name, "v1", "one")
    call("DuplicateImage", src_image=name + ":v1", dest_image=name + ":latest_1")
    tags = call("GetTagList", reponame=name, limit=10)
    expect(tags["tagCount"] == 2 and {one["tagId"] for one in tags["tagInfo"]} == {digest}, tags)
    expect({one["tagName"] for one in tags["tagInfo"]} == {"v1", "latest_1"}, tags)
    expect(tags["server"] + "/" == IMAGES and tags["tagInfo"][0]["repo_name"] == "web_1", tags)
    call("BatchDeleteTag", reponame=name, tags=["latest_1"])
    call("SetAutoDelStrategy", reponame=name, type="keep_last_nums", val=5)
    rules = call("GetAutoDelStrategy", reponame=name)["strategyInfo"]
    expect([(one["type"], one["value"], one["valid"]) for one in rules] == [("keep_last_nums", 5, 1)], rules)
    call("CloseAutoDelStrategy", reponame=name)
    expect(call("GetAutoDelStrategy", reponame=name)["totalCount"] == 0, "no rule is left")

    call("AddUpdateServiceTrigger", triggerName="push", reponame=name, invokeMethod="taglist", invokeExpr="v2;v3",
         serviceName="web", clusterId=cluster, namespace="default", containerName="web", clusterRegion=1)
    call("ModifyUpdateServiceTrigger", triggerName="push", newTriggerName="release", invokeExpr="v3;v4",
         invokeMethod="taglist")
    shown = call("ListTrigger", reponame=name)["triggerInfo"]
    expect([(one["triggerName"], one["repoName"]) for one in shown] == [("release", name)], shown)
    expect(shown[0]["invokeCondition"] == {"invokeMethod": "taglist", "invokeExpr": "v3;v4"}, shown)
    for tag, image in (("v2", "nginx:1.15"), ("v3", IMAGES + name + ":v3")):
        meanwhile.push(name, tag, tag)
        meanwhile.wait(60)
        service = call("DescribeClusterServiceInfo", clusterId=cluster, serviceName="web")["service"]
        expect((service["status"], service["containers"][0]["image"]) == ("Normal", image), service)
    call("DeleteUpdateServiceTrigger", triggerName="release")
    call("BatchDeleteRepository", reponames=[name])
    expect(call("RepositoryisExists", reponame=name)["isExist"] is False, "it is gone")


def section_refusals(cluster):
    none = {"clusterId": cluster, "serviceName": "none"}
    refused("DescribeClusterServiceInfo", none, 4000, "KubeResourceNotFound", "(-160004)")
    refused("DescribeClusterServiceInfo", {"clusterId": cluster}, 4000, "InvalidParameter", "serviceName")
    refused("GetRepositoryInfo", {"reponame": "a/none"}, 5000)
    refused("DescribeCluster", {}, 4100, "AuthFailure", secretKey="wrong" + SECRET_KEY)
    refused("DuplicateImage", {"src_image": "a/b:c", "dest_image": "a/b:d"}, 4100, "AuthFailure", secretKey="wrong")
    refused("DescribeCluster", {}, 4104, secretId="AKIDunknown")
    refused("DescribeCluster", {}, 4105, Token="wrong")
    refused("DescribeCluster", {"Timestamp": 1465185768}, 4500)
    refused("DescribeCluster", {}, 4000, "InvalidParameter", Region="moon")
    refused("DescribeClusters", {}, 6100)
    meanwhile.ask("fail", "502")
    try:
        raw("DescribeCluster", {})
    except ApiServerNetworkException as error:
        expect(error.status == 502, error)
    else:
        raise AssertionError("a failure on the way raises")
    trusted = os.environ["SSL_CERT_FILE"]
    os.environ["SSL_CERT_FILE"] = os.devnull
    try:
        raw("DescribeCluster", {})
    except ApiClientNetworkException as error:
        expect("CERTIFICATE_VERIFY_FAILED" in error.message, error)
    else:
        raise AssertionError("the client believes anyone")
    finally:
        os.environ["SSL_CERT_FILE"] = trusted


def section_deletion(cluster):
    call("DeleteClusterService", clusterId=cluster, serviceName="web")
    refused("DescribeClusterServiceInfo", {"clusterId": cluster, "serviceName": "web"}, 4000, "KubeResourceNotFound")
    deleted = call("DeleteCluster", clusterId=cluster)
    expect(ended(deleted["requestId"], 60) == "succ", "the cluster is deleted")
    expect(call("DescribeCluster")["totalCount"] == 0, "no cluster is left")


def main():
    cluster = make_cluster()
    for name in ("cluster", "service", "monitor", "registry", "refusals", "deletion"):
        globals()["section_" + name](cluster)
        print("ok", name, flush=True)


main()
