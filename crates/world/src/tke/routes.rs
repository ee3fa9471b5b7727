//! Route tables of clusters that accounts run without the platform.

use crate::Realm;
use crate::cluster::PodNetwork;
use crate::infra::cidr::Cidr;
use crate::kernel::violation::{Outcome, Reason, Violation};
use crate::tke::Tke;
use serde::{Deserialize, Serialize};

/// Route tables of an account in a region.
const MOST_TABLES: usize = 20;

/// A route table: the ranges of the pods of nodes.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RouteTable {
    pub name: String,
    pub range: Cidr,
    pub network: String,
    pub routes: Vec<Route>,
}

/// A route: the range of the pods of a node.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Route {
    pub range: Cidr,
    /// The address of the node.
    pub gateway: String,
}

/// What a range collides with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    pub kind: ConflictKind,
    pub range: Cidr,
    /// The cluster, the network, or the route table.
    pub name: String,
}

/// The kinds of things that a range collides with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConflictKind {
    Cluster,
    Network,
    NetworkRoute,
    RouteTable,
}

impl Tke<'_> {
    /// Everything in the network that the range overlaps.
    pub fn conflicts(&self, network: &str, range: Cidr) -> Outcome<Vec<Conflict>> {
        let place = self.0.realm.network(network)?;
        let mut found = Vec::new();
        let mut add = |kind, there: Cidr, name: &str| {
            if there.overlaps(range) {
                found.push(Conflict { kind, range: there, name: name.to_owned() });
            }
        };
        for own in [Some(place.range), place.extension].into_iter().flatten() {
            add(ConflictKind::Network, own, &place.id);
        }
        for cluster in self.0.realm.clusters.iter().filter(|cluster| cluster.network == network) {
            for theirs in cluster.ranges() {
                add(ConflictKind::Cluster, theirs, &cluster.id);
            }
        }
        let tables = || self.0.realm.tke.route_tables.iter().filter(|table| table.network == network);
        for route in place.global_routes.iter().filter(|route| tables().all(|table| table.range != **route)) {
            add(ConflictKind::NetworkRoute, *route, &place.id);
        }
        for table in tables() {
            add(ConflictKind::RouteTable, table.range, &table.name);
        }
        Ok(found)
    }

    /// Makes a route table.
    pub fn create_route_table(&mut self, name: &str, range: &str, network: &str, ignore: bool) -> Outcome<()> {
        let range = Realm::cluster_range(range)?;
        self.0.realm.network(network)?;
        let tables = &self.0.realm.tke.route_tables;
        if tables.contains(name) || self.0.realm.clusters.contains(name) {
            return Err(Reason::Exists.because(format!("there is a route table {name} already")));
        }
        if tables.len() >= MOST_TABLES {
            let message = format!("an account has at most {MOST_TABLES} route tables in a region");
            return Err(Reason::RouteQuota.because(message));
        }
        let conflicts = self.conflicts(network, range)?;
        let routes = [ConflictKind::NetworkRoute, ConflictKind::RouteTable];
        if let Some(conflict) = conflicts.iter().find(|conflict| !(ignore && routes.contains(&conflict.kind))) {
            return Err(conflict.fault(range));
        }
        let table = RouteTable { name: name.to_owned(), range, network: network.to_owned(), routes: Vec::new() };
        self.0.realm.tke.route_tables.insert(name, table);
        // From now on no cluster of the network can have the range.
        if let Some(network) = self.0.realm.networks.get_mut(network) {
            network.global_routes.push(range);
        }
        Ok(())
    }

    /// Deletes a route table without routes.
    pub fn delete_route_table(&mut self, name: &str) -> Outcome<()> {
        let table = self.route_table(name)?;
        if !table.routes.is_empty() {
            let message = format!("the route table {name} has {} routes", table.routes.len());
            return Err(Reason::NotEmpty.because(message));
        }
        let (network, range) = (table.network.clone(), table.range);
        self.0.realm.tke.route_tables.remove(name);
        if let Some(network) = self.0.realm.networks.get_mut(&network)
            && let Some(place) = network.global_routes.iter().rposition(|route| *route == range)
        {
            network.global_routes.remove(place);
        }
        Ok(())
    }

    /// The route table of that name.
    pub fn route_table(&self, name: &str) -> Outcome<&RouteTable> {
        self.0.realm.tke.route_tables.get(name).ok_or_else(|| no_table(name))
    }

    /// The routes of a table. A cluster whose pods are connected through routes has a table of its identifier, with a
    /// route for each node.
    pub fn routes(&self, name: &str) -> Outcome<Vec<Route>> {
        let cluster = self.0.realm.cluster(self.0.engine, name).ok();
        let Some(cluster) = cluster.filter(|cluster| cluster.pod_network == PodNetwork::GlobalRoute) else {
            return Ok(self.route_table(name)?.routes.clone());
        };
        let routes = cluster.nodes.iter().filter_map(|node| Some((node.pod_range?, node.ip.clone())));
        Ok(routes.map(|(range, gateway)| Route { range, gateway }).collect())
    }

    /// Adds a route to a table.
    pub fn create_route(&mut self, name: &str, range: &str, gateway: &str) -> Outcome<()> {
        let range = Cidr::parse(range)?;
        let table = self.route_table(name)?;
        if !table.range.contains(range) {
            let message = format!("{range} is outside of {}, the range of the route table {name}", table.range);
            return Err(Reason::OutOfTable.because(message));
        }
        if let Some(other) = table.routes.iter().find(|route| route.range.overlaps(range)) {
            let message = format!("{range} overlaps {}, a route of the table {name}", other.range);
            return Err(Reason::RangeOfRoute.because(message));
        }
        if table.routes.iter().any(|route| route.gateway == gateway) {
            let message = format!("the gateway {gateway} has a route of the table {name} already");
            return Err(Reason::GatewayTaken.because(message));
        }
        let mut machines = self.0.realm.machines.iter();
        if !machines.any(|machine| machine.network == table.network && machine.private_ip == gateway) {
            let message = format!("no machine of the network {} has the address {gateway}", table.network);
            return Err(Reason::NoMachine.because(message));
        }
        let route = Route { range, gateway: gateway.to_owned() };
        let table = self.0.realm.tke.route_tables.get_mut(name).ok_or_else(|| no_table(name))?;
        table.routes.push(route);
        Ok(())
    }

    /// Takes a route out of a table.
    pub fn delete_route(&mut self, name: &str, range: &str, gateway: &str) -> Outcome<()> {
        let range = Cidr::parse(range)?;
        let table = self.0.realm.tke.route_tables.get_mut(name).ok_or_else(|| no_table(name))?;
        let place = table.routes.iter().position(|route| route.range == range && route.gateway == gateway);
        let none = || Reason::Invalid.because(format!("the route table {name} has no route to {range} over {gateway}"));
        table.routes.remove(place.ok_or_else(none)?);
        Ok(())
    }
}

fn no_table(name: &str) -> Violation {
    Reason::NoRouteTable.because(format!("the route table {name} does not exist"))
}

impl Conflict {
    /// Why a range cannot be used.
    pub fn fault(&self, range: Cidr) -> Violation {
        let (reason, what) = match self.kind {
            ConflictKind::Cluster => (Reason::RangeOfCluster, "the cluster"),
            ConflictKind::Network => (Reason::RangeOfNetwork, "the private network"),
            ConflictKind::NetworkRoute => (Reason::RangeOfGlobalRoute, "a route of the private network"),
            ConflictKind::RouteTable => (Reason::RangeOfRoute, "the route table"),
        };
        reason.because(format!("{range} overlaps {}, the range of {what} {}", self.range, self.name))
    }
}
