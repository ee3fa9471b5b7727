//! The handle of one cloud: what a program does with it past the wire.

use crate::accounts::{AccountError, Key};
use crate::clock::{FASTEST, Time, since_1970};
use crate::clouds::{CloudError, CloudSettings, Clouds, JournalSettings};
use crate::fault::Faults;
use crate::gateway::Gateway;
use crate::journal::Journal;
use crate::transport::InProcess;
use crate::{accounts, control, world_file};
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use wharf_core::credentials::Credentials;
use wharf_core::model::Secret;
use wharf_core::transport::Transport;
use wharf_world::{Millis, World};

/// The role that is named by [`Cloud::role_arn`].
const ROLE: &str = "wharf";
/// Entries and bytes of the journal of a cloud that is not the first one.
const JOURNAL: JournalSettings = JournalSettings { entries: 5_000, bytes: 4 << 20, file: None };

/// One cloud of a server: keys, accounts, world, clock, faults and journal that no other cloud shares.
///
/// A request belongs to the cloud whose key it names. Cheap to clone; all clones are the same cloud.
///
/// ```no_run
/// # async fn run() -> Result<(), Box<dyn std::error::Error>> {
/// let server = wharf_server::Server::start().await?;
/// let (one, two) = (server.new_cloud().start()?, server.new_cloud().start()?);
/// // Calls to `server.endpoint()` with `one.credentials()` and `two.credentials()` see different worlds.
/// assert_ne!(one.credentials().id(), two.credentials().id());
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Cloud {
    pub(crate) gateway: Arc<Gateway>,
    pub(crate) clouds: Arc<Clouds>,
    pub(crate) endpoint: Arc<str>,
}

impl fmt::Debug for Cloud {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cloud").field("key", &self.key()).finish_non_exhaustive()
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

impl Cloud {
    /// Where every product is reached (`http://127.0.0.1:4000`).
    ///
    /// A server without a socket has one too: its [`transport`](Self::transport) takes any host.
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// The products and where each is reached.
    pub fn products(&self) -> Vec<(&'static str, String)> {
        self.gateway.catalog.defaults().map(|product| (product.name(), self.endpoint.to_string())).collect()
    }

    /// Where a product is reached; nothing when there is no such product here.
    pub fn endpoint_of(&self, product: &str) -> Option<String> {
        self.products().into_iter().find(|(name, _)| *name == product).map(|(_, url)| url)
    }

    /// The identifier of the first key, which names the cloud.
    pub fn key(&self) -> String {
        self.gateway.accounts.first_key().map(|key| key.id.clone()).unwrap_or_default()
    }

    /// The first of the credentials that it accepts.
    pub fn credentials(&self) -> Credentials {
        self.gateway.accounts.first_key().map_or_else(|| Credentials::new("", ""), |key| key.credentials())
    }

    /// The account of those credentials.
    pub fn account(&self) -> String {
        self.gateway.accounts.first_account()
    }

    /// The project of those credentials in the region it was set up for, as Huawei's products call it.
    pub fn project_id(&self) -> String {
        self.project_of(&self.account())
    }

    pub(crate) fn project_of(&self, account: &str) -> String {
        self.gateway.accounts.home(account).map(|project| project.id.clone()).unwrap_or_default()
    }

    /// The first of the users who may log in to the identity service.
    pub fn iam_user(&self) -> IamUser {
        let users = self.gateway.accounts.users();
        let user = users.first();
        let (name, password) = user.map(|user| (user.name.clone(), user.password.clone())).unwrap_or_default();
        IamUser { name, password, domain: user.map(|user| user.account.clone()).unwrap_or_default() }
    }

    /// The role that the account of those credentials may assume at Alibaba's STS for up to an hour, by its ARN.
    pub fn role_arn(&self) -> String {
        self.role_of(&self.account())
    }

