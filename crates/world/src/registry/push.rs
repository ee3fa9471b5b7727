//! Pushing an image, which no operation of the documents does: docker clients and tests do.

use super::name::check_tag;
use super::{Image, Invocation, Registries, RegistryError, Workload};

impl Registries {
    /// Pushes an image; `invoke` tells what comes of updating a workload.
    pub fn push_image(
        &mut self,
        account: &str,
        repository: &str,
        tag: &str,
        image: Image,
        invoke: &dyn Fn(&Workload) -> Invocation,
    ) -> Result<String, RegistryError> {
        self.require_user(account)?;
        check_tag("Tag", tag)?;
        let built = image.built.unwrap_or(self.now);
        let name = self.own_repository(account, repository)?.name().clone();
        let digest = self.store(account, repository, tag, image, built)?;
        self.fire(&name, tag, invoke);
        Ok(digest)
    }
}
