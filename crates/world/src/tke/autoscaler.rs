//! The cluster autoscaler: groups grow for pods that wait and shrink when nodes idle.
//!
//! It looks at a cluster only when something has changed or a delay has run out, on the grid of its scan interval.

use crate::cluster::Cluster;
use crate::cluster::nodes::{Node, State};
use crate::infra::machines::{Charge, size_of};
use crate::kernel::ids::hash;
use crate::kernel::{MINUTE, Millis, SECOND};
use crate::kubernetes::SYSTEM;
use crate::kubernetes::scheduler::{Host, choose};
use crate::kubernetes::{Pod, Request};
use crate::tke::Event;
use crate::tke::Tke;
use crate::tke::groups::{Expander, GroupStatus, UNREADY_MINUTES};
use crate::tke::native::{MachineState, PoolLife};

/// The interval of scans.
const SCAN: Millis = 10 * SECOND;
/// How long it takes until a group that could not grow is asked again.
const BACK_OFF: Millis = 30 * MINUTE;
/// The annotation that keeps a node.
pub(super) const KEEP: &str = "cluster-autoscaler.kubernetes.io/scale-down-disabled";

/// Nodes of one kind, whose number the autoscaler sets: those of a scaling group or of a native node pool.
struct NodeSet {
    id: String,
    native: bool,
    min: i64,
    max: i64,
    size: i64,
    /// One of the nodes as pods would find it.
    template: Host,
}

/// Nodes that may be not ready, and the percentage of them, before the autoscaler stops: both must be exceeded.
const OK_UNREADY: usize = 3;
const MOST_UNREADY: usize = 45;
/// Why an idle node goes.
const IDLE: &str = "the node is idle and is removed by the autoscaler";

