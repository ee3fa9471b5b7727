//! A running server and how it is set up.

use crate::access::SubAccount;
use crate::accounts::{Key, Setup, User};
use crate::catalog::catalog;
use crate::clock::{Time, since_1970};
use crate::cloud::{Cloud, CloudBuilder};
use crate::clouds::{CloudSettings, CloudTag, Clouds, Common, JournalSettings, MOST_CLOUDS};
use crate::control::Guard;
use crate::distribution::Layers;
use crate::error::StartError;
use crate::gateway::Reading;
use crate::listen::pace::Limits;
use crate::listen::{Listening, Service};
use crate::tls::Tls;
use crate::unsimulated::{Edition, Unsimulated};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::ops::Deref;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use tokio::runtime::Handle;
use wharf_core::credentials::Credentials;
use wharf_core::model::Secret;
use wharf_world::infra::offers::Releases;

/// A user of the identity service, where none is given.
const DEFAULT_USER: (&str, &str) = ("wharf", "Wharf-Reference-1");

/// The account of keys for which none is given.
const DEFAULT_ACCOUNT: &str = "100000000001";
const DEFAULT_REGION: &str = "ap-guangzhou";
const JOURNAL_CAPACITY: usize = 20_000;
const JOURNAL_BYTES: usize = 24 << 20;
/// Bytes of requests that may be read at the same time, over all connections.
const READING: usize = 512 << 20;

/// The reference server, running until it is stopped or dropped.
///
/// It is also its first cloud: the methods of [`Cloud`] are those of the server. Further clouds are made by
/// [`new_cloud`](Self::new_cloud).
///
/// ```no_run
/// # async fn run() -> Result<(), Box<dyn std::error::Error>> {
/// let server = wharf_server::Server::start().await?;
/// println!("{} {}", server.endpoint(), server.credentials().id());
/// server.stop().await;
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Server {
    cloud: Cloud,
    listening: Option<Listening>,
    tls: Option<Tls>,
}

impl Deref for Server {
    type Target = Cloud;

    fn deref(&self) -> &Cloud {
        &self.cloud
    }
}

impl Server {
    /// Starts a server on a free port of the loopback interface, with all settings as they are by default.
    ///
    /// # Errors
    /// What keeps it from starting.
    pub async fn start() -> Result<Self, StartError> {
        Self::builder().start().await
    }

    /// Sets up a server.
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// The first cloud.
    pub fn cloud(&self) -> &Cloud {
        &self.cloud
    }

    /// Sets up a further cloud, with keys, a world, a clock, faults and a journal that no other cloud shares.
    pub fn new_cloud(&self) -> CloudBuilder {
        CloudBuilder::like(&self.cloud)
    }

    /// All clouds, the first one first.
    pub fn clouds(&self) -> Vec<Cloud> {
        self.cloud.siblings()
    }

    /// The cloud that has a key.
    pub fn cloud_of(&self, key: &str) -> Option<Cloud> {
        self.cloud.sibling(key)
    }

    /// The certificate authority's certificate in PEM, if the server speaks TLS.
    pub fn root_certificate(&self) -> Option<&str> {
        self.tls.as_ref().map(|tls| tls.root.as_str())
    }

    /// The server's own certificate in PEM, if it speaks TLS.
    pub fn certificate(&self) -> Option<&str> {
        self.tls.as_ref().map(|tls| tls.certificate.as_str())
    }

    /// The address of the socket, if there is one.
    pub fn address(&self) -> Option<SocketAddr> {
        self.listening.as_ref().map(|listening| listening.address)
    }

    /// Closes the socket and waits for running calls to end.
    pub async fn stop(self) {
        self.cloud.clouds.all().iter().for_each(|cloud| cloud.close());
        if let Some(listening) = self.listening {
            listening.close().await;
        }
    }
}

