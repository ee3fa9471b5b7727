//! Policies of a cluster: what they forbid, and whether they deny it or only count it.

pub mod catalog;

use crate::cluster::Cluster;
use crate::kernel::Millis;
use crate::kernel::violation::{Outcome, Reason};
use crate::kubernetes::SYSTEM;
use crate::kubernetes::names::text;
use crate::tke::Tke;
use catalog::{POLICIES, Policy, Trigger};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// The first release whose clusters have policies (002:36399).
const RELEASE: u32 = 16;
/// From when on new clusters deny more: the fifth of June 2025 in China (002:36433).
const STRICTER: Millis = 1_749_052_800_000;
/// For how long events are counted.
const WEEK: Millis = 7 * 24 * 60 * 60 * 1_000;
/// The most events that are remembered of a policy.
const MOST_EVENTS: usize = 1_000;

/// What was changed of the policies of a cluster, and what they saw.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policies {
    changed: BTreeMap<Cow<'static, str>, Setting>,
    events: BTreeMap<Cow<'static, str>, Vec<Millis>>,
}

/// Whether a policy is open, and whether it denies what it forbids.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Setting {
    pub open: bool,
    pub denies: bool,
}

/// A change of a policy.
#[derive(Debug, Clone)]
pub struct PolicyChange {
    pub kind: String,
    pub denies: bool,
    pub open: Option<bool>,
}

impl Cluster {
    /// Whether the cluster has policies.
    pub fn has_policies(&self) -> bool {
        self.minor() >= RELEASE
    }

    /// The setting of a policy.
    pub fn policy(&self, policy: &Policy) -> Setting {
        let stricter = policy.denied_since && self.created >= STRICTER;
        let denies = policy.trigger == Trigger::ClusterDeletion || stricter;
        let usual = Setting { open: policy.open || stricter, denies };
        self.tke().policies.changed.get(policy.kind).copied().unwrap_or(usual)
    }

    /// How often the policy met something that it forbids within the last week.
    pub fn policy_events(&self, policy: &Policy, now: Millis) -> usize {
        let events = self.tke().policies.events.get(policy.kind);
        events.map_or(0, |events| events.iter().filter(|at| **at + WEEK > now).count())
    }

    /// The constraint of a policy that is open, as gatekeeper has it.
    pub fn constraint(&self, policy: &Policy) -> Value {
        let setting = self.policy(policy);
        let kinds = match policy.trigger {
            Trigger::Deletion(kinds) => kinds.to_vec(),
            Trigger::Write(kind) => vec![kind],
            Trigger::ClusterDeletion | Trigger::NotSimulated => Vec::new(),
        };
        json!({
            "apiVersion": "constraints.gatekeeper.sh/v1beta1", "kind": policy.kind, "metadata": {"name": policy.kind},
            "spec": {"enforcementAction": if setting.denies { "deny" } else { "dryrun" },
                "match": {"kinds": [{"apiGroups": ["*"], "kinds": kinds}], "excludedNamespaces": [SYSTEM]}},
        })
    }
}

impl Tke<'_> {
    /// Changes policies, all or none of them.
    pub fn change_policies(&mut self, cluster_id: &str, changes: &[PolicyChange]) -> Outcome<()> {
        let cluster = self.0.running_cluster(cluster_id)?;
        check_release(cluster)?;
        let mut settings = Vec::new();
        for change in changes {
            let policy = catalog::find(&change.kind);
            let policy =
                policy.ok_or_else(|| Reason::Invalid.because(format!("there is no policy {}", change.kind)))?;
            let open = change.open.unwrap_or(cluster.policy(policy).open);
            if open && policy.trigger == Trigger::NotSimulated {
                let message = format!("the policy {} needs parameters, and is not simulated", policy.kind);
                return Err(Reason::Unsupported.because(message));
            }
            settings.push((Cow::Borrowed(policy.kind), Setting { open, denies: change.denies }));
        }
        self.0.cluster_mut(cluster_id)?.tke_mut().policies.changed.extend(settings);
        Ok(())
    }

    /// Why the policies of a cluster deny to write or to delete an object, if they do.
    pub(super) fn policy_refusal(&mut self, cluster_id: &str, deletes: bool, object: &Value) -> Option<String> {
        let cluster = self.0.cluster(cluster_id).ok()?;
        if !cluster.has_policies() {
            return None;
        }
        let kind = text(object, "/kind");
        let exempt = !deletes && text(object, "/metadata/namespace") == SYSTEM;
        let forbidden = |policy: &&'static Policy| {
            let why = match policy.trigger {
                Trigger::Deletion(kinds) if deletes && kinds.contains(&kind) => {
                    policy.forbids_deletion(cluster, object)
                }
                Trigger::Write(wanted) if !deletes && !exempt && wanted == kind => policy.forbids_write(object),
                _ => None,
            };
            Some((policy.kind, cluster.policy(policy).denies, why?))
        };
        let open = POLICIES.iter().filter(|policy| cluster.policy(policy).open);
        let met: Vec<(&'static str, bool, String)> = open.filter_map(|policy| forbidden(&policy)).collect();
        for (kind, ..) in &met {
            self.note_policy(cluster_id, kind);
        }
        let (kind, _, why) = met.into_iter().find(|(_, denies, _)| *denies)?;
        Some(format!("admission webhook \"validation.gatekeeper.sh\" denied the request: [{kind}] {why}"))
    }

    fn note_policy(&mut self, cluster_id: &str, kind: &'static str) {
        let now = self.0.now;
        let Ok(cluster) = self.0.cluster_mut(cluster_id) else { return };
        let events = cluster.tke_mut().policies.events.entry(kind.into()).or_default();
        events.push(now);
        if events.len() > MOST_EVENTS {
            events.remove(0);
        }
    }

    /// Checks that the policies of a cluster allow to delete it: it has no nodes (002:36447, 002:36802).
    pub fn check_deletion(&mut self, cluster_id: &str) -> Outcome<()> {
        let cluster = self.0.cluster(cluster_id)?;
        let guard = POLICIES.iter().find(|policy| policy.trigger == Trigger::ClusterDeletion);
        let Some(guard) = guard.filter(|guard| cluster.has_policies() && cluster.policy(guard).open) else {
            return Ok(());
        };
        let virtual_nodes = cluster.virtual_nodes.iter().map(|node| node.name.as_str());
        let nodes: Vec<&str> = cluster.nodes.iter().map(|node| node.machine.as_str()).chain(virtual_nodes).collect();
        if nodes.is_empty() {
            return Ok(());
        }
        let message = format!("the cluster {cluster_id} still has nodes: {}", nodes.join(", "));
        let denies = cluster.policy(guard).denies;
        self.note_policy(cluster_id, guard.kind);
        if denies { Err(Reason::Protected.because(message)) } else { Ok(()) }
    }
}

/// Checks that a cluster has policies.
pub fn check_release(cluster: &Cluster) -> Outcome<()> {
    if cluster.has_policies() {
        return Ok(());
    }
    let message = format!("policies need Kubernetes 1.{RELEASE} at least, and the cluster has {}", cluster.version);
    Err(Reason::Unsupported.because(message))
}