impl Tke<'_> {
    /// Plans a scan if the cluster has groups that could have something to do.
    pub fn wake_autoscaler(&mut self, cluster_id: &str) {
        let Some(cluster) = self.0.realm.clusters.get(cluster_id) else { return };
        let active = !cluster.node_sets().is_empty();
        let work = cluster.tke().scaling.scale_down || cluster.waiting_pods().next().is_some();
        if active && work {
            self.plan_scan(cluster_id, self.0.now + SCAN);
        }
    }

    /// Plans a scan at that time; an earlier one that is planned already will do.
    fn plan_scan(&mut self, cluster_id: &str, due: Millis) {
        let Some(cluster) = self.0.realm.clusters.get_mut(cluster_id) else { return };
        if cluster.tke().autoscaler.scan_planned.is_some_and(|planned| planned <= due) {
            return;
        }
        cluster.tke_mut().autoscaler.scan_planned = Some(due);
        let delay = due.saturating_sub(self.0.now);
        self.after(delay, Event::Scan { cluster: cluster_id.to_owned() });
    }

    pub fn scan(&mut self, cluster_id: &str) {
        let now = self.0.now;
        let Some(cluster) = self.0.realm.clusters.get_mut(cluster_id) else { return };
        if cluster.tke_mut().autoscaler.scan_planned != Some(now) {
            // A scan that was replaced by an earlier one.
            return;
        }
        cluster.tke_mut().autoscaler.scan_planned = None;
        cluster.tke_mut().autoscaler.scans += 1;
        if cluster.has_too_many_unready() {
            // It waits until most nodes are ready again.
            self.plan_scan(cluster_id, now + MINUTE);
            return;
        }
        self.grow(cluster_id);
        self.remove_unready(cluster_id);
        if let Some(next) = self.shrink(cluster_id) {
            self.plan_scan(cluster_id, next.max(now + SCAN));
        }
    }

    /// Starts nodes for the pods that wait and that no node, present or coming, can take.
    fn grow(&mut self, cluster_id: &str) {
        let Some(cluster) = self.0.realm.clusters.get(cluster_id) else { return };
        let mut coming = cluster.coming_hosts();
        let mut waiting: Vec<Pod> = cluster.waiting_pods().cloned().collect();
        waiting.retain(|pod| choose(&mut coming, pod).is_none());
        let mut tried = Vec::new();
        while !waiting.is_empty() {
            let Some(cluster) = self.0.realm.clusters.get(cluster_id) else { return };
            let Some((set, helped, nodes)) = cluster.choose_set(&waiting, &tried) else { break };
            tried.push(set.clone());
            let launched = self.grow_set(cluster_id, &set, nodes);
            if launched == 0 {
                self.plan_scan(cluster_id, self.0.now + BACK_OFF);
                continue;
            }
            if let Some(cluster) = self.0.realm.clusters.get_mut(cluster_id) {
                cluster.tke_mut().autoscaler.last_growth = Some(self.0.now);
            }
            for uid in &helped {
                let message = format!("pod triggered scale-up: {set} grows by {launched}");
                self.control_plane().pod_event(cluster_id, uid, "TriggeredScaleUp", message);
            }
            waiting.retain(|pod| !helped.contains(&pod.uid));
        }
        for pod in waiting {
            let message = "pod didn't trigger scale-up: no scaling group has room for it".to_owned();
            let known = self.0.realm.clusters.get(cluster_id).is_some_and(|cluster| {
                cluster.kubernetes.events.iter().any(|e| e.object_uid == pod.uid && e.reason == "NotTriggerScaleUp")
            });
            if !known {
                self.control_plane().pod_event(cluster_id, &pod.uid, "NotTriggerScaleUp", message);
            }
        }
    }

    /// Starts so many nodes of a set, and says how many come.
    fn grow_set(&mut self, cluster_id: &str, id: &str, count: i64) -> i64 {
        let native = self.0.realm.clusters.get(cluster_id).is_some_and(|cluster| cluster.native_pool(id).is_ok());
        let launched = match native {
            true => self.grow_native(cluster_id, id, count),
            false => self.launch(cluster_id, id, count),
        };
        if let Some(cluster) = self.0.realm.clusters.get_mut(cluster_id) {
            cluster.resize_set(id, launched);
        }
        launched
    }

    /// Lets nodes go that have not been ready for as long as the options say.
    fn remove_unready(&mut self, cluster_id: &str) {
        let now = self.0.now;
        let Some(cluster) = self.0.realm.clusters.get(cluster_id).filter(|cluster| cluster.tke().scaling.scale_down)
        else {
            return;
        };
        let minutes = cluster.tke().scaling.unready.unwrap_or(UNREADY_MINUTES).max(0) as Millis;
        let unready = cluster.removable_nodes().into_iter();
        let unready = unready.filter_map(|node| Some((node.machine.clone(), node.unready_since()?)));
        let mut next: Option<Millis> = None;
        let mut due = Vec::new();
        for (machine, since) in unready {
            let end = since.saturating_add(minutes.saturating_mul(MINUTE));
            match end <= now {
                true => due.push(machine),
                false => next = Some(next.map_or(end, |next| next.min(end))),
            }
        }
        for machine in due {
            self.scale_in(cluster_id, &machine, "the node is not ready and is removed by the autoscaler");
        }
        if let Some(next) = next {
            self.plan_scan(cluster_id, next.max(now + SCAN));
        }
    }

    /// Lets idle nodes of groups go; says when to look again if some are not idle for long enough.
    fn shrink(&mut self, cluster_id: &str) -> Option<Millis> {
        let now = self.0.now;
        let cluster = self.0.realm.clusters.get_mut(cluster_id)?;
        let idle = cluster.idle_nodes();
        for node in cluster.nodes.iter_mut() {
            let is_idle = idle.iter().any(|(machine, _)| *machine == node.machine);
            node.unneeded_since = is_idle.then(|| node.unneeded_since.unwrap_or(now));
        }
        let options = cluster.tke().scaling.clone();
        let minutes = |count: i64| (count.max(0) as Millis).saturating_mul(MINUTE);
        let rested = cluster.tke().autoscaler.last_growth.map_or(0, |last| last.saturating_add(minutes(options.delay)));
        let mut next: Option<Millis> = None;
        let (mut empty, mut busy) = (Vec::new(), Vec::new());
        for (machine, is_empty) in idle {
            let since = cluster.nodes.get(&machine).and_then(|node| node.unneeded_since).unwrap_or(now);
            let due = rested.max(since.saturating_add(minutes(options.unneeded)));
            if due > now {
                next = Some(next.map_or(due, |next| next.min(due)));
            } else if is_empty {
                empty.push(machine);
            } else {
                busy.push(machine);
            }
        }
        let mut gone = 0;
        for machine in empty.iter().take(options.max_empty_bulk.max(1) as usize) {
            gone += usize::from(self.scale_in(cluster_id, machine, IDLE));
        }
        if gone == 0 {
            let _ = busy.iter().find(|machine| self.scale_in(cluster_id, machine, IDLE));
        }
        next
    }

    /// Lets one node of a set go unless the set is as small as it may be.
    fn scale_in(&mut self, cluster_id: &str, machine: &str, why: &str) -> bool {
        let Some(cluster) = self.0.realm.clusters.get_mut(cluster_id) else { return false };
        let Some(node) = cluster.nodes.get(machine) else { return false };
        let (name, is_ready, Some(group)) = (node.name.clone(), node.is_ready(), node.group.clone()) else {
            return false;
        };
        let sets = cluster.node_sets();
        let Some(set) = sets.iter().find(|set| set.id == group && set.size > set.min) else { return false };
        let native = set.native;
        let stops = is_ready && cluster.tke().groups.get(&group).is_some_and(|group| group.policies.stops);
        cluster.resize_set(&group, -1);
        self.control_plane().node_event(cluster_id, machine, "ScaleDown", why);
        match (native, stops) {
            (true, _) => self.let_go(cluster_id, machine),
            (false, true) => self.stop_member(cluster_id, machine),
            (false, false) => self.leave(cluster_id, machine, false),
        }
        self.control_plane().evict(cluster_id, &name, false);
        true
    }
}

