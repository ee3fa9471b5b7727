//! The clouds of a server: each has its own keys, accounts, world, clock, faults, journal, tokens and ports.
//!
//! A request belongs to the cloud whose key it names, whatever the scheme of its signature. A request that names no key,
//! or an unknown one, belongs to the first cloud.

mod fresh;
mod peek;
mod settings;

use crate::access::SubAccount;
use crate::accounts::{AccountError, Key, Setup};
use crate::distribution;
use crate::error::StartError;
use crate::gateway::names::{self, Named};
use crate::gateway::{Gateway, Outcome};
use bytes::Bytes;
pub(crate) use fresh::credentials as fresh_credentials;
use peek::Peeked;
pub(crate) use settings::{CloudSettings, Common, JournalSettings};
use std::collections::HashMap;
use std::error::Error as StdError;
use std::fmt;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

/// How many clouds a server has at most, by default.
pub(crate) const MOST_CLOUDS: usize = 1_000;

/// The number of a cloud, as the tokens and the temporary keys that it issues contain it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct CloudTag(u32);

impl CloudTag {
    /// Reads the tag that a text begins with.
    pub(crate) fn read(text: &str) -> Option<Self> {
        u32::from_str_radix(text.get(..8)?, 16).ok().map(Self)
    }
}

impl fmt::Display for CloudTag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:08x}", self.0)
    }
}

