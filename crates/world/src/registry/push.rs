//! Pushing an image that only a test describes. Clients push by [`distribution`](super::distribution).

use super::name::check_tag;
use super::{Image, Registries, RegistryError};

impl Registries {
    /// Pushes an image to an own repository, and returns its digest. The caller runs the triggers.
    pub fn push_image(
        &mut self,
        account: &str,
        repository: &str,
        tag: &str,
        image: Image,
    ) -> Result<String, RegistryError> {
        self.require_user(account)?;
        check_tag("Tag", tag)?;
        let built = image.built.unwrap_or(self.now);
        self.own_repository(account, repository)?;
        self.store(account, repository, tag, image, built)
    }
}