impl Cluster {
    /// Nodes that are on their way, as pods will find them.
    fn coming_hosts(&self) -> Vec<Host> {
        let native = |node: &Node| self.native_machine(&node.machine).map(|machine| machine.state);
        let comes = |node: &Node| node.state == State::Initializing || native(node) == Ok(MachineState::Starting);
        let coming = self.nodes.iter().filter(|node| comes(node) && node.leaving.is_none());
        let hosts = coming.map(|node| {
            let mut host = Host::of_size(node.size, self.max_pods);
            host.labels = self.node_labels(&node.name, &node.zone, &node.instance_type);
            host.labels.extend(node.labels.clone());
            host.cordoned = node.cordoned;
            host.taints.clone_from(&node.taints);
            self.burden(host)
        });
        hosts.collect()
    }

    /// The groups and pools whose nodes the autoscaler starts and removes.
    fn node_sets(&self) -> Vec<NodeSet> {
        let groups = self.tke().groups.iter().filter(|group| group.status == GroupStatus::Enabled);
        let groups = groups.filter_map(|group| {
            let mut template = Host::of_size(group.size()?, self.max_pods);
            template.labels = self.node_labels("", "", group.template.machine_type());
            template.labels.extend(group.settings.labels.iter().cloned());
            template.cordoned = group.settings.cordoned;
            template.taints.clone_from(&group.settings.taints);
            let size = self.group_nodes(&group.id).count() as i64;
            let template = self.burden(template);
            Some(NodeSet { id: group.id.clone(), native: false, min: group.min, max: group.max, size, template })
        });
        let pools = self.tke().native.pools.iter();
        let pools = pools.filter(|pool| pool.state == PoolLife::Running && pool.spec.autoscaling).filter_map(|pool| {
            let instance_type = pool.spec.types.first()?;
            let mut template = Host::of_size(size_of(instance_type)?, self.max_pods);
            template.labels = self.node_labels("", "", instance_type);
            template.labels.extend(pool.meta.labels.iter().cloned());
            template.taints.clone_from(&pool.meta.taints);
            template.cordoned = pool.meta.cordoned;
            let (scaling, size) = (pool.spec.scaling, self.native_members(&pool.id).count() as i64);
            let template = self.burden(template);
            Some(NodeSet { id: pool.id.clone(), native: true, min: scaling.min, max: scaling.max, size, template })
        });
        groups.chain(pools).collect()
    }

    /// Notes that a set has become larger or smaller.
    fn resize_set(&mut self, id: &str, by: i64) {
        let size = self.group_nodes(id).count() as i64;
        if let Some(pool) = self.tke_mut().native.pools.get_mut(id) {
            pool.spec.replicas = (pool.spec.replicas + by).clamp(pool.spec.scaling.min, pool.spec.scaling.max);
        } else if let Some(group) = self.tke_mut().groups.get_mut(id) {
            group.desired = if by < 0 { size + by } else { (group.desired + by).min(group.max) };
        }
    }

    /// The host with the room that daemons will take.
    fn burden(&self, mut host: Host) -> Host {
        for (_, cpu, memory) in self.engine.daemons(self) {
            host.take(Request { cpu, memory: memory << 20 });
        }
        host
    }

