//! Tables and partial metadata.

use super::{APPS, Cluster, NAMESPACE, deployment, pod};
use serde_json::{Value, json};
use wharf_world::kubernetes::request::ApiRequest;

#[test]
fn tables_have_the_columns_of_the_kind() {
    let mut cluster = Cluster::new(1);
    cluster.post(&format!("{APPS}/deployments"), deployment("web", 2));
    cluster.post(&format!("{NAMESPACE}/pods"), pod("alone", "x"));
    let service = json!({"metadata": {"name": "web"}, "spec": {"selector": {"app": "web"}, "ports": [{"port": 80}]}});
    cluster.post(&format!("{NAMESPACE}/services"), service);
    cluster.config_map("a", json!({}));
    cluster.pass(125);
    for (path, columns, cells) in [
        (
            format!("{NAMESPACE}/pods/alone"),
            vec!["Name", "Ready", "Status", "Restarts", "Age"],
            vec![json!("alone"), json!("1/1"), json!("Running"), json!("0"), json!("2m5s")],
        ),
        (
            format!("{APPS}/deployments"),
            vec!["Name", "Ready", "Up-to-date", "Available", "Age"],
            vec![json!("web"), json!("2/2"), json!(2), json!(2), json!("2m5s")],
        ),
        (
            format!("{APPS}/replicasets"),
            vec!["Name", "Desired", "Current", "Ready", "Age"],
            vec![Value::Null, json!(2), json!(2), json!(2), json!("2m5s")],
        ),
        (format!("{NAMESPACE}/configmaps"), vec!["Name", "Data", "Age"], vec![json!("a"), json!(1), json!("2m5s")]),
        (
            "/api/v1/namespaces/default".to_owned(),
            vec!["Name", "Status", "Age"],
            vec![json!("default"), json!("Active")],
        ),
        (format!("{NAMESPACE}/serviceaccounts"), vec!["Name", "Secrets", "Age"], vec![json!("default"), json!(0)]),
        (
            format!("{NAMESPACE}/services/web"),
            vec!["Name", "Type", "Cluster-IP", "External-IP", "Port(s)", "Age"],
            vec![json!("web"), json!("ClusterIP"), Value::Null, json!("<none>"), json!("80/TCP")],
        ),
        (
            "/api/v1/nodes".to_owned(),
            vec!["Name", "Status", "Roles", "Age", "Version"],
            vec![Value::Null, json!("Ready"), json!("<none>")],
        ),
    ] {
        let (names, rows) = cluster.table(&path);
        assert_eq!(names[..columns.len()], columns[..], "{path}");
        for (place, cell) in cells.iter().enumerate().filter(|(_, cell)| !cell.is_null()) {
            assert_eq!(&rows[0][place], cell, "{path} {}", rows[0]);
        }
    }
}

#[test]
fn every_kind_has_as_many_cells_as_columns() {
    let mut cluster = Cluster::new(1);
    let groups: Vec<String> = cluster.get("/apis")["groups"]
        .as_array()
        .unwrap()
        .iter()
        .map(|group| format!("/apis/{}", group["preferredVersion"]["groupVersion"].as_str().unwrap()))
        .collect();
    let made = json!({"metadata": {"name": "x"}});
    for group in std::iter::once("/api/v1".to_owned()).chain(groups) {
        let list = cluster.get(&group);
        let kinds =
            list["resources"].as_array().unwrap().iter().filter(|one| !one["name"].as_str().unwrap().contains('/'));
        let kinds: Vec<String> = kinds
            .filter(|one| one["verbs"].as_array().unwrap().contains(&json!("list")))
            .map(|one| one["name"].as_str().unwrap().to_owned())
            .collect();
        for kind in kinds {
            let _ = cluster.call("POST", &format!("{group}/{kind}"), made.clone());
            let _ = cluster.call("POST", &format!("{group}/namespaces/default/{kind}"), made.clone());
            let (names, rows) = cluster.table(&format!("{group}/{kind}"));
            for row in rows {
                assert_eq!(row.as_array().unwrap().len(), names.len(), "{kind} {row}");
            }
        }
    }
}

#[test]
fn metadata_alone() {
    let mut cluster = Cluster::new(0);
    cluster.config_map("a", json!({"x": "y"}));
    let accept = "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io";
    let path = format!("{NAMESPACE}/configmaps");
    let request = ApiRequest { method: "GET", path_and_query: &path, accept, ..ApiRequest::default() };
    let list: Value = serde_json::from_slice(&cluster.send(request).body).unwrap();
    assert_eq!(list["kind"], "PartialObjectMetadataList");
    assert_eq!(list["items"][0]["metadata"]["labels"], json!({"x": "y"}));
    assert!(list["items"][0].get("data").is_none());
    let request = ApiRequest { method: "GET", path_and_query: &path, accept: "text/html", ..ApiRequest::default() };
    assert_eq!(cluster.send(request).status, 406);
}

/// kubernetes.io/docs/reference/using-api/api-concepts, "Field validation".
#[test]
fn unknown_fields_are_warned_about() {
    let warnings = |cluster: &mut Cluster, query: &str, extra: bool| {
        let mut object = super::pod("a", "x");
        if extra {
            object["spec"]["extra"] = json!(1);
        }
        let (path, body) = (format!("{NAMESPACE}/pods?dryRun=All{query}"), object.to_string());
        let request = ApiRequest {
            method: "POST",
            path_and_query: &path,
            content_type: "application/json",
            body: body.as_bytes(),
            ..ApiRequest::default()
        };
        cluster.send(request).warnings
    };
    let unknown = ["unknown field \"spec.extra\""];
    let mut cluster = Cluster::new(0);
    assert_eq!(warnings(&mut cluster, "&fieldValidation=Warn", true), unknown);
    assert_eq!(warnings(&mut cluster, "&fieldValidation=Warn", false), [""; 0]);
    assert_eq!(warnings(&mut cluster, "&fieldValidation=Ignore", true), [""; 0]);
    assert_eq!(warnings(&mut cluster, "&fieldValidation=Strict", true), [""; 0], "that is refused");
    assert_eq!(warnings(&mut cluster, "", true), [""; 0], "1.20 does not warn by itself");
}
