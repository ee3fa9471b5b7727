//! Applications: releases of charts with their revisions, as Helm installs them.

pub mod chart;
mod storage;

use crate::cluster::Cluster;
use crate::kernel::failures::{FAILURE, FailurePoint};
use crate::kernel::violation::{Outcome, Reason, Violation};
use crate::kernel::{Millis, SECOND};
use crate::kubernetes::names::text;
use crate::kubernetes::store::Key;
use crate::tke::{Event, Tke};
use chart::{Chart, Place};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// How long Helm takes.
const WORK: Millis = 10 * SECOND;
/// The most characters of the name of a release.
const LONGEST_NAME: usize = 63;
/// The most revisions that Helm keeps of a release.
const MOST_REVISIONS: usize = 10;

/// An application in a cluster.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Release {
    pub id: String,
    pub place: Place,
    pub created: Millis,
    /// Whether it was ever deployed.
    pub installed: bool,
    /// Oldest first.
    pub revisions: Vec<Revision>,
}

/// A state of an application.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Revision {
    pub number: u64,
    pub chart: Chart,
    /// The parameters that were set, as they were given and as they are read.
    pub config: String,
    pub values: Value,
    pub status: Status,
    pub description: String,
    pub created: Millis,
    pub updated: Millis,
}

/// The state of a revision, as Helm names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Status {
    Deployed,
    Superseded,
    Failed,
    Uninstalling,
    PendingInstall,
    PendingUpgrade,
    PendingRollback,
}

impl Status {
    /// The name that Helm gives it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Deployed => "deployed",
            Self::Superseded => "superseded",
            Self::Failed => "failed",
            Self::Uninstalling => "uninstalling",
            Self::PendingInstall => "pending-install",
            Self::PendingUpgrade => "pending-upgrade",
            Self::PendingRollback => "pending-rollback",
        }
    }

    fn is_at_rest(self) -> bool {
        matches!(self, Self::Deployed | Self::Failed)
    }
}

/// What is installed with which parameters.
#[derive(Debug, Clone)]
pub struct Order {
    pub chart: Chart,
    /// The parameters as they were given and as they are read, if any were given.
    pub values: Option<(String, Value)>,
}

impl Release {
    /// The newest revision.
    pub fn latest(&self) -> Option<&Revision> {
        self.revisions.last()
    }

    fn key(&self) -> String {
        key(&self.place.namespace, &self.place.name)
    }
}

impl Revision {
    /// The objects, as Helm writes them.
    pub fn manifest(&self, place: &Place) -> String {
        let objects = self.chart.render(place, &self.values);
        let parts = self
            .chart
            .templates()
            .iter()
            .zip(objects)
            .map(|(template, object)| format!("---\n# Source: {}/{template}\n{object:#}\n", self.chart.name));
        parts.collect()
    }
}

fn key(namespace: &str, name: &str) -> String {
    format!("{namespace}/{name}")
}

/// The list of the API that has an object.
fn list_of(object: &Value) -> String {
    let namespace = text(object, "/metadata/namespace");
    match text(object, "/kind") {
        "Deployment" => format!("/apis/apps/v1/namespaces/{namespace}/deployments"),
        "Service" => format!("/api/v1/namespaces/{namespace}/services"),
        "ConfigMap" => format!("/api/v1/namespaces/{namespace}/configmaps"),
        _ => format!("/api/v1/namespaces/{namespace}/secrets"),
    }
}

fn path_of(object: &Value) -> String {
    format!("{}/{}", list_of(object), text(object, "/metadata/name"))
}

fn no_release(namespace: &str, name: &str) -> Violation {
    Reason::NoPart.because(format!("release: not found: there is no application {name} in the namespace {namespace}"))
}

/// Lower-case letters, digits and hyphens: a letter first, no hyphen last.
fn check_name(name: &str) -> Outcome<()> {
    let letter = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let right = name.len() <= LONGEST_NAME
        && name.bytes().all(|byte| letter(byte) || byte == b'-')
        && name.bytes().next().is_some_and(|byte| byte.is_ascii_lowercase())
        && name.bytes().last().is_some_and(letter);
    if right {
        return Ok(());
    }
    let message = format!(
        "Name has at most {LONGEST_NAME} lower-case letters, digits and hyphens, starts with a letter and does not end \
         with a hyphen"
    );
    Err(Reason::Invalid.because(message))
}

