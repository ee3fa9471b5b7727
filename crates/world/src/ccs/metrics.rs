//! Measurements: what clusters, services, pods and containers use, as a smooth function of what ran when.
//!
//! Nothing is stored: the values follow from the history. A thing that did not run has none.

use crate::ccs::history::{ContainerRun, History, PodRun};
use crate::kernel::Millis;
use crate::kernel::ids::hash;
use std::f64::consts::TAU;

const DAY: f64 = 86_400.0;
/// How long a container takes until it works as it will.
const WARM_UP: f64 = 60.0;
/// What a container without a request uses, in cores and MiB.
const USUAL_CPU: f64 = 0.25;
const USUAL_MEMORY: f64 = 128.0;
/// What the system of a node uses: of its cores, of its memory.
const SYSTEM_CPU: f64 = 0.03;
const SYSTEM_MEMORY: f64 = 0.12;
/// Bits of a packet.
const PACKET: f64 = 5_600.0;
/// KB of one access to a disk.
const BLOCK: f64 = 16.0;

/// The measured values of a thing at one moment. Units: cores, MiB, Mbit/s, KB/s; shares are from 0 to 1.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Usage {
    pub cpu: f64,
    pub memory: f64,
    pub received: f64,
    pub sent: f64,
    pub read: f64,
    pub written: f64,
}

/// The thing that the metrics are about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    Cluster(String),
    Service {
        cluster: String,
        namespace: String,
        service: String,
    },
    Pod {
        cluster: String,
        namespace: String,
        service: String,
        pod: String,
    },
    /// By the first twelve digits of its identifier.
    Container {
        cluster: String,
        namespace: String,
        service: String,
        pod: String,
        container: String,
    },
}

/// A quantity that can be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quantity {
    Cpu,
    Memory,
    CpuOf(Whole),
    MemoryOf(Whole),
    /// Mbit/s.
    Received,
    Sent,
    /// MB in a period.
    ReceivedInAll,
    SentInAll,
    /// Packets in a second.
    PacketsReceived,
    PacketsSent,
    /// KB/s.
    Read,
    Written,
    /// Accesses in a period.
    Reads,
    Writes,
}

/// Of what a use is a share, in percent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whole {
    Cluster,
    Node,
    Request,
    Limit,
}

impl Usage {
    fn and(self, other: Self) -> Self {
        Self {
            cpu: self.cpu + other.cpu,
            memory: self.memory + other.memory,
            received: self.received + other.received,
            sent: self.sent + other.sent,
            read: self.read + other.read,
            written: self.written + other.written,
        }
    }
}

impl Subject {
    fn is_about(&self, run: &PodRun) -> bool {
        match self {
            Self::Cluster(cluster) => run.cluster == *cluster,
            Self::Service { cluster, namespace, service } => {
                (&run.cluster, &run.namespace, &run.workload) == (cluster, namespace, service)
            }
            Self::Pod { cluster, namespace, service, pod }
            | Self::Container { cluster, namespace, service, pod, .. } => {
                (&run.cluster, &run.namespace, &run.workload, &run.pod) == (cluster, namespace, service, pod)
            }
        }
    }

    /// The containers of the run that it is about.
    fn containers<'a>(&self, run: &'a PodRun) -> impl Iterator<Item = &'a ContainerRun> {
        let wanted = match self {
            Self::Container { container, .. } => Some(container.clone()),
            _ => None,
        };
        run.containers.iter().filter(move |one| wanted.as_ref().is_none_or(|id| one.id.get(..12) == Some(id.as_str())))
    }
}

impl History {
    /// Whether there ever was such a thing.
    pub fn knows(&self, subject: &Subject) -> bool {
        let pods = || self.pods.iter().any(|run| subject.is_about(run) && subject.containers(run).next().is_some());
        match subject {
            Subject::Cluster(cluster) => self.nodes.iter().any(|run| run.cluster == *cluster) || pods(),
            _ => pods(),
        }
    }

