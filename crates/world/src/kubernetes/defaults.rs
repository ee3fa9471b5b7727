//! What the API server fills in when an object is made or changed.

use super::crd;
use super::names::{items, number, text};
use super::resource::Resource;
use crate::kernel::Millis;
use crate::kernel::time::iso;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

/// Fills an object in.
pub fn set(resource: &Resource, old: Option<&Value>, object: &mut Value, now: Millis) {
    if let Some(custom) = &resource.custom {
        crd::fill(&custom.schema, object);
        return;
    }
    match resource.kind.as_str() {
        "Pod" => {
            default(&mut object["spec"], &[("serviceAccountName", json!("default"))]);
            pod(&mut object["spec"]);
        }
        "Deployment" => deployment(object),
        "ReplicaSet" => {
            default(&mut object["spec"], &[("replicas", json!(1))]);
            pod(&mut object["spec"]["template"]["spec"]);
        }
        "ReplicationController" => replication_controller(object),
        "StatefulSet" => stateful_set(object),
        "DaemonSet" => {
            let strategy = json!({"type": "RollingUpdate"});
            default(&mut object["spec"], &[("updateStrategy", strategy), ("revisionHistoryLimit", json!(10))]);
            if text(object, "/spec/updateStrategy/type") == "RollingUpdate" {
                let usual = [("maxUnavailable", json!(1)), ("maxSurge", json!(0))];
                default(&mut object["spec"]["updateStrategy"]["rollingUpdate"], &usual);
            }
            pod(&mut object["spec"]["template"]["spec"]);
        }
        "Job" => job(object, old.is_none()),
        "CronJob" => {
            let usual = [
                ("concurrencyPolicy", json!("Allow")),
                ("suspend", json!(false)),
                ("successfulJobsHistoryLimit", json!(3)),
                ("failedJobsHistoryLimit", json!(1)),
            ];
            default(&mut object["spec"], &usual);
            if object.pointer("/spec/jobTemplate/spec/template/spec").is_some() {
                pod(&mut object["spec"]["jobTemplate"]["spec"]["template"]["spec"]);
            }
        }
        "Service" => service(old, object),
        "Secret" => secret(object),
        "Namespace" => namespace(object),
        "PersistentVolumeClaim" => default(&mut object["spec"], &[("volumeMode", json!("Filesystem"))]),
        "PersistentVolume" => {
            let usual = [("persistentVolumeReclaimPolicy", json!("Retain")), ("volumeMode", json!("Filesystem"))];
            default(&mut object["spec"], &usual);
        }
        "StorageClass" => {
            default(object, &[("reclaimPolicy", json!("Delete")), ("volumeBindingMode", json!("Immediate"))]);
        }
        "NetworkPolicy" => network_policy(object),
        "HorizontalPodAutoscaler" => {
            let target = json!({"type": "Utilization", "averageUtilization": 80});
            let metrics = json!([{"type": "Resource", "resource": {"name": "cpu", "target": target}}]);
            default(&mut object["spec"], &[("minReplicas", json!(1)), ("metrics", metrics)]);
        }
        "RoleBinding" | "ClusterRoleBinding" => bindings(object),
        "CustomResourceDefinition" => {
            if old.is_none() || object.pointer("/status/conditions").is_none() {
                object["status"] = crd::status(object, &iso(now));
            }
            default(&mut object["spec"], &[("conversion", json!({"strategy": "None"}))]);
        }
        "PriorityClass" => default(object, &[("preemptionPolicy", json!("PreemptLowerPriority"))]),
        _ => {}
    }
}

/// Sets the fields that are not there.
fn default(place: &mut Value, usual: &[(&str, Value)]) {
    if place.is_null() {
        *place = Value::Object(Map::new());
    }
    let Some(fields) = place.as_object_mut() else { return };
    for (name, value) in usual {
        if fields.get(*name).is_none_or(Value::is_null) {
            fields.insert((*name).to_owned(), value.clone());
        }
    }
}

