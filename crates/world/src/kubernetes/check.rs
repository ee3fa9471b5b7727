//! Whether the objects of a cluster are consistent.

use super::{Kubernetes, Pod};
use crate::Realm;
use crate::cluster::Cluster;
use crate::infra::ledger::Ledger;
use crate::kernel::check::Report;

/// The most that versions and other counters can be.
const MOST: u64 = 1 << 53;

impl Kubernetes {
    /// Checks the objects of a cluster, and enters the addresses that pods and balancers have in subnets.
    pub(crate) fn check(&self, report: &mut Report, cluster: &Cluster, realm: &Realm, ledger: &mut Ledger) {
        report.expect(self.version <= MOST, "version", || format!("must be at most {MOST}"));
        report.expect(self.addresses <= MOST, "addresses", || format!("must be at most {MOST}"));
        report.rows("namespaces", &self.namespaces, |report, name, namespace| {
            report.id(name, &namespace.name);
            self.check_version(report, "row.version", namespace.version);
        });
        report.rows("pods", &self.pods, |report, uid, pod| {
            report.id(uid, &pod.uid);
            report.at("row", |report| {
                self.check_pod(report, cluster, pod);
                if let (Some(subnet), Some(address)) = (&pod.subnet, &pod.address) {
                    ledger.add(report, &realm.networks, &cluster.network, subnet, address);
                }
            });
        });
        let names: Vec<String> = self.pods.iter().map(|pod| format!("{}/{}", pod.namespace, pod.name)).collect();
        report.unique("pods", names.iter().map(String::as_str));
        report.rows("services", &self.services, |report, id, service| {
            report.id(id, &format!("{}/{}", service.namespace, service.name));
            report.there(self.namespaces.contains(&service.namespace), "row.namespace", &service.namespace);
            self.check_version(report, "row.version", service.version);
        });
        for (subnet, address) in cluster.balancer_addresses() {
            report.at("services", |report| ledger.add(report, &realm.networks, &cluster.network, &subnet, &address));
        }
        report.rows("workloads", &self.workloads, |report, id, workload| {
            report.id(id, &format!("{}/{}", workload.namespace, workload.name));
            report.there(self.namespaces.contains(&workload.namespace), "row.namespace", &workload.namespace);
        });
        report.each("events", &self.events, |report, event| self.check_version(report, "version", event.version));
        report.at("store", |report| self.store.check(report, self.version));
    }

    fn check_version(&self, report: &mut Report, part: &str, version: u64) {
        let last = self.version;
        report.expect(version <= last, part, || format!("{version} is later than {last}, the version of the cluster"));
    }

    fn check_pod(&self, report: &mut Report, cluster: &Cluster, pod: &Pod) {
        report.there(self.namespaces.contains(&pod.namespace), "namespace", &pod.namespace);
        self.check_version(report, "version", pod.version);
        if let Some(name) = &pod.node {
            let here = cluster.nodes.iter().any(|node| node.name == *name)
                || cluster.virtual_nodes.iter().any(|node| node.name == *name);
            report.there(here, "node", name);
        }
        report.expect(!pod.running || pod.node.is_some(), "node", || "is missing, and the pod runs".to_owned());
    }
}
