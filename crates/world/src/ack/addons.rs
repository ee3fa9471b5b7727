//! Components of dedicated clusters: the offers and the installed ones.

use crate::Realm;
use crate::ack::Ack;
use crate::ack::Event;
use crate::ack::tenancy::Owner;
use crate::kernel::save::forms::saved_by_name;
use crate::kernel::violation::{Outcome, Reason};
use crate::kernel::{Millis, SECOND};
use serde::{Deserialize, Serialize};

/// How long a component takes to be installed or exchanged.
pub const INSTALLATION: Millis = 20 * SECOND;
/// How long a component takes to go.
pub const REMOVAL: Millis = 10 * SECOND;

/// A component that is offered.
#[derive(Debug)]
pub struct Component {
    pub name: &'static str,
    pub group: &'static str,
    pub description: &'static str,
    /// Every cluster has it and keeps it.
    pub required: bool,
    /// Installed with a cluster unless the request excludes it.
    pub usual: bool,
    /// Oldest first.
    pub versions: &'static [&'static str],
}

const fn component(
    name: &'static str,
    group: &'static str,
    description: &'static str,
    versions: &'static [&'static str],
) -> Component {
    Component { name, group, description, required: false, usual: false, versions }
}

/// The offers.
pub const COMPONENTS: [Component; 10] = [
    component("ack-arena", "application", "Runs machine learning from the command line", &["0.5.0"]),
    component(
        "ack-node-problem-detector",
        "logs and monitoring",
        "Finds nodes that are out of order and reports them as events",
        &["1.2.0", "1.2.1"],
    ),
    component(
        "ags-metrics-collector",
        "logs and monitoring",
        "Collects what genome computing uses",
        &["v1.0.0.2-cc3b2d6-aliyun"],
    ),
    Component {
        required: true,
        ..component("coredns", "core", "Resolves the names of services inside the cluster", &["1.6.2", "1.6.7"])
    },
    Component {
        usual: true,
        ..component(
            "csi-plugin",
            "storage",
            "Connects cloud storage to pods on each node",
            &["v1.16.9.43-f36bb540-aliyun", "v1.18.8.47-30ba5d25-aliyun"],
        )
    },
    component(
        "flexvolume",
        "storage",
        "Connects cloud storage to pods by the older way",
        &["v1.14.8.109-649dc5a-aliyun"],
    ),
    Component {
        required: true,
        ..component("kube-proxy", "core", "Leads to services on each node", &["1.16.9", "1.18.8"])
    },
    component("logtail-ds", "logs and monitoring", "Ships the logs of containers", &["v0.16.54.2-f9a5e1e-aliyun"]),
    Component {
        usual: true,
        ..component(
            "metrics-server",
            "logs and monitoring",
            "Collects what pods and nodes use of processors and memory",
            &["v0.2.1-9dd9511-aliyun", "v0.3.8.5-307cf45-aliyun"],
        )
    },
    Component {
        usual: true,
        ..component(
            "nginx-ingress-controller",
            "network",
            "Leads requests from outside to services",
            &["v0.22.0.5-552e0db-aliyun", "v0.30.0.1-5f89cb606-aliyun"],
        )
    },
];

saved_by_name!(Component, "component", |row| row.name, |name| COMPONENTS.iter().find(|row| row.name == name));

/// A component of a cluster.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Installed {
    pub component: &'static Component,
    pub cluster: String,
    pub version: String,
    pub config: String,
    pub updated: Millis,
    pub task: String,
    ready: Millis,
    exchanged: bool,
    /// Its settings are being changed.
    changed: bool,
    deleting: bool,
}

/// A component to install.
#[derive(Debug, Clone, Default)]
pub struct NewComponent {
    pub name: String,
    pub version: Option<String>,
    pub config: String,
}

/// What a component is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ComponentPhase {
    Installing,
    Upgrading,
    Updating,
    Running,
    Upgraded,
    Removing,
}

impl Component {
    /// The newest version.
    pub fn newest(&self) -> &'static str {
        self.versions.last().copied().unwrap_or_default()
    }
}

impl Installed {
    /// What it is doing.
    pub fn phase(&self, now: Millis) -> ComponentPhase {
        match (self.deleting, now >= self.ready, self.exchanged) {
            (true, ..) => ComponentPhase::Removing,
            (_, false, _) if self.changed => ComponentPhase::Updating,
            (_, true, true) => ComponentPhase::Upgraded,
            (_, true, false) => ComponentPhase::Running,
            (_, false, true) => ComponentPhase::Upgrading,
            (_, false, false) => ComponentPhase::Installing,
        }
    }

    /// When its last change is done, or was.
    pub fn finished(&self) -> Millis {
        self.ready
    }

    /// The version that it can be exchanged for.
    pub fn next(&self) -> Option<&'static str> {
        let at = self.component.versions.iter().position(|version| *version == self.version)?;
        self.component.versions.get(at + 1).copied()
    }
}

fn key(cluster: &str, name: &str) -> String {
    format!("{cluster}/{name}")
}

/// The component of that name.
pub fn offered(name: &str) -> Outcome<&'static Component> {
    let found = COMPONENTS.iter().find(|component| component.name == name);
    found.ok_or_else(|| Reason::NoPart.because(format!("there is no component {name}")))
}

/// Whether a component can be had so.
pub fn check(new: &NewComponent) -> Outcome<&'static Component> {
    let component = offered(&new.name)?;
    if let Some(version) = new.version.as_deref().filter(|version| !component.versions.contains(version)) {
        let there = component.versions.join(", ");
        let message = format!("the component {} has no version {version}; there is {there}", new.name);
        return Err(Reason::NoPart.because(message));
    }
    let config = new.config.trim();
    if !config.is_empty() && serde_json::from_str::<serde_json::Map<String, serde_json::Value>>(config).is_err() {
        return Err(Reason::Invalid.because(format!("the config of the component {} is not a JSON object", new.name)));
    }
    Ok(component)
}

