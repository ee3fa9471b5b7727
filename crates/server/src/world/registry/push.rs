//! Pushing an image, which no operation of the documents does: docker clients do, and tests, from here.

use super::name::check_tag;
use super::{Image, Invocation, Registries, RegistryError, Workload};
use crate::world::World;
use crate::world::clusters::Stage;
use crate::world::offers::REGIONS;
use crate::world::services::{Images, REGISTRY};

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
                // Of workloads that are not simulated nothing is known.
                Some(cluster) => match cluster.workload(&workload.namespace, &workload.name) {
                    Ok(service) if !service.template.containers.iter().any(|one| one.name == workload.container) => {
                        Invocation::failure(format!(
                            "service {} has no container {}",
                            workload.name, workload.container
                        ))
                    }
                    _ => Invocation::success(),
                },
            }
        };
        let runs = self.registry.runs.len();
        let digest = self.registry.push_image(account, repository, tag, image, &invoke)?;
        self.update_workloads(account, runs);
        Ok(digest)
    }

    /// Does what the trigger runs after that many have ordered: other images for services. Workloads that the world
    /// does not simulate are taken to have been updated.
    fn update_workloads(&mut self, account: &str, runs: usize) {
        let done = self.registry.runs.iter().skip(runs).filter(|run| run.result.code == 0);
        let orders: Vec<(Workload, String)> =
            done.map(|run| (run.workload.clone(), format!("{REGISTRY}/{}:{}", run.repository, run.tag))).collect();
        for (workload, image) in orders {
            let Some(region) = REGIONS.iter().find(|region| region.number == workload.region) else { continue };
            let realm = self.realm(account, region.name);
            let found =
                realm.realm.cluster(&workload.cluster).and_then(|c| c.workload(&workload.namespace, &workload.name));
            let Ok(service) = found else { continue };
            let Ok(mut template) = service.with_images(&Images::Of(vec![(workload.container.clone(), image)])) else {
                continue;
            };
            self.look_up_images(account, &mut template);
            let mut realm = self.realm(account, region.name);
            let (cluster, namespace, name) = (&workload.cluster, &workload.namespace, &workload.name);
            // The same tag with another image is an update, too. The service was found a moment ago.
            let _ = realm.redeploy_service(cluster, namespace, name, template);
        }
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
