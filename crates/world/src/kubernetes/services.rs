//! Kubernetes services.

use super::balancers::{Notes, Plan};
use super::names::{items, text};
use super::refusal::FieldFault;
use super::selectors::LabelSelector;
use super::{ControlPlane, KubeEvent};
use crate::cluster::Cluster;
use crate::infra::machines::public_address;
use crate::kernel::ids::Ids;
use crate::kernel::{Millis, SECOND};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// How long a load balancer takes to come up.
pub(super) const BALANCER: Millis = 10 * SECOND;
/// Ports that services open on nodes.
const NODE_PORTS: std::ops::RangeInclusive<u64> = 30_000..=32_767;

/// What ties a private load balancer to its subnet.
pub const SUBNET: &str = "service.kubernetes.io/qcloud-loadbalancer-internal-subnetid";
/// The load balancer that a service uses in place of a new one.
const EXISTING: &str = "service.kubernetes.io/tke-existed-lbid";
/// How the traffic of a public load balancer is paid.
const CHARGE: &str = "service.kubernetes.io/qcloud-loadbalancer-internet-charge-type";
const CHARGES: [&str; 2] = ["TRAFFIC_POSTPAID_BY_HOUR", "BANDWIDTH_POSTPAID_BY_HOUR"];
/// The most traffic of a public load balancer, in Mbit/s.
const BANDWIDTH: &str = "service.kubernetes.io/qcloud-loadbalancer-internet-max-bandwidth-out";
/// The nodes behind a load balancer, as a selector.
const BACKENDS: &str = "service.kubernetes.io/qcloud-loadbalancer-backends-label";

/// The kinds of services.
const TYPES: [&str; 4] = ["ClusterIP", "ExternalName", "LoadBalancer", "NodePort"];

/// What the annotations of a service ask for (tce:4809-4838), in clouds that have no others.
pub(crate) fn balancer_plan(annotations: &BTreeMap<String, String>) -> Plan {
    let note = |name: &str| annotations.get(name).cloned();
    Plan { private: annotations.contains_key(SUBNET), subnet: note(SUBNET), existing: note(EXISTING), missing: None }
}

/// What is wrong with the annotations of a service.
pub(crate) fn balancer_faults(notes: Notes<'_>) -> Vec<FieldFault> {
    let mut faults: Vec<FieldFault> = notes.one_of(CHARGE, &CHARGES).into_iter().collect();
    let mut wrong = |name: &str, value: &str, why: &str| {
        faults.push(FieldFault::invalid(Notes::field(name), value, why));
    };
    if let Some(bandwidth) = notes.get(BANDWIDTH)
        && !bandwidth.parse().is_ok_and(|bandwidth: u64| (1..=2_000).contains(&bandwidth))
    {
        wrong(BANDWIDTH, bandwidth, "must be between 1 and 2000, inclusive");
    }
    if let Some(id) = notes.get(EXISTING).filter(|id| !id.starts_with("lb-") || id.len() < 4) {
        wrong(EXISTING, id, "is not the identifier of a load balancer");
    }
    if let Some(selector) = notes.get(BACKENDS).filter(|selector| LabelSelector::read(selector).is_err()) {
        wrong(BACKENDS, selector, "is not a label selector");
    }
    faults
}

/// A service.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Service {
    pub name: String,
    pub namespace: String,
    pub uid: String,
    pub labels: BTreeMap<String, String>,
    pub annotations: BTreeMap<String, String>,
    pub kind: ServiceKind,
    pub spec: Map<String, Value>,
    pub balancer: Option<String>,
    /// What its annotations say about it.
    plan: Plan,
    /// The address of a private load balancer, in its subnet.
    pub private_address: Option<String>,
    pub created: Millis,
    /// When its load balancer was ordered.
    pub balanced: Millis,
    pub version: u64,
}

