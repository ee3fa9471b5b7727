//! The distribution protocol: pushing and pulling of images by clients such as `docker`.
//!
//! The server reads the requests and receives the bytes; the rules are here.

mod error;
mod pull;
mod push;

pub use error::DistributionError;
pub(super) use push::set_tag;
pub use push::{ManifestPush, Pushed};

use super::name::{RepositoryName, check_tag};
use super::{Content, Instance, InstanceState, PERSONAL_HOST, Registries};
use crate::registry::digest::Algorithm;

/// A registry that clients address: the personal edition, or an enterprise instance by its identifier.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    Personal,
    Instance(String),
}

/// Checks the name of a repository: its parts, and its length.
///
/// # Errors
/// The name is malformed.
pub fn check_name(name: &str) -> Result<(), DistributionError> {
    let checked = RepositoryName::check_path(name);
    checked.map_err(|error| DistributionError::NameInvalid(format!("repository name {name}: {error}")))
}

/// Checks a tag or a digest.
///
/// # Errors
/// It is neither.
pub fn check_reference(reference: &str) -> Result<(), DistributionError> {
    if reference.contains(':') {
        return match Algorithm::of(reference) {
            Some(_) => Ok(()),
            None => Err(DistributionError::DigestInvalid(format!("{reference} is not a digest of sha256 or sha512"))),
        };
    }
    check_tag("tag", reference).map_err(|error| DistributionError::TagInvalid(error.to_string()))
}

impl Registries {
    /// Returns the registry of a host name: `ccr.ccs.tencentyun.com`, or the domain of an instance from the internet or
    /// from a VPC. `None` for other hosts.
    pub fn place_of_host(&self, host: &str) -> Option<Place> {
        let host = host.to_ascii_lowercase();
        if host == PERSONAL_HOST {
            return Some(Place::Personal);
        }
        let named = |instance: &&Instance| instance.domain() == host || instance.vpc_domain() == host;
        self.instances.iter().find(named).map(|instance| Place::Instance(instance.id().to_owned()))
    }

    /// Returns the instance of that name.
    pub fn place_of_name(&self, name: &str) -> Option<Place> {
        let named = |instance: &&Instance| instance.name().eq_ignore_ascii_case(name);
        self.instances.iter().find(named).map(|instance| Place::Instance(instance.id().to_owned()))
    }

    /// Returns all instances.
    pub fn instance_places(&self) -> Vec<Place> {
        self.instances.iter().map(|instance| Place::Instance(instance.id().to_owned())).collect()
    }

    /// Returns the name of an instance of any account.
    pub fn instance_name(&self, id: &str) -> Option<&str> {
        self.any_instance(id).map(Instance::name)
    }

    /// Returns the account that a registry's namespace belongs to.
    pub(super) fn owner_in(&self, place: &Place, repository: &str) -> Option<&str> {
        match place {
            Place::Personal => self.owner(repository.split('/').next().unwrap_or_default()),
            Place::Instance(id) => self.any_instance(id).map(Instance::account),
        }
    }

    /// Returns an instance of any account.
    pub(super) fn any_instance(&self, id: &str) -> Option<&Instance> {
        self.instances.iter().find(|instance| instance.id() == id)
    }

    pub(super) fn any_instance_mut(&mut self, id: &str) -> Option<&mut Instance> {
        self.instances.iter_mut().find(|instance| instance.id() == id)
    }

    /// Returns whether the registry answers requests: an instance does once it runs.
    pub fn is_open(&self, place: &Place) -> bool {
        match place {
            Place::Personal => true,
            Place::Instance(id) => {
                self.any_instance(id).is_some_and(|instance| instance.state(self.now) == InstanceState::Running)
            }
        }
    }

    /// Returns whether the namespace of a repository exists.
    pub fn has_namespace_of(&self, place: &Place, repository: &str) -> bool {
        let namespace = repository.split('/').next().unwrap_or_default();
        match place {
            Place::Personal => self.namespace_exists(namespace),
            Place::Instance(id) => {
                self.any_instance(id).is_some_and(|instance| instance.enterprise.namespaces.contains_key(namespace))
            }
        }
    }

    /// Returns whether everybody may pull from a repository.
    pub fn is_public(&self, place: &Place, repository: &str) -> bool {
        match place {
            Place::Personal => {
                let name = RepositoryName::parse(repository);
                name.and_then(|name| self.repositories.get(&name)).is_some_and(|repository| repository.public)
            }
            Place::Instance(id) => {
                let namespace = repository.split('/').next().unwrap_or_default();
                let namespaces = self.any_instance(id).map(|instance| &instance.enterprise.namespaces);
                namespaces.and_then(|all| all.get(namespace)).is_some_and(|namespace| namespace.public)
            }
        }
    }

    /// Returns the content of a repository. `None` if the repository does not exist.
    pub fn content(&self, place: &Place, repository: &str) -> Option<&Content> {
        match place {
            Place::Personal => self.repositories.get(&RepositoryName::parse(repository)?).map(|found| &found.content),
            Place::Instance(id) => {
                self.any_instance(id)?.enterprise.repositories.get(repository).map(|found| &found.content)
            }
        }
    }

    /// Changes the content of a repository, and notes when.
    pub(super) fn change_content<T>(
        &mut self,
        place: &Place,
        repository: &str,
        change: impl FnOnce(&mut Content) -> T,
    ) -> Option<T> {
        let now = self.now;
        let (content, updated) = match place {
            Place::Personal => {
                let found = self.repositories.get_mut(&RepositoryName::parse(repository)?)?;
                (&mut found.content, &mut found.updated)
            }
            Place::Instance(id) => {
                let found = self.any_instance_mut(id)?.enterprise.repositories.get_mut(repository)?;
                (&mut found.content, &mut found.updated)
            }
        };
        *updated = now;
        Some(change(content))
    }

    /// Returns the names of the repositories of a registry that an account may list, sorted.
    pub fn repository_names(&self, place: &Place, account: &str) -> Vec<String> {
        match place {
            Place::Personal => {
                let own = self.repositories(account);
                let mut names: Vec<String> = own.iter().map(|repository| repository.name.to_string()).collect();
                names.sort_unstable();
                names
            }
            Place::Instance(id) => {
                let own = self.any_instance(id).filter(|instance| instance.account() == account);
                own.map(|instance| instance.enterprise.repositories.keys().cloned().collect()).unwrap_or_default()
            }
        }
    }

    /// Removes the blobs that no manifest refers to any more.
    pub(super) fn collect(&mut self) {
        let personal = self.repositories.values().map(|repository| &repository.content);
        let instances = self.instances.iter().flat_map(|instance| instance.enterprise.repositories.values());
        let contents = personal.chain(instances.map(|repository| &repository.content));
        let used: std::collections::BTreeSet<&str> = contents.flat_map(Content::blobs).collect();
        self.blobs.retain(|digest, _| used.contains(digest.as_str()));
    }
}
