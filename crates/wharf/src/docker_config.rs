//! The login of an image registry, for `docker`, for `podman`, and for the pods of a Kubernetes cluster.
//!
//! ```no_run
//! # async fn run() -> Result<(), wharf::Error> {
//! use wharf::tcr;
//!
//! let tcr = tcr::Connection::builder().region("ap-guangzhou").build()?;
//! let login = tcr.docker_config("tcr-a1b2c3d4").send().await?;
//! // A secret for `imagePullSecrets` of pods and service accounts: send it to `/api/v1/namespaces/default/secrets`.
//! let secret = login.image_pull_secret("registry");
//! // A login for the command `docker pull`.
//! login.merge_into("config.json")?;
//! # Ok(())
//! # }
//! ```

use crate::{Error, ErrorKind, Secret, file};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};
use std::fmt;
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The largest file that is read, in bytes.
const MAX_FILE: usize = 4 << 20;
/// Numbers below it are Unix timestamps in seconds, others in milliseconds: it is a time in 5138 or in 1973.
const FIRST_IN_MILLISECONDS: i64 = 100_000_000_000;
/// The name of the file in error fields.
const FIELD: &str = "docker_config";

/// The login of one registry. Contains a password, which `Debug` does not show.
#[derive(Clone)]
pub struct DockerConfig {
    server: String,
    username: String,
    password: Secret,
    expiry: Option<SystemTime>,
}

impl DockerConfig {
    /// Returns the login of a registry. `server` is its host, such as `demo.tencentcloudcr.com`.
    pub fn new(server: impl Into<String>, username: impl Into<String>, password: impl Into<Secret>) -> Self {
        Self { server: server.into(), username: username.into(), password: password.into(), expiry: None }
    }

    /// Returns the host of the registry.
    pub fn server(&self) -> &str {
        &self.server
    }

    /// Returns the user name.
    pub fn username(&self) -> &str {
        &self.username
    }

    /// Returns the password.
    pub fn password(&self) -> &Secret {
        &self.password
    }

    /// Returns the time after which the password is not accepted. `None` if the service has not stated it.
    pub fn expiry(&self) -> Option<SystemTime> {
        self.expiry
    }

    /// Returns the text of a `config.json` of Docker with this login.
    pub fn to_json(&self) -> Secret {
        let mut document = Map::new();
        self.add_to(&mut document);
        Value::Object(document).to_string().into()
    }

    /// Returns a secret of Kubernetes of the type `kubernetes.io/dockerconfigjson`. It contains the password.
    pub fn image_pull_secret(&self, name: &str) -> Value {
        json!({
            "apiVersion": "v1", "kind": "Secret", "metadata": {"name": name},
            "type": "kubernetes.io/dockerconfigjson",
            "data": {".dockerconfigjson": STANDARD.encode(self.to_json().expose())},
        })
    }

    /// Adds the login to a `config.json` of Docker, or replaces the registry's login there, and creates the file (mode
    /// 0600 on Unix) if it does not exist. All else in the file is kept. Blocks the thread.
    ///
    /// A credential helper (`credsStore`, `credHelpers`) that the file names for this registry has priority over the login
    /// when Docker reads it.
    ///
    /// # Errors
    /// [`InvalidInput`](ErrorKind::InvalidInput) if the file is not a JSON object of that format.
    /// [`Configuration`](ErrorKind::Configuration) with the path if it cannot be read, locked or written. The file is
    /// unchanged after any error.
    pub fn merge_into(&self, path: impl AsRef<Path>) -> Result<(), Error> {
        let path = path.as_ref();
        let failed = |what: &'static str| move |error: std::io::Error| file::failed(FIELD, path, what, &error);
        let _lock = file::Lock::of(path).map_err(failed("cannot be locked"))?;
        let text = file::read(path, MAX_FILE).map_err(failed("cannot be read"))?.unwrap_or_default();
        if text.len() > MAX_FILE {
            return Err(Error::invalid_input(
                FIELD,
                format!("{} is larger than {} MiB", path.display(), MAX_FILE >> 20),
            ));
        }
        let mut document = match text.trim() {
            "" => Map::new(),
            text => serde_json::from_str(text).map_err(|error| not_a_config(path, error.line()))?,
        };
        if document.get("auths").is_some_and(|auths| !auths.is_object() && !auths.is_null()) {
            return Err(Error::invalid_input(FIELD, format!("auths in {} is not an object", path.display())));
        }
        self.add_to(&mut document);
        let text = serde_json::to_string_pretty(&document).unwrap_or_default();
        file::replace(path, &text).map_err(failed("cannot be written"))
    }

