//! What the shared parts of the world ask the engine of a product.

use super::realm::RealmMut;
use super::violation::Outcome;
use crate::cluster::Cluster;
use crate::cluster::faults::MachineFault;
use crate::cluster::nodes::Node;
use crate::infra::offers::Releases;
use crate::kernel::save::forms::known;
use crate::kubernetes::balancers::{Notes, Plan};
use crate::kubernetes::rbac::Access;
use crate::kubernetes::refusal::FieldFault;
use crate::kubernetes::services;
use crate::{ENGINES, Quotas};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt;

/// The rules that one product adds to clusters. Each cluster belongs to the engine that made it.
///
/// The methods are called when something happens to a cluster of the engine. By default they do nothing.
pub trait Engine: fmt::Debug + Sync {
    /// The product's name. No two engines have the same.
    fn product(&self) -> &'static str;

    /// The vendor. Engines of one vendor share networks and machines.
    fn vendor(&self) -> &'static str;

    /// The most clusters that an account may have in a region.
    fn cluster_limit(&self, quotas: &Quotas) -> usize;

    /// The releases that the engine offers, in a cloud with these releases.
    fn releases(&self, of_cloud: Releases) -> Releases {
        of_cloud
    }

    /// The release that Kubernetes and its nodes report for a version, if the engine has no releases of its own.
    fn release(&self, version: &str) -> String {
        format!("v{version}")
    }

    /// The `spec.providerID` that a machine has as a node of Kubernetes.
    fn provider_id(&self, zone: &str, machine: &str) -> String;

    /// The repository of the images of the pods that every cluster has.
    fn system_repository(&self) -> &'static str;

    /// The name of the machines that are bought for a cluster.
    fn machine_name(&self, cluster: &str) -> String {
        format!("{cluster}-node")
    }

    /// The most nodes of a cluster, if its engine has no other rule.
    fn node_limit(&self, quotas: &Quotas) -> usize;

    /// The daemons that run on each node: name, thousandths of a core, MiB.
    fn daemons(&self, _cluster: &Cluster) -> Vec<(&'static str, u64, u64)> {
        vec![("kube-proxy", 0, 0)]
    }

    /// The cluster roles of the vendor that a new cluster has, in addition to those of Kubernetes.
    fn preset_roles(&self) -> &'static [(&'static str, Access)] {
        &[]
    }

    /// The storage classes that a new cluster of that release has.
    fn storage_classes(&self, _release: &str) -> Vec<StorageClass> {
        Vec::new()
    }

    /// The load balancer that the annotations of a service ask for.
    fn balancer_plan(&self, annotations: &BTreeMap<String, String>) -> Plan {
        services::balancer_plan(annotations)
    }

    /// What is wrong with the annotations of a service.
    fn balancer_faults(&self, notes: Notes<'_>) -> Vec<FieldFault> {
        services::balancer_faults(notes)
    }

    /// Whether the annotations of a pod ask for an address of a subnet, in a cluster whose pods have a range.
    fn takes_subnet_address(&self, _annotations: &BTreeMap<String, String>) -> bool {
        false
    }

    /// The class of the Ingresses that the cloud's own controller serves, in addition to those without a class.
    fn ingress_class(&self) -> &'static str;

    /// The user whose token that is, if the engine gives users tokens of their own.
    fn user_of_token(&self, _cluster: &Cluster, _token: &str) -> Option<NamedUser> {
        None
    }

    /// Whether a certificate of that common name is valid.
    fn knows_user(&self, _cluster: &Cluster, _common_name: &str) -> bool {
        true
    }

    /// The labels of the preset roles.
    fn preset_labels(&self) -> &'static [(&'static str, &'static str)] {
        &[]
    }

    /// The control plane of a cluster is up.
    fn cluster_up(&self, _realm: &mut RealmMut<'_>, _cluster: &str) {}

    /// Whether nodes can be added to a cluster and removed from it, and its settings be changed.
    fn check_change(&self, _cluster: &Cluster) -> Outcome<()> {
        Ok(())
    }

    /// What the policies of the vendor say of an object of Kubernetes that is written or deleted.
    fn review(&self, _realm: &mut RealmMut<'_>, _act: &Act<'_>) -> Vec<Verdict> {
        Vec::new()
    }

    /// A node has joined and is running.
    fn node_up(&self, _realm: &mut RealmMut<'_>, _cluster: &str, _machine: &str) {}

    /// A node has stopped to be ready.
    fn node_unready(&self, _realm: &mut RealmMut<'_>, _cluster: &str, _machine: &str) {}

    /// A node is about to be removed.
    fn node_leaves(&self, _realm: &mut RealmMut<'_>, _cluster: &str, _machine: &str) {}

    /// A node has been removed.
    fn node_gone(&self, _realm: &mut RealmMut<'_>, _cluster: &str, _node: &Node) {}

    /// The machine of a node has got a fault.
    fn node_broken(&self, _realm: &mut RealmMut<'_>, _cluster: &str, _machine: &str, _fault: MachineFault) {}

    /// The containers of a pod have started.
    fn pod_up(&self, _realm: &mut RealmMut<'_>, _cluster: &str, _pod: &str) {}

    /// A pod has been removed.
    fn pod_gone(&self, _realm: &mut RealmMut<'_>, _pod: &str) {}

    /// The controllers of a cluster have acted on all changes of its objects.
    fn objects_settled(&self, _realm: &mut RealmMut<'_>, _cluster: &str) {}

    /// Pods were placed, or wait for room.
    fn pods_placed(&self, _realm: &mut RealmMut<'_>, _cluster: &str) {}

    /// A cluster is about to be removed.
    fn cluster_leaves(&self, _realm: &mut RealmMut<'_>, _cluster: &str) {}

    /// A cluster has been removed.
    fn cluster_gone(&self, _realm: &mut RealmMut<'_>, _cluster: &Cluster) {}
}

/// A user of Kubernetes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedUser {
    pub name: String,
    pub groups: Vec<String>,
}

/// An object of Kubernetes that is written or deleted, for policies.
#[derive(Debug, Clone, Copy)]
pub struct Act<'a> {
    pub cluster: &'a str,
    pub object: &'a Value,
    pub deletes: bool,
    pub user: &'a str,
}

/// What a policy says of an object that violates it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// The user is warned.
    Warn(String),
    /// The request is refused with that message.
    Deny(String),
    /// The request is refused because of the object that it names.
    Forbid(String),
}

/// A storage class of the vendor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StorageClass {
    pub name: &'static str,
    pub provisioner: &'static str,
    /// A claim gets its volume when a pod uses it, not at once.
    pub waits: bool,
}

impl StorageClass {
    /// A class whose claims get their volumes at once.
    pub const fn at_once(name: &'static str, provisioner: &'static str) -> Self {
        Self { name, provisioner, waits: false }
    }
}

impl PartialEq for dyn Engine {
    fn eq(&self, other: &Self) -> bool {
        self.product() == other.product()
    }
}

/// An engine is saved as its product's name.
impl Serialize for dyn Engine {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.product())
    }
}

impl<'de> Deserialize<'de> for &'static dyn Engine {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let named = |name: &str| ENGINES.into_iter().find(|engine| engine.product() == name);
        known(deserializer, "product", named)
    }
}
