//! ResourceQuotas: what the objects of a namespace may come to. Quotas with scopes are not counted.

use super::api::Call;
use super::names::{items, name_of, text};
use super::quantity::thousandths;
use super::refusal::{Answer, Refusal};
use super::store::Store;
use super::{ControlPlane, Kubernetes};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// The kind.
const QUOTAS: &str = "resourcequotas";
/// Kinds that have names of their own in quotas.
const NAMED: [&str; 7] =
    ["pods", "services", "secrets", "configmaps", "persistentvolumeclaims", "replicationcontrollers", QUOTAS];

/// What is counted, in thousandths.
type Amounts = BTreeMap<String, u64>;

/// What an object comes to.
fn charge(kind: &str, object: &Value) -> Amounts {
    let mut sum = Amounts::new();
    if kind == "pods" && matches!(text(object, "/status/phase"), "Succeeded" | "Failed") {
        return sum;
    }
    let mut add = |name: &str, amount: u64| *sum.entry(name.to_owned()).or_default() += amount;
    add(&format!("count/{kind}"), 1_000);
    if NAMED.contains(&kind) {
        add(kind, 1_000);
    }
    match kind {
        "services" => match text(object, "/spec/type") {
            "LoadBalancer" => {
                add("services.loadbalancers", 1_000);
                add("services.nodeports", 1_000 * items(object, "/spec/ports").len() as u64);
            }
            "NodePort" => add("services.nodeports", 1_000 * items(object, "/spec/ports").len() as u64),
            _ => {}
        },
        "persistentvolumeclaims" => {
            add(
                "requests.storage",
                object.pointer("/spec/resources/requests/storage").and_then(thousandths).unwrap_or(0),
            );
        }
        "pods" => {
            for container in items(object, "/spec/containers") {
                for resource in ["cpu", "memory"] {
                    let limit = container.pointer(&format!("/resources/limits/{resource}")).and_then(thousandths);
                    let request = container.pointer(&format!("/resources/requests/{resource}")).and_then(thousandths);
                    if let Some(request) = request.or(limit) {
                        add(resource, request);
                        add(&format!("requests.{resource}"), request);
                    }
                    if let Some(limit) = limit {
                        add(&format!("limits.{resource}"), limit);
                    }
                }
            }
        }
        _ => {}
    }
    sum
}

/// What all objects of a namespace come to, of what the quota limits.
fn used(store: &Store, namespace: &str, hard: &Map<String, Value>) -> Amounts {
    let mut sum: Amounts = hard.keys().map(|name| (name.clone(), 0)).collect();
    for key in store.keys_in(namespace) {
        let Some(object) = store.get(&key) else { continue };
        for (name, amount) in charge(&key.kind, object) {
            sum.entry(name).and_modify(|there| *there += amount);
        }
    }
    sum
}

/// An amount as Kubernetes writes it.
fn shown(name: &str, amount: u64) -> String {
    let whole = amount / 1_000;
    if !amount.is_multiple_of(1_000) {
        return format!("{amount}m");
    }
    let bytes = name.ends_with("memory") || name.ends_with("storage");
    let units = [("Gi", 1_u64 << 30), ("Mi", 1 << 20), ("Ki", 1 << 10)];
    let unit = units.iter().find(|(_, size)| bytes && whole > 0 && whole.is_multiple_of(*size));
    unit.map_or_else(|| whole.to_string(), |(unit, size)| format!("{}{unit}", whole / size))
}

impl Kubernetes {
    /// Why the quotas of a namespace do not let an object in.
    fn over_quota(&self, kind: &str, namespace: &str, object: &Value) -> Option<String> {
        let wanted = charge(kind, object);
        for quota in self.store.list(QUOTAS, Some(namespace)) {
            let hard = quota.pointer("/spec/hard").and_then(Value::as_object);
            let Some(hard) = hard.filter(|_| !has_scopes(quota)) else { continue };
            let compute = |name: &&String| name.ends_with("cpu") || name.ends_with("memory");
            let missing: Vec<&str> = hard
                .keys()
                .filter(|name| kind == "pods" && compute(name) && !wanted.contains_key(*name))
                .map(String::as_str)
                .collect();
            if !missing.is_empty() {
                return Some(format!("failed quota: {}: must specify {}", name_of(quota), missing.join(",")));
            }
            let there = used(&self.store, namespace, hard);
            let over: Vec<(&String, u64, u64, u64)> = hard
                .iter()
                .filter_map(|(name, limit)| {
                    let (more, limit) = (*wanted.get(name)?, thousandths(limit)?);
                    let used = there.get(name).copied().unwrap_or(0);
                    (more > 0 && used + more > limit).then_some((name, more, used, limit))
                })
                .collect();
            if !over.is_empty() {
                let list = |amount: fn(&(&String, u64, u64, u64)) -> u64| {
                    let parts = over.iter().map(|one| format!("{}={}", one.0, shown(one.0, amount(one))));
                    parts.collect::<Vec<_>>().join(",")
                };
                return Some(format!(
                    "exceeded quota: {}, requested: {}, used: {}, limited: {}",
                    name_of(quota),
                    list(|one| one.1),
                    list(|one| one.2),
                    list(|one| one.3)
                ));
            }
        }
        None
    }

    /// The status of a quota.
    pub(super) fn quota_status(&self, quota: &Value) -> Option<Value> {
        let hard = quota.pointer("/spec/hard").and_then(Value::as_object).filter(|_| !has_scopes(quota))?;
        let used = used(&self.store, text(quota, "/metadata/namespace"), hard);
        let used: BTreeMap<&String, String> = used.iter().map(|(name, sum)| (name, shown(name, *sum))).collect();
        Some(json!({"hard": hard, "used": used}))
    }
}

fn has_scopes(quota: &Value) -> bool {
    !items(quota, "/spec/scopes").is_empty() || quota.pointer("/spec/scopeSelector").is_some()
}

impl ControlPlane<'_, '_> {
    /// Refuses an object that the quotas of its namespace do not let in.
    pub(super) fn check_quotas(&self, call: &Call<'_>, object: &Value) -> Answer<()> {
        let kubernetes = &self.cluster(call.cluster)?.kubernetes;
        match kubernetes.over_quota(&call.resource.key, call.namespace(), object) {
            Some(why) => Err(Refusal::forbidden(&call.resource, name_of(object), &why)),
            None => Ok(()),
        }
    }

    /// Why the quotas of a namespace do not let a pod of a controller in.
    pub(super) fn pod_over_quota(
        &mut self,
        cluster_id: &str,
        namespace: &str,
        spec: &Map<String, Value>,
    ) -> Option<String> {
        self.cluster(cluster_id).ok()?.kubernetes.store.list(QUOTAS, Some(namespace)).next()?;
        // The pods that the controller has just made count, too.
        self.mirror(cluster_id);
        let kubernetes = &self.cluster(cluster_id).ok()?.kubernetes;
        kubernetes.over_quota("pods", namespace, &json!({"spec": spec}))
    }
}
