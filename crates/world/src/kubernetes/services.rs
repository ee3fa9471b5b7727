//! Kubernetes services.

use super::ControlPlane;
use crate::cluster::Cluster;
use crate::infra::machines::public_address;
use crate::kernel::ids::Ids;
use crate::kernel::{Millis, SECOND};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// How long a load balancer takes to come up.
const BALANCER: Millis = 10 * SECOND;
/// Ports that services open on nodes.
const NODE_PORTS: std::ops::RangeInclusive<u64> = 30_000..=32_767;

/// What ties a private load balancer to its subnet.
pub const SUBNET: &str = "service.kubernetes.io/qcloud-loadbalancer-internal-subnetid";

/// A service.
#[derive(Debug, Clone)]
pub struct Service {
    pub name: String,
    pub namespace: String,
    pub uid: String,
    pub labels: BTreeMap<String, String>,
    pub annotations: BTreeMap<String, String>,
    pub kind: ServiceKind,
    pub spec: Map<String, Value>,
    pub balancer: Option<String>,
    /// The address of a private load balancer, in its subnet.
    pub private_address: Option<String>,
    pub created: Millis,
    pub version: u64,
}

/// How a service is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ServiceKind {
    Inside,
    NodePort,
    PublicBalancer,
    PrivateBalancer,
}

impl Service {
    /// What the service is kept under.
    pub fn key(&self) -> String {
        format!("{}/{}", self.namespace, self.name)
    }

    /// Whether the load balancer of the service, if it has one, is up. A private one is not while its subnet has no
    /// address for it.
    pub fn balancer_is_up(&self, now: Millis) -> bool {
        let addressed = self.kind != ServiceKind::PrivateBalancer || self.private_address.is_some();
        self.balancer.is_some() && addressed && now >= self.created + BALANCER
    }

    /// The address of the load balancer once it is up.
    pub fn outside_address(&self, now: Millis) -> Option<String> {
        let balancer = self.balancer.as_ref().filter(|_| self.balancer_is_up(now))?;
        Some(self.private_address.clone().unwrap_or_else(|| public_address(balancer)))
    }

    /// Labels of the pods behind the service.
    pub fn selector(&self) -> BTreeMap<String, String> {
        let selector = self.spec.get("selector").and_then(Value::as_object);
        let pairs = selector.into_iter().flatten();
        pairs.filter_map(|(key, value)| Some((key.clone(), value.as_str()?.to_owned()))).collect()
    }
}

/// A service to create.
#[derive(Debug, Clone, Default)]
pub struct NewService {
    pub name: String,
    pub namespace: String,
    pub labels: BTreeMap<String, String>,
    pub annotations: BTreeMap<String, String>,
    pub spec: Map<String, Value>,
}

impl Cluster {
    /// Adds a service; gives nothing when there is no address left for it.
    pub fn add_service(&mut self, new: NewService, now: Millis, ids: &mut Ids) -> Option<String> {
        let NewService { name, namespace, labels, annotations, mut spec } = new;
        let internal = annotations.contains_key(SUBNET);
        let kind = match spec.get("type").and_then(Value::as_str).unwrap_or("ClusterIP") {
            "LoadBalancer" if internal => ServiceKind::PrivateBalancer,
            "LoadBalancer" => ServiceKind::PublicBalancer,
            "NodePort" => ServiceKind::NodePort,
            _ => ServiceKind::Inside,
        };
        if spec.get("clusterIP").and_then(Value::as_str) != Some("None") {
            spec.insert("clusterIP".into(), json!(self.free_service_address()?));
        }
        spec.entry("type").or_insert_with(|| json!("ClusterIP"));
        spec.entry("sessionAffinity").or_insert_with(|| json!("None"));
        let mut taken = self.node_ports();
        if let Some(ports) = spec.get_mut("ports").and_then(Value::as_array_mut) {
            for port in ports.iter_mut().filter_map(Value::as_object_mut) {
                let own = port.get("port").cloned().unwrap_or_default();
                port.entry("protocol").or_insert_with(|| json!("TCP"));
                port.entry("targetPort").or_insert(own);
                if kind != ServiceKind::Inside && !port.contains_key("nodePort") {
                    let free = NODE_PORTS.clone().find(|port| !taken.contains(port))?;
                    taken.insert(free);
                    port.insert("nodePort".into(), json!(free));
                }
            }
        }
        let balanced = matches!(kind, ServiceKind::PublicBalancer | ServiceKind::PrivateBalancer);
        let service = Service {
            name,
            namespace,
            uid: ids.uuid(),
            labels,
            annotations,
            kind,
            spec,
            balancer: balanced.then(|| ids.next("lb")),
            private_address: None,
            created: now,
            version: self.kubernetes.next_version(),
        };
        let key = service.key();
        self.kubernetes.services.insert(key.clone(), service);
        Some(key)
    }