/// Builds a server.
#[derive(Debug, Clone)]
pub struct Builder {
    region: String,
    keys: Vec<Key>,
    users: Vec<User>,
    sub_accounts: Vec<SubAccount>,
    time: Time,
    start_of_time: Option<SystemTime>,
    listen: Option<SocketAddr>,
    tls: bool,
    names: Vec<String>,
    rate_limits: bool,
    explain: bool,
    diagnose: bool,
    journal: usize,
    journal_bytes: usize,
    journal_file: Option<PathBuf>,
    reading: usize,
    limits: Limits,
    layers: Layers,
    unsimulated: Unsimulated,
    edition: Edition,
    releases: Releases,
    control_token: Option<Secret>,
    clouds: usize,
    world: Option<String>,
}

impl Default for Builder {
    fn default() -> Self {
        Self {
            region: DEFAULT_REGION.to_owned(),
            keys: Vec::new(),
            users: Vec::new(),
            sub_accounts: Vec::new(),
            time: Time::Real,
            start_of_time: None,
            listen: Some(SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0)),
            tls: false,
            names: vec!["localhost".to_owned(), "127.0.0.1".to_owned()],
            rate_limits: true,
            explain: false,
            diagnose: true,
            journal: JOURNAL_CAPACITY,
            journal_bytes: JOURNAL_BYTES,
            journal_file: None,
            reading: READING,
            limits: Limits::default(),
            layers: Layers::default(),
            unsimulated: Unsimulated::default(),
            edition: Edition::default(),
            releases: Releases::Current,
            control_token: None,
            clouds: MOST_CLOUDS,
            world: None,
        }
    }
}

impl Builder {
    /// The region. By default `ap-guangzhou`.
    #[must_use]
    pub fn region(mut self, region: impl Into<String>) -> Self {
        self.region = region.into();
        self
    }

    /// Accepts these credentials, for the account that all keys share by default.
    /// Without any the server has a key of its own.
    #[must_use]
    pub fn credentials(self, credentials: Credentials) -> Self {
        self.account(DEFAULT_ACCOUNT, credentials)
    }

    /// Accepts these credentials for that account. What one account owns no other sees.
    #[must_use]
    pub fn account(mut self, account: impl Into<String>, credentials: Credentials) -> Self {
        self.keys.push(Key::of_account(account, &credentials));
        self
    }

    /// Lets a user log in to the identity service by name and password. The account is the one that
    /// [`account`](Self::account) gives to keys; the identity service calls it a domain.
    ///
    /// Without any there is one, [`iam_user`](Cloud::iam_user).
    #[must_use]
    pub fn iam_user(
        mut self,
        name: impl Into<String>,
        password: impl Into<Secret>,
        account: impl Into<String>,
    ) -> Self {
        self.users.push(User { name: name.into(), password: password.into(), account: account.into(), sub: None });
        self
    }

    /// Accepts the key of a sub-account, which may do what its policies allow and sees what its account owns.
    #[must_use]
    pub fn sub_account(mut self, sub_account: SubAccount) -> Self {
        self.sub_accounts.push(sub_account);
        self
    }

    /// How world time passes. By default as fast as real time.
    #[must_use]
    pub fn time(mut self, time: Time) -> Self {
        self.time = time;
        self
    }

    /// When world time begins. By default now.
    #[must_use]
    pub fn start_of_time(mut self, start: SystemTime) -> Self {
        self.start_of_time = Some(start);
        self
    }

    /// Where to listen. By default a free port of the loopback interface.
    #[must_use]
    pub fn listen(mut self, address: SocketAddr) -> Self {
        self.listen = Some(address);
        self
    }

    /// Opens no socket: the server is reached by its [`transport`](Cloud::transport) alone.
    #[must_use]
    pub fn without_socket(mut self) -> Self {
        self.listen = None;
        self
    }

    /// Speaks TLS, with a certificate authority made at start.
    #[must_use]
    pub fn tls(mut self) -> Self {
        self.tls = true;
        self
    }

    /// One more name or address that the certificate is for, in addition to `localhost` and `127.0.0.1`.
    #[must_use]
    pub fn tls_name(mut self, name: impl Into<String>) -> Self {
        self.names.push(name.into());
        self
    }

