"""The calls and the requests whose bytes and signatures are recorded from Huawei's Python client."""

PROJECT = "0123456789abcdef0123456789abcdef"
CLUSTER = "7d9e2b3c-0000-11ed-8000-0255ac100b01"
NODE = "c3d4e5f6-0000-11ed-8000-0255ac100b02"

NODE_SPEC = {
    "flavor": "c6.large.2", "az": "cn-north-1a", "os": "EulerOS 2.9",
    "login": {"userPassword": {"username": "root", "password": "JDYkZmFrZSQvRmFrZSs9PQ=="}},
    "rootVolume": {"volumetype": "SAS", "size": 40},
    "dataVolumes": [{"volumetype": "SSD", "size": 100,
                     "metadata": {"__system__encrypted": "1", "__system__cmkid": "key-1"}}],
    "publicIP": {"count": 1, "eip": {"iptype": "5_bgp", "bandwidth": {"chargemode": "traffic", "size": 10,
                                                                      "sharetype": "PER"}}},
    "count": 2, "k8sTags": {"a/b": "c", "层": "值"},
    "taints": [{"key": "k", "value": "", "effect": "NoSchedule"}],
    "extendParam": {"alpha.cce/preInstall": "ZWNobwo=", "maxPods": 110},
}


def call(name, operation, client, given, **options):
    """A call by the name of our operation and of the client's method; `places` says what is not in the body."""
    return dict({"name": name, "operation": operation, "client": client, "input": given, "query": [], "headers": [],
                 "host_members": [], "token": None, "time": 1700000000, "project": PROJECT,
                 "endpoint": "https://cce.cn-north-1.myhuaweicloud.com"}, **options)


CALLS = [
    call("create-cluster", "CreateCluster", "create_cluster",
         {"kind": "Cluster", "apiVersion": "v3",
          "metadata": {"name": "wharf-测试", "labels": {"z": "", "团队": "容器"},
                       "annotations": {"cluster.install.addons/install":
                                       '[{"addonTemplateName": "coredns", "values": {"flavor": {"名": 2500}}}]'}},
          "spec": {"category": "CCE", "type": "VirtualMachine", "flavor": "cce.s1.small", "version": "v1.21",
                   "description": "first line\nsecond\t\"quoted\" \\ \x7f é 😀",
                   "hostNetwork": {"vpc": "vpc-1", "subnet": "subnet-1"},
                   "containerNetwork": {"mode": "overlay_l2", "cidr": "172.16.0.0/16"},
                   "authentication": {"mode": "rbac", "authenticatingProxy": {}},
                   "billingMode": 0, "kubernetesSvcIpRange": "10.247.0.0/16"}}),
    call("get-cluster-detail", "GetCluster", "show_cluster",
         {"cluster_id": CLUSTER, "detail": "true"}, query=["detail"]),
    call("list-clusters-token", "ListClusters", "list_clusters", {}, token="fake-token+/=%&"),
    call("list-clusters-private", "ListClusters", "list_clusters", {}, time=0,
         endpoint="https://cce.region0.cloud.example.com:8443", project="abc"),
    call("update-cluster", "UpdateCluster", "update_cluster",
         {"cluster_id": CLUSTER, "spec": {"description": ""}}),
    call("delete-cluster", "DeleteCluster", "delete_cluster", {"cluster_id": CLUSTER}),
    call("hibernate-cluster", "HibernateCluster", "hibernate_cluster", {"cluster_id": CLUSTER}),
    call("create-node", "CreateNode", "create_node",
         {"cluster_id": CLUSTER, "kind": "Node", "apiVersion": "v3", "metadata": {"name": "node"}, "spec": NODE_SPEC}),
    call("get-node-odd-id", "GetNode", "show_node", {"cluster_id": "a b/c%~'*?#&=+:@é", "node_id": "-_.~!$()[]"}),
    call("add-nodes", "AddNodes", "add_node",
         {"cluster_id": CLUSTER, "apiVersion": "v3", "kind": "List",
          "nodeList": [{"serverID": "s-1", "spec": {"os": "EulerOS 2.9", "login": {"sshKey": "key"}}},
                       {"serverID": "s-2", "spec": {"os": "EulerOS 2.9", "login": {"sshKey": "key"}}}]}),
    call("remove-nodes", "RemoveNodes", "remove_node",
         {"cluster_id": CLUSTER, "apiVersion": "v3", "kind": "RemoveNodesTask",
          "spec": {"login": {"sshKey": "key"}, "nodes": [{"uid": NODE}]}}),
    call("migrate-nodes", "MigrateNodes", "migrate_node",
         {"cluster_id": CLUSTER, "target_cluster_id": "other", "apiVersion": "v3", "kind": "MigrateNodesTask",
          "spec": {"os": "EulerOS 2.9", "login": {"sshKey": "key"}, "nodes": [{"uid": NODE}]}}),
    call("create-node-pool", "CreateNodePool", "create_node_pool",
         {"cluster_id": CLUSTER, "kind": "NodePool", "apiVersion": "v3", "metadata": {"name": "池"},
          "spec": {"initialNodeCount": 0, "type": "vm",
                   "autoscaling": {"enable": True, "minNodeCount": 0, "maxNodeCount": 5, "scaleDownCooldownTime": 10,
                                   "priority": 1},
                   "nodeTemplate": NODE_SPEC}}),
    call("list-node-pools", "ListNodePools", "list_node_pools",
         {"cluster_id": CLUSTER, "showDefaultNodePool": "true"}, query=["showDefaultNodePool"]),
    call("get-job", "GetJob", "show_job", {"job_id": "job-1"}),
    call("create-pvc", "CreateCloudPVC", "create_cloud_persistent_volume_claims",
         {"cluster_id": CLUSTER, "namespace": "default", "apiVersion": "v1", "kind": "PersistentVolumeClaim",
          "metadata": {"name": "claim", "labels": {"failure-domain.beta.kubernetes.io/region": "cn-north-1"}},
          "spec": {"volumeID": "vol-1", "storageType": "bs", "accessModes": ["ReadWriteMany"]}},
         host_members=["cluster_id"]),
    call("delete-pvc", "DeleteCloudPVC", "delete_cloud_persistent_volume_claims",
         {"cluster_id": CLUSTER, "namespace": "默认", "name": "claim", "storageType": "bs", "deleteVolume": True},
         query=["deleteVolume", "storageType"], host_members=["cluster_id"]),
    call("create-addon", "CreateAddonInstance", "create_addon_instance",
         {"kind": "Addon", "apiVersion": "v3", "metadata": {"annotations": {"addon.install/type": "install"}},
          "spec": {"version": "1.0.0", "clusterID": CLUSTER, "values": {"basic": {}, "custom": {"b": False, "n": 15}},
                   "addonTemplateName": "metrics-server"}}),
    call("list-addons", "ListAddonInstances", "list_addon_instances", {"cluster_id": CLUSTER}, query=["cluster_id"],
         token="fake-token"),
    call("show-quotas", "ShowQuotas", "show_quotas", {}),
]


