//! Whether clusters are consistent.

use super::endpoints::Endpoint;
use super::nodes::Node;
use super::{Cluster, PodNetwork};
use crate::Realm;
use crate::infra::ledger::Ledger;
use crate::kernel::check::Report;
use std::collections::BTreeSet;

impl Cluster {
    /// Checks the cluster, and enters the addresses that its parts have in subnets.
    pub(crate) fn check(&self, report: &mut Report, realm: &Realm, ledger: &mut Ledger) {
        report.there(realm.networks.contains(&self.network), "network", &self.network);
        report.expect(self.max_pods > 0, "max_pods", || "must be at least 1".to_owned());
        self.check_ranges(report);
        for subnet in &self.pod_subnets {
            report.there(realm.subnet(&self.network, subnet).is_ok(), "pod_subnets", subnet);
        }
        self.check_nodes(report, realm);
        for (part, endpoint) in
            [("public_endpoint", &self.public_endpoint), ("private_endpoint", &self.private_endpoint)]
        {
            if let Some(Endpoint { subnet: Some(subnet), address, .. }) = endpoint {
                report.at(part, |report| ledger.add(report, &realm.networks, &self.network, subnet, address));
            }
        }
        report.rows("pools", &self.pools, |report, id, pool| {
            report.id(id, &pool.id);
            for subnet in &pool.subnets {
                report.there(realm.subnet(&self.network, subnet).is_ok(), "row.subnets", subnet);
            }
        });
        report.rows("virtual_nodes", &self.virtual_nodes, |report, name, node| {
            report.id(name, &node.name);
            report.at("row", |report| {
                ledger.add(report, &realm.networks, &self.network, &node.subnet, &node.address);
                report.there(self.pools.contains(&node.pool), "pool", &node.pool);
            });
        });
        report.at("kubernetes", |report| self.kubernetes.check(report, self, realm, ledger));
    }

    fn check_ranges(&self, report: &mut Report) {
        let more = self.more_ranges.iter().chain(&self.reserved_ranges);
        let all: Vec<_> = self.range.iter().chain(more).collect();
        for (place, range) in all.iter().enumerate() {
            let twice = all.iter().take(place).any(|before| before.overlaps(**range));
            report.expect(!twice, "more_ranges", || format!("{range} overlaps another range of the cluster"));
        }
    }

    fn check_nodes(&self, report: &mut Report, realm: &Realm) {
        let mut blocks = BTreeSet::new();
        report.rows("nodes", &self.nodes, |report, machine, node| {
            report.id(machine, &node.machine);
            report.at("row", |report| self.check_node(report, realm, node));
            if let Some(block) = node.pod_range {
                report.expect(blocks.insert(block), "row.pod_range", || format!("{block} is given twice"));
                let mut ranges = self.range.iter().chain(&self.more_ranges);
                let inside = self.pod_network == PodNetwork::GlobalRoute && ranges.any(|range| range.contains(block));
                report.expect(inside, "row.pod_range", || format!("{block} is not in a range of the cluster"));
            }
        });
        let virtual_nodes = self.virtual_nodes.iter().map(|node| node.name.as_str());
        report.unique("nodes", self.nodes.iter().map(|node| node.name.as_str()).chain(virtual_nodes));
    }

    /// A node has a machine that is the cluster's, unless the machine is outside of the cloud.
    fn check_node(&self, report: &mut Report, realm: &Realm, node: &Node) {
        node.size.check(report);
        if node.external_pool.is_some() {
            return;
        }
        match realm.machines.get(&node.machine) {
            None => report.wrong("machine", format!("`{}` is not there", node.machine)),
            Some(machine) => {
                let is_own = machine.cluster.as_deref() == Some(self.id.as_str());
                report.expect(is_own, "machine", || format!("`{}` belongs to no node of this cluster", machine.id));
                let same = machine.private_ip == node.ip;
                report.expect(same, "ip", || format!("{} is expected, the address of the machine", machine.private_ip));
                let network = &machine.network;
                report.expect(*network == self.network, "machine", || format!("is in another network, `{network}`"));
            }
        }
    }
}