    pub(crate) fn role_of(&self, account: &str) -> String {
        self.gateway.ram.role_arn(account, ROLE)
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

    /// The region it was set up for.
    pub fn region(&self) -> &str {
        &self.gateway.accounts.region
    }

    /// The regions it accepts: those that the world offers and the one it was set up for.
    pub fn regions(&self) -> &[String] {
        &self.gateway.accounts.regions
    }

    /// A transport that leads straight into the server. It ignores the host it is given,
    /// but for the product that a name such as `tke.example.com` tells. Calls reach the cloud whose key they name.
    pub fn transport(&self) -> Arc<dyn Transport> {
        Arc::new(InProcess { clouds: self.clouds.clone() })
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

    /// How world time passes.
    pub fn time(&self) -> Time {
        self.gateway.clock.time()
    }

    /// Sets how world time passes from now on. It never goes back.
    ///
    /// # Errors
    /// If it is to pass 0 times as fast as real time, or more than 1,000,000 times.
    pub fn set_time(&self, time: Time) -> Result<(), control::Problem> {
        check_time(time)?;
        self.gateway.clock.set_time(time);
        Ok(())
    }

    /// Looks at the world or changes it, past the gateway.
    pub fn with_world<R>(&self, look: impl FnOnce(&mut World) -> R) -> R {
        self.gateway.in_world(look)
    }

    /// Where clients such as `docker` and `skopeo` reach the repositories of an enterprise instance
    /// (`127.0.0.1:4000/demo`). Nothing if the server has no socket, or no instance has that identifier.
    pub fn instance_registry(&self, id: &str) -> Option<String> {
        let name = self.with_world(|world| world.registry.instance_name(id).map(str::to_ascii_lowercase))?;
        Some(format!("{}/{name}", self.personal_registry()?))
    }

    /// Where clients such as `docker` and `skopeo` reach the repositories of the personal edition (`127.0.0.1:4000`).
    /// Nothing if the server has no socket.
    pub fn personal_registry(&self) -> Option<String> {
        self.gateway.api_servers.as_ref()?;
        let (_, address) = self.endpoint.split_once("://")?;
        Some(address.to_owned())
    }

    /// How many bytes the layers and the uploads of all image registries of the server have.
    pub fn layer_bytes(&self) -> u64 {
        self.gateway.registry.used_bytes()
    }

    /// The injected faults.
    pub fn faults(&self) -> &Faults {
        &self.gateway.faults
    }

    /// What has arrived.
    pub fn journal(&self) -> &Journal {
        &self.gateway.journal
    }

    /// Ends the cloud and frees what it holds. Calls with its keys reach the first cloud from then on, which refuses
    /// them.
    ///
    /// # Errors
    /// If it is the first cloud, which ends with the server, or has been ended.
    pub fn end(&self) -> Result<(), control::Problem> {
        Ok(self.clouds.remove(&self.key())?)
    }

    /// Whether the cloud has been ended.
    pub(crate) fn has_ended(&self) -> bool {
        !self.clouds.all().iter().any(|cloud| Arc::ptr_eq(cloud, &self.gateway))
    }

    /// Writes [`save`](Self::save) to a file that only its owner may read. A file that is there is replaced as a whole.
    ///
    /// # Errors
    /// What keeps it from being written.
    pub fn save_to(&self, path: impl AsRef<std::path::Path>) -> std::io::Result<()> {
        world_file::write_file(path.as_ref(), &self.save())
    }

    /// Empties the cloud: its world, faults, journal and tokens, and the accounts and keys that were added after the
    /// start. World time and its speed stay.
    pub fn reset(&self) {
        let setup = self.gateway.setup.clone();
        // The keys of the start are still the cloud's, so that nothing can be wrong with them.
        if let Err((error, _)) = self.clouds.replace_accounts(&self.gateway, setup) {
            tracing::warn!(%error, "the accounts could not be set back");
        }
        self.gateway.replace_world(World::new(self.now()).with_releases(self.gateway.releases));
        self.gateway.faults.clear();
        self.gateway.journal.clear();
        self.expire_tokens();
    }

    /// Adds a key to an account, which may be new. Without credentials the key is a fresh one.
    ///
    /// # Errors
    /// If the credentials are empty or known, or there are 1,000 keys.
    pub fn add_key(
        &self,
        account: Option<&str>,
        credentials: Option<Credentials>,
    ) -> Result<Credentials, control::Problem> {
        let account = account.map_or_else(|| self.account(), str::to_owned);
        let credentials = credentials.unwrap_or_else(accounts::fresh_credentials);
        let key = self.clouds.add_key(&self.gateway, Key::of_account(account, &credentials))?;
        Ok(key.credentials())
    }

    /// Adds a sub-account with its key and policies.
    ///
    /// # Errors
    /// If its name, key or identifier is taken, its account is unknown, or a policy cannot be used.
    pub fn add_sub_account(&self, sub_account: crate::SubAccount) -> Result<(), control::Problem> {
        self.clouds.add_sub_account(&self.gateway, sub_account)?;
        Ok(())
    }

    /// Removes a key, and the sub-account that it is of.
    ///
    /// # Errors
    /// If there is no such key, or it is the first one.
    pub fn remove_key(&self, id: &str) -> Result<(), control::Problem> {
        if self.clouds.remove_key(&self.gateway, id)? {
            return Ok(());
        }
        Err(control::Problem::unknown("id", format!("no key {id:?}"), "a key of the cloud"))
    }
}

/// Refuses a speed that world time cannot have.
pub(crate) fn check_time(time: Time) -> Result<(), control::Problem> {
    match time {
        Time::Accelerated(factor) if !(1..=FASTEST).contains(&factor) => {
            let expected = format!("\"manual\" or an integer from 1 to {FASTEST}");
            Err(control::Problem::wrong("speed", format!("{factor} is no speed"), expected))
        }
        _ => Ok(()),
    }
}

/// Builds a further cloud of a server.
#[derive(Debug, Clone)]
pub struct CloudBuilder {
    pub(crate) settings: CloudSettings,
    pub(crate) clouds: Arc<Clouds>,
    pub(crate) endpoint: Arc<str>,
}

impl CloudBuilder {
    /// Settings like those of that cloud, with fresh keys, and world time from now on.
    pub(crate) fn like(cloud: &Cloud) -> Self {
        let settings = CloudSettings {
            region: cloud.region().to_owned(),
            time: cloud.time(),
            start: since_1970(SystemTime::now()),
            rate_limits: cloud.gateway.rate_limit.is_some(),
            journal: JOURNAL,
            setup: accounts::Setup::default(),
        };
        Self { settings, clouds: cloud.clouds.clone(), endpoint: cloud.endpoint.clone() }
    }

    /// The region. By default that of the first cloud.
    #[must_use]
    pub fn region(mut self, region: impl Into<String>) -> Self {
        self.settings.region = region.into();
        self
    }

    /// How world time passes. By default as in the first cloud.
    #[must_use]
    pub fn time(mut self, time: Time) -> Self {
        self.settings.time = time;
        self
    }

    /// When world time begins. By default now.
    #[must_use]
    pub fn start_of_time(mut self, start: SystemTime) -> Self {
        self.settings.start = since_1970(start);
        self
    }

    /// Whether the documented rate limits hold. By default as in the first cloud.
    #[must_use]
    pub fn rate_limits(mut self, hold: bool) -> Self {
        self.settings.rate_limits = hold;
        self
    }

    /// Accepts these credentials, for an account that the cloud makes. By default they are fresh.
    #[must_use]
    pub fn credentials(mut self, credentials: &Credentials) -> Self {
        self.settings.setup.keys.push(Key::of_account("", credentials));
        self
    }

    /// Starts it.
    ///
    /// # Errors
    /// If a setting is wrong, a key is another cloud's, or there are as many clouds as there may be.
    pub fn start(self) -> Result<Cloud, control::Problem> {
        check_time(self.settings.time)?;
        if self.settings.region.is_empty() {
            return Err(control::Problem::wrong("region", "the region is empty", "the name of a region"));
        }
        let gateway = self.clouds.add(self.settings)?;
        Ok(Cloud { gateway, clouds: self.clouds, endpoint: self.endpoint })
    }
}

impl From<CloudError> for control::Problem {
    fn from(error: CloudError) -> Self {
        let message = error.to_string();
        match error {
            CloudError::TooMany(_) => Self::too_many("", message, "fewer clouds: end some"),
            CloudError::Unknown(_) => Self::unknown("cloud", message, "a key of a cloud"),
            CloudError::First => Self::conflict("key", message, "another cloud"),
            CloudError::Account(error) => error.into(),
            CloudError::Start(_) => Self::wrong("credentials", message, "credentials that can be used"),
        }
    }
}

impl From<AccountError> for control::Problem {
    fn from(error: AccountError) -> Self {
        match &error.policy {
            Some(fault) => {
                let place = format!("{}[{}]", error.place, fault.at);
                Self::wrong(place, fault.error.to_string(), "a policy in the form of its vendor")
            }
            None if error.conflict => Self::conflict(error.place, error.message, "one that is free"),
            None => Self::wrong(error.place, error.message, "one that can be used"),
        }
    }
}

impl Cloud {
    /// All clouds of the server, the first one first.
    pub(crate) fn siblings(&self) -> Vec<Self> {
        self.clouds.all().into_iter().map(|gateway| Self { gateway, ..self.clone() }).collect()
    }

    /// The cloud of the server that has a key.
    pub(crate) fn sibling(&self, key: &str) -> Option<Self> {
        self.clouds.of_key(key).map(|gateway| Self { gateway, ..self.clone() })
    }
}