/// Why there is no such cloud, or no new one.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CloudError {
    #[error("there are {0} clouds, which is the most")]
    TooMany(usize),
    #[error("no cloud has the key {0:?}")]
    Unknown(String),
    #[error("the first cloud cannot be ended")]
    First,
    #[error("{0}")]
    Account(#[from] AccountError),
    #[error("{0}")]
    Start(#[from] StartError),
}

/// All clouds of a server.
#[derive(Debug)]
pub(crate) struct Clouds {
    common: Common,
    most: usize,
    book: RwLock<Book>,
}

#[derive(Debug, Default)]
struct Book {
    /// The first cloud first.
    list: Vec<Arc<Gateway>>,
    by_key: HashMap<String, Arc<Gateway>>,
    /// How many clouds were made so far.
    made: u32,
}

impl Book {
    /// Adds a cloud, if no other one has one of its keys.
    fn add(&mut self, gateway: Arc<Gateway>) -> Result<Arc<Gateway>, AccountError> {
        let keys = gateway.accounts.keys();
        if keys.iter().any(|key| self.by_key.contains_key(&key.id)) {
            return Err(taken());
        }
        self.by_key.extend(keys.iter().map(|key| (key.id.clone(), gateway.clone())));
        self.list.push(gateway.clone());
        Ok(gateway)
    }
}

fn taken() -> AccountError {
    AccountError::conflict("credentials.id", "another cloud has a key with the same identifier")
}

impl Clouds {
    /// Creates the clouds of a server, with the first one.
    pub(crate) fn new(common: Common, most: usize, gateway: Arc<Gateway>) -> Result<Self, AccountError> {
        let mut book = Book { made: 1, ..Book::default() };
        book.add(gateway)?;
        Ok(Self { common, most: most.max(1), book: RwLock::new(book) })
    }

    /// Creates a cloud. Without keys in the settings it gets an account and a key that no other cloud has.
    pub(crate) fn add(&self, mut settings: CloudSettings) -> Result<Arc<Gateway>, CloudError> {
        let mut book = self.write();
        if book.list.len() >= self.most {
            return Err(CloudError::TooMany(self.most));
        }
        let tag = CloudTag(book.made);
        fresh::complete(&mut settings.setup, tag);
        let gateway = self.common.gateway(settings, tag)?;
        let gateway = book.add(gateway)?;
        book.made = book.made.wrapping_add(1);
        Ok(gateway)
    }

    /// Ends the cloud that has a key, and frees what it holds.
    pub(crate) fn remove(&self, key: &str) -> Result<(), CloudError> {
        let mut book = self.write();
        let gone = book.by_key.get(key).cloned().ok_or_else(|| CloudError::Unknown(key.to_owned()))?;
        if book.list.first().is_some_and(|first| Arc::ptr_eq(first, &gone)) {
            return Err(CloudError::First);
        }
        book.by_key.retain(|_, cloud| !Arc::ptr_eq(cloud, &gone));
        book.list.retain(|cloud| !Arc::ptr_eq(cloud, &gone));
        drop(book);
        gone.close();
        Ok(())
    }

    /// Returns all clouds, the first one first.
    pub(crate) fn all(&self) -> Vec<Arc<Gateway>> {
        self.read().list.clone()
    }

    /// Returns how many clouds there may be.
    pub(crate) fn most(&self) -> usize {
        self.most
    }

    /// Returns how many clouds there are.
    pub(crate) fn count(&self) -> usize {
        self.read().list.len()
    }

    /// Returns the cloud that has a key.
    pub(crate) fn of_key(&self, key: &str) -> Option<Arc<Gateway>> {
        self.read().by_key.get(key).cloned()
    }

    /// Returns the first cloud.
    pub(crate) fn first(&self) -> Option<Arc<Gateway>> {
        self.read().list.first().cloned()
    }

    /// Adds a key to a cloud, unless any cloud has it.
    pub(crate) fn add_key(&self, gateway: &Arc<Gateway>, key: Key) -> Result<Arc<Key>, AccountError> {
        self.admit(gateway, &key.id.clone(), || gateway.accounts.add_key(key))
    }

    /// Adds a sub-account to a cloud, unless any cloud has its key.
    pub(crate) fn add_sub_account(&self, gateway: &Arc<Gateway>, sub: SubAccount) -> Result<Arc<Key>, AccountError> {
        let id = sub.credentials.id().to_owned();
        let key = self.admit(gateway, &id, || gateway.accounts.add_sub_account(sub))?;
        gateway.admit_users();
        Ok(key)
    }

    fn admit(
        &self,
        gateway: &Arc<Gateway>,
        id: &str,
        add: impl FnOnce() -> Result<Arc<Key>, AccountError>,
    ) -> Result<Arc<Key>, AccountError> {
        let mut book = self.write();
        if book.by_key.get(id).is_some_and(|of| !Arc::ptr_eq(of, gateway)) {
            return Err(taken());
        }
        let key = add()?;
        book.by_key.insert(id.to_owned(), gateway.clone());
        Ok(key)
    }

    /// Removes a key of a cloud. False if the cloud has no such key.
    pub(crate) fn remove_key(&self, gateway: &Arc<Gateway>, id: &str) -> Result<bool, AccountError> {
        let mut book = self.write();
        let removed = gateway.accounts.remove_key(id)?;
        if removed {
            book.by_key.remove(id);
        }
        Ok(removed)
    }

    /// Replaces all accounts of a cloud. Keys that another cloud has are left out.
    pub(crate) fn replace_accounts(
        &self,
        gateway: &Arc<Gateway>,
        mut setup: Setup,
    ) -> Result<(), (AccountError, Option<String>)> {
        let mut book = self.write();
        let other = |id: &str| book.by_key.get(id).is_some_and(|of| !Arc::ptr_eq(of, gateway));
        setup.keys.retain(|key| !other(&key.id));
        setup.sub_accounts.retain(|sub| !other(sub.credentials.id()));
        gateway.accounts.replace(setup)?;
        book.by_key.retain(|_, of| !Arc::ptr_eq(of, gateway));
        let keys = gateway.accounts.keys();
        book.by_key.extend(keys.iter().map(|key| (key.id.clone(), gateway.clone())));
        Ok(())
    }

    /// Returns the cloud of a request to an image registry: that of the key with which its user name ends, else the
    /// first one.
    pub(crate) fn of_registry<B>(&self, request: &http::Request<B>) -> Option<Arc<Gateway>> {
        let key = distribution::cloud_of(request.headers());
        key.and_then(|key| self.of_key(&key)).or_else(|| self.first())
    }

    /// Answers one request, by the cloud that it is for.
    pub(crate) async fn handle<B>(&self, request: http::Request<B>) -> Outcome
    where
        B: hyper::body::Body<Data = Bytes> + Unpin,
        B::Error: Into<Box<dyn StdError + Send + Sync>>,
    {
        if let Some(only) = self.only() {
            return only.handle(request).await;
        }
        let (parts, body) = request.into_parts();
        let named = names::in_head(&parts);
        if named.is_some() || !names::may_be_in_body(&parts) {
            return match self.pick(named.as_ref()) {
                Some(gateway) => gateway.handle(http::Request::from_parts(parts, body)).await,
                None => Outcome::Cut { before: true },
            };
        }
        let peeked = Peeked::read(body, &self.common.reading).await;
        match self.pick(names::in_body(&parts, peeked.start()).as_ref()) {
            Some(gateway) => gateway.handle(http::Request::from_parts(parts, peeked)).await,
            None => Outcome::Cut { before: true },
        }
    }

    /// The cloud of a request, by what it names.
    fn pick(&self, named: Option<&Named>) -> Option<Arc<Gateway>> {
        let book = self.read();
        let tagged = |tag: CloudTag| book.list.iter().find(|cloud| cloud.tag == tag);
        let found = match named {
            Some(Named::Key(id)) => book.by_key.get(id).or_else(|| names::tag_of_session(id).and_then(tagged)),
            Some(Named::Token(token)) => names::tag_of_token(token).and_then(tagged),
            Some(Named::Login { name, domain, password }) => {
                book.list.iter().find(|cloud| cloud.accounts.user(name, domain, password.expose()).is_some())
            }
            None => None,
        };
        found.or(book.list.first()).cloned()
    }

    /// The only cloud, if there is one.
    fn only(&self) -> Option<Arc<Gateway>> {
        match self.read().list.as_slice() {
            [only] => Some(only.clone()),
            _ => None,
        }
    }

    fn read(&self) -> RwLockReadGuard<'_, Book> {
        self.book.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Book> {
        self.book.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Clouds {
    fn drop(&mut self) {
        self.all().iter().for_each(|cloud| cloud.close());
    }
}

#[cfg(test)]
mod tests;
