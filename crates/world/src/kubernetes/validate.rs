//! The rules of the built-in kinds that go beyond types.

use super::names::{is_dns_label, is_dns_subdomain, items, text};
use super::refusal::FieldFault;
use super::selectors::{LabelSelector, is_key, is_value};
use super::{crd, defaults};
use serde_json::{Value, json};

/// Fields of the specification of a pod that may change after it was made.
const POD_CHANGES: [&str; 6] = [
    "activeDeadlineSeconds",
    "terminationGracePeriodSeconds",
    "tolerations",
    "nodeName",
    "ephemeralContainers",
    "schedulingGates",
];

/// What is wrong with the metadata of an object of any kind.
pub fn check_metadata(old: Option<&Value>, new: &Value, faults: &mut Vec<FieldFault>) {
    for (key, value) in new.pointer("/metadata/labels").and_then(Value::as_object).into_iter().flatten() {
        if !is_key(key) {
            let why = "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with \
                       an alphanumeric character";
            faults.push(FieldFault::invalid("metadata.labels", key.as_str(), why));
        }
        if !value.as_str().is_some_and(is_value) {
            let why = "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and \
                       must start and end with an alphanumeric character, and have at most 63 characters";
            faults.push(FieldFault::invalid("metadata.labels", value.clone(), why));
        }
    }
    for (key, _) in new.pointer("/metadata/annotations").and_then(Value::as_object).into_iter().flatten() {
        if !is_key(&key.to_lowercase()) {
            faults.push(FieldFault::invalid("metadata.annotations", key.as_str(), "is not a qualified name"));
        }
    }
    for finalizer in items(new, "/metadata/finalizers").iter().filter_map(Value::as_str) {
        if !is_key(finalizer) {
            faults.push(FieldFault::invalid("metadata.finalizers", finalizer, "is not a qualified name"));
        }
    }
    let controls = |owner: &&Value| owner.get("controller") == Some(&Value::Bool(true));
    let owners = items(new, "/metadata/ownerReferences");
    if owners.iter().filter(controls).count() > 1 {
        let why = "only one reference can have Controller set to true";
        faults.push(FieldFault::invalid("metadata.ownerReferences", Value::Array(owners.to_vec()), why));
    }
    for (place, owner) in owners.iter().enumerate() {
        for field in ["apiVersion", "kind", "name", "uid"] {
            if text(owner, &format!("/{field}")).is_empty() {
                let field = format!("metadata.ownerReferences[{place}].{field}");
                faults.push(FieldFault::invalid(field, "", "must not be empty"));
            }
        }
    }
    // Whoever dies gets no new finalizers.
    if let Some(old) = old
        && old.pointer("/metadata/deletionTimestamp").is_some()
    {
        let before = items(old, "/metadata/finalizers");
        let new: Vec<&Value> = items(new, "/metadata/finalizers").iter().filter(|f| !before.contains(f)).collect();
        if !new.is_empty() {
            let why = format!(
                "no new finalizers can be added if the object is being deleted, found new finalizers {}",
                json!(new)
            );
            faults.push(FieldFault::forbidden("metadata.finalizers", why));
        }
    }
}

