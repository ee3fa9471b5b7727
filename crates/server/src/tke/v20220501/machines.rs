//! The machines of native nodes.

use super::spec::{disk, term};
use super::spec_json::machine_json;
use super::{Answer, Filter, filters, select};
use crate::handler::Context;
use crate::input::{Input, invalid};
use crate::tke::clusters::keeps_machines;
use serde_json::{Value, json};
use wharf_world::World;
use wharf_world::cluster::Cluster;
use wharf_world::infra::machines::Charge;
use wharf_world::kernel::violation::{Outcome, Reason};
use wharf_world::tke::native::{MachineChange, NativeMachine};

pub(super) fn describe_cluster_machines(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let realm = world.tke(&context.account, &context.region);
    let cluster = realm.cluster(input.required("ClusterId")?)?;
    let passes = |machine: &&NativeMachine, filter: &Filter<'_>| passes(cluster, machine, filter);
    let machines = select(cluster.tke().native.machines.iter(), &filters(input, "Filters")?, passes)?;
    let (total, machines) = input.page_of_some()?.of(machines);
    let machines: Vec<Value> = machines.into_iter().map(|machine| machine_json(&realm, cluster, machine)).collect();
    Ok(json!({"Machines": machines, "TotalCount": total}))
}

fn passes(cluster: &Cluster, machine: &NativeMachine, filter: &Filter<'_>) -> Outcome<bool> {
    let pool = cluster.native_pool(&machine.pool).ok();
    let tags = pool.map(|pool| cluster.native_tags(pool)).unwrap_or_default();
    match (filter.by_tags(&tags), filter.name) {
        (Some(passes), _) => Ok(passes),
        (None, "NodePoolsName") => Ok(pool.is_some_and(|pool| filter.has(&pool.name))),
        (None, "NodePoolsId") => Ok(filter.has(&machine.pool)),
        _ => filter.unknown("native nodes"),
    }
}

pub(super) fn delete_cluster_machines(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let mut realm = world.tke(&context.account, &context.region);
    let keep = input.filled("InstanceDeleteMode")?.map(keeps_machines).transpose()?;
    let (names, scale_down) = (input.texts("MachineNames")?, input.flag("EnableScaleDown")?);
    realm.delete_natives(input.required("ClusterId")?, &names, scale_down, keep)?;
    Ok(json!({}))
}

/// Whether machines stop without being asked to.
fn is_hard(input: Input<'_>) -> Outcome<bool> {
    let known = ["soft_first", "hard", "soft"];
    Ok(input.one_of("StopType", &known)? == Some("hard"))
}

pub(super) fn reboot_machines(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let mut realm = world.tke(&context.account, &context.region);
    realm.reboot_natives(input.required("ClusterId")?, &input.texts("MachineNames")?, is_hard(input)?)?;
    Ok(json!({}))
}

pub(super) fn start_machines(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let mut realm = world.tke(&context.account, &context.region);
    realm.start_natives(input.required("ClusterId")?, &input.texts("MachineNames")?)?;
    Ok(json!({}))
}

pub(super) fn stop_machines(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let mut realm = world.tke(&context.account, &context.region);
    realm.stop_natives(input.required("ClusterId")?, &input.texts("MachineNames")?, is_hard(input)?)?;
    Ok(json!({}))
}

pub(super) fn set_machine_login(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let mut realm = world.tke(&context.account, &context.region);
    let keys = input.texts("KeyIds")?;
    realm.set_native_login(input.required("ClusterId")?, input.required("MachineName")?, keys)?;
    Ok(json!({}))
}

pub(super) fn modify_cluster_machine(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let mut realm = world.tke(&context.account, &context.region);
    if input.truth("ModifyPortableDataDisk")? == Some(false) {
        let message = "ModifyPortableDataDisk is true: the disks of a node are billed like the node";
        return Err(Reason::Unsupported.because(message));
    }
    let paid = input.within("InstanceChargePrepaid")?;
    let charge = match input.one_of("InstanceChargeType", &["POSTPAID_BY_HOUR", "PREPAID"])? {
        Some("PREPAID") => Some((Charge::Prepaid, Some(term(paid)?))),
        Some(_) => Some((Charge::Hourly, None)),
        None => None,
    };
    let renewal = match charge {
        None => paid.filled("RenewFlag")?.map(super::spec::renewal).transpose()?,
        Some(_) => None,
    };
    let groups = input.0.get("SecurityGroupIDs").is_some_and(|groups| !groups.is_null());
    let change = MachineChange {
        display: input.owned("DisplayName")?,
        system_disk: input.structure("SystemDisk")?.map(|given| disk(given, "SystemDisk")).transpose()?,
        security_groups: groups.then(|| input.texts("SecurityGroupIDs")).transpose()?,
        charge,
        renewal,
    };
    let names = input.texts("MachineNames")?;
    if change.is_empty() {
        return Err(invalid("nothing to change: give DisplayName, SystemDisk, SecurityGroupIDs or a way of billing"));
    }
    realm.change_natives(input.required("ClusterId")?, &names, &change)?;
    Ok(json!({}))
}
