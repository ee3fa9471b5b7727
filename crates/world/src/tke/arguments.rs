//! Arguments that callers give to the components of the control plane.

use super::tasks::{Life, TaskKind};
use super::versions::minor;
use crate::cluster::Kind;
use crate::kernel::violation::{Outcome, Reason};
use crate::kernel::{Millis, SECOND};
use crate::tke::{Event, Tke};
use serde::{Deserialize, Serialize};

/// How long the components take to start with new arguments, one after another.
const ROLL_OUT: Millis = 60 * SECOND;

/// A component of the control plane.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Component {
    ApiServer,
    ControllerManager,
    Scheduler,
    Etcd,
}

impl Component {
    /// The name of the component's program.
    pub fn name(self) -> &'static str {
        match self {
            Self::ApiServer => "kube-apiserver",
            Self::ControllerManager => "kube-controller-manager",
            Self::Scheduler => "kube-scheduler",
            Self::Etcd => "etcd",
        }
    }
}

/// An argument that the platform knows: its range, and the versions that have it.
#[derive(Debug, Clone, Copy)]
pub struct Flag {
    pub component: Component,
    pub name: &'static str,
    pub kind: &'static str,
    pub default: &'static str,
    /// The least and the greatest value; both empty if any is possible.
    pub range: (&'static str, &'static str),
    /// The minor versions that have it first and last.
    minors: (u32, u32),
}

/// The last minor version of arguments that were never removed.
const NO_END: u32 = u32::MAX;

/// The arguments of the guide (002:4900-5065): component, name, kind, default, range, minor versions.
const FLAGS: &[Flag] = &[
    flag(Component::ApiServer, "feature-gates", "mapStringBool", "", ("", ""), (14, NO_END)),
    flag(Component::ApiServer, "goaway-chance", "float", "0", ("0", "0.02"), (18, NO_END)),
    manager("kube-api-burst", "int", "30", ("30", "3000"), (14, NO_END)),
    manager("kube-api-qps", "qps", "20", ("20", "5000"), (14, NO_END)),
    manager("node-monitor-grace-period", "duration", "40s", ("40s", "1h"), (14, NO_END)),
    manager("node-startup-grace-period", "duration", "1m0s", ("1m", "1h"), (14, NO_END)),
    manager("pod-eviction-timeout", "duration", "5m", ("5m", "1h"), (14, 24)),
    manager("cluster-signing-duration", "duration", "8760h0m0s", ("8760h", "87600h"), (22, NO_END)),
    manager("concurrent-cron-job-syncs", "int", "5", ("5", "20"), (20, NO_END)),
    manager("concurrent-deployment-syncs", "int", "5", ("5", "20"), (14, NO_END)),
    manager("concurrent-endpoint-syncs", "int", "5", ("5", "20"), (14, NO_END)),
    manager("concurrent-ephemeralvolume-syncs", "int", "5", ("5", "20"), (24, NO_END)),
    manager("concurrent-gc-syncs", "int", "20", ("20", "50"), (14, NO_END)),
    manager("concurrent-horizontal-pod-autoscaler-syncs", "int", "5", ("5", "20"), (26, NO_END)),
    manager("concurrent-job-syncs", "int", "5", ("5", "20"), (14, NO_END)),
    manager("concurrent-namespace-syncs", "int", "10", ("10", "20"), (14, NO_END)),
    manager("concurrent-rc-syncs", "int", "5", ("5", "20"), (14, NO_END)),
    manager("concurrent-replicaset-syncs", "int", "5", ("5", "20"), (14, NO_END)),
    manager("concurrent-resource-quota-syncs", "int", "5", ("5", "20"), (14, NO_END)),
    manager("concurrent-service-endpoint-syncs", "int", "5", ("5", "20"), (16, NO_END)),
    manager("concurrent-service-syncs", "int", "1", ("1", "5"), (14, NO_END)),
    manager("concurrent-serviceaccount-token-syncs", "int", "5", ("5", "20"), (14, NO_END)),
    manager("concurrent-statefulset-syncs", "int", "5", ("5", "20"), (16, NO_END)),
    manager("concurrent-ttl-after-finished-syncs", "int", "5", ("5", "20"), (14, NO_END)),
    manager("endpoint-updates-batch-period", "duration", "0", ("0s", "10s"), (14, NO_END)),
    manager("endpointslice-updates-batch-period", "duration", "0", ("0s", "10s"), (18, NO_END)),
    manager("horizontal-pod-autoscaler-cpu-initialization-period", "duration", "5m0s", ("1m", "10m"), (14, NO_END)),
    manager("horizontal-pod-autoscaler-downscale-stabilization", "duration", "5m0s", ("1m", "10m"), (14, NO_END)),
    manager("horizontal-pod-autoscaler-initial-readiness-delay", "duration", "30s", ("10s", "1m"), (14, NO_END)),
    manager("horizontal-pod-autoscaler-sync-period", "duration", "15s", ("5s", "1m"), (14, NO_END)),
    manager("horizontal-pod-autoscaler-tolerance", "float", "0.1", ("0.01", "0.3"), (14, NO_END)),
    manager("large-cluster-size-threshold", "int", "50", ("10", "100"), (14, NO_END)),
    manager("namespace-sync-period", "duration", "5m0s", ("1m", "10m"), (14, NO_END)),
    manager("node-eviction-rate", "float", "0.1", ("0.01", "0.1"), (14, NO_END)),
    manager("resource-quota-sync-period", "duration", "5m0s", ("1m", "10m"), (14, NO_END)),
    manager("secondary-node-eviction-rate", "float", "0.01", ("0.001", "0.01"), (14, NO_END)),
    manager("terminated-pod-gc-threshold", "int", "12500", ("0", "12500"), (14, NO_END)),
    manager("unhealthy-zone-threshold", "float", "0.55", ("0.55", "1"), (14, NO_END)),
    manager("feature-gates", "mapStringBool", "", ("", ""), (14, NO_END)),
    manager("v", "int", "", ("1", "10"), (14, NO_END)),
    scheduler("evict-filter-toleration", "duration", "5m0s", ("30s", "240h"), (18, NO_END)),
    scheduler("hard-pod-affinity-symmetric-weight", "int", "1", ("0", "100"), (14, 20)),
    scheduler("kube-api-burst", "int", "100", ("30", "3000"), (14, NO_END)),
    scheduler("kube-api-qps", "float", "50", ("20", "5000"), (14, NO_END)),
    scheduler("feature-gates", "mapStringBool", "", ("", ""), (14, NO_END)),
];

