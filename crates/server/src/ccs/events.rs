//! Events of a service, those of the last hour.

use super::Answer;
use super::orders::namespace;
use crate::handler::Context;
use crate::input::Input;
use serde_json::{Value, json};
use wharf_world::kernel::MINUTE;
use wharf_world::kernel::time::local;
use wharf_world::kubernetes::KubeEvent;
use wharf_world::{Millis, World};

/// How long an event is shown after it was last seen.
const SHOWN: Millis = 60 * MINUTE;

/// Equal events, taken together.
struct Seen<'a> {
    event: &'a KubeEvent,
    first: Millis,
    last: Millis,
    count: usize,
}

pub(super) fn describe(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let realm = world.ccs(&context.account, &context.region);
    let cluster = realm.serving_cluster(input.required("clusterId")?)?;
    let (namespace, name) = (namespace(input)?, input.required("serviceName")?);
    let workload = cluster.workload(namespace, name)?;
    let mut seen: Vec<Seen<'_>> = Vec::new();
    for event in cluster.kubernetes.events.iter().filter(|event| event.namespace == namespace) {
        // Of a service of the same name that was there before nothing is told.
        if event.at < workload.created || !concerns(event, name) {
            continue;
        }
        let same = |there: &&mut Seen<'_>| {
            let before = there.event;
            (&before.kind, &before.object, &before.reason, &before.message)
                == (&event.kind, &event.object, &event.reason, &event.message)
        };
        match seen.iter_mut().find(same) {
            Some(there) => (there.last, there.count) = (event.at, there.count + 1),
            None => seen.push(Seen { event, first: event.at, last: event.at, count: 1 }),
        }
    }
    let recent = seen.iter().filter(|seen| seen.last + SHOWN >= context.now);
    let events: Vec<Value> = recent.map(shown).collect();
    Ok(json!({"eventList": events}))
}

/// Whether an event is about the service or one of its pods, which are called `<service>-<revision>-<number>`.
fn concerns(event: &KubeEvent, service: &str) -> bool {
    match &*event.kind {
        "Pod" => {
            let rest = event.object.strip_prefix(service).and_then(|rest| rest.strip_prefix('-'));
            rest.is_some_and(|rest| rest.split('-').count() == 2)
        }
        "Deployment" => event.object == service,
        _ => false,
    }
}

fn shown(seen: &Seen<'_>) -> Value {
    let Seen { event, first, last, count } = seen;
    json!({
        "firstSeen": local(*first), "lastSeen": local(*last), "count": count,
        "level": if event.warning { "Warning" } else { "Normal" }, "objType": event.kind, "objName": event.object,
        "reason": event.reason, "message": event.message,
    })
}
