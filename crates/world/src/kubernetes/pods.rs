//! The life of pods: placed, started, evicted, gone.

use super::ControlPlane;
use super::names::items;
use super::store::Key;
use super::{Finish, NewPod, PodRef, suffix, system_pod};
use crate::cluster::Event;
use crate::cluster::{Cluster, Stage};
use crate::kernel::{Millis, SECOND};
use serde_json::Value;
use std::collections::BTreeSet;

/// How long containers take to start.
pub(crate) const START: Millis = 3 * SECOND;
/// How long containers run that have something to do once.
const RUN: Millis = 5 * SECOND;
/// After what time it is looked again whether a namespace can go.
const HELD: Millis = 6 * SECOND;
/// How long containers take to stop.
const STOP: Millis = 5 * SECOND;

impl Cluster {
    /// Pods of daemons that are missing on running nodes.
    fn missing_daemons(&self) -> Vec<(&'static str, u64, u64, String)> {
        let there: BTreeSet<(&str, &str)> = self
            .kubernetes
            .pods
            .iter()
            .filter_map(|pod| Some((pod.owner.as_ref()?.name.as_str(), pod.node.as_deref()?)))
            .collect();
        let mut missing = Vec::new();
        for node in self.nodes.iter().filter(|node| node.is_ready() && node.leaving.is_none()) {
            for (name, cpu, memory) in self.engine.daemons(self) {
                if !there.contains(&(name, node.name.as_str())) {
                    missing.push((name, cpu, memory, node.name.clone()));
                }
            }
        }
        missing
    }

    /// How many pods of that daemon run, and how many should.
    pub fn daemon_counts(&self, daemon: &str) -> (usize, usize) {
        let pods = self.kubernetes.pods.iter();
        let running = pods.filter(|pod| pod.running && pod.owner.as_ref().is_some_and(|o| o.name == daemon)).count();
        (running, self.nodes.iter().filter(|node| node.is_ready()).count())
    }
}

impl ControlPlane<'_, '_> {
    /// Brings a cluster to rest after a change: daemons on every node, waiting pods on nodes, and the autoscaler
    /// told if something is left to do.
    pub fn settle(&mut self, cluster_id: &str) {
        let Some(cluster) = self.0.realm.clusters.get_mut(cluster_id) else { return };
        if cluster.stage != Stage::Up {
            return;
        }
        let mut started = Vec::new();
        for (name, cpu, memory, node) in cluster.missing_daemons() {
            let mut pod = system_pod(cluster.engine, "DaemonSet", name, &suffix(self.0.ids), cpu, memory);
            pod.spec.insert("nodeName".into(), node.into());
            started.push(cluster.kubernetes.add_pod(pod, self.0.now, self.0.ids));
        }
        let (placed, left) = cluster.placements();
        for (uid, node) in placed {
            let version = cluster.kubernetes.next_version();
            if let Some(pod) = cluster.kubernetes.pods.get_mut(&uid) {
                pod.node = Some(node);
                pod.version = version;
            }
            started.push(uid);
        }
        for uid in started {
            self.give_address(cluster_id, &uid);
            self.after(START, Event::PodUp { cluster: cluster_id.to_owned(), uid: uid.clone() });
            self.pod_event(cluster_id, &uid, "Scheduled", "a node was found for the pod".to_owned());
        }
        for uid in left {
            let Some(cluster) = self.0.realm.clusters.get_mut(cluster_id) else { return };
            let nodes = cluster.nodes.len();
            let Some(pod) = cluster.kubernetes.pods.get_mut(&uid).filter(|pod| !pod.noted) else { continue };
            pod.noted = true;
            let message = format!("0/{nodes} nodes are available for the pod");
            self.pod_event(cluster_id, &uid, "FailedScheduling", message);
        }
        self.0.engine.pods_placed(self, cluster_id);
    }

    /// Gives a pod its address: of the cluster's range, or of a subnet where the cluster has none.
    pub(super) fn give_address(&mut self, cluster_id: &str, uid: &str) {
        let Some(cluster) = self.0.realm.clusters.get_mut(cluster_id) else { return };
        let (network, subnets) = (cluster.network.clone(), cluster.pod_subnets.clone());
        let pod = cluster.kubernetes.pods.get(uid);
        let in_subnet = pod.is_some_and(|pod| cluster.engine.takes_subnet_address(&pod.annotations));
        let given = match cluster.range.filter(|_| !in_subnet || subnets.is_empty()) {
            Some(range) => {
                let block = pod.and_then(|pod| cluster.block_address(pod.node.as_deref()?));
                Some((block.unwrap_or_else(|| cluster.next_address(range)), None))
            }
            None => subnets.iter().find_map(|s| Some((self.take_address(&network, s)?, Some(s.clone())))),
        };
        let pod = self.0.realm.clusters.get_mut(cluster_id).and_then(|c| c.kubernetes.pods.get_mut(uid));
        if let (Some((address, subnet)), Some(pod)) = (given, pod) {
            (pod.address, pod.subnet) = (Some(address), subnet);
        }
    }