/// What is wrong with an object of a built-in kind.
pub fn check(kind: &str, old: Option<&Value>, new: &Value) -> Vec<FieldFault> {
    let mut faults = Vec::new();
    match kind {
        "Pod" => pod(old, new, &mut faults),
        "Deployment" | "ReplicaSet" | "StatefulSet" | "DaemonSet" => workload(kind, old, new, &mut faults),
        "ReplicationController" => replication_controller(new, &mut faults),
        "Job" => job(old, new, "spec", &mut faults),
        "CronJob" => cron_job(new, &mut faults),
        "ConfigMap" | "Secret" => data(kind, old, new, &mut faults),
        "PersistentVolumeClaim" => claim(old, new, &mut faults),
        "PersistentVolume" => {
            if new.pointer("/spec/capacity/storage").is_none() {
                faults.push(FieldFault::required("spec.capacity", ""));
            }
            if items(new, "/spec/accessModes").is_empty() {
                faults.push(FieldFault::required("spec.accessModes", ""));
            }
        }
        "PodDisruptionBudget" => {
            let both = new.pointer("/spec/minAvailable").is_some() && new.pointer("/spec/maxUnavailable").is_some();
            if both {
                let why = "minAvailable and maxUnavailable cannot be both set";
                faults.push(FieldFault::invalid("spec", new["spec"].clone(), why));
            }
        }
        "HorizontalPodAutoscaler" => {
            let number = |path: &str| new.pointer(path).and_then(Value::as_i64).unwrap_or(1);
            let (least, most) = (number("/spec/minReplicas"), number("/spec/maxReplicas"));
            if most < 1 {
                faults.push(FieldFault::invalid("spec.maxReplicas", most, "must be greater than 0"));
            } else if most < least {
                faults.push(FieldFault::invalid(
                    "spec.maxReplicas",
                    most,
                    "must be greater than or equal to `minReplicas`",
                ));
            }
        }
        "CustomResourceDefinition" => faults.extend(crd::faults(new)),
        "RoleBinding" | "ClusterRoleBinding" if old.is_some_and(|old| old["roleRef"] != new["roleRef"]) => {
            faults.push(FieldFault::invalid("roleRef", new["roleRef"].clone(), "cannot change roleRef"));
        }
        "Ingress" if items(new, "/spec/rules").is_empty() && new.pointer("/spec/defaultBackend").is_none() => {
            let why = "either `defaultBackend` or `rules` must be specified";
            faults.push(FieldFault::invalid("spec", json!([]), why));
        }
        _ => {}
    }
    faults
}

fn containers(spec: &Value, path: &str, faults: &mut Vec<FieldFault>) {
    let all = items(spec, "/containers");
    if all.is_empty() {
        faults.push(FieldFault::required(format!("{path}.containers"), ""));
    }
    let mut names: Vec<&str> = Vec::new();
    let volumes: Vec<&str> = items(spec, "/volumes").iter().map(|volume| text(volume, "/name")).collect();
    for (list, list_name) in [(items(spec, "/initContainers"), "initContainers"), (all, "containers")] {
        for (place, container) in list.iter().enumerate() {
            let path = format!("{path}.{list_name}[{place}]");
            let name = text(container, "/name");
            if name.is_empty() {
                faults.push(FieldFault::required(format!("{path}.name"), ""));
            } else if !is_dns_label(name) {
                let why = "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-'";
                faults.push(FieldFault::invalid(format!("{path}.name"), name, why));
            } else if names.contains(&name) {
                faults.push(FieldFault::duplicate(format!("{path}.name"), name));
            }
            names.push(name);
            if text(container, "/image").is_empty() {
                faults.push(FieldFault::required(format!("{path}.image"), ""));
            }
            for (place, port) in items(container, "/ports").iter().enumerate() {
                let number = port.get("containerPort").and_then(Value::as_i64).unwrap_or(0);
                if !(1..=65_535).contains(&number) {
                    let field = format!("{path}.ports[{place}].containerPort");
                    faults.push(FieldFault::invalid(field, number, "must be between 1 and 65535, inclusive"));
                }
            }
            for (place, mount) in items(container, "/volumeMounts").iter().enumerate() {
                let name = text(mount, "/name");
                if !volumes.contains(&name) {
                    let field = format!("{path}.volumeMounts[{place}].name");
                    faults.push(FieldFault {
                        field,
                        reason: super::refusal::FieldReason::Invalid,
                        value: Some(json!(name)),
                        why: "there is no volume of this name".to_owned(),
                    });
                }
            }
        }
    }
    let policy = text(spec, "/restartPolicy");
    if !matches!(policy, "Always" | "OnFailure" | "Never") {
        let field = format!("{path}.restartPolicy");
        faults.push(FieldFault::not_supported(field, policy, &["Always", "OnFailure", "Never"]));
    }
}

fn pod(old: Option<&Value>, new: &Value, faults: &mut Vec<FieldFault>) {
    containers(&new["spec"], "spec", faults);
    let Some(old) = old else { return };
    let fixed = |object: &Value| {
        // Pods of the cloud's own were made without what the server fills in.
        let mut spec = object["spec"].clone();
        defaults::pod(&mut spec);
        if let Some(spec) = spec.as_object_mut() {
            for field in ["serviceAccountName", "serviceAccount"] {
                spec.entry(field).or_insert_with(|| json!("default"));
            }
            for field in POD_CHANGES {
                spec.remove(field);
            }
        }
        for list in ["containers", "initContainers"] {
            for container in spec.get_mut(list).and_then(Value::as_array_mut).into_iter().flatten() {
                container["image"] = Value::Null;
            }
        }
        spec
    };
    let moved = old.pointer("/spec/nodeName") != new.pointer("/spec/nodeName");
    if fixed(old) != fixed(new) || moved {
        let why = "pod updates may not change fields other than `spec.containers[*].image`, \
                   `spec.initContainers[*].image`, `spec.activeDeadlineSeconds`, `spec.tolerations` (only additions to \
                   existing tolerations) or `spec.terminationGracePeriodSeconds`";
        faults.push(FieldFault::forbidden("spec", why));
    }
}

