//! Short constructors of the parts of services.

use super::types::{
    CheckMethod, Container, ContainerImage, Env, HealthCheck, HealthCheckType, MountMode, NodeAffinity,
    NodeAffinityOperator, PodAffinity, PodAffinityOperator, PortMapping, ProbeProtocol, TransportProtocol, Volume,
    VolumeMount, VolumeType,
};

impl Container {
    /// Creates a container from its name and an image.
    pub fn new(name: impl Into<String>, image: impl Into<String>) -> Self {
        Self::default().container_name(name).image(image)
    }

    /// Adds an environment variable.
    #[must_use]
    pub fn env(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.envs.get_or_insert_default().push(Env::from((name, value)));
        self
    }

    /// Mounts a volume of the service at a path, for reading and writing.
    #[must_use]
    pub fn mount(self, volume: impl Into<String>, path: impl Into<String>) -> Self {
        self.mounted(volume, path, MountMode::Rw)
    }

    /// Mounts a volume of the service at a path, read-only.
    #[must_use]
    pub fn mount_read_only(self, volume: impl Into<String>, path: impl Into<String>) -> Self {
        self.mounted(volume, path, MountMode::Ro)
    }

    fn mounted(mut self, volume: impl Into<String>, path: impl Into<String>, mode: MountMode) -> Self {
        let mount = VolumeMount::default().volume_name(volume).mount_path(path).mode(mode);
        self.volume_mounts.get_or_insert_default().push(mount);
        self
    }

    /// Sets the liveness check. The container is restarted when the check fails.
    #[must_use]
    pub fn live_check(self, check: HealthCheck) -> Self {
        self.checked(check, HealthCheckType::LiveCheck)
    }

    /// Sets the readiness check. The container receives no requests while the check fails.
    #[must_use]
    pub fn ready_check(self, check: HealthCheck) -> Self {
        self.checked(check, HealthCheckType::ReadyCheck)
    }

    fn checked(mut self, check: HealthCheck, kind: HealthCheckType) -> Self {
        self.health_check.get_or_insert_default().push(check.r#type(kind));
        self
    }
}

impl ContainerImage {
    /// Creates the new image of a container, from the container's name and the image.
    pub fn new(container: impl Into<String>, image: impl Into<String>) -> Self {
        Self::default().container_name(container).image(image)
    }
}

impl<N: Into<String>, V: Into<String>> From<(N, V)> for Env {
    fn from((name, value): (N, V)) -> Self {
        Self::default().name(name).value(value.into())
    }
}

impl HealthCheck {
    /// Creates a check that succeeds when the port accepts a connection.
    pub fn tcp(port: u16) -> Self {
        Self::default().check_method(CheckMethod::MethodTcp).port(port)
    }

    /// Creates a check that succeeds when a GET of the path returns a status from 200 to 399.
    pub fn http(port: u16, path: impl Into<String>) -> Self {
        Self::default().check_method(CheckMethod::MethodHttp).port(port).protocol(ProbeProtocol::Http).path(path)
    }

    /// Creates a check like [`http`](Self::http), over TLS.
    pub fn https(port: u16, path: impl Into<String>) -> Self {
        Self::http(port, path).protocol(ProbeProtocol::Https)
    }

    /// Creates a check that succeeds when the command, run in the container, exits with 0.
    pub fn command(command: impl Into<String>) -> Self {
        Self::default().check_method(CheckMethod::MethodCmd).cmd(command)
    }
}

impl PortMapping {
    /// Creates a mapping from a TCP port of the service to a port of the containers.
    pub fn tcp(service_port: u16, container_port: u16) -> Self {
        Self::default().lb_port(service_port).container_port(container_port).protocol(TransportProtocol::Tcp)
    }

    /// Creates a mapping from a UDP port of the service to a port of the containers.
    pub fn udp(service_port: u16, container_port: u16) -> Self {
        Self::tcp(service_port, container_port).protocol(TransportProtocol::Udp)
    }
}

impl Volume {
    /// Creates a volume from a folder of the node, or from a temporary folder if the path is empty.
    pub fn on_host(name: impl Into<String>, path: impl Into<String>) -> Self {
        Self::named(name, VolumeType::HostPath).host_path(path)
    }

    /// Creates a volume from a cloud disk, by its id. A service with such a volume has at most one pod.
    pub fn cloud_disk(name: impl Into<String>, disk_id: impl Into<String>) -> Self {
        Self::named(name, VolumeType::CbsDisk).cbs_disk_id(disk_id)
    }

    /// Creates a volume from a folder of an NFS server: `127.0.0.1:/exports`.
    pub fn nfs(name: impl Into<String>, path: impl Into<String>) -> Self {
        Self::named(name, VolumeType::NfsDisk).nfs_path(path)
    }

    /// Creates a volume from keys of a version of a configuration, each as a file.
    pub fn configuration(
        name: impl Into<String>,
        config_id: impl Into<String>,
        version: impl Into<String>,
        keys: impl IntoIterator<Item = impl Into<String>>,
    ) -> Self {
        Self::named(name, VolumeType::ConfigMap).config_id(config_id).config_version(version).config_keys(keys)
    }

    fn named(name: impl Into<String>, kind: VolumeType) -> Self {
        Self::default().name(name).volume_type(kind)
    }
}

impl NodeAffinity {
    /// Creates a condition that selects nodes whose label matches the operator and the values.
    pub fn new(
        key: impl Into<String>,
        operator: NodeAffinityOperator,
        values: impl IntoIterator<Item = impl Into<String>>,
    ) -> Self {
        Self::default().key(key).operator(operator).values(values)
    }
}

impl PodAffinity {
    /// Creates a condition that selects pods whose label matches the operator and the values.
    pub fn new(
        key: impl Into<String>,
        operator: PodAffinityOperator,
        values: impl IntoIterator<Item = impl Into<String>>,
    ) -> Self {
        Self::default().key(key).operator(operator).values(values)
    }
}
