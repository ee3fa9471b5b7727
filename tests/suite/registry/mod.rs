//! The registries' own protocol: images are pushed and pulled, and the operations of TCR show and change them.

mod access;
mod concurrent;
mod discovery;
mod management;
mod personal;
mod pull;
mod push;
mod rules;
mod skopeo;

use crate::support::{builder, tcr};
use reqwest::{Method, Response, StatusCode};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::fmt::Write;
use std::time::Duration;
use wharf::any::Connection;
use wharf_server::{Builder, Layers, Server};

const DOCKER_MANIFEST: &str = "application/vnd.docker.distribution.manifest.v2+json";
const OCI_MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
const OCI_INDEX: &str = "application/vnd.oci.image.index.v1+json";
const PASSWORD: &str = "hunter2hunter2";

/// A server with the instance `demo`, in which the namespace `team` is, and a personal edition with the namespace `team`.
struct Cloud {
    server: Server,
    api: Connection,
    client: reqwest::Client,
    /// The identifier of the instance.
    id: String,
    account: String,
    /// A password of the instance.
    password: String,
}

/// Content and its digest.
#[derive(Clone)]
struct Content {
    bytes: Vec<u8>,
    digest: String,
}

fn content(bytes: impl Into<Vec<u8>>) -> Content {
    let bytes = bytes.into();
    Content { digest: digest(&bytes), bytes }
}

fn digest(bytes: &[u8]) -> String {
    let mut text = "sha256:".to_owned();
    for byte in Sha256::digest(bytes) {
        write!(text, "{byte:02x}").unwrap();
    }
    text
}

/// An image: its manifest, its configuration and its layers.
#[derive(Clone)]
struct Image {
    manifest: Content,
    config: Content,
    layers: Vec<Content>,
    media_type: &'static str,
}

impl Image {
    /// An image whose layers have these contents.
    fn of(layers: &[&str]) -> Self {
        let layers: Vec<Content> = layers.iter().map(|text| content(*text)).collect();
        let config = json!({
            "architecture": "arm64", "os": "linux", "author": "crew", "docker_version": "24.0.1",
            "created": "2024-05-01T10:00:00Z", "config": {"Labels": {"team": layers.len().to_string()}},
            "rootfs": {"type": "layers", "diff_ids": layers.iter().map(|one| &one.digest).collect::<Vec<_>>()},
        });
        let config = content(config.to_string());
        let layer = |one: &Content| {
            json!({
                "mediaType": "application/vnd.docker.image.rootfs.diff.tar.gzip",
                "size": one.bytes.len(), "digest": one.digest,
            })
        };
        let manifest = json!({
            "schemaVersion": 2, "mediaType": DOCKER_MANIFEST,
            "config": {
                "mediaType": "application/vnd.docker.container.image.v1+json",
                "size": config.bytes.len(), "digest": config.digest,
            },
            "layers": layers.iter().map(layer).collect::<Vec<_>>(),
        });
        Self { manifest: content(manifest.to_string()), config, layers, media_type: DOCKER_MANIFEST }
    }

    fn blobs(&self) -> impl Iterator<Item = &Content> {
        self.layers.iter().chain([&self.config])
    }
}

impl Cloud {
    async fn new() -> Self {
        Self::with(builder()).await
    }

    async fn with(builder: Builder) -> Self {
        let server = builder.start().await.unwrap();
        let api = Connection::of(tcr(&server)).unwrap();
        let input = json!({"RegistryName": "demo", "RegistryType": "premium"});
        let id = api.call("CreateInstance", input).await.unwrap()["RegistryId"].as_str().unwrap().to_owned();
        server.advance(Duration::from_secs(60));
        let token = api.call("CreateInstanceToken", json!({"RegistryId": id, "TokenType": "temp"})).await.unwrap();
        let text = |name: &str| token[name].as_str().unwrap().to_owned();
        let (account, password) = (text("Username"), text("Token"));
        // Another test may have installed it.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let cloud = Self { server, api, client, id, account, password };
        cloud.call("CreateNamespace", json!({"NamespaceName": "team", "IsPublic": false})).await;
        cloud.call("CreateUserPersonal", json!({"Password": PASSWORD})).await;
        cloud.call("CreateNamespacePersonal", json!({"Namespace": "team"})).await;
        cloud
    }

    /// Calls an operation of TCR; operations on the instance get its identifier.
    async fn call(&self, operation: &str, input: Value) -> Value {
        self.try_call(operation, input).await.unwrap_or_else(|error| panic!("{operation}: {error}"))
    }

    async fn try_call(&self, operation: &str, mut input: Value) -> Result<Value, wharf::Error> {
        let entry = self.api.operation(operation).unwrap();
        let takes = |name: &str| entry.input().shape().members.iter().any(|member| member.wire == name);
        if takes("RegistryId") && input.get("RegistryId").is_none() {
            input["RegistryId"] = json!(self.id);
        }
        let response = self.api.call_with_response(operation, input, &wharf::any::CallOptions::default()).await?;
        assert!(response.problems.is_empty(), "{operation}: {:?}", response.problems);
        Ok(response.output)
    }

