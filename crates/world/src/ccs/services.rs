//! Services of a cluster as CCS has them: a workload, and with it the address that reaches it.

use crate::World;
use crate::ccs::Ccs;
use crate::cluster::Cluster;
use crate::kernel::Millis;
use crate::kernel::violation::{Outcome, Reason};
use crate::kubernetes::request::ApiRequest;
use crate::kubernetes::services::{NewService, SUBNET};
use crate::kubernetes::template::Template;
use crate::kubernetes::workloads::{Access, Change, Port, Strategy, Workload};
use crate::registry::{PERSONAL_HOST, RepositoryName};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// Ports that nodes can open.
const NODE_PORTS: std::ops::RangeInclusive<u64> = 30_000..=32_767;

/// What a service is to be.
#[derive(Debug, Clone)]
pub struct ServiceOrder {
    pub name: String,
    pub namespace: String,
    pub description: String,
    pub replicas: u64,
    pub access: Access,
    pub ports: Vec<Port>,
    pub template: Template,
}

/// A service with all its settings, and how it is changed.
#[derive(Debug, Clone)]
pub struct ServiceChange {
    pub order: ServiceOrder,
    pub strategy: Strategy,
    pub settling: Millis,
}

/// Which images are to be replaced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Images {
    /// That of the only container.
    Only(String),
    /// Those of the named containers.
    Of(Vec<(String, String)>),
}

impl World {
    /// Whether the account can pull the image. Of other registries than the cloud's own nothing is known, and what
    /// is in them is taken to be there.
    pub fn can_pull(&self, account: &str, image: &str) -> bool {
        let Some(rest) = image.strip_prefix(PERSONAL_HOST).and_then(|rest| rest.strip_prefix('/')) else { return true };
        let (repository, tag) = rest.rsplit_once(':').unwrap_or((rest, "latest"));
        RepositoryName::parse(repository).is_some_and(|name| name.namespace() == "library")
            || self.registry.tag(account, repository, tag).is_ok()
    }

    /// Notes which images of the template can be pulled.
    pub fn look_up_images(&self, account: &str, template: &mut Template) {
        for container in &mut template.containers {
            container.image_missing = !self.can_pull(account, &container.image);
        }
    }
}

impl Cluster {
    /// The workload, or why not.
    pub fn workload(&self, namespace: &str, name: &str) -> Outcome<&Workload> {
        let found = self.kubernetes.workloads.get(&format!("{namespace}/{name}"));
        found.ok_or_else(|| {
            let message = format!("the service {name} does not exist in the namespace {namespace} of {}", self.id);
            Reason::NoPart.because(message)
        })
    }

    fn workload_mut(&mut self, namespace: &str, name: &str) -> Outcome<&mut Workload> {
        self.workload(namespace, name)?;
        let found = self.kubernetes.workloads.get_mut(&format!("{namespace}/{name}"));
        found.ok_or_else(|| Reason::NoPart.because(format!("the service {name} does not exist")))
    }

    /// Whether there can be a service like that.
    fn check_order(&self, order: &ServiceOrder) -> Outcome<()> {
        self.check_open_namespace(&order.namespace)?;
        if order.template.has_disk() && order.replicas > 1 {
            return Err(Reason::Invalid.because("a service with a cloud disk has a single replica"));
        }
        if order.access == Access::None && !order.ports.is_empty() {
            return Err(Reason::Invalid.because("a service without access has no port mappings"));
        }
        let elsewhere = self.kubernetes.services.iter();
        let elsewhere = elsewhere.filter(|there| there.name != order.name || there.namespace != order.namespace);
        let taken: Vec<u64> = elsewhere
            .filter_map(|there| there.spec.get("ports")?.as_array())
            .flatten()
            .filter_map(|port| port.get("nodePort")?.as_u64())
            .collect();
        for (place, port) in order.ports.iter().enumerate() {
            if order.ports.iter().take(place).any(|other| {
                (other.outside, &other.protocol) == (port.outside, &port.protocol)
                    || (port.node.is_some() && other.node == port.node)
            }) {
                let message = format!("the port {} {} is mapped twice", port.outside, port.protocol);
                return Err(Reason::Invalid.because(message));
            }
            let Some(node) = port.node else { continue };
            if !NODE_PORTS.contains(&node) {
                let (first, last) = (NODE_PORTS.start(), NODE_PORTS.end());
                return Err(Reason::Invalid.because(format!("a node port is {first} to {last}, not {node}")));
            }
            if taken.contains(&node) {
                return Err(Reason::InUse.because(format!("the node port {node} is taken by another service")));
            }
        }
        if matches!(order.access, Access::Public | Access::Private { .. }) && order.ports.is_empty() {
            return Err(Reason::Invalid.because("a load balancer needs at least one port mapping"));
        }
        Ok(())
    }

