//! Who may do what in a registry: logins of the personal edition and of enterprise instances.

use super::Registries;
use super::distribution::Place;
use super::enterprise::ServiceAccount;

/// Who calls a registry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Caller {
    /// A caller without a login.
    Anonymous,
    /// The account that owns the registry, or another one that the registry knows.
    Account(String),
    /// A service account of the instance, by its name.
    Service(String),
}

/// What a caller may do with a repository.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Actions {
    pub pull: bool,
    pub push: bool,
    pub delete: bool,
}

impl Actions {
    const ALL: Self = Self { pull: true, push: true, delete: true };

    /// Returns the names of the actions.
    pub fn names(self) -> Vec<&'static str> {
        let all = [("pull", self.pull), ("push", self.push), ("delete", self.delete)];
        all.into_iter().filter(|(_, allowed)| *allowed).map(|(name, _)| name).collect()
    }
}

impl Registries {
    /// Checks a user name and a password. `None` if they are wrong, disabled or expired.
    ///
    /// The personal edition has a user for each account. An instance has tokens, whose user name is the account, and
    /// service accounts.
    pub fn log_in(&self, place: &Place, user: &str, password: &str) -> Option<Caller> {
        match place {
            Place::Personal => self.login(user, password).then(|| Caller::Account(user.to_owned())),
            Place::Instance(id) => {
                let instance = self.any_instance(id)?;
                if user == instance.account() && self.instance_login(id, password) {
                    return Some(Caller::Account(user.to_owned()));
                }
                let account = instance.enterprise.accounts.get(user)?;
                account.lets_in(password, self.now).then(|| Caller::Service(user.to_owned()))
            }
        }
    }

    /// Returns what a caller may do with a repository. Everybody may pull from a public one.
    pub fn actions(&self, place: &Place, caller: &Caller, repository: &str) -> Actions {
        let public = Actions { pull: self.is_public(place, repository), ..Actions::default() };
        match caller {
            Caller::Anonymous => public,
            Caller::Account(account) => match self.owner_in(place, repository) {
                Some(owner) if owner == account => Actions::ALL,
                _ => public,
            },
            Caller::Service(name) => {
                let Place::Instance(id) = place else { return public };
                let namespace = repository.split('/').next().unwrap_or_default();
                let account = self.any_instance(id).and_then(|instance| instance.enterprise.accounts.get(name));
                let own = account.map(|account: &ServiceAccount| account.actions(namespace)).unwrap_or_default();
                Actions { pull: public.pull || own.pull, ..own }
            }
        }
    }
}