    /// Whether the documented rate limits hold, measured in real time. By default they do.
    #[must_use]
    pub fn rate_limits(mut self, hold: bool) -> Self {
        self.rate_limits = hold;
        self
    }

    /// What operations answer that the server checks and does not simulate. By default they are refused.
    #[must_use]
    pub fn unsimulated(mut self, answer: Unsimulated) -> Self {
        self.unsimulated = answer;
        self
    }

    /// Sets the releases of Kubernetes and of operating systems that the clouds offer. By default they are those that public
    /// clouds offer now. With [`Releases::Documents`] they are those of the documents of private clouds.
    ///
    /// CCS always offers what its document lists. A saved cloud keeps its releases.
    #[must_use]
    pub fn releases(mut self, releases: Releases) -> Self {
        self.releases = releases;
        self
    }

    /// Which edition of the clouds the server stands for. By default all operations are known; for
    /// [`Edition::Private`] those that only public clouds have do not exist.
    #[must_use]
    pub fn edition(mut self, edition: Edition) -> Self {
        self.edition = edition;
        self
    }

    /// Whether the error for a wrong signature contains what was signed. By default only the journal does.
    #[must_use]
    pub fn explain_signatures(mut self, explain: bool) -> Self {
        self.explain = explain;
        self
    }

    /// Whether the server determines why a signature is wrong, which takes up to 20 ms of computing each
    /// time. By default it does. Requests of which more than 256 KiB are signed, bodies aside, are not examined.
    #[must_use]
    pub fn diagnose_signatures(mut self, diagnose: bool) -> Self {
        self.diagnose = diagnose;
        self
    }

    /// How many requests the journal keeps at most. By default 20,000.
    #[must_use]
    pub fn journal_capacity(mut self, entries: usize) -> Self {
        self.journal = entries;
        self
    }

    /// How many bytes of memory the journal takes at most. By default 24 MiB. The oldest requests are dropped first.
    #[must_use]
    pub fn journal_bytes(mut self, bytes: usize) -> Self {
        self.journal_bytes = bytes;
        self
    }

