//! Pulling an image, as the nodes of a cluster do.

use super::access::Caller;
use super::distribution::Place;
use super::enterprise::{Happening, NamespaceSettings};
use super::name::RepositoryName;
use super::{Image, Registries, RegistryError};

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
        let Some(place) = self.place_of_host(&image.host) else { return Ok(()) };
        if place == Place::Personal {
            let name = RepositoryName::parse(&image.path).ok_or(PullRefusal::NotFound)?;
            if self.is_reserved(name.namespace()) {
                return Ok(());
            }
        }
        let may = |caller: &Caller| self.actions(&place, caller, &image.path).pull;
        let callers = logins.iter().filter_map(|login| self.log_in(&place, &login.user, &login.password));
        if !self.is_open(&place) || !callers.chain([Caller::Anonymous]).any(|caller| may(&caller)) {
            return Err(PullRefusal::Unauthorized);
        }
        self.manifest(&place, &image.path, &image.reference).map(|_| ()).map_err(|_| PullRefusal::NotFound)
    }

    /// Pushes an image to a running enterprise instance, and returns its digest. The namespace and the repository are
    /// created if they do not exist.
    ///
    /// # Errors
    /// The instance does not exist or does not run, a name or the tag is malformed, or a quota is used up.
    pub fn push_to_instance(
        &mut self,
        account: &str,
        id: &str,
        path: &str,
        tag: &str,
        image: Image,
    ) -> Result<String, RegistryError> {
        super::name::check_tag("Tag", tag)?;
        RepositoryName::check_path(path)?;
        self.running_instance(account, id)?;
        let place = Place::Instance(id.to_owned());
        if !self.has_namespace_of(&place, path) {
            let namespace = path.split('/').next().unwrap_or_default();
            self.create_enterprise_namespace(account, id, namespace, NamespaceSettings::default())?;
        }
        if self.content(&place, path).is_none() {
            self.add_enterprise_repository(id, path, "", "")?;
        }
        let (now, number, digest) = (self.now, self.number(), image.digest());
        let blobs = self.change_content(&place, path, |content| {
            let blobs = content.add_generated(&image, now);
            super::distribution::set_tag(content, tag, image, number, now);
            blobs
        });
        self.blobs.extend(blobs.unwrap_or_default());
        self.happened(id, Happening::Push, path, tag, &digest);
        Ok(digest)
    }
}

#[cfg(test)]
mod tests;