fn workload(kind: &str, old: Option<&Value>, new: &Value, faults: &mut Vec<FieldFault>) {
    if new.pointer("/spec/template").is_some() {
        containers(&new["spec"]["template"]["spec"], "spec.template.spec", faults);
        let policy = text(new, "/spec/template/spec/restartPolicy");
        if policy != "Always" {
            let field = "spec.template.spec.restartPolicy";
            faults.push(FieldFault::not_supported(field, policy, &["Always"]));
        }
        let selector = LabelSelector::of_object(new.pointer("/spec/selector"));
        match selector {
            Some(selector) if selector.is_empty() => {
                let why = format!("empty selector is invalid for {}", kind.to_lowercase());
                faults.push(FieldFault::invalid("spec.selector", json!({}), why));
            }
            Some(selector) if !selector.selects(&new["spec"]["template"]) => {
                let labels = new.pointer("/spec/template/metadata/labels").cloned().unwrap_or_else(|| json!({}));
                let why = "`selector` does not match template `labels`";
                faults.push(FieldFault::invalid("spec.template.metadata.labels", labels, why));
            }
            Some(_) => {}
            None => faults.push(FieldFault::required("spec.selector", "")),
        }
    }
    replicas(new, faults);
    let Some(old) = old else { return };
    if old.pointer("/spec/selector") != new.pointer("/spec/selector") {
        let selector = new.pointer("/spec/selector").cloned().unwrap_or_default();
        faults.push(FieldFault::invalid("spec.selector", selector, "field is immutable"));
    }
    if kind == "StatefulSet" {
        let fixed = |object: &Value| {
            let mut spec = object["spec"].clone();
            let changes = [
                "replicas",
                "ordinals",
                "template",
                "updateStrategy",
                "revisionHistoryLimit",
                "persistentVolumeClaimRetentionPolicy",
                "minReadySeconds",
                "selector",
            ];
            if let Some(spec) = spec.as_object_mut() {
                spec.retain(|name, _| !changes.contains(&name.as_str()));
            }
            spec
        };
        if fixed(old) != fixed(new) {
            let why = "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', \
                       'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and \
                       'minReadySeconds' are forbidden";
            faults.push(FieldFault::forbidden("spec", why));
        }
    }
}

fn replicas(new: &Value, faults: &mut Vec<FieldFault>) {
    for field in ["replicas", "minReadySeconds", "revisionHistoryLimit", "parallelism", "completions", "backoffLimit"] {
        if let Some(number) = new.pointer(&format!("/spec/{field}")).and_then(Value::as_i64)
            && number < 0
        {
            faults.push(FieldFault::invalid(format!("spec.{field}"), number, "must be greater than or equal to 0"));
        }
    }
}

fn replication_controller(new: &Value, faults: &mut Vec<FieldFault>) {
    containers(&new["spec"]["template"]["spec"], "spec.template.spec", faults);
    let selector = LabelSelector::of_labels(new.pointer("/spec/selector"));
    if selector.is_empty() {
        faults.push(FieldFault::required("spec.selector", ""));
    } else if !selector.selects(&new["spec"]["template"]) {
        let labels = new.pointer("/spec/template/metadata/labels").cloned().unwrap_or_else(|| json!({}));
        faults.push(FieldFault::invalid(
            "spec.template.metadata.labels",
            labels,
            "`selector` does not match template `labels`",
        ));
    }
    replicas(new, faults);
}

