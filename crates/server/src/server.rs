//! A running server and how it is set up.

use crate::access::SubAccount;
use crate::catalog::catalog;
use crate::clock::{Time, WorldClock, since_1970};
use crate::doctor::Doctor;
use crate::error::StartError;
use crate::fault::Faults;
use crate::gateway::{Gate, Gateway, Identity, Key, Ram, Reading, User};
use crate::journal::Journal;
use crate::kubernetes::ApiServers;
use crate::limit::RateLimit;
use crate::listen::Listening;
use crate::listen::pace::Limits;
use crate::tls::Tls;
use crate::transport::InProcess;
use crate::unsimulated::{Edition, Unsimulated};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};
use wharf_core::credentials::Credentials;
use wharf_core::model::Secret;
use wharf_core::transport::Transport;
use wharf_world::infra::offers::REGIONS;
use wharf_world::{Millis, World};

/// A user of the identity service, where none is given.
const DEFAULT_USER: (&str, &str) = ("wharf", "Wharf-Reference-1");

/// The role that is named by [`Server::role_arn`].
const ROLE: &str = "wharf";

/// The account of keys for which none is given.
const DEFAULT_ACCOUNT: &str = "100000000001";
const DEFAULT_REGION: &str = "ap-guangzhou";
const JOURNAL_CAPACITY: usize = 20_000;
const JOURNAL_BYTES: usize = 48 << 20;
/// Bytes of requests that may be read at the same time, over all connections.
const READING: usize = 512 << 20;

/// The reference server, running until it is stopped or dropped.
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
    gateway: Arc<Gateway>,
    listening: Option<Listening>,
    endpoint: String,
    credentials: Vec<Credentials>,
    account: String,
    region: String,
    tls: Option<Tls>,
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

    /// Where every product is reached (`http://127.0.0.1:4000`).
    ///
    /// A server without a socket has one too: its [`transport`](Self::transport) takes any host.
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// The products and where each is reached.
    pub fn products(&self) -> Vec<(&'static str, String)> {
        self.gateway.catalog.defaults().map(|product| (product.name(), self.endpoint.clone())).collect()
    }

    /// The first of the credentials that it accepts.
    pub fn credentials(&self) -> Credentials {
        self.credentials.first().cloned().unwrap_or_else(|| Credentials::new("", ""))
    }

    /// The project of those credentials in the region it was set up for, as Huawei's products call it.
    pub fn project_id(&self) -> String {
        let identity = &self.gateway.identity;
        identity.home(&self.account).map(|project| project.id.clone()).unwrap_or_default()
    }

    /// The first of the users who may log in to the identity service.
    pub fn iam_user(&self) -> IamUser {
        let user = self.gateway.identity.first_user();
        let (name, password) = user.map(|user| (user.name.clone(), user.password.clone())).unwrap_or_default();
        IamUser { name, password, domain: user.map(|user| user.account.clone()).unwrap_or_default() }
    }

    /// Ends the life of all tokens that the identity service has given, which by themselves last for 24 hours of
    /// real time.
    ///
    /// So does that of all temporary credentials that STS has given, which otherwise last as long as was asked for:
    /// in real time plus the time of [`advance`](Self::advance).
    pub fn expire_tokens(&self) {
        self.gateway.identity.expire_tokens();
        self.gateway.ram.expire_sessions();
    }

    /// The role that the account of those credentials may assume at Alibaba's STS for up to an hour, by its ARN.
    pub fn role_arn(&self) -> String {
        self.gateway.ram.role_arn(&self.account, ROLE)
    }

    /// Where a product is reached; nothing when there is no such product here.
    pub fn endpoint_of(&self, product: &str) -> Option<String> {
        self.products().into_iter().find(|(name, _)| *name == product).map(|(_, url)| url)
    }

    /// The region it was set up for.
    pub fn region(&self) -> &str {
        &self.region
    }

    /// The regions it accepts: those that the world offers and the one it was set up for.
    pub fn regions(&self) -> &[String] {
        &self.gateway.regions
    }

    /// A transport that leads straight into this server. It ignores the host it is given,
    /// but for the product that a name such as `tke.example.com` tells.
    pub fn transport(&self) -> Arc<dyn Transport> {
        Arc::new(InProcess { gateway: self.gateway.clone() })
    }

    /// Moves world time on, whichever way it passes otherwise, and lets happen what has come due.
    pub fn advance(&self, by: Duration) {
        self.gateway.clock.advance(by);
        self.with_world(|_| ());
    }

    /// World time.
    pub fn now(&self) -> Millis {
        self.gateway.clock.now()
    }

    /// Looks at the world or changes it, past the gateway.
    pub fn with_world<R>(&self, look: impl FnOnce(&mut World) -> R) -> R {
        let mut world = self.gateway.world.lock().unwrap_or_else(PoisonError::into_inner);
        world.advance(self.gateway.clock.now());
        look(&mut world)
    }

    /// The injected faults.
    pub fn faults(&self) -> &Faults {
        &self.gateway.faults
    }

    /// What has arrived.
    pub fn journal(&self) -> &Journal {
        &self.gateway.journal
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
        if let Some(servers) = &self.gateway.api_servers {
            servers.close();
        }
        if let Some(listening) = self.listening {
            listening.close().await;
        }
    }
}

