//! Kubeconfig files of all vendors.
//!
//! `tke.kubeconfig(id)`, `cce.kubeconfig(id)` and `ack.kubeconfig(id)` return a [`KubeconfigProvider`], which fetches a
//! [`Kubeconfig`] and renews it before it expires. A `Kubeconfig` is also read from any text:
//!
//! ```
//! use wharf::Kubeconfig;
//!
//! let config = Kubeconfig::parse("
//! clusters: [{name: c, cluster: {server: 'https://192.0.2.1:6443'}}]
//! users: [{name: u, user: {token: planted}}]
//! contexts: [{name: prod, context: {cluster: c, user: u}}]
//! current-context: prod
//! ")?;
//! assert_eq!(config.server(), Some("https://192.0.2.1:6443"));
//! let config = config.with_namespace("team")?.with_prefix("cls-1");
//! assert_eq!(config.current_context(), Some("cls-1-prod"));
//! # Ok::<(), wharf::Error>(())
//! ```

mod certificate;
mod merge;
mod provider;
#[cfg(test)]
mod tests;
mod user;
mod vendors;
mod yaml;

pub use provider::KubeconfigProvider;
pub(crate) use provider::{Fetch, Side, Wanted};
pub use user::{Exec, User};
#[cfg(feature = "tke")]
pub(crate) use vendors::is_public_tke;

use crate::{Error, ErrorKind, Secret, file};
use serde_json::{Map, Value, json};
use std::fmt;
use std::path::Path;
use std::time::SystemTime;
use wharf_core::model::Problem;

type Object = Map<String, Value>;

/// The lists of a kubeconfig, with the name of the object in each item.
const LISTS: [(&str, &str); 3] = [("clusters", "cluster"), ("users", "user"), ("contexts", "context")];

/// A kubeconfig: addresses, users and contexts of clusters. `Debug` shows the names of its contexts alone.
#[derive(Clone, PartialEq)]
pub struct Kubeconfig {
    document: Object,
    /// The same as text.
    text: Secret,
    /// Expiry time that the vendor states.
    stated_expiry: Option<SystemTime>,
    /// Cluster that it was fetched for (`tke/cls-1`).
    origin: String,
}

/// A context: a cluster, a user, and a namespace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Context<'a> {
    /// Name of the context.
    pub name: &'a str,
    /// Name of the cluster's entry.
    pub cluster: &'a str,
    /// Name of the user's entry.
    pub user: &'a str,
    /// Namespace of requests that do not set one.
    pub namespace: Option<&'a str>,
}

impl Kubeconfig {
    /// Reads a kubeconfig in YAML or JSON.
    ///
    /// # Errors
    /// [`InvalidInput`](ErrorKind::InvalidInput) naming what is wrong. The text is not quoted.
    pub fn parse(text: &str) -> Result<Self, Error> {
        Ok(Self::from_text(Secret::from(text))?)
    }

    pub(crate) fn from_text(text: Secret) -> Result<Self, Problem> {
        let document = yaml::read(text.expose())?;
        check(&document)?;
        Ok(Self { document, text, stated_expiry: None, origin: String::new() })
    }

    /// Returns a kubeconfig with that content.
    #[cfg(feature = "cce")]
    pub(crate) fn from_document(document: Object) -> Result<Self, Problem> {
        check(&document)?;
        let text = yaml::write(&document);
        Ok(Self { document, text, stated_expiry: None, origin: String::new() })
    }

    pub(crate) fn with_origin(mut self, origin: String, expiry: Option<SystemTime>) -> Self {
        (self.origin, self.stated_expiry) = (origin, expiry);
        self
    }

    /// Returns the file as YAML, with its secrets. Never log or print it.
    pub fn expose(&self) -> &str {
        self.text.expose()
    }

    /// Returns when the access ends: the earlier of the time that the vendor states and the expiry of the client
    /// certificate of the current context. `None` if neither is known.
    pub fn expires(&self) -> Option<SystemTime> {
        let certificate = match self.user() {
            Some(User::Certificate { certificate, .. }) => certificate::expiry(certificate.expose()),
            _ => None,
        };
        self.stated_expiry.into_iter().chain(certificate).min()
    }