    /// The value at a moment; nothing where the thing did not run, or what it is a share of is not there.
    pub fn measure(&self, subject: &Subject, quantity: Quantity, at: Millis, period: Millis) -> Option<f64> {
        if let Subject::Cluster(cluster) = subject {
            return self.of_cluster(cluster, quantity, at);
        }
        let runs: Vec<&PodRun> = self.pods.iter().filter(|run| subject.is_about(run) && run.ran(at)).collect();
        let parts: Vec<(&PodRun, &ContainerRun)> =
            runs.iter().flat_map(|run| subject.containers(run).map(|container| (*run, container))).collect();
        let (first, _) = parts.first()?;
        let used =
            parts.iter().map(|(run, container)| self.usage(run, container, at)).fold(Usage::default(), Usage::and);
        let seconds = period as f64 / 1_000.0;
        let (cores, memory) = self.capacity(&first.cluster, at);
        let asked = |of: fn(&ContainerRun) -> u64| parts.iter().map(|(_, container)| of(container)).sum::<u64>() as f64;
        let node = first.size;
        let value = match quantity {
            Quantity::Cpu => used.cpu,
            Quantity::Memory => used.memory,
            Quantity::CpuOf(whole) => share(
                used.cpu,
                match whole {
                    Whole::Cluster => cores,
                    Whole::Node => node.cores as f64,
                    Whole::Request => asked(|container| container.cpu) / 1_000.0,
                    Whole::Limit => asked(|container| container.cpu_limit) / 1_000.0,
                },
            )?,
            Quantity::MemoryOf(whole) => share(
                used.memory,
                match whole {
                    Whole::Cluster => memory,
                    Whole::Node => node.memory as f64 * 1_024.0,
                    Whole::Request => asked(|container| container.memory),
                    Whole::Limit => asked(|container| container.memory_limit),
                },
            )?,
            Quantity::Received => used.received,
            Quantity::Sent => used.sent,
            Quantity::ReceivedInAll => used.received / 8.0 * seconds,
            Quantity::SentInAll => used.sent / 8.0 * seconds,
            Quantity::PacketsReceived => used.received * 1e6 / PACKET,
            Quantity::PacketsSent => used.sent * 1e6 / PACKET,
            Quantity::Read => used.read,
            Quantity::Written => used.written,
            Quantity::Reads => used.read / BLOCK * seconds,
            Quantity::Writes => used.written / BLOCK * seconds,
        };
        Some(rounded(value))
    }

    /// Cores and MiB of the nodes of a cluster.
    fn capacity(&self, cluster: &str, at: Millis) -> (f64, f64) {
        let nodes = self.nodes.iter().filter(|run| run.cluster == cluster && run.ran(at));
        nodes.fold((0.0, 0.0), |(cores, memory), run| {
            (cores + run.size.cores as f64, memory + run.size.memory as f64 * 1_024.0)
        })
    }

    /// What the pods and the systems of all nodes use, in percent of what the nodes have.
    fn of_cluster(&self, cluster: &str, quantity: Quantity, at: Millis) -> Option<f64> {
        let (cores, memory) = self.capacity(cluster, at);
        let pods = self.pods.iter().filter(|run| run.cluster == cluster && run.ran(at));
        let used = pods
            .flat_map(|run| run.containers.iter().map(move |container| (run, container)))
            .map(|(run, container)| self.usage(run, container, at))
            .fold(Usage::default(), Usage::and);
        let (used, whole, system) = match quantity {
            Quantity::CpuOf(_) | Quantity::Cpu => (used.cpu, cores, SYSTEM_CPU),
            _ => (used.memory, memory, SYSTEM_MEMORY),
        };
        let system = system * (0.9 + 0.2 * wave(hash(cluster), at));
        Some(rounded((share(used, whole)? + 100.0 * system).min(100.0)))
    }

    /// What one container uses.
    fn usage(&self, run: &PodRun, container: &ContainerRun, at: Millis) -> Usage {
        let load = self.load(&run.path(), at);
        // All pods of a service follow its day, each a little in its own way.
        let day = wave(hash(&run.path()), at);
        let own = 0.9 + 0.2 * wave(hash(&container.id), at);
        let age = at.saturating_sub(run.from) as f64 / 1_000.0;
        let warm = 1.0 - 0.8 * (-age / WARM_UP).exp();
        let work = load * own * warm;
        let base = |asked: u64, usual: f64, unit: f64| if asked > 0 { asked as f64 / unit } else { usual };
        let most = |limit: u64, unit: f64, node: f64| if limit > 0 { (limit as f64 / unit).min(node) } else { node };
        let cpu = base(container.cpu, USUAL_CPU, 1_000.0) * (0.15 + 0.6 * day) * work;
        let memory = base(container.memory, USUAL_MEMORY, 1.0) * (0.4 + 0.2 * day + 0.1 * load.min(4.0)) * own * warm;
        let traffic = (0.2 + 1.8 * day) * work;
        Usage {
            cpu: cpu.min(most(container.cpu_limit, 1_000.0, run.size.cores as f64)),
            memory: memory.min(most(container.memory_limit, 1.0, run.size.memory as f64 * 1_024.0)),
            received: traffic,
            sent: 1.7 * traffic,
            read: 40.0 * traffic,
            written: 64.0 * traffic,
        }
    }
}

/// Percent; nothing of nothing.
fn share(part: f64, whole: f64) -> Option<f64> {
    (whole > 0.0).then(|| 100.0 * part / whole)
}

fn rounded(value: f64) -> f64 {
    (value * 10_000.0).round() / 10_000.0
}

/// A smooth course between 0 and 1 with a day's rhythm and smaller ones.
fn wave(seed: u64, at: Millis) -> f64 {
    let seconds = at as f64 / 1_000.0;
    let phase = |part: u32| (seed.rotate_left(16 * part) & 0xffff) as f64 / 65_536.0;
    let part = |length: f64, number: u32| (TAU * (seconds / length + phase(number))).sin();
    0.5 + 0.36 * part(DAY, 0) + 0.09 * part(3_517.0, 1) + 0.05 * part(811.0, 2)
}

#[cfg(test)]
mod tests;
