//! Settings of clusters: their size, their public address, their tags, the settings of their components.

use crate::Realm;
use crate::cce::Cce;
use crate::cce::Event;
use crate::cce::clusters::is_uuid;
use crate::cce::jobs::{NewJob, Part};
use crate::cce::offers::ControlPlane;
use crate::infra::machines::public_address;
use crate::kernel::violation::{Outcome, Reason};
use crate::kernel::{MINUTE, Millis};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// How long the control plane of a cluster takes to get another size.
const RESIZING: Millis = MINUTE;
/// The most tags of a cluster.
const MOST_TAGS: usize = 20;
/// The member of the order of a cluster that has its tags.
const TAGS: &str = "clusterTags";

/// A setting of a component.
#[derive(Debug)]
pub struct Setting {
    pub component: &'static str,
    pub name: &'static str,
    pub default: Fixed,
    /// What else it can be, if it is a text of a list.
    pub values: &'static [&'static str],
}

/// A value that settings have by default.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fixed {
    Text(&'static str),
    Number(i64),
    Truth(bool),
}

impl Fixed {
    /// The value as JSON.
    pub fn json(self) -> Value {
        match self {
            Self::Text(text) => json!(text),
            Self::Number(number) => json!(number),
            Self::Truth(truth) => json!(truth),
        }
    }
}

const fn setting(component: &'static str, name: &'static str, default: Fixed) -> Setting {
    Setting { component, name, default, values: &[] }
}

/// The settings of the components of the nodes of a pool.
pub const NODE_SETTINGS: [Setting; 10] = [
    Setting { values: &["none", "static"], ..setting("kubelet", "cpu-manager-policy", Fixed::Text("none")) },
    setting("kubelet", "event-qps", Fixed::Number(5)),
    setting("kubelet", "kube-api-burst", Fixed::Number(100)),
    setting("kubelet", "kube-api-qps", Fixed::Number(100)),
    setting("kubelet", "pod-pids-limit", Fixed::Number(-1)),
    Setting {
        values: &["none", "best-effort", "restricted", "single-numa-node"],
        ..setting("kubelet", "topology-manager-policy", Fixed::Text("none"))
    },
    setting("kubelet", "with-local-dns", Fixed::Truth(false)),
    setting("kube-proxy", "conntrack-max-per-core", Fixed::Number(32_768)),
    setting("kube-proxy", "conntrack-min", Fixed::Number(131_072)),
    setting("kube-proxy", "conntrack-tcp-timeout-close-wait", Fixed::Text("1h0m0s")),
];

/// The settings of the components of a control plane.
pub const MASTER_SETTINGS: [Setting; 6] = [
    setting("kube-apiserver", "default-not-ready-toleration-seconds", Fixed::Number(300)),
    setting("kube-apiserver", "default-unreachable-toleration-seconds", Fixed::Number(300)),
    setting("kube-apiserver", "max-mutating-requests-inflight", Fixed::Number(200)),
    setting("kube-apiserver", "max-requests-inflight", Fixed::Number(400)),
    setting("kube-controller-manager", "concurrent-deployment-syncs", Fixed::Number(5)),
    setting("kube-controller-manager", "concurrent-service-syncs", Fixed::Number(10)),
];

/// What the settings of components are kept for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SettingsOf<'a> {
    ControlPlane,
    NodePool(&'a str),
}

impl SettingsOf<'_> {
    /// The settings that there are.
    pub fn all(self) -> &'static [Setting] {
        match self {
            Self::ControlPlane => &MASTER_SETTINGS,
            Self::NodePool(_) => &NODE_SETTINGS,
        }
    }
}

impl Realm {
    /// The settings that differ from their defaults, by component and name.
    pub fn configuration(&self, cluster: &str, of: SettingsOf<'_>) -> Outcome<&BTreeMap<(String, String), Value>> {
        let (_, hosted) = self.hosted(cluster)?;
        match of {
            SettingsOf::ControlPlane => Ok(&hosted.configuration),
            SettingsOf::NodePool(id) => Ok(&self.node_pool(cluster, id)?.configuration),
        }
    }
}

/// Whether a setting can have the value.
fn check_setting(setting: &Setting, value: &Value) -> Outcome<()> {
    let fits = match setting.default {
        Fixed::Text(_) => {
            value.as_str().is_some_and(|text| setting.values.is_empty() || setting.values.contains(&text))
        }
        Fixed::Number(_) => value.is_i64(),
        Fixed::Truth(_) => value.is_boolean(),
    };
    if fits {
        return Ok(());
    }
    let (component, name) = (setting.component, setting.name);
    Err(Reason::Invalid.because(format!("{component}: {name} cannot be {value}")))
}