    /// Returns the contexts, in the order of the file.
    pub fn contexts(&self) -> Vec<Context<'_>> {
        items(&self.document, "contexts").filter_map(context).collect()
    }

    /// Returns the name of the current context.
    pub fn current_context(&self) -> Option<&str> {
        self.document.get("current-context")?.as_str().filter(|name| !name.is_empty())
    }

    /// Returns the address of the API server of the current context.
    pub fn server(&self) -> Option<&str> {
        self.cluster()?.get("server")?.as_str()
    }

    /// Returns the namespace of the current context.
    pub fn namespace(&self) -> Option<&str> {
        self.current()?.namespace
    }

    /// Returns the name that the API server's certificate is checked for, if it is not the host of its address.
    pub fn tls_server_name(&self) -> Option<&str> {
        self.cluster()?.get("tls-server-name")?.as_str().filter(|name| !name.is_empty())
    }

    /// Returns the certificates of the authority of the current context, as PEM text.
    ///
    /// # Errors
    /// [`InvalidInput`](ErrorKind::InvalidInput) if they are not base64 or not text.
    pub fn certificate_authority(&self) -> Result<Option<String>, Error> {
        let data = self.cluster().and_then(|cluster| cluster.get("certificate-authority-data"));
        let Some(data) = data.and_then(Value::as_str).filter(|data| !data.is_empty()) else { return Ok(None) };
        let wrong = || Error::invalid_input("kubeconfig.certificate-authority-data", "is not PEM text in base64");
        Ok(Some(user::decoded(data).ok_or_else(wrong)?))
    }

    /// Returns the user of the current context.
    pub fn user(&self) -> Option<User> {
        User::of(object(&self.document, "users", self.current()?.user)?)
    }

    /// Makes another context the current one.
    ///
    /// # Errors
    /// [`NotFound`](ErrorKind::NotFound) if it does not exist, with the names of those that do.
    pub fn with_context(mut self, name: &str) -> Result<Self, Error> {
        if !self.contexts().iter().any(|context| context.name == name) {
            let known: Vec<&str> = self.contexts().iter().map(|context| context.name).collect();
            let message = format!("the kubeconfig has no context {name:?}; it has {}", known.join(", "));
            return Err(Error::new(ErrorKind::NotFound, message).with_field("current-context"));
        }
        self.document.insert("current-context".into(), name.into());
        Ok(self.written())
    }

    /// Sets the namespace of the current context.
    ///
    /// # Errors
    /// [`NotFound`](ErrorKind::NotFound) if there is no current context.
    pub fn with_namespace(self, namespace: &str) -> Result<Self, Error> {
        self.with_value("contexts", "namespace", namespace)
    }

    /// Sets the name that the API server's certificate is checked for, in the current context.
    ///
    /// # Errors
    /// As [`with_namespace`](Self::with_namespace).
    pub fn with_tls_server_name(self, name: &str) -> Result<Self, Error> {
        self.with_value("clusters", "tls-server-name", name)
    }

    /// Sets the address of the API server, in the current context.
    ///
    /// # Errors
    /// As [`with_namespace`](Self::with_namespace).
    pub fn with_server(self, url: &str) -> Result<Self, Error> {
        self.with_value("clusters", "server", url)
    }

    /// Replaces all users by a program that prints credentials when they are needed.
    #[must_use]
    pub fn with_exec(mut self, exec: &Exec) -> Self {
        if let Some(Value::Array(users)) = self.document.get_mut("users") {
            users.iter_mut().for_each(|user| user["user"] = json!({"exec": exec.entry()}));
        }
        self.stated_expiry = None;
        self.written()
    }

    /// Adds a prefix and a hyphen to the names of all clusters, users and contexts. Use it before
    /// [`merge_into`](Self::merge_into): names such as `internal` are the same for all clusters of CCE.
    #[must_use]
    pub fn with_prefix(mut self, prefix: &str) -> Self {
        let add = |value: Option<&mut Value>| {
            if let Some(Value::String(name)) = value {
                name.insert_str(0, &format!("{prefix}-"));
            }
        };
        for (list, inner) in LISTS {
            for item in self.document.get_mut(list).and_then(Value::as_array_mut).into_iter().flatten() {
                add(item.get_mut("name"));
                if inner == "context" {
                    add(item.pointer_mut("/context/cluster"));
                    add(item.pointer_mut("/context/user"));
                }
            }
        }
        if self.current_context().is_some() {
            add(self.document.get_mut("current-context"));
        }
        self.written()
    }

    /// Writes the file, readable by its owner alone (mode 0600 on Unix). A file that exists is replaced at once, so that
    /// readers see the old or the new one. A missing folder is created. Blocks the thread.
    ///
    /// # Errors
    /// [`Configuration`](ErrorKind::Configuration) with the path and the reason.
    pub fn write_to(&self, path: impl AsRef<Path>) -> Result<(), Error> {
        let path = path.as_ref();
        file::replace(path, self.expose())
            .map_err(|error| file::failed("kubeconfig", path, "cannot be written", &error))
    }

    /// Adds clusters, users and contexts to a kubeconfig file, such as `~/.kube/config`, and creates it if it does not
    /// exist. The current context of the file is kept if it has one.
    ///
    /// All other entries and all unknown fields of the file are kept. Comments and anchors are not: the file is written
    /// again. An entry with the same name is replaced if an earlier `merge_into` wrote it for the same cluster, which an
    /// extension named `wharf` in it records. The file is locked like `kubectl` locks it (`config.lock`). Blocks the
    /// thread.
    ///
    /// # Errors
    /// [`Conflict`](ErrorKind::Conflict) if the file has a different entry with the same name, naming it: use
    /// [`with_prefix`](Self::with_prefix). [`InvalidInput`](ErrorKind::InvalidInput) if the file is not a kubeconfig.
    /// [`Configuration`](ErrorKind::Configuration) with the path if it cannot be read, locked or written. The file is
    /// unchanged after any error.
    pub fn merge_into(&self, path: impl AsRef<Path>) -> Result<(), Error> {
        merge::into_file(self, path.as_ref(), false)
    }

    /// Adds to a kubeconfig file like [`merge_into`](Self::merge_into), and makes this current context that of the file.
    ///
    /// # Errors
    /// As [`merge_into`](Self::merge_into).
    pub fn merge_and_switch(&self, path: impl AsRef<Path>) -> Result<(), Error> {
        merge::into_file(self, path.as_ref(), true)
    }

    /// Returns whether the server's certificate is accepted without a check.
    pub(crate) fn accepts_any_certificate(&self) -> bool {
        self.cluster().and_then(|cluster| cluster.get("insecure-skip-tls-verify")) == Some(&Value::Bool(true))
    }

    /// Returns the proxy of the current context.
    pub(crate) fn proxy_url(&self) -> Option<&str> {
        self.cluster()?.get("proxy-url")?.as_str().filter(|url| !url.is_empty())
    }

    fn current(&self) -> Option<Context<'_>> {
        let name = self.current_context()?;
        self.contexts().into_iter().find(|context| context.name == name)
    }

    fn cluster(&self) -> Option<&Object> {
        object(&self.document, "clusters", self.current()?.cluster)
    }

    /// Sets a value of the current context or its cluster.
    fn with_value(mut self, list: &str, key: &str, value: &str) -> Result<Self, Error> {
        let entry = self.current().map(|it| if list == "contexts" { it.name } else { it.cluster }.to_owned());
        let inner = LISTS.iter().find(|(known, _)| *known == list).map_or("", |(_, inner)| inner);
        let items = self.document.get_mut(list).and_then(Value::as_array_mut);
        let item = items.into_iter().flatten().find(|item| item["name"].as_str() == entry.as_deref());
        let Some(Value::Object(object)) = item.and_then(|item| item.get_mut(inner)) else {
            let message = format!("the kubeconfig has no current context whose {key} could be set");
            return Err(Error::new(ErrorKind::NotFound, message).with_field("current-context"));
        };
        object.insert(key.to_owned(), value.into());
        Ok(self.written())
    }

    /// Writes the text again, after a change.
    fn written(mut self) -> Self {
        self.text = yaml::write(&self.document);
        self
    }
}

