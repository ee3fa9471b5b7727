//! How CCS writes what several of its operations write.

use crate::registry::REPOSITORY_TYPE;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use wharf_world::kernel::time::local;
use wharf_world::kubernetes::workloads::{Access, Health, Hindrance, Workload};
use wharf_world::registry::Repository;

pub(super) fn health(health: Health) -> &'static str {
    match health {
        Health::Normal => "Normal",
        Health::Waiting => "Waiting",
        Health::Abnormal => "Abnormal",
        Health::Paused => "Paused",
        Health::Updating => "Updating",
        Health::RollingBack => "RollingBack",
    }
}

/// Why a pod does not run, as the document's examples write it.
pub(super) fn hindrance(hindrance: Hindrance) -> &'static str {
    match hindrance {
        Hindrance::Starting => "容器创建中",
        Hindrance::NoNode => "没有可用的节点",
        Hindrance::NoImage => "下载镜像失败",
    }
}

/// The same in one word of Kubernetes.
pub(super) fn kubernetes_reason(hindrance: Hindrance) -> &'static str {
    match hindrance {
        Hindrance::Starting => "ContainerCreating",
        Hindrance::NoNode => "Unschedulable",
        Hindrance::NoImage => "ImagePullBackOff",
    }
}

/// How many pods each reason keeps from running.
pub(super) fn reasons(hindered: &BTreeMap<Hindrance, usize>) -> Value {
    let pairs = hindered.iter().map(|(why, count)| (hindrance(*why).to_owned(), json!(count)));
    Value::Object(pairs.collect::<Map<_, _>>())
}

/// Access from inside the cluster has no value.
pub(super) fn access(workload: &Workload) -> &'static str {
    match workload.access {
        Access::Public => "LoadBalancer",
        Access::Private { .. } => "SvcLBTypeInner",
        Access::Cluster | Access::None => "",
    }
}

/// What both forms of a repository have.
pub(super) fn repository(repository: &Repository, account: &str) -> Value {
    json!({
        "reponame": repository.name().to_string(), "repotype": REPOSITORY_TYPE,
        "public": i64::from(repository.is_public()), "isUserFavor": repository.is_favorite_of(account),
        "isQcloudOfficial": false, "favorCount": repository.favor_count(), "pullCount": repository.pulls(),
        "description": repository.description(), "creationTime": local(repository.created()),
    })
}
