//! Credentials from the files of Tencent's command line client.
//!
//! Files, names and kinds are those of `tccli/action_caller.py`, `tccli/oauth.py` and `tccli/sso.py` of
//! TencentCloud/tencentcloud-cli.

use super::sts::{AssumedRole, Role};
use crate::tencent::TencentSettings;
use async_trait::async_trait;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use wharf_core::connection::Settings;
use wharf_core::credentials::{Credentials, Metadata, ProvideCredentials, Variables, read_file};
use wharf_core::model::Secret;
use wharf_core::model::json::{Mode, read};
use wharf_core::{Error, ErrorKind};

/// Variable that names the profile.
const NAME: &str = "TCCLI_PROFILE";

/// A provider that reads a profile of the command line client `tccli` (`~/.tccli/<profile>.credential`) on each request
/// for credentials.
///
/// The profile is the one that the caller names, or else the one in `TCCLI_PROFILE`, or else `default`. Its type
/// determines the credentials:
///
/// | type | credentials |
/// |---|---|
/// | none, `default` | the key in the file, or the role in `role-arn` that is assumed with it as `role-session-name` |
/// | `sso`, `oauth` | the temporary key in the file, which `tccli` renews |
/// | `cvm-role` | the role of this machine |
///
/// Other types are refused by name. An expired temporary key is an error. To renew it, log in again with `tccli` or
/// make a call with it.
#[derive(Debug, Clone)]
pub struct CliProfile {
    folder: Option<PathBuf>,
    name: Option<String>,
    settings: Settings,
    tencent: TencentSettings,
    machine: Metadata,
    sts_endpoint: Option<String>,
    variables: Variables,
}

impl Default for CliProfile {
    fn default() -> Self {
        Self {
            folder: None,
            name: None,
            settings: Settings::default(),
            tencent: TencentSettings::default(),
            machine: super::instance_role(),
            sts_endpoint: None,
            variables: Variables::default(),
        }
    }
}

/// The file.
#[derive(Clone, Default, PartialEq)]
struct File {
    kind: Option<String>,
    id: Option<String>,
    secret: Option<Secret>,
    token: Option<Secret>,
    expires_at: Option<u64>,
    role_arn: Option<String>,
    role_session_name: Option<String>,
}

wharf_core::model! {
    File = "File" {
        kind = "type";
        id = "secretId";
        secret = "secretKey" .sensitive();
        token = "token" .sensitive();
        expires_at = "expiresAt";
        role_arn = "role-arn";
        role_session_name = "role-session-name";
    }
}

impl CliProfile {
    /// Creates a provider of the current profile.
    pub fn new() -> Self {
        Self::default()
    }

    /// Creates a provider of a profile by its name.
    pub fn named(name: impl Into<String>) -> Self {
        Self { name: Some(name.into()), ..Self::default() }
    }

    /// Sets the folder of the file.
    #[must_use]
    pub fn folder(mut self, path: impl Into<PathBuf>) -> Self {
        self.folder = Some(path.into());
        self
    }

    /// Sets the transport settings of the calls that assume roles. Credentials and endpoint of the settings have no
    /// effect.
    #[must_use]
    pub fn over(mut self, settings: Settings, tencent: TencentSettings) -> Self {
        (self.settings, self.tencent) = (settings, tencent);
        self
    }

    /// Sets the full URL of the token service, if it does not follow the rule `sts.<domain>`.
    #[must_use]
    pub fn sts_endpoint(mut self, url: impl Into<String>) -> Self {
        self.sts_endpoint = Some(url.into());
        self
    }

    /// Sets the metadata service that provides the role of this machine.
    #[must_use]
    pub fn machine(mut self, machine: Metadata) -> Self {
        self.machine = machine;
        self
    }

    /// Sets the function that looks up variables, instead of the environment of the process.
    #[must_use]
    pub fn with_lookup(mut self, lookup: impl Fn(&str) -> Option<String> + Send + Sync + 'static) -> Self {
        self.variables = Variables::new(lookup);
        self
    }

    /// Returns the path of the file, and the field that explicitly names the profile.
    fn path(&self) -> Result<(PathBuf, Option<&'static str>), Error> {
        let (name, field) = match (&self.name, self.variables.get(NAME)) {
            (Some(name), _) => (name.clone(), Some("profile")),
            (None, Some(name)) => (name, Some(NAME)),
            (None, None) => ("default".to_owned(), None),
        };
        if name.contains(['/', '\\']) {
            return Err(missing("is no name of a profile").with_field(field.unwrap_or("profile")));
        }
        let folder = match &self.folder {
            Some(folder) => folder.clone(),
            None => std::env::home_dir().ok_or_else(|| missing("there is no home folder"))?.join(".tccli"),
        };
        Ok((folder.join(format!("{name}.credential")), field))
    }