    /// Whether things can be made in the namespace.
    pub fn check_open_namespace(&self, name: &str) -> Outcome<()> {
        match self.kubernetes.namespaces.get(name) {
            None => {
                let message = format!("the namespace {name} does not exist in the cluster {}", self.id);
                Err(Reason::NoPart.because(message))
            }
            Some(there) if there.stopping => {
                Err(Reason::Unavailable.because(format!("the namespace {name} is being deleted")))
            }
            Some(_) => Ok(()),
        }
    }
}

impl Ccs<'_> {
    fn check_service(&self, cluster_id: &str, order: &ServiceOrder) -> Outcome<()> {
        let cluster = self.0.realm.running_cluster(self.0.engine, cluster_id)?;
        cluster.check_order(order)?;
        if let Access::Private { subnet } = &order.access {
            self.0.realm.subnet(&cluster.network, subnet)?;
        }
        Ok(())
    }

    /// Makes a service.
    pub fn deploy_service(&mut self, cluster_id: &str, order: ServiceOrder) -> Outcome<()> {
        self.check_service(cluster_id, &order)?;
        let cluster = self.0.realm.cluster_mut(self.0.engine, cluster_id)?;
        let key = format!("{}/{}", order.namespace, order.name);
        if cluster.kubernetes.workloads.contains(&key) || cluster.kubernetes.services.contains(&key) {
            let message = format!("the service {} is there already in the namespace {}", order.name, order.namespace);
            return Err(Reason::InUse.because(message));
        }
        let workload = Workload {
            name: order.name,
            namespace: order.namespace,
            description: order.description,
            replicas: order.replicas,
            access: order.access,
            ports: order.ports,
            template: order.template,
            previous: None,
            strategy: Strategy::default(),
            settling: 0,
            paused: false,
            change: None,
            revision: 1,
            created: self.0.now,
            changed: self.0.now,
        };
        self.open_access(cluster_id, &workload)?;
        let cluster = self.0.realm.cluster_mut(self.0.engine, cluster_id)?;
        cluster.kubernetes.workloads.insert(key.clone(), workload);
        self.control_plane().roll(cluster_id, &key);
        Ok(())
    }

    /// Changes all of a service.
    pub fn change_service(&mut self, cluster_id: &str, change: ServiceChange) -> Outcome<()> {
        let ServiceChange { order, strategy, settling } = change;
        let mut later =
            self.0.realm.running_cluster(self.0.engine, cluster_id)?.workload(&order.namespace, &order.name)?.clone();
        self.check_service(cluster_id, &order)?;
        if (&later.access, &later.ports) != (&order.access, &order.ports) {
            (later.access, later.ports) = (order.access.clone(), order.ports.clone());
            self.open_access(cluster_id, &later)?;
        }
        let now = self.0.now;
        let cluster = self.0.realm.cluster_mut(self.0.engine, cluster_id)?;
        let workload = cluster.workload_mut(&order.namespace, &order.name)?;
        workload.description = order.description;
        workload.replicas = order.replicas;
        (workload.access, workload.ports) = (order.access, order.ports);
        (workload.strategy, workload.settling) = (strategy, settling);
        if workload.template != order.template {
            workload.replace(order.template, Change::Update, now);
        }
        let key = workload.key();
        self.control_plane().roll(cluster_id, &key);
        Ok(())
    }

    /// Changes a service and continues its rollout.
    fn adjust(
        &mut self,
        cluster_id: &str,
        namespace: &str,
        name: &str,
        adjust: impl FnOnce(&mut Workload, Millis) -> Outcome<()>,
    ) -> Outcome<()> {
        self.0.realm.running_cluster(self.0.engine, cluster_id)?;
        let now = self.0.now;
        let workload = self.0.realm.cluster_mut(self.0.engine, cluster_id)?.workload_mut(namespace, name)?;
        adjust(workload, now)?;
        let key = workload.key();
        self.control_plane().roll(cluster_id, &key);
        Ok(())
    }

    /// Changes the description of a service.
    pub fn describe_service(&mut self, cluster: &str, namespace: &str, name: &str, text: &str) -> Outcome<()> {
        self.adjust(cluster, namespace, name, |workload, _| {
            text.clone_into(&mut workload.description);
            Ok(())
        })
    }

    /// Changes the number of pods of a service.
    pub fn scale_service(&mut self, cluster: &str, namespace: &str, name: &str, to: u64) -> Outcome<()> {
        self.adjust(cluster, namespace, name, |workload, now| {
            if workload.template.has_disk() && to > 1 {
                return Err(Reason::Invalid.because("a service with a cloud disk has a single replica"));
            }
            if workload.replicas != to {
                (workload.replicas, workload.changed) = (to, now);
            }
            Ok(())
        })
    }

    /// Stops or continues changes of a service.
    pub fn pause_service(&mut self, cluster: &str, namespace: &str, name: &str, paused: bool) -> Outcome<()> {
        self.adjust(cluster, namespace, name, |workload, now| {
            if workload.paused && !paused {
                workload.changed = now;
            }
            workload.paused = paused;
            Ok(())
        })
    }

    /// Brings the template of a service back that it had before the last change.
    pub fn roll_back_service(&mut self, cluster: &str, namespace: &str, name: &str) -> Outcome<()> {
        self.adjust(cluster, namespace, name, |workload, now| {
            if workload.paused {
                let message = format!("the service {name} is paused: continue its update before it is rolled back");
                return Err(Reason::Unavailable.because(message));
            }
            let Some(previous) = workload.previous.clone() else {
                let message = format!("the service {name} has no configuration before its present one");
                return Err(Reason::Unavailable.because(message));
            };
            workload.replace(previous, Change::RollBack, now);
            Ok(())
        })
    }

    /// Replaces all pods of a service by equal ones; `template` is the present one with what is now known of images.
    pub fn redeploy_service(&mut self, cluster: &str, namespace: &str, name: &str, template: Template) -> Outcome<()> {
        self.adjust(cluster, namespace, name, |workload, now| {
            if workload.template == template {
                // What it was before stays what it can be rolled back to.
                workload.revision += 1;
                (workload.change, workload.changed) = (Some(Change::Update), now);
            } else {
                workload.replace(template, Change::Update, now);
            }
            Ok(())
        })
    }

    /// Replaces the template of a service.
    pub fn update_service(&mut self, cluster: &str, namespace: &str, name: &str, template: Template) -> Outcome<()> {
        self.adjust(cluster, namespace, name, |workload, now| {
            if workload.template != template {
                workload.replace(template, Change::Update, now);
            }
            Ok(())
        })
    }

    /// Deletes a service with all that belongs to it.
    pub fn delete_service(&mut self, cluster_id: &str, namespace: &str, name: &str) -> Outcome<()> {
        let key = self.0.realm.running_cluster(self.0.engine, cluster_id)?.workload(namespace, name)?.key();
        self.control_plane().drop_workload(cluster_id, &key);
        Ok(())
    }

    /// Deletes pods by their names; their workloads replace them. Says which are deleted, and why others are not.
    pub fn delete_pods(
        &mut self,
        cluster_id: &str,
        namespace: &str,
        names: &[String],
    ) -> Outcome<(Vec<String>, BTreeMap<String, String>)> {
        self.0.realm.running_cluster(self.0.engine, cluster_id)?;
        let (mut deleted, mut failed) = (Vec::new(), BTreeMap::new());
        for name in names {
            let cluster = self.0.realm.cluster(self.0.engine, cluster_id)?;
            match cluster.kubernetes.pod_named(namespace, name) {
                Some(uid) => {
                    if !deleted.contains(name) {
                        deleted.push(name.clone());
                        self.control_plane().evict_pod(cluster_id, &uid);
                    }
                }
                None => {
                    let message = format!("there is no instance {name} in the namespace {namespace}");
                    failed.insert(name.clone(), message);
                }
            }
        }
        self.control_plane().settle(cluster_id);
        Ok((deleted, failed))
    }

    /// Makes the Kubernetes service of a workload what its access and ports say.
    fn open_access(&mut self, cluster_id: &str, workload: &Workload) -> Outcome<()> {
        let now = self.0.now;
        let cluster = self.0.realm.cluster_mut(self.0.engine, cluster_id)?;
        let key = workload.key();
        let before = cluster.kubernetes.services.remove(&key);
        if workload.access == Access::None || workload.ports.is_empty() {
            if let Some(before) = before {
                self.control_plane().free_balancer(cluster_id, &before);
            }
            return Ok(());
        }
        let ports = workload.ports.iter().map(|port| {
            let name = format!("{}-{}", port.protocol.to_lowercase(), port.outside);
            let mut made = json!({
                "name": name, "port": port.outside, "targetPort": port.container, "protocol": port.protocol,
            });
            if let Some(node) = port.node.filter(|_| workload.access != Access::Cluster) {
                made["nodePort"] = json!(node);
            }
            made
        });
        let mut spec = Map::new();
        spec.insert("ports".into(), ports.collect::<Value>());
        spec.insert("selector".into(), json!(workload.labels()));
        let balanced = matches!(workload.access, Access::Public | Access::Private { .. });
        spec.insert("type".into(), json!(if balanced { "LoadBalancer" } else { "ClusterIP" }));
        let mut annotations = BTreeMap::new();
        if let Access::Private { subnet } = &workload.access {
            annotations.insert(SUBNET.to_owned(), subnet.clone());
        }
        let (name, namespace) = (workload.name.clone(), workload.namespace.clone());
        let new = NewService { name, namespace, labels: workload.labels(), annotations, spec };
        let same_kind = |one: &crate::kubernetes::services::Service| one.annotations.get(SUBNET).cloned();
        if cluster.add_service(new, now, self.0.ids).is_none() {
            if let Some(before) = before {
                cluster.kubernetes.services.insert(key, before);
            }
            return Err(Reason::Unavailable.because("the cluster has no address left for the service"));
        }
        // Who keeps the kind of access keeps the address and the load balancer.
        let kept = match (&before, cluster.kubernetes.services.get_mut(&key)) {
            (Some(before), Some(after)) if before.kind == after.kind && same_kind(before) == same_kind(after) => {
                (after.balancer, after.created) = (before.balancer.clone(), before.created);
                after.balanced = before.balanced;
                after.private_address.clone_from(&before.private_address);
                if let Some(address) = before.spec.get("clusterIP") {
                    after.spec.insert("clusterIP".into(), address.clone());
                }
                true
            }
            _ => false,
        };
        if let Some(before) = before.filter(|_| !kept) {
            self.control_plane().free_balancer(cluster_id, &before);
        }
        self.control_plane().address_balancer(cluster_id, &key);
        Ok(())
    }
}