const fn flag(
    component: Component,
    name: &'static str,
    kind: &'static str,
    default: &'static str,
    range: (&'static str, &'static str),
    minors: (u32, u32),
) -> Flag {
    Flag { component, name, kind, default, range, minors }
}

const fn manager(
    name: &'static str,
    kind: &'static str,
    default: &'static str,
    range: (&'static str, &'static str),
    minors: (u32, u32),
) -> Flag {
    flag(Component::ControllerManager, name, kind, default, range, minors)
}

const fn scheduler(
    name: &'static str,
    kind: &'static str,
    default: &'static str,
    range: (&'static str, &'static str),
    minors: (u32, u32),
) -> Flag {
    flag(Component::Scheduler, name, kind, default, range, minors)
}

/// The arguments that a version has.
pub fn available(version: &str) -> impl Iterator<Item = &'static Flag> {
    let minor = minor(version);
    FLAGS.iter().filter(move |flag| (flag.minors.0..=flag.minors.1).contains(&minor))
}

/// A number, or a duration such as `1m30s` in seconds.
fn amount(kind: &str, text: &str) -> Option<f64> {
    let number = |text: &str| text.parse::<f64>().ok().filter(|number| number.is_finite());
    match kind {
        "int" => text.parse::<i64>().ok().map(|number| number as f64),
        "duration" if text == "0" => Some(0.0),
        "duration" => {
            let mut rest = text;
            let mut total = 0.0;
            while !rest.is_empty() {
                let end = rest.find(|c: char| c.is_ascii_alphabetic())?;
                let (digits, tail) = rest.split_at(end);
                let unit_end = tail.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(tail.len());
                let (unit, after) = tail.split_at(unit_end);
                let seconds = match unit {
                    "ms" => 0.001,
                    "s" => 1.0,
                    "m" => 60.0,
                    "h" => 3_600.0,
                    _ => return None,
                };
                total += number(digits)? * seconds;
                rest = after;
            }
            Some(total).filter(|_| !text.is_empty())
        }
        _ => number(text),
    }
}

