//! Pods whose images are in the simulated registry: with the login of an `imagePullSecret`, and without.

use super::Cluster;
use crate::support::tcr;
use bytes::Bytes;
use k8s_openapi::api::core::v1::{ContainerStateWaiting, Pod, Secret, ServiceAccount};
use kube::api::{Api, Patch, PatchParams, PostParams};
use serde_json::{Value, json};
use std::time::{Duration, UNIX_EPOCH};
use wharf::docker_config::DockerConfig;
use wharf::{ErrorKind, tcr};
use wharf_server::world::registry::Image;

const IMAGE: &str = "demo.tencentcloudcr.com/team/web:v1";

impl Cluster {
    /// A connection to the registry, and the identifier of a running instance with one image.
    async fn registry(&self) -> (tcr::Connection, String) {
        let registry = tcr(&self.server);
        let request = registry.registries().create_instance().registry_name("demo").registry_type("basic");
        let id = request.send().await.unwrap().registry_id;
        self.server.advance(Duration::from_secs(60));
        let account = registry.docker_config(&id).send().await.unwrap().username().to_owned();
        self.server.with_world(|world| {
            world.registry.push_to_instance(&account, &id, "team/web", "v1", Image::new("web", 1)).unwrap();
        });
        (registry, id)
    }

    async fn create(&self, name: &str, image: &str, secret: Option<&str>) {
        let secrets: Vec<Value> = secret.into_iter().map(|name| json!({"name": name})).collect();
        let pod = json!({
            "metadata": {"name": name},
            "spec": {"containers": [{"name": "main", "image": image}], "imagePullSecrets": secrets},
        });
        let pods: Api<Pod> = Api::namespaced(self.client(), "default");
        pods.create(&PostParams::default(), &serde_json::from_value(pod).unwrap()).await.unwrap();
        self.server.advance(Duration::from_secs(4));
    }

    /// Why the container of a pod waits. `None` if it runs.
    async fn waits(&self, name: &str) -> Option<ContainerStateWaiting> {
        let pods: Api<Pod> = Api::namespaced(self.client(), "default");
        let status = pods.get(name).await.unwrap().status.unwrap();
        let state = status.container_statuses.unwrap()[0].state.clone().unwrap();
        assert_eq!(state.running.is_some(), status.phase.as_deref() == Some("Running"));
        state.waiting
    }

    async fn keep(&self, name: &str, login: &DockerConfig) {
        let secret: Secret = serde_json::from_value(login.image_pull_secret(name)).unwrap();
        let secrets: Api<Secret> = Api::namespaced(self.client(), "default");
        let params = PatchParams::apply("wharf").force();
        secrets.patch(name, &params, &Patch::Apply(secret)).await.unwrap();
    }
}

#[tokio::test]
async fn a_pod_pulls_with_the_secret_of_a_registry() {
    let cluster = Cluster::start().await;
    cluster.add_nodes(1).await;
    let (registry, id) = cluster.registry().await;
    cluster.create("without", IMAGE, None).await;
    let waiting = cluster.waits("without").await.unwrap();
    assert_eq!(waiting.reason.as_deref(), Some("ErrImagePull"));
    assert!(waiting.message.unwrap().contains("401 Unauthorized"));

    // The secret comes later than the pod: the next attempt succeeds. The first delay is ten seconds.
    cluster.create("later", IMAGE, Some("registry")).await;
    assert_eq!(cluster.waits("later").await.unwrap().reason.as_deref(), Some("ErrImagePull"));
    let login = registry.docker_config(&id).send().await.unwrap();
    assert_eq!(login.server(), "demo.tencentcloudcr.com");
    let hour = login.expiry().unwrap().duration_since(UNIX_EPOCH).unwrap();
    assert_eq!(hour, Duration::from_millis(cluster.server.now()) + Duration::from_secs(3600));
    cluster.keep("registry", &login).await;
    cluster.server.advance(Duration::from_secs(11));
    assert_eq!(cluster.waits("later").await, None);
    cluster.server.advance(Duration::from_secs(20));
    assert_eq!(cluster.waits("without").await.unwrap().reason.as_deref(), Some("ImagePullBackOff"));

    // An image that does not exist, and a password that has expired.
    cluster.create("missing", "demo.tencentcloudcr.com/team/web:v2", Some("registry")).await;
    assert!(cluster.waits("missing").await.unwrap().message.unwrap().ends_with("not found"));
    cluster.server.advance(Duration::from_secs(3600));
    cluster.create("expired", IMAGE, Some("registry")).await;
    assert!(cluster.waits("expired").await.unwrap().message.unwrap().contains("401 Unauthorized"));

    // The events say why, as kubectl describe shows.
    let events = http::Request::get("/api/v1/namespaces/default/events?fieldSelector=reason%3DFailed");
    let events = cluster.kubernetes().send(events.body(Bytes::new()).unwrap()).await.unwrap();
    let events: Value = serde_json::from_slice(events.body()).unwrap();
    assert!(events["items"].as_array().unwrap().iter().any(|event| event["type"] == "Warning"
        && event["involvedObject"]["name"] == "expired"
        && event["message"].as_str().unwrap().starts_with("Failed to pull image")));
}

