//! Health checks of clusters: reports on the state of nodes and workloads, and on how workloads are set up (002:57596).

use crate::cluster::nodes::{Node, Role, State};
use crate::cluster::{Cluster, Kind, Stage};
use crate::kernel::time::utc;
use crate::kernel::{MINUTE, Millis};
use crate::kubernetes::SYSTEM;
use crate::kubernetes::names::{items, name_of, namespace_of, number};
use crate::tke::{Event, Tke};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::borrow::Cow;
use std::collections::BTreeSet;

/// When a new cluster is checked for the first time, and how often after that.
const FIRST: Millis = 10 * MINUTE;
const PERIOD: Millis = 24 * 60 * MINUTE;
/// The most reports of a cluster.
const MOST: usize = 30;

/// The two parts of a report (002:57610-57655).
pub const STATE: &str = "资源状态";
pub const SETUP: &str = "运行情况";
const NODES: &str = "节点";
const WORKLOADS: &str = "工作负载";
const COMPONENTS: &str = "组件";

/// The result of a check.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Report {
    pub name: String,
    pub at: Millis,
    pub diagnostics: Vec<Diagnostic>,
}

/// One item of a report.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Diagnostic {
    /// The part of the report, and what the item is about.
    pub first: Cow<'static, str>,
    pub second: Cow<'static, str>,
    pub kind: Cow<'static, str>,
    pub description: Cow<'static, str>,
    pub findings: Vec<Finding>,
}

/// What an item says of one object.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Finding {
    pub level: Level,
    pub object: String,
    pub namespace: String,
    pub description: String,
    pub proposal: Cow<'static, str>,
}

/// How bad something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Level {
    Serious,
    Risk,
    Warn,
    Good,
}

impl Level {
    /// All levels, the worst first.
    pub const ALL: [Self; 4] = [Self::Serious, Self::Risk, Self::Warn, Self::Good];

    /// The name of the level.
    pub fn name(self) -> &'static str {
        match self {
            Self::Serious => "serious",
            Self::Risk => "risk",
            Self::Warn => "warn",
            Self::Good => "good",
        }
    }
}

/// A workload of the cluster.
struct Workload<'a> {
    object: &'a Value,
    /// How many pods it wants, and how many are available.
    wanted: i64,
    available: i64,
}

impl Workload<'_> {
    fn finding(&self, level: Level, description: impl Into<String>, proposal: &'static str) -> Finding {
        let (object, namespace) = (name_of(self.object).to_owned(), namespace_of(self.object).to_owned());
        Finding { level, object, namespace, description: description.into(), proposal: proposal.into() }
    }

    fn containers(&self) -> &[Value] {
        items(self.object, "/spec/template/spec/containers")
    }

    /// A warning if something is missing.
    fn wants(&self, has: bool, missing: &str, proposal: &'static str) -> Finding {
        if has { self.finding(Level::Good, "", "") } else { self.finding(Level::Warn, missing, proposal) }
    }
}