impl Cluster {
    /// The applications whose newest revision Helm still keeps.
    pub fn releases(&self) -> impl Iterator<Item = &Release> {
        self.tke().releases.iter().filter(|release| self.keeps(release))
    }

    fn keeps(&self, release: &Release) -> bool {
        let Some(latest) = release.latest() else { return false };
        let name = storage::secret_name(&release.place.name, latest.number);
        self.kubernetes.store.get(&Key::new("secrets", &release.place.namespace, &name)).is_some()
    }
}

impl Tke<'_> {
    /// The application of that name, or why not.
    pub fn release(&self, cluster_id: &str, namespace: &str, name: &str) -> Outcome<&Release> {
        let cluster = self.0.running_cluster(cluster_id)?;
        let found = cluster.tke().releases.get(&key(namespace, name)).filter(|release| cluster.keeps(release));
        found.ok_or_else(|| no_release(namespace, name))
    }

    /// The application of that name, if nothing is being done to it.
    fn idle_release(&self, cluster_id: &str, namespace: &str, name: &str) -> Outcome<Release> {
        let release = self.release(cluster_id, namespace, name)?;
        let latest = release.latest().map(|latest| latest.status);
        if release.installed && latest.is_some_and(Status::is_at_rest) {
            return Ok(release.clone());
        }
        let message = format!("the application {name} is not deployed, or another operation on it is in progress");
        Err(Reason::Unavailable.because(message))
    }

    /// Starts the installation of an application.
    pub fn install_release(&mut self, cluster_id: &str, place: Place, order: Order) -> Outcome<Release> {
        let cluster = self.0.running_cluster(cluster_id)?;
        check_name(&place.name)?;
        if cluster.kubernetes.namespaces.get(&place.namespace).is_none_or(|namespace| namespace.stopping) {
            let message = format!("the cluster {cluster_id} has no Namespace {}", place.namespace);
            return Err(Reason::Invalid.because(message));
        }
        if self.release(cluster_id, &place.namespace, &place.name).is_ok() {
            let message = format!("cannot re-use a name that is still in use: {}", place.name);
            return Err(Reason::InUse.because(message));
        }
        let (config, values) = order.values.unwrap_or_else(|| (String::new(), json!({})));
        let revision = self.revision(1, order.chart, (config, values), Status::PendingInstall);
        let id = self.0.ids.uuid();
        let release = Release { id, place, created: self.0.now, installed: false, revisions: vec![revision] };
        self.start(cluster_id, release, FailurePoint::ReleaseInstallation)
    }

    fn revision(&self, number: u64, chart: Chart, values: (String, Value), status: Status) -> Revision {
        let (config, values) = values;
        let description = match status {
            Status::PendingUpgrade => "Preparing upgrade",
            Status::PendingRollback => "Preparing rollback",
            _ => "Initial install underway",
        };
        let (created, description) = (self.0.now, description.to_owned());
        Revision { number, chart, config, values, status, description, created, updated: created }
    }

    /// Starts the upgrade of an application to another chart or with other parameters. Without parameters those of the
    /// last revision are used again.
    pub fn upgrade_release(&mut self, cluster_id: &str, place: &Place, order: Order) -> Outcome<Release> {
        let mut release = self.idle_release(cluster_id, &place.namespace, &place.name)?;
        let Some(latest) = release.latest() else { return Err(no_release(&place.namespace, &place.name)) };
        let values = order.values.unwrap_or_else(|| (latest.config.clone(), latest.values.clone()));
        let next = self.revision(latest.number + 1, order.chart, values, Status::PendingUpgrade);
        release.revisions.push(next);
        self.start(cluster_id, release, FailurePoint::ReleaseUpgrade)
    }

    /// Starts the return of an application to an earlier revision.
    pub fn roll_back_release(&mut self, cluster_id: &str, place: &Place, number: i64) -> Outcome<Release> {
        let mut release = self.idle_release(cluster_id, &place.namespace, &place.name)?;
        let Some(latest) = release.latest() else { return Err(no_release(&place.namespace, &place.name)) };
        let wanted = release.revisions.iter().find(|revision| i64::try_from(revision.number) == Ok(number));
        let wanted = wanted.ok_or_else(|| {
            Reason::Invalid.because(format!("the application {} has no Revision {number}", place.name))
        })?;
        let values = (wanted.config.clone(), wanted.values.clone());
        let mut next = self.revision(latest.number + 1, wanted.chart.clone(), values, Status::PendingRollback);
        next.description = format!("Rollback to {number}");
        release.revisions.push(next);
        self.start(cluster_id, release, FailurePoint::ReleaseUpgrade)
    }

    /// Starts the removal of an application.
    pub fn uninstall_release(&mut self, cluster_id: &str, place: &Place) -> Outcome<Release> {
        let mut release = self.release(cluster_id, &place.namespace, &place.name)?.clone();
        if !release.latest().is_some_and(|latest| latest.status.is_at_rest()) {
            let message = format!("another operation on the application {} is in progress", place.name);
            return Err(Reason::Unavailable.because(message));
        }
        let now = self.0.now;
        if let Some(latest) = release.revisions.last_mut() {
            (latest.status, latest.updated) = (Status::Uninstalling, now);
            latest.description = "Deletion in progress (or silently failed)".to_owned();
        }
        self.keep(cluster_id, &release)?;
        self.plan_release(cluster_id, &release, None);
        Ok(release)
    }

    /// Removes an application whose installation has failed.
    pub fn cancel_release(&mut self, cluster_id: Option<&str>, id: &str) -> Outcome<Release> {
        if let Some(cluster) = cluster_id {
            self.0.running_cluster(cluster)?;
        }
        let found = self.release_with_id(cluster_id, id);
        let none = || Reason::NoPart.because(format!("there is no application with the ID {id}"));
        let (cluster, mut release) = found.ok_or_else(none)?;
        let failed = release.latest().is_some_and(|latest| latest.status == Status::Failed);
        if release.installed || !failed {
            let message = format!("the installation of the application {} has not failed", release.place.name);
            return Err(Reason::Unavailable.because(message));
        }
        self.release_gone(&cluster, &release);
        if let Some(latest) = release.revisions.last_mut() {
            latest.description = "Cancelled".to_owned();
        }
        Ok(release)
    }

    /// The application with that identifier, in one cluster or in any, and its cluster.
    fn release_with_id(&self, cluster_id: Option<&str>, id: &str) -> Option<(String, Release)> {
        self.0.clusters().filter(|cluster| cluster_id.is_none_or(|id| cluster.id == id)).find_map(|cluster| {
            let release = cluster.releases().find(|release| release.id == id)?;
            Some((cluster.id.clone(), release.clone()))
        })
    }

    /// Keeps a release whose newest revision is pending, and plans the end of the work.
    fn start(&mut self, cluster_id: &str, mut release: Release, point: FailurePoint) -> Outcome<Release> {
        while release.revisions.len() > MOST_REVISIONS {
            let oldest = release.revisions.remove(0);
            let name = storage::secret_name(&release.place.name, oldest.number);
            let path = format!("/api/v1/namespaces/{}/secrets/{name}", release.place.namespace);
            // It may have been deleted through Kubernetes.
            let _ = self.kube(cluster_id, "DELETE", &path, None);
        }
        self.keep(cluster_id, &release)?;
        let failure = self.0.planned_failure(point);
        self.plan_release(cluster_id, &release, failure);
        Ok(release)
    }

    fn plan_release(&mut self, cluster_id: &str, release: &Release, failure: Option<String>) {
        let delay = if failure.is_some() { FAILURE } else { WORK };
        self.0.after(delay, Event::ReleaseSettled { cluster: cluster_id.to_owned(), release: release.key(), failure });
    }

    /// Keeps a release and writes the secrets of its revisions.
    fn keep(&mut self, cluster_id: &str, release: &Release) -> Outcome<()> {
        for revision in &release.revisions {
            self.put(cluster_id, &storage::secret(release, revision))?;
        }
        self.0.cluster_mut(cluster_id)?.tke_mut().releases.insert(release.key(), release.clone());
        Ok(())
    }

    /// Creates an object, or replaces it.
    fn put(&mut self, cluster_id: &str, object: &Value) -> Outcome<()> {
        let path = path_of(object);
        match self.kube(cluster_id, "GET", &path, None) {
            Ok(_) => self.kube(cluster_id, "PUT", &path, Some(object)),
            Err(_) => self.kube(cluster_id, "POST", &list_of(object), Some(object)),
        }
        .map(drop)
    }

    /// Ends the work on a release.
    pub(super) fn release_settled(&mut self, cluster_id: &str, key: &str, failure: Option<String>) {
        let Ok(cluster) = self.0.running_cluster(cluster_id) else { return };
        let Some(mut release) = cluster.tke().releases.get(key).cloned() else { return };
        let Some(status) = release.latest().map(|latest| latest.status) else { return };
        if status == Status::Uninstalling {
            return self.release_gone(cluster_id, &release);
        }
        let result = match failure {
            Some(why) => Err(why),
            None => self.deploy(cluster_id, &release).map_err(|why| why.message.into_owned()),
        };
        let (now, place) = (self.0.now, release.place.clone());
        let Some(latest) = release.revisions.last_mut() else { return };
        latest.updated = now;
        match result {
            Ok(()) => {
                latest.status = Status::Deployed;
                match status {
                    Status::PendingUpgrade => latest.description = "Upgrade complete".to_owned(),
                    Status::PendingInstall => latest.description = "Install complete".to_owned(),
                    _ => {}
                }
                release.installed = true;
                let older = release.revisions.iter_mut().rev().skip(1);
                for revision in older.filter(|revision| revision.status == Status::Deployed) {
                    (revision.status, revision.updated) = (Status::Superseded, now);
                }
            }
            Err(why) => {
                latest.status = Status::Failed;
                latest.description = format!("Release \"{}\" failed: {why}", place.name);
            }
        }
        // The namespace may be gone, and the release with it.
        let _ = self.keep(cluster_id, &release);
    }

    /// Brings the objects of the newest revision into the cluster, and removes those that it does not have any more.
    fn deploy(&mut self, cluster_id: &str, release: &Release) -> Outcome<()> {
        let place = &release.place;
        let objects_of = |revision: &Revision| revision.chart.render(place, &revision.values);
        let new = release.latest().map(objects_of).unwrap_or_default();
        for object in &new {
            if let Ok(there) = self.kube(cluster_id, "GET", &path_of(object), None)
                && text(&there, "/metadata/annotations/meta.helm.sh~1release-name") != place.name
            {
                let message = format!(
                    "{} \"{}\" in namespace \"{}\" exists and cannot be imported into the current release: invalid \
                     ownership metadata",
                    text(object, "/kind"),
                    text(object, "/metadata/name"),
                    place.namespace
                );
                return Err(Reason::InUse.because(message));
            }
        }
        for object in &new {
            self.put(cluster_id, object)?;
        }
        let paths: Vec<String> = new.iter().map(path_of).collect();
        let older = release.revisions.iter().rev().skip(1).find(|revision| revision.status == Status::Deployed);
        for object in older.map(objects_of).unwrap_or_default() {
            let path = path_of(&object);
            if !paths.contains(&path) {
                // It may have been deleted through Kubernetes.
                let _ = self.kube(cluster_id, "DELETE", &path, None);
            }
        }
        Ok(())
    }

    /// Removes a release with its objects and its secrets.
    fn release_gone(&mut self, cluster_id: &str, release: &Release) {
        let place = &release.place;
        let owns = |there: &Value| text(there, "/metadata/annotations/meta.helm.sh~1release-name") == place.name;
        for revision in release.revisions.iter().filter(|revision| revision.status != Status::Superseded) {
            for object in revision.chart.render(place, &revision.values) {
                let path = path_of(&object);
                if self.kube(cluster_id, "GET", &path, None).is_ok_and(|there| owns(&there)) {
                    let _ = self.kube(cluster_id, "DELETE", &path, None);
                }
            }
        }
        for revision in &release.revisions {
            // It may have been deleted through Kubernetes.
            let _ = self.kube(cluster_id, "DELETE", &path_of(&storage::secret(release, revision)), None);
        }
        if let Ok(cluster) = self.0.cluster_mut(cluster_id) {
            cluster.tke_mut().releases.remove(&release.key());
        }
    }

    /// The objects of the newest revision that are in the cluster.
    pub fn release_objects(&mut self, cluster_id: &str, release: &Release) -> Vec<Value> {
        let Some(latest) = release.latest() else { return Vec::new() };
        let objects = latest.chart.render(&release.place, &latest.values);
        objects.iter().filter_map(|object| self.kube(cluster_id, "GET", &path_of(object), None).ok()).collect()
    }
}
