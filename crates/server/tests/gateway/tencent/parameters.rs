//! Parameters: names, presence, types, ranges, and the flattened form.

use crate::client::Call;
use crate::echoing;
use http::Method;
use serde_json::{Value, json};
use wharf_sign::hmac_v1::Algorithm;

#[tokio::test]
async fn each_wrong_parameter_has_its_code_and_is_named() {
    let server = echoing().await;
    let clusters = |body: Value| Call::tke("DescribeClusters", body);
    for (call, code, name) in [
        (clusters(json!({ "Wrong": 1 })), "UnknownParameter", "`Wrong`"),
        (clusters(json!({ "Limit": "1" })), "InvalidParameter", "`Limit`"),
        (clusters(json!({ "Limit": 1.5 })), "InvalidParameter", "`Limit`"),
        (clusters(json!({ "Limit": 101 })), "InvalidParameterValue", "`Limit`"),
        (clusters(json!({ "ClusterIds": "cls-1" })), "InvalidParameter", "`ClusterIds`"),
        (clusters(json!({ "ClusterIds": ["cls-1", 2] })), "InvalidParameter", "`ClusterIds.1`"),
        (
            clusters(json!({ "Filters": [{ "Name": "ClusterName", "Values": [], "X": 1 }] })),
            "UnknownParameter",
            "`Filters.0.X`",
        ),
        (clusters(json!({ "Filters": [{ "Name": "ClusterName" }] })), "MissingParameter", "`Filters.0.Values`"),
        (clusters(json!({ "Filters": ["x"] })), "InvalidParameter", "`Filters.0`"),
        (Call::tke("DescribeClusterInstances", json!({})), "MissingParameter", "`ClusterId`"),
        (Call::tke("DescribeClusterInstances", json!({ "ClusterId": null })), "MissingParameter", "`ClusterId`"),
        (Call::tke("DescribeExistedInstances", json!({ "Offset": -1 })), "InvalidParameter", "`Offset`"),
        (
            Call::tke("CreateClusterInstances", json!({ "ClusterId": "cls-1", "RunInstancePara": "{not json" })),
            "InvalidParameter",
            "`RunInstancePara`",
        ),
    ] {
        let answer = call.send(&server).await;
        let body = String::from_utf8(call.body.clone()).unwrap();
        assert_eq!(answer.code(), code, "{body}: {}", answer.message());
        assert!(answer.message().contains(name), "{body}: {}", answer.message());
    }
    assert!(server.journal().calls().iter().all(|entry| !entry.acted));
}

#[tokio::test]
async fn null_is_absent() {
    let server = echoing().await;
    let body = json!({ "Limit": null, "Filters": [{ "Name": "n", "Values": ["v"] }], "ClusterIds": [] });
    let answer = Call::tke("DescribeClusters", body).send(&server).await;
    assert_eq!(answer.json()["Echo"], json!({ "Filters": [{ "Name": "n", "Values": ["v"] }], "ClusterIds": [] }));
    let empty = Call::tke("DescribeClusters", json!({})).with(|call| call.body.clear());
    assert_eq!(empty.send(&server).await.json()["Echo"], json!({}));
}

#[tokio::test]
async fn flattened_parameters_become_the_same_json() {
    let server = echoing().await;
    let flat = [
        ("ClusterId", "cls-1"),
        ("InstanceIds.1", "ins-b"),
        ("InstanceIds.0", "ins-a"),
        ("InstanceAdvancedSettings.Unschedulable", "1"),
        ("InstanceAdvancedSettings.Labels.0.Name", "名"),
        ("InstanceAdvancedSettings.Labels.0.Value", "a b&c=d+e"),
        ("EnhancedService.MonitorService.Enabled", "True"),
        ("EnhancedService.SecurityService.Enabled", "false"),
        ("LoginSettings.KeyIds.0", "skey-1"),
        ("ValidateInstances", "true"),
    ];
    let flat: Vec<_> = flat.into_iter().filter(|(name, _)| *name != "ValidateInstances").collect();
    let expected = json!({
        "ClusterId": "cls-1",
        "InstanceIds": ["ins-a", "ins-b"],
        "InstanceAdvancedSettings": { "Unschedulable": 1, "Labels": [{ "Name": "名", "Value": "a b&c=d+e" }] },
        "EnhancedService": { "MonitorService": { "Enabled": true }, "SecurityService": { "Enabled": false } },
        "LoginSettings": { "KeyIds": ["skey-1"] },
    });
    let action = "AddExistedInstances";
    let by_get = |call: &mut Call| call.method = Method::GET;
    for call in [
        Call::tke(action, expected.clone()),
        Call::get(action, &flat),
        Call::v1(Algorithm::HmacSha1, action, &flat),
        Call::v1(Algorithm::HmacSha256, action, &flat),
        Call::v1(Algorithm::HmacSha256, action, &flat).with(by_get),
    ] {
        let answer = call.send(&server).await;
        assert_eq!(answer.json()["Echo"], expected, "{}", answer.message());
    }
}

#[tokio::test]
async fn flattened_parameters_are_checked() {
    let server = echoing().await;
    for (parameters, code, name) in [
        (vec![("Wrong", "1")], "UnknownParameter", "`Wrong`"),
        (vec![("Filters.0.Wrong", "1")], "UnknownParameter", "`Filters.0.Wrong`"),
        (vec![("ClusterIds.x", "1")], "UnknownParameter", "`ClusterIds.x`"),
        (vec![("ClusterIds..0", "1")], "UnknownParameter", "`ClusterIds..0`"),
        (vec![("ClusterIds.1", "1")], "InvalidParameter", "`ClusterIds.0`"),
        (vec![("ClusterIds", "1")], "InvalidParameter", "`ClusterIds`"),
        (vec![("Limit.0", "1")], "InvalidParameter", "`Limit`"),
        (vec![("Limit", "one")], "InvalidParameter", "`Limit`"),
        (vec![("Limit", "101")], "InvalidParameterValue", "`Limit`"),
        (vec![("Limit", "1"), ("Limit", "2")], "InvalidParameter", "`Limit`"),
        (vec![("ClusterIds.0", "1"), ("ClusterIds.0.x", "2")], "InvalidParameter", "`ClusterIds.0.x`"),
        (vec![("Filters.0.Name", "n")], "MissingParameter", "`Filters.0.Values`"),
    ] {
        let answer = Call::v1(Algorithm::HmacSha256, "DescribeClusters", &parameters).send(&server).await;
        assert_eq!(answer.code(), code, "{parameters:?}: {}", answer.message());
        assert!(answer.message().contains(name), "{parameters:?}: {}", answer.message());
    }
    // What the vendor's own clients add.
    let extra = [("Language", "zh-CN"), ("RequestClient", "SDK_PYTHON_3.0")];
    assert_eq!(Call::v1(Algorithm::HmacSha1, "DescribeClusters", &extra).send(&server).await.code(), "");
    let deep = format!("Filters{}", ".0".repeat(40));
    let answer = Call::v1(Algorithm::HmacSha1, "DescribeClusters", &[(&deep, "1")]).send(&server).await;
    assert_eq!(answer.code(), "UnknownParameter");
}
