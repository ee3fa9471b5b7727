"""Huawei's own Python client drives the reference server.

Run by the test suite with the server's address, credentials and project in the environment. Every
section uses the vendor's typed requests and reads the vendor's typed answers, whose members are
held against what was sent; a failed check raises. Prints a line for each section that went well.
"""

import base64
import datetime
import json
import os
import time
import warnings
from unittest import mock

import huaweicloudsdkcce.v3 as cce
from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkcore.exceptions.exceptions import ClientRequestException
from huaweicloudsdkcore.http.http_config import HttpConfig
from huaweicloudsdkcore.region.region import Region
from huaweicloudsdkcore.signer import signer
from huaweicloudsdkcore.warning.warning import TypeConversionWarning

ENDPOINT = "http://" + os.environ["WHARF_ENDPOINT"]
ACCESS_KEY = os.environ["WHARF_ACCESS_KEY"]
SECRET_KEY = os.environ["WHARF_SECRET_KEY"]
PROJECT = os.environ["WHARF_PROJECT_ID"]
REGION = os.environ["WHARF_REGION"]

PASSWORD = base64.b64encode(b"$6$KZ2u71CD4JjQneAy$WF5dsoOjTgc9RD46i46cCL3H92LMEo78s0rHdfSLDE8PW7ylE2ICcxUGF7/8"
                            b"RBbnxW0crgA3ZGNFA0LLgFaYD0").decode()
LOGIN = {"userPassword": {"username": "root", "password": PASSWORD}}
TEMPLATE = {"flavor": "c6.large.2", "az": REGION + "-1", "os": "EulerOS 2.9", "login": LOGIN,
            "rootVolume": {"volumetype": "SAS", "size": 40}, "dataVolumes": [{"volumetype": "SSD", "size": 100}],
            "billingMode": 0, "k8sTags": {"role": "batch"},
            "taints": [{"key": "dedicated", "value": "batch", "effect": "PreferNoSchedule"}]}
REINSTALLED = {"os": "CentOS 7.6", "login": {"sshKey": "key"}}

NATIVE = {"str": str, "int": int, "bool": bool}
# What the document has and the client's models do not.
UNKNOWN = {"CreateNode.metadata.labels", "ListNodePools.items[].spec.nodeTemplate.publicIP.eip"} | {
    verb + "CloudPersistentVolumeClaims.metadata." + name for verb in ("Create", "Delete")
    for name in ("creationTimestamp", "namespace", "resourceVersion", "selfLink", "uid")}


def client(key=SECRET_KEY, project=PROJECT):
    return cce.CceClient.new_builder().with_credentials(BasicCredentials(ACCESS_KEY, key, project)) \
        .with_endpoint(ENDPOINT).with_http_config(HttpConfig.get_default_config()).build()


def expect(condition, what):
    if not condition:
        raise AssertionError(what)


def ask(cloud, method, body=None, **members):
    """Makes a call by the client's method, its body written from plain data by the client's models."""
    kind = "".join(part.title() for part in method.split("_"))
    request = getattr(cce, kind + "Request")(**members)
    if body is not None:
        request.body = cloud._deserialize(body, request.openapi_types["body"])
    answer = getattr(cloud, method)(request)
    expect(type(answer) is getattr(cce, kind + "Response"), type(answer))
    if answer.raw_content:
        fits(kind, json.loads(answer.raw_content), type(answer).__name__)
    return answer


def fits(path, value, kind):
    """Whether the client's model has each member and says that type of it, so that nothing is bent in reading."""
    if kind.startswith("list["):
        expect(isinstance(value, list), f"{path} is no list: {value}")
        for item in value:
            fits(path + "[]", item, kind[5:-1])
    elif kind.startswith("dict("):
        for name, item in value.items():
            fits(f"{path}.{name}", item, kind[5:-1].split(", ")[1])
    elif kind in NATIVE:
        expect(type(value) is NATIVE[kind], f"{path} is no {kind}: {value!r}")
    elif kind == "date":
        expect(value.endswith("Z"), f"{path} is no moment: {value}")
    elif kind != "object":
        model = getattr(cce, kind)
        types = {wire: model.openapi_types[name] for name, wire in model.attribute_map.items()}
        for name, item in value.items():
            expect(name in types or f"{path}.{name}" in UNKNOWN, f"the client does not know {path}.{name}")
            if name in types:
                fits(f"{path}.{name}", item, types[name])


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
    except ClientRequestException as error:
        expect((error.status_code, error.error_code) == (status, code), f"expected {status} {code}, got {error}")
        expect(error.error_msg and error.request_id, f"{code} came without a message or a request id")
        return error
    raise AssertionError(f"expected {status} {code}, the call went through")