    /// The set that should grow for the pods, the pods that it helps, and by how many nodes.
    fn choose_set(&self, waiting: &[Pod], tried: &[String]) -> Option<(String, Vec<String>, i64)> {
        let mut options = Vec::new();
        for NodeSet { id, max, size, template, .. } in self.node_sets() {
            let room = max - size;
            if room <= 0 || tried.contains(&id) {
                continue;
            }
            let mut hosts: Vec<Host> = Vec::new();
            let mut helped = Vec::new();
            for pod in waiting.iter().filter(|pod| template.fits(pod)) {
                if choose(&mut hosts, pod).is_none() {
                    if hosts.len() as i64 >= room {
                        continue;
                    }
                    let mut host = template.clone();
                    host.take(pod.request);
                    hosts.push(host);
                }
                helped.push(pod.uid.clone());
            }
            if !helped.is_empty() {
                let wasted: u64 = hosts.iter().map(|host| host.free.cpu * 1_000 / host.capacity.cpu.max(1)).sum();
                options.push((id, helped, hosts.len() as i64, wasted / hosts.len().max(1) as u64));
            }
        }
        let chosen = match self.tke().scaling.expander {
            Expander::Random => {
                let draw =
                    hash(&format!("{}/{}", self.id, self.tke().autoscaler.scans)) as usize % options.len().max(1);
                options.into_iter().nth(draw)
            }
            Expander::MostPods => options.into_iter().min_by_key(|option| std::cmp::Reverse(option.1.len())),
            Expander::LeastWaste => options.into_iter().min_by_key(|option| option.3),
        };
        chosen.map(|(set, helped, nodes, _)| (set, helped, nodes))
    }

    /// The nodes that the autoscaler may remove: of sets that it scales, neither protected nor paid in advance, and not
    /// stopped because they were too many.
    fn removable_nodes(&self) -> Vec<&Node> {
        let sets = self.node_sets();
        let of_group = |node: &Node| {
            let group = node.group.as_ref().and_then(|group| self.tke().groups.get(group));
            group.is_none_or(|group| {
                group.template.charge != Charge::Prepaid
                    && !group.protected.contains(&node.machine)
                    && !group.stopped.contains(&node.machine)
            })
        };
        let of_pool = |node: &Node| self.native_machine(&node.machine).is_ok_and(|m| m.state != MachineState::Running);
        let removable = |node: &&Node| {
            node.state == State::Running
                && node.leaving.is_none()
                && node.group.as_ref().is_some_and(|group| sets.iter().any(|set| set.id == *group))
                && of_group(node)
                && !of_pool(node)
                && !self.is_kept(&node.machine)
        };
        self.nodes.iter().filter(removable).collect()
    }

    /// Whether so many nodes are not ready that the autoscaler does nothing.
    fn has_too_many_unready(&self) -> bool {
        let is_unready = |node: &&Node| node.outage.is_some() && !self.is_stopped(node);
        let unready = self.nodes.iter().filter(is_unready).count();
        let options = &self.tke().scaling;
        let percent = unready * 100 / self.nodes.len().max(1);
        let above = |count: usize, most: Option<i64>, usual: usize| {
            count > most.map_or(usual, |most| usize::try_from(most).unwrap_or(0))
        };
        above(unready, options.ok_unready, OK_UNREADY) && above(percent, options.max_unready_percent, MOST_UNREADY)
    }

    /// The nodes of groups that the cluster could do without, and whether they are empty.
    fn idle_nodes(&self) -> Vec<(String, bool)> {
        if !self.tke().scaling.scale_down {
            return Vec::new();
        }
        let (hosts, nodes) = (self.hosts(), self.removable_nodes().into_iter().filter(|node| node.is_ready()));
        nodes.filter_map(|node| Some((node.machine.clone(), self.can_do_without(node, &hosts)?))).collect()
    }

    /// Whether the node is empty, if the cluster can do without it.
    fn can_do_without(&self, node: &Node, hosts: &[Host]) -> Option<bool> {
        let here: Vec<&Pod> =
            self.kubernetes.pods.iter().filter(|pod| pod.node.as_deref() == Some(&node.name)).collect();
        let counted = here.iter().filter(|pod| !(self.tke().scaling.ignore_daemons && pod.is_daemon()));
        let used = counted.fold(Request::default(), |sum, pod| Request {
            cpu: sum.cpu + pod.request.cpu,
            memory: sum.memory + pod.request.memory,
        });
        let capacity = crate::kubernetes::scheduler::allocatable(node.size);
        let percent = (used.cpu * 100 / capacity.cpu.max(1)).max(used.memory * 100 / capacity.memory.max(1));
        let movable: Vec<&&Pod> = here.iter().filter(|pod| !pod.is_daemon() && !pod.stopping).collect();
        if movable.is_empty() && here.iter().all(|pod| pod.is_daemon()) {
            return Some(true);
        }
        if percent as i64 >= self.tke().scaling.threshold {
            return None;
        }
        let bound = movable.iter().any(|pod| {
            pod.owner.is_none()
                || self.is_kept_by_budget(pod)
                || (self.tke().scaling.keep_system_pods && pod.namespace == SYSTEM)
                || (self.tke().scaling.keep_local_storage && pod.has_local_storage())
        });
        let mut others: Vec<Host> = hosts.iter().filter(|host| host.name != node.name).cloned().collect();
        let fit = movable.iter().all(|pod| choose(&mut others, pod).is_some());
        (!bound && fit).then_some(false)
    }
}
