//! Tencent's access management: actions and resources of TKE, TCR and CCS.

use super::{Call, Demand, Forbidden, Permissions, Resource, Vendor, Why, authorize, texts};
use crate::refusal::Refusal;
use serde_json::Value;
use wharf_spec::file::Authorization;

/// Both names stand for the same service: it was called CCS before (tce:8439), and policies say `ccs` (tce:8543).
const CONTAINERS: &[&str] = &["ccs", "tke"];
/// The registry (tce:8323), and its newer name (web:tencentcloud.com/document/product/1051/37246).
const REGISTRY: &[&str] = &["ccr", "tcr"];
/// Cloud servers (tce:8473).
const SERVERS: &[&str] = &["cvm"];

/// The names that policies have for operations of the registry, where they differ from the operation's (tce:8402).
const REGISTRY_ACTIONS: [(&str, &str); 10] = [
    ("BatchDeleteImagePersonal", "DeleteTag"),
    ("BatchDeleteRepositoryPersonal", "BatchDeleteRepository"),
    ("BatchDeleteTag", "DeleteTag"),
    ("CreateNamespacePersonal", "CreateCCRNamespace"),
    ("CreateRepositoryPersonal", "CreateRepository"),
    ("DeleteImagePersonal", "DeleteTag"),
    ("DeleteNamespacePersonal", "DeleteUserNamespace"),
    ("DeleteRepositoryPersonal", "DeleteRepository"),
    ("DescribeRepositoryOwnerPersonal", "GetUserRepositoryList"),
    ("SearchUserRepository", "GetUserRepositoryList"),
];

/// Refuses what a sub-account may not do, with the code that the operation documents.
pub(super) fn check(caller: &Permissions, call: Call<'_>) -> Result<(), Refusal> {
    // "接口只验签名不鉴权": a signature is enough (tce:12861). API 2.0 does not say it of any operation.
    if call.product != "ccs" && call.spec.authorization != Authorization::Cam {
        return Ok(());
    }
    authorize(caller, Vendor::Tencent, &demand(call)).map_err(|forbidden| refusal(call, &forbidden))
}

fn refusal(call: Call<'_>, forbidden: &Forbidden) -> Refusal {
    let code = match (call.product, forbidden.why) {
        // web:cloud.tencent.com/doc/api/309/7025
        ("ccs", Why::Action) => "4101",
        ("ccs", Why::Resource | Why::Denied) => "4103",
        _ => code(call.spec),
    };
    Refusal::new(code.to_owned(), forbidden.to_string())
}

/// The code that the operation documents for it, else the one of all operations (tce:10230, tce:19330).
fn code(spec: &wharf_spec::file::Operation) -> &str {
    let own = [
        "UnauthorizedOperation",
        "InternalError.CamNoAuth",
        "InternalError.ErrUnauthorized",
        "UnauthorizedOperation.CamNoAuth",
    ];
    match own.into_iter().find(|code| spec.errors.iter().any(|known| known == code)) {
        Some(code) => spec.spellings.get(code).map_or(code, String::as_str),
        None => "AuthFailure.UnauthorizedOperation",
    }
}

fn demand(call: Call<'_>) -> Demand {
    let registry = call.product == "tcr" || call.spec.host.as_deref() == Some("ccr");
    if registry {
        let services = ["tcr", "ccr"].iter();
        let own = services.map(|service| format!("{service}:{}", call.operation));
        let documented = REGISTRY_ACTIONS.iter().find(|(operation, _)| *operation == call.operation);
        let documented = documented.map(|(_, action)| format!("ccr:{action}"));
        let all = resource(call, REGISTRY, "*".to_owned());
        return Demand::new(own.chain(documented).collect(), in_registry(call), all);
    }
    if call.spec.host.as_deref() == Some("monitor") {
        let actions = vec![format!("monitor:{}", call.operation)];
        return Demand::new(actions, Vec::new(), resource(call, &["monitor"], "*".to_owned()));
    }
    let services = if call.product == "tke" { ["tke", "ccs"] } else { ["ccs", "tke"] };
    let actions = services.iter().map(|service| format!("{service}:{}", call.operation)).collect();
    Demand::new(actions, of_clusters(call), resource(call, CONTAINERS, "*".to_owned()))
}

