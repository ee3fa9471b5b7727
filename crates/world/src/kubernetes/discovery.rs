//! Discovery: which groups, versions and kinds an API server has.

use super::kinds::{PREFERRED, api_version};
use super::request::ApiResponse;
use super::resource::Resource;
use crate::cluster::Cluster;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// What `/api` says.
pub fn core_versions(_cluster: &Cluster) -> Value {
    json!({"kind": "APIVersions", "versions": ["v1"],
        "serverAddressByClientCIDRs": [{"clientCIDR": "0.0.0.0/0", "serverAddress": ""}]})
}

/// The groups, each with its versions; the preferred one first.
fn versions(cluster: &Cluster) -> BTreeMap<String, Vec<String>> {
    let mut groups: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for resource in cluster.resources() {
        let versions = groups.entry(resource.group).or_default();
        if !versions.contains(&resource.version) {
            versions.push(resource.version);
        }
    }
    for (group, versions) in &mut groups {
        versions.sort_by_key(|version| {
            let preferred = PREFERRED.iter().any(|(known, first)| known == group && first == version);
            (!preferred, std::cmp::Reverse(priority(version)))
        });
    }
    groups
}

/// How new a version is: stable ones before beta ones, then by number.
fn priority(version: &str) -> (u32, u32, u32) {
    let rest = version.trim_start_matches('v');
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    let major = digits.parse().unwrap_or(0);
    let tail = &rest[digits.len()..];
    let number = |text: &str| text.parse().unwrap_or(0);
    match (tail.strip_prefix("beta"), tail.strip_prefix("alpha")) {
        (Some(beta), _) => (1, major, number(beta)),
        (_, Some(alpha)) => (0, major, number(alpha)),
        _ => (2, major, 0),
    }
}

fn group_json(name: &str, versions: &[String]) -> Value {
    let entry = |version: &String| json!({"groupVersion": api_version(name, version), "version": version});
    let all: Vec<Value> = versions.iter().map(entry).collect();
    json!({"name": name, "versions": all, "preferredVersion": all.first()})
}

/// What `/apis` says.
pub fn groups(cluster: &Cluster) -> Value {
    let versions = versions(cluster);
    let groups: Vec<Value> =
        versions.iter().filter(|(name, _)| !name.is_empty()).map(|(name, all)| group_json(name, all)).collect();
    json!({"kind": "APIGroupList", "apiVersion": "v1", "groups": groups})
}

/// What the path of a group says.
pub fn group(cluster: &Cluster, name: &str) -> Option<Value> {
    let versions = versions(cluster);
    let all = versions.get(name).filter(|_| !name.is_empty())?;
    let mut group = group_json(name, all);
    (group["kind"], group["apiVersion"]) = (json!("APIGroup"), json!("v1"));
    Some(group)
}

/// The kind of what a subresource takes, with its group and version, where it is not the object's own.
fn subresource_kind(resource: &Resource, subresource: &str) -> (String, String, String) {
    let own = |text: &str| text.to_owned();
    match (resource.kind.as_str(), subresource) {
        (_, "scale") => (own("Scale"), own("autoscaling"), own("v1")),
        ("Pod", "eviction") => (own("Eviction"), own("policy"), own("v1")),
        ("Pod", "binding") => (own("Binding"), String::new(), own("v1")),
        ("ServiceAccount", "token") => (own("TokenRequest"), own("authentication.k8s.io"), own("v1")),
        ("Deployment", "rollback") => (own("DeploymentRollback"), resource.group.clone(), resource.version.clone()),
        _ => (resource.kind.clone(), String::new(), String::new()),
    }
}

fn subresource_verbs(subresource: &str) -> &'static [&'static str] {
    match subresource {
        "log" => &["get"],
        "eviction" | "binding" | "token" | "rollback" => &["create"],
        "finalize" => &["update"],
        _ => &["get", "patch", "update"],
    }
}

