//! Helm charts.

use super::{Cloud, refused};
use serde_json::Value;

scenarios![
    charts_are_uploaded_listed_read_and_downloaded,
    charts_and_versions_are_deleted,
    charts_are_one_shelf_in_all_regions,
    queries_without_documented_answers_are_answered,
];

async fn upload(cloud: &Cloud, file: &str) {
    let path = format!("https://bucket.example.com/charts/{file}");
    cloud.clusters.upload_helm_chart("registry").cos_path(path).namespace_name("team").send().await.unwrap();
}

/// The versions of a chart, as its list tells.
async fn versions(cloud: &Cloud, name: &str) -> Vec<String> {
    let listed = cloud.clusters.describe_helm_chart_version().chart_name(name).send().await.unwrap();
    let version = |text: &str| {
        let chart: Value = serde_json::from_str(text).unwrap();
        assert_eq!((chart["name"].as_str(), chart["namespace"].as_str()), (Some(name), Some("team")));
        chart["version"].as_str().unwrap().to_owned()
    };
    listed.results.iter().map(|result| version(result.chart.as_deref().unwrap())).collect()
}

async fn charts_are_uploaded_listed_read_and_downloaded(cloud: &Cloud) {
    upload(cloud, "web-app-1.0.0.tgz").await;
    assert_eq!(versions(cloud, "web-app").await, ["1.0.0"]);
    upload(cloud, "web-app-1.1.0.tgz").await;
    assert_eq!(versions(cloud, "web-app").await, ["1.0.0", "1.1.0"]);
    let again = cloud.clusters.upload_helm_chart("registry").cos_path("web-app-1.1.0.tgz").namespace_name("team");
    refused(again.send().await, "InvalidParameter", "1.1.0 already");

    let detail =
        |version: &str| cloud.clusters.describe_helm_chart_detail().chart_name("web-app").chart_version(version).send();
    let read = detail("1.1.0").await.unwrap();
    let chart = read.chart.unwrap();
    let metadata = chart.metadata.unwrap();
    assert_eq!((metadata.name.as_deref(), metadata.version.as_deref()), (Some("web-app"), Some("1.1.0")));
    let files: Vec<String> = read.file_entry.unwrap().children.into_iter().filter_map(|file| file.name).collect();
    assert_eq!(files, ["Chart.yaml", "values.yaml", "templates"]);
    assert_eq!(chart.templates[0].name.as_deref(), Some("templates/configmap.yaml"));
    refused(detail("9.9.9").await, "InvalidParameter", "no version 9.9.9");

    let download = |version: &str| {
        cloud.clusters.describe_chart_download_info().chart_name("web-app").chart_version(version).send()
    };
    let first = download("1.0.0").await.unwrap().pre_signed_download_url;
    let second = download("1.1.0").await.unwrap().pre_signed_download_url;
    assert!(first.expose().contains("/web-app-1.0.0.tgz?"), "each version has an address of its own");
    assert!(second.expose().contains("/web-app-1.1.0.tgz?"));
    cloud.pass(60);
    assert_ne!(download("1.0.0").await.unwrap().pre_signed_download_url, first, "each is valid from now on");
    refused(download("9.9.9").await, "InvalidParameter", "no version 9.9.9");
}

async fn charts_and_versions_are_deleted(cloud: &Cloud) {
    for file in ["web-1.0.0.tgz", "web-2.0.0.tgz", "db-1.0.0.tgz"] {
        upload(cloud, file).await;
    }
    let list = |name: &str| cloud.clusters.describe_helm_chart_version().chart_name(name).send();
    let delete_version = async |name: &str, version: &str| {
        let request = cloud.clusters.delete_helm_chart_version().chart_name(name).chart_version(version);
        request.send().await.unwrap().deleted
    };
    assert!(delete_version("web", "1.0.0").await);
    assert_eq!(versions(cloud, "web").await, ["2.0.0"]);
    assert!(!delete_version("web", "1.0.0").await, "it is gone already");
    assert!(delete_version("web", "2.0.0").await);
    refused(list("web").await, "InvalidParameter", "no chart web");
    let delete = async |name: &str| cloud.clusters.delete_helm_chart().chart_name(name).send().await.unwrap().deleted;
    assert!(!delete("web").await, "a chart goes with its last version");
    assert_eq!(versions(cloud, "db").await, ["1.0.0"]);
    assert!(delete("db").await);
    refused(list("db").await, "InvalidParameter", "no chart db");
    upload(cloud, "db-1.0.0.tgz").await;
    assert_eq!(versions(cloud, "db").await, ["1.0.0"], "a name is free again");
}

async fn charts_are_one_shelf_in_all_regions(cloud: &Cloud) {
    upload(cloud, "web-1.0.0.tgz").await;
    let request = cloud.clusters.describe_helm_chart_version().chart_name("web").with_region("ap-beijing");
    assert_eq!(request.send().await.unwrap().results.len(), 1);
    let elsewhere = cloud.clusters.upload_helm_chart("registry").cos_path("web-2.0.0.tgz").namespace_name("other");
    refused(elsewhere.send().await, "InvalidParameter", "namespace team");
}

async fn queries_without_documented_answers_are_answered(cloud: &Cloud) {
    let information = cloud.clusters.describe_cos_info().send().await.unwrap();
    let charts = cloud.clusters.describe_helm_chart().search("web").send().await.unwrap();
    assert_ne!(information.request_id, charts.request_id);
    let journal = cloud.server.journal().calls();
    assert_eq!(journal[0].request_id, information.request_id);
    assert_eq!(journal[1].request_id, charts.request_id);
}