    async fn code(&self, operation: &str, input: Value) -> String {
        self.try_call(operation, input).await.unwrap_err().code().unwrap_or_default().to_owned()
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.server.endpoint())
    }

    /// A request with a token, if one is given.
    fn request(&self, method: Method, path: &str, token: &str) -> reqwest::RequestBuilder {
        let url = if path.starts_with("http") { path.to_owned() } else { self.url(path) };
        let request = self.client.request(method, url);
        if token.is_empty() { request } else { request.bearer_auth(token) }
    }

    async fn get(&self, path: &str, token: &str) -> Response {
        self.request(Method::GET, path, token).send().await.unwrap()
    }

    /// Asks for a token with a login, or without one if the user is empty.
    async fn token_for(&self, user: &str, password: &str, scopes: &[&str]) -> Response {
        let scopes: Vec<String> = scopes.iter().map(|scope| format!("&scope={scope}")).collect();
        let url = self.url(&format!("/service/token?service=harbor-registry{}", scopes.concat()));
        let request = self.client.get(url);
        let request = if user.is_empty() { request } else { request.basic_auth(user, Some(password)) };
        request.send().await.unwrap()
    }

    /// A token of the instance's owner for a repository below `demo`.
    async fn token(&self, repository: &str) -> String {
        let scope = format!("repository:{repository}:pull,push,delete");
        token_of(self.token_for(&self.account, &self.password, &[&scope]).await).await
    }

    /// Uploads a blob with two requests, and checks what the registry answers.
    async fn upload(&self, repository: &str, token: &str, blob: &Content) -> Response {
        let begun =
            self.request(Method::POST, &format!("/v2/{repository}/blobs/uploads/"), token).send().await.unwrap();
        assert_eq!(begun.status(), StatusCode::ACCEPTED, "{}", begun.text().await.unwrap());
        let place = location(&begun);
        let url = format!("{place}?digest={}", blob.digest);
        self.request(Method::PUT, &url, token).body(blob.bytes.clone()).send().await.unwrap()
    }

    async fn put_manifest(&self, repository: &str, reference: &str, token: &str, image: &Image) -> Response {
        let request = self.request(Method::PUT, &format!("/v2/{repository}/manifests/{reference}"), token);
        request.header("content-type", image.media_type).body(image.manifest.bytes.clone()).send().await.unwrap()
    }

    /// Pushes an image whole.
    async fn push(&self, repository: &str, tag: &str, image: &Image) {
        let token = self.token(repository).await;
        for blob in image.blobs() {
            let done = self.upload(repository, &token, blob).await;
            assert_eq!(done.status(), StatusCode::CREATED);
        }
        let done = self.put_manifest(repository, tag, &token, image).await;
        assert_eq!(done.status(), StatusCode::CREATED, "{}", done.text().await.unwrap());
    }

    /// The tags of a repository of the instance, as the API shows them.
    async fn tags(&self, namespace: &str, repository: &str) -> Vec<String> {
        let input = json!({"NamespaceName": namespace, "RepositoryName": repository, "Limit": 100});
        let list = self.call("DescribeImages", input).await;
        let names = list["ImageInfoList"].as_array().unwrap().iter();
        names.map(|image| image["ImageVersion"].as_str().unwrap().to_owned()).collect()
    }
}

trait Document {
    /// The body as JSON.
    async fn document(self) -> Value;
}

impl Document for Response {
    async fn document(self) -> Value {
        serde_json::from_slice(&self.bytes().await.unwrap()).unwrap()
    }
}

async fn token_of(response: Response) -> String {
    assert_eq!(response.status(), StatusCode::OK);
    let body: Value = response.document().await;
    assert_eq!(body["token"], body["access_token"]);
    body["token"].as_str().unwrap().to_owned()
}

fn header<'a>(response: &'a Response, name: &str) -> &'a str {
    response.headers().get(name).map_or("", |value| value.to_str().unwrap())
}

fn location(response: &Response) -> String {
    header(response, "location").to_owned()
}

/// The code of a refusal.
async fn refusal(response: Response, status: u16) -> String {
    assert_eq!(response.status().as_u16(), status, "{:?}", response.text().await);
    let body: Value = response.document().await;
    let error = &body["errors"][0];
    assert!(!error["message"].as_str().unwrap().is_empty());
    error["code"].as_str().unwrap().to_owned()
}

fn in_folder(name: &str) -> (Layers, std::path::PathBuf) {
    let folder = std::env::temp_dir().join(format!("wharf-registry-{name}-{}", std::process::id()));
    (Layers::in_folder(&folder), folder)
}
