//! Whether what TKE adds to clusters is consistent.

use super::groups::Group;
use super::{Parts, State};
use crate::Realm;
use crate::cluster::Cluster;
use crate::infra::ledger::Ledger;
use crate::kernel::check::Report;

impl Cluster {
    /// Checks what TKE adds to the cluster, and enters its addresses.
    pub(crate) fn check_parts(&self, report: &mut Report, realm: &Realm, ledger: &mut Ledger) {
        let parts = self.tke();
        parts.check_pools(report, self, realm);
        parts.check_native(report, self);
        for node in self.nodes.iter() {
            if let Some(group) = &node.group {
                let there = parts.groups.contains(group) || parts.native.pools.contains(group);
                report.there(there, "groups", group);
            }
            if let Some(pool) = &node.external_pool {
                report.there(parts.external.pools.contains(pool), "external.pools", pool);
            }
        }
        if let Some(support) = &parts.external.support {
            report.at("external.support", |report| {
                ledger.add(report, &realm.networks, &self.network, &support.subnet, &support.proxy);
            });
        }
        report.rows("addons", &parts.addons, |report, name, addon| report.id(name, addon.name));
        report.rows("component_logs", &parts.component_logs, |report, name, log| report.id(name, &log.name));
        report.rows("releases", &parts.releases, |report, _, release| {
            report.expect(!release.revisions.is_empty(), "row.revisions", || "must have at least one".to_owned());
        });
        report.unique("releases", parts.releases.iter().map(|release| release.id.as_str()));
        report.unique("tasks", parts.tasks.iter().map(|task| task.id.as_str()));
        if let Some(change) = &parts.level.change {
            let runs = parts.level.records.iter().any(|record| record.id == *change && record.ended.is_none());
            report.there(runs, "level.change", change);
        }
    }
}

impl Parts {
    fn check_pools(&self, report: &mut Report, cluster: &Cluster, realm: &Realm) {
        report.rows("groups", &self.groups, |report, id, group| {
            report.id(id, &group.id);
            report.at("row", |report| self.check_group(report, cluster, realm, group));
        });
        report.unique("groups", self.groups.iter().map(|group| group.launch.as_str()));
        report.rows("node_pools", &self.node_pools, |report, id, pool| {
            report.id(id, &pool.id);
            let group = self.groups.get(&pool.group).filter(|group| group.pool.as_deref() == Some(id));
            report.there(group.is_some(), "row.group", &pool.group);
            for machine in pool.added.iter().filter(|machine| !cluster.nodes.contains(machine)) {
                report.there(false, "row.added", machine);
            }
        });
        report.rows("external.pools", &self.external.pools, |report, id, pool| report.id(id, &pool.id));
    }

    fn check_group(&self, report: &mut Report, cluster: &Cluster, realm: &Realm, group: &Group) {
        let sizes = group.min <= group.desired && group.desired <= group.max;
        report.expect(sizes, "desired", || format!("must be {} to {}", group.min, group.max));
        if let Some(pool) = &group.pool {
            report.there(self.node_pools.contains(pool), "pool", pool);
        }
        for subnet in &group.subnets {
            report.there(realm.subnet(&cluster.network, subnet).is_ok(), "subnets", subnet);
        }
        let marked = [("protected", &group.protected), ("stopped", &group.stopped)];
        for (part, machine) in marked.into_iter().flat_map(|(part, all)| all.iter().map(move |one| (part, one))) {
            report.there(cluster.nodes.contains(machine), part, machine);
        }
    }

    fn check_native(&self, report: &mut Report, cluster: &Cluster) {
        let native = &self.native;
        report.rows("native.pools", &native.pools, |report, id, pool| {
            report.id(id, &pool.id);
            if let Some(policy) = &pool.spec.health_policy {
                report.there(native.policies.contains(policy), "row.spec.health_policy", policy);
            }
        });
        report.rows("native.machines", &native.machines, |report, name, machine| {
            report.id(name, &machine.name);
            report.there(native.pools.contains(&machine.pool), "row.pool", &machine.pool);
            report.there(cluster.nodes.contains(name), "row.name", name);
        });
        report.rows("native.policies", &native.policies, |report, name, policy| report.id(name, &policy.name));
        report.unique("native.machines", native.machines.iter().map(|machine| machine.instance.as_str()));
    }
}

impl State {
    /// Checks what TKE has in a region beside clusters, and enters its addresses.
    pub(crate) fn check_state(&self, report: &mut Report, realm: &Realm, ledger: &mut Ledger) {
        report.rows("image_caches", &self.image_caches, |report, id, cache| {
            report.id(id, &cache.id);
            if let Some(address) = cache.address() {
                report.at("row.address", |report| {
                    ledger.add(report, &realm.networks, &cache.spec.network, &cache.spec.subnet, address);
                });
            }
        });
        let plans: Vec<String> =
            self.upgrades.iter().flat_map(|task| &task.plans).map(|plan| plan.id.to_string()).collect();
        report.unique("upgrades", plans.iter().map(String::as_str));
        let sequences: Vec<String> = self.sequences.iter().map(|sequence| sequence.id.to_string()).collect();
        report.unique("sequences", sequences.iter().map(String::as_str));
        report.rows("route_tables", &self.route_tables, |report, name, table| {
            report.id(name, &table.name);
            report.there(realm.networks.contains(&table.network), "row.network", &table.network);
            for route in table.routes.iter().filter(|route| !table.range.contains(route.range)) {
                report.wrong("row.routes", format!("{} is not in {}", route.range, table.range));
            }
        });
    }
}
