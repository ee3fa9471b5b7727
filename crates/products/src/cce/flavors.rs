//! Nodes as they are usually ordered, with all that the service insists on.

use super::types::{Login, NodeSpec, UserPassword, Volume, VolumeType};
use crate::huawei::NodePassword;

impl NodeSpec {
    /// One server of a machine type in a zone, with what the service insists on: how to log in, a system
    /// disk and a data disk.
    ///
    /// ```
    /// use wharf_products::cce::types::{Login, NodeSpec, Volume};
    ///
    /// let node = NodeSpec::server("s6.large.2", "az1.dc1", Login::key_pair("my-key"))
    ///     .root_volume(|_| Volume::new("SAS", 40))
    ///     .k8s_tags([("tier", "web")]);
    /// assert_eq!(node.data_volumes.map(|disks| disks.len()), Some(1));
    /// ```
    pub fn server(flavor: impl Into<String>, zone: impl Into<String>, login: Login) -> Self {
        Self::default()
            .flavor(flavor)
            .az(zone)
            .set_login(login)
            .set_root_volume(Volume::new(VolumeType::Sata, 40))
            .data_volumes([Volume::new(VolumeType::Sata, 100)])
            .count(1)
    }
}

impl Volume {
    /// A disk of that type and size in GB.
    pub fn new(volume_type: impl Into<VolumeType>, size: i64) -> Self {
        Self::default().size(size).volume_type(volume_type)
    }
}

impl Login {
    /// By a key pair that the service knows by its name.
    pub fn key_pair(name: impl Into<String>) -> Self {
        Self::default().ssh_key(name)
    }

    /// As `root`, by a password.
    pub fn password(password: NodePassword) -> Self {
        Self::default().set_user_password(UserPassword::default().username("root").password(password))
    }
}