fn diagnostic(texts: [&'static str; 4], findings: Vec<Finding>) -> Diagnostic {
    let [first, second, kind, description] = texts.map(Cow::Borrowed);
    Diagnostic { first, second, kind, description, findings }
}

impl Cluster {
    fn inspected_workloads(&self) -> Vec<Workload<'_>> {
        let of = |kind: &str, wanted: &'static str, available: &'static str| {
            let objects = self.kubernetes.store.list(kind, None).map(|object| &**object);
            objects
                .map(|object| Workload {
                    object,
                    wanted: number(object, wanted).unwrap_or(0),
                    available: number(object, available).unwrap_or(0),
                })
                .collect::<Vec<_>>()
        };
        let mut all = of("deployments.apps", "/spec/replicas", "/status/availableReplicas");
        all.extend(of("statefulsets.apps", "/spec/replicas", "/status/readyReplicas"));
        all.extend(of("daemonsets.apps", "/status/desiredNumberScheduled", "/status/numberAvailable"));
        all
    }

    fn node_findings(&self, role: Role) -> Vec<Finding> {
        let nodes = self.nodes.iter().filter(|node| node.role == role);
        let finding = |node: &Node| {
            let ready = node.state == State::Running && node.leaving.is_none();
            let (level, description, proposal) = match ready {
                true => (Level::Good, "", ""),
                false => (Level::Risk, "the node is not ready", "Wait until it is ready, or remove it."),
            };
            let (object, namespace) = (node.name.clone(), String::new());
            Finding { level, object, namespace, description: description.to_owned(), proposal: proposal.into() }
        };
        nodes.map(finding).collect()
    }

    /// Whether the cluster survives the loss of a node or of a zone (002:57690).
    fn availability(&self) -> Finding {
        let workers: Vec<&Node> = self.nodes.iter().filter(|node| node.role == Role::Worker).collect();
        let zones: BTreeSet<&str> = workers.iter().map(|node| node.zone.as_str()).collect();
        let count = workers.len();
        let (level, description, proposal) = match (count, zones.len()) {
            (0 | 1, _) => (Level::Risk, format!("the cluster has {count} nodes"), "Add nodes."),
            (_, 1) => (Level::Warn, "all nodes are in one zone".to_owned(), "Add nodes in other zones."),
            _ => (Level::Good, String::new(), ""),
        };
        Finding { level, object: self.id.clone(), namespace: String::new(), description, proposal: proposal.into() }
    }

    fn has_budget(&self, workload: &Workload<'_>) -> bool {
        let labels = workload.object.pointer("/spec/template/metadata/labels");
        let budgets = self.kubernetes.store.list("poddisruptionbudgets.policy", Some(namespace_of(workload.object)));
        let mut budgets =
            budgets.filter_map(|budget| budget.pointer("/spec/selector/matchLabels")?.as_object().cloned());
        budgets.any(|wanted| {
            !wanted.is_empty()
                && wanted.iter().all(|(key, value)| labels.and_then(|labels| labels.get(key)) == Some(value))
        })
    }

    /// Checks the cluster.
    fn inspect(&self) -> Vec<Diagnostic> {
        let all = self.inspected_workloads();
        let (system, own): (Vec<_>, Vec<_>) = all.iter().partition(|one| namespace_of(one.object) == SYSTEM);
        let mut diagnostics = self.inspect_state(&system, &own);
        diagnostics.extend(self.inspect_setup(&own));
        diagnostics
    }

    /// Checks what runs.
    fn inspect_state(&self, system: &[&Workload<'_>], own: &[&Workload<'_>]) -> Vec<Diagnostic> {
        let item = |second, kind, description, findings| diagnostic([STATE, second, kind, description], findings);
        let state = |workload: &&Workload<'_>| {
            let (wanted, available) = (workload.wanted, workload.available);
            if available >= wanted {
                return workload.finding(Level::Good, "", "");
            }
            let level = if available == 0 { Level::Serious } else { Level::Risk };
            let description = format!("{available} of {wanted} pods are available");
            workload.finding(level, description, "Look at the events of its pods.")
        };
        let mut diagnostics = Vec::new();
        if self.kind == Kind::Independent {
            diagnostics.push(item(NODES, "master", "The masters are ready.", self.node_findings(Role::Master)));
        }
        diagnostics.push(item(NODES, "node", "The nodes are ready.", self.node_findings(Role::Worker)));
        let found = system.iter().map(state).collect();
        diagnostics.push(item(COMPONENTS, "component", "The components of the cluster run.", found));
        let found = own.iter().map(state).collect();
        diagnostics.push(item(WORKLOADS, "workload", "The pods of workloads are available.", found));
        diagnostics
    }

    /// Checks how nodes and workloads are set up.
    fn inspect_setup(&self, own: &[&Workload<'_>]) -> Vec<Diagnostic> {
        let item = |second, kind, description, findings| diagnostic([SETUP, second, kind, description], findings);
        let each = |check: &dyn Fn(&Workload<'_>) -> Finding| own.iter().map(|one| check(one)).collect::<Vec<_>>();
        let lacks = |container: &Value, path: &str| container.pointer(path).is_none_or(Value::is_null);
        let limits = each(&|one| {
            let paths = ["/resources/requests", "/resources/limits"];
            let has = !one.containers().iter().any(|container| paths.iter().any(|path| lacks(container, path)));
            one.wants(has, "a container has no request or no limit", "Set requests and limits.")
        });
        let affinity = each(&|one| {
            let has = one.wanted < 2 || one.object.pointer("/spec/template/spec/affinity").is_some();
            one.wants(has, "it has no affinity or anti-affinity", "Spread its pods over nodes.")
        });
        let budgets = each(&|one| {
            let has = one.wanted < 2 || self.has_budget(one);
            one.wants(has, "it has no PodDisruptionBudget", "Create a PodDisruptionBudget.")
        });
        let probes = each(&|one| {
            let bare = |container: &Value| lacks(container, "/readinessProbe") && lacks(container, "/livenessProbe");
            one.wants(!one.containers().iter().any(bare), "a container has no probe", "Set probes.")
        });
        vec![
            item(NODES, "node-ha", "The nodes are several, in several zones.", vec![self.availability()]),
            item(WORKLOADS, "requests-limits", "Containers have requests and limits.", limits),
            item(WORKLOADS, "affinity", "Workloads of several pods spread them.", affinity),
            item(WORKLOADS, "pdb", "Workloads of several pods have a budget.", budgets),
            item(WORKLOADS, "health-check", "Containers have probes.", probes),
        ]
    }
}

impl Tke<'_> {
    /// Plans the first check of a new cluster.
    pub(super) fn start_inspections(&mut self, cluster_id: &str) {
        self.0.after(FIRST, Event::Inspection { cluster: cluster_id.to_owned() });
    }

    /// Checks a cluster, and plans the next check.
    pub(super) fn inspect_cluster(&mut self, cluster_id: &str) {
        let now = self.0.now;
        let Ok(cluster) = self.0.cluster_mut(cluster_id) else { return };
        if cluster.stage == Stage::Up {
            let name = format!("{cluster_id}-{}", utc(now).format("%Y%m%d%H%M%S"));
            let diagnostics = cluster.inspect();
            let reports = &mut cluster.tke_mut().reports;
            reports.push(Report { name, at: now, diagnostics });
            if reports.len() > MOST {
                reports.remove(0);
            }
        }
        self.0.after(PERIOD, Event::Inspection { cluster: cluster_id.to_owned() });
    }
}