/// The kinds of a version of a group.
pub fn resources(cluster: &Cluster, group: &str, version: &str) -> Option<Value> {
    let all = cluster.resources();
    let mut list = Vec::new();
    for resource in all.iter().filter(|there| there.group == group && there.version == version) {
        let mut entry = json!({"name": resource.plural, "singularName": resource.singular,
            "namespaced": resource.namespaced, "kind": resource.kind, "verbs": resource.verbs});
        if !resource.short.is_empty() {
            entry["shortNames"] = json!(resource.short);
        }
        if !resource.categories.is_empty() {
            entry["categories"] = json!(resource.categories);
        }
        list.push(entry);
        for subresource in &resource.subresources {
            let (kind, group, version) = subresource_kind(resource, subresource);
            let mut entry = json!({"name": format!("{}/{subresource}", resource.plural), "singularName": "",
                "namespaced": resource.namespaced, "kind": kind, "verbs": subresource_verbs(subresource)});
            if !version.is_empty() {
                (entry["group"], entry["version"]) = (json!(group), json!(version));
            }
            list.push(entry);
        }
    }
    let found = !list.is_empty();
    let answer = json!({"kind": "APIResourceList", "apiVersion": "v1",
        "groupVersion": api_version(group, version), "resources": list});
    found.then_some(answer)
}

/// All of discovery in one document: of the core, or of the other groups.
pub fn aggregated(cluster: &Cluster, core: bool, form: &'static str) -> ApiResponse {
    let all = cluster.resources();
    let groups = versions(cluster);
    let items: Vec<Value> = groups
        .iter()
        .filter(|(name, _)| name.is_empty() == core)
        .map(|(name, versions)| {
            let versions: Vec<Value> = versions
                .iter()
                .map(|version| {
                    let own = all.iter().filter(|there| there.group == *name && there.version == *version);
                    let resources: Vec<Value> = own.map(aggregated_resource).collect();
                    json!({"version": version, "freshness": "Current", "resources": resources})
                })
                .collect();
            let metadata = if core { json!({"creationTimestamp": null}) } else { json!({"name": name}) };
            json!({"metadata": metadata, "versions": versions})
        })
        .collect();
    let list = json!({"kind": "APIGroupDiscoveryList", "apiVersion": format!("apidiscovery.k8s.io/{form}"),
        "metadata": {}, "items": items});
    let content_type = match form {
        "v2" => "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList",
        _ => "application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList",
    };
    ApiResponse { content_type, ..ApiResponse::json(200, &list) }
}

fn aggregated_resource(resource: &Resource) -> Value {
    let kind = |group: &str, version: &str, kind: &str| json!({"group": group, "version": version, "kind": kind});
    let scope = if resource.namespaced { "Namespaced" } else { "Cluster" };
    let mut entry = json!({
        "resource": resource.plural, "responseKind": kind(&resource.group, &resource.version, &resource.kind),
        "scope": scope, "singularResource": resource.singular, "verbs": resource.verbs,
    });
    if !resource.short.is_empty() {
        entry["shortNames"] = json!(resource.short);
    }
    if !resource.categories.is_empty() {
        entry["categories"] = json!(resource.categories);
    }
    let subresources: Vec<Value> = resource
        .subresources
        .iter()
        .map(|subresource| {
            let (name, mut group, mut version) = subresource_kind(resource, subresource);
            if version.is_empty() {
                (group, version) = (resource.group.clone(), resource.version.clone());
            }
            json!({"subresource": subresource, "responseKind": kind(&group, &version, &name),
                "verbs": subresource_verbs(subresource)})
        })
        .collect();
    if !subresources.is_empty() {
        entry["subresources"] = json!(subresources);
    }
    entry
}

/// The paths there are.
pub fn paths(cluster: &Cluster) -> Value {
    let mut paths: Vec<String> =
        ["/api", "/api/v1", "/apis", "/healthz", "/livez", "/openapi/v2", "/openapi/v3", "/readyz", "/version"]
            .map(str::to_owned)
            .to_vec();
    for (group, versions) in versions(cluster).iter().filter(|(group, _)| !group.is_empty()) {
        paths.push(format!("/apis/{group}"));
        paths.extend(versions.iter().map(|version| format!("/apis/{group}/{version}")));
    }
    paths.sort();
    json!({"paths": paths})
}
