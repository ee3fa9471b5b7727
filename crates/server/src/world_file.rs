//! A whole cloud as one file: its world, clock, accounts with their keys, and waiting faults.

mod disk;

use crate::access::{SubAccount, Vendor};
use crate::accounts::{Accounts, Key, Setup, User};
use crate::control::input::{CredentialsJson, Speed, read_json};
use crate::{Cloud, Fault, Problem};
pub use disk::{read_file, write_file};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;
use std::collections::BTreeSet;
use wharf_core::credentials::Credentials;
use wharf_core::model::Secret;
use wharf_world::World;
use wharf_world::kernel::time::utc;

/// What the member `format` of each file is, and the version that is written and read.
const FORMAT: &str = "wharf-world";
const VERSION: u64 = 1;

/// The members that files of every version have.
#[derive(Deserialize)]
struct Head {
    format: String,
    version: u64,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File<'a> {
    format: String,
    version: u64,
    clock: ClockJson,
    accounts: Vec<AccountJson>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    faults: Vec<Value>,
    #[serde(borrow)]
    world: &'a RawValue,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ClockJson {
    time: String,
    speed: Speed,
    skew: i64,
}

#[derive(Serialize, Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct AccountJson {
    account: String,
    keys: Vec<CredentialsJson>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    users: Vec<UserJson>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    sub_accounts: Vec<SubAccountJson>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct UserJson {
    name: String,
    password: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SubAccountJson {
    name: String,
    uin: Option<String>,
    credentials: CredentialsJson,
    password: Option<String>,
    policies: Vec<PolicyJson>,
}

/// A policy as the text that it was given as.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct PolicyJson {
    vendor: Vendor,
    document: String,
}

impl Cloud {
    /// Returns the whole cloud as the text of a file: its world, clock, accounts and waiting faults. It contains secrets.
    ///
    /// Tokens, temporary credentials and the journal are no part of it, nor are faults that call functions.
    pub fn save(&self) -> String {
        let (world, time) = self.with_world(|world| (world.save(), world.now()));
        let clock = ClockJson {
            time: utc(time).to_rfc3339_opts(chrono::SecondsFormat::Millis, true),
            speed: Speed(self.time()),
            skew: self.faults().clock_skew(),
        };
        let faults = self.faults().list();
        let file = RawValue::from_string(world).ok().and_then(|world| {
            let file = File {
                format: FORMAT.to_owned(),
                version: VERSION,
                clock,
                accounts: self.accounts_json(),
                faults: faults.iter().filter(|fault| fault.is_data()).map(Fault::to_json).collect(),
                world: &world,
            };
            serde_json::to_string(&file).ok()
        });
        file.unwrap_or_default()
    }

    fn accounts_json(&self) -> Vec<AccountJson> {
        let accounts = &self.gateway.accounts;
        let mut list: Vec<AccountJson> = Vec::new();
        let mut of = |account: &str| -> usize {
            list.iter().position(|known| known.account == account).unwrap_or_else(|| {
                list.push(AccountJson { account: account.to_owned(), ..AccountJson::default() });
                list.len() - 1
            })
        };
        let keys = accounts.keys();
        let places: Vec<usize> = keys.iter().map(|key| of(&key.account)).collect();
        let users = accounts.users();
        let user_places: Vec<usize> = users.iter().map(|user| of(&user.account)).collect();
        // What an account owns stays, even if its last key was removed.
        self.with_world(|world| world.realms().for_each(|(key, _)| _ = of(&key.account)));
        for (key, place) in keys.iter().zip(places).filter(|(key, _)| key.sub.is_none()) {
            if let Some(account) = list.get_mut(place) {
                account.keys.push(CredentialsJson::from(&key.credentials()));
            }
        }
        for (user, place) in users.iter().zip(user_places).filter(|(user, _)| user.sub.is_none()) {
            if let Some(account) = list.get_mut(place) {
                account.users.push(UserJson { name: user.name.clone(), password: user.password.expose().to_owned() });
            }
        }
        for sub in accounts.sub_accounts() {
            if let Some(account) = list.iter_mut().find(|account| Some(&account.account) == sub.account.as_ref()) {
                account.sub_accounts.push(SubAccountJson::from(sub));
            }
        }
        list
    }

    /// Replaces the whole cloud by that of a file. The journal stays.
    ///
    /// The keys with which the cloud was started are still accepted: the first of them for the first account of the file.
    /// Keys of the file that another cloud of the server has are left out, so that several clouds can start from one file.
    ///
    /// # Errors
    /// The place that is wrong, and what is expected, if the text is cut short, of another format or a newer version, has an
    /// unknown member, or contradicts itself. Nothing changes then.
    pub fn load(&self, text: &str) -> Result<(), Problem> {
        let loaded = Loaded::read(text, &self.gateway.setup, self.gateway.accounts.regions.clone())?;
        let Loaded { world, setup, faults, clock, now } = loaded;
        self.clouds
            .replace_accounts(&self.gateway, setup)
            .map_err(|(error, _)| Problem::from(error).inside("accounts"))?;
        self.gateway.replace_world(world);
        self.gateway.clock.restart(clock.speed.0, now);
        self.gateway.faults.clear();
        self.gateway.faults.skew_clock(clock.skew);
        faults.into_iter().for_each(|fault| _ = self.gateway.faults.add(fault));
        self.expire_tokens();
        Ok(())
    }
}