def finished(cloud, job, kind):
    """The job when it has succeeded, with its parts."""
    def ended():
        answer = ask(cloud, "show_job", job_id=job)
        expect(answer.status.phase in ("Initializing", "Running", "Success"), f"{kind}: {answer.status}")
        return answer if answer.status.phase == "Success" else None

    done = until("job " + kind, ended)
    expect(done.kind == "Job" and done.metadata.uid == job, done)
    expect(done.spec.type == kind, f"expected the job {kind}, got {done.spec.type}")
    expect(done.spec.sub_jobs, f"{kind} has no parts")
    for part in done.spec.sub_jobs:
        expect(isinstance(part, cce.Job) and part.status.phase == "Success" and part.metadata.uid != job, part)
    return done


def in_phase(cloud, cluster, phase):
    def probe():
        answer = ask(cloud, "show_cluster", cluster_id=cluster)
        return answer if answer.status.phase == phase else None

    return until("cluster " + phase, probe)


def create_cluster(cloud, name, cidr, services="10.247.0.0/16"):
    created = ask(cloud, "create_cluster", {
        "kind": "Cluster", "apiVersion": "v3",
        "metadata": {"name": name, "labels": {"team": "containers"},
                     "annotations": {"cluster.install.addons/install": '[{"addonTemplateName": "coredns"}]'}},
        "spec": {"category": "CCE", "type": "VirtualMachine", "flavor": "cce.s1.small",
                 "description": "a & b = 见证 😀", "hostNetwork": {"vpc": "vpc-default0", "subnet": "subnet-default1"},
                 "containerNetwork": {"mode": "overlay_l2", "cidr": cidr}, "authentication": {"mode": "rbac"},
                 "billingMode": 0, "kubernetesSvcIpRange": services}})
    expect(created.status_code == 201 and created.status.phase == "Creating", created.status)
    cluster = created.metadata.uid
    job = finished(cloud, created.status.job_id, "CreateCluster")
    expect((job.spec.cluster_uid, job.spec.resource_name) == (cluster, name), job.spec)
    return cluster


def cluster_life(cloud):
    quota = ask(cloud, "show_quotas").quotas[0]
    expect(quota.quota_key == "cluster" and quota.quota_limit == 15, quota)
    cluster = create_cluster(cloud, "witness", "172.16.0.0/16")
    shown = in_phase(cloud, cluster, "Available")
    expect(shown.metadata.name == "witness" and shown.metadata.labels == {"team": "containers"}, shown.metadata)
    expect(shown.spec.host_network.vpc == "vpc-default0", shown.spec.host_network)
    expect(shown.spec.container_network.cidr == "172.16.0.0/16", shown.spec.container_network)
    expect(shown.spec.description == "a & b = 见证 😀" and shown.spec.version.startswith("v1."), shown.spec)
    expect([end.type for end in shown.status.endpoints] == ["Internal"], shown.status.endpoints)
    detailed = ask(cloud, "show_cluster", cluster_id=cluster, detail="true")
    expect(detailed.metadata.annotations["totalNodesNumber"] == "0", detailed.metadata)
    listed = ask(cloud, "list_clusters").items
    expect([item.status.phase for item in listed if item.metadata.uid == cluster] == ["Available"], listed)
    expect(ask(cloud, "show_quotas").quotas[0].used == quota.used + 1, "the quota does not count")
    changed = ask(cloud, "update_cluster", {"spec": {"description": "改"}}, cluster_id=cluster)
    expect(changed.spec.description == "改", changed.spec)
    expect(ask(cloud, "show_cluster", cluster_id=cluster).spec.description == "改", "the description is lost")

    config = ask(cloud, "create_kubernetes_cluster_cert", {"duration": 30}, cluster_id=cluster)
    expect(config.kind == "Config" and config.current_context == "internal", config.current_context)
    # The port of the reference server. The cluster itself tells its address in the simulated cloud.
    expect(config.clusters[0].cluster.server.startswith("https://127.0.0.1:"), config.clusters)
    user = config.users[0].user
    for text, mark in [(config.clusters[0].cluster.certificate_authority_data, b"BEGIN CERTIFICATE"),
                       (user.client_certificate_data, b"BEGIN CERTIFICATE"), (user.client_key_data, b"PRIVATE KEY")]:
        expect(mark in base64.b64decode(text), mark)

    ask(cloud, "hibernate_cluster", cluster_id=cluster)
    in_phase(cloud, cluster, "Hibernation")
    refused(409, "CCE.01409001", lambda: ask(cloud, "create_kubernetes_cluster_cert", {}, cluster_id=cluster))
    ask(cloud, "awake_cluster", cluster_id=cluster)
    in_phase(cloud, cluster, "Available")
    return cluster


