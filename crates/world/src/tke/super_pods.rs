//! Pods on super nodes (virtual nodes): what they are charged for.

use crate::cluster::Cluster;
use crate::kernel::Millis;
use crate::kubernetes::Pod;
use crate::kubernetes::quantity::thousandths;
use crate::kubernetes::virtual_nodes::VirtualNode;
use serde_json::{Map, Value};

/// What the annotations of pods that are for super nodes begin with.
const PREFIX: &str = "eks.tke.cloud.tencent.com/";
/// One GiB.
const GIB: u64 = 1 << 30;
/// What a pod gets that asks for nothing.
const USUAL: (u64, u64) = (1_000, 2 * GIB);

/// Thousandths of a core, and the memory that a pod with them can have, in halves of a GiB: some values, or all whole
/// GiB from the first to the second.
type Row = (u64, Memory);

#[derive(Debug, Clone, Copy)]
enum Memory {
    OneOf(&'static [u64]),
    Range(u64, u64),
}

/// Sizes of pods (002:13435-13462).
const SIZES: [Row; 10] = [
    (250, Memory::OneOf(&[1, 2, 4])),
    (500, Memory::OneOf(&[2, 4, 6, 8])),
    (1_000, Memory::Range(1, 8)),
    (2_000, Memory::Range(4, 16)),
    (4_000, Memory::Range(8, 32)),
    (8_000, Memory::Range(16, 32)),
    (12_000, Memory::Range(24, 48)),
    (16_000, Memory::Range(32, 64)),
    (32_000, Memory::OneOf(&[128, 256, 512])),
    (64_000, Memory::OneOf(&[256, 384, 512, 1_024])),
];

/// Type of a GPU, quarters of it, cores, and memory in GiB of pods with GPUs (002:12031-12266).
const GPU_SIZES: [(&str, u64, u64, u64); 19] = [
    ("v100", 4, 8, 40),
    ("v100", 8, 18, 80),
    ("v100", 16, 36, 160),
    ("v100", 32, 72, 320),
    ("1/4*t4", 1, 4, 16),
    ("1/2*t4", 2, 8, 32),
    ("t4", 4, 8, 32),
    ("t4", 4, 20, 80),
    ("t4", 4, 32, 128),
    ("t4", 8, 40, 160),
    ("t4", 16, 80, 320),
    ("a10*pnv4", 4, 28, 116),
    ("a10*pnv4", 8, 56, 232),
    ("a10*pnv4", 16, 112, 466),
    ("a10*pnv4", 32, 224, 932),
    ("a10*gnv4", 4, 12, 44),
    ("1/4*a10*gnv4v", 1, 6, 24),
    ("1/2*a10*gnv4v", 2, 14, 58),
    ("a10*gnv4v", 4, 28, 116),
];

/// The smallest size with GPUs of that type for what a pod needs: quarters of a GPU, cores, and memory.
fn gpu_size(kind: &str, count: u64, cpu: u64, memory: u64) -> Option<(u64, u64, u64)> {
    let sizes = GPU_SIZES.iter().filter(|(own, ..)| *own == kind);
    let mut sizes = sizes.map(|(_, quarters, cores, gib)| (*quarters, cores * 1_000, gib * GIB));
    // A part of a GPU is asked for as a whole one.
    let wanted = if kind.contains('/') { 1 } else { count.saturating_mul(4) };
    sizes.find(|(quarters, cores, size)| *quarters >= wanted && *cores >= cpu && *size >= memory)
}

impl Memory {
    /// All values in bytes, the smallest first.
    fn values(self) -> Vec<u64> {
        match self {
            Self::OneOf(halves) => halves.iter().map(|halves| halves * GIB / 2).collect(),
            Self::Range(first, last) => (first..=last).map(|whole| whole * GIB).collect(),
        }
    }

    /// The value for a need. In a range it is the need itself or the next even one, if it is not the smallest.
    fn fitting(self, need: u64) -> Option<u64> {
        let values = self.values();
        let smallest = values.iter().copied().find(|value| *value >= need)?;
        let is_first = values.first() == Some(&smallest);
        if matches!(self, Self::OneOf(_)) || smallest == need || is_first {
            return Some(smallest);
        }
        values.into_iter().find(|value| *value >= need && value.is_multiple_of(2 * GIB)).or(Some(smallest))
    }
}

/// Cores and memory of a pod, as it is charged for them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PodSize {
    /// Thousandths of a core.
    pub cpu: u64,
    /// Bytes.
    pub memory: u64,
    /// `intel`, `amd`, or the type of its GPU.
    pub kind: String,
    /// Quarters of a GPU.
    pub gpus: u64,
}

/// How a pod is charged for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PodCharge {
    Hourly,
    Spot,
}

/// A pod that runs on a super node.
#[derive(Debug, Clone)]
pub struct SuperPod<'a> {
    pub cluster: &'a str,
    pub pod: &'a Pod,
    pub node: &'a VirtualNode,
    pub started: Millis,
    pub size: PodSize,
    pub charge: PodCharge,
}

