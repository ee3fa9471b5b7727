//! Services: one at a time, from the first roll-out to the last.

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
    /// A service of a cluster, in the namespace `default` unless [`namespace`](ServiceHandle::namespace) says
    /// another. Nothing is sent.
    pub fn service(&self, cluster_id: impl Into<String>, service_name: impl Into<String>) -> ServiceHandle {
        let (cluster, name) = (cluster_id.into(), service_name.into());
        ServiceHandle { client: self.clone(), cluster, name, namespace: "default".to_owned() }
    }
}

/// A service by its name: what can be done to it, each as a request that is filled as far as the name goes.
#[derive(Debug, Clone)]
pub struct ServiceHandle {
    client: Client,
    cluster: String,
    name: String,
    namespace: String,
}

impl ServiceHandle {
    /// The service of that name in another namespace than `default`.
    #[must_use]
    pub fn namespace(mut self, namespace: impl Into<String>) -> Self {
        self.namespace = namespace.into();
        self
    }

    /// Creates the service with so many pods; the containers are still to be said.
    pub fn create(&self, replicas: i64) -> Request<CreateClusterService> {
        let request = self.client.create_cluster_service(&self.cluster).service_name(&self.name);
        request.namespace(&self.namespace).replicas(replicas)
    }

    /// Replaces the service by what is given and rolls it out. What is left out is not kept: send everything,
    /// the strategy too. For the image alone there is [`set_image`](Self::set_image).
    pub fn replace(&self, replicas: i64) -> Request<ModifyClusterService> {
        let request = self.client.modify_cluster_service(&self.cluster).service_name(&self.name);
        request.namespace(&self.namespace).replicas(replicas)
    }

    /// Rolls another image out, for a service with one container.
    pub fn set_image(&self, image: impl Into<String>) -> Request<ModifyClusterServiceImage> {
        self.change_image().image(image)
    }

    /// Rolls other images out, for a service with several containers: names of containers and their images.
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

    /// Starts all pods anew; they pull their images again.
    pub fn redeploy(&self) -> Request<RedeployClusterService> {
        let request = self.client.redeploy_cluster_service(&self.cluster).service_name(&self.name);
        request.namespace(&self.namespace)
    }

    /// Pauses a roll-out. A service that is not being rolled out stops scaling until it is resumed.
    pub fn pause(&self) -> Request<PauseClusterService> {
        let request = self.client.pause_cluster_service(&self.cluster).service_name(&self.name);
        request.namespace(&self.namespace)
    }

    /// Goes on with a roll-out that was paused.
    pub fn resume(&self) -> Request<ResumeClusterService> {
        let request = self.client.resume_cluster_service(&self.cluster).service_name(&self.name);
        request.namespace(&self.namespace)
    }

    /// Takes the service back to what it was before its last change; further back is not possible.
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

    /// Asks `DescribeClusterServiceInfo` once.
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

/// How far a service has come.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ServiceProgress {
    /// The state.
    pub status: ServiceStatus,
    /// Pods that there are.
    pub current: i64,
    /// Pods that are wanted.
    pub desired: i64,
    /// Why it is not normal: reasons, each with the number of containers that it holds for.
    pub reasons: BTreeMap<String, i64>,
}

impl ServiceProgress {
    /// The progress that a service tells.
    pub fn of(service: &Service) -> Self {
        Self {
            status: service.status.clone(),
            current: service.current_replicas,
            desired: service.desired_replicas,
            reasons: service.reason_map.clone(),
        }
    }

    /// Whether the service has the pods that are wanted.
    pub(super) fn is_complete(&self) -> bool {
        self.current == self.desired
    }

    /// Returns the progress as JSON, as other languages get it.
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
