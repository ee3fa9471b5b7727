//! Pulling the images of pods: with the secrets that they name, and again after a delay.

use super::ControlPlane;
use super::names::{items, text};
use super::store::Key;
use super::{Kubernetes, NewPod, Pod};
use crate::cluster::Event;
use crate::kernel::{Millis, SECOND};
use crate::registry::{ImageName, Login, PullRefusal};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Delay after the first failed attempt. It doubles with each further one, as the kubelet's does.
const FIRST_DELAY: Millis = 10 * SECOND;
/// The longest delay between two attempts.
const LONGEST_DELAY: Millis = 300 * SECOND;

/// An image of a pod that could not be pulled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PullFailure {
    /// Failed attempts in a row.
    pub attempts: u32,
    pub image: String,
    pub message: String,
}

impl PullFailure {
    /// The reason and the message that the status of a container shows.
    pub fn waiting(&self) -> (&'static str, String) {
        match self.attempts {
            1 => ("ErrImagePull", self.message.clone()),
            _ => ("ImagePullBackOff", format!("Back-off pulling image \"{}\": {}", self.image, self.message)),
        }
    }

    fn delay(&self) -> Millis {
        let doublings = self.attempts.saturating_sub(1).min(8);
        (FIRST_DELAY << doublings).min(LONGEST_DELAY)
    }
}

impl ControlPlane<'_, '_> {
    /// Pulls the images of a pod that is about to start. Plans another attempt and returns `false` if one of them cannot be
    /// pulled.
    pub(super) fn pull_images(&mut self, cluster_id: &str, uid: &str) -> bool {
        let Some(cluster) = self.0.realm.clusters.get_mut(cluster_id) else { return false };
        let Some(pod) = cluster.kubernetes.pods.get(uid).filter(|pod| !pod.stopping && !pod.running) else {
            return false;
        };
        // Services of the cloud pull with the login of their account, which is looked up when they are created.
        if pod
            .workload()
            .is_some_and(|name| cluster.kubernetes.workloads.contains(&format!("{}/{name}", pod.namespace)))
        {
            return true;
        }
        let failed = pod.images().find_map(|image| {
            let name = ImageName::parse(image);
            let logins = cluster.kubernetes.logins(pod, &name);
            let refused = self.0.registry.check_pull(&name, &logins).err()?;
            Some((image.to_owned(), message(image, refused)))
        });
        let version = cluster.kubernetes.next_version();
        let Some(pod) = cluster.kubernetes.pods.get_mut(uid) else { return false };
        pod.version = version;
        let Some((image, message)) = failed else {
            pod.pull = None;
            return true;
        };
        let attempts = pod.pull.as_ref().map_or(0, |failure| failure.attempts).saturating_add(1);
        let failure = PullFailure { attempts, image, message };
        let delay = failure.delay();
        let message = failure.message.clone();
        pod.pull = Some(failure);
        self.pod_event(cluster_id, uid, "Failed", message);
        self.after(delay, Event::PodUp { cluster: cluster_id.to_owned(), uid: uid.to_owned() });
        false
    }
}

/// The message of containerd for a refused pull.
fn message(image: &str, refused: PullRefusal) -> String {
    let why = match refused {
        PullRefusal::Unauthorized => "failed to authorize: unexpected status: 401 Unauthorized",
        PullRefusal::NotFound => "not found",
    };
    format!("Failed to pull image \"{image}\": failed to resolve reference \"{image}\": {why}")
}

impl Pod {
    /// The images of its containers, those of init containers first.
    fn images(&self) -> impl Iterator<Item = &str> {
        let containers =
            ["initContainers", "containers"].into_iter().filter_map(|field| self.spec.get(field)?.as_array());
        containers.flatten().filter_map(|container| container.get("image")?.as_str())
    }
}

impl Kubernetes {
    /// The logins for the registry of an image in the secrets that a pod names.
    fn logins(&self, pod: &Pod, image: &ImageName) -> Vec<Login> {
        let names = pod.spec.get("imagePullSecrets").and_then(Value::as_array);
        let names = names.into_iter().flatten().filter_map(|secret| secret.get("name")?.as_str());
        let secrets = names.filter_map(|name| self.store.get(&Key::new("secrets", &pod.namespace, name)));
        secrets.flat_map(|secret| logins_of(secret, image)).collect()
    }

    /// Gives a new pod without secrets those of its service account, as admission does.
    pub(super) fn set_pull_secrets(&self, new: &mut NewPod) {
        let has_own = new.spec.get("imagePullSecrets").and_then(Value::as_array).is_some_and(|list| !list.is_empty());
        let Some(account) = new.spec.get("serviceAccountName").and_then(Value::as_str).filter(|_| !has_own) else {
            return;
        };
        let account = self.store.get(&Key::new("serviceaccounts", &new.namespace, account));
        let secrets = account.map(|account| items(account, "/imagePullSecrets")).unwrap_or_default();
        if !secrets.is_empty() {
            new.spec.insert("imagePullSecrets".into(), Value::from(secrets.to_vec()));
        }
    }
}

/// The logins of a secret for the registry of an image.
fn logins_of(secret: &Value, image: &ImageName) -> Vec<Login> {
    let (field, path) = match text(secret, "/type") {
        "kubernetes.io/dockerconfigjson" => (".dockerconfigjson", "/auths"),
        "kubernetes.io/dockercfg" => (".dockercfg", ""),
        _ => return Vec::new(),
    };
    let encoded = secret.get("data").and_then(|data| data.get(field)).and_then(Value::as_str).unwrap_or_default();
    let document: Option<Value> = STANDARD.decode(encoded).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok());
    let hosts = document.as_ref().and_then(|document| document.pointer(path)).and_then(Value::as_object);
    hosts
        .into_iter()
        .flatten()
        .filter(|(server, _)| is_for(server, image))
        .filter_map(|(_, entry)| login(entry))
        .collect()
}

/// Returns whether a login for that server is for the registry of the image.
fn is_for(server: &str, image: &ImageName) -> bool {
    let server = server.trim_start_matches("https://").trim_start_matches("http://").trim_end_matches('/');
    let server = server.trim_end_matches("/v1").trim_end_matches("/v2");
    let (host, path) = server.split_once('/').unwrap_or((server, ""));
    let within = |rest: &str| rest.is_empty() || rest.starts_with('/');
    host.eq_ignore_ascii_case(&image.host) && (path.is_empty() || image.path.strip_prefix(path).is_some_and(within))
}

/// The user name and the password of an entry: its own, or those in `auth`.
fn login(entry: &Value) -> Option<Login> {
    let field = |name: &str| entry.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    if let (Some(user), Some(password)) = (field("username"), field("password")) {
        return Some(Login { user: user.to_owned(), password: password.to_owned() });
    }
    let pair = String::from_utf8(STANDARD.decode(field("auth")?).ok()?).ok()?;
    let (user, password) = pair.split_once(':')?;
    Some(Login { user: user.to_owned(), password: password.to_owned() })
}
