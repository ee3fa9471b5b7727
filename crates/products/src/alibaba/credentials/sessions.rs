//! Credentials from a URL, a program, or a login of the command line client.
//!
//! Requests and responses are those of `uri.go`, `external.go`, `cloud_sso.go` and `oauth.go` in
//! `credentials/providers` of aliyun/credentials-go and of their counterparts in `alibabacloud_credentials/provider` of
//! aliyun/credentials-python.

use async_trait::async_trait;
use bytes::Bytes;
use http::Method;
use std::fmt;
use std::io::Read;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant, SystemTime};
use wharf_core::connection::Settings;
use wharf_core::credentials::{Credentials, Exchange, KeyForm, ProvideCredentials, Variables};
use wharf_core::model::Secret;
use wharf_core::product::ShownUrl;
use wharf_core::{Error, ErrorKind};

/// Timeout of a program. A program that runs longer is killed.
const LONGEST: Duration = Duration::from_secs(60);
/// Interval at which the end of a program is polled.
const PAUSE: Duration = Duration::from_millis(10);
/// Maximum number of bytes that a program may print.
const MAX_BYTES: u64 = 64 << 10;
const JSON: &str = "application/json";
pub(super) const URI: &str = "ALIBABA_CLOUD_CREDENTIALS_URI";

/// Form of a key from the token service, the metadata service and logins.
pub(super) const KEY: KeyForm = KeyForm {
    within: &["CloudCredential"],
    id: &["AccessKeyId"],
    secret: &["AccessKeySecret"],
    token: &["SecurityToken"],
    expires: &["Expiration"],
    temporary: true,
};
/// Form of a key that a program prints.
const PRINTED: KeyForm = KeyForm {
    within: &[],
    id: &["access_key_id"],
    secret: &["access_key_secret"],
    token: &["sts_token"],
    expires: &["expiration"],
    temporary: false,
};

/// A provider that requests temporary credentials from a URL on each request for credentials: `{"Code": "Success",
/// "AccessKeyId": ..., ...}`.
///
/// The default URL is the one in `ALIBABA_CLOUD_CREDENTIALS_URI`. Without TLS, its host must be a loopback address, a
/// link-local address or the metadata service.
#[derive(Clone, Default)]
pub struct CredentialsUri {
    url: Option<String>,
    settings: Settings,
    variables: Variables,
}

impl fmt::Debug for CredentialsUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CredentialsUri").field("url", &self.url.as_deref().map(ShownUrl)).finish_non_exhaustive()
    }
}

impl CredentialsUri {
    /// Creates a provider for the URL in the variable.
    pub fn new() -> Self {
        Self::default()
    }

    /// Creates a provider for a URL.
    pub fn of(url: impl Into<String>) -> Self {
        Self { url: Some(url.into()), ..Self::default() }
    }

    /// Sets the transport settings of the requests.
    #[must_use]
    pub fn over(mut self, settings: Settings) -> Self {
        self.settings = settings;
        self
    }

    /// Sets the function that looks up variables, instead of the environment of the process.
    #[must_use]
    pub fn with_lookup(mut self, lookup: impl Fn(&str) -> Option<String> + Send + Sync + 'static) -> Self {
        self.variables = Variables::new(lookup);
        self
    }
}

#[async_trait]
impl ProvideCredentials for CredentialsUri {
    async fn credentials(&self) -> Result<Credentials, Error> {
        let (setting, url) = match (&self.url, self.variables.get(URI)) {
            (Some(url), _) => ("credentials_uri", url.clone()),
            (None, Some(url)) => (URI, url),
            (None, None) => return Err(Error::new(ErrorKind::Credentials, format!("{URI} is not set"))),
        };
        let exchange = Exchange::new(&self.settings, setting, &url)?;
        let body = exchange.send(Method::GET, None, None).await?;
        KEY.read(&body).map_err(|reason| exchange.failed(&reason))
    }
}

