//! Constructors of common specifications of nodes and add-ons, with all fields that the service requires.

use super::types::{AddonRequestMetadata, Login, NodeSpec, UserPassword, Volume, VolumeType};
use crate::huawei::NodePassword;

impl NodeSpec {
    /// Creates the specification of one server of a machine type in a zone, with the fields that the service requires:
    /// login, system disk and data disk.
    ///
    /// ```
    /// use wharf::cce::types::{Login, NodeSpec, Volume};
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
    /// Creates a disk from its type and its size in GB.
    pub fn new(volume_type: impl Into<VolumeType>, size: i64) -> Self {
        Self::default().size(size).volume_type(volume_type)
    }
}

impl Login {
    /// Creates a login with a key pair, by its name in the service.
    pub fn key_pair(name: impl Into<String>) -> Self {
        Self::default().ssh_key(name)
    }

    /// Creates a login as `root` with a password.
    pub fn password(password: NodePassword) -> Self {
        Self::default().set_user_password(UserPassword::default().username("root").password(password))
    }
}

impl AddonRequestMetadata {
    /// Creates the metadata for `create_addon_instance`.
    pub fn install() -> Self {
        Self::default().annotations([("addon.install/type", "install")])
    }

    /// Creates the metadata for `update_addon_instance`.
    pub fn upgrade() -> Self {
        Self::default().annotations([("addon.upgrade/type", "upgrade")])
    }
}
