//! Add-ons of clusters: the templates and the installed instances.

use crate::Realm;
use crate::cce::Cce;
use crate::cce::Event;
use crate::kernel::save::forms::saved_by_name;
use crate::kernel::violation::{Outcome, Reason};
use crate::kernel::{Millis, SECOND};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// How long an add-on takes to be installed or exchanged.
const INSTALLATION: Millis = 20 * SECOND;
/// How long an add-on takes to go.
const REMOVAL: Millis = 10 * SECOND;
/// The add-ons of a cluster that is ordered without a word about them.
pub const DEFAULT: [&str; 2] = ["coredns", "storage-driver"];

/// An add-on that can be installed.
#[derive(Debug)]
pub struct Template {
    pub name: &'static str,
    pub description: &'static str,
    pub label: &'static str,
    /// Installed as a chart rather than by the cluster itself.
    pub chart: bool,
    pub arm: bool,
    /// Oldest first.
    pub versions: &'static [&'static str],
}

/// The offers.
pub const TEMPLATES: [Template; 6] = [
    Template {
        name: "autoscaler",
        description: "Adds and removes nodes of node pools as the pods need them",
        label: "AutoScaling",
        chart: true,
        arm: true,
        versions: &["1.13.11", "1.15.11", "1.17.21", "1.19.13"],
    },
    Template {
        name: "coredns",
        description: "Resolves the names of services inside the cluster",
        label: "ServiceDiscovery",
        chart: true,
        arm: true,
        versions: &["1.13.3", "1.15.4", "1.17.9"],
    },
    Template {
        name: "everest",
        description: "Connects cloud storage to pods through the container storage interface",
        label: "Storage",
        chart: true,
        arm: true,
        versions: &["1.1.11", "1.2.28"],
    },
    Template {
        name: "gpu-beta",
        description: "Makes the graphics processors of nodes available to containers",
        label: "Accelerator",
        chart: true,
        arm: false,
        versions: &["1.0.0", "1.1.7", "1.2.2"],
    },
    Template {
        name: "metrics-server",
        description: "Collects what pods and nodes use of processors and memory",
        label: "Monitoring",
        chart: true,
        arm: true,
        versions: &["1.0.0", "1.1.2"],
    },
    Template {
        name: "storage-driver",
        description: "Connects cloud storage to pods by a driver of the node",
        label: "Storage",
        chart: false,
        arm: true,
        versions: &["1.0.18", "1.0.19"],
    },
];

saved_by_name!(Template, "add-on template", |row| row.name, |name| TEMPLATES.iter().find(|row| row.name == name));

/// An add-on of a cluster.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Addon {
    pub id: String,
    pub cluster: String,
    pub template: &'static Template,
    pub version: String,
    pub values: Map<String, Value>,
    pub created: Millis,
    pub updated: Millis,
    ready: Millis,
    exchanged: bool,
    deleting: bool,
}

/// What an add-on is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AddonPhase {
    Installing,
    Upgrading,
    Running,
    Deleting,
}

impl Addon {
    /// What it is doing.
    pub fn phase(&self, now: Millis) -> AddonPhase {
        match (self.deleting, now >= self.ready, self.exchanged) {
            (true, ..) => AddonPhase::Deleting,
            (_, true, _) => AddonPhase::Running,
            (_, _, true) => AddonPhase::Upgrading,
            _ => AddonPhase::Installing,
        }
    }
}

/// The template of that name.
pub fn template(name: &str) -> Outcome<&'static Template> {
    let found = TEMPLATES.iter().find(|template| template.name == name);
    found.ok_or_else(|| Reason::NoPart.because(format!("there is no add-on template {name}")))
}

/// The version of the template that a cluster of that release gets: the one named, else the newest.
pub fn check_version(
    name: &str,
    version: Option<&str>,
    release: &str,
    arm: bool,
) -> Outcome<(&'static Template, String)> {
    let template = template(name)?;
    if arm && !template.arm {
        let message = format!("the add-on {name} does not run on a cluster of ARM servers, {release}");
        return Err(Reason::Unsupported.because(message));
    }
    let newest = template.versions.last().copied().unwrap_or_default();
    let wanted = version.filter(|version| !version.is_empty()).unwrap_or(newest);
    if !template.versions.contains(&wanted) {
        let message = format!("the add-on {name} has no version {wanted}; there is {}", template.versions.join(", "));
        return Err(Reason::NoPart.because(message));
    }
    Ok((template, wanted.to_owned()))
}

