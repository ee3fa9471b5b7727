"""The calls whose bytes are recorded from Tencent's Python client, and the ground they cover."""

TC3 = "TC3-HMAC-SHA256"
SHA1 = "HmacSHA1"
SHA256 = "HmacSHA256"

FILTERS = [
    {"Name": "ClusterName", "Values": ["生产 集群", "café+bar/baz?&=%", "~_.-!*'()"]},
    {"Name": "tag:owner", "Values": ["a\"b\\c"]},
]

LOGIN = {"Password": "Fake-Pw&1= +%", "KeyIds": ["skey-1"]}

CREATE_CLUSTER = {
    "ClusterType": "MANAGED_CLUSTER",
    "ClusterCIDRSettings": {
        "ClusterCIDR": "172.16.0.0/16",
        "IgnoreClusterCIDRConflict": False,
        "MaxNodePodNum": 64,
        "MaxClusterServiceNum": 1024,
    },
    "RunInstancesForNode": [
        {
            "NodeRole": "WORKER",
            "RunInstancesPara": [
                '{"InstanceCount": 2, "InstanceName": "节点", "InternetAccessible": {"PublicIpAssigned": true}}',
                '{"InstanceCount":1}',
            ],
            "InstanceAdvancedSettingsOverrides": [{"MountTarget": "/var/lib/docker", "Unschedulable": 0}],
        }
    ],
    "ClusterBasicSettings": {
        "ClusterOs": "tlinux2.4x86_64",
        "ClusterVersion": "1.22.5",
        "ClusterName": "wharf 测试 😀",
        "ClusterDescription": "first line\nsecond\tline",
        "VpcId": "vpc-1",
        "ProjectId": 0,
        "TagSpecification": [
            {"ResourceType": "cluster", "Tags": [{"Key": "团队", "Value": "容器"}, {"Key": "empty", "Value": ""}]}
        ],
    },
    "ClusterAdvancedSettings": {
        "AsEnabled": True,
        "ContainerRuntime": "containerd",
        "ExtraArgs": {"KubeAPIServer": ["max-requests-inflight=500", "v=2"], "KubeScheduler": []},
        "IPVS": True,
    },
    "InstanceAdvancedSettings": {
        "MountTarget": "/data",
        "DockerGraphPath": "/var/lib/docker",
        "UserScript": "IyEvYmluL3NoCmVjaG8gaGkK",
        "Unschedulable": 1,
        "Labels": [{"Name": "zone", "Value": "一"}],
        "DataDisks": [{"DiskType": "CLOUD_SSD", "FileSystem": "ext4", "DiskSize": 100,
                       "AutoFormatAndMount": True}],
    },
    "ExistedInstancesForNode": [],
}


def call(name, product, operation, signature, method, given, **more):
    """One call. What is not given: region, the client's own language, public host, no session token."""
    return {
        "name": name,
        "product": product,
        "operation": operation,
        "signature_method": signature,
        "http_method": method,
        "region": more.get("region", "ap-guangzhou"),
        "root_domain": more.get("root_domain"),
        "language": more.get("language", "zh-CN"),
        "time": more.get("time", 1700000000),
        "nonce": more.get("nonce", 11886),
        "token": more.get("token"),
        "stages": more.get("stages", False),
        "input": given,
    }


