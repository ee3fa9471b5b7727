//! Helm charts.

use super::Cloud;
use serde_json::{Value, json};

fn upload(cloud: &mut Cloud, file: &str) {
    cloud.ok("UploadHelmChart", json!({"CosPath": format!("https://bucket.example.com/charts/{file}")}));
}

fn version(name: &str, version: &str) -> Value {
    json!({"ChartName": name, "ChartVersion": version})
}

#[test]
fn charts_are_uploaded_listed_read_downloaded_and_deleted() {
    let mut cloud = Cloud::new();
    upload(&mut cloud, "web-app-1.0.0.tgz");
    upload(&mut cloud, "web-app-1.1.0.tgz");
    let results = cloud.ok("DescribeHelmChartVersion", json!({"ChartName": "web-app"}))["Results"].clone();
    let chart: Value = serde_json::from_str(results[1]["Chart"].as_str().unwrap()).unwrap();
    assert_eq!((results.as_array().unwrap().len(), &chart["version"]), (2, &json!("1.1.0")));
    assert_eq!(chart["namespace"], cloud.account);
    let detail = cloud.ok("DescribeHelmChartDetail", version("web-app", "1.1.0"));
    assert_eq!(detail["Chart"]["Metadata"]["Version"], "1.1.0");
    let children = detail["FileEntry"]["Children"].as_array().unwrap();
    assert_eq!(children.last().unwrap()["Children"][0]["Name"], "configmap.yaml");
    let url = cloud.ok("DescribeChartDownloadInfo", version("web-app", "1.0.0"))["PreSignedDownloadURL"].clone();
    assert!(url.as_str().unwrap().starts_with("http://127.0.0.1:4000/charts/100000000001/web-app-1.0.0.tgz?"));
    assert_eq!(cloud.ok("DeleteHelmChartVersion", version("web-app", "1.0.0"))["Deleted"], true);
    assert_eq!(cloud.ok("DeleteHelmChartVersion", version("web-app", "1.0.0"))["Deleted"], false);
    assert_eq!(cloud.code("DescribeHelmChartDetail", version("web-app", "1.0.0")), "InvalidParameter");
    assert_eq!(cloud.ok("DeleteHelmChart", json!({"ChartName": "web-app"}))["Deleted"], true);
    assert_eq!(cloud.ok("DeleteHelmChart", json!({"ChartName": "web-app"}))["Deleted"], false);
    assert_eq!(cloud.code("DescribeHelmChartVersion", json!({"ChartName": "web-app"})), "InvalidParameter");
}

#[test]
fn a_chart_is_gone_with_its_last_version() {
    let mut cloud = Cloud::new();
    upload(&mut cloud, "web-1.0.0.tgz");
    cloud.ok("DeleteHelmChartVersion", version("web", "1.0.0"));
    assert_eq!(cloud.code("DescribeHelmChartVersion", json!({"ChartName": "web"})), "InvalidParameter");
}

#[test]
fn uploads_that_cannot_be_are_refused() {
    let mut cloud = Cloud::new();
    upload(&mut cloud, "web-1.0.0.tgz");
    for path in ["web-1.0.0.tgz", "web.tgz", "web-1.0.0.zip"] {
        assert_eq!(cloud.code("UploadHelmChart", json!({"CosPath": path})), "InvalidParameter", "{path}");
    }
    let elsewhere = json!({"CosPath": "web-2.0.0.tgz", "NamespaceName": "other"});
    assert_eq!(cloud.code("UploadHelmChart", elsewhere), "InvalidParameter");
}

#[test]
fn charts_belong_to_the_account_in_every_region() {
    let mut cloud = Cloud::new();
    upload(&mut cloud, "web-1.0.0.tgz");
    cloud.region = "ap-beijing";
    cloud.ok("DescribeHelmChartVersion", json!({"ChartName": "web"}));
    cloud.account = "100000000002";
    assert_eq!(cloud.code("DescribeHelmChartVersion", json!({"ChartName": "web"})), "InvalidParameter");
}

#[test]
fn queries_without_documented_answers_are_answered() {
    let mut cloud = Cloud::new();
    assert_eq!(cloud.ok("DescribeCosInfo", json!({})), json!({}));
    assert_eq!(cloud.ok("DescribeHelmChart", json!({"Search": "web"})), json!({}));
}