    pub fn pod_up(&mut self, cluster_id: &str, uid: &str) {
        let now = self.0.now;
        if self.image_is_missing(cluster_id, uid) || !self.pull_images(cluster_id, uid) {
            return;
        }
        let Some(cluster) = self.0.realm.clusters.get_mut(cluster_id) else { return };
        let version = cluster.kubernetes.next_version();
        let Some(pod) = cluster.kubernetes.pods.get_mut(uid).filter(|pod| !pod.stopping && !pod.running && !pod.lost)
        else {
            return;
        };
        pod.running = true;
        pod.started = Some(now);
        pod.version = version;
        self.pod_event(cluster_id, uid, "Started", "the containers have started".to_owned());
        if let Some((lasts, _)) = self.end_of_pod(cluster_id, uid) {
            self.after(lasts, Event::PodDone { cluster: cluster_id.to_owned(), uid: uid.to_owned() });
        }
        self.pod_has_started(cluster_id, uid);
    }

    /// How long the containers of a pod run, and what they end with; nothing if they run until they are stopped.
    fn end_of_pod(&self, cluster_id: &str, uid: &str) -> Option<(Millis, u8)> {
        let pod = self.0.realm.clusters.get(cluster_id)?.kubernetes.pods.get(uid)?;
        let policy = pod.spec.get("restartPolicy").and_then(Value::as_str).unwrap_or("Always");
        let of_job = pod.owner.as_ref().is_some_and(|owner| owner.kind == "Job");
        let containers = pod.spec.get("containers").and_then(Value::as_array);
        let ends: Vec<(Millis, u8)> = containers.into_iter().flatten().filter_map(|one| end_of(one, of_job)).collect();
        let all = containers.is_some_and(|containers| containers.len() == ends.len());
        (policy != "Always" && all).then(|| {
            let last = ends.iter().map(|(lasts, _)| *lasts).max().unwrap_or(0);
            (last, ends.iter().map(|(_, code)| *code).max().unwrap_or(0))
        })
    }

    /// The containers of a pod have come to their end. Those that failed are started again if the pod says so.
    pub fn pod_done(&mut self, cluster_id: &str, uid: &str) {
        let now = self.0.now;
        let Some((lasts, code)) = self.end_of_pod(cluster_id, uid) else { return };
        let Some(cluster) = self.0.realm.clusters.get_mut(cluster_id) else { return };
        let version = cluster.kubernetes.next_version();
        let Some(pod) = cluster.kubernetes.pods.get_mut(uid).filter(|pod| pod.running && !pod.stopping) else { return };
        pod.version = version;
        if code != 0 && pod.spec.get("restartPolicy").and_then(Value::as_str) == Some("OnFailure") {
            pod.restarts += 1;
            let event = Event::PodDone { cluster: cluster_id.to_owned(), uid: uid.to_owned() };
            self.after(lasts + 10 * SECOND, event);
            return;
        }
        (pod.running, pod.finished) = (false, Some(Finish { at: now, code }));
        self.settle(cluster_id);
    }

    /// The containers of a pod have stopped. On a node that does not answer, nothing reports it.
    pub fn pod_stopped(&mut self, cluster_id: &str, uid: &str) {
        let pod = self.0.realm.clusters.get(cluster_id).and_then(|cluster| cluster.kubernetes.pods.get(uid));
        if pod.is_some_and(|pod| !pod.lost) {
            self.pod_gone(cluster_id, uid);
        }
    }

    pub fn pod_gone(&mut self, cluster_id: &str, uid: &str) {
        let Some(cluster) = self.0.realm.clusters.get(cluster_id) else { return };
        let key = cluster.kubernetes.pods.get(uid).map(|pod| Key::new("pods", &pod.namespace, &pod.name));
        let there = key.and_then(|key| cluster.kubernetes.store.get(&key));
        if there.is_some_and(|pod| !items(pod, "/metadata/finalizers").is_empty()) {
            // It goes when the last finalizer is gone.
            return;
        }
        let workload = self.workload_of(cluster_id, uid);
        self.drop_pod(cluster_id, uid);
        if let Some(workload) = workload {
            self.roll(cluster_id, &workload);
        }
        self.settle(cluster_id);
    }