impl Workload {
    /// The template with other images.
    pub fn with_images(&self, images: &Images) -> Outcome<Template> {
        let mut template = self.template.clone();
        match images {
            Images::Only(image) => match template.containers.as_mut_slice() {
                [only] => only.image.clone_from(image),
                several => {
                    let message = format!("the service has {} containers: name those to change", several.len());
                    return Err(Reason::Invalid.because(message));
                }
            },
            Images::Of(images) => {
                for (name, image) in images {
                    let container = template.containers.iter_mut().find(|container| container.name == *name);
                    let container = container.ok_or_else(|| {
                        Reason::NoPart.because(format!("the service {} has no container {name}", self.name))
                    })?;
                    container.image.clone_from(image);
                }
            }
        }
        Ok(template)
    }
}

/// Namespaces that every cluster has and keeps.
const PERMANENT: [&str; 3] = ["default", "kube-public", "kube-system"];

impl Ccs<'_> {
    /// Makes a namespace.
    pub fn add_namespace(&mut self, cluster_id: &str, name: &str, description: &str) -> Outcome<()> {
        self.0.realm.running_cluster(self.0.engine, cluster_id)?;
        let part_is_right = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        let is_label = name.len() <= 63
            && name.chars().all(part_is_right)
            && !name.is_empty()
            && !name.starts_with('-')
            && !name.ends_with('-');
        if !is_label {
            let message =
                format!("the name of a namespace has small letters, digits and hyphens inside; {name} has not");
            return Err(Reason::Invalid.because(message));
        }
        let cluster = self.0.realm.clusters.get_mut(cluster_id).filter(|c| !c.kubernetes.namespaces.contains(name));
        let Some(cluster) = cluster else {
            return Err(Reason::InUse.because(format!("the namespace {name} is there already")));
        };
        cluster.kubernetes.add_namespace(name, BTreeMap::new(), self.0.now, self.0.ids);
        cluster.kubernetes.descriptions.insert(name.to_owned(), description.to_owned());
        Ok(())
    }

    /// Deletes namespaces with all that is in them: all of them, or none.
    pub fn delete_namespaces(&mut self, cluster_id: &str, names: &[String]) -> Outcome<()> {
        let cluster = self.0.realm.running_cluster(self.0.engine, cluster_id)?;
        for name in names {
            if PERMANENT.contains(&name.as_str()) {
                return Err(Reason::Unavailable.because(format!("the namespace {name} cannot be deleted")));
            }
            if !cluster.kubernetes.namespaces.contains(name) {
                return Err(Reason::NoPart.because(format!("the namespace {name} does not exist in {cluster_id}")));
            }
        }
        for name in names {
            let path = format!("/api/v1/namespaces/{name}");
            let request = ApiRequest { method: "DELETE", path_and_query: &path, ..ApiRequest::default() };
            self.control_plane().request(cluster_id, request)?;
        }
        Ok(())
    }
}