fn job(old: Option<&Value>, new: &Value, path: &str, faults: &mut Vec<FieldFault>) {
    let spec = new.pointer(&format!("/{}", path.replace('.', "/"))).cloned().unwrap_or_default();
    let policy = text(&spec, "/template/spec/restartPolicy");
    let mut template = spec.pointer("/template/spec").cloned().unwrap_or_default();
    if !matches!(policy, "OnFailure" | "Never") {
        let field = format!("{path}.template.spec.restartPolicy");
        faults.push(FieldFault::not_supported(field, policy, &["OnFailure", "Never"]));
        template["restartPolicy"] = json!("Never");
    }
    containers(&template, &format!("{path}.template.spec"), faults);
    replicas(new, faults);
    if let Some(old) = old {
        for field in ["completions", "selector", "template", "completionMode"] {
            let at = |object: &Value| object["spec"][field].clone();
            if at(old) != at(new) {
                faults.push(FieldFault::invalid(format!("spec.{field}"), at(new), "field is immutable"));
            }
        }
    }
}

fn cron_job(new: &Value, faults: &mut Vec<FieldFault>) {
    let schedule = text(new, "/spec/schedule");
    if let Err(why) = super::controllers::schedule::Schedule::read(schedule) {
        faults.push(FieldFault::invalid("spec.schedule", schedule, why));
    }
    let policy = text(new, "/spec/concurrencyPolicy");
    if !matches!(policy, "Allow" | "Forbid" | "Replace") {
        faults.push(FieldFault::not_supported("spec.concurrencyPolicy", policy, &["Allow", "Forbid", "Replace"]));
    }
    job(None, new, "spec.jobTemplate.spec", faults);
    let name = text(new, "/metadata/name");
    if name.len() > 52 {
        faults.push(FieldFault::invalid("metadata.name", name, "must be no more than 52 characters"));
    }
}

fn data(kind: &str, old: Option<&Value>, new: &Value, faults: &mut Vec<FieldFault>) {
    for field in ["data", "binaryData"] {
        for (key, value) in new.get(field).and_then(Value::as_object).into_iter().flatten() {
            let right = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
            if key.is_empty() || key.len() > 253 || !key.bytes().all(right) {
                let why = "a valid config key must consist of alphanumeric characters, '-', '_' or '.'";
                faults.push(FieldFault::invalid(format!("{field}[{key}]"), key.as_str(), why));
            }
            let coded = kind == "Secret" || field == "binaryData";
            let decoded =
                base64::Engine::decode(&base64::engine::general_purpose::STANDARD, value.as_str().unwrap_or_default());
            if coded && decoded.is_err() {
                faults.push(FieldFault::invalid(format!("{field}[{key}]"), "", "illegal base64 data"));
            }
        }
    }
    let Some(old) = old else { return };
    if old.get("immutable") == Some(&Value::Bool(true)) {
        for field in ["data", "binaryData", "immutable"] {
            if old.get(field) != new.get(field) {
                faults.push(FieldFault::forbidden(field, "field is immutable when `immutable` is set"));
            }
        }
    }
    if kind == "Secret" && old.get("type") != new.get("type") {
        faults.push(FieldFault::invalid("type", new["type"].clone(), "field is immutable"));
    }
}

fn claim(old: Option<&Value>, new: &Value, faults: &mut Vec<FieldFault>) {
    if items(new, "/spec/accessModes").is_empty() {
        faults.push(FieldFault::required("spec.accessModes", "at least 1 access mode is required"));
    }
    for mode in items(new, "/spec/accessModes") {
        let modes = ["ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"];
        if !mode.as_str().is_some_and(|mode| modes.contains(&mode)) {
            faults.push(FieldFault::not_supported("spec.accessModes", mode.clone(), &modes));
        }
    }
    if new.pointer("/spec/resources/requests/storage").is_none() {
        faults.push(FieldFault::required("spec.resources[storage]", ""));
    }
    let class = text(new, "/spec/storageClassName");
    if !class.is_empty() && !is_dns_subdomain(class) {
        faults.push(FieldFault::invalid("spec.storageClassName", class, "is not the name of a class"));
    }
    let Some(old) = old else { return };
    let fixed = |object: &Value| {
        let mut spec = object["spec"].clone();
        if let Some(spec) = spec.as_object_mut() {
            spec.remove("resources");
            spec.remove("volumeAttributesClassName");
            if spec.get("volumeName").is_none_or(|name| name == "") {
                spec.remove("volumeName");
            }
        }
        spec
    };
    let (before, after) = (fixed(old), fixed(new));
    let bound_now = before.get("volumeName").is_none() && after.get("volumeName").is_some();
    if before != after && !bound_now {
        let why =
            "spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims";
        faults.push(FieldFault::forbidden("spec", why));
    }
}
