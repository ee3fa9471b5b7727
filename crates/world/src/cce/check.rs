//! Whether what CCE adds to clusters is consistent.

use super::{ENGINE, State};
use crate::Realm;
use crate::infra::ledger::Ledger;
use crate::kernel::check::Report;
use crate::kernel::engine::Engine;

impl State {
    /// Checks the parts that CCE adds to its clusters, and enters their addresses.
    pub(crate) fn check_state(&self, report: &mut Report, realm: &Realm, ledger: &mut Ledger) {
        let clusters: Vec<&str> =
            realm.clusters.iter().filter(|cluster| is_own(cluster.engine)).map(|cluster| cluster.id.as_str()).collect();
        for id in clusters.iter().filter(|id| !self.clusters.contains(id)) {
            report.wrong("clusters", format!("the cluster `{id}` is missing"));
        }
        report.rows("clusters", &self.clusters, |report, id, hosted| {
            report.id(id, &hosted.cluster);
            report.there(clusters.contains(&id), "row.cluster", id);
            report.at("row.address", |report| {
                ledger.add(report, &realm.networks, &hosted.network, &hosted.subnet, &hosted.address);
            });
        });
        report.rows("nodes", &self.nodes, |report, uid, member| {
            report.id(uid, &member.uid);
            report.there(clusters.contains(&member.cluster.as_str()), "row.cluster", &member.cluster);
            let node = realm.clusters.get(&member.cluster).and_then(|cluster| cluster.nodes.get(&member.machine));
            report.there(node.is_some(), "row.machine", &member.machine);
            if let Some(pool) = &member.pool {
                let there = self.pools.get(pool).is_some_and(|pool| pool.cluster == member.cluster);
                report.there(there, "row.pool", pool);
            }
        });
        report.unique("nodes", self.nodes.iter().map(|member| member.machine.as_str()));
        let nodes = realm.clusters.iter().filter(|cluster| is_own(cluster.engine)).map(|cluster| cluster.nodes.len());
        let (nodes, members) = (nodes.sum::<usize>(), self.nodes.len());
        report.expect(nodes == members, "nodes", || format!("{members} are there, the clusters have {nodes}"));
        report.rows("pools", &self.pools, |report, id, pool| {
            report.id(id, &pool.id);
            report.there(clusters.contains(&pool.cluster.as_str()), "row.cluster", &pool.cluster);
        });
        report.rows("addons", &self.addons, |report, id, addon| {
            report.id(id, &addon.id);
            report.there(clusters.contains(&addon.cluster.as_str()), "row.cluster", &addon.cluster);
        });
        report.rows("jobs", &self.jobs, |report, id, job| report.id(id, &job.id));
        let parts = self.jobs.iter().flat_map(|job| job.parts.iter().chain([job]));
        report.unique("jobs", parts.map(|job| job.id.as_str()));
    }
}

fn is_own(engine: &dyn Engine) -> bool {
    engine.product() == ENGINE.product()
}
