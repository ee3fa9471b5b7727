//! Objects of kinds that several versions serve: the form in which they are kept, and the form that was asked for.

use super::resource::Resource;
use serde_json::{Map, Value, json};

/// An object in the form that a version shows.
pub fn shown(resource: &Resource, mut object: Value) -> Value {
    let version = resource.api_version();
    if object.get("apiVersion").and_then(Value::as_str) == Some(version.as_str()) {
        return object;
    }
    match (resource.kind.as_str(), version.as_str()) {
        ("Ingress", _) => ingress_to_old(&mut object),
        ("HorizontalPodAutoscaler", "autoscaling/v1") => autoscaler_to_old(&mut object),
        ("CustomResourceDefinition", _) => definition_to_old(&mut object),
        ("Event", _) => rename(&mut object, &EVENT, false),
        _ => {}
    }
    set(&mut object, "apiVersion", version);
    object
}

/// An object in the form in which it is kept.
pub fn stored(resource: &Resource, mut object: Value) -> Value {
    if resource.custom.is_none() && resource.api_version() != resource.stored {
        match (resource.kind.as_str(), resource.api_version().as_str()) {
            ("Ingress", _) => ingress_to_new(&mut object),
            ("HorizontalPodAutoscaler", "autoscaling/v1") => autoscaler_to_new(&mut object),
            ("CustomResourceDefinition", _) => definition_to_new(&mut object),
            ("Event", _) => rename(&mut object, &EVENT, true),
            // In the old versions the selector was that of the template if there was none.
            ("Deployment" | "ReplicaSet" | "DaemonSet" | "StatefulSet", _)
                if object.pointer("/spec/selector").is_none() =>
            {
                if let Some(labels) = object.pointer("/spec/template/metadata/labels").cloned() {
                    object["spec"]["selector"] = json!({"matchLabels": labels});
                }
            }
            _ => {}
        }
    }
    set(&mut object, "apiVersion", resource.stored.clone());
    object
}

fn set(object: &mut Value, field: &str, text: String) {
    if let Some(object) = object.as_object_mut() {
        object.insert(field.to_owned(), Value::String(text));
    }
}

/// Names of fields of events: as they are kept, and as the group `events.k8s.io` calls them.
const EVENT: [(&str, &str); 6] = [
    ("involvedObject", "regarding"),
    ("message", "note"),
    ("source", "deprecatedSource"),
    ("firstTimestamp", "deprecatedFirstTimestamp"),
    ("lastTimestamp", "deprecatedLastTimestamp"),
    ("count", "deprecatedCount"),
];

fn rename(object: &mut Value, names: &[(&str, &str)], back: bool) {
    let Some(object) = object.as_object_mut() else { return };
    for (kept, other) in names {
        let (from, to) = if back { (other, kept) } else { (kept, other) };
        if let Some(value) = object.remove(*from) {
            object.insert((*to).to_owned(), value);
        }
    }
}

fn each_backend(object: &mut Value, change: impl Fn(&mut Map<String, Value>)) {
    for rule in object.pointer_mut("/spec/rules").and_then(Value::as_array_mut).into_iter().flatten() {
        for path in rule.pointer_mut("/http/paths").and_then(Value::as_array_mut).into_iter().flatten() {
            if let Some(backend) = path.get_mut("backend").and_then(Value::as_object_mut) {
                change(backend);
            }
        }
    }
    for field in ["/spec/defaultBackend", "/spec/backend"] {
        if let Some(backend) = object.pointer_mut(field).and_then(Value::as_object_mut) {
            change(backend);
        }
    }
}

fn move_field(object: &mut Value, part: &str, from: &str, to: &str) {
    if let Some(part) = object.get_mut(part).and_then(Value::as_object_mut)
        && let Some(value) = part.remove(from)
    {
        part.insert(to.to_owned(), value);
    }
}

fn ingress_to_new(object: &mut Value) {
    each_backend(object, |backend| {
        let Some(name) = backend.remove("serviceName") else { return };
        let port = match backend.remove("servicePort") {
            Some(Value::String(name)) => json!({"name": name}),
            Some(number) => json!({"number": number}),
            None => json!({}),
        };
        backend.insert("service".to_owned(), json!({"name": name, "port": port}));
    });
    move_field(object, "spec", "backend", "defaultBackend");
    for rule in object.pointer_mut("/spec/rules").and_then(Value::as_array_mut).into_iter().flatten() {
        for path in rule.pointer_mut("/http/paths").and_then(Value::as_array_mut).into_iter().flatten() {
            if let Some(path) = path.as_object_mut() {
                path.entry("pathType").or_insert_with(|| json!("ImplementationSpecific"));
            }
        }
    }
}