/// The size for the need of all containers, if there is one.
fn matching(cpu: u64, memory: u64) -> Option<(u64, u64)> {
    match (cpu, memory) {
        (0, 0) => Some(USUAL),
        (0, memory) => {
            let mut fitting = SIZES.iter().filter_map(|(cpu, values)| Some((*cpu, values.fitting(memory)?)));
            fitting.find(|(_, fitting)| *fitting == memory).or_else(|| fitting.next())
        }
        (cpu, memory) => {
            let mut larger = SIZES.iter().filter(|(cores, _)| *cores >= cpu);
            larger.find_map(|(cores, values)| Some((*cores, values.fitting(memory)?)))
        }
    }
}

/// Thousandths of a core of a quantity, none if it cannot be read.
fn cores(value: &Value) -> u64 {
    thousandths(value).unwrap_or(0)
}

/// Bytes of a quantity, none if it cannot be read.
fn memory(value: &Value) -> u64 {
    thousandths(value).unwrap_or(0).div_ceil(1_000)
}

/// What one container requests, and its limits: cores and memory.
fn needs(container: &Value) -> [(u64, u64); 2] {
    ["requests", "limits"].map(|part| {
        let of = |name: &str| container.pointer(&format!("/resources/{part}/{name}"));
        (of("cpu").map_or(0, cores), of("memory").map_or(0, memory))
    })
}

/// How many GPUs a container asks for.
fn gpus(container: &Value) -> Option<u64> {
    let count = container.pointer("/resources/requests/nvidia.com~1gpu");
    let count = count.or_else(|| container.pointer("/resources/limits/nvidia.com~1gpu"))?;
    count.as_u64().or_else(|| count.as_str()?.parse().ok())
}

fn containers<'a>(spec: &'a Map<String, Value>, list: &str) -> impl Iterator<Item = &'a Value> {
    spec.get(list).and_then(Value::as_array).into_iter().flatten()
}

impl Pod {
    /// The value of an annotation that is for super nodes.
    fn super_annotation(&self, name: &str) -> Option<&str> {
        self.annotations.get(&format!("{PREFIX}{name}")).map(String::as_str)
    }

    /// What the pod is charged for: what its annotations say, else the size that its containers need.
    pub fn super_size(&self) -> PodSize {
        let stated = |name: &str| self.super_annotation(name).map(|text| Value::String(text.to_owned()));
        let (mut requests, mut limits) = ((0_u64, 0_u64), (0, 0));
        for container in containers(&self.spec, "containers") {
            let [request, limit] = needs(container);
            requests = (requests.0.saturating_add(request.0), requests.1.saturating_add(request.1));
            limits = (limits.0.max(limit.0), limits.1.max(limit.1));
        }
        for container in containers(&self.spec, "initContainers") {
            let [request, limit] = needs(container);
            let own = (request.0.max(limit.0), request.1.max(limit.1));
            let own = if own == (0, 0) { USUAL } else { own };
            limits = (limits.0.max(own.0), limits.1.max(own.1));
        }
        let need = (requests.0.max(limits.0), requests.1.max(limits.1));
        let stated = stated("cpu").zip(stated("mem")).map(|(cpu, size)| (cores(&cpu), memory(&size)));
        let (cpu, size) = stated.or_else(|| matching(need.0, need.1)).unwrap_or(need);
        let count = containers(&self.spec, "containers").filter_map(gpus).fold(0_u64, u64::saturating_add);
        let named = |name: &str| self.super_annotation(name).map(|text| text.trim().to_ascii_lowercase());
        if let Some(kind) = named("gpu-type").filter(|_| count > 0) {
            let (quarters, cpu, size) =
                gpu_size(&kind, count, cpu, size).unwrap_or((count.saturating_mul(4), cpu, size));
            let kind = kind.trim_start_matches("1/4*").trim_start_matches("1/2*").to_owned();
            return PodSize { cpu, memory: size, kind, gpus: quarters };
        }
        let kinds = named("cpu-type").unwrap_or_default();
        let kind = kinds.split(',').next().filter(|kind| !kind.is_empty()).unwrap_or("intel");
        PodSize { cpu, memory: size, kind: kind.to_owned(), gpus: 0 }
    }
}

impl Cluster {
    /// The pods that run on super nodes.
    pub fn super_pods(&self) -> impl Iterator<Item = SuperPod<'_>> {
        let pods = self.kubernetes.pods.iter().filter(|pod| pod.finished.is_none());
        pods.filter_map(|pod| {
            let node = self.virtual_nodes.get(pod.node.as_deref()?)?;
            let spot = pod.super_annotation("spot-pod") == Some("true");
            let charge = if spot { PodCharge::Spot } else { PodCharge::Hourly };
            Some(SuperPod { cluster: &self.id, pod, node, started: pod.started?, size: pod.super_size(), charge })
        })
    }
}
