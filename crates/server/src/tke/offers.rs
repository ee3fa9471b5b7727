//! The offers: regions, versions, images, quotas, address ranges, licences.

use super::Answer;
use super::clusters::pod_network;
use crate::handler::Context;
use crate::input::Input;
use serde_json::{Value, json};
use wharf_world::infra::offers::REGIONS;
use wharf_world::kernel::violation::{Reason, Violation};
use wharf_world::{Realm, World};

pub(super) fn describe_images(world: &mut World, _: &Context, _: Input<'_>) -> Answer {
    let images = world.releases.images().iter();
    let images: Vec<Value> = images
        .map(|image| {
            json!({
                "Alias": image.alias, "OsName": image.os, "ImageId": image.id,
                "OsCustomizeType": if image.customized { "DOCKER_CUSTOMIZE" } else { "GENERAL" },
                "Arch": if image.arm { "arm" } else { "x86" }, "SportIpv6": "false",
            })
        })
        .collect();
    Ok(json!({"TotalCount": images.len(), "ImageInstanceSet": images}))
}

pub(super) fn describe_regions(_: &mut World, context: &Context, _: Input<'_>) -> Answer {
    let region = |name: &str, number: i64, alias: &str| {
        json!({
            "RegionName": name, "RegionId": number, "Status": "alluser", "FeatureGates": "{}", "Alias": alias, "Remark": "",
        })
    };
    let mut regions: Vec<Value> = REGIONS.iter().map(|known| region(known.name, known.number, known.alias)).collect();
    // A server can be set up for a region of its own.
    if !context.region.is_empty() && REGIONS.iter().all(|known| known.name != context.region) {
        regions.push(region(&context.region, 1_000, &context.region));
    }
    Ok(json!({"TotalCount": regions.len(), "RegionInstanceSet": regions}))
}

pub(super) fn describe_versions(world: &mut World, _: &Context, _: Input<'_>) -> Answer {
    let offered = world.releases.versions();
    let versions = offered.iter().map(|version| json!({"Name": "tke", "Version": version, "Remark": ""}));
    Ok(json!({"TotalCount": offered.len(), "VersionInstanceSet": versions.collect::<Vec<_>>()}))
}

pub(super) fn describe_quota(world: &mut World, _: &Context, _: Input<'_>) -> Answer {
    Ok(json!({"MaxClustersNum": world.quotas.tke.clusters, "MaxNodesNum": world.quotas.tke.nodes}))
}

pub(super) fn check_cluster_cidr(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let realm = world.tke(&context.account, &context.region);
    let network = input.required("VpcId")?;
    realm.realm.network(network)?;
    pod_network(input.required("NetworkType")?)?;
    let range = Realm::cluster_range(input.required("ClusterCIDR")?)?;
    let conflict = |kind: &str, fault: Violation| {
        Ok(json!({"IsConflict": true, "ConflictType": kind, "ConflictMsg": fault.message}))
    };
    match realm.realm.check_overlap(network, range) {
        Ok(()) => Ok(json!({"IsConflict": false, "ConflictType": "", "ConflictMsg": ""})),
        Err(fault) => match fault.reason {
            Reason::RangeOfCluster => conflict("CIDR_CONFLICT_WITH_OTHER_CLUSTER", fault),
            Reason::RangeOfNetwork => conflict("CIDR_CONFLICT_WITH_VPC_CIDR", fault),
            Reason::RangeOfGlobalRoute => conflict("CIDR_CONFLICT_WITH_VPC_GLOBAL_ROUTE", fault),
            _ => Err(fault),
        },
    }
}

pub(super) fn collect_all_core(world: &mut World, context: &Context, _: Input<'_>) -> Answer {
    let cores = world.node_cores(&context.account);
    let data = json!({
        "ProductId": "tke-node-core", "ProductIdDescribe": "CPU cores of the nodes of all clusters", "UsageUnit": "core",
        "UsageValue": cores.to_string(),
    });
    Ok(json!({"ProductName": "TKE", "Version": "2018-05-25", "Data": [data]}))
}

/// `Pass` is taken at its name: true as long as the licence covers what is used.
pub(super) fn query_overage(world: &mut World, context: &Context, _: Input<'_>) -> Answer {
    let within = world.node_cores(&context.account) <= world.quotas.tke.licensed_cores;
    Ok(json!({"Pass": within.to_string()}))
}
