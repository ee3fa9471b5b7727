//! Policies of container security: the library, and what is deployed in clusters.

use super::policy_rules::{Parameters, violations};
use crate::Realm;
use crate::ack::Ack;
use crate::ack::tenancy::Owner;
use crate::kernel::Millis;
use crate::kernel::engine::Verdict;
use crate::kernel::ids::hexadecimal;
use crate::kernel::save::forms::saved_by_name;
use crate::kernel::violation::{Outcome, Reason};
use crate::kubernetes::names::text;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::sync::Arc;

/// The most requests that violated a policy that are kept for a cluster.
const MOST_VIOLATIONS: usize = 100;

/// A policy of the library.
#[derive(Debug, PartialEq, Eq)]
pub struct Policy {
    pub name: &'static str,
    pub category: &'static str,
    pub description: &'static str,
    pub severity: &'static str,
    /// The parameter that it needs.
    pub parameter: Option<&'static str>,
}

/// The library.
pub const POLICIES: [Policy; 7] = [
    Policy {
        name: "ACKAllowedRepos",
        category: "k8s-general",
        description: "Images of containers come from the repositories of a list",
        severity: "high",
        parameter: Some("repos"),
    },
    Policy {
        name: "ACKBlockLoadBalancer",
        category: "k8s-general",
        description: "Services have no load balancers",
        severity: "high",
        parameter: None,
    },
    Policy {
        name: "ACKBlockNodePort",
        category: "k8s-general",
        description: "Services have no ports of nodes",
        severity: "high",
        parameter: None,
    },
    Policy {
        name: "ACKRequiredLabels",
        category: "k8s-general",
        description: "Pods have the labels of a list",
        severity: "low",
        parameter: Some("labels"),
    },
    Policy {
        name: "ACKRestrictNamespaces",
        category: "compliance",
        description: "Nothing is created in the namespaces of a list",
        severity: "medium",
        parameter: Some("restrictedNamespaces"),
    },
    Policy {
        name: "ACKPSPHostNamespace",
        category: "psp",
        description: "Pods do not share the processes of their node",
        severity: "high",
        parameter: None,
    },
    Policy {
        name: "ACKPSPPrivilegedContainer",
        category: "psp",
        description: "Containers are not privileged",
        severity: "high",
        parameter: None,
    },
];

saved_by_name!(Policy, "policy", |row| row.name, |name| POLICIES.iter().find(|row| row.name == name));

/// A policy that is deployed in a cluster.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PolicyInstance {
    pub name: String,
    pub policy: &'static Policy,
    /// What violates it is refused; otherwise there is a warning.
    pub denies: bool,
    /// The namespaces that it is for; all if there are none.
    pub namespaces: Vec<String>,
    pub parameters: Map<String, Value>,
    pub created: Millis,
    pub updated: Millis,
}

/// How a policy is deployed.
#[derive(Debug, Clone, Default)]
pub struct PolicyChange {
    pub denies: Option<bool>,
    pub namespaces: Option<Vec<String>>,
    pub parameters: Option<Map<String, Value>>,
}

/// A request that violated a policy.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Violation {
    pub instance: String,
    pub policy: &'static Policy,
    pub denied: bool,
    pub message: String,
    pub kind: String,
    pub name: String,
    pub user: String,
    pub id: String,
    pub at: Millis,
}

impl PolicyInstance {
    fn is_for(&self, object: &Value) -> bool {
        let namespace = text(object, "/metadata/namespace");
        !namespace.is_empty() && (self.namespaces.is_empty() || self.namespaces.iter().any(|one| one == namespace))
    }

    /// What an object violates.
    fn violated_by(&self, object: &Value) -> Option<String> {
        if !self.is_for(object) {
            return None;
        }
        violations(self.policy.name, &Parameters(&self.parameters), object)
    }
}

/// The policy of that name.
pub fn policy(name: &str) -> Outcome<&'static Policy> {
    let found = POLICIES.iter().find(|policy| policy.name == name);
    found.ok_or_else(|| Reason::Invalid.because(format!("there is no policy {name}")))
}

impl Realm {
    /// How many objects of a cluster violate a deployed policy.
    pub fn violating_objects(&self, cluster: &str, instance: &PolicyInstance) -> usize {
        let Some(cluster) = self.clusters.get(cluster) else { return 0 };
        let objects = |key| cluster.kubernetes.store.list(key, None).map(Arc::as_ref);
        let all = objects("pods").chain(objects("services"));
        all.filter(|object| instance.violated_by(object).is_some()).count()
    }
}