def delete_cluster(cloud, cluster):
    deleted = ask(cloud, "delete_cluster", cluster_id=cluster)
    expect(deleted.status.job_id, deleted.status)
    finished(cloud, deleted.status.job_id, "DeleteCluster")
    refused(404, "CCE.01404001", lambda: ask(cloud, "show_cluster", cluster_id=cluster))
    expect(cluster not in [item.metadata.uid for item in ask(cloud, "list_clusters").items], "listed still")


def nodes_of(cloud, cluster):
    return ask(cloud, "list_nodes", cluster_id=cluster).items


def all_active(cloud, cluster, count):
    def probe():
        nodes = nodes_of(cloud, cluster)
        return nodes if [node.status.phase for node in nodes] == ["Active"] * count else None

    return until(f"{count} active nodes", probe)


def node_life(cloud, cluster, other):
    created = ask(cloud, "create_node", {"kind": "Node", "apiVersion": "v3", "metadata": {"name": "worker"},
                                         "spec": dict(TEMPLATE, count=3)}, cluster_id=cluster)
    expect(created.status_code == 201 and created.status.phase == "Build", created.status)
    expect(PASSWORD not in created.raw_content.decode(), "the password is shown")
    job = finished(cloud, created.status.job_id, "CreateNode")
    expect(job.spec.cluster_uid == cluster, job.spec)
    nodes = all_active(cloud, cluster, 3)
    node = ask(cloud, "show_node", cluster_id=cluster, node_id=nodes[0].metadata.uid)
    expect(node.spec.flavor == "c6.large.2" and node.spec.k8s_tags["role"] == "batch", node.spec)
    expect(node.spec.taints[0].effect == "PreferNoSchedule" and node.spec.root_volume.size == 40, node.spec)
    expect(node.status.private_ip and node.status.server_id, node.status)
    first, second, third = (node.metadata.uid for node in nodes)
    renamed = ask(cloud, "update_node", {"metadata": {"name": "renamed"}}, cluster_id=cluster, node_id=first)
    expect(renamed.metadata.name == "renamed", renamed.metadata)

    reset = ask(cloud, "reset_node", {"apiVersion": "v3", "kind": "List", "nodeList": [
        {"nodeID": second, "spec": REINSTALLED}]}, cluster_id=cluster)
    finished(cloud, reset.jobid, "ResetNode")
    all_active(cloud, cluster, 3)
    expect(ask(cloud, "show_node", cluster_id=cluster, node_id=second).spec.os == "CentOS 7.6", "the system stays")

    removed = ask(cloud, "remove_node", {"apiVersion": "v3", "kind": "RemoveNodesTask", "spec": {
        "login": LOGIN, "nodes": [{"uid": first}]}}, cluster_id=cluster)
    expect(removed.spec.nodes[0].uid == first and removed.kind == "RemoveNodesTask", removed)
    expect(PASSWORD not in removed.raw_content.decode(), "the password is shown")
    finished(cloud, removed.status.job_id, "RemoveNode")
    expect(first not in [node.metadata.uid for node in nodes_of(cloud, cluster)], "removed and there")
    added = ask(cloud, "add_node", {"apiVersion": "v3", "kind": "List", "nodeList": [
        {"serverID": node.status.server_id, "spec": REINSTALLED}]}, cluster_id=cluster)
    finished(cloud, added.jobid, "AddNode")
    servers = [node.status.server_id for node in all_active(cloud, cluster, 3)]
    expect(node.status.server_id in servers, "the server did not join")

    moved = ask(cloud, "migrate_node", {"apiVersion": "v3", "kind": "MigrateNodesTask", "spec": {
        "os": "EulerOS 2.9", "login": {"sshKey": "key"}, "nodes": [{"uid": second}]}},
        cluster_id=cluster, target_cluster_id=other)
    finished(cloud, moved.status.job_id, "MigrateNode")
    expect(all_active(cloud, other, 1)[0].metadata.uid == second, "another node moved")
    deleted = ask(cloud, "delete_node", cluster_id=cluster, node_id=third)
    finished(cloud, deleted.status.job_id, "DeleteNode")
    refused(404, "CCE.01404001", lambda: ask(cloud, "show_node", cluster_id=cluster, node_id=third))
    all_active(cloud, cluster, 1)