/// Fills the specification of a pod in.
pub fn pod(spec: &mut Value) {
    let usual = [
        ("restartPolicy", json!("Always")),
        ("terminationGracePeriodSeconds", json!(30)),
        ("dnsPolicy", json!("ClusterFirst")),
        ("securityContext", json!({})),
        ("schedulerName", json!("default-scheduler")),
    ];
    default(spec, &usual);
    for list in ["containers", "initContainers"] {
        for container in spec.get_mut(list).and_then(Value::as_array_mut).into_iter().flatten() {
            let image = text(container, "/image");
            let tag = image.rsplit('/').next().unwrap_or(image).split_once(':').map(|(_, tag)| tag);
            let policy = if tag.is_none_or(|tag| tag == "latest") { "Always" } else { "IfNotPresent" };
            let usual = [
                ("resources", json!({})),
                ("terminationMessagePath", json!("/dev/termination-log")),
                ("terminationMessagePolicy", json!("File")),
                ("imagePullPolicy", json!(policy)),
            ];
            default(container, &usual);
            for port in container.get_mut("ports").and_then(Value::as_array_mut).into_iter().flatten() {
                default(port, &[("protocol", json!("TCP"))]);
            }
            for probe in ["livenessProbe", "readinessProbe", "startupProbe"] {
                if let Some(probe) = container.get_mut(probe).filter(|probe| probe.is_object()) {
                    let usual = [
                        ("timeoutSeconds", json!(1)),
                        ("periodSeconds", json!(10)),
                        ("successThreshold", json!(1)),
                        ("failureThreshold", json!(3)),
                    ];
                    default(probe, &usual);
                    if let Some(get) = probe.get_mut("httpGet").filter(|get| get.is_object()) {
                        default(get, &[("scheme", json!("HTTP")), ("path", json!("/"))]);
                    }
                }
            }
        }
    }
    if let Some(account) = spec.get("serviceAccountName").cloned() {
        default(spec, &[("serviceAccount", account)]);
    }
    for volume in spec.get_mut("volumes").and_then(Value::as_array_mut).into_iter().flatten() {
        for source in ["configMap", "secret"] {
            if let Some(source) = volume.get_mut(source).filter(|source| source.is_object()) {
                default(source, &[("defaultMode", json!(420))]);
            }
        }
    }
}

fn deployment(object: &mut Value) {
    let usual = [
        ("replicas", json!(1)),
        ("strategy", json!({"type": "RollingUpdate"})),
        ("revisionHistoryLimit", json!(10)),
        ("progressDeadlineSeconds", json!(600)),
    ];
    default(&mut object["spec"], &usual);
    default(&mut object["spec"]["strategy"], &[("type", json!("RollingUpdate"))]);
    if text(object, "/spec/strategy/type") == "RollingUpdate" {
        let usual = [("maxUnavailable", json!("25%")), ("maxSurge", json!("25%"))];
        default(&mut object["spec"]["strategy"]["rollingUpdate"], &usual);
    }
    pod(&mut object["spec"]["template"]["spec"]);
}

fn replication_controller(object: &mut Value) {
    default(&mut object["spec"], &[("replicas", json!(1))]);
    let labels = object.pointer("/spec/template/metadata/labels").cloned().unwrap_or_else(|| json!({}));
    default(&mut object["spec"], &[("selector", labels.clone())]);
    if object.pointer("/metadata/labels").is_none() {
        object["metadata"]["labels"] = labels;
    }
    pod(&mut object["spec"]["template"]["spec"]);
}

fn stateful_set(object: &mut Value) {
    let usual = [
        ("replicas", json!(1)),
        ("podManagementPolicy", json!("OrderedReady")),
        ("updateStrategy", json!({"type": "RollingUpdate"})),
        ("revisionHistoryLimit", json!(10)),
    ];
    default(&mut object["spec"], &usual);
    if text(object, "/spec/updateStrategy/type") == "RollingUpdate" {
        default(&mut object["spec"]["updateStrategy"]["rollingUpdate"], &[("partition", json!(0))]);
    }
    for claim in object.pointer_mut("/spec/volumeClaimTemplates").and_then(Value::as_array_mut).into_iter().flatten() {
        default(claim, &[("apiVersion", json!("v1")), ("kind", json!("PersistentVolumeClaim"))]);
        default(&mut claim["spec"], &[("volumeMode", json!("Filesystem"))]);
    }
    pod(&mut object["spec"]["template"]["spec"]);
}

fn job(object: &mut Value, is_new: bool) {
    let usual = [
        ("parallelism", json!(1)),
        ("backoffLimit", json!(6)),
        ("completionMode", json!("NonIndexed")),
        ("suspend", json!(false)),
    ];
    let counted = object.pointer("/spec/completions").is_none() && object.pointer("/spec/parallelism").is_none();
    if counted {
        default(&mut object["spec"], &[("completions", json!(1))]);
    }
    default(&mut object["spec"], &usual);
    let uid = text(object, "/metadata/uid").to_owned();
    let manual = object.pointer("/spec/manualSelector") == Some(&Value::Bool(true));
    if is_new && !manual {
        let name = text(object, "/metadata/name").to_owned();
        let labels = &mut object["spec"]["template"]["metadata"]["labels"];
        if let (false, Some(labels)) = (uid.is_empty(), {
            default(labels, &[]);
            labels.as_object_mut()
        }) {
            labels.insert("controller-uid".to_owned(), json!(uid));
            labels.insert("job-name".to_owned(), json!(name));
            object["spec"]["selector"] = json!({"matchLabels": {"controller-uid": uid}});
        }
    }
    // Pods of jobs have no usual policy: it has to be given.
    let policy = object.pointer("/spec/template/spec/restartPolicy").cloned();
    pod(&mut object["spec"]["template"]["spec"]);
    if policy.is_none() {
        object["spec"]["template"]["spec"]["restartPolicy"] = json!("");
    }
}

