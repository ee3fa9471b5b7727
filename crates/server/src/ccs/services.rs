//! Services: create, change, roll out, read.

use super::answer::{access, health, kubernetes_reason, reasons};
use super::orders::{namespace, order, replicas};
use super::{Answer, containers};
use crate::handler::Context;
use crate::input::Input;
use crate::regions;
use serde_json::{Value, json};
use wharf_world::ccs::Ccs;
use wharf_world::ccs::services::{Images, ServiceChange};
use wharf_world::cluster::Cluster;
use wharf_world::kernel::SECOND;
use wharf_world::kernel::time::local;
use wharf_world::kernel::violation::{Outcome, Reason};
use wharf_world::kubernetes::template::Source;
use wharf_world::kubernetes::workloads::{Access, Strategy, Workload};
use wharf_world::{Millis, World};

/// Cluster, namespace and name of a service.
fn place<'a>(input: Input<'a>) -> Outcome<(&'a str, &'a str, &'a str)> {
    Ok((input.required("clusterId")?, namespace(input)?, input.required("serviceName")?))
}

pub(super) fn create(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let cluster = input.required("clusterId")?;
    world.ccs(&context.account, &context.region).serving_cluster(cluster)?;
    let mut order = order(input)?;
    world.look_up_images(&context.account, &mut order.template);
    world.ccs(&context.account, &context.region).deploy_service(cluster, order)?;
    Ok(json!({}))
}

pub(super) fn modify(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let cluster = input.required("clusterId")?;
    world.ccs(&context.account, &context.region).serving_cluster(cluster)?;
    let strategy = match input.required("strategy")? {
        "RollingUpdate" => Strategy::Rolling,
        "Recreate" => Strategy::Recreate,
        other => {
            return Err(Reason::Invalid.because(format!("strategy is Recreate or RollingUpdate, not {other}")).into());
        }
    };
    let settling = input.count("minReadySeconds")?.unwrap_or(0).saturating_mul(SECOND);
    let mut order = order(input)?;
    world.look_up_images(&context.account, &mut order.template);
    let change = ServiceChange { order, strategy, settling };
    world.ccs(&context.account, &context.region).change_service(cluster, change)?;
    Ok(json!({}))
}

