//! DaemonSets: a pod on each node that it may run on.

use super::{About, MadePod, count_pods};
use crate::kubernetes::defaults::share;
use crate::kubernetes::names::{number, text};
use crate::kubernetes::scheduler::Host;
use crate::kubernetes::store::Key;
use crate::kubernetes::{ControlPlane, Pod, mirror, suffix};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

const HASH: &str = "controller-revision-hash";

impl ControlPlane<'_, '_> {
    /// Brings a DaemonSet to its nodes, and tells its status.
    pub(super) fn fill_daemon_set(&mut self, cluster_id: &str, key: &Key, set: &Value) {
        let hash = self.present_revision(cluster_id, key, set);
        let id = text(set, "/metadata/uid").to_owned();
        let nodes = self.daemon_nodes(cluster_id, set);
        let pods: Vec<Pod> = self.pods_of_owner(cluster_id, &id);
        for node in &nodes {
            let here: Vec<&Pod> = pods.iter().filter(|pod| pod.node.as_ref() == Some(node)).collect();
            if here.is_empty() {
                self.start_daemon(cluster_id, key, set, node, &hash);
            }
            for pod in here.iter().filter(|pod| pod.is_active()).skip(1) {
                self.stop_pod(cluster_id, &pod.uid);
            }
        }
        for pod in pods.iter().filter(|pod| pod.is_active()) {
            if pod.node.as_ref().is_none_or(|node| !nodes.contains(node)) {
                self.stop_pod(cluster_id, &pod.uid);
            }
        }
        if text(set, "/spec/updateStrategy/type") == "RollingUpdate" {
            let most = set.pointer("/spec/updateStrategy/rollingUpdate/maxUnavailable");
            let most = share(most, nodes.len() as i64, true).max(1);
            let away =
                nodes.iter().filter(|node| !pods.iter().any(|pod| pod.node.as_ref() == Some(*node) && pod.is_ready()));
            let mut room = most - away.count() as i64;
            for pod in pods.iter().filter(|pod| pod.is_active() && pod.labels.get(HASH) != Some(&hash)) {
                if room > 0 || !pod.running {
                    room -= i64::from(pod.running);
                    self.stop_pod(cluster_id, &pod.uid);
                }
            }
        }
        self.tell_daemon_status(cluster_id, key, &nodes, &hash);
    }

    /// The nodes that the pods of a DaemonSet run on. They run on cordoned ones, too.
    fn daemon_nodes(&self, cluster_id: &str, set: &Value) -> BTreeSet<String> {
        let Ok(cluster) = self.cluster(cluster_id) else { return BTreeSet::new() };
        let template = set.pointer("/spec/template").cloned().unwrap_or_default();
        let probe = Pod {
            labels: mirror::map(&template, "/metadata/labels"),
            spec: mirror::spec_of(&template, "/spec"),
            ..Pod::default()
        };
        let hosts = cluster.hosts();
        let fitting = hosts.iter().filter(|host: &&Host| !host.is_virtual && host.suits(&probe));
        fitting.map(|host| host.name.clone()).collect()
    }

    fn start_daemon(&mut self, cluster_id: &str, key: &Key, set: &Value, node: &str, hash: &str) {
        let name = format!("{}-{}", key.name, suffix(self.0.ids));
        let template = set.pointer("/spec/template").cloned().unwrap_or_default();
        let spec = Map::from_iter([("nodeName".to_owned(), json!(node))]);
        let message = format!("Created pod: {name}");
        let made = MadePod { name, labels: vec![(HASH, hash.to_owned())], spec };
        if self.create_pod_of(cluster_id, set, &template, made).is_some() {
            let (kind, component) = ("DaemonSet", "daemonset-controller");
            let about = About { kind, component, reason: "SuccessfulCreate", message, warning: false };
            self.object_event(cluster_id, set, about);
        }
    }

    fn tell_daemon_status(&mut self, cluster_id: &str, key: &Key, nodes: &BTreeSet<String>, hash: &str) {
        let Some(set) = self.object(cluster_id, key) else { return };
        let pods = self.pods_of_owner(cluster_id, text(&set, "/metadata/uid"));
        let active: Vec<Pod> = pods.into_iter().filter(Pod::is_active).collect();
        let here: Vec<Pod> =
            active.iter().filter(|pod| pod.node.as_ref().is_some_and(|node| nodes.contains(node))).cloned().collect();
        let min_ready = number(&set, "/spec/minReadySeconds").unwrap_or(0);
        let (ready, available, next) = count_pods(&here, min_ready, self.0.now);
        let updated = here.iter().filter(|pod| pod.labels.get(HASH).is_some_and(|there| there == hash)).count();
        let mut status = json!({
            "currentNumberScheduled": here.len(), "numberMisscheduled": active.len() - here.len(),
            "desiredNumberScheduled": nodes.len(), "numberReady": ready, "updatedNumberScheduled": updated,
            "numberAvailable": available, "observedGeneration": set["metadata"]["generation"],
        });
        let unavailable = nodes.len() as i64 - available;
        if unavailable > 0 {
            status["numberUnavailable"] = json!(unavailable);
        }
        self.set_status(cluster_id, key, status);
        if let Some(at) = next {
            self.wake_at(cluster_id, at);
        }
    }
}