    /// Appends each request, once it is answered, to a file as a line of JSON ([`Entry::to_json`](crate::Entry::to_json)).
    /// A new file can be read by its owner alone. If it cannot be written later, that is logged once, and requests are still
    /// answered.
    #[must_use]
    pub fn journal_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.journal_file = Some(path.into());
        self
    }

    /// How many connections may be open at the same time. By default 4,096. For one more the connection is closed that
    /// has waited for a request, or for the rest of one, the longest; so it is when file descriptors run out.
    #[must_use]
    pub fn max_connections(mut self, connections: usize) -> Self {
        self.limits.connections = connections;
        self
    }

    /// How many bytes of requests may be in memory at the same time, over all connections. By default 512 MiB. What
    /// goes beyond is answered with the status 503.
    #[must_use]
    pub fn max_request_bytes(mut self, bytes: usize) -> Self {
        self.reading = bytes;
        self
    }

    /// Where the layers of images are kept that clients push. By default in memory, up to 2 GiB.
    #[must_use]
    pub fn layers(mut self, layers: Layers) -> Self {
        self.layers = layers;
        self
    }

    /// How long a connection may stay open without a request. By default 30 seconds.
    #[must_use]
    pub fn idle_timeout(mut self, timeout: Duration) -> Self {
        self.limits.idle = timeout;
        self
    }

    /// How long the head of a request may take from its first byte to its last. By default 10 seconds.
    #[must_use]
    pub fn head_timeout(mut self, timeout: Duration) -> Self {
        self.limits.head = timeout;
        self
    }

    /// How long the body of a request may take. By default 30 seconds.
    #[must_use]
    pub fn body_timeout(mut self, timeout: Duration) -> Self {
        self.limits.body = timeout;
        self
    }

    /// How long a caller may take to receive any further part of an answer. By default 30 seconds.
    #[must_use]
    pub fn write_timeout(mut self, timeout: Duration) -> Self {
        self.limits.write = timeout;
        self
    }

    /// Lets the control API answer those who have this token, wherever they are. Without one it answers on the loopback
    /// interface only.
    #[must_use]
    pub fn control_token(mut self, token: impl Into<Secret>) -> Self {
        self.control_token = Some(token.into());
        self
    }

    /// Starts with the cloud that [`save`](Cloud::save) has written, instead of an empty one.
    #[must_use]
    pub fn world(mut self, text: impl Into<String>) -> Self {
        self.world = Some(text.into());
        self
    }

    /// How many clouds there may be at the same time. By default 1,000.
    #[must_use]
    pub fn max_clouds(mut self, clouds: usize) -> Self {
        self.clouds = clouds;
        self
    }

    /// Starts it.
    ///
    /// # Errors
    /// What keeps it from starting.
    pub async fn start(mut self) -> Result<Server, StartError> {
        if self.region.is_empty() {
            return Err(StartError::Setting("the region is empty".to_owned()));
        }
        crate::cloud::check_time(self.time).map_err(|problem| StartError::Setting(problem.to_string()))?;
        if self.control_token.as_ref().is_some_and(Secret::is_empty) {
            return Err(StartError::Setting("the control token is empty".to_owned()));
        }
        if self.keys.is_empty() {
            self = self.credentials(Credentials::new("AKIDWharfReferenceServer", "WharfReferenceServerSecretKey"));
        }
        if self.users.is_empty() {
            let account = self.keys.first().map_or(DEFAULT_ACCOUNT, |key| &key.account).to_owned();
            self = self.iam_user(DEFAULT_USER.0, DEFAULT_USER.1, account);
        }
        let common = Common {
            catalog: catalog(),
            reading: Arc::new(Reading::new(self.reading)),
            layers: self.layers.open()?,
            doctor: self.diagnose.then(Arc::default),
            unsimulated: self.unsimulated,
            edition: self.edition,
            releases: self.releases,
            explain: self.explain,
            scheme: if self.tls { "https" } else { "http" },
            interface: self.listen.map(|address| reachable(address).ip()),
            runtime: Handle::try_current().ok(),
        };
        let settings = CloudSettings {
            region: self.region,
            time: self.time,
            start: since_1970(self.start_of_time.unwrap_or_else(SystemTime::now)),
            rate_limits: self.rate_limits,
            journal: JournalSettings { entries: self.journal, bytes: self.journal_bytes, file: self.journal_file },
            setup: Setup { keys: self.keys, users: self.users, sub_accounts: self.sub_accounts },
        };
        let gateway = common.gateway(settings, CloudTag::default())?;
        let (scheme, reading) = (common.scheme, common.reading.clone());
        let clouds = Clouds::new(common, self.clouds, gateway.clone()).map_err(|error| error.at_start(None))?;
        let clouds = Arc::new(clouds);
        if let Some(text) = self.world {
            let cloud = Cloud { gateway: gateway.clone(), clouds: clouds.clone(), endpoint: "".into() };
            cloud.load(&text).map_err(StartError::World)?;
        }
        let tls = if self.tls { Some(Tls::new(&self.names)?) } else { None };
        let listening = match self.listen {
            Some(address) => {
                let acceptor = tls.as_ref().map(|tls| tls.acceptor.clone());
                let guard = Guard::new(self.control_token);
                let service = Service { clouds: clouds.clone(), guard: Arc::new(guard), scheme };
                let open = Listening::open(address, service, &reading, acceptor, self.limits);
                Some(open.map_err(StartError::Listen)?)
            }
            None => None,
        };
        let authority =
            listening.as_ref().map_or("localhost".to_owned(), |listening| reachable(listening.address).to_string());
        let endpoint = format!("{scheme}://{authority}").into();
        Ok(Server { cloud: Cloud { gateway, clouds, endpoint }, listening, tls })
    }
}

/// An address to connect to: one that listens everywhere is reached on the loopback interface.
fn reachable(mut address: SocketAddr) -> SocketAddr {
    if address.ip().is_unspecified() {
        address.set_ip(match address.ip() {
            IpAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
            IpAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
        });
    }
    address
}
