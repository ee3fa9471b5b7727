//! The protection of objects of Kubernetes against deletion.

use super::{Answer, Scene};
use crate::input::{Input, missing};
use serde_json::{Value, json};
use wharf_world::ack::protection::ProtectedKind;
use wharf_world::kernel::violation::Outcome;

const KINDS: [&str; 2] = ["namespaces", "services"];
/// The namespace of services if none is given.
const USUAL_NAMESPACE: &str = "default";

fn kind(input: Input<'_>, name: &str) -> Outcome<ProtectedKind> {
    input.required(name)?;
    let kind = input.one_of(name, &KINDS)?;
    Ok(if kind == Some("services") { ProtectedKind::Service } else { ProtectedKind::Namespace })
}

/// The namespace that objects of that kind are in.
fn namespace(input: Input<'_>, kind: ProtectedKind) -> Outcome<&str> {
    match kind {
        ProtectedKind::Namespace => Ok(""),
        ProtectedKind::Service => Ok(input.filled("namespace")?.unwrap_or(USUAL_NAMESPACE)),
    }
}

pub(super) fn describe_resources_delete_protection(scene: &mut Scene<'_>, input: Input<'_>) -> Answer {
    let kind = kind(input, "ResourceType")?;
    let names = input.filled("resources")?.map_or(Vec::new(), |names| names.split(',').map(str::to_owned).collect());
    if kind == ProtectedKind::Service && names.is_empty() {
        return Err(missing("resources"));
    }
    let (id, namespace) = (input.required("ClusterId")?, namespace(input, kind)?);
    let found = scene.realm.realm.protections(scene.owner, id, kind, namespace, &names)?;
    let shown = found.into_iter().map(|(name, protected)| {
        let mut shown = json!({"name": name.name, "resource": resource(kind), "protection": protected});
        if kind == ProtectedKind::Service {
            shown["namespace"] = json!(namespace);
        }
        shown
    });
    Ok(shown.collect::<Vec<Value>>().into())
}

fn resource(kind: ProtectedKind) -> &'static str {
    match kind {
        ProtectedKind::Namespace => KINDS[0],
        ProtectedKind::Service => KINDS[1],
    }
}

pub(super) fn update_resources_delete_protection(scene: &mut Scene<'_>, input: Input<'_>) -> Answer {
    let kind = kind(input, "resource_type")?;
    let names = input.required_texts("resources")?;
    let (id, namespace, enable) = (input.required("ClusterId")?, namespace(input, kind)?, input.flag("enable")?);
    scene.realm.protect(scene.owner, id, kind, namespace, &names, enable)?;
    let mut shown = json!({"protection": enable.to_string(), "resource_type": resource(kind), "resources": names});
    if kind == ProtectedKind::Service {
        shown["namespace"] = json!(namespace);
    }
    Ok(shown)
}