impl Realm {
    /// The add-on of that identifier, or why not.
    pub fn addon(&self, id: &str) -> Outcome<&Addon> {
        self.cce.addons.get(id).ok_or_else(|| Reason::NoPart.because(format!("the add-on {id} does not exist")))
    }
}

impl Cce<'_> {
    /// Installs an add-on into a cluster and gives its identifier.
    pub fn install_addon(
        &mut self,
        cluster_id: &str,
        name: &str,
        version: Option<&str>,
        values: Map<String, Value>,
    ) -> Outcome<String> {
        let (cluster, hosted) = self.0.realm.available(cluster_id, self.0.now)?;
        check_version(name, version, &hosted.release, cluster.arm)?;
        if self.0.realm.cce.addons.iter().any(|addon| addon.cluster == cluster_id && addon.template.name == name) {
            let message = format!("the cluster {cluster_id} has the add-on {name} already");
            return Err(Reason::InUse.because(message));
        }
        let id = self.plan_addon(cluster_id, name, version, values, 0);
        id.ok_or_else(|| Reason::NoPart.because(format!("there is no add-on template {name}")))
    }

    /// Installs an add-on, which was checked before, after a while.
    pub fn plan_addon(
        &mut self,
        cluster_id: &str,
        name: &str,
        version: Option<&str>,
        values: Map<String, Value>,
        after: Millis,
    ) -> Option<String> {
        let (template, version) = check_version(name, version, "", false).ok()?;
        let id = self.0.ids.uuid();
        let addon = Addon {
            id: id.clone(),
            cluster: cluster_id.to_owned(),
            template,
            version,
            values,
            created: self.0.now,
            updated: self.0.now,
            ready: self.0.now + after + INSTALLATION,
            exchanged: false,
            deleting: false,
        };
        self.0.realm.cce.addons.insert(id.clone(), addon);
        Some(id)
    }

    /// Exchanges the version and the values of an add-on.
    pub fn change_addon(
        &mut self,
        id: &str,
        cluster_id: &str,
        name: &str,
        version: Option<&str>,
        values: Map<String, Value>,
    ) -> Outcome<()> {
        let addon = self.addon_of(cluster_id, id)?;
        if addon.template.name != name {
            let message = format!("the add-on {id} is made of the template {}, not of {name}", addon.template.name);
            return Err(Reason::Invalid.because(message));
        }
        let (phase, version) = (addon.phase(self.0.now), version.unwrap_or(&addon.version).to_owned());
        if phase != AddonPhase::Running {
            return Err(Reason::Unavailable.because(format!("the add-on {id} is being changed")));
        }
        let (cluster, hosted) = self.0.realm.available(cluster_id, self.0.now)?;
        let (_, version) = check_version(name, Some(&version), &hosted.release, cluster.arm)?;
        self.exchange_addon(cluster_id, name, version, values);
        Ok(())
    }

    /// Exchanges the version and the values of an add-on, which was checked before.
    pub(super) fn exchange_addon(&mut self, cluster_id: &str, name: &str, version: String, values: Map<String, Value>) {
        let now = self.0.now;
        let mut addons = self.0.realm.cce.addons.iter_mut().filter(|addon| addon.cluster == cluster_id);
        if let Some(addon) = addons.find(|addon| addon.template.name == name) {
            (addon.version, addon.values, addon.exchanged) = (version, values, true);
            (addon.updated, addon.ready) = (now, now + INSTALLATION);
        }
    }

    /// The add-on, which must be of that cluster.
    pub fn addon_of(&self, cluster_id: &str, id: &str) -> Outcome<&Addon> {
        let addon = self.0.realm.addon(id)?;
        if addon.cluster != cluster_id {
            return Err(Reason::NoPart.because(format!("the cluster {cluster_id} has no add-on {id}")));
        }
        Ok(addon)
    }

    /// Takes an add-on out of its cluster.
    pub fn remove_addon(&mut self, cluster_id: &str, id: &str) -> Outcome<()> {
        self.addon_of(cluster_id, id)?;
        self.0.realm.available(cluster_id, self.0.now)?;
        let Some(addon) = self.0.realm.cce.addons.get_mut(id) else { return Ok(()) };
        if !addon.deleting {
            (addon.deleting, addon.updated) = (true, self.0.now);
            self.after(REMOVAL, Event::AddonGone { addon: id.to_owned() });
        }
        Ok(())
    }
}