impl fmt::Debug for Kubeconfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let contexts: Vec<&str> = self.contexts().iter().map(|context| context.name).collect();
        f.debug_struct("Kubeconfig")
            .field("contexts", &contexts)
            .field("current_context", &self.current_context())
            .field("expires", &self.expires())
            .finish_non_exhaustive()
    }
}

/// Checks the parts that this module reads.
fn check(document: &Object) -> Result<(), Problem> {
    let problem = |field: String, reason: &str| Problem { field, reason: reason.to_owned() };
    if document.get("kind").is_some_and(|kind| kind != "Config") {
        return Err(problem("kubeconfig.kind".into(), "is not Config"));
    }
    for (list, inner) in LISTS {
        let items = match document.get(list) {
            None | Some(Value::Null) => continue,
            Some(Value::Array(items)) => items,
            Some(_) => return Err(problem(format!("kubeconfig.{list}"), "is not a list")),
        };
        for (at, item) in items.iter().enumerate() {
            if !item.get("name").is_some_and(Value::is_string) {
                return Err(problem(format!("kubeconfig.{list}.{at}.name"), "is not a text"));
            }
            if !matches!(item.get(inner), None | Some(Value::Null | Value::Object(_))) {
                return Err(problem(format!("kubeconfig.{list}.{at}.{inner}"), "is not an object"));
            }
        }
    }
    Ok(())
}

fn items<'a>(document: &'a Object, list: &str) -> impl Iterator<Item = &'a Value> {
    document.get(list).and_then(Value::as_array).into_iter().flatten()
}

fn context(item: &Value) -> Option<Context<'_>> {
    let inner = item.get("context")?;
    let text = |name: &str| inner.get(name).and_then(Value::as_str);
    Some(Context {
        name: item.get("name")?.as_str()?,
        cluster: text("cluster").unwrap_or_default(),
        user: text("user").unwrap_or_default(),
        namespace: text("namespace").filter(|namespace| !namespace.is_empty()),
    })
}

/// Returns the object of an entry with that name.
fn object<'a>(document: &'a Object, list: &str, name: &str) -> Option<&'a Object> {
    let (_, inner) = LISTS.iter().find(|(known, _)| *known == list)?;
    items(document, list).find(|item| item["name"] == name)?.get(*inner)?.as_object()
}
