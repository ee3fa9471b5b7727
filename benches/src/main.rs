//! What is claimed about speed, as ratios measured in one run: `cargo run --release -p wharf-benches`.
//!
//! Two ways to do the same thing take turns, so that a machine that slows down slows both. Printed is
//! the median of the ratios, with the smallest and the largest.
#![allow(clippy::print_stdout)]

use async_trait::async_trait;
use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Value, json};
use std::hint::black_box;
use std::time::{Duration, Instant, UNIX_EPOCH};
use wharf::Credentials;
use wharf::model::json::{Mode, Style, read, to_string};
use wharf::tke::cluster::operations::DescribeClustersOutput;
use wharf::transport::{Limits, Transport, TransportError};
use wharf_sign::{Payload, Request, tc3};

/// Turns that each of the two gets.
const TURNS: usize = 21;
/// How long a turn takes at least.
const TURN: Duration = Duration::from_millis(30);

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let answer = clusters(100);
    println!("an answer with 100 clusters: {} bytes", answer.len());

    let ours = || {
        let mut output = DescribeClustersOutput::default();
        read(answer.as_bytes(), &mut output, Mode::Lenient).map(|()| output.clusters.len()).unwrap_or(0)
    };
    let derived = || serde_json::from_str::<Derived>(&answer).map(|derived| derived.clusters.len()).unwrap_or(0);
    let value = || serde_json::from_str::<Value>(&answer).map(|value| usize::from(value.is_object())).unwrap_or(0);
    if ours() != 100 || derived() != 100 {
        return Err("the readers do not agree".into());
    }
    compare("read into typed clusters, against serde derives", ours, derived);
    compare("read into typed clusters, against serde_json::Value", ours, value);

    let mut output = DescribeClustersOutput::default();
    read(answer.as_bytes(), &mut output, Mode::Lenient)?;
    compare("write typed clusters, against serde_json::Value to text", || to_string(&output, Style::Compact).len(), {
        let value: Value = serde_json::from_str(&answer)?;
        move || value.to_string().len()
    });

    signature();
    call()?;
    Ok(())
}

/// TC3 with the derived key kept, against deriving it anew.
fn signature() {
    let headers = [("content-type", "application/json"), ("host", "tke.tencentcloudapi.com")];
    let payload = Payload::Bytes(b"{\"Limit\": 20}");
    let request = Request { method: "POST", path: "/", headers: &headers, payload, ..Request::default() };
    let secret = "a-secret-of-the-usual-length-36-chars";
    let key = wharf_sign::Credentials { id: "AKIDexample", secret, token: None };
    let scope = tc3::Scope { service: "tke", timestamp: 1_700_000_000 };
    let cache = tc3::KeyCache::default();
    compare(
        "TC3 signature with the derived key kept, against deriving it anew",
        || tc3::sign_cached(&request, &key, &scope, &cache).authorization().len(),
        || tc3::sign(&request, &key, &scope).authorization().len(),
    );
}

/// A whole call without a network, against reading its answer alone.
fn call() -> Result<(), Box<dyn std::error::Error>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let answer = clusters(20);
    let body = format!("{{\"Response\":{answer}}}");
    let transport = std::sync::Arc::new(Canned(body.into_bytes().into()));
    let connection = wharf::tke::Connection::builder()
        .region("ap-guangzhou")
        .credentials(Credentials::new("AKIDexample", "secret"))
        .transport(transport)
        .build()?;
    let clusters = connection.clusters();
    compare(
        "a whole call of 20 clusters without a network, against reading its answer alone",
        || {
            runtime
                .block_on(clusters.describe_clusters().limit(20).send())
                .map(|answer| answer.clusters.len())
                .unwrap_or(0)
        },
        || {
            let mut output = DescribeClustersOutput::default();
            read(answer.as_bytes(), &mut output, Mode::Lenient).map(|()| output.clusters.len()).unwrap_or(0)
        },
    );
    Ok(())
}

fn compare<A, B>(what: &str, mut ours: impl FnMut() -> A, mut other: impl FnMut() -> B) {
    let (mut ratios, mut first, mut second) = (Vec::new(), Vec::new(), Vec::new());
    turn(&mut ours);
    turn(&mut other);
    for _ in 0..TURNS {
        let (a, b) = (turn(&mut ours), turn(&mut other));
        ratios.push(a / b);
        first.push(a);
        second.push(b);
    }
    for list in [&mut ratios, &mut first, &mut second] {
        list.sort_by(f64::total_cmp);
    }
    let middle = TURNS / 2;
    println!(
        "{what}: {:.2} ({:.2} to {:.2}); {:.1} against {:.1} microseconds",
        ratios[middle],
        ratios[0],
        ratios[TURNS - 1],
        first[middle] * 1e6,
        second[middle] * 1e6,
    );
}

/// Seconds that one go takes, over a turn.
fn turn<T>(run: &mut impl FnMut() -> T) -> f64 {
    let began = Instant::now();
    let mut goes = 0_u32;
    while began.elapsed() < TURN {
        for _ in 0..8 {
            black_box(run());
        }
        goes += 8;
    }
    began.elapsed().as_secs_f64() / f64::from(goes)
}

fn clusters(count: usize) -> String {
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

/// Answers every request with the same body.
#[derive(Debug)]
struct Canned(Bytes);

#[async_trait]
impl Transport for Canned {
    async fn send(&self, _: http::Request<Bytes>, _: Limits) -> Result<http::Response<Bytes>, TransportError> {
        Ok(http::Response::new(self.0.clone()))
    }
}

/// The same structures by derives, to compare with.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
#[allow(dead_code)]
struct Derived {
    total_count: i64,
    clusters: Vec<DerivedCluster>,
    request_id: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
#[allow(dead_code)]
struct DerivedCluster {
    cluster_id: String,
    cluster_name: String,
    cluster_description: String,
    cluster_version: String,
    cluster_os: String,
    cluster_type: String,
    cluster_network_settings: DerivedNetwork,
    cluster_node_num: u64,
    project_id: u64,
    tag_specification: Option<Vec<DerivedTags>>,
    cluster_status: String,
    property: Option<String>,
    cluster_mater_node_num: u64,
    image_id: Option<String>,
    os_customize_type: Option<String>,
    container_runtime: Option<String>,
    created_time: Option<String>,
    cluster_arch: Option<String>,
    direct_access: Option<String>,
}

#[derive(Deserialize)]
#[allow(dead_code, non_snake_case)]
struct DerivedNetwork {
    ClusterCIDR: Option<String>,
    IgnoreClusterCIDRConflict: Option<bool>,
    MaxNodePodNum: Option<u64>,
    MaxClusterServiceNum: Option<u64>,
    Ipvs: Option<bool>,
    VpcId: Option<String>,
    Cni: Option<bool>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
#[allow(dead_code)]
struct DerivedTags {
    resource_type: Option<String>,
    tags: Option<Vec<DerivedTag>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
#[allow(dead_code)]
struct DerivedTag {
    key: Option<String>,
    value: Option<String>,
}