impl Flag {
    fn check(&self, version: &str, value: &str) -> Outcome<()> {
        let component = self.component.name();
        if !(self.minors.0..=self.minors.1).contains(&minor(version)) {
            let message = format!("{component} of Kubernetes {version} has no argument {}", self.name);
            return Err(Reason::Invalid.because(message));
        }
        if self.kind == "mapStringBool" {
            let is_pair = |pair: &str| matches!(pair.split_once('='), Some((key, "true" | "false")) if !key.is_empty());
            if value.split(',').all(is_pair) {
                return Ok(());
            }
            let message = format!("{} of {component} is a list like Name=true,Other=false, not {value}", self.name);
            return Err(Reason::Invalid.because(message));
        }
        let (least, most) = self.range;
        let bounds = (amount(self.kind, least), amount(self.kind, most));
        let within = match (amount(self.kind, value), bounds) {
            (Some(value), (Some(least), Some(most))) => (least..=most).contains(&value),
            (value, _) => value.is_some(),
        };
        if within {
            return Ok(());
        }
        let message = format!("{} of {component} is in [{least}, {most}], not {value}", self.name);
        Err(Reason::Invalid.because(message))
    }
}

/// The arguments of the components, each as `name=value`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Arguments(pub Vec<(Component, Vec<String>)>);

impl Arguments {
    /// The arguments of a component.
    pub fn of(&self, component: Component) -> &[String] {
        self.0.iter().find(|(there, _)| *there == component).map_or(&[], |(_, arguments)| arguments)
    }

    /// Whether a control plane of that version and kind can have the arguments.
    pub fn check(&self, version: &str, kind: Kind) -> Outcome<()> {
        for (component, arguments) in &self.0 {
            if *component == Component::Etcd && kind == Kind::Managed && !arguments.is_empty() {
                return Err(Reason::Invalid.because("Etcd takes arguments in independent clusters only"));
            }
            let mut names = Vec::new();
            for argument in arguments {
                let pair = argument.split_once('=').filter(|(name, _)| !name.is_empty() && !name.starts_with('-'));
                let Some((name, value)) = pair else {
                    let message = format!("the argument {argument} of {} is not written name=value", component.name());
                    return Err(Reason::Invalid.because(message));
                };
                if names.contains(&name) {
                    let message = format!("the argument {name} of {} is given twice", component.name());
                    return Err(Reason::Invalid.because(message));
                }
                names.push(name);
                let known = FLAGS.iter().find(|flag| flag.component == *component && flag.name == name);
                if let Some(flag) = known {
                    flag.check(version, value)?;
                }
            }
        }
        Ok(())
    }
}

/// A change of arguments that is being rolled out.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ArgumentsChange {
    /// The arguments before the change.
    pub before: Arguments,
    pub task: String,
}

impl Tke<'_> {
    /// Changes the arguments of a control plane; its components start anew one after another.
    pub fn change_arguments(&mut self, id: &str, arguments: Arguments) -> Outcome<()> {
        let cluster = self.idle_cluster(id)?;
        arguments.check(&cluster.version, cluster.kind)?;
        let task = self.start_task(id, TaskKind::Arguments, id, "the arguments of the control plane".to_owned());
        let parts = self.0.realm.cluster_mut(self.0.engine, id)?.tke_mut();
        let before = std::mem::replace(&mut parts.arguments, arguments);
        parts.arguments_change = Some(ArgumentsChange { before, task: task.clone() });
        self.after(ROLL_OUT, Event::ArgumentsRolledOut { cluster: id.to_owned(), task });
        Ok(())
    }

    /// Cancels a change of arguments: the control plane has those from before.
    pub fn abort_arguments(&mut self, id: &str) -> Outcome<()> {
        self.0.realm.running_cluster(self.0.engine, id)?;
        let parts = self.0.realm.cluster_mut(self.0.engine, id)?.tke_mut();
        let Some(change) = parts.arguments_change.take() else {
            let message = format!("no change of arguments of the cluster {id} is running");
            return Err(Reason::TaskState.because(message));
        };
        parts.arguments = change.before;
        self.note_task(id, &change.task, Life::Aborted, "");
        Ok(())
    }

    pub(super) fn arguments_rolled_out(&mut self, id: &str, task: &str) {
        let Some(cluster) = self.0.realm.clusters.get_mut(id) else { return };
        let change = &mut cluster.tke_mut().arguments_change;
        if change.as_ref().is_some_and(|change| change.task == task) {
            *change = None;
            self.note_task(id, task, Life::Done, "");
        }
    }
}