#[tokio::test]
async fn a_service_account_gives_its_pods_the_secret() {
    let cluster = Cluster::start().await;
    cluster.add_nodes(1).await;
    let (registry, id) = cluster.registry().await;
    cluster.keep("registry", &registry.docker_config(&id).send().await.unwrap()).await;
    let accounts: Api<ServiceAccount> = Api::namespaced(cluster.client(), "default");
    let change = json!({"imagePullSecrets": [{"name": "registry"}]});
    accounts.patch("default", &PatchParams::default(), &Patch::Merge(change)).await.unwrap();
    cluster.create("web", IMAGE, None).await;
    assert_eq!(cluster.waits("web").await, None);
    let pods: Api<Pod> = Api::namespaced(cluster.client(), "default");
    let secrets = pods.get("web").await.unwrap().spec.unwrap().image_pull_secrets.unwrap();
    assert_eq!(secrets[0].name, "registry");
}

#[tokio::test]
async fn private_repositories_of_the_personal_edition_need_a_login() {
    let cluster = Cluster::start().await;
    cluster.add_nodes(1).await;
    let registries = tcr(&cluster.server).registries();
    registries.create_user_personal().password("Passw0rd!").send().await.unwrap();
    registries.create_namespace_personal().namespace("team").send().await.unwrap();
    for (name, public) in [("team/open", 1), ("team/closed", 0)] {
        registries.create_repository_personal().repo_name(name).public(public).send().await.unwrap();
    }
    let (_, id) = cluster.registry().await;
    let account = tcr(&cluster.server).docker_config(&id).send().await.unwrap().username().to_owned();
    for name in ["team/open", "team/closed"] {
        cluster.server.with_world(|world| world.push_image(&account, name, "v1", Image::new(name, 1)).unwrap());
    }
    let host = "ccr.ccs.tencentyun.com";
    cluster.create("open", &format!("{host}/team/open:v1"), None).await;
    assert_eq!(cluster.waits("open").await, None);
    cluster.create("closed", &format!("{host}/team/closed:v1"), None).await;
    assert_eq!(cluster.waits("closed").await.unwrap().reason.as_deref(), Some("ErrImagePull"));
    cluster.keep("wrong", &DockerConfig::new(host, &account, "wrong")).await;
    cluster.create("wrong", &format!("{host}/team/closed:v1"), Some("wrong")).await;
    assert_eq!(cluster.waits("wrong").await.unwrap().reason.as_deref(), Some("ErrImagePull"));
    cluster.keep("right", &DockerConfig::new(host, &account, "Passw0rd!")).await;
    cluster.create("right", &format!("{host}/team/closed:v1"), Some("right")).await;
    assert_eq!(cluster.waits("right").await, None);
}

#[tokio::test]
async fn a_login_without_a_user_name_or_an_instance_is_an_error() {
    let cluster = Cluster::start().await;
    let (registry, id) = cluster.registry().await;
    let error = registry.docker_config("tcr-missing").send().await.unwrap_err();
    assert_eq!((error.kind(), error.field()), (ErrorKind::NotFound, Some("registry_id")));
    let login = registry.docker_config(&id).server("internal.example.com").username("user").send().await.unwrap();
    assert_eq!((login.server(), login.username()), ("internal.example.com", "user"));
    assert!(!format!("{login:?}").contains(login.password().expose()));
}
