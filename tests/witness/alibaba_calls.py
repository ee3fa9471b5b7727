"""The calls whose bytes and signatures are recorded from Alibaba's Python clients."""

CLUSTER = "c82e6987e2961451182edacd74faf0000"
PRIVATE = {"organization": "37", "resource_group": "420", "instance": CLUSTER}


def call(name, operation, method, path, given=None, **options):
    """A call of an operation with a resource. What is neither in the path nor in `query` is the body; `payload`
    names the input that is the whole of it."""
    return dict({"name": name, "operation": operation, "version": "2015-12-15", "method": method, "path": path,
                 "input": given or {}, "query": [], "payload": None, "token": None, "private": {},
                 "region": "cn-beijing", "endpoint": "https://cs.cn-beijing.aliyuncs.com", "time": 1700000000},
                **options)


def own(name, *arguments, **options):
    return call("own-" + name, *arguments, **options)


CALLS = [
    call("list-clusters", "DescribeClustersV1", "GET", "/api/v1/clusters",
         {"page_number": 2, "page_size": 50, "name": "wharf"}, query=["name", "page_number", "page_size"]),
    call("list-not-ascii", "DescribeClustersV1", "GET", "/api/v1/clusters",
         {"name": "集群 😀 a+b/c=d&e%2F~*'\"", "cluster_type": "ManagedKubernetes"}, query=["name", "cluster_type"]),
    call("create-cluster", "CreateCluster", "POST", "/clusters",
         {"name": "wharf-测试", "region_id": "cn-beijing", "cluster_type": "ManagedKubernetes", "num_of_nodes": 3,
          "snat_entry": True, "key_pair": "", "tags": [{"key": "团队", "value": "容器"}],
          "user_ca": "first line\nsecond\t\"quoted\" \\ \x7f é 😀", "worker_system_disk_size": 120,
          "addons": [{"name": "flannel", "config": "{\"a\": \"<&>\"}"}, {"name": "ack-node-problem-detector"}]}),
    call("bare-array", "InstallClusterAddons", "POST", "/clusters/{cluster_id}/components/install",
         {"cluster_id": CLUSTER, "body": [{"name": "ingress", "config": "{}"}, {"name": "日志"}]}, payload="body"),
    call("empty-body", "PauseComponentUpgrade", "POST", "/clusters/{clusterid}/components/{componentid}/pause",
         {"clusterid": CLUSTER, "componentid": "coredns"}),
    call("empty-object", "UpgradeCluster", "POST", "/api/v2/clusters/{cluster_id}/upgrade",
         {"cluster_id": CLUSTER, "next_version": ""}),
    call("session-token", "DescribeUserQuota", "GET", "/quota", token="CAISfake+token/with==/everything&%"),
    call("session-token-body", "ScaleOutCluster", "POST", "/api/v2/clusters/{cluster_id}",
         {"cluster_id": CLUSTER, "count": 2, "login_password": "Hello1234!"}, token="fake-token", time=0),
    call("organization", "DescribeClusterDetail", "GET", "/clusters/{cluster_id}", {"cluster_id": CLUSTER},
         private=PRIVATE, region="cn-neimeng-env30-d01", endpoint="https://cs.cn-neimeng-env30-d01.example.com:8443"),
    call("organization-body", "CreateTemplate", "POST", "/templates",
         {"name": "nginx", "template": "apiVersion: v1\nkind: Service", "tags": ""}, private={"organization": "37"},
         token="fake-token"),
    call("delete-list", "DeleteCluster", "DELETE", "/clusters/{cluster_id}",
         {"cluster_id": CLUSTER, "retain_resources": ["vpc-1", "sg-2\"集"], "keep_slb": "true"},
         query=["retain_resources", "keep_slb"]),
    call("list-tags", "ListTagResources", "GET", "/tags",
         {"region_id": "cn-beijing", "resource_ids": [CLUSTER], "resource_type": "CLUSTER",
          "tags": [{"key": "a", "value": "b c"}], "next_token": "="},
         query=["region_id", "resource_ids", "resource_type", "tags", "next_token"]),
    call("update-put", "ModifyClusterNodePool", "PUT", "/clusters/{ClusterId}/nodepools/{NodepoolId}",
         {"ClusterId": CLUSTER, "NodepoolId": "np-1", "auto_scaling": {"enable": False, "max_instances": 0},
          "update_nodes": None}),
    call("odd-id", "DescribeTemplateAttribute", "GET", "/templates/{TemplateId}", {"TemplateId": "集 a~b"}),
    # Operations of the guide, by the guide's names and with members in the order of its tables.
    own("clusters", "DescribeClustersV1", "GET", "/api/v1/clusters",
        {"name": "集群 😀 a+b/c=d&e%2F~*'\"", "cluster_type": "ManagedKubernetes", "page_size": 50, "page_number": 2},
        query=["name", "cluster_type", "page_size", "page_number"]),
    own("detail", "DescribeClusterDetail", "GET", "/clusters/{ClusterId}", {"ClusterId": CLUSTER}, private=PRIVATE,
        region="cn-neimeng-env30-d01", endpoint="https://cs.cn-neimeng-env30-d01.example.com:8443"),
    own("create", "CreateCluster", "POST", "/clusters",
        {"cluster_type": "Kubernetes", "name": "wharf-测试", "region_id": "cn-beijing", "disable_rollback": True,
         "timeout_mins": 60, "snat_entry": False, "user_ca": "first line\nsecond\t\"quoted\" \\ \x7f é 😀",
         "tags": [{"key": "团队", "value": "容器"}],
         "addons": [{"name": "flannel", "config": "{\"a\":\"<&>\"}", "disabled": True}, {"name": "logtail-ds"}],
         "login_password": "Hello1234!", "master_count": 3, "num_of_nodes": 0,
         "worker_data_disks": [{"category": "cloud_ssd", "size": "500"}], "vpcid": "vpc-1",
         "master_vswitch_ids": ["vsw-1", "vsw-1", "vsw-1"], "runtime": {"name": "docker", "version": "19.03.15"}}),
    own("delete", "DeleteCluster", "DELETE", "/clusters/{ClusterId}",
        {"ClusterId": CLUSTER, "keep_slb": True, "retain_resources": ["vpc-1", "sg-2\"集"]},
        query=["keep_slb", "retain_resources"]),
    own("tags", "ModifyClusterTags", "POST", "/clusters/{ClusterId}/tags",
        {"ClusterId": CLUSTER, "body": [{"key": "a", "value": ""}, {"key": "团队", "value": "b c"}]}, payload="body"),
    own("quota", "DescribeUserQuota", "GET", "/quota", token="CAISfake+token/with==/everything&%"),
    own("pause", "PauseClusterUpgrade", "POST", "/api/v2/clusters/{ClusterId}/upgrade/pause", {"ClusterId": "集 a~b"}),
    own("upgrade", "UpgradeCluster", "POST", "/api/v2/clusters/{ClusterId}/upgrade",
        {"ClusterId": CLUSTER, "component_name": "k8s", "next_version": ""}, time=0),
    own("pool", "CreateClusterNodePool", "POST", "/clusters/{ClusterId}/nodepools",
        {"ClusterId": CLUSTER, "count": 2, "nodepool_info": {"name": "池-1"},
         "scaling_group": {"system_disk_category": "cloud_efficiency", "system_disk_size": 120, "vpc_id": "vpc-1",
                           "login_password": "Hello1234!", "vswitch_ids": ["vsw-1"],
                           "instance_types": ["ecs.n4.large"]},
         "kubernetes_config": {"labels": [{"key": "tier", "value": "前端"}], "unschedulable": False},
         "auto_scaling": {"enable": True, "max_instances": 10, "min_instances": 0}}, token="fake-token"),
    own("pool-change", "ModifyClusterNodePool", "PUT", "/clusters/{ClusterId}/nodepools/{NodepoolId}",
        {"ClusterId": CLUSTER, "NodepoolId": "np-1", "update_nodes": False,
         "auto_scaling": {"enable": False, "max_instances": 0}}),
    own("template", "CreateTemplate", "POST", "/templates",
        {"template": "apiVersion: v1\nkind: Service", "name": "nginx", "tags": ""}, private={"organization": "37"},
        token="fake-token"),
    own("nodes", "DescribeClusterNodes", "GET", "/clusters/{ClusterId}/nodes",
        {"ClusterId": CLUSTER, "instanceIds": "i-1,i-2", "state": "all", "pageSize": 100, "pageNumber": 1},
        query=["instanceIds", "state", "pageSize", "pageNumber"]),
]


