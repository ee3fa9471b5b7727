//! The sub-accounts of accounts, as the clouds know them.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Sub-accounts: their names by account and identifier.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Users(BTreeMap<String, BTreeMap<String, String>>);

impl Users {
    /// Adds a sub-account.
    pub fn add(&mut self, account: &str, id: &str, name: &str) {
        self.0.entry(account.to_owned()).or_default().insert(id.to_owned(), name.to_owned());
    }

    /// The name of a user: that of the sub-account, or the identifier of the account itself.
    pub fn name<'a>(&'a self, account: &'a str, id: &str) -> Option<&'a str> {
        if id == account {
            return Some(account);
        }
        self.0.get(account)?.get(id).map(String::as_str)
    }
}
