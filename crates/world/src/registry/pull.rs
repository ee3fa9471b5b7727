//! Pulling an image, as the nodes of a cluster do.

use super::name::RepositoryName;
use super::{Image, InstanceState, Registries, RegistryError};

/// The host of the images of the personal edition.
pub const PERSONAL_HOST: &str = "ccr.ccs.tencentyun.com";
/// The host of an image that names none.
const DEFAULT_HOST: &str = "docker.io";

/// The name of an image, in its parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImageName {
    /// `ccr.ccs.tencentyun.com`.
    pub host: String,
    /// `team/web`.
    pub path: String,
    /// A tag, or a digest such as `sha256:...`.
    pub reference: String,
}

impl ImageName {
    /// Splits a name such as `ccr.ccs.tencentyun.com/team/web:v1`.
    pub fn parse(name: &str) -> Self {
        let (host, rest) = match name.split_once('/') {
            Some((host, rest)) if host.contains(['.', ':']) || host == "localhost" => (host, rest),
            _ => (DEFAULT_HOST, name),
        };
        let (path, reference) = match rest.split_once('@') {
            Some((path, digest)) => (without_tag(path).0, digest),
            None => without_tag(rest),
        };
        Self { host: host.to_ascii_lowercase(), path: path.to_owned(), reference: reference.to_owned() }
    }
}

/// Splits a tag from a path.
fn without_tag(path: &str) -> (&str, &str) {
    path.rsplit_once(':').filter(|(_, tag)| !tag.contains('/')).unwrap_or((path, "latest"))
}

/// A user name and a password for a registry.
#[derive(Clone, PartialEq, Eq)]
pub struct Login {
    pub user: String,
    pub password: String,
}

/// Shows no password.
impl std::fmt::Debug for Login {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Login").field("user", &self.user).finish_non_exhaustive()
    }
}

/// Why an image cannot be pulled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PullRefusal {
    /// No login is valid for the repository.
    Unauthorized,
    /// The repository has no such image.
    NotFound,
}

impl Registries {
    /// Checks that an image can be pulled with one of these logins. Images of other registries can always be pulled.
    ///
    /// # Errors
    /// The reason why it cannot be pulled.
    pub fn check_pull(&self, image: &ImageName, logins: &[Login]) -> Result<(), PullRefusal> {
        if image.host == PERSONAL_HOST {
            return self.check_personal_pull(image, logins);
        }
        let Some(instance) = self.instances.iter().find(|instance| instance.domain() == image.host) else {
            return Ok(());
        };
        let valid =
            |login: &Login| login.user == instance.account() && self.instance_login(instance.id(), &login.password);
        if instance.state(self.now) != InstanceState::Running || !logins.iter().any(valid) {
            return Err(PullRefusal::Unauthorized);
        }
        let images = instance.images.get(&image.path).into_iter().flatten();
        found(images.map(|(tag, image)| (tag.as_str(), image)), &image.reference)
    }

    fn check_personal_pull(&self, image: &ImageName, logins: &[Login]) -> Result<(), PullRefusal> {
        let name = RepositoryName::parse(&image.path).ok_or(PullRefusal::NotFound)?;
        if self.is_reserved(name.namespace()) {
            return Ok(());
        }
        let owner = self.owner(name.namespace());
        let repository = self.repositories.get(&name);
        let of_owner = |login: &Login| owner == Some(&login.user) && self.login(&login.user, &login.password);
        if !repository.is_some_and(|repository| repository.public) && !logins.iter().any(of_owner) {
            return Err(PullRefusal::Unauthorized);
        }
        let tags = repository.map(super::Repository::tags).unwrap_or_default();
        found(tags.iter().map(|tag| (tag.name.as_str(), &tag.image)), &image.reference)
    }

    /// Pushes an image to a running enterprise instance, and returns its digest. The repository is created if it does
    /// not exist, as by `docker push`.
    ///
    /// # Errors
    /// The instance does not exist or does not run, or the tag is malformed.
    pub fn push_to_instance(
        &mut self,
        account: &str,
        id: &str,
        path: &str,
        tag: &str,
        image: Image,
    ) -> Result<String, RegistryError> {
        super::name::check_tag("Tag", tag)?;
        let name = RepositoryName::checked(path)?.to_string();
        let state = self.instance(account, id)?.state(self.now);
        let own = |instance: &&mut super::Instance| instance.account() == account && instance.id() == id;
        match self.instances.iter_mut().find(own) {
            Some(instance) if state == InstanceState::Running => {
                let digest = image.digest();
                instance.images.entry(name).or_default().insert(tag.to_owned(), image);
                Ok(digest)
            }
            _ => Err(RegistryError::InstanceNotRunning(id.to_owned(), state)),
        }
    }
}

/// Looks for an image by its tag or its digest.
fn found<'a>(images: impl Iterator<Item = (&'a str, &'a Image)>, reference: &str) -> Result<(), PullRefusal> {
    let mut images = images;
    let there = images.any(|(tag, image)| tag == reference || image.digest() == reference);
    there.then_some(()).ok_or(PullRefusal::NotFound)
}

#[cfg(test)]
mod tests;
