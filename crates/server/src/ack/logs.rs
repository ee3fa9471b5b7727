//! What happened to a cluster, and what it is made of.

use super::answer::local;
use super::clusters::number_of;
use super::{Answer, Scene};
use crate::input::Input;
use serde_json::{Value, json};
use wharf_world::ack::AckClusterPhase;
use wharf_world::ack::resources::ResourceKind;
use wharf_world::cluster::Cluster;
use wharf_world::cluster::nodes::Role;

pub(super) fn describe_cluster_logs(scene: &mut Scene<'_>, input: Input<'_>) -> Answer {
    let id = input.required("ClusterId")?;
    let (_, dedicated) = scene.realm.realm.dedicated(scene.owner, id)?;
    let lines: Vec<Value> = dedicated
        .lines(scene.realm.now)
        .enumerate()
        .map(|(place, line)| {
            json!({
                "ID": number_of(&format!("{id} {place}")), "cluster_id": id, "cluster_log": line.text,
                "log_level": format!("{:04}", line.level), "created": local(line.at), "updated": local(line.at),
            })
        })
        .collect();
    // The newest first, as a log is read.
    Ok(lines.into_iter().rev().collect::<Vec<Value>>().into())
}

pub(super) fn describe_cluster_resources(scene: &mut Scene<'_>, input: Input<'_>) -> Answer {
    let realm = &scene.realm;
    let (cluster, dedicated) = realm.realm.dedicated(scene.owner, input.required("ClusterId")?)?;
    let state = match realm.realm.dedicated_phase(cluster, dedicated, realm.now) {
        AckClusterPhase::Initial => "CREATE_IN_PROGRESS",
        AckClusterPhase::Failed if dedicated.rolled_back => "ROLLBACK_COMPLETE",
        AckClusterPhase::Failed => "CREATE_FAILED",
        AckClusterPhase::Deleting => "DELETE_IN_PROGRESS",
        AckClusterPhase::DeletionFailed => "DELETE_FAILED",
        _ => "CREATE_COMPLETE",
    };
    let mut out = Vec::new();
    let mut add = |id: &str, name: &str, kind: &str, own: bool| {
        out.push(resource_json(cluster, id, name, kind, own, state));
    };
    add(&cluster.network, "vpc", "ALIYUN::ECS::VPC", false);
    for subnet in &dedicated.subnets {
        add(subnet, "vswitch", "ALIYUN::ECS::VSwitch", false);
    }
    if !realm.realm.resources_of(&cluster.id).any(|resource| resource.id == dedicated.security_group) {
        add(&dedicated.security_group, "k8s_sg", "ALIYUN::ECS::SecurityGroup", false);
    }
    for resource in realm.realm.resources_of(&cluster.id) {
        let (name, kind) = match resource.kind {
            ResourceKind::SecurityGroup => ("k8s_sg", "ALIYUN::ECS::SecurityGroup"),
            ResourceKind::ServerBalancer => ("k8s_master_slb", "ALIYUN::SLB::LoadBalancer"),
            ResourceKind::IngressBalancer => ("k8s_ingress_slb", "ALIYUN::SLB::LoadBalancer"),
            ResourceKind::PublicAddress => ("k8s_master_eip", "ALIYUN::VPC::EIP"),
            ResourceKind::NatGateway => ("k8s_nat_gateway", "ALIYUN::VPC::NatGateway"),
        };
        add(&resource.id, name, kind, resource.automatic);
    }
    for pool in realm.realm.worker_pools_of(&cluster.id) {
        add(&pool.group, &pool.name, "ALIYUN::ESS::ScalingGroup", true);
    }
    for seat in realm.realm.seats(cluster) {
        let name = if seat.node.role == Role::Master { "k8s_master" } else { "k8s_worker" };
        add(&seat.server.id, name, "ALIYUN::ECS::Instance", seat.worker.source != "ess_attach");
    }
    Ok(out.into())
}

fn resource_json(cluster: &Cluster, id: &str, name: &str, kind: &str, own: bool, state: &str) -> Value {
    let info = json!({
        "Id": name, "Name": name, "Type": kind, "Status": state, "StatusReason": "state changed",
        "Updated": local(cluster.created), "PhysicalId": id,
    });
    json!({
        "cluster_id": cluster.id, "instance_id": id, "resource_type": kind, "resource_info": info.to_string(),
        "created": local(cluster.created), "state": state, "auto_create": i64::from(own), "dependencies": [],
    })
}