/// Does something with a service of a cluster that serves.
fn with_service(
    world: &mut World,
    context: &Context,
    input: Input<'_>,
    act: impl FnOnce(&mut Ccs<'_>, (&str, &str, &str)) -> Outcome<()>,
) -> Answer {
    let place = place(input)?;
    let mut realm = world.ccs(&context.account, &context.region);
    realm.serving_cluster(place.0)?;
    act(&mut realm, place)?;
    Ok(json!({}))
}

pub(super) fn delete(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    with_service(world, context, input, |realm, (cluster, namespace, name)| {
        realm.delete_service(cluster, namespace, name)
    })
}

/// Without a text the description is erased.
pub(super) fn modify_description(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let text = input.text("description")?.unwrap_or("");
    with_service(world, context, input, |realm, (cluster, namespace, name)| {
        realm.describe_service(cluster, namespace, name, text)
    })
}

pub(super) fn modify_replicas(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let to = replicas(input, "scaleTo")?;
    with_service(world, context, input, |realm, (cluster, namespace, name)| {
        realm.scale_service(cluster, namespace, name, to)
    })
}

pub(super) fn pause(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    with_service(world, context, input, |realm, (cluster, namespace, name)| {
        realm.pause_service(cluster, namespace, name, true)
    })
}

pub(super) fn resume(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    with_service(world, context, input, |realm, (cluster, namespace, name)| {
        realm.pause_service(cluster, namespace, name, false)
    })
}

pub(super) fn roll_back(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    with_service(world, context, input, |realm, (cluster, namespace, name)| {
        realm.roll_back_service(cluster, namespace, name)
    })
}

pub(super) fn modify_image(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let mut named = Vec::new();
    for container in input.structures("containers")? {
        named.push((container.required("containerName")?.to_owned(), container.required("image")?.to_owned()));
    }
    let images = match (input.filled("image")?, named.is_empty()) {
        (Some(image), true) => Images::Only(image.to_owned()),
        (None, false) => Images::Of(named),
        _ => return Err(Reason::Invalid.because("either image or containers must be given, and not both").into()),
    };
    let (cluster, namespace, name) = place(input)?;
    let realm = world.ccs(&context.account, &context.region);
    let mut template = realm.serving_cluster(cluster)?.workload(namespace, name)?.with_images(&images)?;
    world.look_up_images(&context.account, &mut template);
    world.ccs(&context.account, &context.region).update_service(cluster, namespace, name, template)?;
    Ok(json!({}))
}

pub(super) fn redeploy(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let (cluster, namespace, name) = place(input)?;
    let realm = world.ccs(&context.account, &context.region);
    let mut template = realm.serving_cluster(cluster)?.workload(namespace, name)?.template.clone();
    // The images may have changed since they were last pulled.
    world.look_up_images(&context.account, &mut template);
    world.ccs(&context.account, &context.region).redeploy_service(cluster, namespace, name, template)?;
    Ok(json!({}))
}

pub(super) fn describe(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let realm = world.ccs(&context.account, &context.region);
    let cluster = realm.serving_cluster(input.required("clusterId")?)?;
    let namespace = namespace(input)?;
    let all = super::machines::switch(input, "allnamespace")?.unwrap_or(false);
    if !all && cluster.kubernetes.namespaces.get(namespace).is_none() {
        let message = format!("the namespace {namespace} does not exist in the cluster {}", cluster.id);
        return Err(Reason::NoPart.because(message).into());
    }
    let workloads = cluster.kubernetes.workloads.iter();
    let workloads = workloads.filter(|workload| all || workload.namespace == namespace);
    let services: Vec<Value> = workloads.map(|workload| brief(cluster, workload, context.now)).collect();
    Ok(json!({"totalCount": services.len(), "services": services}))
}

/// What both forms of a service have.
fn brief(cluster: &Cluster, workload: &Workload, now: Millis) -> Value {
    let (state, hindered) = workload.health(&cluster.kubernetes, now);
    let running = cluster.kubernetes.pods_of(workload).filter(|pod| pod.running && !pod.stopping).count();
    let service = cluster.kubernetes.services.get(&workload.key());
    let balancer = service.and_then(|service| service.balancer.clone());
    let up = service.is_some_and(|service| service.balancer_is_up(now));
    let balancer_state = match (&balancer, up) {
        (None, _) => "None",
        (Some(_), false) => "Creating",
        (Some(_), true) => "Running",
    };
    let inside = service.and_then(|service| service.spec.get("clusterIP")).cloned().unwrap_or_else(|| json!(""));
    json!({
        "serviceName": workload.name, "status": health(state), "reasonMap": reasons(&hindered),
        "createdAt": local(workload.created), "currentReplicas": running, "desiredReplicas": workload.replicas,
        "lbId": balancer.unwrap_or_default(), "lbStatus": balancer_state,
        "externalIp": service.and_then(|service| service.outside_address(now)).unwrap_or_default(),
        "serviceIp": inside, "accessType": access(workload), "namespace": workload.namespace,
    })
}

pub(super) fn describe_one(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let (cluster, namespace, name) = place(input)?;
    let realm = world.ccs(&context.account, &context.region);
    let cluster = realm.serving_cluster(cluster)?;
    let workload = cluster.workload(namespace, name)?;
    let mut service = brief(cluster, workload, context.now);
    let (_, hindered) = workload.health(&cluster.kubernetes, context.now);
    // The gravest of the reasons.
    let reason = hindered.keys().max().map_or("", |hindrance| kubernetes_reason(*hindrance));
    let volumes = workload.template.volumes.iter().map(|volume| {
        let path = if let Source::Node { path } = &volume.source { path.as_str() } else { "" };
        json!({"name": volume.name, "hostPath": path})
    });
    let more = json!({
        "serviceDesc": workload.description, "reason": reason, "portMappings": ports(cluster, workload),
        "labels": workload.labels(), "selector": workload.labels(), "volumes": volumes.collect::<Value>(),
        "containers": workload.template.containers.iter().map(containers::shown).collect::<Value>(),
        "regionId": regions::number(&context.region),
        "subnetId": if let Access::Private { subnet } = &workload.access { subnet.as_str() } else { "" },
        "unHubId": "",
    });
    if let (Some(service), Value::Object(more)) = (service.as_object_mut(), more) {
        service.extend(more);
    }
    Ok(json!({"service": service}))
}

fn ports(cluster: &Cluster, workload: &Workload) -> Value {
    let service = cluster.kubernetes.services.get(&workload.key());
    let made = service.and_then(|service| service.spec.get("ports")?.as_array());
    let node_port = |outside: u64, protocol: &str| {
        let same = |port: &&Value| {
            port.get("port").and_then(Value::as_u64) == Some(outside)
                && port.get("protocol").and_then(Value::as_str) == Some(protocol)
        };
        made.into_iter().flatten().find(same).and_then(|port| port.get("nodePort")?.as_u64()).unwrap_or(0)
    };
    let shown = workload.ports.iter().map(|port| {
        json!({
            "lbPort": port.outside, "containerPort": port.container, "protocol": port.protocol,
            "nodePort": node_port(port.outside, &port.protocol),
        })
    });
    shown.collect()
}
