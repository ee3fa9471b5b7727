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
