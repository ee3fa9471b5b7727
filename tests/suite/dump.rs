//! Feature `serde`: models written and read by their wire names.

use serde_json::json;
use wharf::tke::cluster::operations::{CreateCluster, DescribeClustersOutput};
use wharf::tke::types::ClusterType;

#[test]
fn an_answer_survives_being_stored() {
    let stored = json!({
        "TotalCount": 1,
        "Clusters": [{
            "ClusterId": "cls-1", "ClusterName": "集群", "ClusterStatus": "Dreaming", "ClusterNodeNum": 3,
            "TagSpecification": [{"ResourceType": "cluster", "Tags": [{"Key": "team", "Value": ""}]}],
        }],
        "RequestId": "r-1",
    });
    let answer: DescribeClustersOutput = serde_json::from_value(stored).unwrap();
    assert_eq!(answer.clusters[0].cluster_status.as_str(), "Dreaming");
    let again: DescribeClustersOutput = serde_json::from_str(&serde_json::to_string(&answer).unwrap()).unwrap();
    assert!(again == answer);
}

#[test]
fn what_is_absent_is_not_written() {
    let mut request = CreateCluster::default();
    request.cluster_type = Some(ClusterType::ManagedCluster);
    assert_eq!(serde_json::to_value(&request).unwrap(), json!({"ClusterType": "MANAGED_CLUSTER"}));
}