    async fn found(&self, file: File) -> Result<Credentials, Error> {
        let text = |value: &Option<String>| value.clone().filter(|value| !value.is_empty());
        let kind = text(&file.kind).unwrap_or_else(|| "default".to_owned());
        let role = (text(&file.role_arn), text(&file.role_session_name));
        match (kind.as_str(), role) {
            ("cvm-role", _) => self.machine.credentials().await,
            ("default", (Some(arn), Some(session))) => {
                let role = Role::new(arn).session_name(session);
                let role = self.sts_endpoint.iter().fold(role, Role::endpoint);
                let mut settings = self.settings.clone();
                settings.credentials = Some(Arc::new(file.key()?));
                AssumedRole::new(role, settings, &self.tencent)?.credentials().await
            }
            ("default", (Some(_), None)) => {
                Err(missing("has role-arn and no role-session-name").with_field("role-arn"))
            }
            ("default", (None, Some(_))) => {
                Err(missing("has role-session-name and no role-arn").with_field("role-session-name"))
            }
            ("default", (None, None)) => file.key(),
            ("sso" | "oauth", _) => file.session(self.now()),
            (kind, _) => Err(missing(format!("has the type {kind:?}, which is not supported")).with_field("type")),
        }
    }

    fn now(&self) -> SystemTime {
        self.settings.clock.as_ref().map_or_else(SystemTime::now, |clock| clock.now())
    }
}

impl File {
    fn key(&self) -> Result<Credentials, Error> {
        let lacks = |name: &str| missing(format!("{name} is missing or empty"));
        let id = self.id.clone().filter(|id| !id.is_empty()).ok_or_else(|| lacks("secretId"))?;
        let secret = self.secret.clone().filter(|secret| !secret.is_empty()).ok_or_else(|| lacks("secretKey"))?;
        let token = self.token.clone().filter(|token| !token.is_empty());
        Ok(token.into_iter().fold(Credentials::new(id, secret), Credentials::with_token))
    }

    fn session(&self, now: SystemTime) -> Result<Credentials, Error> {
        let field = "expiresAt";
        let expiry = self.expires_at.and_then(|at| SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(at)));
        let expiry = expiry.ok_or_else(|| missing("expiresAt is missing or no time").with_field(field))?;
        if expiry <= now {
            return Err(missing("its temporary key has expired: log in again with tccli").with_field(field));
        }
        Ok(self.key().map_err(|error| error.with_field("type"))?.with_expiry(expiry))
    }
}

#[async_trait]
impl ProvideCredentials for CliProfile {
    async fn credentials(&self) -> Result<Credentials, Error> {
        let (path, meant) = self.path()?;
        let shown = path.display();
        let told = |error: Error| match (error.kind(), error.code(), error.field(), meant) {
            (ErrorKind::Credentials, None, Some(field), _) | (ErrorKind::Credentials, None, None, Some(field)) => {
                missing(format!("{shown}: {}", error.message())).with_field(field)
            }
            (ErrorKind::Credentials, None, None, None) => missing(format!("{shown}: {}", error.message())),
            _ => error,
        };
        let text = match read_file(&path).await? {
            Some(text) => text,
            None => {
                let error = missing(format!("no file {shown}"));
                return Err(meant.into_iter().fold(error, Error::with_field));
            }
        };
        let mut file = File::default();
        let json = text.expose().trim_start_matches('\u{feff}');
        // The reader's message may quote secrets, so it is dropped.
        read(json.as_bytes(), &mut file, Mode::Lenient).map_err(|_| told(missing("it is not in the client's form")))?;
        let by_type = file.kind.as_deref().is_some_and(|kind| !matches!(kind, "" | "default"));
        self.found(file).await.map_err(|error| match error.field() {
            // The type explicitly requests this identity, so other credentials must not replace it.
            None if by_type && error.code().is_none() => told(error.with_field("type")),
            _ => told(error),
        })
    }
}

fn missing(reason: impl Into<String>) -> Error {
    Error::new(ErrorKind::Credentials, reason)
}