/// A file that was read and checked.
struct Loaded {
    world: World,
    setup: Setup,
    faults: Vec<Fault>,
    clock: ClockJson,
    now: u64,
}

impl Loaded {
    fn read(text: &str, own: &Setup, regions: Vec<String>) -> Result<Self, Problem> {
        let head: Head = read_json(text.as_bytes())?;
        if head.format != FORMAT {
            return Err(Problem::wrong("format", format!("{:?} is no world file", head.format), format!("{FORMAT:?}")));
        }
        if head.version != VERSION {
            let newer = if head.version > VERSION { "newer" } else { "older" };
            let message = format!("version {} is {newer} than this server reads", head.version);
            return Err(Problem::wrong("version", message, VERSION.to_string()));
        }
        let file: File<'_> = read_json(text.as_bytes())?;
        let world = World::load(file.world.get()).map_err(|error| {
            let place = if error.path().is_empty() { "world".to_owned() } else { format!("world.{}", error.path()) };
            Problem::wrong(place, error.message(), "a world as this version of the server saves it")
        })?;
        let faults = file.faults.iter().enumerate().map(|(at, fault)| {
            Fault::from_json(fault).map_err(|error| Problem::from(error).inside(&format!("faults[{at}]")))
        });
        let faults = faults.collect::<Result<Vec<_>, _>>()?;
        let now = world.now();
        if utc(now).to_rfc3339_opts(chrono::SecondsFormat::Millis, true) != file.clock.time {
            let message = format!("{} is not the time of the world", file.clock.time);
            let expected = utc(now).to_rfc3339_opts(chrono::SecondsFormat::Millis, true);
            return Err(Problem::wrong("clock.time", message, expected));
        }
        let known: BTreeSet<&str> = file.accounts.iter().map(|account| account.account.as_str()).collect();
        if let Some((key, _)) = world.realms().find(|(key, _)| !known.contains(key.account.as_str())) {
            let message = format!("the world has resources of the account {:?}, which is missing", key.account);
            return Err(Problem::wrong("accounts", message, "each account that owns something"));
        }
        let setup = merged(file.accounts, own)?;
        // A trial, so that a wrong file is found before anything changes.
        Accounts::new(String::new(), regions, setup.clone())
            .map_err(|(error, _)| Problem::from(error).inside("accounts"))?;
        Ok(Self { world, setup, faults, clock: file.clock, now })
    }
}

/// The accounts of a file, with the keys and users that the cloud itself was started with.
fn merged(accounts: Vec<AccountJson>, own: &Setup) -> Result<Setup, Problem> {
    let mut names = BTreeSet::new();
    let mut setup = Setup::default();
    let home = accounts.first().map(|account| account.account.clone());
    for (at, account) in accounts.into_iter().enumerate() {
        let AccountJson { account, keys, users, sub_accounts } = account;
        if account.is_empty() || !names.insert(account.clone()) {
            let place = format!("accounts[{at}].account");
            return Err(Problem::wrong(place, format!("{account:?} is empty or twice there"), "another account"));
        }
        setup.keys.extend(keys.into_iter().map(|key| Key::of_account(account.clone(), &Credentials::from(key))));
        let user = |UserJson { name, password }| User {
            name,
            password: Secret::from(password),
            account: account.clone(),
            sub: None,
        };
        setup.users.extend(users.into_iter().map(user));
        setup.sub_accounts.extend(sub_accounts.into_iter().map(|sub| sub.sub_account(&account)));
    }
    let first = own.keys.first().map(|key| key.account.clone()).unwrap_or_default();
    let moved = |account: &str| match &home {
        Some(home) if account == first => home.clone(),
        _ => account.to_owned(),
    };
    // The first key stays the first one: it names the cloud.
    for (at, key) in own.keys.iter().enumerate() {
        let there = setup.keys.iter().position(|known| known.id == key.id).map(|place| setup.keys.remove(place));
        let key = there.unwrap_or_else(|| Key { account: moved(&key.account), ..key.clone() });
        setup.keys.insert(at, key);
    }
    for (at, user) in own.users.iter().enumerate() {
        let account = moved(&user.account);
        setup.users.retain(|known| !(known.name == user.name && known.account == account));
        setup.users.insert(at, User { account, ..user.clone() });
    }
    Ok(setup)
}

impl From<SubAccount> for SubAccountJson {
    fn from(sub: SubAccount) -> Self {
        let policy = |(vendor, document)| PolicyJson { vendor, document };
        Self {
            name: sub.name,
            uin: sub.id,
            credentials: CredentialsJson::from(&sub.credentials),
            password: sub.password.map(|password| password.expose().to_owned()),
            policies: sub.policies.into_iter().map(policy).collect(),
        }
    }
}

impl SubAccountJson {
    fn sub_account(self, account: &str) -> SubAccount {
        let sub = SubAccount::new(self.name, self.credentials.into()).account(account);
        let sub = match self.uin {
            Some(uin) => sub.uin(uin),
            None => sub,
        };
        let sub = match self.password {
            Some(password) => sub.password(Secret::from(password)),
            None => sub,
        };
        self.policies.into_iter().fold(sub, |sub, policy| sub.policy(policy.vendor, policy.document))
    }
}

#[cfg(test)]
mod tests;