fn ingress_to_old(object: &mut Value) {
    each_backend(object, |backend| {
        let Some(service) = backend.remove("service") else { return };
        let port = service.get("port");
        let port = port.and_then(|port| port.get("number").or_else(|| port.get("name"))).cloned();
        backend.insert("serviceName".to_owned(), service.get("name").cloned().unwrap_or_default());
        backend.insert("servicePort".to_owned(), port.unwrap_or_else(|| json!(0)));
    });
    move_field(object, "spec", "defaultBackend", "backend");
}

fn autoscaler_to_new(object: &mut Value) {
    let Some(spec) = object.get_mut("spec").and_then(Value::as_object_mut) else { return };
    if let Some(percent) = spec.remove("targetCPUUtilizationPercentage") {
        let target = json!({"type": "Utilization", "averageUtilization": percent});
        spec.insert("metrics".to_owned(), json!([{"type": "Resource", "resource": {"name": "cpu", "target": target}}]));
    }
}

fn autoscaler_to_old(object: &mut Value) {
    let current = "/status/currentMetrics/0/resource/current/averageUtilization";
    let current = object.pointer(current).cloned();
    if let Some(status) = object.get_mut("status").and_then(Value::as_object_mut) {
        status.remove("currentMetrics");
        status.remove("conditions");
        if let Some(percent) = current {
            status.insert("currentCPUUtilizationPercentage".to_owned(), percent);
        }
    }
    let Some(spec) = object.get_mut("spec").and_then(Value::as_object_mut) else { return };
    let metrics = spec.remove("metrics");
    let cpu = metrics.as_ref().and_then(Value::as_array).into_iter().flatten().find_map(|metric| {
        let resource = metric.get("resource").filter(|resource| resource.get("name") == Some(&json!("cpu")))?;
        resource.pointer("/target/averageUtilization").cloned()
    });
    if let Some(percent) = cpu {
        spec.insert("targetCPUUtilizationPercentage".to_owned(), percent);
    }
}

fn definition_to_new(object: &mut Value) {
    let Some(spec) = object.get_mut("spec").and_then(Value::as_object_mut) else { return };
    let (version, validation) = (spec.remove("version"), spec.remove("validation"));
    let (subresources, columns) = (spec.remove("subresources"), spec.remove("additionalPrinterColumns"));
    if !spec.contains_key("versions")
        && let Some(version) = version
    {
        spec.insert("versions".to_owned(), json!([{"name": version, "served": true, "storage": true}]));
    }
    let open = || json!({"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": true}});
    for version in spec.get_mut("versions").and_then(Value::as_array_mut).into_iter().flatten() {
        let Some(version) = version.as_object_mut() else { continue };
        version.entry("schema").or_insert_with(|| validation.clone().unwrap_or_else(open));
        if let Some(subresources) = &subresources {
            version.entry("subresources").or_insert_with(|| subresources.clone());
        }
        if let Some(columns) = &columns {
            let columns = columns.as_array().into_iter().flatten().map(|column| {
                let mut column = column.clone();
                rename(&mut column, &[("jsonPath", "JSONPath")], true);
                column
            });
            version.entry("additionalPrinterColumns").or_insert_with(|| columns.collect());
        }
    }
    spec.remove("preserveUnknownFields");
}

fn definition_to_old(object: &mut Value) {
    let Some(spec) = object.get_mut("spec").and_then(Value::as_object_mut) else { return };
    let stored = spec.get("versions").and_then(Value::as_array).and_then(|versions| {
        versions.iter().find(|version| version.get("storage") == Some(&Value::Bool(true))).cloned()
    });
    let Some(stored) = stored else { return };
    for (field, from) in [("version", "name"), ("validation", "schema"), ("subresources", "subresources")] {
        if let Some(value) = stored.get(from) {
            spec.insert(field.to_owned(), value.clone());
        }
    }
}