def request(name, method, path, **parts):
    """A request that goes to the signer alone."""
    return dict({"name": name, "method": method, "path": path, "query": [], "time": 1700000000,
                 "headers": [["Content-Type", "application/json"]], "payload": ["", 1]}, **parts)


REQUESTS = [
    request("empty", "GET", "/"),
    request("query", "GET", "/v1/things",
            query=[["b", "2"], ["a", "z"], ["a", "b c+d/e~*"], ["A", ""], ["a-", "%41"], ["a", "b"]]),
    request("query-not-ascii", "GET", "/v1/things", query=[["é", "值 😀"], ["z", "\U0010ffff"], ["\uffff", "1"]]),
    request("path-escaped", "DELETE", "/v1/a%2Fb/%E9%9B%86%20/x%2520y/~_.-"),
    request("path-with-slash", "DELETE", "/v1/things/"),
    request("body-not-ascii", "POST", "/v1/things", payload=['{"名": "值 😀"}', 1]),
    request("body-1-mb", "PUT", "/v1/things", payload=["0123456789abcdef", 65536]),
    request("security-token", "POST", "/v1/things", payload=["{}", 1], time=0,
            headers=[["Content-Type", "application/json"], ["X-Security-Token", "fake-token+/=%&"],
                     ["X-Project-Id", PROJECT], ["User-Agent", " huaweicloud-usdk-python/3.0 "]]),
    request("header-not-ascii", "GET", "/v1/things", headers=[["X-Name", "  名 a  b "], ["Z", ""]]),
    request("body-unsigned", "PATCH", "/v1/things", payload=["{}", 1],
            headers=[["Content-Type", "application/merge-patch+json"]]),
]
