//! Arguments of the components of the control plane.

use super::Answer;
use crate::handler::Context;
use crate::input::{Input, invalid};
use serde_json::{Value, json};
use wharf_world::World;
use wharf_world::kernel::violation::{Outcome, Reason};
use wharf_world::tke::arguments::{Arguments, Component, Flag, available};

/// The components by their names on the wire.
const COMPONENTS: [(&str, Component); 4] = [
    ("KubeAPIServer", Component::ApiServer),
    ("KubeControllerManager", Component::ControllerManager),
    ("KubeScheduler", Component::Scheduler),
    ("Etcd", Component::Etcd),
];

/// Reads `ClusterExtraArgs`.
pub(super) fn arguments(given: Input<'_>) -> Outcome<Arguments> {
    let mut all = Vec::new();
    for (name, component) in COMPONENTS {
        let arguments = given.texts(name)?;
        if !arguments.is_empty() {
            all.push((component, arguments));
        }
    }
    Ok(Arguments(all))
}

/// `ClusterExtraArgs` as the wire has it.
pub(super) fn arguments_json(arguments: &Arguments) -> Value {
    COMPONENTS.iter().map(|(name, component)| ((*name).to_owned(), json!(arguments.of(*component)))).collect()
}

pub(super) fn describe_cluster_available_extra_args(world: &mut World, _: &Context, input: Input<'_>) -> Answer {
    let (version, kind) = (input.required("ClusterVersion")?, input.required("ClusterType")?);
    if !world.releases.offers(version) {
        return Err(invalid(format!("ClusterVersion: there is no Kubernetes {version}")));
    }
    super::clusters::is_independent(kind)?;
    let of = |component: Component| -> Vec<Value> {
        available(version).filter(|flag| flag.component == component).map(flag_json).collect()
    };
    Ok(json!({
        "ClusterVersion": version, "ClusterType": kind,
        "AvailableExtraArgs": {
            "KubeAPIServer": of(Component::ApiServer), "KubeControllerManager": of(Component::ControllerManager),
            "KubeScheduler": of(Component::Scheduler), "Kubelet": [],
        },
    }))
}

fn flag_json(flag: &Flag) -> Value {
    let constraint = match flag.range {
        ("", "") => String::new(),
        (least, most) => format!("[{least}, {most}]"),
    };
    json!({
        "Name": flag.name, "Type": flag.kind, "Usage": format!("--{} of {}", flag.name, flag.component.name()),
        "Default": flag.default, "Constraint": constraint,
    })
}

pub(super) fn describe_cluster_extra_args(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let realm = world.tke(&context.account, &context.region);
    let cluster = realm.cluster(input.required("ClusterId")?)?;
    Ok(json!({"ClusterExtraArgs": arguments_json(&cluster.tke().arguments)}))
}

pub(super) fn modify_cluster_extra_args(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let mut realm = world.tke(&context.account, &context.region);
    let given = input.structure("ClusterExtraArgs")?;
    let given = given.ok_or_else(|| Reason::Invalid.because("ClusterExtraArgs must be given"))?;
    realm.change_arguments(input.required("ClusterId")?, arguments(given)?)?;
    Ok(json!({}))
}

pub(super) fn modify_cluster_extra_args_task_state(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let mut realm = world.tke(&context.account, &context.region);
    match input.filled("Operation")? {
        Some("abort") => realm.abort_arguments(input.required("ClusterId")?)?,
        other => return Err(invalid(format!("Operation is abort, not {}", other.unwrap_or("empty")))),
    }
    Ok(json!({}))
}