/// Who may log in to the identity service.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct IamUser {
    /// The user's name.
    pub name: String,
    /// The password.
    pub password: Secret,
    /// The account, which the service calls a domain.
    pub domain: String,
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
    reading: usize,
    limits: Limits,
    unsimulated: Unsimulated,
    edition: Edition,
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
            reading: READING,
            limits: Limits::default(),
            unsimulated: Unsimulated::default(),
            edition: Edition::default(),
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
        self.keys.push(Key {
            id: credentials.id().to_owned(),
            secret: credentials.secret().clone(),
            token: credentials.token().cloned(),
            account: account.into(),
            sub: None,
        });
        self
    }

    /// Lets a user log in to the identity service by name and password. The account is the one that
    /// [`account`](Self::account) gives to keys; the identity service calls it a domain.
    ///
    /// Without any there is one, [`Server::iam_user`].
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

    /// Opens no socket: the server is reached by its [`transport`](Server::transport) alone.
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

    /// How many bytes of memory the journal takes at most. By default 48 MiB. The oldest requests are dropped first.
    #[must_use]
    pub fn journal_bytes(mut self, bytes: usize) -> Self {
        self.journal_bytes = bytes;
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

    /// Starts it.
    ///
    /// # Errors
    /// What keeps it from starting.
    pub async fn start(mut self) -> Result<Server, StartError> {
        if self.region.is_empty() {
            return Err(StartError::Setting("the region is empty".to_owned()));
        }
        if self.keys.is_empty() {
            self = self.credentials(Credentials::new("AKIDWharfReferenceServer", "WharfReferenceServerSecretKey"));
        }
        if self.users.is_empty() {
            let account = self.keys.first().map_or(DEFAULT_ACCOUNT, |key| &key.account).to_owned();
            self = self.iam_user(DEFAULT_USER.0, DEFAULT_USER.1, account);
        }
        self.admit_sub_accounts()?;
        if self.keys.iter().any(|key| key.id.is_empty() || key.secret.is_empty()) {
            return Err(StartError::Setting("credentials have an empty id or secret".to_owned()));
        }
        let mut regions: Vec<String> = REGIONS.iter().map(|region| region.name.to_owned()).collect();
        if !regions.contains(&self.region) {
            regions.push(self.region.clone());
        }
        let start = since_1970(self.start_of_time.unwrap_or_else(SystemTime::now));
        let account = self.keys.first().map(|key| key.account.clone()).unwrap_or_default();
        let credentials = self.keys.iter().filter(|key| key.sub.is_none()).map(credentials).collect();
        let world = new_world(start, &self.keys);
        let gateway = Arc::new(Gateway {
            catalog: catalog(),
            identity: Identity::new(self.keys.clone(), self.users, &regions, &self.region),
            ram: Ram::new(self.keys.clone(), self.region.clone()),
            gate: Gate::new(self.keys),
            regions,
            world: Mutex::new(world),
            clock: WorldClock::new(self.time, start),
            faults: Faults::default(),
            journal: Journal::new(self.journal, self.journal_bytes),
            reading: Arc::new(Reading::new(self.reading)),
            doctor: self.diagnose.then(Doctor::default),
            rate_limit: self.rate_limits.then(RateLimit::default),
            explain: self.explain,
            unsimulated: self.unsimulated,
            edition: self.edition,
            scheme: if self.tls { "https" } else { "http" },
            api_servers: self.listen.map(|address| Arc::new(ApiServers::new(reachable(address).ip()))),
        });
        if let Some(servers) = &gateway.api_servers {
            servers.serve(&gateway);
        }
        let tls = if self.tls { Some(Tls::new(&self.names)?) } else { None };
        let listening = match self.listen {
            Some(address) => {
                let acceptor = tls.as_ref().map(|tls| tls.acceptor.clone());
                Some(Listening::open(address, gateway.clone(), acceptor, self.limits).map_err(StartError::Listen)?)
            }
            None => None,
        };
        let authority =
            listening.as_ref().map_or("localhost".to_owned(), |listening| reachable(listening.address).to_string());
        let endpoint = format!("{}://{authority}", gateway.scheme);
        Ok(Server { gateway, listening, endpoint, credentials, account, region: self.region, tls })
    }

    /// Adds the keys and the users of the sub-accounts to those of the accounts.
    fn admit_sub_accounts(&mut self) -> Result<(), StartError> {
        let home = self.keys.first().map(|key| key.account.clone()).unwrap_or_default();
        for sub in std::mem::take(&mut self.sub_accounts) {
            let wrong = |problem: &str| Err(StartError::Setting(format!("sub-account {:?}: {problem}", sub.name)));
            let account = sub.account.clone().unwrap_or_else(|| home.clone());
            let permissions = sub.permissions(&account)?;
            let (id, token) = (sub.credentials.id(), sub.credentials.token());
            if sub.name.is_empty() {
                return wrong("the name is empty");
            }
            if !self.keys.iter().any(|key| key.sub.is_none() && key.account == account) {
                return wrong("its account has no key");
            }
            if self.keys.iter().any(|key| key.id == id) {
                return wrong("another account or sub-account has the same key");
            }
            let same = |key: &&Key| key.account == account && key.sub.as_ref().is_some_and(|of| of.name == sub.name);
            if self.keys.iter().any(|key| same(&key)) {
                return wrong("there is another one of that name in the account");
            }
            let same_id = |key: &Key| key.sub.as_ref().map_or(&key.account, |of| &of.id) == &permissions.id;
            if self.keys.iter().any(same_id) {
                return wrong("another account or sub-account has the same identifier");
            }
            if let Some(password) = sub.password.clone() {
                if self.users.iter().any(|user| user.name == sub.name && user.account == account) {
                    return wrong("there is a user of that name in the account");
                }
                let (name, account) = (sub.name.clone(), account.clone());
                self.users.push(User { name, password, account, sub: Some(permissions.clone()) });
            }
            self.keys.push(Key {
                id: id.to_owned(),
                secret: sub.credentials.secret().clone(),
                token: token.cloned(),
                account,
                sub: Some(permissions),
            });
        }
        Ok(())
    }
}

/// A world that knows the sub-accounts of these keys.
fn new_world(start: Millis, keys: &[Key]) -> World {
    let mut world = World::new(start);
    for key in keys {
        if let Some(sub) = &key.sub {
            world.users.add(&key.account, &sub.id, &sub.name);
        }
    }
    world
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

fn credentials(key: &Key) -> Credentials {
    let credentials = Credentials::new(key.id.clone(), key.secret.clone());
    match &key.token {
        Some(token) => credentials.with_token(token.clone()),
        None => credentials,
    }
}