    /// Takes a pod away and gives its address back.
    pub fn drop_pod(&mut self, cluster_id: &str, uid: &str) {
        let Some(cluster) = self.0.realm.clusters.get_mut(cluster_id) else { return };
        let network = cluster.network.clone();
        let Some(pod) = cluster.kubernetes.pods.remove(uid) else { return };
        self.0.engine.pod_gone(self, uid);
        if let (Some(subnet), Some(address)) = (pod.subnet, pod.address) {
            self.release_address(&network, &subnet, &address);
        }
    }

    /// Stops a pod.
    pub fn stop_pod(&mut self, cluster_id: &str, uid: &str) {
        let now = self.0.now;
        let Some(cluster) = self.0.realm.clusters.get_mut(cluster_id) else { return };
        let version = cluster.kubernetes.next_version();
        let Some(pod) = cluster.kubernetes.pods.get_mut(uid).filter(|pod| !pod.stopping) else { return };
        pod.stopping = true;
        pod.stopped = Some(now);
        pod.version = version;
        self.pod_event(cluster_id, uid, "Killing", "the containers are told to stop".to_owned());
        self.after(STOP, Event::PodGone { cluster: cluster_id.to_owned(), uid: uid.to_owned() });
    }

    /// Moves the pods away from a node, but for those of daemons, and says which they are.
    pub fn evict(&mut self, cluster_id: &str, node: &str, rehearsal: bool) -> Vec<PodRef> {
        let Some(cluster) = self.0.realm.clusters.get(cluster_id) else { return Vec::new() };
        let leaving: Vec<String> = cluster
            .kubernetes
            .pods
            .iter()
            .filter(|pod| pod.node.as_deref() == Some(node) && !pod.is_daemon() && !pod.stopping)
            .map(|pod| pod.uid.clone())
            .collect();
        let refs = leaving.iter().filter_map(|uid| cluster.pod_ref(uid)).collect();
        if !rehearsal {
            for uid in &leaving {
                self.replace_pod(cluster_id, uid);
                self.stop_pod(cluster_id, uid);
            }
            self.settle(cluster_id);
        }
        refs
    }

    /// Stops the pods of a daemon that is switched off.
    pub fn stop_daemon(&mut self, cluster_id: &str, daemon: &str) {
        let Some(cluster) = self.0.realm.clusters.get(cluster_id) else { return };
        let own = |pod: &&super::Pod| pod.owner.as_ref().is_some_and(|owner| owner.name == daemon) && pod.is_daemon();
        let pods: Vec<String> = cluster.kubernetes.pods.iter().filter(own).map(|pod| pod.uid.clone()).collect();
        for uid in pods {
            self.stop_pod(cluster_id, &uid);
        }
    }

    /// Stops a pod, and replaces it if it has a controller.
    pub fn evict_pod(&mut self, cluster_id: &str, uid: &str) {
        let pod = self.0.realm.clusters.get(cluster_id).and_then(|cluster| cluster.kubernetes.pods.get(uid));
        if pod.is_some_and(|pod| !pod.stopping) {
            self.replace_pod(cluster_id, uid);
            self.stop_pod(cluster_id, uid);
        }
    }

    /// Replaces a pod that has a controller by a new one.
    fn replace_pod(&mut self, cluster_id: &str, uid: &str) {
        let Some(cluster) = self.0.realm.clusters.get_mut(cluster_id) else { return };
        let Some(old) = cluster.kubernetes.pods.get(uid) else { return };
        let Some(owner) = old.owner.clone().filter(|owner| owner.kind != "DaemonSet") else { return };
        // A controller that is there sees to its pods itself.
        let shown = cluster.kubernetes.mirror.shows_uid(&owner.uid);
        if cluster.kubernetes.store.has_uid(&owner.uid) && !shown {
            return;
        }
        if cluster.kubernetes.namespaces.get(&old.namespace).is_none_or(|namespace| namespace.stopping) {
            return;
        }
        let mut spec = old.spec.clone();
        spec.remove("nodeName");
        let new = NewPod {
            name: format!("{}-{}", owner.name, suffix(self.0.ids)),
            namespace: old.namespace.clone(),
            labels: old.labels.clone(),
            annotations: old.annotations.clone(),
            spec,
            owner: Some(owner),
            image_missing: old.image_missing,
        };
        cluster.kubernetes.add_pod(new, self.0.now, self.0.ids);
    }

