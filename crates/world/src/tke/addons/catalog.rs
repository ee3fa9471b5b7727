//! The add-ons that TKE offers: their charts, versions and what they run in a cluster.

use crate::kernel::save::forms::known;
use serde::Deserializer;
use serde_json::{Value, json};

/// An add-on that is offered.
#[derive(Debug)]
pub struct Offer {
    pub name: &'static str,
    /// What it is for.
    pub kind: &'static str,
    /// The versions of its chart, oldest first.
    pub versions: &'static [&'static str],
    /// The oldest release of Kubernetes that it supports: the minor number.
    pub release: u32,
    /// Whether new clusters have it, which cannot be without it.
    pub system: bool,
    /// Whether there are images for machines with ARM processors.
    pub arm: bool,
    pub workloads: &'static [Workload],
}

/// What an add-on runs in a cluster.
#[derive(Debug)]
pub struct Workload {
    pub name: &'static str,
    pub namespace: &'static str,
    /// How many pods it has; none for a pod on each node.
    pub replicas: Option<u64>,
    /// Thousandths of a core.
    pub cpu: u64,
    /// MiB.
    pub memory: u64,
}

const SYSTEM: &str = "kube-system";

const fn daemon(name: &'static str, cpu: u64, memory: u64) -> Workload {
    Workload { name, namespace: SYSTEM, replicas: None, cpu, memory }
}

const fn deployment(name: &'static str, replicas: u64, cpu: u64, memory: u64) -> Workload {
    Workload { name, namespace: SYSTEM, replicas: Some(replicas), cpu, memory }
}

/// An add-on that is installed on demand, for both kinds of processors.
const fn offer(
    name: &'static str,
    kind: &'static str,
    versions: &'static [&'static str],
    release: u32,
    workloads: &'static [Workload],
) -> Offer {
    Offer { name, kind, versions, release, system: false, arm: true, workloads }
}

