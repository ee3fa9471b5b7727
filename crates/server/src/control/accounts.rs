//! Accounts, keys and sub-accounts.

use super::input::{Call, CredentialsJson};
use super::{Answer, Problem, json};
use crate::access::{SubAccount, Vendor};
use crate::{Cloud, accounts};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use wharf_core::credentials::Credentials;
use wharf_core::model::Secret;

/// Policies of a sub-account.
const MOST_POLICIES: usize = 100;

pub(super) fn list(cloud: &Cloud) -> Answer {
    json(200, &json!({"accounts": cloud.accounts()}))
}

impl Cloud {
    /// Returns the accounts without their secrets, each as the control API describes it.
    pub fn accounts(&self) -> Vec<Value> {
        accounts_json(self)
    }
}

fn accounts_json(cloud: &Cloud) -> Vec<Value> {
    let accounts = &cloud.gateway.accounts;
    let (keys, users, subs) = (accounts.keys(), accounts.users(), accounts.sub_accounts());
    let mut names: Vec<&str> = Vec::new();
    for name in keys.iter().map(|key| key.account.as_str()).chain(users.iter().map(|user| user.account.as_str())) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let shown = |account: &&str| {
        let account = *account;
        let own = keys.iter().filter(|key| key.account == account && key.sub.is_none());
        let own: Vec<Value> = own.map(|key| json!({"id": key.id, "temporary": key.token.is_some()})).collect();
        let logins = users.iter().filter(|user| user.account == account && user.sub.is_none());
        let subs = subs.iter().filter(|sub| sub.account.as_deref() == Some(account));
        json!({
            "account": account, "keys": own, "users": logins.map(|user| &user.name).collect::<Vec<_>>(),
            "sub_accounts": subs.map(|sub| sub_json(sub, cloud)).collect::<Vec<_>>(),
            "project_id": cloud.project_of(account), "role_arn": cloud.role_of(account),
        })
    };
    names.iter().map(shown).collect()
}

fn sub_json(sub: &SubAccount, cloud: &Cloud) -> Value {
    let key = cloud.gateway.accounts.key(sub.credentials.id());
    let uin = key.as_ref().and_then(|key| key.sub.as_ref()).map(|of| of.id.clone()).unwrap_or_default();
    let policy = |(vendor, text): &(Vendor, String)| {
        // The text was read when the sub-account was added.
        let document: Value = serde_json::from_str(text).unwrap_or_default();
        json!({"vendor": vendor, "document": document})
    };
    json!({
        "name": sub.name, "uin": uin, "key": sub.credentials.id(), "login": sub.password.is_some(),
        "policies": sub.policies.iter().map(policy).collect::<Vec<_>>(),
    })
}

/// A key to add.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewKey {
    account: Option<String>,
    credentials: Option<CredentialsJson>,
}

pub(super) fn add_key(cloud: &Cloud, call: &Call) -> Answer {
    let new: NewKey = call.json()?;
    let account = new.account.unwrap_or_else(|| cloud.account());
    let credentials = cloud.add_key(Some(&account), new.credentials.map(Credentials::from))?;
    json(201, &json!({"account": account, "credentials": CredentialsJson::from(&credentials)}))
}

/// A policy in the form of its vendor.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PolicyJson {
    vendor: Vendor,
    document: Map<String, Value>,
}

/// A sub-account to add.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewSubAccount {
    name: String,
    account: Option<String>,
    uin: Option<String>,
    credentials: Option<CredentialsJson>,
    password: Option<String>,
    #[serde(default)]
    policies: Vec<PolicyJson>,
}

pub(super) fn add_sub_account(cloud: &Cloud, call: &Call) -> Answer {
    let new: NewSubAccount = call.json()?;
    if new.policies.len() > MOST_POLICIES {
        let message = format!("there are {} policies", new.policies.len());
        return Err(Problem::wrong("policies", message, format!("at most {MOST_POLICIES}")));
    }
    if new.password.as_deref() == Some("") {
        return Err(Problem::wrong("password", "the password is empty", "a password, or no member"));
    }
    let credentials = new.credentials.map_or_else(accounts::fresh_credentials, Credentials::from);
    let account = new.account.unwrap_or_else(|| cloud.account());
    let mut sub = SubAccount::new(new.name.clone(), credentials.clone()).account(account.clone());
    if let Some(uin) = new.uin {
        sub = sub.uin(uin);
    }
    if let Some(password) = new.password {
        sub = sub.password(Secret::from(password));
    }
    for PolicyJson { vendor, document } in new.policies {
        sub = sub.policy(vendor, Value::Object(document).to_string());
    }
    let id = credentials.id().to_owned();
    cloud.add_sub_account(sub)?;
    let key = cloud.gateway.accounts.key(&id);
    let uin = key.and_then(|key| key.sub.as_ref().map(|sub| sub.id.clone())).unwrap_or_default();
    let credentials = CredentialsJson::from(&credentials);
    json(201, &json!({"account": account, "name": new.name, "uin": uin, "credentials": credentials}))
}