impl Realm {
    /// The component of a cluster, or why not.
    pub fn component(&self, cluster: &str, name: &str) -> Outcome<&Installed> {
        let found = self.ack.addons.get(&key(cluster, name));
        found.ok_or_else(|| Reason::NoPart.because(format!("the cluster {cluster} has no component {name}")))
    }
}

impl Ack<'_> {
    /// Installs components into a cluster, all or none.
    pub fn install_components(&mut self, owner: &Owner, id: &str, new: &[NewComponent]) -> Outcome<()> {
        self.0.realm.at_work(owner, id, self.0.now)?;
        for (place, component) in new.iter().enumerate() {
            check(component)?;
            if self.0.realm.component(id, &component.name).is_ok() {
                let message = format!("the cluster {id} has the component {} already", component.name);
                return Err(Reason::InUse.because(message));
            }
            check_once(new.iter().take(place).map(|other| other.name.as_str()), &component.name)?;
        }
        for component in new {
            self.plan_component(id, component, 0);
        }
        Ok(())
    }

    /// Installs a component, which was checked before, after a while.
    pub fn plan_component(&mut self, id: &str, new: &NewComponent, after: Millis) {
        let Ok(component) = check(new) else { return };
        let version = new.version.clone().unwrap_or_else(|| component.newest().to_owned());
        let task = self.task_id();
        let installed = Installed {
            component,
            cluster: id.to_owned(),
            version,
            config: new.config.clone(),
            updated: self.0.now,
            task,
            ready: self.0.now + after + INSTALLATION,
            exchanged: false,
            changed: false,
            deleting: false,
        };
        self.0.realm.ack.addons.insert(key(id, component.name), installed);
    }

    /// Exchanges components of a cluster for other versions, all or none. Each is given by its name, the version
    /// that it has, if known, and the new version.
    pub fn upgrade_components(
        &mut self,
        owner: &Owner,
        id: &str,
        changes: &[(String, Option<String>, String)],
    ) -> Outcome<()> {
        self.0.realm.at_work(owner, id, self.0.now)?;
        for (place, (name, from, to)) in changes.iter().enumerate() {
            let installed = self.at_rest(id, name)?;
            check(&NewComponent { name: name.clone(), version: Some(to.clone()), config: String::new() })?;
            if let Some(from) = from.as_ref().filter(|from| **from != installed.version) {
                let message = format!("the component {name} has the version {}, not {from}", installed.version);
                return Err(Reason::Invalid.because(message));
            }
            let at = |version: &str| installed.component.versions.iter().position(|known| *known == version);
            if at(to) <= at(&installed.version) {
                let message = format!("the component {name} is upgraded to a newer version than {}", installed.version);
                return Err(Reason::Invalid.because(message));
            }
            check_once(changes.iter().take(place).map(|(other, ..)| other.as_str()), name)?;
        }
        for (name, _, to) in changes {
            let (now, task) = (self.0.now, self.task_id());
            if let Some(installed) = self.0.realm.ack.addons.get_mut(&key(id, name)) {
                (installed.version, installed.exchanged, installed.task) = (to.clone(), true, task);
                installed.changed = false;
                (installed.updated, installed.ready) = (now, now + INSTALLATION);
            }
        }
        Ok(())
    }

    /// Takes components out of a cluster, all or none.
    pub fn remove_components(&mut self, owner: &Owner, id: &str, names: &[String]) -> Outcome<()> {
        self.0.realm.at_work(owner, id, self.0.now)?;
        for (place, name) in names.iter().enumerate() {
            if self.at_rest(id, name)?.component.required {
                let message = format!("the component {name} is one that every cluster needs");
                return Err(Reason::Unsupported.because(message));
            }
            check_once(names.iter().take(place).map(String::as_str), name)?;
        }
        let now = self.0.now;
        for name in names {
            if let Some(installed) = self.0.realm.ack.addons.get_mut(&key(id, name)) {
                (installed.deleting, installed.updated) = (true, now);
            }
            self.after(REMOVAL, Event::ComponentGone { component: key(id, name) });
        }
        Ok(())
    }

    /// Changes the settings of a component.
    pub fn configure_component(&mut self, owner: &Owner, id: &str, name: &str, config: &str) -> Outcome<()> {
        self.0.realm.at_work(owner, id, self.0.now)?;
        self.at_rest(id, name)?;
        check(&NewComponent { name: name.to_owned(), version: None, config: config.to_owned() })?;
        let now = self.0.now;
        if let Some(installed) = self.0.realm.ack.addons.get_mut(&key(id, name)) {
            config.clone_into(&mut installed.config);
            (installed.changed, installed.updated, installed.ready) = (true, now, now + INSTALLATION);
        }
        Ok(())
    }

    /// The component when nothing is being done with it.
    fn at_rest(&self, id: &str, name: &str) -> Outcome<&Installed> {
        let installed = self.0.realm.component(id, name)?;
        match installed.phase(self.0.now) {
            ComponentPhase::Running | ComponentPhase::Upgraded => Ok(installed),
            _ => Err(Reason::Unavailable.because(format!("the component {name} is being changed"))),
        }
    }
}

fn check_once<'a>(mut others: impl Iterator<Item = &'a str>, name: &str) -> Outcome<()> {
    if others.any(|other| other == name) {
        return Err(Reason::Invalid.because(format!("the component {name} is given twice")));
    }
    Ok(())
}
