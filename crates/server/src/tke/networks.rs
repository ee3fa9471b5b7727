//! The networks of clusters: ranges, route tables, VPC-CNI.

use super::Answer;
use crate::handler::Context;
use crate::input::{Input, invalid, missing};
use serde_json::{Value, json};
use wharf_world::cluster::PodNetwork;
use wharf_world::infra::cidr::Cidr;
use wharf_world::infra::machines::{Machine, size_of};
use wharf_world::tke::networks::{CniMode, NewVpcCni};
use wharf_world::tke::routes::{Conflict, ConflictKind};
use wharf_world::{Realm, World};

pub(super) fn add_cluster_cidr(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let mut realm = world.tke(&context.account, &context.region);
    let ranges = input.texts("ClusterCIDRs")?;
    realm.add_ranges(input.required("ClusterId")?, &ranges, input.flag("IgnoreClusterCIDRConflict")?)?;
    Ok(json!({}))
}

pub(super) fn create_cluster_route_table(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let mut realm = world.tke(&context.account, &context.region);
    let ignore = match input.number("IgnoreClusterCidrConflict")?.unwrap_or(0) {
        0 => false,
        1 => true,
        other => return Err(invalid(format!("IgnoreClusterCidrConflict is 0 or 1, not {other}"))),
    };
    let (name, range) = (input.required("RouteTableName")?, input.required("RouteTableCidrBlock")?);
    realm.create_route_table(name, range, input.required("VpcId")?, ignore)?;
    Ok(json!({}))
}

pub(super) fn delete_cluster_route_table(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    world.tke(&context.account, &context.region).delete_route_table(input.required("RouteTableName")?)?;
    Ok(json!({}))
}

pub(super) fn describe_cluster_route_tables(world: &mut World, context: &Context, _: Input<'_>) -> Answer {
    let realm = world.tke(&context.account, &context.region);
    let show = |name: &str, range: Cidr, network: &str| json!({"RouteTableName": name, "RouteTableCidrBlock": range.to_string(), "VpcId": network});
    let routed = realm.clusters().filter(|cluster| cluster.pod_network == PodNetwork::GlobalRoute);
    let own = routed.filter_map(|cluster| Some(show(&cluster.id, cluster.range?, &cluster.network)));
    let tables = realm.realm.tke.route_tables.iter();
    let set: Vec<Value> = own.chain(tables.map(|table| show(&table.name, table.range, &table.network))).collect();
    Ok(json!({"TotalCount": set.len(), "RouteTableSet": set}))
}

pub(super) fn create_cluster_route(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let mut realm = world.tke(&context.account, &context.region);
    let (name, range) = (input.required("RouteTableName")?, input.required("DestinationCidrBlock")?);
    realm.create_route(name, range, input.required("GatewayIp")?)?;
    Ok(json!({}))
}

pub(super) fn delete_cluster_route(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let mut realm = world.tke(&context.account, &context.region);
    let (name, range) = (input.required("RouteTableName")?, input.required("DestinationCidrBlock")?);
    realm.delete_route(name, range, input.required("GatewayIp")?)?;
    Ok(json!({}))
}

pub(super) fn describe_cluster_routes(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let realm = world.tke(&context.account, &context.region);
    let mut gateways = None;
    for filter in input.structures("Filters")? {
        match filter.required("Name")? {
            "GatewayIP" | "GatewayIp" => gateways = Some(filter.texts("Values")?),
            other => return Err(invalid(format!("Filters: routes are filtered by GatewayIP, not by {other}"))),
        }
    }
    let name = input.required("RouteTableName")?;
    let routes = realm.routes(name)?;
    let wanted = routes.iter().filter(|route| gateways.as_ref().is_none_or(|these| these.contains(&route.gateway)));
    let set: Vec<Value> = wanted
        .map(|route| {
            json!({
                "RouteTableName": name, "DestinationCidrBlock": route.range.to_string(), "GatewayIp": route.gateway,
            })
        })
        .collect();
    Ok(json!({"TotalCount": set.len(), "RouteSet": set}))
}

pub(super) fn describe_route_table_conflicts(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let realm = world.tke(&context.account, &context.region);
    let range = Realm::cluster_range(input.required("RouteTableCidrBlock")?)?;
    let conflicts = realm.conflicts(input.required("VpcId")?, range)?;
    let set: Vec<Value> = conflicts.iter().map(conflict_json).collect();
    Ok(json!({"HasConflict": !set.is_empty(), "RouteTableConflictSet": set}))
}

fn conflict_json(conflict: &Conflict) -> Value {
    let kind = match conflict.kind {
        ConflictKind::Cluster => "CcsCluster",
        ConflictKind::Network => "Vpc",
        ConflictKind::NetworkRoute => "VpcRouteTable",
        ConflictKind::RouteTable => "CcsClusterRouteTable",
    };
    json!({
        "RouteTableType": kind, "RouteTableCidrBlock": conflict.range.to_string(), "RouteTableName": conflict.name,
        "RouteTableId": conflict.name,
    })
}

pub(super) fn enable_vpc_cni_network_type(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let mut realm = world.tke(&context.account, &context.region);
    let mode = match input.required("VpcCniType")? {
        "tke-route-eni" => CniMode::Shared,
        "tke-direct-eni" => CniMode::Direct,
        other => return Err(invalid(format!("VpcCniType is tke-route-eni or tke-direct-eni, not {other}"))),
    };
    let new = NewVpcCni {
        mode,
        static_addresses: input.truth("EnableStaticIp")?.ok_or_else(|| missing("EnableStaticIp"))?,
        subnets: input.texts("Subnets")?,
        expires: input.number("ExpiredSeconds")?,
        masquerades_network: input.flag("SkipAddingNonMasqueradeCIDRs")?,
    };
    realm.enable_vpc_cni(input.required("ClusterId")?, new)?;
    Ok(json!({}))
}

