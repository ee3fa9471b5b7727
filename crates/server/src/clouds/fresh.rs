//! Fresh accounts, keys and users.

use super::CloudTag;
use crate::accounts::{Key, Setup, User};
use wharf_core::clock::{Clock, SystemClock};
use wharf_core::credentials::Credentials;
use wharf_core::model::Secret;

/// The account of the first cloud's keys for which none is given; further clouds have the numbers after it.
pub(crate) const FIRST_ACCOUNT: u64 = 100_000_000_001;
/// The user of the identity service, where none is given.
const USER: &str = "wharf";

/// Returns fresh credentials.
pub(crate) fn credentials() -> Credentials {
    Credentials::new(format!("AKID{}", random()), Secret::from(random()))
}

/// Adds an account with a key, and a user who may log in, where there are none.
pub(super) fn complete(setup: &mut Setup, tag: CloudTag) {
    let account = (FIRST_ACCOUNT + u64::from(tag.0)).to_string();
    if setup.keys.is_empty() {
        setup.keys.push(Key::of_account(account, &credentials()));
    }
    for key in &mut setup.keys {
        if key.account.is_empty() {
            key.account = (FIRST_ACCOUNT + u64::from(tag.0)).to_string();
        }
    }
    if setup.users.is_empty() {
        let account = setup.keys.first().map(|key| key.account.clone()).unwrap_or_default();
        let password = Secret::from(format!("Wharf-{}", random()));
        setup.users.push(User { name: USER.to_owned(), password, account, sub: None });
    }
}

/// Thirty-two digits and letters.
fn random() -> String {
    format!("{:016x}{:016x}", SystemClock.random(), SystemClock.random())
}
