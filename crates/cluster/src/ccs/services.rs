//! Handles of services, from the first roll-out to deletion.

use super::operations::{
    CreateClusterService, DeleteClusterService, DescribeClusterServiceInfo, ModifyClusterService,
    ModifyClusterServiceImage, ModifyServiceDescription, PauseClusterService, RedeployClusterService,
    ResumeClusterService, RollBackClusterService,
};
use super::types::{ContainerImage, Service, ServiceStatus};
use super::{Client, Request};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt;
use wharf_core::wait::Waiter;

impl Client {
    /// Returns a handle of a service of a cluster, in the namespace `default` unless
    /// [`namespace`](ServiceHandle::namespace) sets another. Nothing is sent.
    pub fn service(&self, cluster_id: impl Into<String>, service_name: impl Into<String>) -> ServiceHandle {
        let (cluster, name) = (cluster_id.into(), service_name.into());
        ServiceHandle { client: self.clone(), cluster, name, namespace: "default".to_owned() }
    }
}

/// A handle of a service. Each method returns a request with the names of cluster, namespace and service set.
#[derive(Debug, Clone)]
pub struct ServiceHandle {
    client: Client,
    cluster: String,
    name: String,
    namespace: String,
}

impl ServiceHandle {
    /// Sets a namespace other than `default`.
    #[must_use]
    pub fn namespace(mut self, namespace: impl Into<String>) -> Self {
        self.namespace = namespace.into();
        self
    }

    /// Returns a request that creates the service with a number of pods. Set its containers before `send`.
    pub fn create(&self, replicas: i64) -> Request<CreateClusterService> {
        let request = self.client.create_cluster_service(&self.cluster).service_name(&self.name);
        request.namespace(&self.namespace).replicas(replicas)
    }

    /// Replaces the service by the given configuration and rolls it out. Fields that are not set are not kept: set all
    /// of them, including the strategy. To change only the image, use [`set_image`](Self::set_image).
    pub fn replace(&self, replicas: i64) -> Request<ModifyClusterService> {
        let request = self.client.modify_cluster_service(&self.cluster).service_name(&self.name);
        request.namespace(&self.namespace).replicas(replicas)
    }

    /// Rolls out another image, for a service with one container.
    pub fn set_image(&self, image: impl Into<String>) -> Request<ModifyClusterServiceImage> {
        self.change_image().image(image)
    }

    /// Rolls out other images, for a service with several containers: pairs of a container's name and its image.
    pub fn set_images(
        &self,
        images: impl IntoIterator<Item = (impl Into<String>, impl Into<String>)>,
    ) -> Request<ModifyClusterServiceImage> {
        let images = images.into_iter().map(|(name, image)| ContainerImage::new(name, image));
        self.change_image().containers(images)
    }

    fn change_image(&self) -> Request<ModifyClusterServiceImage> {
        let request = self.client.modify_cluster_service_image(&self.cluster).service_name(&self.name);
        request.namespace(&self.namespace)
    }

    /// Restarts all pods. They pull their images again.
    pub fn redeploy(&self) -> Request<RedeployClusterService> {
        let request = self.client.redeploy_cluster_service(&self.cluster).service_name(&self.name);
        request.namespace(&self.namespace)
    }

    /// Pauses a roll-out. A service that is not being rolled out stops scaling until it is resumed.
    pub fn pause(&self) -> Request<PauseClusterService> {
        let request = self.client.pause_cluster_service(&self.cluster).service_name(&self.name);
        request.namespace(&self.namespace)
    }

    /// Resumes a paused roll-out.
    pub fn resume(&self) -> Request<ResumeClusterService> {
        let request = self.client.resume_cluster_service(&self.cluster).service_name(&self.name);
        request.namespace(&self.namespace)
    }

    /// Restores the service to the state before its last change. Earlier states are not available.
    pub fn roll_back(&self) -> Request<RollBackClusterService> {
        let request = self.client.roll_back_cluster_service(&self.cluster).service_name(&self.name);
        request.namespace(&self.namespace)
    }

    /// Sets the description; an empty one erases it.
    pub fn set_description(&self, description: impl Into<String>) -> Request<ModifyServiceDescription> {
        let request = self.client.modify_service_description(&self.cluster).service_name(&self.name);
        request.namespace(&self.namespace).description(description)
    }

    /// Deletes the service with its pods and its load balancer.
    pub fn delete(&self) -> Request<DeleteClusterService> {
        let request = self.client.delete_cluster_service(&self.cluster).service_name(&self.name);
        request.namespace(&self.namespace)
    }

    /// Sends `DescribeClusterServiceInfo` once.
    pub fn get(&self) -> Request<DescribeClusterServiceInfo> {
        let request = self.client.describe_cluster_service_info(&self.cluster).service_name(&self.name);
        request.namespace(&self.namespace)
    }

    /// Waits until the service is `Normal` with all its pods: see
    /// [`wait_until_service_normal`](Client::wait_until_service_normal).
    pub fn wait_until_normal(&self) -> Waiter<Service, ServiceProgress> {
        self.client.wait_until_service_normal(&self.cluster, &self.namespace, &self.name)
    }

    /// Waits until the service is deleted: see [`wait_until_service_deleted`](Client::wait_until_service_deleted).
    pub fn wait_until_deleted(&self) -> Waiter<(), ServiceProgress> {
        self.client.wait_until_service_deleted(&self.cluster, &self.namespace, &self.name)
    }
}

/// The progress of a service.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ServiceProgress {
    /// State of the service.
    pub status: ServiceStatus,
    /// Number of existing pods.
    pub current: i64,
    /// Number of desired pods.
    pub desired: i64,
    /// Reasons why the service is not normal, each with the number of affected containers.
    pub reasons: BTreeMap<String, i64>,
}

impl ServiceProgress {
    /// Reads the progress from a service.
    pub fn of(service: &Service) -> Self {
        Self {
            status: service.status.clone(),
            current: service.current_replicas,
            desired: service.desired_replicas,
            reasons: service.reason_map.clone(),
        }
    }

    /// Returns true when the service has the desired pods.
    pub(super) fn is_complete(&self) -> bool {
        self.current == self.desired
    }

    /// Returns the progress as JSON, as in the bindings of other languages.
    pub fn to_value(&self) -> Value {
        json!({
            "status": self.status.as_str(),
            "current": self.current,
            "desired": self.desired,
            "reasons": self.reasons,
        })
    }
}

impl From<ServiceStatus> for ServiceProgress {
    fn from(status: ServiceStatus) -> Self {
        Self { status, ..Self::default() }
    }
}

impl fmt::Display for ServiceProgress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, {} of {} pods", self.status, self.current, self.desired)?;
        if self.reasons.is_empty() {
            return Ok(());
        }
        let reasons: Vec<_> =
            self.reasons.iter().map(|(reason, containers)| format!("{reason}: {containers}")).collect();
        write!(f, " ({})", reasons.join("; "))
    }
}
