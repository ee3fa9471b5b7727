"""Alibaba's own Python clients drive the reference server.

Run by the test suite with the name of a client (`older` or `newer`), and the server's address, credentials, region and
a role in the environment. A failed check raises. Prints a line for each section that went well, and what it wishes
for besides its calls after an exclamation mark.
"""

import base64
import json
import os
import sys
import time

from ack_clients import Newer, Older, Refused, expect

ENDPOINT = "http://" + os.environ["WHARF_ENDPOINT"]
REGION = os.environ["WHARF_REGION"]
KEY = os.environ["WHARF_ACCESS_KEY"]
SECRET = os.environ["WHARF_SECRET_KEY"]
ROLE = os.environ["WHARF_ROLE"]

NETWORK = "vpc-2zewharf0000000000001"
SWITCHES = ["vsw-2zewharf000000000000" + str(at) for at in (1, 2, 3)]
SERVERS = ["i-2zewharf00000000000" + str(at) for at in (1, 2)]
NONE = "c" + "0" * 32
# Ranges that no other cluster has.
OTHER = {"container_cidr": "172.22.0.0/16", "service_cidr": "172.23.0.0/20"}
DETECTOR = "ack-node-problem-detector"


def client(key=KEY, secret=SECRET, **more):
    return (Older if sys.argv[1] == "older" else Newer)(ENDPOINT, REGION, key, secret, **more)


