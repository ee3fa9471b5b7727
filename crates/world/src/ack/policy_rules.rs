//! What the policies of container security ask of objects.

use crate::kubernetes::names::{items, text};
use serde_json::{Map, Value};

/// The parameters of a policy.
pub(super) struct Parameters<'a>(pub(super) &'a Map<String, Value>);

impl Parameters<'_> {
    /// The texts of a list, or the `key` of each of its structures.
    fn texts(&self, name: &str) -> Vec<&str> {
        let items = self.0.get(name).and_then(Value::as_array).into_iter().flatten();
        items.filter_map(|item| item.as_str().or_else(|| item.get("key")?.as_str())).collect()
    }
}

/// The specification and the labels of the pods that an object has or makes.
fn pod(object: &Value) -> Option<(&Value, &Value)> {
    let path = match text(object, "/kind") {
        "Pod" => "",
        "Deployment" | "ReplicaSet" | "StatefulSet" | "DaemonSet" | "Job" | "ReplicationController" => "/spec/template",
        "CronJob" => "/spec/jobTemplate/spec/template",
        _ => return None,
    };
    let pod = object.pointer(path)?;
    Some((pod.get("spec")?, pod.pointer("/metadata/labels").unwrap_or(&Value::Null)))
}

/// What an object violates of the policy of that name.
pub(super) fn violations(policy: &str, parameters: &Parameters<'_>, object: &Value) -> Option<String> {
    let service = |kinds: &[&str]| text(object, "/kind") == "Service" && kinds.contains(&text(object, "/spec/type"));
    match policy {
        "ACKBlockLoadBalancer" => service(&["LoadBalancer"]).then(|| "a load balancer is not allowed".to_owned()),
        "ACKBlockNodePort" => service(&["NodePort"]).then(|| "a port of the nodes is not allowed".to_owned()),
        "ACKRestrictNamespaces" => {
            let namespace = text(object, "/metadata/namespace");
            let restricted = parameters.texts("restrictedNamespaces").contains(&namespace);
            restricted.then(|| format!("nothing is created in the namespace {namespace}"))
        }
        _ => {
            let (spec, labels) = pod(object)?;
            of_pod(policy, parameters, spec, labels)
        }
    }
}

fn of_pod(policy: &str, parameters: &Parameters<'_>, spec: &Value, labels: &Value) -> Option<String> {
    let containers = || items(spec, "/containers").iter().chain(items(spec, "/initContainers"));
    match policy {
        "ACKAllowedRepos" => {
            let repositories = parameters.texts("repos");
            let foreign = |image: &&str| !repositories.iter().any(|repository| image.starts_with(repository));
            let image = containers().map(|container| text(container, "/image")).find(foreign)?;
            Some(format!("the image {image} is not from {}", repositories.join(", ")))
        }
        "ACKRequiredLabels" => {
            let label = parameters.texts("labels").into_iter().find(|label| labels.get(label).is_none())?;
            Some(format!("the label {label} is missing"))
        }
        "ACKPSPHostNamespace" => {
            let shares =
                ["/hostPID", "/hostIPC"].into_iter().find(|path| spec.pointer(path) == Some(&Value::Bool(true)))?;
            Some(format!("{} is not allowed", &shares[1..]))
        }
        "ACKPSPPrivilegedContainer" => {
            let privileged = |one: &&Value| one.pointer("/securityContext/privileged") == Some(&Value::Bool(true));
            let container = containers().find(privileged)?;
            Some(format!("the container {} is privileged", text(container, "/name")))
        }
        _ => None,
    }
}