def pool_life(cloud, cluster):
    created = ask(cloud, "create_node_pool", {
        "kind": "NodePool", "apiVersion": "v3", "metadata": {"name": "pool"},
        "spec": {"type": "vm", "initialNodeCount": 2, "nodeTemplate": TEMPLATE,
                 "autoscaling": {"enable": True, "minNodeCount": 0, "maxNodeCount": 5, "scaleDownCooldownTime": 10,
                                 "priority": 1}}}, cluster_id=cluster)
    expect(created.status_code == 201 and created.status.phase == "Synchronizing", created.status)
    pool = created.metadata.uid

    def settled(count):
        def probe():
            answer = ask(cloud, "show_node_pool", cluster_id=cluster, nodepool_id=pool)
            return answer if (answer.status.phase, answer.status.current_node) == ("", count) else None

        answer = until(f"pool of {count}", probe)
        mine = [node for node in nodes_of(cloud, cluster)
                if (node.metadata.annotations or {}).get("kubernetes.io/node-pool.id") == pool]
        expect(len(mine) == count and all(node.status.phase == "Active" for node in mine), mine)
        return answer

    expect(settled(2).spec.autoscaling.max_node_count == 5, "autoscaling is lost")
    for size in (4, 1):
        scaled = ask(cloud, "update_node_pool", {"metadata": {"name": "pool"}, "spec": {
            "initialNodeCount": size, "autoscaling": {"enable": False},
            "nodeTemplate": {"k8sTags": {"size": str(size)}, "taints": []}}}, cluster_id=cluster, nodepool_id=pool)
        expect(scaled.spec.initial_node_count == size, scaled.spec)
        expect(settled(size).spec.node_template.k8s_tags["size"] == str(size), "the labels stay")
    listed = ask(cloud, "list_node_pools", cluster_id=cluster).items
    expect([item.metadata.uid for item in listed] == [pool], listed)
    with_default = ask(cloud, "list_node_pools", cluster_id=cluster, show_default_node_pool="true").items
    expect(sorted(item.status.current_node for item in with_default) == [1, 1], with_default)
    deleted = ask(cloud, "delete_node_pool", cluster_id=cluster, nodepool_id=pool)
    expect(deleted.status.phase == "Deleting" and deleted.status.job_id, deleted.status)
    finished(cloud, deleted.status.job_id, "DeleteNodePool")
    refused(404, "CCE.01404001", lambda: ask(cloud, "show_node_pool", cluster_id=cluster, nodepool_id=pool))
    all_active(cloud, cluster, 1)


def addon_life(cloud, cluster):
    templates = {item.metadata.name: item for item in ask(cloud, "list_addon_templates").items}
    one = ask(cloud, "list_addon_templates", addon_template_name="metrics-server").items
    expect(len(one) == 1 and one[0].metadata.name in templates, one)
    versions = [version.version for version in one[0].spec.versions]
    expect(versions == ["1.1.2", "1.0.0"] and one[0].spec.versions[0].support_versions, versions)

    def order(version, annotation):
        return {"kind": "Addon", "apiVersion": "v3", "metadata": {"annotations": annotation},
                "spec": {"clusterID": cluster, "version": version, "addonTemplateName": "metrics-server",
                         "values": {"basic": {"tag": version}, "custom": {"n": 15, "b": False}}}}

    def running():
        answer = ask(cloud, "show_addon_instance", id=addon, cluster_id=cluster)
        return answer if answer.status.status == "running" else None

    installed = ask(cloud, "create_addon_instance", order("1.0.0", {"addon.install/type": "install"}))
    addon = installed.metadata.uid
    expect(installed.status.status == "installing" and installed.status.target_versions == ["1.1.2"], installed.status)
    expect(until("add-on", running).spec.values["custom"] == {"n": 15, "b": False}, "the values are lost")
    listed = ask(cloud, "list_addon_instances", cluster_id=cluster).items
    expect(sorted(item.metadata.name for item in listed) == ["coredns", "metrics-server"], listed)
    ask(cloud, "update_addon_instance", order("1.1.2", {"addon.upgrade/type": "upgrade"}), id=addon)
    upgraded = until("upgrade", running)
    expect(upgraded.status.current_version.version == "1.1.2" and not upgraded.status.target_versions, upgraded.status)
    ask(cloud, "delete_addon_instance", id=addon, cluster_id=cluster)
    until("add-on gone", lambda: addon not in [
        item.metadata.uid for item in ask(cloud, "list_addon_instances", cluster_id=cluster).items])
    missing = "SVCSTG.CCE-ADDONMGR.4040204"
    refused(404, missing, lambda: ask(cloud, "show_addon_instance", id=addon, cluster_id=cluster))
    refused(400, missing, lambda: ask(cloud, "delete_addon_instance", id=addon, cluster_id=cluster))


