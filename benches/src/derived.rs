//! Structures that serde derives, with the same fields as those of the SDK: what the best decoders are measured with.

use serde::Deserialize;

/// The output of DescribeClusters.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[allow(missing_docs, dead_code)]
pub struct Derived {
    total_count: i64,
    pub clusters: Vec<DerivedCluster>,
    request_id: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[allow(missing_docs, dead_code)]
pub struct DerivedCluster {
    /// Identifier.
    pub cluster_id: String,
    cluster_name: String,
    cluster_description: String,
    cluster_version: String,
    cluster_os: String,
    cluster_type: String,
    cluster_network_settings: DerivedNetwork,
    cluster_node_num: u64,
    project_id: u64,
    tag_specification: Option<Vec<DerivedTags>>,
    /// State.
    pub cluster_status: String,
    property: Option<String>,
    cluster_mater_node_num: u64,
    image_id: Option<String>,
    os_customize_type: Option<String>,
    container_runtime: Option<String>,
    created_time: Option<String>,
    cluster_arch: Option<String>,
    direct_access: Option<String>,
}

#[derive(Debug, Deserialize)]
#[allow(missing_docs, dead_code, non_snake_case)]
pub struct DerivedNetwork {
    ClusterCIDR: Option<String>,
    IgnoreClusterCIDRConflict: Option<bool>,
    MaxNodePodNum: Option<u64>,
    MaxClusterServiceNum: Option<u64>,
    Ipvs: Option<bool>,
    VpcId: Option<String>,
    Cni: Option<bool>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[allow(missing_docs, dead_code)]
pub struct DerivedTags {
    resource_type: Option<String>,
    tags: Option<Vec<DerivedTag>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[allow(missing_docs, dead_code)]
pub struct DerivedTag {
    key: Option<String>,
    value: Option<String>,
}