def until(what, probe, seconds=60):
    """Asks again until the probe gives something. The server's time runs fast."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = probe()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError(f"{what}: not within {seconds} s")


def refused(status, code, call):
    try:
        call()
    except Refused as error:
        expect((error.status, error.code) == (status, code), f"expected {status} {code}, got {error}")
        expect(error.message and error.request_id, f"{code} came without a message or a request id")
        return error
    raise AssertionError(f"expected {status} {code}, the call went through")


def order(name, **more):
    return {"name": name, "cluster_type": "Kubernetes", "region_id": REGION, "vpcid": NETWORK,
            "master_vswitch_ids": SWITCHES, "master_instance_types": ["ecs.c5.xlarge"] * 3, "master_count": 3,
            "worker_vswitch_ids": SWITCHES[:1], "worker_instance_types": ["ecs.n4.large"], "num_of_nodes": 2,
            "container_cidr": "172.20.0.0/16", "service_cidr": "172.21.0.0/20", "login_password": "Hello1234",
            "worker_system_disk_category": "cloud_efficiency", "worker_system_disk_size": 120, "snat_entry": True,
            "tags": [{"key": "team", "value": "容器"}], **more}


def state(cloud, cluster, *wanted):
    def probe():
        answer = cloud.ask("DescribeClusterDetail", cluster)
        return answer if answer["state"] in wanted else None

    return until("cluster " + "/".join(wanted), probe)


def nodes(cloud, cluster, **query):
    """All pages."""
    found, number = [], 1
    while True:
        answer = cloud.ask("DescribeClusterNodes", cluster, query={"pageSize": "2", "pageNumber": str(number), **query})
        found += answer["nodes"]
        expect(answer["page"]["page_number"] == number, answer["page"])
        if len(found) >= answer["page"]["total_count"]:
            return found
        number += 1


def workers(cloud, cluster, count):
    def probe():
        there = [node for node in nodes(cloud, cluster) if node["instance_role"] == "Worker"]
        good = all(node["state"] == "running" and node["node_status"] == "Ready" for node in there)
        return there if len(there) == count and good else None

    return until(f"{count} workers", probe)


def cluster_life(cloud):
    quota = cloud.ask("DescribeUserQuota")
    expect(quota["cluster_quota"] > 0 and quota["node_quota"] > 0, quota)
    versions = cloud.ask("DescribeKubernetesVersionMetadata", query={"ClusterType": "Kubernetes", "Region": REGION})
    expect(versions[0]["version"] and versions[0]["images"] and versions[0]["runtimes"], versions)
    created = cloud.ask("CreateCluster", body=order("witness", kubernetes_version=versions[1]["version"],
                                                    endpoint_public_access=True))
    cluster = created["cluster_id"]
    expect(created["task_id"] and created["request_id"], created)
    expect(cloud.ask("DescribeClusterDetail", cluster)["state"] == "initial", "not initial")
    refused(400, "ErrorClusterState", lambda: cloud.ask("UpgradeCluster", cluster, body={"component_name": "k8s"}))
    shown = state(cloud, cluster, "running")
    expect((shown["name"], shown["vpc_id"], shown["size"]) == ("witness", NETWORK, 5), shown)
    expect(shown["tags"] == [{"key": "team", "value": "容器"}], shown["tags"])
    expect(json.loads(shown["master_url"])["api_server_endpoint"].startswith("https://"), shown["master_url"])
    expect(shown["current_version"] == versions[1]["version"] and shown["next_version"], shown)
    by_name = "Name" if cloud.name == "older" else "name"
    for name, count in (("witness", 1), ("nothing", 0)):
        listed = cloud.ask("DescribeClustersV1", query={by_name: name, "page_size": 10, "page_number": 1})
        expect((len(listed["clusters"]), listed["page_info"]["total_count"]) == (count, count), listed)

    cloud.ask("ModifyCluster", cluster, body={"deletion_protection": True, "resource_group_id": "rg-witness"})
    shown = cloud.ask("DescribeClusterDetail", cluster)
    expect(shown["deletion_protection"] and shown["resource_group_id"] == "rg-witness", shown)
    refused(400, "ErrorClusterState", lambda: cloud.ask("DeleteCluster", cluster))
    # The older client's setters make a form of it.
    cloud.ask("ModifyCluster", cluster, form={"deletion_protection": False})
    expect(cloud.ask("DescribeClusterDetail", cluster)["deletion_protection"] is False, "protected still")
    cloud.ask("ModifyClusterTags", cluster, body=[{"key": "a & b", "value": "见证 😀"}])
    expect(cloud.ask("DescribeClusterDetail", cluster)["tags"] == [{"key": "a & b", "value": "见证 😀"}], "tags")

    config = cloud.ask("DescribeClusterUserKubeconfig", cluster, query={"PrivateIpAddress": False})
    expect("apiVersion: v1" in config["config"] and config["expiration"], "no kubeconfig")
    certificates = [line.split(":", 1)[1].strip().strip('"') for line in config["config"].splitlines()
                    if "certificate-authority-data" in line]
    expect(b"BEGIN CERTIFICATE" in base64.b64decode(certificates[0]), "no certificate")
    if cloud.name == "older":
        # The newer client has no such call.
        expect("kube-system" in cloud.ask("DescribeClusterNamespaces", cluster)["namespaces"], "no namespaces")
    expect("kind: Deployment" in cloud.ask("DescribeExternalAgent", cluster)["config"], "no deployment")
    resources = cloud.ask("DescribeClusterResources", cluster)
    expect({"CREATE_COMPLETE"} == {resource["state"] for resource in resources}, resources)
    expect(any(NETWORK in resource["resource_info"] for resource in resources), resources)
    log = cloud.ask("DescribeClusterLogs", cluster)
    expect(any("CREATE_COMPLETE" in line["cluster_log"] for line in log), log)
    return cluster


def node_life(cloud, cluster):
    there = workers(cloud, cluster, 2)
    expect({node["instance_type"] for node in there} == {"ecs.n4.large"}, there)
    attached = cloud.ask("AttachInstances", cluster, body={
        "instances": SERVERS + ["i-none"], "password": "Hello1234", "keep_instance_name": True, "format_disk": False})
    results = {one["instanceId"]: one["code"] for one in attached["list"]}
    expect(results == {SERVERS[0]: "200", SERVERS[1]: "200", "i-none": "404"}, attached)
    there = workers(cloud, cluster, 4)
    mine = {node["instance_id"]: node for node in there if node["instance_id"] in SERVERS}
    expect(len(mine) == 2 and mine[SERVERS[0]]["instance_name"].startswith("before-"), mine)
    cloud.ask("RemoveClusterNodes", cluster, body={
        "nodes": [mine[SERVERS[1]]["node_name"]], "drain_node": True, "release_node": False})
    expect(SERVERS[1] not in [node["instance_id"] for node in workers(cloud, cluster, 3)], "removed and there")
    script = cloud.ask("DescribeClusterAttachScripts", cluster, body={"arch": "amd64", "keep_instance_name": True})
    expect(isinstance(script, str) and cluster in script, "no script")


def pool_life(cloud, cluster):
    created = cloud.ask("CreateClusterNodePool", cluster, body={
        "nodepool_info": {"name": "witness"}, "count": 1,
        "scaling_group": {"instance_types": ["ecs.c5.xlarge"], "vswitch_ids": SWITCHES[:2], "system_disk_size": 120,
                          "system_disk_category": "cloud_efficiency", "login_password": "Hello1234",
                          "tags": [{"key": "t", "value": "v"}]},
        "kubernetes_config": {"labels": [{"key": "tier", "value": "front"}], "cpu_policy": "none",
                              "taints": [{"key": "dedicated", "value": "web", "effect": "NoSchedule"}]},
        "auto_scaling": {"enable": True, "max_instances": 9, "min_instances": 0, "type": "cpu"}})
    pool = created["nodepool_id"]

    def settled(count):
        def probe():
            answer = cloud.ask("DescribeClusterNodePoolDetail", cluster, pool)
            status = answer["status"]
            return answer if (status["state"], status["total_nodes"]) == ("active", count) else None

        return until(f"pool of {count}", probe)

    first = settled(1)
    expect(first["auto_scaling"]["max_instances"] == 9 and not first["nodepool_info"]["is_default"], first)
    expect(first["kubernetes_config"]["taints"][0]["effect"] == "NoSchedule", first["kubernetes_config"])
    expect(first["scaling_group"]["login_password"] != "Hello1234", "the password is shown")
    cloud.ask("ScaleClusterNodePool", cluster, pool, body={"count": 2})
    settled(3)
    cloud.ask("ModifyClusterNodePool", cluster, pool, body={
        "update_nodes": True, "kubernetes_config": {"labels": [{"key": "tier", "value": "back"}]},
        "auto_scaling": {"enable": False}})
    changed = settled(3)
    expect(changed["kubernetes_config"]["labels"] == [{"key": "tier", "value": "back"}], changed)
    mine = nodes(cloud, cluster, nodepool_id=pool)
    expect(len(mine) == 3 and {node["nodepool_id"] for node in mine} == {pool}, mine)
    names = sorted(one["nodepool_info"]["name"] for one in cloud.ask("DescribeClusterNodePools", cluster)["nodepools"])
    expect("witness" in names and len(names) == 2, names)
    keep = 3 if cloud.name == "newer" else 0
    leaving = [node["node_name"] for node in mine][keep:]
    if leaving:
        cloud.ask("RemoveClusterNodes", cluster, body={"nodes": leaving, "release_node": True})
        settled(0)
    # The newer client can delete a pool that has nodes.
    cloud.ask("DeleteClusterNodepool", cluster, pool, query={"force": True} if keep else None)

    def gone():
        try:
            cloud.ask("DescribeClusterNodePoolDetail", cluster, pool)
        except Refused as error:
            expect((error.status, error.code) == (404, "ErrorNodePoolNotFound"), error)
            return True

    until("pool gone", gone)
    workers(cloud, cluster, 3)


def addon_life(cloud, cluster):
    if cloud.name == "older":
        # The newer client's call has another shape than the guide's.
        offered = cloud.ask("DescribeAddons", query={"region": REGION})
        expect(offered["StandardComponents"][DETECTOR]["required"] == "false", offered)

    def version():
        return cloud.ask("DescribeClusterAddonsVersion", cluster)[DETECTOR]

    expect(version()["exist"] is False, version())
    cloud.ask("InstallClusterAddons", cluster, body=[{"name": DETECTOR, "version": "1.2.0", "config": '{"a": "值"}'}])
    there = until("add-on", lambda: version() if version()["ready_to_upgrade"] else None)
    expect((there["version"], there["next_version"]) == ("1.2.0", "1.2.1"), there)
    expect(json.loads(there["value"]) == {"a": "值"}, there)
    cloud.ask("UpgradeClusterAddons", cluster, body=[
        {"component_name": DETECTOR, "version": "1.2.0", "next_version": "1.2.1"}])

    def upgraded():
        names = [DETECTOR] if cloud.name == "newer" else json.dumps([DETECTOR])
        answer = cloud.ask("DescribeClusterAddonsUpgradeStatus", cluster, query={"componentIds": names})
        return answer[DETECTOR]["tasks"]["status"] == "Success"

    until("add-on upgraded", upgraded)
    expect((version()["version"], version()["can_upgrade"]) == ("1.2.1", False), version())
    cloud.ask("UnInstallClusterAddons", cluster, body=[{"name": DETECTOR}])
    until("add-on gone", lambda: not version()["exist"])
    refused(404, "AddonNotFound", lambda: cloud.ask("InstallClusterAddons", cluster, body=[
        {"name": "nothing", "version": "1"}]))


def upgrade_life(cloud, cluster):
    was = state(cloud, cluster, "running")
    refused(400, "ErrorClusterState", lambda: cloud.ask("PauseClusterUpgrade", cluster))
    wish = {"component_name": "k8s", "version": was["current_version"], "next_version": was["next_version"]}
    cloud.ask("UpgradeCluster", cluster, body=wish)
    cloud.ask("PauseClusterUpgrade", cluster)
    expect(cloud.ask("GetUpgradeStatus", cluster)["status"] == "pause", "not paused")
    cloud.ask("ResumeUpgradeCluster", cluster)
    cloud.ask("CancelClusterUpgrade", cluster)
    state(cloud, cluster, "running")
    cloud.ask("UpgradeCluster", cluster, body=wish)
    until("upgrade", lambda: cloud.ask("GetUpgradeStatus", cluster)["status"] == "success")
    expect(state(cloud, cluster, "running")["current_version"] == was["next_version"], "not upgraded")


def template_life(cloud):
    made = cloud.ask("CreateTemplate", body={
        "name": "witness", "template": "kind: Service", "template_type": "kubernetes"})
    template = cloud.ask("DescribeTemplateAttribute", made["template_id"])[0]
    expect((template["name"], template["template"]) == ("witness", "kind: Service"), template)
    stable = template["template_with_hist_id"]
    cloud.ask("UpdateTemplate", made["template_id"], body={"name": "witness", "template": "kind: 列表"})
    changed = cloud.ask("DescribeTemplateAttribute", stable)[0]
    expect(changed["template"] == "kind: 列表" and changed["id"] != made["template_id"], changed)
    listed = cloud.ask("DescribeTemplates", query={"template_type": "kubernetes"})
    expect(changed["id"] in [one["id"] for one in listed["templates"]], listed)
    cloud.ask("DeleteTemplate", changed["id"])
    refused(404, "ErrorTemplateNotFound", lambda: cloud.ask("DescribeTemplateAttribute", changed["id"]))


def refusals(cloud, cluster):
    refused(403, "SignatureDoesNotMatch", lambda: client(secret="not-the-secret").ask("DescribeUserQuota"))
    refused(404, "InvalidAccessKeyId.NotFound", lambda: client(key="LTAInobody").ask("DescribeUserQuota"))
    for minutes in (-16, 16):
        moment = time.gmtime(time.time() + 60 * minutes)
        form = ["%a, %d %b %Y %H:%M:%S GMT", "%Y-%m-%dT%H:%M:%SZ"]
        with cloud.late(*[time.strftime(one, moment) for one in form]):
            refused(400, "InvalidTimeStamp.Expired", lambda: cloud.ask("DescribeUserQuota"))
    gone = "ErrorClusterNotFound"
    for operation in ("DescribeClusterDetail", "DeleteCluster", "DescribeClusterNodes", "DescribeClusterLogs",
                      "DescribeClusterNodePools", "GetUpgradeStatus", "DescribeClusterAddonsVersion"):
        refused(404, gone, lambda: cloud.ask(operation, NONE))
    refused(400, "ErrorClusterNameAlreadyExist", lambda: cloud.ask("CreateCluster", body=order("witness", **OTHER)))
    refused(400, "InvalidParameter", lambda: cloud.ask("CreateCluster", body=order("wrong", vpcid="vpc-none", **OTHER)))
    refused(400, "InvalidParameter", lambda: cloud.ask("ModifyClusterTags", cluster, body=[
        {"key": "acs:reserved", "value": ""}]))


def session_life(cloud, cluster):
    """The token service, by the client that both have for it."""
    sts = Older(ENDPOINT, REGION, KEY, SECRET)
    given = sts.assume_role(RoleArn=ROLE, RoleSessionName="witness", DurationSeconds=900)
    expect(given["AssumedRoleUser"]["Arn"] == ROLE + "/witness", given["AssumedRoleUser"])
    key = given["Credentials"]
    expect(key["AccessKeyId"].startswith("STS."), key["AccessKeyId"])
    left = time.mktime(time.strptime(key["Expiration"], "%Y-%m-%dT%H:%M:%SZ")) - time.mktime(time.gmtime())
    expect(800 < left <= 900, left)
    session = client(key["AccessKeyId"], key["AccessKeySecret"], token=key["SecurityToken"])
    expect(session.ask("DescribeClusterDetail", cluster)["cluster_id"] == cluster, "not of the account")
    again = Older(ENDPOINT, REGION, key["AccessKeyId"], key["AccessKeySecret"], token=key["SecurityToken"])
    expect(again.assume_role(RoleArn=ROLE, RoleSessionName="again")["Credentials"]["SecurityToken"], "no role")
    for status, code, more in [
            (404, "EntityNotExist.Role", {"RoleArn": ROLE + "-none"}),
            (400, "InvalidParameter.RoleArn", {"RoleArn": "x"}),
            (400, "InvalidParameter.RoleSessionName", {"RoleSessionName": "not a name"}),
            (400, "InvalidParameter.PolicyGrammar", {"Policy": "{"}),
            (400, "InvalidParameter.DurationSeconds", {"DurationSeconds": 899})]:
        refused(status, code, lambda: sts.assume_role(**{"RoleArn": ROLE, "RoleSessionName": "witness", **more}))
    refused(403, "SignatureDoesNotMatch", lambda: Older(ENDPOINT, REGION, KEY, "not-the-secret").assume_role(
        RoleArn=ROLE, RoleSessionName="witness"))
    print("! expire", flush=True)
    sys.stdin.readline()
    refused(400, "InvalidSecurityToken.Expired", lambda: session.ask("DescribeClusterDetail", cluster))


def organization_life(cluster):
    within = client(private={"organization": "3", "resource_group": "58"})
    refused(404, "ErrorClusterNotFound", lambda: within.ask("DescribeClusterDetail", cluster))
    mine = within.ask("CreateCluster", body=order("of-three", cluster_type="ManagedKubernetes", num_of_nodes=0,
                                                  **OTHER))
    listed = within.ask("DescribeClustersV1")["clusters"]
    expect([one["cluster_id"] for one in listed] == [mine["cluster_id"]], listed)
    expect((listed[0]["Department"], listed[0]["ResourceGroup"]) == (3, 58), listed)
    refused(404, "ErrorClusterNotFound",
            lambda: client(private={"organization": "4"}).ask("DescribeClusterDetail", mine["cluster_id"]))
    if within.name == "older":
        refused(400, "MissingOrganizationId", lambda: client(private={"resource_group": "58"}).ask("DescribeUserQuota"))


def delete(cloud, cluster):
    cloud.ask("DeleteCluster", cluster, query={"retain_all_resources": False})

    def gone():
        try:
            expect(cloud.ask("DescribeClusterDetail", cluster)["state"] == "deleting", "not deleting")
        except Refused as error:
            expect((error.status, error.code) == (404, "ErrorClusterNotFound"), error)
            return True

    until("cluster gone", gone)


def main():
    cloud = client()
    cluster = cluster_life(cloud)
    print("ok cluster")
    for name, section in [("node", node_life), ("pool", pool_life), ("addon", addon_life), ("upgrade", upgrade_life)]:
        section(cloud, cluster)
        print("ok", name)
    template_life(cloud)
    print("ok template")
    refusals(cloud, cluster)
    print("ok refusals")
    session_life(cloud, cluster)
    print("ok session")
    organization_life(cluster)
    print("ok organization")
    delete(cloud, cluster)
    print("ok deletion")


if __name__ == "__main__":
    main()