    /// Deals with the pods of a node that is gone: all are lost, those with a controller come anew.
    pub fn lose_node(&mut self, cluster_id: &str, node: &str) {
        let Some(cluster) = self.0.realm.clusters.get(cluster_id) else { return };
        let pods = cluster.kubernetes.pods.iter().filter(|pod| pod.node.as_deref() == Some(node));
        let lost: Vec<(String, bool)> = pods.map(|pod| (pod.uid.clone(), pod.stopping)).collect();
        for (uid, stopping) in lost {
            if !stopping {
                self.replace_pod(cluster_id, &uid);
            }
            self.drop_pod(cluster_id, &uid);
        }
    }

    pub fn namespace_gone(&mut self, cluster_id: &str, namespace: &str) {
        let Some(cluster) = self.0.realm.clusters.get_mut(cluster_id) else { return };
        if !cluster.kubernetes.namespaces.contains(namespace) {
            return;
        }
        self.sync(cluster_id);
        if self.is_held(cluster_id, namespace) {
            // It goes when the last finalizer is gone.
            self.empty_namespace(cluster_id, namespace);
            let event = Event::NamespaceGone { cluster: cluster_id.to_owned(), namespace: namespace.to_owned() };
            self.after(HELD, event);
            return;
        }
        let Some(cluster) = self.0.realm.clusters.get_mut(cluster_id) else { return };
        cluster.kubernetes.namespaces.remove(namespace);
        let inside = cluster.kubernetes.pods.iter().filter(|pod| pod.namespace == namespace);
        let pods: Vec<String> = inside.map(|pod| pod.uid.clone()).collect();
        let services = cluster.kubernetes.services.iter().filter(|service| service.namespace == namespace);
        let services: Vec<String> = services.map(super::services::Service::key).collect();
        cluster.kubernetes.events.retain(|event| event.namespace != namespace);
        cluster.kubernetes.workloads.retain(|workload| workload.namespace != namespace);
        cluster.kubernetes.descriptions.remove(namespace);
        for key in services {
            self.drop_service(cluster_id, &key);
        }
        for uid in pods {
            self.drop_pod(cluster_id, &uid);
        }
        let left = self.kube(cluster_id).map(|kubernetes| kubernetes.store.keys_in(namespace)).unwrap_or_default();
        for key in left.into_iter().filter(|key| key.kind != "pods") {
            self.remove_object(cluster_id, &key);
        }
        self.settle(cluster_id);
    }
}

/// How long a container runs that does not run forever, and what it ends with, as its command says.
fn end_of(container: &Value, of_job: bool) -> Option<(Millis, u8)> {
    let part = |name: &str| container.get(name).and_then(Value::as_array).into_iter().flatten();
    let text: Vec<&str> = part("command").chain(part("args")).filter_map(Value::as_str).collect();
    let words: Vec<&str> = text.iter().flat_map(|part| part.split([' ', ';', '&', '|'])).collect();
    let after = |word: &str| {
        let place = words.iter().position(|there| *there == word)?;
        words.get(place + 1)?.trim_end_matches('s').parse::<u64>().ok()
    };
    let is_endless = words.contains(&"infinity") || words.contains(&"true;do");
    if is_endless || (words.is_empty() && !of_job) {
        return None;
    }
    let code = match after("exit") {
        Some(code) => u8::try_from(code % 256).unwrap_or(1),
        None => u8::from(words.contains(&"false")),
    };
    Some((after("sleep").map_or(RUN, |seconds| seconds.saturating_mul(SECOND)), code))
}

impl Cluster {
    /// The pod as the cloud's own interfaces tell of it.
    pub fn pod_ref(&self, uid: &str) -> Option<PodRef> {
        let pod = self.kubernetes.pods.get(uid)?;
        let node = pod.node.as_deref()?;
        let real = self.nodes.iter().find(|there| there.name == node).map(|there| there.ip.clone());
        let virtual_ip =
            || self.virtual_nodes.iter().find(|there| there.name == node).map(|there| there.address.clone());
        let node_ip = real.or_else(virtual_ip).unwrap_or_default();
        Some(PodRef { name: pod.name.clone(), namespace: pod.namespace.clone(), node_ip })
    }
}