/// All add-ons, sorted by name.
pub const OFFERS: &[Offer] = &[
    // 002:37691-37701.
    Offer {
        system: true,
        ..offer(
            "cbs",
            "storage",
            &["1.0.4", "1.1.2"],
            14,
            &[daemon("csi-cbs-node", 0, 0), deployment("csi-cbs-controller", 1, 0, 0)],
        )
    },
    // 002:37406, 002:37432.
    offer("cerberus", "image", &["1.0.0"], 18, &[deployment("cerberus-webhook", 1, 100, 128)]),
    // 002:38897-38899.
    offer(
        "cfs",
        "storage",
        &["1.0.0", "1.0.4"],
        14,
        &[daemon("csi-nodeplugin-cfsplugin", 0, 0), deployment("csi-provisioner-cfsplugin", 1, 0, 0)],
    ),
    // 002:39605-39613.
    offer("cos", "storage", &["1.0.0", "1.0.6"], 10, &[daemon("csi-coslauncher", 0, 0), daemon("csi-cosplugin", 0, 0)]),
    // 002:39924, 002:39940.
    offer("descheduler", "scheduler", &["1.0.0"], 10, &[deployment("descheduler", 1, 200, 200)]),
    // 002:40421, 002:40433.
    offer("dnsautoscaler", "dns", &["1.0.0", "1.0.1"], 8, &[deployment("tke-dns-autoscaler", 1, 20, 10)]),
    // 002:40727-40729, 002:40799.
    offer(
        "dynamicscheduler",
        "scheduler",
        &["1.0.0"],
        10,
        &[deployment("dynamic-scheduler", 3, 400, 200), deployment("node-annotator", 1, 100, 100)],
    ),
    // 002:41888-41890, 002:41915.
    offer(
        "goosefs",
        "storage",
        &["1.0.0"],
        14,
        &[daemon("goosefs-csi-nodeplugin", 60, 270), deployment("goosefs-csi-controller", 1, 20, 220)],
    ),
    // 002:42193, 002:42207, 002:42430.
    offer("hpc", "other", &["1.0.7", "1.0.8"], 12, &[deployment("tke-hpc-controller", 1, 100, 128)]),
    // 002:43251, 002:43263, 002:32998.
    offer("ingressnginx", "network", &["1.3.0", "1.4.1"], 16, &[deployment("ingress-nginx-controller", 1, 100, 90)]),
    // 002:46141.
    Offer {
        system: true,
        ..offer("monitoragent", "monitor", &["1.3.10", "1.3.11"], 14, &[daemon("tke-monitor-agent", 0, 0)])
    },
    // 002:43062.
    offer("networkpolicy", "network", &["1.0.0"], 0, &[daemon("networkpolicy", 250, 250)]),
    // 002:43308, 002:43318.
    offer("nodelocaldnscache", "dns", &["1.0.0", "1.0.2"], 14, &[daemon("node-local-dns", 50, 5)]),
    // 002:43494.
    offer("nodeproblemdetectorplus", "monitor", &["1.0.0", "1.1.0"], 0, &[daemon("node-problem-detector", 100, 200)]),
    // 002:43668, 002:43685.
    Offer { arm: false, ..offer("nvidia-gpu", "other", &["1.0.0"], 16, &[daemon("nvidia-gpu-exporter", 100, 100)]) },
    // 002:44002.
    Offer { arm: false, ..offer("oomguard", "monitor", &["1.0.0"], 0, &[daemon("oom-guard", 20, 120)]) },
    // 002:37290.
    offer("podidentitywebhook", "other", &["0.1.4", "0.1.5"], 0, &[deployment("pod-identity-webhook", 1, 50, 64)]),
    // 002:44216, 002:44265-44269.
    offer(
        "tcr",
        "image",
        &["1.0.0", "1.1.0"],
        10,
        &[
            Workload {
                name: "tcr-assistant-controller-manager",
                namespace: "tcr-assistant-system",
                replicas: Some(1),
                cpu: 100,
                memory: 30,
            },
            Workload {
                name: "hosts-updater",
                namespace: "tcr-assistant-system",
                replicas: None,
                cpu: 100,
                memory: 100,
            },
        ],
    ),
    // 002:45875. The agents on the nodes are those of log collection.
    offer("tke-log-agent", "log", &["1.1.15", "1.1.16"], 10, &[deployment("cls-provisioner", 1, 100, 64)]),
    // 002:46378, 002:46386.
    offer(
        "user-group-access-control",
        "other",
        &["1.0.0"],
        16,
        &[deployment("user-group-access-control", 1, 500, 1_024)],
    ),
];

/// The name of an offer.
pub type OfferName = &'static str;

/// Reads the name of an offer.
pub(super) fn name<'de, D: Deserializer<'de>>(deserializer: D) -> Result<OfferName, D::Error> {
    known(deserializer, "add-on", |name| Some(find(name)?.name))
}

/// The add-on of that name.
pub fn find(name: &str) -> Option<&'static Offer> {
    OFFERS.iter().find(|offer| offer.name == name)
}

impl Offer {
    /// The newest version.
    pub fn latest(&self) -> &'static str {
        self.versions.last().copied().unwrap_or_default()
    }

    /// Whether all its pods can run without nodes that are machines.
    pub fn needs_no_nodes(&self) -> bool {
        self.workloads.iter().all(|workload| workload.replicas.is_some())
    }

    /// The parameters of its chart, with their defaults: for each workload replicas and requests.
    pub fn defaults(&self) -> Value {
        let of = |workload: &Workload| {
            let requests = json!({"cpu": format!("{}m", workload.cpu), "memory": format!("{}Mi", workload.memory)});
            let mut values = json!({"resources": {"requests": requests}});
            if let Some(replicas) = workload.replicas {
                values["replicas"] = json!(replicas);
            }
            (workload.name.to_owned(), values)
        };
        Value::Object(self.workloads.iter().map(of).collect())
    }
}