CALLS = [
    call("tke-describe-clusters-tc3-post", "tke", "DescribeClusters", TC3, "POST",
         {"ClusterIds": ["cls-1", "cls-2"], "Offset": 0, "Limit": 20, "Filters": FILTERS}, stages=True),
    call("tke-describe-clusters-tc3-get", "tke", "DescribeClusters", TC3, "GET",
         {"ClusterIds": ["cls-1", "cls-2"], "Offset": 0, "Limit": 20, "Filters": FILTERS}, stages=True),
    call("tke-describe-clusters-sha1-get", "tke", "DescribeClusters", SHA1, "GET",
         {"ClusterIds": ["cls-%d" % at for at in range(12)], "Limit": 100, "Filters": FILTERS},
         nonce=9223372036854775807, stages=True),
    call("tke-describe-clusters-sha256-post-token", "tke", "DescribeClusters", SHA256, "POST",
         {"ClusterIds": [], "Limit": 1, "Filters": FILTERS}, token="fake-token+/=%&", stages=True),
    call("tke-create-cluster-tc3-post", "tke", "CreateCluster", TC3, "POST", CREATE_CLUSTER, stages=True),
    call("tke-create-cluster-sha256-post", "tke", "CreateCluster", SHA256, "POST", CREATE_CLUSTER, stages=True),
    call("tke-create-cluster-tc3-get", "tke", "CreateCluster", TC3, "GET", CREATE_CLUSTER, language=None),
    call("tke-delete-cluster-sha1-post", "tke", "DeleteCluster", SHA1, "POST",
         {"ClusterId": "cls-1", "InstanceDeleteMode": "retain"}, language=None, region="ap-shanghai-fsi"),
    call("tke-create-endpoint-tc3-get-token", "tke", "CreateClusterEndpoint", TC3, "GET",
         {"ClusterId": "cls-1", "SubnetId": "subnet-1", "IsExtranet": True,
          "ExtensiveParameters": '{"AddressIPVersion": "IPV4", "名": "值"}'}, token="fake-token+/=%&"),
    call("tke-endpoint-status-sha256-get-token", "tke", "DescribeClusterEndpointStatus", SHA256, "GET",
         {"ClusterId": "cls-1", "IsExtranet": False}, token="fake-token+/=%&", language="en-US"),
    call("tke-add-instances-tc3-post-private", "tke", "AddExistedInstances", TC3, "POST",
         {"ClusterId": "cls-1", "InstanceIds": ["ins-1"],
          "InstanceAdvancedSettings": {"PreStartUserScript": "ZWNobwo=", "ExtraArgs": {"Kubelet": ["root-dir=/a b"]}},
          "EnhancedService": {"SecurityService": {"Enabled": True}, "MonitorService": {"Enabled": False}},
          "LoginSettings": LOGIN, "HostName": "节点-1", "SecurityGroupIds": ["sg-1"],
          "NodePool": {"AddToNodePool": False, "NodePoolId": ""}},
         token="fake-token", root_domain="api3.cloud.example.com", language="en-US", stages=True),
    call("tke-describe-instances-sha1-post", "tke", "DescribeClusterInstances", SHA1, "POST",
         {"ClusterId": "cls-1", "Offset": 9007199254740993, "Limit": 100, "InstanceIds": [], "InstanceRole": "WORKER",
          "Filters": [{"Name": "nodepool-instance-type", "Values": ["一", "二"]}]},
         root_domain="api3.cloud.example.com"),
    call("tke-describe-versions-tc3-post", "tke", "DescribeVersions", TC3, "POST", {}, time=1551113065),
    call("tke-describe-regions-tc3-get-no-region", "tke", "DescribeRegions", TC3, "GET", {}, region="", language=None),
    call("tke-modify-cluster-tc3-post", "tke", "ModifyClusterAttribute", TC3, "POST",
         {"ClusterId": "cls-1", "ClusterName": "\"quotes\" \\ / \b\f\n\r\t \x00\x1f\x7f <&>",
          "ClusterDesc": "é\u0080\u00ff\u2028\u2029\ufeff\ud7ff\ue000\uffff😀𝒳\U0010ffff"}),
    call("tke-modify-scaling-sha256-get", "tke", "ModifyClusterAsGroupOptionAttribute", SHA256, "GET",
         {"ClusterId": "cls-1",
          "ClusterAsGroupOption": {"IsScaleDownEnabled": True, "Expander": "random", "MaxEmptyBulkDelete": 5,
                                   "ScaleDownDelay": 0, "SkipNodesWithLocalStorage": False}}),
    call("tke-create-virtual-pool-tc3-post", "tke", "CreateClusterVirtualNodePool", TC3, "POST",
         {"ClusterId": "cls-1", "Name": "虚拟 池", "SecurityGroupIds": ["sg-1"], "SubnetIds": ["subnet-1", "subnet-2"],
          "Labels": [{"Name": "层", "Value": "虚拟"}], "Taints": [{"Key": "eks", "Value": "", "Effect": "NoSchedule"}]}),
    call("tcr-create-namespace-sha1-get-no-region", "tcr", "CreateNamespacePersonal", SHA1, "GET",
         {"Namespace": "wharf-测试"}, region="", nonce=1),
    call("tcr-create-repository-tc3-post-long", "tcr", "CreateRepositoryPersonal", TC3, "POST",
         {"RepoName": "wharf/app", "Public": 1, "Description": "# 标题\n\n一段很长的说明 with words. " * 300}),
    call("tcr-create-repository-sha256-get-long", "tcr", "CreateRepositoryPersonal", SHA256, "GET",
         {"RepoName": "wharf/app", "Public": 0, "Description": "长 long\r\n" * 500}, stages=True),
    call("tcr-create-user-sha256-post", "tcr", "CreateUserPersonal", SHA256, "POST",
         {"Password": "Fake&Pass=word %41+/\\\"'<>"}, region="", language="en-US"),
    call("tcr-describe-instances-tc3-get", "tcr", "DescribeInstances", TC3, "GET",
         {"Registryids": ["tcr-1"], "Offset": 0, "Limit": 10,
          "Filters": [{"Name": "RegistryName", "Values": ["a b", "c"]}], "AllRegion": True}),
    call("tcr-delete-images-sha256-get", "tcr", "BatchDeleteImagePersonal", SHA256, "GET",
         {"RepoName": "wharf/app", "Tags": ["v1.0", "最新", "a_b"]}),
    call("tcr-lifecycle-sha1-post", "tcr", "ManageImageLifecycleGlobalPersonal", SHA1, "POST",
         {"Type": "keep_last_days", "Val": -1}, language=None),
]
