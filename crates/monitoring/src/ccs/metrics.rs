//! Metrics: the measured resource, the unit and the required dimensions.

use super::types::{DimensionName, Metric, MonitorNamespace};
use std::fmt;

/// The resource that a metric measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Level {
    /// A cluster.
    Cluster,
    /// A service.
    Service,
    /// A pod of a service.
    Pod,
    /// A container of a pod.
    Container,
}

impl Level {
    /// Returns all required dimensions.
    pub fn dimensions(self) -> &'static [DimensionName] {
        static CLUSTER: &[DimensionName] = &[DimensionName::DockerClusterId];
        static SERVICE: &[DimensionName] =
            &[DimensionName::ClusterId, DimensionName::ServiceName, DimensionName::Namespace];
        static POD: &[DimensionName] =
            &[DimensionName::ClusterId, DimensionName::ServiceName, DimensionName::Namespace, DimensionName::PodName];
        static CONTAINER: &[DimensionName] = &[
            DimensionName::ClusterId,
            DimensionName::ServiceName,
            DimensionName::Namespace,
            DimensionName::PodName,
            DimensionName::ContainerId,
        ];
        match self {
            Self::Cluster => CLUSTER,
            Self::Service => SERVICE,
            Self::Pod => POD,
            Self::Container => CONTAINER,
        }
    }

    pub(super) fn namespace(self) -> MonitorNamespace {
        match self {
            Self::Cluster => MonitorNamespace::QceCvm,
            _ => MonitorNamespace::QceDocker,
        }
    }
}

/// The unit of a metric's values. `Display` writes it as it follows a number: `%`, `MiB`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Unit {
    /// Percent.
    Percent,
    /// Processor cores.
    Cores,
    /// 1,048,576 bytes.
    Mebibytes,
    /// Megabytes transferred in the period.
    Megabytes,
    /// Megabits per second.
    MegabitsPerSecond,
    /// Packets per second.
    PacketsPerSecond,
    /// Kilobytes per second.
    KilobytesPerSecond,
    /// A count. The document does not state the time range.
    Count,
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Percent => "%",
            Self::Cores => "cores",
            Self::Mebibytes => "MiB",
            Self::Megabytes => "MB",
            Self::MegabitsPerSecond => "Mbps",
            Self::PacketsPerSecond => "packets/s",
            Self::KilobytesPerSecond => "KB/s",
            Self::Count => "times",
        })
    }
}

impl Metric {
    /// Returns the resource that the metric measures, or `None` for a metric that this version does not know.
    pub fn level(&self) -> Option<Level> {
        self.facts().map(|(level, _)| level)
    }

    /// Returns the unit of the values, or `None` for a metric that this version does not know.
    pub fn unit(&self) -> Option<Unit> {
        self.facts().map(|(_, unit)| unit)
    }

    fn facts(&self) -> Option<(Level, Unit)> {
        Some(match self {
            Self::DcCpuUsage | Self::DcMemUsage => (Level::Cluster, Unit::Percent),
            Self::ServiceCpuUsed => (Level::Service, Unit::Cores),
            Self::ServiceCpuUsageForCluster | Self::ServiceMemUsageForCluster => (Level::Service, Unit::Percent),
            Self::ServiceMemUsed => (Level::Service, Unit::Mebibytes),
            Self::ServiceInFlux | Self::ServiceOutFlux => (Level::Service, Unit::Megabytes),
            Self::ServiceInBandwidth | Self::ServiceOutBandwidth => (Level::Service, Unit::MegabitsPerSecond),
            Self::ServiceInPackets | Self::ServiceOutPackets => (Level::Service, Unit::PacketsPerSecond),
            Self::PodInBandwidth | Self::PodOutBandwidth => (Level::Pod, Unit::MegabitsPerSecond),
            Self::PodInFlux | Self::PodOutFlux => (Level::Pod, Unit::Megabytes),
            Self::PodInPackets | Self::PodOutPackets => (Level::Pod, Unit::PacketsPerSecond),
            Self::ContainerCpuUsed => (Level::Container, Unit::Cores),
            Self::ContainerMemUsed => (Level::Container, Unit::Mebibytes),
            Self::ContainerCpuUsageForNode
            | Self::ContainerCpuUsageForRequest
            | Self::ContainerCpuUsageForLimit
            | Self::ContainerMemUsageForNode
            | Self::ContainerMemUsageForRequest
            | Self::ContainerMemUsageForLimit => (Level::Container, Unit::Percent),
            Self::ContainerDiskReadTraffic | Self::ContainerDiskWriteTraffic => {
                (Level::Container, Unit::KilobytesPerSecond)
            }
            Self::ContainerDiskRead | Self::ContainerDiskWrite => (Level::Container, Unit::Count),
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use std::collections::BTreeMap;

    #[test]
    fn all_thirty_have_a_level_and_a_unit() {
        let mut levels: BTreeMap<Level, usize> = BTreeMap::new();
        for name in Metric::VALUES {
            let metric = Metric::from(*name);
            let level = metric.level().unwrap();
            *levels.entry(level).or_default() += 1;
            let prefix = match level {
                Level::Cluster => "dc_",
                Level::Service => "service_",
                Level::Pod => "pod_",
                Level::Container => "container_",
            };
            assert!(name.starts_with(prefix), "{name}");
            assert_eq!(name.contains("_usage"), metric.unit() == Some(Unit::Percent), "{name}");
            assert_eq!(name.contains("_bandwidth"), metric.unit() == Some(Unit::MegabitsPerSecond), "{name}");
            assert_eq!(name.contains("_packets"), metric.unit() == Some(Unit::PacketsPerSecond), "{name}");
            assert_eq!(name.contains("_flux"), metric.unit() == Some(Unit::Megabytes), "{name}");
            assert_eq!(name.ends_with("_traffic"), metric.unit() == Some(Unit::KilobytesPerSecond), "{name}");
        }
        assert_eq!(levels.into_values().collect::<Vec<_>>(), [2, 10, 6, 12]);
        let unknown = Metric::from("gpu_used");
        assert_eq!((unknown.level(), unknown.unit()), (None, None));
    }
}
