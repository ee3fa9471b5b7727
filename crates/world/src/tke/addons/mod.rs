//! The add-ons of a cluster: charts that TKE installs, upgrades and removes.

pub mod catalog;

use crate::cluster::{Cluster, Stage};
use crate::kernel::failures::{FAILURE, FailurePoint};
use crate::kernel::violation::{Outcome, Reason};
use crate::kernel::{Millis, SECOND};
use crate::tke::{Event, Tke, logs};
use catalog::{OFFERS, Offer, Workload};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// How long an installation, an upgrade and a removal take.
const WORK: Millis = 10 * SECOND;

/// An add-on of a cluster.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Addon {
    #[serde(deserialize_with = "catalog::name")]
    pub name: catalog::OfferName,
    pub version: String,
    /// The parameters that were set.
    pub values: Value,
    pub phase: Phase,
    /// Why the last work failed.
    pub reason: String,
    pub created: Millis,
    /// Version and parameters of the upgrade that is being made.
    next: Option<(String, Value)>,
}

/// The state of an add-on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Phase {
    Installing,
    Upgrading,
    Terminating,
    Succeeded,
    InstallFailed,
    UpgradeFailed,
}

/// An add-on that a new cluster is to have.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlannedAddon {
    pub name: String,
    pub version: Option<String>,
    pub values: Value,
}

/// The parameters of an upgrade.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NewValues {
    /// In addition to those that are set.
    Merge(Value),
    /// Instead of those that are set.
    Replace(Value),
}

impl Phase {
    fn is_at_rest(self) -> bool {
        matches!(self, Self::Succeeded | Self::InstallFailed | Self::UpgradeFailed)
    }
}

impl Addon {
    /// The parameters: those of the chart, with those that were set.
    pub fn all_values(&self) -> Value {
        let mut values = catalog::find(self.name).map(Offer::defaults).unwrap_or_default();
        merge(&mut values, &self.values);
        values
    }
}

/// Merges parameters as Helm does: objects member by member, `null` removes a member, anything else replaces.
pub fn merge(base: &mut Value, new: &Value) {
    let (Value::Object(base), Value::Object(new)) = (&mut *base, new) else {
        *base = new.clone();
        return;
    };
    for (name, value) in new {
        if value.is_null() {
            base.remove(name);
        } else {
            merge(base.entry(name.clone()).or_insert(Value::Null), value);
        }
    }
}

/// The object of a workload with the parameters of its add-on.
fn object(cluster: &Cluster, addon: &Addon, workload: &Workload) -> Value {
    let name = workload.name;
    let values = addon.all_values();
    let values = values.get(name).cloned().unwrap_or_default();
    let labels = json!({"k8s-app": name});
    let image = format!("{}/{name}:v{}", cluster.engine.system_repository(), addon.version);
    let mut spec = json!({"containers": [{"name": name, "image": image}]});
    if let Some(resources) = values.get("resources") {
        spec["containers"][0]["resources"] = resources.clone();
    }
    for field in ["nodeSelector", "tolerations"] {
        if let Some(value) = values.get(field) {
            spec[field] = value.clone();
        }
    }
    let template = json!({"metadata": {"labels": labels}, "spec": spec});
    let kind = if workload.replicas.is_some() { "Deployment" } else { "DaemonSet" };
    let mut object = json!({
        "apiVersion": "apps/v1", "kind": kind,
        "metadata": {"name": name, "namespace": workload.namespace, "labels": labels},
        "spec": {"selector": {"matchLabels": labels}, "template": template},
    });
    if workload.replicas.is_some() {
        object["spec"]["replicas"] = values.get("replicas").cloned().unwrap_or_else(|| json!(1));
    }
    object
}

fn path(workload: &Workload) -> String {
    let plural = if workload.replicas.is_some() { "deployments" } else { "daemonsets" };
    format!("/apis/apps/v1/namespaces/{}/{plural}", workload.namespace)
}