    fn add_to(&self, document: &mut Map<String, Value>) {
        let auths = document.entry("auths").or_insert_with(|| json!({}));
        if auths.is_null() {
            *auths = json!({});
        }
        let pair = Secret::from(format!("{}:{}", self.username, self.password.expose()));
        let entry = json!({
            "username": self.username, "password": self.password.expose(), "auth": STANDARD.encode(pair.expose()),
        });
        if let Value::Object(auths) = auths {
            auths.insert(self.server.clone(), entry);
        }
    }
}

impl fmt::Debug for DockerConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut fields = f.debug_struct("DockerConfig");
        fields.field("server", &self.server).field("username", &self.username).field("expiry", &self.expiry);
        fields.finish_non_exhaustive()
    }
}

/// The error of a file with another content. The texts of JSON errors can quote it, so they are not passed on.
fn not_a_config(path: &Path, line: usize) -> Error {
    Error::invalid_input(FIELD, format!("{} is not a JSON object: line {line}", path.display()))
}

/// A request for the login of an enterprise-edition instance, made by
/// [`docker_config`](crate::tcr::Connection::docker_config).
#[derive(Debug, Clone)]
#[must_use = "a request does nothing until it is sent"]
pub struct DockerConfigRequest {
    connection: wharf_core::Connection,
    registry_id: String,
    server: Option<String>,
    username: Option<String>,
}

impl DockerConfigRequest {
    pub(crate) fn new(connection: wharf_core::Connection, registry_id: String) -> Self {
        Self { connection, registry_id, server: None, username: None }
    }

    /// Sets the host of the registry, such as that of its internal network. By default the public domain of the
    /// instance, which `DescribeInstances` returns.
    pub fn server(mut self, server: impl Into<String>) -> Self {
        self.server = Some(server.into());
        self
    }

    /// Sets the user name. By default the one in the response. The document of private clouds has none in the response:
    /// there it is the identifier of the account.
    pub fn username(mut self, username: impl Into<String>) -> Self {
        self.username = Some(username.into());
        self
    }

    /// Issues a temporary password (`CreateInstanceToken`), and returns the login. It is not retried once a request may
    /// have reached the service.
    ///
    /// # Errors
    /// [`NotFound`](ErrorKind::NotFound) if the instance does not exist. [`InvalidInput`](ErrorKind::InvalidInput) naming
    /// `username` if it is not set and the response has none. Otherwise those of the two operations.
    pub async fn send(self) -> Result<DockerConfig, Error> {
        let client = wharf_tcr::tcr::Client::new(self.connection.clone());
        let server = match self.server {
            Some(server) => server,
            None => domain(&client, &self.registry_id).await?,
        };
        let output = client.create_instance_token(self.registry_id).send().await?;
        let username = self.username.or(output.username).filter(|name| !name.is_empty()).ok_or_else(|| {
            Error::invalid_input("username", "must be set: the response of CreateInstanceToken has no user name")
        })?;
        Ok(DockerConfig { server, username, password: output.token, expiry: expiry(output.exp_time) })
    }
}

/// Returns the public domain of an instance.
async fn domain(client: &wharf_tcr::tcr::Client, registry_id: &str) -> Result<String, Error> {
    let output = client.describe_instances().registry_ids([registry_id]).all_region(true).send().await?;
    let instances = output.registries;
    let domain =
        instances.into_iter().find(|instance| instance.registry_id == registry_id).map(|found| found.public_domain);
    domain.filter(|domain| !domain.is_empty()).ok_or_else(|| {
        let message = format!("the account has no instance {registry_id} with a public domain");
        Error::new(ErrorKind::NotFound, message).with_field("registry_id")
    })
}

/// Returns a Unix timestamp in seconds or milliseconds as a time.
fn expiry(number: i64) -> Option<SystemTime> {
    let number = (number > 0).then_some(number)?;
    let (unit, count) = (u64::try_from(number).ok()?, number < FIRST_IN_MILLISECONDS);
    let since = if count { Duration::from_secs(unit) } else { Duration::from_millis(unit) };
    UNIX_EPOCH.checked_add(since)
}

#[cfg(test)]
mod tests;