pub(super) fn disable_vpc_cni_network_type(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    world.tke(&context.account, &context.region).disable_vpc_cni(input.required("ClusterId")?)?;
    Ok(json!({}))
}

pub(super) fn describe_enable_vpc_cni_progress(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let realm = world.tke(&context.account, &context.region);
    let id = input.required("ClusterId")?;
    let cluster = realm.running_cluster(id)?;
    let (status, message) = match &cluster.tke().vpc_cni {
        Some(added) if !added.is_up => ("Running", ""),
        _ if cluster.has_vpc_cni() => ("Succeed", ""),
        _ => return Err(invalid(format!("VPC-CNI was not added to the cluster {id}"))),
    };
    Ok(json!({"Status": status, "ErrorMessage": message}))
}

pub(super) fn describe_ipamd(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let realm = world.tke(&context.account, &context.region);
    let cluster = realm.running_cluster(input.required("ClusterId")?)?;
    let (has, added) = (cluster.has_vpc_cni(), cluster.tke().vpc_cni.as_ref());
    let phase = match added {
        _ if !has => "",
        Some(added) if !added.is_up => "initializing",
        _ => "running",
    };
    let mut answer = json!({
        "EnableIPAMD": has, "EnableCustomizedPodCidr": false, "DisableVpcCniMode": false, "Phase": phase,
        "Reason": "", "SubnetIds": cluster.pod_subnets, "EnableTrunkingENI": false,
    });
    if let Some(seconds) = added.and_then(|added| added.expires) {
        answer["ClaimExpiredDuration"] = json!(format!("{seconds}s"));
    }
    Ok(answer)
}

/// The types of machines of which the limits are listed.
const TYPES: [&str; 10] = [
    "S5.SMALL1",
    "S5.MEDIUM4",
    "S5.LARGE8",
    "S5.2XLARGE16",
    "S5.3XLARGE24",
    "S5.4XLARGE32",
    "SA2.MEDIUM4",
    "SA2.LARGE8",
    "SA3.LARGE8",
    "SA3.2XLARGE16",
];

/// Pods that share interfaces (002:49737-49743).
fn shared_limit(cores: u64) -> u64 {
    match cores {
        0..=1 => 5,
        2..=7 => 27,
        8..=11 => 95,
        _ => 203,
    }
}

/// Pods with interfaces of their own (002:49758-49764); none on other families.
fn direct_limit(family: &str, cores: u64) -> u64 {
    let limits = match family {
        "S5" | "SA2" | "IT5" => [4, 9, 19, 39, 23],
        "SA3" => [4, 9, 15, 15, 15],
        _ => return 0,
    };
    let [one, two, four, eight, many] = limits;
    match cores {
        0..=1 => one,
        2..=3 => two,
        4..=7 => four,
        8..=127 => eight,
        _ => many,
    }
}

/// The most pods of a machine, if its type is one.
fn limits(zone: &str, kind: &str) -> Option<Value> {
    let cores = size_of(kind)?.cores;
    let family = kind.split('.').next().unwrap_or_default();
    let (shared, direct) = (shared_limit(cores), direct_limit(family, cores));
    Some(json!({
        "Zone": zone, "InstanceFamily": family, "InstanceType": kind,
        "PodLimits": {
            "TKERouteENINonStaticIP": shared, "TKERouteENIStaticIP": shared, "TKEDirectENI": direct, "TKESubENI": 0,
        },
    }))
}

pub(super) fn describe_vpc_cni_pod_limits(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let realm = world.tke(&context.account, &context.region);
    let (zone, family, kind) = (input.filled("Zone")?, input.filled("InstanceFamily")?, input.filled("InstanceType")?);
    if let Some(unknown) = kind.filter(|kind| size_of(kind).is_none()) {
        return Err(invalid(format!("InstanceType: there is no {unknown}")));
    }
    let mut zones: Vec<String> = Vec::new();
    for subnet in realm.realm.networks.iter().flat_map(|network| network.subnets.iter()) {
        if !zones.contains(&subnet.zone) {
            zones.push(subnet.zone.clone());
        }
    }
    if let Some(unknown) = zone.filter(|zone| !zones.iter().any(|there| there == zone)) {
        return Err(invalid(format!("Zone: there is no zone {unknown}")));
    }
    let types = kinds(kind, realm.realm.machines.iter());
    let mut set = Vec::new();
    for there in zones.iter().filter(|there| zone.is_none_or(|zone| zone == **there)) {
        let wanted = types.iter().filter(|kind| family.is_none_or(|family| kind.split('.').next() == Some(family)));
        set.extend(wanted.filter_map(|kind| limits(there, kind)));
    }
    Ok(json!({"TotalCount": set.len(), "PodLimitsInstanceSet": set}))
}

/// The types to list: the one that is named, else those that are common and those of the machines.
fn kinds<'a>(named: Option<&str>, machines: impl Iterator<Item = &'a Machine>) -> Vec<String> {
    if let Some(named) = named {
        return vec![named.to_owned()];
    }
    let mut all: Vec<String> = TYPES.iter().map(|kind| (*kind).to_owned()).collect();
    for machine in machines {
        if !all.contains(&machine.instance_type) {
            all.push(machine.instance_type.clone());
        }
    }
    all
}
