//! Responses that are made once, and a transport that returns one of them.

use async_trait::async_trait;
use bytes::Bytes;
use serde_json::{Value, json};
use std::time::{Duration, UNIX_EPOCH};
use wharf::transport::{Limits, Transport, TransportError};

/// Returns the output of a DescribeClusters with that many clusters, about 700 bytes each.
pub fn clusters(count: usize) -> String {
    let made = wharf::Timestamp::from(UNIX_EPOCH + Duration::from_secs(1_700_000_000));
    let cluster = |n: usize| {
        json!({
            "ClusterId": format!("cls-{n:08}"), "ClusterName": format!("集群-{n}"), "ClusterDescription": "for the bench",
            "ClusterVersion": "1.22.5", "ClusterOs": "tlinux2.4x86_64", "ClusterType": "MANAGED_CLUSTER",
            "ClusterNetworkSettings": {"ClusterCIDR": "172.16.0.0/16", "IgnoreClusterCIDRConflict": false,
                "MaxNodePodNum": 64, "MaxClusterServiceNum": 1024, "Ipvs": true, "VpcId": "vpc-12345678", "Cni": true},
            "ClusterNodeNum": 12, "ProjectId": 0, "ClusterStatus": "Running", "ClusterMaterNodeNum": 0,
            "TagSpecification": [{"ResourceType": "cluster", "Tags": [{"Key": "team", "Value": "core"}]}],
            "Property": "{}", "ImageId": "img-12345678", "OsCustomizeType": "GENERAL", "ContainerRuntime": "containerd",
            "CreatedTime": made.as_str(), "ClusterArch": "X86", "DirectAccess": null, "NotKnownYet": {"a": [1, 2, 3]},
        })
    };
    let all: Vec<Value> = (0..count).map(cluster).collect();
    json!({"TotalCount": count, "Clusters": all, "RequestId": "8fe24ee6-5c0c-4a0b-8a6b-1d4e0a3b6b3e"}).to_string()
}

/// Returns the output of CCE's ListClusters with that many clusters, about 900 bytes each.
pub fn cce_clusters(count: usize) -> String {
    let cluster = |n: usize| {
        json!({
            "kind": "Cluster", "apiVersion": "v3",
            "metadata": {"name": format!("cluster-{n}"), "uid": format!("7c8c8bb0-0000-11ee-8f6f-{n:012}"),
                "creationTimestamp": "2024-10-18 10:38:36.123456 +0000 UTC",
                "updateTimestamp": "2024-10-18 10:48:36.123456 +0000 UTC", "labels": {"team": "core"},
                "annotations": {"totalNodesNumber": "12", "totalNodesCPU": "48000"}},
            "spec": {"type": "VirtualMachine", "flavor": "cce.s2.small", "version": "v1.28", "platformVersion": "cce.3.0",
                "az": "cn-north-4a", "description": "for the bench",
                "hostNetwork": {"vpc": "3bc3d47c-0000-11ee-8f6f-000000000001", "subnet": "1e2f5a1c-0000-11ee-8f6f-000000000002",
                    "SecurityGroup": "67f92b75-0000-11ee-8f6f-000000000003"},
                "containerNetwork": {"mode": "vpc-router", "cidr": "172.16.0.0/16"},
                "kubernetesSvcIpRange": "10.247.0.0/16", "kubeProxyMode": "iptables", "billingMode": 0,
                "authentication": {"mode": "rbac"}},
            "status": {"phase": "Available", "endpoints": [
                {"url": "https://192.168.0.9:5443", "type": "Internal"}, {"url": "https://203.0.113.9:5443", "type": "External"}]},
        })
    };
    let all: Vec<Value> = (0..count).map(cluster).collect();
    json!({"kind": "Cluster", "apiVersion": "v3", "items": all}).to_string()
}

/// Returns the output of ACK's DescribeClustersV1 with that many clusters, about 800 bytes each.
pub fn ack_clusters(count: usize) -> String {
    let cluster = |n: usize| {
        json!({
            "cluster_id": format!("c{n:032x}"), "name": format!("cluster-{n}"), "region_id": "cn-hangzhou",
            "zone_id": "cn-hangzhou-h", "state": "running", "cluster_type": "ManagedKubernetes", "cluster_spec": "ack.pro.small",
            "profile": "Default", "current_version": "1.28.3-aliyun.1", "init_version": "1.26.3-aliyun.1", "size": 12,
            "created": "2024-10-18T10:38:36+08:00", "updated": "2024-10-18T10:48:36+08:00", "vpc_id": "vpc-2zeik9h3ahvv2zz95",
            "vswitch_id": "vsw-2zete8s4qocqg0mf6", "security_group_id": "sg-2vcgwsrwgt5mp0yi", "subnet_cidr": "172.16.0.0/16",
            "network_mode": "vpc", "deletion_protection": false, "resource_group_id": "rg-acfmyvw3wjmb5",
            "external_loadbalancer_id": "lb-2vcrbmlevo6kjpgch", "master_url": "{\"api_server_endpoint\":\"\"}",
            "tags": [{"key": "team", "value": "core"}], "meta_data": "{\"Addons\":null}",
        })
    };
    let all: Vec<Value> = (0..count).map(cluster).collect();
    json!({"clusters": all, "page_info": {"page_number": 1, "page_size": 100, "total_count": count}}).to_string()
}

/// Returns the output of a DescribeClusterInstances with one page of nodes.
pub fn nodes(total: usize, offset: usize, limit: usize) -> String {
    let node = |n: usize| {
        json!({
            "InstanceId": format!("ins-{n:08}"), "InstanceRole": "WORKER", "InstanceState": "running", "FailedReason": "",
            "DrainStatus": "", "LanIP": "10.0.0.7", "NodePoolId": "np-12345678", "CreatedTime": "2024-10-18T10:38:36Z",
        })
    };
    let page: Vec<Value> = (offset..total.min(offset.saturating_add(limit))).map(node).collect();
    json!({"TotalCount": total, "InstanceSet": page, "RequestId": "8fe24ee6-5c0c-4a0b-8a6b-1d4e0a3b6b3e"}).to_string()
}

/// Returns an output in the envelope of Tencent's API 3.0.
pub fn envelope(output: &str) -> Bytes {
    format!("{{\"Response\":{output}}}").into()
}

/// Answers every request with the same body.
#[derive(Debug)]
pub struct Canned(pub Bytes);

#[async_trait]
impl Transport for Canned {
    async fn send(&self, _: http::Request<Bytes>, _: Limits) -> Result<http::Response<Bytes>, TransportError> {
        Ok(http::Response::new(self.0.clone()))
    }
}