fn no_addon(cluster: &str, name: &str) -> crate::kernel::violation::Violation {
    Reason::NoPart.because(format!("the cluster {cluster} has no add-on {name}"))
}

/// The add-on of that name, if it is offered.
fn offer(name: &str) -> Outcome<&'static Offer> {
    catalog::find(name).ok_or_else(|| Reason::Invalid.because(format!("there is no add-on {name} (AddonName)")))
}

/// The version, if the add-on has it; its newest one by default.
fn version(offer: &Offer, wanted: Option<&str>) -> Outcome<String> {
    let wanted = wanted.unwrap_or(offer.latest());
    if offer.versions.contains(&wanted) {
        return Ok(wanted.to_owned());
    }
    let message = format!("AddonVersion of {} is one of {}, not {wanted}", offer.name, offer.versions.join(", "));
    Err(Reason::Invalid.because(message))
}

impl Tke<'_> {
    /// Installs the add-ons that every cluster has.
    pub(super) fn start_addons(&mut self, cluster_id: &str) {
        let Ok(cluster) = self.0.cluster(cluster_id) else { return };
        let minor = cluster.minor();
        for offer in OFFERS.iter().filter(|offer| offer.system && minor >= offer.release) {
            let addon = self.new_addon(offer, offer.latest().to_owned(), json!({}));
            if let Ok(cluster) = self.0.cluster_mut(cluster_id) {
                cluster.tke_mut().addons.insert(offer.name, addon);
            }
            self.addon_settled(cluster_id, offer.name);
        }
    }

    /// Checks the add-ons that a new cluster is to have: they are offered.
    pub fn check_planned(planned: &[PlannedAddon]) -> Outcome<()> {
        planned.iter().try_for_each(|addon| version(offer(&addon.name)?, addon.version.as_deref()).map(drop))
    }

    /// Notes the add-ons that a new cluster is to have.
    pub fn plan_addons(&mut self, cluster_id: &str, planned: Vec<PlannedAddon>) -> Outcome<()> {
        self.0.cluster_mut(cluster_id)?.tke_mut().planned_addons = planned;
        Ok(())
    }

    /// Starts to install the add-ons that a cluster that has come up is to have. One that cannot be has failed, and the
    /// cluster runs without it (002:37356).
    pub(super) fn start_planned_addons(&mut self, cluster_id: &str) {
        let Ok(cluster) = self.0.cluster_mut(cluster_id) else { return };
        for planned in std::mem::take(&mut cluster.tke_mut().planned_addons) {
            let name = planned.name.as_str();
            let result = self.install_addon(cluster_id, name, planned.version.as_deref(), Some(planned.values));
            let Err(why) = result else { continue };
            let has = self.addon(cluster_id, name).is_ok();
            let (false, Ok(offer)) = (has, offer(name)) else { continue };
            let mut failed = self.new_addon(offer, planned.version.unwrap_or(offer.latest().to_owned()), json!({}));
            (failed.phase, failed.reason) = (Phase::InstallFailed, why.message.into_owned());
            if let Ok(cluster) = self.0.cluster_mut(cluster_id) {
                cluster.tke_mut().addons.insert(offer.name, failed);
            }
        }
    }

    fn new_addon(&self, offer: &'static Offer, version: String, values: Value) -> Addon {
        Addon {
            name: offer.name,
            version,
            values,
            phase: Phase::Installing,
            reason: String::new(),
            created: self.0.now,
            next: None,
        }
    }

    /// The add-on of a cluster that runs, or why not.
    pub fn addon(&self, cluster_id: &str, name: &str) -> Outcome<&Addon> {
        let cluster = self.0.running_cluster(cluster_id)?;
        cluster.tke().addons.get(name).ok_or_else(|| no_addon(cluster_id, name))
    }

    /// Checks whether an add-on can be installed. Returns its version.
    pub fn check_addon(&self, cluster_id: &str, name: &str, wanted: Option<&str>) -> Outcome<String> {
        let cluster = self.0.running_cluster(cluster_id)?;
        let offer = offer(name)?;
        let version = version(offer, wanted)?;
        if cluster.tke().addons.contains(name) {
            return Err(Reason::InUse.because(format!("the cluster {cluster_id} has the add-on {name} already")));
        }
        if cluster.minor() < offer.release {
            let message =
                format!("the add-on {name} needs Kubernetes 1.{} at least, not {}", offer.release, cluster.version);
            return Err(Reason::Unsupported.because(message));
        }
        if cluster.arm && !offer.arm {
            return Err(Reason::Unsupported.because(format!("the add-on {name} is not for ARM processors")));
        }
        Ok(version)
    }

    /// Starts the installation of an add-on.
    pub fn install_addon(
        &mut self,
        cluster_id: &str,
        name: &str,
        wanted: Option<&str>,
        values: Option<Value>,
    ) -> Outcome<()> {
        let version = self.check_addon(cluster_id, name, wanted)?;
        let addon = self.new_addon(offer(name)?, version, values.unwrap_or_else(|| json!({})));
        self.0.cluster_mut(cluster_id)?.tke_mut().addons.insert(name, addon);
        self.work_on_addon(cluster_id, name, FailurePoint::AddonInstallation);
        Ok(())
    }

    /// Plans the end of the work on an add-on.
    fn work_on_addon(&mut self, cluster: &str, addon: &str, point: FailurePoint) {
        let (cluster, addon) = (cluster.to_owned(), addon.to_owned());
        match self.0.planned_failure(point) {
            Some(reason) => self.0.after(FAILURE, Event::AddonFailed { cluster, addon, reason }),
            None => self.0.after(WORK, Event::AddonSettled { cluster, addon }),
        }
    }

    /// Checks an upgrade of an add-on. Returns the new version and the new parameters.
    pub fn check_upgrade(
        &self,
        cluster_id: &str,
        name: &str,
        wanted: Option<&str>,
        values: Option<NewValues>,
    ) -> Outcome<(String, Value)> {
        let addon = self.addon(cluster_id, name)?;
        if wanted.is_none() && values.is_none() {
            return Err(Reason::Missing.because("AddonVersion or RawValues must be given"));
        }
        if !addon.phase.is_at_rest() {
            return Err(Reason::Unavailable.because(format!("the add-on {name} is being worked on")));
        }
        if addon.phase == Phase::InstallFailed {
            return Err(
                Reason::Unavailable.because(format!("the add-on {name} is not installed: its installation failed"))
            );
        }
        let offer = offer(name)?;
        let next = version(offer, Some(wanted.unwrap_or(&addon.version)))?;
        let place = |version: &str| offer.versions.iter().position(|one| *one == version);
        if place(&next) < place(&addon.version) {
            let message = format!("the add-on {name} is upgraded only: its version is {}", addon.version);
            return Err(Reason::Invalid.because(message));
        }
        let values = match values {
            None => addon.values.clone(),
            Some(NewValues::Replace(values)) => values,
            Some(NewValues::Merge(values)) => {
                let mut merged = addon.values.clone();
                merge(&mut merged, &values);
                merged
            }
        };
        Ok((next, values))
    }

    /// Starts the upgrade of an add-on.
    pub fn upgrade_addon(
        &mut self,
        cluster_id: &str,
        name: &str,
        wanted: Option<&str>,
        values: Option<NewValues>,
    ) -> Outcome<()> {
        let next = self.check_upgrade(cluster_id, name, wanted, values)?;
        if let Some(addon) = self.0.cluster_mut(cluster_id)?.tke_mut().addons.get_mut(name) {
            (addon.phase, addon.next) = (Phase::Upgrading, Some(next));
        }
        self.work_on_addon(cluster_id, name, FailurePoint::AddonUpgrade);
        Ok(())
    }

    /// Starts the removal of an add-on.
    pub fn remove_addon(&mut self, cluster_id: &str, name: &str) -> Outcome<()> {
        let addon = self.addon(cluster_id, name)?;
        if catalog::find(name).is_some_and(|offer| offer.system) {
            let message = format!("the add-on {name} is one of the system, which cannot be deleted");
            return Err(Reason::Unsupported.because(message));
        }
        if !addon.phase.is_at_rest() {
            return Err(Reason::Unavailable.because(format!("the add-on {name} is being worked on")));
        }
        if let Some(addon) = self.0.cluster_mut(cluster_id)?.tke_mut().addons.get_mut(name) {
            addon.phase = Phase::Terminating;
        }
        self.0.after(WORK, Event::AddonSettled { cluster: cluster_id.to_owned(), addon: name.to_owned() });
        Ok(())
    }

    pub(super) fn addon_failed(&mut self, cluster_id: &str, name: &str, reason: String) {
        let Ok(cluster) = self.0.cluster_mut(cluster_id) else { return };
        let Some(addon) = cluster.tke_mut().addons.get_mut(name) else { return };
        let upgrades = addon.next.take().is_some();
        (addon.phase, addon.reason) = (if upgrades { Phase::UpgradeFailed } else { Phase::InstallFailed }, reason);
    }

    /// Ends the work on an add-on.
    pub(super) fn addon_settled(&mut self, cluster_id: &str, name: &str) {
        let Ok(cluster) = self.0.cluster(cluster_id) else { return };
        let Some(addon) = cluster.tke().addons.get(name).filter(|_| cluster.stage == Stage::Up) else { return };
        let mut addon = addon.clone();
        if addon.phase == Phase::Terminating {
            return self.addon_gone(cluster_id, name);
        }
        if let Some((version, values)) = addon.next.clone() {
            (addon.version, addon.values) = (version, values);
        }
        if let Err(why) = self.run_addon(cluster_id, &addon) {
            return self.addon_failed(cluster_id, name, why.message.into_owned());
        }
        (addon.phase, addon.next, addon.reason) = (Phase::Succeeded, None, String::new());
        if let Ok(cluster) = self.0.cluster_mut(cluster_id) {
            cluster.tke_mut().addons.insert(name, addon);
        }
        if name == logs::AGENT {
            self.start_log_agents(cluster_id);
        }
    }

    /// Creates or replaces the workloads of an add-on.
    fn run_addon(&mut self, cluster_id: &str, addon: &Addon) -> Outcome<()> {
        for workload in offer(addon.name)?.workloads {
            let object = object(self.0.running_cluster(cluster_id)?, addon, workload);
            let (list, namespace) = (path(workload), workload.namespace);
            if self.0.running_cluster(cluster_id)?.kubernetes.namespaces.get(namespace).is_none() {
                let made = json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}});
                self.kube(cluster_id, "POST", "/api/v1/namespaces", Some(&made))?;
            }
            let one = format!("{list}/{}", workload.name);
            match self.kube(cluster_id, "GET", &one, None) {
                Ok(_) => self.kube(cluster_id, "PUT", &one, Some(&object))?,
                Err(_) => self.kube(cluster_id, "POST", &list, Some(&object))?,
            };
        }
        Ok(())
    }

    /// Removes an add-on with its workloads.
    fn addon_gone(&mut self, cluster_id: &str, name: &str) {
        for workload in catalog::find(name).map_or(&[][..], |offer| offer.workloads) {
            // It may have been deleted through Kubernetes.
            let _ = self.kube(cluster_id, "DELETE", &format!("{}/{}", path(workload), workload.name), None);
        }
        if let Ok(cluster) = self.0.cluster_mut(cluster_id) {
            cluster.tke_mut().addons.remove(name);
        }
        if name == logs::AGENT {
            self.stop_log_agents(cluster_id);
        }
    }
}

/// The parameters in a JSON object, or why not.
pub fn check_values(values: Value) -> Outcome<Value> {
    match values {
        Value::Object(_) => Ok(values),
        Value::Null => Ok(Value::Object(Map::new())),
        _ => Err(Reason::Invalid.because("RawValues is a JSON object in base64")),
    }
}
