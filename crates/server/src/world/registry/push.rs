//! Pushing an image, which no operation of the documents does: docker clients do, and tests, from here.

use super::name::check_tag;
use super::{Image, Invocation, Registries, RegistryError, Workload};
use crate::world::World;
use crate::world::clusters::Stage;
use crate::world::offers::REGIONS;

impl World {
    /// Pushes an image to a tag of an own repository and gives its digest, as `docker push` does.
    ///
    /// The repository must be there; a tag that is there moves to the new image. The triggers that watch for the tag
    /// run against the account's clusters. Time does not move: advance the world first.
    pub fn push_image(
        &mut self,
        account: &str,
        repository: &str,
        tag: &str,
        image: Image,
    ) -> Result<String, RegistryError> {
        let realms = &self.realms;
        let invoke = |workload: &Workload| {
            let region = REGIONS.iter().find(|region| region.number == workload.region);
            let realm = region.and_then(|region| realms.get(&(account.to_owned(), region.name.to_owned())));
            match realm.and_then(|realm| realm.clusters.get(&workload.cluster)) {
                None => Invocation::failure(format!(
                    "cluster {} does not exist in region {}",
                    workload.cluster, workload.region
                )),
                Some(cluster) if cluster.stage != Stage::Up => {
                    Invocation::failure(format!("cluster {} is not running", workload.cluster))
                }
                Some(_) => Invocation::success(),
            }
        };
        self.registry.push_image(account, repository, tag, image, &invoke)
    }
}

impl Registries {
    /// Pushes an image; `invoke` tells what comes of updating a workload.
    pub(super) fn push_image(
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