    /// The private load balancers' addresses, each with its subnet.
    pub fn balancer_addresses(&self) -> impl Iterator<Item = (String, String)> {
        let services = self.kubernetes.services.iter();
        services
            .filter_map(|service| Some((service.annotations.get(SUBNET)?.clone(), service.private_address.clone()?)))
    }

    /// One of the services that every cluster has.
    pub fn add_system_service(&mut self, namespace: &str, name: &str, port: u64, now: Millis, ids: &mut Ids) {
        let mut spec = Map::new();
        spec.insert("ports".into(), json!([{"name": "main", "port": port}]));
        if namespace == super::SYSTEM {
            spec.insert("selector".into(), json!({"k8s-app": name}));
        }
        let (name, namespace) = (name.to_owned(), namespace.to_owned());
        self.add_service(NewService { name, namespace, spec, ..NewService::default() }, now, ids);
    }

    fn node_ports(&self) -> BTreeSet<u64> {
        let services = self.kubernetes.services.iter();
        let ports = services.filter_map(|service| service.spec.get("ports")?.as_array());
        ports.flatten().filter_map(|port| port.get("nodePort")?.as_u64()).collect()
    }

    /// The lowest address of the service range that no service has.
    fn free_service_address(&self) -> Option<String> {
        let range = self.service_range?;
        let services = self.kubernetes.services.iter();
        let taken: BTreeSet<&str> = services.filter_map(|s| s.spec.get("clusterIP")?.as_str()).collect();
        // The network number and the broadcast address are nobody's.
        let last = range.size().min(self.max_services).saturating_sub(1);
        (1..last).map(|place| range.address(place).to_string()).find(|address| !taken.contains(address.as_str()))
    }
}

impl ControlPlane<'_, '_> {
    /// Gives the private load balancer of a service an address of its subnet, if it has none yet.
    pub fn address_balancer(&mut self, cluster_id: &str, key: &str) {
        let Some(cluster) = self.0.realm.clusters.get(cluster_id) else { return };
        let network = cluster.network.clone();
        let service = cluster.kubernetes.services.get(key);
        let service =
            service.filter(|service| service.kind == ServiceKind::PrivateBalancer && service.private_address.is_none());
        let Some(subnet) = service.and_then(|service| service.annotations.get(SUBNET).cloned()) else { return };
        let address = self.take_address(&network, &subnet);
        let cluster = self.0.realm.clusters.get_mut(cluster_id);
        if let Some(service) = cluster.and_then(|cluster| cluster.kubernetes.services.get_mut(key)) {
            service.private_address = address;
        }
    }

    /// Removes a service and gives the address of its private load balancer back.
    pub fn drop_service(&mut self, cluster_id: &str, key: &str) -> Option<Service> {
        let service = self.0.realm.clusters.get_mut(cluster_id)?.kubernetes.services.remove(key)?;
        self.free_balancer(cluster_id, &service);
        Some(service)
    }

    /// Gives the address of the private load balancer of a service back.
    pub fn free_balancer(&mut self, cluster_id: &str, service: &Service) {
        let network = self.0.realm.clusters.get(cluster_id).map(|cluster| cluster.network.clone());
        if let (Some(network), Some(subnet), Some(address)) =
            (network, service.annotations.get(SUBNET), &service.private_address)
        {
            self.release_address(&network, subnet, address);
        }
    }
}