/// A provider that runs a program on each request for credentials. The program prints `{"mode": "AK", "access_key_id":
/// ..., "access_key_secret": ...}`, with `sts_token` and `expiration` for temporary credentials.
#[derive(Clone)]
pub(super) struct Program {
    pub(super) command: Secret,
}

impl fmt::Debug for Program {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Program")
    }
}

#[async_trait]
impl ProvideCredentials for Program {
    async fn credentials(&self) -> Result<Credentials, Error> {
        let failed = |reason: &str| {
            Error::new(ErrorKind::Credentials, format!("process_command {reason}")).with_field("process_command")
        };
        let command = self.command.clone();
        let running = tokio::task::spawn_blocking(move || run(command.expose()));
        let printed =
            running.await.unwrap_or_else(|_| Err("did not run".to_owned())).map_err(|reason| failed(&reason))?;
        PRINTED.read(&printed).map_err(|reason| failed(&format!("printed what {reason}")))
    }
}

/// Runs a program and returns its standard output. Its error output is dropped, because it may contain secrets.
fn run(command: &str) -> Result<Vec<u8>, String> {
    let words = shlex::split(command).ok_or("has a quotation mark without its end")?;
    let (program, arguments) = words.split_first().ok_or("is empty")?;
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| format!("cannot be run: {}", error.kind()))?;
    let output = child.stdout.take().ok_or("has no output")?;
    // Reads while waiting, so that a full pipe does not block the program.
    let reading = std::thread::spawn(move || {
        let mut printed = Vec::new();
        output.take(MAX_BYTES + 1).read_to_end(&mut printed).map(|_| printed)
    });
    let end = Instant::now() + LONGEST;
    let status = ended(&mut child, end);
    // A child process of the program may hold the pipe open.
    while !reading.is_finished() && Instant::now() < end {
        std::thread::sleep(PAUSE);
    }
    let (Some(status), true) = (status, reading.is_finished()) else {
        return Err(format!("did not end within {} s", LONGEST.as_secs()));
    };
    let printed = reading.join().ok().and_then(Result::ok).ok_or("printed what cannot be read")?;
    if printed.len() as u64 > MAX_BYTES {
        return Err("printed too much".to_owned());
    }
    if status.success() { Ok(printed) } else { Err(format!("failed: {status}")) }
}

/// Waits for a program to end and returns its status. Kills a program that does not end in time.
fn ended(child: &mut Child, end: Instant) -> Option<ExitStatus> {
    while Instant::now() < end {
        match child.try_wait() {
            Ok(None) => std::thread::sleep(PAUSE),
            ended => return ended.ok().flatten(),
        }
    }
    // The program may have ended in the meantime.
    let _ = child.kill();
    let _ = child.wait();
    None
}

/// A login of the command line client. Its token is exchanged for temporary credentials on each request for
/// credentials.
#[derive(Debug, Clone)]
pub(super) struct Login {
    /// Setting of the file that names the URL.
    pub(super) setting: &'static str,
    /// URL of the exchange.
    pub(super) url: String,
    pub(super) token: Secret,
    /// Expiry of the token, in seconds since 1970.
    pub(super) expires: u64,
    /// Body of the request.
    pub(super) body: Option<String>,
    /// Command with which the user logs in again.
    pub(super) again: &'static str,
    pub(super) settings: Settings,
}

#[async_trait]
impl ProvideCredentials for Login {
    async fn credentials(&self) -> Result<Credentials, Error> {
        let now = self.settings.clock.as_ref().map_or_else(SystemTime::now, |clock| clock.now());
        let now = now.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs();
        let exchange = Exchange::new(&self.settings, self.setting, &self.url)?;
        if self.token.is_empty() || self.expires <= now {
            return Err(exchange.failed(&format!("the login has ended: {}", self.again)));
        }
        let bearer: Secret = format!("Bearer {}", self.token.expose()).into();
        let body = (JSON, self.body.clone().map_or_else(Bytes::new, Bytes::from));
        let body = exchange.send(Method::POST, Some(bearer.expose()), Some(body)).await?;
        KEY.read(&body).map_err(|reason| exchange.failed(&reason))
    }
}
