//! The controllers of Kubernetes that run in a cluster.

use crate::cluster::Cluster;
use crate::tke::arguments::Component;

/// The controllers that every release has (kubernetes.io/docs/reference/command-line-tools-reference/kube-controller-manager).
const CONTROLLERS: [&str; 29] = [
    "attachdetach",
    "bootstrapsigner",
    "clusterrole-aggregation",
    "cronjob",
    "csrapproving",
    "csrcleaning",
    "csrsigning",
    "daemonset",
    "deployment",
    "disruption",
    "endpoint",
    "garbagecollector",
    "horizontalpodautoscaling",
    "job",
    "namespace",
    "nodeipam",
    "nodelifecycle",
    "persistentvolume-binder",
    "persistentvolume-expander",
    "podgc",
    "pv-protection",
    "pvc-protection",
    "replicaset",
    "replicationcontroller",
    "resourcequota",
    "serviceaccount",
    "statefulset",
    "tokencleaner",
    "ttl",
];
/// Those that run only if they are named.
const OFF: [&str; 2] = ["bootstrapsigner", "tokencleaner"];

impl Cluster {
    /// The controllers, and whether they run: as the argument `controllers` of the controller manager says.
    pub fn controller_states(&self) -> Vec<(&'static str, bool)> {
        let given = self.tke().arguments.of(Component::ControllerManager);
        let list = given.iter().find_map(|text| text.strip_prefix("controllers="));
        let words: Vec<&str> = list.unwrap_or("*").split(',').map(str::trim).collect();
        let runs = |name: &str| {
            let named = words.contains(&name) || (words.contains(&"*") && !OFF.contains(&name));
            named && !words.iter().any(|word| word.strip_prefix('-') == Some(name))
        };
        CONTROLLERS.iter().map(|name| (*name, runs(name))).collect()
    }
}
