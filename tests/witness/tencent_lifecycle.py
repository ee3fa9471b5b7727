"""Tencent's own Python client drives the reference server.

Run by the test suite with the server's address and credentials in the environment. Every section
uses the vendor's typed requests and reads the vendor's typed answers; a failed check raises.
Usage: tencent_lifecycle.py SIGNATURE HTTP_METHOD
"""

import json
import os
import sys
import time

from tencentcloud.common import credential
from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile
from tencentcloud.tcr.v20190924 import models as tcr
from tencentcloud.tcr.v20190924.tcr_client import TcrClient
from tencentcloud.tke.v20180525 import models as tke
from tencentcloud.tke.v20180525.tke_client import TkeClient

ENDPOINT = os.environ["WHARF_ENDPOINT"]
SECRET_ID = os.environ["WHARF_SECRET_ID"]
SECRET_KEY = os.environ["WHARF_SECRET_KEY"]
REGION = os.environ["WHARF_REGION"]


def client(kind, signature, method, secret=SECRET_KEY):
    http = HttpProfile(protocol="http", endpoint=ENDPOINT, reqMethod=method, reqTimeout=30)
    profile = ClientProfile(signMethod=signature, httpProfile=http)
    return kind(credential.Credential(SECRET_ID, secret), REGION, profile)


def filled(request, **members):
    """The vendor's request with its members set from plain data, nested ones by its own reader."""
    request._deserialize(members)
    return request


def expect(condition, what):
    if not condition:
        raise AssertionError(what)