/// How a service is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
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
        self.balancer.is_some() && addressed && now >= self.balanced + BALANCER
    }

    /// The address of the load balancer once it is up.
    pub fn outside_address(&self, now: Millis) -> Option<String> {
        let balancer = self.balancer.as_ref().filter(|_| self.balancer_is_up(now))?;
        let given = self.spec.get("loadBalancerIP").and_then(Value::as_str).filter(|address| !address.is_empty());
        // The address of a load balancer that was there before (cce:8426).
        let given = given.filter(|_| self.plan.existing.is_some()).map(str::to_owned);
        let address = self.private_address.clone().or(given);
        Some(address.unwrap_or_else(|| public_address(balancer)))
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
    /// What is wrong with a service that is to be made or changed.
    pub(super) fn service_faults(&self, object: &Value) -> Vec<FieldFault> {
        let mut faults = Vec::new();
        let kind = text(object, "/spec/type");
        if !TYPES.contains(&kind) {
            faults.push(FieldFault::not_supported("spec.type", kind, &TYPES));
        }
        let ports = items(object, "/spec/ports");
        if ports.is_empty() && kind != "ExternalName" && text(object, "/spec/clusterIP") != "None" {
            faults.push(FieldFault::required("spec.ports", ""));
        }
        let own = format!("{}/{}", text(object, "/metadata/namespace"), text(object, "/metadata/name"));
        let taken = self.node_ports(Some(&own));
        let mut seen: Vec<(u64, &str)> = Vec::new();
        for (place, port) in ports.iter().enumerate() {
            let field = |name: &str| format!("spec.ports[{place}].{name}");
            let number = |name: &str| port.get(name).and_then(Value::as_u64);
            let own = number("port").unwrap_or(0);
            if !(1..=65_535).contains(&own) {
                faults.push(FieldFault::invalid(field("port"), own, "must be between 1 and 65535, inclusive"));
            }
            let name = text(port, "/name");
            if ports.len() > 1 && name.is_empty() {
                faults.push(FieldFault::required(field("name"), ""));
            }
            let protocol = text(port, "/protocol");
            if !matches!(protocol, "TCP" | "UDP" | "SCTP") {
                faults.push(FieldFault::not_supported(field("protocol"), protocol, &["SCTP", "TCP", "UDP"]));
            }
            if seen.contains(&(own, protocol)) {
                faults.push(FieldFault::duplicate(format!("spec.ports[{place}]"), port.clone()));
            }
            seen.push((own, protocol));
            match number("nodePort").filter(|port| *port != 0) {
                Some(node) if kind == "ClusterIP" => {
                    let why = "may not be used when `type` is 'ClusterIP'";
                    faults
                        .push(FieldFault { value: Some(json!(node)), ..FieldFault::forbidden(field("nodePort"), why) });
                }
                Some(node) if !NODE_PORTS.contains(&node) => {
                    let why = format!(
                        "provided port is not in the valid range. The range of valid ports is {}-{}",
                        NODE_PORTS.start(),
                        NODE_PORTS.end()
                    );
                    faults.push(FieldFault::invalid(field("nodePort"), node, why));
                }
                Some(node) if taken.contains(&node) => {
                    faults.push(FieldFault::invalid(field("nodePort"), node, "provided port is already allocated"));
                }
                _ => {}
            }
        }
        faults.extend(self.engine.balancer_faults(Notes(object)));
        faults
    }

    /// Changes a service; gives the former one if it gave up a load balancer.
    pub(super) fn change_service(
        &mut self,
        key: &str,
        next: NewService,
        now: Millis,
        ids: &mut Ids,
    ) -> Result<Option<Service>, FieldFault> {
        let Some(before) = self.kubernetes.services.get(key).cloned() else { return Ok(None) };
        let own = before.spec.get("clusterIP").cloned();
        let wanted = next.spec.get("clusterIP").filter(|wanted| !wanted.is_null() && **wanted != json!(""));
        if wanted.is_some_and(|wanted| Some(wanted) != own.as_ref()) {
            let value = wanted.cloned().unwrap_or_default();
            return Err(FieldFault::invalid("spec.clusterIP", value, "field is immutable"));
        }
        // Its address is free while it is made anew, so that it gets the same one.
        self.kubernetes.services.remove(key);
        let place = self.add_service(next, now, ids);
        let Some(after) = place.and_then(|_| self.kubernetes.services.get_mut(key)) else {
            self.kubernetes.services.insert(key, before);
            return Ok(None);
        };
        (after.uid, after.created) = (before.uid.clone(), before.created);
        if let Some(address) = own {
            after.spec.insert("clusterIP".into(), address);
        }
        if before.kind == after.kind && before.plan == after.plan {
            (after.balancer, after.balanced) = (before.balancer.clone(), before.balanced);
            after.private_address.clone_from(&before.private_address);
            return Ok(None);
        }
        Ok(Some(before))
    }

    /// Adds a service; gives nothing when there is no address left for it.
    pub fn add_service(&mut self, new: NewService, now: Millis, ids: &mut Ids) -> Option<String> {
        let NewService { name, namespace, labels, annotations, mut spec } = new;
        let plan = self.engine.balancer_plan(&annotations);
        let kind = match spec.get("type").and_then(Value::as_str).unwrap_or("ClusterIP") {
            "LoadBalancer" if plan.private => ServiceKind::PrivateBalancer,
            "LoadBalancer" => ServiceKind::PublicBalancer,
            "NodePort" => ServiceKind::NodePort,
            _ => ServiceKind::Inside,
        };
        let external = spec.get("type").and_then(Value::as_str) == Some("ExternalName");
        if spec.get("clusterIP").and_then(Value::as_str) != Some("None") && !external {
            spec.insert("clusterIP".into(), json!(self.free_service_address()?));
        }
        spec.entry("type").or_insert_with(|| json!("ClusterIP"));
        spec.entry("sessionAffinity").or_insert_with(|| json!("None"));
        let mut taken = self.node_ports(None);
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
            balancer: (balanced && plan.missing.is_none())
                .then(|| plan.existing.clone().unwrap_or_else(|| ids.next("lb"))),
            plan,
            private_address: None,
            created: now,
            balanced: now,
            version: self.kubernetes.next_version(),
        };
        let key = service.key();
        self.kubernetes.services.insert(key.clone(), service);
        Some(key)
    }

    /// The private load balancers' addresses, each with its subnet.
    pub fn balancer_addresses(&self) -> impl Iterator<Item = (String, String)> {
        let services = self.kubernetes.services.iter();
        services.filter_map(|service| Some((service.plan.subnet.clone()?, service.private_address.clone()?)))
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

    /// The ports on nodes that services have, but for one of them.
    fn node_ports(&self, but: Option<&str>) -> BTreeSet<u64> {
        let services = self.kubernetes.services.iter().filter(|service| but.is_none_or(|but| service.key() != but));
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
    /// Gives the private load balancer of a service an address of its subnet, if it has none yet: of the first one of the
    /// network if none is named. What is in the way is noted.
    pub fn address_balancer(&mut self, cluster_id: &str, key: &str) {
        let Some(cluster) = self.0.realm.clusters.get(cluster_id) else { return };
        let network = cluster.network.clone();
        let Some(service) = cluster.kubernetes.services.get(key) else { return };
        let balanced = matches!(service.kind, ServiceKind::PublicBalancer | ServiceKind::PrivateBalancer);
        if let Some(why) = service.plan.missing.clone().filter(|_| balanced) {
            return self.balancer_event(cluster_id, key, why.into_owned());
        }
        if service.kind != ServiceKind::PrivateBalancer || service.private_address.is_some() {
            return;
        }
        let first = || Some(self.0.realm.networks.get(&network)?.subnets.iter().next()?.id.clone());
        let Some(subnet) = service.plan.subnet.clone().or_else(first) else { return };
        let address = self.take_address(&network, &subnet);
        if address.is_none() {
            let why = format!("the subnet {subnet} has no address for the load balancer, or is not in {network}");
            self.balancer_event(cluster_id, key, why);
        }
        let cluster = self.0.realm.clusters.get_mut(cluster_id);
        if let Some(service) = cluster.and_then(|cluster| cluster.kubernetes.services.get_mut(key)) {
            service.private_address = address;
            service.plan.subnet = Some(subnet);
        }
    }

    fn balancer_event(&mut self, cluster_id: &str, key: &str, message: String) {
        let (uid, at) = (self.0.ids.uuid(), self.0.now);
        let Some(cluster) = self.0.realm.clusters.get_mut(cluster_id) else { return };
        let Some(service) = cluster.kubernetes.services.get(key) else { return };
        let event = KubeEvent {
            name: String::new(),
            uid,
            namespace: service.namespace.clone(),
            kind: "Service".into(),
            object: service.name.clone(),
            object_uid: service.uid.clone(),
            reason: "SyncLoadBalancerFailed".into(),
            message,
            warning: true,
            component: "service-controller".into(),
            at,
            version: 0,
        };
        cluster.kubernetes.record(event);
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
        if let (Some(network), Some(subnet), Some(address)) = (network, &service.plan.subnet, &service.private_address)
        {
            self.release_address(&network, subnet, address);
        }
    }
}