def rpc(name, action, given, **options):
    """A call of an action: all of its input is parameters."""
    return dict({"name": name, "operation": action, "version": "2015-04-01", "method": "POST", "input": given,
                 "token": None, "private": {}, "region": "cn-hangzhou", "time": 1700000000,
                 "endpoint": "https://sts.cn-hangzhou.aliyuncs.com"}, **options)


ROLE = {"RoleArn": "acs:ram::123456789012:role/adminrole", "RoleSessionName": "alice"}

RPC_CALLS = [
    rpc("assume-role", "AssumeRole", ROLE),
    rpc("assume-role-duration", "AssumeRole", dict(ROLE, DurationSeconds=900)),
    rpc("assume-role-policy", "AssumeRole",
        dict(ROLE, Policy='{"Statement": [{"Action": ["cs:*"], "Effect": "Allow", "Resource": "*"}], "Version": "1"}')),
    rpc("assume-role-not-ascii", "AssumeRole", dict(ROLE, ExternalId="团队 😀")),
    rpc("assume-role-odd", "AssumeRole", dict(ROLE, ExternalId="~a_b-c.d*e+f/g=h&i%2Fj k'l\"m(n)!o@p:q,r")),
    rpc("assume-role-token", "AssumeRole", ROLE, token="CAISfake+token/with==/everything&%"),
    rpc("assume-role-private", "AssumeRole", ROLE, private=PRIVATE, region="cn-neimeng-env30-d01",
        endpoint="https://sts-vpc.cn-neimeng-env30-d01.example.com:8443"),
    rpc("assume-role-empty", "AssumeRole", dict(ROLE, Policy="")),
    rpc("assume-role-1970", "AssumeRole", ROLE, time=0),
    rpc("assume-role-everything", "AssumeRole",
        dict(ROLE, Policy="{}", DurationSeconds=3600, ExternalId="team/1", SourceIdentity="alice@example.com")),
    rpc("caller-get", "GetCallerIdentity", {}, method="GET"),
    rpc("caller-region", "GetCallerIdentity", {"RegionId": "eu-central-1"}, method="GET", token="fake-token"),
]