def until(what, probe, seconds=60):
    """Asks again until the probe gives something. The server's time runs fast."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = probe()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError(f"{what}: not within {seconds} s")


def refused(code, call):
    try:
        call()
    except TencentCloudSDKException as error:
        expect(error.code == code, f"expected {code}, got {error.code}: {error.message}")
        expect(error.requestId, f"{code} came without a request id")
        return error
    raise AssertionError(f"expected {code}, the call went through")


def run_instances(count):
    return json.dumps({
        "Placement": {"Zone": REGION + "-1"},
        "InstanceType": "S5.MEDIUM4",
        "InstanceCount": count,
        "InstanceChargeType": "POSTPAID_BY_HOUR",
        "LoginSettings": {"Password": "Wharf-密码-1"},
    }, ensure_ascii=False)


def cluster_life(cloud):
    name = "见证-" + str(os.getpid())
    created = cloud.CreateCluster(filled(
        tke.CreateClusterRequest(),
        ClusterType="MANAGED_CLUSTER",
        ClusterCIDRSettings={"ClusterCIDR": "10.%d.0.0/16" % (os.getpid() % 90 + 100), "MaxNodePodNum": 64,
                             "MaxClusterServiceNum": 256, "IgnoreClusterCIDRConflict": True},
        ClusterBasicSettings={"ClusterName": name, "ClusterDescription": "a & b = c"},
        ClusterAdvancedSettings={"IPVS": True, "ContainerRuntime": "containerd"},
        RunInstancesForNode=[{"NodeRole": "WORKER", "RunInstancesPara": [run_instances(2)]}],
    ))
    cluster = created.ClusterId
    expect(cluster.startswith("cls-"), cluster)
    expect(created.RequestId, "no request id")

    def describe():
        return cloud.DescribeClusters(filled(tke.DescribeClustersRequest(), ClusterIds=[cluster]))

    first = describe().Clusters[0]
    expect(isinstance(first, tke.Cluster), type(first))
    expect(first.ClusterName == name, first.ClusterName)
    running = until("cluster running", lambda: (lambda c: c if c.ClusterStatus == "Running" else None)(describe().Clusters[0]))
    expect(running.ClusterNetworkSettings.MaxNodePodNum == 64, "MaxNodePodNum is lost")
    expect(running.ClusterNetworkSettings.Ipvs is True, "IPVS is lost")
    filtered = cloud.DescribeClusters(filled(
        tke.DescribeClustersRequest(), Filters=[{"Name": "ClusterName", "Values": [name, "none"]}], Offset=0, Limit=1))
    expect(filtered.TotalCount >= 1 and filtered.Clusters[0].ClusterName == name, "filter by name")

    added = cloud.CreateClusterInstances(filled(
        tke.CreateClusterInstancesRequest(), ClusterId=cluster, RunInstancePara=run_instances(3),
        InstanceAdvancedSettings={"Labels": [{"Name": "role", "Value": "批处理"}], "Unschedulable": 0}))
    expect(len(added.InstanceIdSet) == 3, added.InstanceIdSet)

    def nodes(**more):
        return cloud.DescribeClusterInstances(filled(
            tke.DescribeClusterInstancesRequest(), ClusterId=cluster, **more))

    def all_running():
        answer = nodes(InstanceRole="WORKER")
        return answer if all(i.InstanceState == "running" for i in answer.InstanceSet) else None

    workers = until("nodes running", all_running)
    expect(workers.TotalCount == 5 and len(workers.InstanceSet) == 5, workers.TotalCount)
    paged = [i.InstanceId for offset in (0, 2, 4) for i in nodes(Offset=offset, Limit=2).InstanceSet]
    expect(sorted(paged) == sorted(i.InstanceId for i in workers.InstanceSet), "pages differ from the whole")
    one = nodes(InstanceIds=added.InstanceIdSet[:1])
    expect([i.InstanceId for i in one.InstanceSet] == added.InstanceIdSet[:1], "by id")

    existing = cloud.DescribeExistedInstances(filled(tke.DescribeExistedInstancesRequest(), Limit=100))
    usable = [i for i in existing.ExistedInstanceSet if i.Usable]
    expect(usable and any(not i.Usable and i.UnusableReason for i in existing.ExistedInstanceSet), "machines to choose from")

    gone = cloud.DeleteClusterInstances(filled(
        tke.DeleteClusterInstancesRequest(), ClusterId=cluster, InstanceIds=added.InstanceIdSet[:2] + ["ins-none"],
        InstanceDeleteMode="terminate"))
    expect(sorted(gone.SuccInstanceIds) == sorted(added.InstanceIdSet[:2]), gone.SuccInstanceIds)
    expect(gone.NotFoundInstanceIds == ["ins-none"], gone.NotFoundInstanceIds)
    until("nodes gone", lambda: nodes().TotalCount == 3)
    return cluster


def endpoint_life(cloud, cluster):
    def status():
        return cloud.DescribeClusterEndpointStatus(filled(
            tke.DescribeClusterEndpointStatusRequest(), ClusterId=cluster, IsExtranet=False)).Status

    expect(status() == "NotFound", status())
    cloud.CreateClusterEndpoint(filled(
        tke.CreateClusterEndpointRequest(), ClusterId=cluster, IsExtranet=False, SubnetId="subnet-default1"))
    until("endpoint", lambda: status() == "Created")
    security = cloud.DescribeClusterSecurity(filled(tke.DescribeClusterSecurityRequest(), ClusterId=cluster))
    expect(security.UserName and security.Password and "BEGIN CERTIFICATE" in security.CertificationAuthority, "security")
    config = cloud.DescribeClusterKubeconfig(filled(tke.DescribeClusterKubeconfigRequest(), ClusterId=cluster))
    expect("apiVersion: v1" in config.Kubeconfig and "clusters:" in config.Kubeconfig, "kubeconfig")


def cluster_end(cloud, cluster):
    cloud.DeleteCluster(filled(tke.DeleteClusterRequest(), ClusterId=cluster, InstanceDeleteMode="terminate"))
    until("cluster gone", lambda: not cloud.DescribeClusters(
        filled(tke.DescribeClustersRequest(), ClusterIds=[cluster])).Clusters)


def registry_life(registry):
    space = "witness-%d" % os.getpid()
    repository = space + "/web"
    try:
        registry.CreateUserPersonal(filled(tcr.CreateUserPersonalRequest(), Password="Wharf-witness-1"))
    except TencentCloudSDKException as error:  # a run before this one made it
        expect("Exist" in error.code, error.code)
    registry.CreateNamespacePersonal(filled(tcr.CreateNamespacePersonalRequest(), Namespace=space))
    exists = registry.ValidateNamespaceExistPersonal(filled(tcr.ValidateNamespaceExistPersonalRequest(), Namespace=space))
    expect(exists.Data.IsExist is True, "namespace exists")
    registry.CreateRepositoryPersonal(filled(
        tcr.CreateRepositoryPersonalRequest(), RepoName=repository, Public=1, Description="网站 & co"))
    found = registry.DescribeRepositoryPersonal(filled(tcr.DescribeRepositoryPersonalRequest(), RepoName=repository)).Data
    expect(found.RepoName == repository and found.Public == 1 and found.Description == "网站 & co", found)
    owned = registry.DescribeRepositoryOwnerPersonal(filled(tcr.DescribeRepositoryOwnerPersonalRequest(), Limit=100)).Data
    expect(repository in [r.RepoName for r in owned.RepoInfo], "owned")
    registry.DeleteRepositoryPersonal(filled(tcr.DeleteRepositoryPersonalRequest(), RepoName=repository))
    registry.DeleteNamespacePersonal(filled(tcr.DeleteNamespacePersonalRequest(), Namespace=space))
    exists = registry.ValidateNamespaceExistPersonal(filled(tcr.ValidateNamespaceExistPersonalRequest(), Namespace=space))
    expect(exists.Data.IsExist is False, "namespace is gone")

    name = "witness%d" % os.getpid()
    instance = registry.CreateInstance(filled(
        tcr.CreateInstanceRequest(), RegistryName=name, RegistryType="basic")).RegistryId

    def running():
        answer = registry.DescribeInstances(filled(tcr.DescribeInstancesRequest(), Registryids=[instance]))
        return answer.Registries[0] if answer.Registries[0].Status == "Running" else None

    expect(until("registry running", running).RegistryName == name, "registry name")
    states = registry.DescribeInstanceStatus(filled(tcr.DescribeInstanceStatusRequest(), RegistryIds=[instance]))
    expect(states.RegistryStatusSet[0].Status == "Running", states.RegistryStatusSet)
    token = registry.CreateInstanceToken(filled(tcr.CreateInstanceTokenRequest(), RegistryId=instance))
    expect(token.Token and token.ExpTime, "token")


def refusals(signature, method):
    wrong = client(TkeClient, signature, method, secret="not-the-secret")
    refused("AuthFailure.SignatureFailure", lambda: wrong.DescribeClusters(tke.DescribeClustersRequest()))

    good = client(TkeClient, signature, method)
    real = time.time
    time.time = lambda: real() - 301
    try:
        refused("AuthFailure.SignatureExpire", lambda: good.DescribeClusters(tke.DescribeClustersRequest()))
    finally:
        time.time = real
    refused("InvalidAction", lambda: good.call("DescribeNothing", {}))
    missing = tke.DeleteClusterRequest()
    missing.ClusterId = "cls-none0000"
    refused("MissingParameter", lambda: good.DeleteCluster(missing))


def main():
    signature, method = sys.argv[1:]
    cloud = client(TkeClient, signature, method)
    cluster = cluster_life(cloud)
    endpoint_life(cloud, cluster)
    cluster_end(cloud, cluster)
    registry_life(client(TcrClient, signature, method))
    refusals(signature, method)
    print(f"ok {signature} {method}")


if __name__ == "__main__":
    main()
