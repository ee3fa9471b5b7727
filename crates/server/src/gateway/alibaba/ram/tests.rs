#![allow(clippy::unwrap_used)]
use super::*;
use crate::accounts::Setup;

#[test]
fn credentials_end_and_are_remembered_for_a_while() {
    let accounts = Accounts::new(String::new(), Vec::new(), Setup::default()).unwrap();
    let ram = Ram::new(Arc::new(accounts), CloudTag::read("0000002a").unwrap());
    let key = ram.give("1", 1_000, 900, None);
    assert!(
        key.id.starts_with("STS.0000002a")
            && tag_of_session(&key.id) == CloudTag::read("0000002a")
            && !format!("{key:?}").contains(key.secret.expose())
    );
    assert!(!ram.holder(&key.id, 1_899).unwrap().expired);
    assert!(ram.holder(&key.id, 1_900).unwrap().expired);
    ram.give("1", 1_900 + MEMORY, 900, None);
    assert!(ram.holder(&key.id, 1_900).is_none());
    let other = ram.give("1", 0, 900, None);
    ram.expire_sessions();
    assert!(ram.holder(&other.id, 1).unwrap().expired);
}
