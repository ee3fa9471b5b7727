//! kube-rs over every path to the API server of a cluster: the same tests on each.

mod controller;
mod objects;
mod relay;
mod watching;

use crate::cloud::{Cloud, listening};
use crate::support::{ack_builder, cce_builder, tke};
use bytes::Bytes;
use http::header::CONTENT_TYPE;
use kube::Client;
use serde_json::{Value, json};
use std::time::Duration;
use wharf::cce::ClusterAddressing;
use wharf::{Kubeconfig, Kubernetes};

/// A path to the API server.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Road {
    /// The address in the kubeconfig of TKE.
    Tke,
    /// The address in the kubeconfig of CCE.
    Cce,
    /// The address in the kubeconfig of ACK.
    Ack,
    /// `ForwardRequest` of TKE.
    Forwarded,
    /// The host of a cluster of CCE, without a socket.
    Host,
    /// The host of the API gateway of CCE, over a socket.
    Socket,
}

impl Road {
    /// A new cluster, and its API server by this path.
    async fn start(self) -> Reached {
        let cloud = Cloud::new().await;
        let server = &cloud.server;
        let mut config = None;
        let kubernetes = match self {
            Self::Tke | Self::Cce => {
                let product = if self == Self::Tke { "tke" } else { "cce" };
                config.insert(cloud.kubeconfig(product).await).kubernetes().unwrap()
            }
            Self::Ack => {
                let (connection, id) = (ack_builder(server).build().unwrap(), cloud.ack().await);
                listening(config.insert(connection.kubeconfig(&id).fetch().await.unwrap()));
                connection.kubernetes(id)
            }
            Self::Forwarded => tke(server).kubernetes(cloud.tke().await),
            Self::Host => {
                let connection = cce_builder(server).cluster_addressing(ClusterAddressing::Host).build().unwrap();
                connection.kubernetes(cloud.cce().await)
            }
            Self::Socket => {
                let connection = wharf::cce::Connection::builder()
                    .region(server.region())
                    .project_id(server.project_id())
                    .credentials(server.credentials())
                    .endpoint(server.endpoint())
                    .build()
                    .unwrap();
                connection.kubernetes(cloud.cce().await)
            }
        };
        let kubernetes = kubernetes.with_watch_interval(Duration::from_millis(100));
        Reached { cloud, kubernetes, config }
    }
}

/// An API server that is reached.
struct Reached {
    cloud: Cloud,
    kubernetes: Kubernetes,
    /// The kubeconfig, if it is reached by its address.
    config: Option<Kubeconfig>,
}

impl Reached {
    fn client(&self) -> Client {
        Client::new(self.kubernetes.clone(), "default")
    }
}

/// A test for each path.
macro_rules! on_each {
    ($suite:ident) => {
        mod $suite {
            use super::super::Road;

            #[tokio::test(flavor = "multi_thread")]
            async fn over_the_kubeconfig_of_tke() {
                super::$suite(Road::Tke.start().await).await;
            }

            #[tokio::test(flavor = "multi_thread")]
            async fn over_the_kubeconfig_of_cce() {
                super::$suite(Road::Cce.start().await).await;
            }

            #[tokio::test(flavor = "multi_thread")]
            async fn over_the_kubeconfig_of_ack() {
                super::$suite(Road::Ack.start().await).await;
            }

            #[tokio::test(flavor = "multi_thread")]
            async fn over_forward_request() {
                super::$suite(Road::Forwarded.start().await).await;
            }

            #[tokio::test(flavor = "multi_thread")]
            async fn over_the_host_of_cce() {
                super::$suite(Road::Host.start().await).await;
            }

            #[tokio::test(flavor = "multi_thread")]
            async fn over_the_gateway_of_cce_with_a_socket() {
                super::$suite(Road::Socket.start().await).await;
            }
        }
    };
}
use on_each;

/// A client that acts as another user, as `kubectl --as` does.
#[tokio::test(flavor = "multi_thread")]
async fn a_user_can_act_as_another_one_at_the_address_of_the_kubeconfig() {
    let reached = Road::Tke.start().await;
    let review = |groups: &[&str]| {
        let body = json!({"apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview", "metadata": {}});
        let request = http::Request::post("/apis/authentication.k8s.io/v1/selfsubjectreviews");
        let request = request.header(CONTENT_TYPE, "application/json").header("Impersonate-User", "jane");
        let request = groups.iter().fold(request, |request, group| request.header("Impersonate-Group", *group));
        request.body(body.to_string().into()).unwrap()
    };
    let answer = reached.kubernetes.send(review(&["dev", "ops"])).await.unwrap();
    let answer: Value = serde_json::from_slice(answer.body()).unwrap();
    let user = &answer["status"]["userInfo"];
    assert_eq!(user["username"], "jane", "{answer}");
    let groups: Vec<&str> = user["groups"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    assert!(["dev", "ops", "system:authenticated"].iter().all(|group| groups.contains(group)), "{answer}");
    assert!(!groups.contains(&"system:masters"), "{answer}");

    let list = http::Request::get("/api/v1/namespaces/default/pods").header("Impersonate-User", "jane");
    let refused = reached.kubernetes.send(list.body(Bytes::new()).unwrap()).await.unwrap();
    let refused: Value = serde_json::from_slice(refused.body()).unwrap();
    assert_eq!(refused["code"], 403);
    let message =
        r#"pods is forbidden: User "jane" cannot list resource "pods" in API group "" in the namespace "default""#;
    assert_eq!(refused["message"], message);
}