impl Cce<'_> {
    /// Changes settings: component, name, value. Those that do not exist are ignored.
    pub fn configure(&mut self, cluster: &str, of: SettingsOf<'_>, changes: &[(String, String, Value)]) -> Outcome<()> {
        self.0.realm.available(cluster, self.0.now)?;
        self.0.realm.configuration(cluster, of)?;
        let mut new = Vec::new();
        for (component, name, value) in changes {
            let known = of.all().iter().find(|setting| setting.component == component && setting.name == name);
            if let Some(setting) = known {
                check_setting(setting, value)?;
                new.push((setting, value.clone()));
            }
        }
        let configuration = match of {
            SettingsOf::ControlPlane => {
                self.0.realm.cce.clusters.get_mut(cluster).map(|hosted| &mut hosted.configuration)
            }
            SettingsOf::NodePool(id) => self.0.realm.cce.pools.get_mut(id).map(|pool| &mut pool.configuration),
        };
        let Some(configuration) = configuration else { return Ok(()) };
        for (setting, value) in new {
            configuration.insert((setting.component.to_owned(), setting.name.to_owned()), value);
        }
        self.touch(cluster);
        Ok(())
    }

    /// Adds tags to a cluster, or changes their values.
    pub fn tag_hosted(&mut self, cluster: &str, tags: &[(String, String)]) -> Outcome<()> {
        self.0.realm.hosted(cluster)?;
        let mut all = self.0.realm.tags_of(cluster);
        for (key, value) in tags {
            match all.iter_mut().find(|(known, _)| known == key) {
                Some((_, there)) => there.clone_from(value),
                None => all.push((key.clone(), value.clone())),
            }
        }
        if all.len() > MOST_TAGS {
            return Err(Reason::Invalid.because(format!("a cluster has at most {MOST_TAGS} tags, not {}", all.len())));
        }
        self.set_tags(cluster, &all);
        Ok(())
    }

    /// Takes tags from a cluster. Those that it does not have are ignored.
    pub fn untag_hosted(&mut self, cluster: &str, keys: &[String]) -> Outcome<()> {
        self.0.realm.hosted(cluster)?;
        let mut all = self.0.realm.tags_of(cluster);
        all.retain(|(key, _)| !keys.contains(key));
        self.set_tags(cluster, &all);
        Ok(())
    }

    fn set_tags(&mut self, cluster: &str, tags: &[(String, String)]) {
        let tags: Vec<Value> = tags.iter().map(|(key, value)| json!({"key": key, "value": value})).collect();
        if let Some(hosted) = self.0.realm.cce.clusters.get_mut(cluster) {
            hosted.order.insert(TAGS.to_owned(), tags.into());
        }
        self.touch(cluster);
    }

    /// Starts to give the control plane of a cluster another size, and returns the identifier of the job.
    pub fn resize_hosted(&mut self, id: &str, flavor: &str) -> Outcome<String> {
        let (cluster, hosted) = self.0.realm.available(id, self.0.now)?;
        let (plane, resource_name) = (ControlPlane::named(flavor)?, cluster.name.clone());
        let now = &hosted.plane;
        if plane.masters != now.masters || plane.dedicated != now.dedicated || plane.nodes <= now.nodes {
            let message = format!(
                "flavorResize: {} can become larger with as many servers of the control plane, but not {flavor}",
                now.name
            );
            return Err(Reason::Invalid.because(message));
        }
        if let Some(hosted) = self.0.realm.cce.clusters.get_mut(id) {
            hosted.resizing = Some(plane);
        }
        self.touch(id);
        let part = Part { kind: "ResizeMaster", resource: id.to_owned(), to: RESIZING, ..Part::default() };
        let (cluster, resource) = (id.to_owned(), id.to_owned());
        self.after(RESIZING, Event::Resized { cluster: id.to_owned() });
        Ok(self.start_job(NewJob { kind: "ResizeCluster", cluster, resource, resource_name, parts: vec![part] }))
    }

    pub(super) fn resized(&mut self, id: &str) {
        let Some(hosted) = self.0.realm.cce.clusters.get_mut(id) else { return };
        if let Some(plane) = hosted.resizing.take() {
            hosted.order.insert("flavor".to_owned(), json!(plane.name));
            hosted.plane = plane;
        }
        self.touch(id);
        // Pools that have lost nodes meanwhile are filled up.
        self.pools_follow(id);
    }

    /// Binds a public address, by its identifier, to the API server of a cluster, or takes it away.
    ///
    /// The service of addresses is not simulated, so whatever has the form of their identifiers, a UUID, is one.
    pub fn bind_address(&mut self, cluster: &str, address: Option<&str>) -> Outcome<()> {
        let (_, hosted) = self.0.realm.available(cluster, self.0.now)?;
        let bound = hosted.public_address.is_some();
        let new = match address {
            Some(_) if bound => {
                return Err(Reason::InUse.because(format!("the cluster {cluster} has a public address already")));
            }
            Some(id) if !is_uuid(id) => {
                return Err(Reason::Invalid.because(format!("spec.spec.id is the UUID of a public address, not {id}")));
            }
            None if !bound => {
                return Err(Reason::Unavailable.because(format!("the cluster {cluster} has no public address")));
            }
            Some(id) => Some(public_address(id)),
            None => None,
        };
        let taken = |other: &&crate::cce::clusters::CceCluster| new.is_some() && other.public_address == new;
        if self.0.realm.cce.clusters.iter().find(taken).is_some() {
            return Err(Reason::InUse.because("spec.spec.id: the public address is bound to another cluster"));
        }
        if let Some(hosted) = self.0.realm.cce.clusters.get_mut(cluster) {
            (hosted.public_address, hosted.public_id) = (new, address.map(str::to_owned));
        }
        self.touch(cluster);
        Ok(())
    }

    /// Revokes the certificates of a cluster: the next one is a new one.
    pub fn revoke_certificates(&mut self, cluster: &str) -> Outcome<()> {
        self.0.realm.reachable(cluster, self.0.now)?;
        if let Some(hosted) = self.0.realm.cce.clusters.get_mut(cluster) {
            hosted.certificate = None;
        }
        Ok(())
    }
}

impl Realm {
    /// The tags of a cluster: keys and values.
    pub fn tags_of(&self, cluster: &str) -> Vec<(String, String)> {
        let tags = self.cce.clusters.get(cluster).and_then(|hosted| hosted.order.get(TAGS)?.as_array());
        let text = |tag: &Value, name: &str| tag.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        tags.into_iter().flatten().map(|tag| (text(tag, "key"), text(tag, "value"))).collect()
    }
}
