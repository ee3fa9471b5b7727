//! Users of kubeconfigs: how a caller proves who it is.

use super::Object;
use crate::Secret;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

/// Credentials of a user.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum User {
    /// A bearer token.
    Token(Secret),
    /// A client certificate and its private key, as PEM texts.
    Certificate {
        /// Certificate, and those between it and the authority.
        certificate: Secret,
        /// Private key.
        key: Secret,
    },
    /// A program that prints credentials.
    Exec(Exec),
    /// A name and a password.
    Password {
        /// Name.
        name: String,
        /// Password.
        password: Secret,
    },
    /// Another kind, such as paths of files.
    Other,
}

impl User {
    /// Reads an entry. Returns `None` if it has no credentials.
    pub(super) fn of(user: &Object) -> Option<Self> {
        let text = |name: &str| user.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
        let pem = |name: &str| text(name).and_then(decoded).map(Secret::from);
        // The order is that of Kubernetes' own clients: a program comes last.
        if let (Some(certificate), Some(key)) = (pem("client-certificate-data"), pem("client-key-data")) {
            return Some(Self::Certificate { certificate, key });
        }
        if let Some(token) = text("token") {
            return Some(Self::Token(token.into()));
        }
        if let (Some(name), Some(password)) = (text("username"), text("password")) {
            return Some(Self::Password { name: name.to_owned(), password: password.into() });
        }
        match user.get("exec") {
            Some(Value::Object(entry)) => Some(Self::Exec(Exec::of(entry))),
            _ => (!user.is_empty()).then_some(Self::Other),
        }
    }
}

/// A program that prints an `ExecCredential`, which `kubectl` and kube-rs run when they need credentials.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Exec {
    command: String,
    args: Vec<String>,
    env: Vec<(String, String)>,
}

impl Exec {
    /// Returns a program without arguments: its name, or its path.
    pub fn new(command: impl Into<String>) -> Self {
        Self { command: command.into(), ..Self::default() }
    }

    /// Adds an argument.
    #[must_use]
    pub fn arg(mut self, argument: impl Into<String>) -> Self {
        self.args.push(argument.into());
        self
    }

    /// Adds arguments.
    #[must_use]
    pub fn args(mut self, arguments: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.args.extend(arguments.into_iter().map(Into::into));
        self
    }

    /// Sets an environment variable of the program. The kubeconfig contains it in plain text.
    #[must_use]
    pub fn env(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.env.push((name.into(), value.into()));
        self
    }

    /// Returns the command.
    pub fn command(&self) -> &str {
        &self.command
    }

    fn of(entry: &Object) -> Self {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let list = |name: &str| entry.get(name).and_then(Value::as_array).into_iter().flatten();
        Self {
            command: entry.get("command").map(text).unwrap_or_default(),
            args: list("args").map(text).collect(),
            env: list("env").map(|pair| (text(&pair["name"]), text(&pair["value"]))).collect(),
        }
    }

    pub(super) fn entry(&self) -> Value {
        let env: Vec<Value> = self.env.iter().map(|(name, value)| json!({"name": name, "value": value})).collect();
        json!({
            "apiVersion": "client.authentication.k8s.io/v1", "command": self.command, "args": self.args, "env": env,
            "interactiveMode": "Never", "provideClusterInfo": false,
        })
    }
}

/// Returns the text that is in base64.
pub(super) fn decoded(data: &str) -> Option<String> {
    let data: String = data.chars().filter(|c| !c.is_whitespace()).collect();
    String::from_utf8(STANDARD.decode(data).ok()?).ok()
}
