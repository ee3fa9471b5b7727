//! Whether what ACK adds to clusters is consistent.

use super::State;
use crate::Realm;
use crate::infra::ledger::Ledger;
use crate::kernel::check::Report;
use crate::kernel::engine::Engine;

impl State {
    /// Checks the parts that ACK adds to its clusters, and enters their addresses.
    pub(crate) fn check_state(&self, report: &mut Report, realm: &Realm, ledger: &mut Ledger) {
        let own = realm.clusters.iter().filter(|cluster| cluster.engine.product() == super::ENGINE.product());
        let clusters: Vec<&str> = own.map(|cluster| cluster.id.as_str()).collect();
        for id in clusters.iter().filter(|id| !self.clusters.contains(id)) {
            report.wrong("clusters", format!("the cluster `{id}` is missing"));
        }
        report.rows("clusters", &self.clusters, |report, id, dedicated| {
            report.id(id, &dedicated.cluster);
            report.there(clusters.contains(&id), "row.cluster", id);
            let Some(cluster) = realm.clusters.get(id) else { return };
            report.at("row.address", |report| {
                let (subnet, address) = (&dedicated.address_subnet, &dedicated.address);
                ledger.add(report, &realm.networks, &cluster.network, subnet, address);
            });
            report.rows("row.policies", &dedicated.policies, |report, name, policy| report.id(name, &policy.name));
            report.rows("row.repair_policies", &dedicated.repair_policies, |report, id, policy| {
                report.id(id, &policy.id);
            });
            let nodes = cluster.nodes.iter().filter(|node| !self.nodes.contains(&node.machine));
            nodes.for_each(|node| report.wrong("row", format!("the node `{}` is missing in `nodes`", node.machine)));
        });
        report.rows("nodes", &self.nodes, |report, machine, worker| {
            report.id(machine, &worker.machine);
            let node = realm.clusters.get(&worker.cluster).and_then(|cluster| cluster.nodes.get(machine));
            report.there(node.is_some(), "row.machine", machine);
            if let Some(pool) = &worker.pool {
                let there = self.pools.get(pool).is_some_and(|pool| pool.cluster == worker.cluster);
                report.there(there, "row.pool", pool);
            }
        });
        report.rows("pools", &self.pools, |report, id, pool| {
            report.id(id, &pool.id);
            report.there(clusters.contains(&pool.cluster.as_str()), "row.cluster", &pool.cluster);
        });
        report.rows("addons", &self.addons, |report, _, addon| {
            report.there(clusters.contains(&addon.cluster.as_str()), "row.cluster", &addon.cluster);
        });
        report.rows("resources", &self.resources, |report, id, resource| {
            report.id(id, &resource.id);
            if let Some(cluster) = &resource.cluster {
                report.there(clusters.contains(&cluster.as_str()), "row.cluster", cluster);
            }
        });
        report.unique("templates", self.templates.iter().map(|template| template.history.as_str()));
        report.rows("tasks", &self.tasks, |report, id, task| {
            report.id(id, &task.id);
            // A task that is over may be about what is gone.
            if task.works_on_nodes() {
                report.there(clusters.contains(&task.cluster.as_str()), "row.cluster", &task.cluster);
            }
        });
    }
}