fn service(old: Option<&Value>, object: &mut Value) {
    if let Some(old) = old {
        keep_allocated(old, object);
    }
    default(&mut object["spec"], &[("type", json!("ClusterIP")), ("sessionAffinity", json!("None"))]);
    for port in object.pointer_mut("/spec/ports").and_then(Value::as_array_mut).into_iter().flatten() {
        let own = port.get("port").cloned().unwrap_or_default();
        default(port, &[("protocol", json!("TCP")), ("targetPort", own)]);
    }
    if text(object, "/spec/type") != "ClusterIP" && text(object, "/spec/type") != "ExternalName" {
        default(&mut object["spec"], &[("externalTrafficPolicy", json!("Cluster"))]);
    }
}

/// Addresses and ports that the server has given stay, unless the kind of the service has none.
fn keep_allocated(old: &Value, object: &mut Value) {
    let kind = text(object, "/spec/type").to_owned();
    if kind != "ExternalName" && text(object, "/spec/clusterIP").is_empty() {
        object["spec"]["clusterIP"] = old["spec"]["clusterIP"].clone();
    }
    let own_ports = !matches!(kind.as_str(), "NodePort" | "LoadBalancer");
    let changed = text(old, "/spec/type") != kind;
    for port in object.pointer_mut("/spec/ports").and_then(Value::as_array_mut).into_iter().flatten() {
        let same = |there: &&Value| there["port"] == port["port"] && there["protocol"] == port["protocol"];
        let before = items(old, "/spec/ports").iter().find(same).and_then(|there| there.get("nodePort")).cloned();
        let Some(fields) = port.as_object_mut() else { continue };
        match before {
            Some(before) if own_ports && changed && fields.get("nodePort") == Some(&before) => {
                fields.remove("nodePort");
            }
            Some(before) if !own_ports => drop(fields.entry("nodePort").or_insert(before)),
            _ => {}
        }
    }
}

fn secret(object: &mut Value) {
    default(object, &[("type", json!("Opaque"))]);
    let Some(fields) = object.as_object_mut() else { return };
    let Some(plain) = fields.remove("stringData") else { return };
    let data = fields.entry("data").or_insert_with(|| json!({}));
    for (name, value) in plain.as_object().into_iter().flatten() {
        data[name] = json!(STANDARD.encode(value.as_str().unwrap_or_default()));
    }
}

fn namespace(object: &mut Value) {
    default(&mut object["spec"], &[("finalizers", json!(["kubernetes"]))]);
    let name = text(object, "/metadata/name").to_owned();
    if !name.is_empty() {
        default(&mut object["metadata"]["labels"], &[("kubernetes.io/metadata.name", json!(name))]);
    }
}

fn network_policy(object: &mut Value) {
    let mut types = vec![json!("Ingress")];
    if !items(object, "/spec/egress").is_empty() {
        types.push(json!("Egress"));
    }
    default(&mut object["spec"], &[("policyTypes", Value::Array(types))]);
}

fn bindings(object: &mut Value) {
    const RBAC: &str = "rbac.authorization.k8s.io";
    default(&mut object["roleRef"], &[("apiGroup", json!(RBAC))]);
    for subject in object.get_mut("subjects").and_then(Value::as_array_mut).into_iter().flatten() {
        let group = if text(subject, "/kind") == "ServiceAccount" { "" } else { RBAC };
        if !group.is_empty() {
            default(subject, &[("apiGroup", json!(group))]);
        }
    }
}

/// How many a number or a share like `25%` is of a whole; `up` says to which side it is rounded.
pub fn share(value: Option<&Value>, whole: i64, up: bool) -> i64 {
    match value {
        Some(Value::String(text)) => {
            let percent: i64 = text.trim_end_matches('%').parse().unwrap_or(0);
            let exact = percent.saturating_mul(whole);
            if up { exact.saturating_add(99) / 100 } else { exact / 100 }
        }
        Some(value) => value.as_i64().unwrap_or(0),
        None => 0,
    }
}

/// The number of replicas that an object wants.
pub fn replicas(object: &Value) -> i64 {
    number(object, "/spec/replicas").unwrap_or(1).max(0)
}
