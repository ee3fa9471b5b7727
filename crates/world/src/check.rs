//! Whether a world is consistent. [`World::load`] and tests ask for it. Each layer and each engine checks its own parts.

use crate::infra::ledger::Ledger;
use crate::kernel::check::{Problem, Report};
use crate::kernel::events::Planned;
use crate::{Realm, World};

impl World {
    /// Returns what contradicts itself in the world: identifiers and addresses that are there twice, numbers that differ
    /// from what they count, names of things that are not there. A world that was changed by its own methods has no
    /// problems.
    pub fn check(&self) -> Vec<Problem> {
        let mut report = Report::default();
        report.moment("now", self.now);
        report.at("registry", |report| self.registry.check(report));
        report.each("queue", self.queue.iter(), |report, planned| self.check_planned(report, planned));
        report.each("realms", &self.realms, |report, (key, realm)| {
            report.at("value", |report| {
                realm.check_realm(report, key.vendor);
                let windows = self.windows.get(&key.account).map_or(&[][..], Vec::as_slice);
                let is_shared = realm.tke.global_windows == windows;
                report.expect(is_shared, "tke.global_windows", || "differ from the windows of the account".to_owned());
            });
        });
        report.into_problems()
    }

    /// An event may be about a cluster that is gone, but its realm is there.
    fn check_planned(&self, report: &mut Report, planned: &Planned) {
        report.moment("due", planned.due);
        report.expect(planned.due >= self.now, "due", || "is in the past".to_owned());
        report.expect(self.realms.contains_key(&planned.realm), "realm", || "is not there".to_owned());
        let vendor = planned.engine.vendor();
        report.expect(planned.realm.vendor == vendor, "engine", || format!("is an engine of {vendor}"));
    }
}

impl Realm {
    fn check_realm(&self, report: &mut Report, vendor: &str) {
        let mut ledger = Ledger::default();
        self.check_infra(report, &mut ledger);
        report.rows("clusters", &self.clusters, |report, id, cluster| {
            report.id(id, &cluster.id);
            let own = cluster.engine.vendor();
            report.expect(own == vendor, "row.engine", || format!("is an engine of {own}, in a realm of {vendor}"));
            report.at("row", |report| {
                cluster.check(report, self, &mut ledger);
                report.at("parts.tke", |report| cluster.check_parts(report, self, &mut ledger));
            });
        });
        report.at("tke", |report| self.tke.check_state(report, self, &mut ledger));
        report.at("cce", |report| self.cce.check_state(report, self, &mut ledger));
        report.at("ack", |report| self.ack.check_state(report, self, &mut ledger));
        report.at("ccs", |report| self.ccs.check(report));
        ledger.close(report, &self.networks);
    }
}