fn resource(call: Call<'_>, services: &'static [&'static str], path: String) -> Resource {
    Resource { services, region: call.region.to_owned(), account: call.account.to_owned(), path }
}

/// The table tce:8449 to tce:8483; none for an operation on all resources. The load balancers and disks of the table are
/// left out: the example that allows everything on one cluster does not contain them (tce:8543).
fn of_clusters(call: Call<'_>) -> Vec<Resource> {
    let servers = |path: &str| resource(call, SERVERS, format!("instance/{path}"));
    let names = ["ClusterId", "clusterId", "ClusterID", "ClusterIds", "clusterIds"];
    let clusters: Vec<&str> = names.iter().flat_map(|name| texts(call.parameters, name)).collect();
    // The clusters of the items of a list.
    let items = call.parameters.get("Permissions").and_then(Value::as_array).into_iter().flatten();
    let of_items = items.filter_map(|item| item.get("ClusterId").and_then(Value::as_str));
    let clusters: Vec<&str> = clusters.into_iter().chain(of_items).collect();
    let clusters = clusters.into_iter().map(|id| resource(call, CONTAINERS, format!("cluster/{id}")));
    match call.operation {
        "CreateCluster" => vec![servers("*")],
        "AddClusterInstances" | "CreateClusterInstances" | "ScaleOutClusterMaster" => {
            clusters.chain([servers("*")]).collect()
        }
        "AddExistedInstances" | "AddClusterInstancesFromExistedCvm" | "DeleteClusterInstances" => {
            let names = ["InstanceIds", "instanceIds"];
            let ids = names.iter().flat_map(|name| texts(call.parameters, name)).map(servers);
            clusters.chain(ids).collect()
        }
        // It lists what the caller may see, or the clusters that it is asked for.
        "DescribeCluster" if clusters.len() == 0 => vec![resource(call, CONTAINERS, "cluster/*".to_owned())],
        // Not in the table: all resources (tce:8447).
        "ModifyClusterNodeLabel" => Vec::new(),
        _ => clusters.collect(),
    }
}

/// Namespaces and repositories (tce:8400, tce:8409, tce:8429), and instances of the enterprise edition
/// (web:tencentcloud.com/document/product/1051/37246).
fn in_registry(call: Call<'_>) -> Vec<Resource> {
    let all = |names: [&str; 2]| -> Vec<&str> { names.iter().flat_map(|name| texts(call.parameters, name)).collect() };
    let repositories = [all(["RepoName", "RepoNames"]), all(["reponame", "reponames"])].concat();
    let tags = [all(["Tag", "Tags"]), all(["tag", "tags"])].concat();
    let (namespaces, instances) = (all(["Namespace", "namespace"]), all(["RegistryId", "RegistryIds"]));
    let of = |path: String| resource(call, REGISTRY, path);
    let deletes_tags = ["BatchDeleteImagePersonal", "DeleteImagePersonal", "BatchDeleteTag"].contains(&call.operation);
    let lists = ["DescribeRepositoryOwnerPersonal", "SearchUserRepository"].contains(&call.operation);
    if lists {
        vec![of("repo/*".to_owned())]
    } else if deletes_tags && !tags.is_empty() {
        let in_repository = |repository: &&str| {
            let repository = (*repository).to_owned();
            tags.iter().map(move |tag| of(format!("repo/{repository}:{tag}")))
        };
        repositories.iter().flat_map(in_repository).collect()
    } else if !repositories.is_empty() {
        repositories.iter().map(|name| of(format!("repo/{name}"))).collect()
    } else if !namespaces.is_empty() {
        namespaces.iter().map(|name| of(format!("repo/{name}"))).collect()
    } else {
        instances.iter().map(|id| of(format!("instance/{id}"))).collect()
    }
}