def claim_life(cloud, cluster):
    claim = {"apiVersion": "v1", "kind": "PersistentVolumeClaim",
             "metadata": {"name": "data", "labels": {"failure-domain.beta.kubernetes.io/region": REGION}},
             "spec": {"volumeID": "disk-1", "storageType": "bs", "accessModes": ["ReadWriteMany"],
                      "resources": {"requests": {"storage": "10Gi"}}}}
    place = {"namespace": "default", "x_cluster_id": cluster}
    created = ask(cloud, "create_cloud_persistent_volume_claims", claim, **place)
    expect(created.status_code == 201 and created.status.phase == "Pending", created)
    expect(created.spec.volume_id == "disk-1" and created.spec.volume_name, created.spec)
    # These refusals are the `Status` of Kubernetes, whose code the client does not read.
    refused(409, None, lambda: ask(cloud, "create_cloud_persistent_volume_claims", claim, **place))
    gone = dict(place, name="data", delete_volume="true", storage_type="bs")
    time.sleep(0.1)  # no call tells when it is bound, which takes seconds of the server's time
    deleted = ask(cloud, "delete_cloud_persistent_volume_claims", **gone)
    expect(deleted.status.phase == "Bound" and deleted.status.capacity == "10Gi", deleted.status)
    refused(404, None, lambda: ask(cloud, "delete_cloud_persistent_volume_claims", **gone))


class Late(datetime.datetime):
    """A clock that is 16 minutes slow, where 15 are allowed."""

    @classmethod
    def utcnow(cls):
        return datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None) - datetime.timedelta(minutes=16)


def refusals(cloud, cluster):
    unknown = "APIGW.0301"
    refused(401, unknown, lambda: ask(client(key="not-the-key"), "list_clusters"))
    with mock.patch.object(signer, "datetime", Late):
        late = refused(401, unknown, lambda: ask(cloud, "list_clusters"))
    expect("expired" in late.error_msg, late.error_msg)
    none = "00000000-0000-0000-0000-000000000000"
    for method, more in [("show_cluster", {}), ("delete_cluster", {}), ("list_nodes", {}), ("hibernate_cluster", {}),
                         ("show_node", {"node_id": none}), ("delete_node_pool", {"nodepool_id": none}),
                         ("list_addon_instances", {})]:
        refused(404, "CCE.01404001", lambda: ask(cloud, method, cluster_id=none, **more))
    refused(404, "CCE.01404001", lambda: ask(cloud, "show_job", job_id=none))
    refused(403, "CCE.01403001", lambda: ask(client(project="0" * 32), "list_clusters"))
    refused(400, "CCE.01400001", lambda: ask(cloud, "create_node", {"spec": {}}, cluster_id=cluster))
    refused(400, "CCE.01400005", lambda: create_cluster(cloud, "conflict", "172.18.0.0/16", "10.200.0.0/16"))


def project_by_name(cluster):
    """The client asks the identity service for the project of the region."""
    credentials = BasicCredentials(ACCESS_KEY, SECRET_KEY).with_iam_endpoint(ENDPOINT)
    cloud = cce.CceClient.new_builder().with_credentials(credentials) \
        .with_region(Region(id=REGION, endpoint=ENDPOINT)).with_http_config(HttpConfig.get_default_config()).build()
    expect(ask(cloud, "show_cluster", cluster_id=cluster).metadata.uid == cluster, "another cluster")
    expect(credentials.project_id == PROJECT, credentials.project_id)


def main():
    warnings.simplefilter("error", TypeConversionWarning)
    cloud = client()
    cluster = cluster_life(cloud)
    other = create_cluster(cloud, "witness", "172.17.0.0/16")
    print("ok cluster")
    node_life(cloud, cluster, other)
    print("ok node")
    for name, section in [("pool", pool_life), ("addon", addon_life), ("claim", claim_life), ("refusals", refusals)]:
        section(cloud, cluster)
        print("ok", name)
    project_by_name(cluster)
    print("ok project")
    for done in (cluster, other):
        delete_cluster(cloud, done)
    print("ok deletion")


if __name__ == "__main__":
    main()
