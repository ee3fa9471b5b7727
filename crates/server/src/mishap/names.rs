//! The names of faults of machines and of kinds of work.

use wharf_world::{FailurePoint, MachineFault};

/// The faults that a machine can have.
pub(super) const FAULTS: [(&str, MachineFault); 15] = [
    ("descriptors", MachineFault::Descriptors),
    ("runtime", MachineFault::Runtime),
    ("kubelet", MachineFault::Kubelet),
    ("readonly_filesystem", MachineFault::ReadonlyFilesystem),
    ("out_of_memory", MachineFault::OutOfMemory),
    ("hung_task", MachineFault::HungTask),
    ("net_device", MachineFault::NetDevice),
    ("divide_error", MachineFault::DivideError),
    ("null_pointer", MachineFault::NullPointer),
    ("ext4_error", MachineFault::Ext4Error),
    ("ext4_warning", MachineFault::Ext4Warning),
    ("io", MachineFault::Io),
    ("memory", MachineFault::Memory),
    ("hung_docker", MachineFault::HungDocker),
    ("kubelet_restart", MachineFault::KubeletRestart),
];

/// The work that can fail.
pub(super) const POINTS: [(&str, FailurePoint); 11] = [
    ("cluster_creation", FailurePoint::ClusterCreation),
    ("cluster_deletion", FailurePoint::ClusterDeletion),
    ("node_creation", FailurePoint::NodeCreation),
    ("cluster_upgrade", FailurePoint::ClusterUpgrade),
    ("addon_installation", FailurePoint::AddonInstallation),
    ("addon_upgrade", FailurePoint::AddonUpgrade),
    ("image_cache", FailurePoint::ImageCache),
    ("release_installation", FailurePoint::ReleaseInstallation),
    ("release_upgrade", FailurePoint::ReleaseUpgrade),
    ("upgrade_check", FailurePoint::UpgradeCheck),
    ("node_work", FailurePoint::NodeWork),
];

/// Returns the name of a fault.
pub(crate) fn fault_name(fault: MachineFault) -> &'static str {
    FAULTS.iter().find(|(_, known)| *known == fault).map_or("unknown", |(name, _)| name)
}

/// Returns the name of a kind of work.
pub(crate) fn point_name(point: FailurePoint) -> &'static str {
    POINTS.iter().find(|(_, known)| *known == point).map_or("unknown", |(name, _)| name)
}
