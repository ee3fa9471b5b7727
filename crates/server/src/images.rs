//! Images of registries, registered without a push.

use crate::{Cloud, Problem};
use serde::{Deserialize, Serialize};
use wharf_world::World;
use wharf_world::registry::{Image, Registries, RegistryError};

/// Bytes of an image whose size is not stated.
const SIZE: u64 = 7 << 20;

/// An image to register.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct NewImage {
    /// The registry instance; the personal edition without one.
    pub registry: Option<String>,
    /// The account. By default that of the cloud's first key.
    pub account: Option<String>,
    /// Namespace and name of the repository.
    pub repository: String,
    /// The tag.
    pub tag: String,
    /// Bytes of the image. By default 7 MiB.
    pub size: Option<u64>,
    /// Whether the user, the namespace and the repository of the personal edition are made if they are not there. By
    /// default they are.
    pub create: Option<bool>,
}

impl NewImage {
    /// An image of a repository (`team/web`) of the personal edition.
    pub fn new(repository: impl Into<String>, tag: impl Into<String>) -> Self {
        Self { repository: repository.into(), tag: tag.into(), ..Self::default() }
    }

    /// The image is one of that registry instance.
    #[must_use]
    pub fn registry(mut self, id: impl Into<String>) -> Self {
        self.registry = Some(id.into());
        self
    }
}

/// An image of a registry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ImageFacts {
    /// The registry instance; nothing for the personal edition.
    pub registry: Option<String>,
    /// The account.
    pub account: String,
    /// The repository.
    pub repository: String,
    /// The tag.
    pub tag: String,
    /// The image's digest.
    pub digest: String,
}

impl Cloud {
    /// Registers an image without a push. Triggers that watch for its tag run.
    ///
    /// # Errors
    /// If there is no such account, registry, namespace or repository, or a name or the tag cannot be one.
    pub fn add_image(&self, new: &NewImage) -> Result<ImageFacts, Problem> {
        let account = new.account.clone().unwrap_or_else(|| self.account());
        if !self.gateway.accounts.keys().iter().any(|key| key.account == account) {
            return Err(Problem::unknown("account", format!("no account {account:?}"), "an account of the cloud"));
        }
        let (repository, tag) = (new.repository.as_str(), new.tag.as_str());
        let Some((namespace, name)) =
            repository.split_once('/').filter(|(one, two)| !one.is_empty() && !two.is_empty())
        else {
            let message = format!("{repository:?} is no repository");
            return Err(Problem::wrong("repository", message, "a namespace, / and a name, such as team/web"));
        };
        Registries::check_image_name(repository, tag).map_err(|error| refused(&error, name))?;
        let image = Image::new(format!("{repository}:{tag}"), new.size.unwrap_or(SIZE));
        let digest = self.with_world(|world| match &new.registry {
            Some(id) => world.registry.push_to_instance(&account, id, repository, tag, image),
            None => {
                if new.create.unwrap_or(true) {
                    open_repository(world, &account, namespace, repository)?;
                }
                world.push_image(&account, repository, tag, image)
            }
        });
        let digest = digest.map_err(|error| refused(&error, name))?;
        let (repository, tag) = (new.repository.clone(), new.tag.clone());
        Ok(ImageFacts { registry: new.registry.clone(), account, repository, tag, digest })
    }

    /// The images of all registries.
    pub fn images(&self) -> Vec<ImageFacts> {
        self.with_world(|world| {
            let mut images = Vec::new();
            for instance in world.registry.all_instances() {
                for repository in instance.enterprise.repositories.values() {
                    images.extend(repository.content.tags.values().map(|tag| ImageFacts {
                        registry: Some(instance.id().to_owned()),
                        account: instance.account().to_owned(),
                        repository: repository.path.clone(),
                        tag: tag.name.clone(),
                        digest: tag.image.digest(),
                    }));
                }
            }
            for repository in world.registry.all_repositories() {
                let owner = world.registry.owner(repository.name().namespace()).unwrap_or_default();
                images.extend(repository.tags().into_iter().map(|tag| ImageFacts {
                    registry: None,
                    account: owner.to_owned(),
                    repository: repository.name().to_string(),
                    tag: tag.name().to_owned(),
                    digest: tag.image().digest(),
                }));
            }
            images
        })
    }
}

/// Makes the user, the namespace and the repository of the personal edition that are not there.
fn open_repository(world: &mut World, account: &str, namespace: &str, repository: &str) -> Result<(), RegistryError> {
    let registry = &mut world.registry;
    if registry.require_user(account).is_err() {
        registry.open_user(account);
    }
    if !registry.namespace_exists(namespace) {
        registry.create_namespace(account, namespace)?;
    }
    if registry.owner(namespace) == Some(account) && registry.own_repository(account, repository).is_err() {
        registry.create_repository(account, repository, false, "")?;
    }
    Ok(())
}

fn refused(error: &RegistryError, name: &str) -> Problem {
    let message = error.to_string();
    match error {
        RegistryError::NoInstance(_) => Problem::unknown("registry", message, "a registry instance of the account"),
        RegistryError::Invalid("Tag", _) => Problem::wrong("tag", message, "a tag such as v1"),
        RegistryError::Invalid(..) => {
            Problem::wrong("repository", message, format!("a repository such as team/{name}"))
        }
        _ => Problem::conflict("repository", message, "a repository that the account can have"),
    }
}
