//! Namespaces of a cluster.

use super::Answer;
use super::nodes::named;
use crate::handler::Context;
use crate::input::Input;
use serde_json::{Value, json};
use wharf_world::World;
use wharf_world::kernel::time::local;

pub(super) fn describe(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let realm = world.ccs(&context.account, &context.region);
    let cluster = realm.serving_cluster(input.required("clusterId")?)?;
    let shown = cluster.kubernetes.namespaces.iter().map(|namespace| {
        let description = cluster.kubernetes.descriptions.get(&namespace.name);
        json!({
            "name": namespace.name, "status": if namespace.stopping { "Terminating" } else { "Active" },
            "description": description.cloned().unwrap_or_default(), "createdAt": local(namespace.created),
        })
    });
    let namespaces: Vec<Value> = shown.collect();
    Ok(json!({"totalCount": namespaces.len(), "namespaces": namespaces}))
}

pub(super) fn create(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let mut realm = world.ccs(&context.account, &context.region);
    let cluster = input.required("clusterId")?;
    realm.serving_cluster(cluster)?;
    let description = input.text("description")?.unwrap_or("");
    realm.add_namespace(cluster, input.required("name")?, description)?;
    Ok(json!({}))
}

/// Deletes all of them, or none.
pub(super) fn delete(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let mut realm = world.ccs(&context.account, &context.region);
    let cluster = input.required("clusterId")?;
    realm.serving_cluster(cluster)?;
    realm.delete_namespaces(cluster, &named(input, "names")?)?;
    Ok(json!({}))
}