impl Ack<'_> {
    /// Deploys a policy, and returns the name of the instance.
    pub fn deploy_policy(&mut self, owner: &Owner, cluster: &str, name: &str, new: PolicyChange) -> Outcome<String> {
        self.0.realm.at_work(owner, cluster, self.0.now)?;
        let policy = policy(name)?;
        let parameters = new.parameters.unwrap_or_default();
        check_parameters(policy, &parameters)?;
        let now = self.0.now;
        let suffix = hexadecimal(&self.0.ids.uuid(), 5);
        let id = format!("{}-{suffix}", name.to_lowercase().trim_start_matches("ack"));
        let instance = PolicyInstance {
            name: id.clone(),
            policy,
            denies: new.denies.unwrap_or(false),
            namespaces: new.namespaces.unwrap_or_default(),
            parameters,
            created: now,
            updated: now,
        };
        if let Some(dedicated) = self.0.realm.ack.clusters.get_mut(cluster) {
            dedicated.policies.insert(id.clone(), instance);
        }
        Ok(id)
    }

    /// The instances of a policy that a call means: the one that is named, else all.
    fn meant(&self, owner: &Owner, cluster: &str, name: &str, instance: Option<&str>) -> Outcome<Vec<String>> {
        let (_, dedicated) = self.0.realm.at_work(owner, cluster, self.0.now)?;
        let policy = policy(name)?;
        let all = dedicated.policies.iter().filter(|one| one.policy == policy);
        let meant: Vec<String> = all
            .filter(|one| instance.is_none_or(|instance| one.name == instance))
            .map(|one| one.name.clone())
            .collect();
        if meant.is_empty() {
            let instance = instance.unwrap_or("deployed");
            let message = format!("instance_name: the cluster {cluster} has no instance of {name}: {instance}");
            return Err(Reason::Invalid.because(message));
        }
        Ok(meant)
    }

    /// Changes instances of a policy, and returns their names.
    pub fn change_policy(
        &mut self,
        owner: &Owner,
        cluster: &str,
        name: &str,
        instance: Option<&str>,
        change: PolicyChange,
    ) -> Outcome<Vec<String>> {
        let meant = self.meant(owner, cluster, name, instance)?;
        if let Some(parameters) = &change.parameters {
            check_parameters(policy(name)?, parameters)?;
        }
        let now = self.0.now;
        let Some(dedicated) = self.0.realm.ack.clusters.get_mut(cluster) else { return Ok(meant) };
        for id in &meant {
            let Some(one) = dedicated.policies.get_mut(id) else { continue };
            let change = change.clone();
            one.denies = change.denies.unwrap_or(one.denies);
            one.namespaces = change.namespaces.unwrap_or_else(|| one.namespaces.clone());
            one.parameters = change.parameters.unwrap_or_else(|| one.parameters.clone());
            one.updated = now;
        }
        Ok(meant)
    }

    /// Deletes instances of a policy, and returns their names.
    pub fn drop_policy(
        &mut self,
        owner: &Owner,
        cluster: &str,
        name: &str,
        instance: Option<&str>,
    ) -> Outcome<Vec<String>> {
        let meant = self.meant(owner, cluster, name, instance)?;
        if let Some(dedicated) = self.0.realm.ack.clusters.get_mut(cluster) {
            dedicated.policies.retain(|one| !meant.contains(&one.name));
        }
        Ok(meant)
    }

    /// Holds an object against the policies of its cluster.
    pub(super) fn review_object(&mut self, cluster: &str, object: &Value, user: &str) -> Vec<Verdict> {
        let Some(dedicated) = self.0.realm.ack.clusters.get_mut(cluster) else { return Vec::new() };
        let mut found: Vec<Violation> = Vec::new();
        for instance in dedicated.policies.iter() {
            let Some(message) = instance.violated_by(object) else { continue };
            found.push(Violation {
                instance: instance.name.clone(),
                policy: instance.policy,
                denied: instance.denies,
                message: format!("[{}] {message}", instance.name),
                kind: text(object, "/kind").to_owned(),
                name: text(object, "/metadata/name").to_owned(),
                user: user.to_owned(),
                id: String::new(),
                at: self.0.now,
            });
        }
        for violation in &mut found {
            violation.id = self.0.ids.uuid();
        }
        dedicated.violations.extend(found.iter().cloned());
        let surplus = dedicated.violations.len().saturating_sub(MOST_VIOLATIONS);
        dedicated.violations.drain(..surplus);
        let verdict = |one: Violation| match one.denied {
            true => Verdict::Deny(format!("admission webhook denied the request: {}", one.message)),
            false => Verdict::Warn(one.message),
        };
        found.into_iter().map(verdict).collect()
    }
}

/// Whether a policy has the parameters that it needs, and no others.
fn check_parameters(policy: &Policy, parameters: &Map<String, Value>) -> Outcome<()> {
    if let Some(unknown) = parameters.keys().find(|name| policy.parameter != Some(name.as_str())) {
        return Err(Reason::Invalid.because(format!("parameters: {} has no parameter {unknown}", policy.name)));
    }
    let Some(name) = policy.parameter else { return Ok(()) };
    match parameters.get(name).and_then(Value::as_array) {
        Some(items) if !items.is_empty() => Ok(()),
        _ => Err(Reason::Invalid.because(format!("parameters: {} needs a list {name}", policy.name))),
    }
}
