//! The setup of sub-accounts.

use super::{Permissions, Policy, PolicyError, Vendor};
use std::sync::Arc;
use wharf_core::credentials::Credentials;
use wharf_core::model::Secret;
use wharf_world::kernel::ids::hash;

/// A user inside an account with a separate key, who may do what its policies allow.
///
/// ```
/// use wharf_core::credentials::Credentials;
/// use wharf_server::{Server, SubAccount, Vendor};
///
/// let reader = SubAccount::new("reader", Credentials::new("AKIDreader", "secret")).policy(
///     Vendor::Tencent,
///     r#"{"version": "2.0", "statement": [{"effect": "allow", "action": "ccs:Describe*", "resource": "*"}]}"#,
/// );
/// let builder = Server::builder().sub_account(reader);
/// ```
#[derive(Debug, Clone)]
pub struct SubAccount {
    pub(crate) name: String,
    pub(crate) credentials: Credentials,
    pub(crate) account: Option<String>,
    pub(crate) password: Option<Secret>,
    pub(crate) id: Option<String>,
    pub(crate) policies: Vec<(Vendor, String)>,
}

impl SubAccount {
    /// A sub-account with that key. Without policies it has no permission.
    pub fn new(name: impl Into<String>, credentials: Credentials) -> Self {
        Self { name: name.into(), credentials, account: None, password: None, id: None, policies: Vec::new() }
    }

    /// The account that it belongs to, which must have a key. By default the account of the first key.
    #[must_use]
    pub fn account(mut self, account: impl Into<String>) -> Self {
        self.account = Some(account.into());
        self
    }

    /// Its identifier, which Tencent calls UIN: the name that it has in operations about users. By default a number that
    /// depends on the account and the name.
    #[must_use]
    pub fn uin(mut self, uin: impl Into<String>) -> Self {
        self.id = Some(uin.into());
        self
    }

    /// Attaches one more policy, in the vendor's own JSON form, for the products of that vendor.
    #[must_use]
    pub fn policy(mut self, vendor: Vendor, text: impl Into<String>) -> Self {
        self.policies.push((vendor, text.into()));
        self
    }

    /// Lets it log in to the identity service with its name and this password; its tokens have its permissions.
    #[must_use]
    pub fn password(mut self, password: impl Into<Secret>) -> Self {
        self.password = Some(password.into());
        self
    }

    /// Returns its permissions. The error names the policy that cannot be used, counted from 0.
    pub(crate) fn permissions(&self, account: &str) -> Result<Arc<Permissions>, (usize, PolicyError)> {
        let read = |(at, (vendor, text)): (usize, &(Vendor, String))| {
            Policy::parse(*vendor, text).map_err(|error| (at, error))
        };
        let policies = self.policies.iter().enumerate().map(read).collect::<Result<_, _>>()?;
        let id = self.id.clone().unwrap_or_else(|| {
            let number = hash(&format!("user {} of {account}", self.name)) % 100_000_000_000;
            format!("1{number:011}")
        });
        Ok(Arc::new(Permissions { id, name: self.name.clone(), policies }))
    }
}
