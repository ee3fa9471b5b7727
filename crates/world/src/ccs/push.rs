//! Pushing an image to a registry: the triggers that watch for its tag update services of clusters.

use crate::World;
use crate::ccs::services::Images;
use crate::ccs::{Ccs, ENGINE};
use crate::cluster::Stage;
use crate::infra::offers::REGIONS;
use crate::kernel::engine::Engine;
use crate::kernel::realm::RealmKey;
use crate::registry::{Image, Invocation, PERSONAL_HOST, RegistryError, RepositoryName, Workload};

fn realm_key(account: &str, region: &str) -> RealmKey {
    RealmKey { vendor: ENGINE.vendor(), account: account.to_owned(), region: region.to_owned() }
}

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
        let digest = self.registry.push_image(account, repository, tag, image)?;
        if let Some(name) = RepositoryName::parse(repository) {
            self.run_triggers(account, &name, tag);
        }
        Ok(digest)
    }

    /// Runs the triggers that watch for a tag of a repository of the account, after a push to it.
    pub fn run_triggers(&mut self, account: &str, repository: &RepositoryName, tag: &str) {
        let realms = &self.realms;
        let invoke = |workload: &Workload| {
            let region = REGIONS.iter().find(|region| region.number == workload.region);
            let realm = region.and_then(|region| realms.get(&realm_key(account, region.name)));
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
        self.registry.fire(repository, tag, &invoke);
        self.update_workloads(account, runs);
    }

    /// Does what the trigger runs after that many have ordered: other images for services. Workloads that the world
    /// does not simulate are taken to have been updated.
    fn update_workloads(&mut self, account: &str, runs: usize) {
        let done = self.registry.runs.iter().skip(runs).filter(|run| run.result.code == 0);
        let orders: Vec<(Workload, String)> =
            done.map(|run| (run.workload.clone(), format!("{PERSONAL_HOST}/{}:{}", run.repository, run.tag))).collect();
        for (workload, image) in orders {
            let Some(region) = REGIONS.iter().find(|region| region.number == workload.region) else { continue };
            let realm = self.realms.get(&realm_key(account, region.name));
            let Some(cluster) = realm.and_then(|realm| realm.clusters.get(&workload.cluster)) else { continue };
            let engine = cluster.engine;
            let Ok(service) = cluster.workload(&workload.namespace, &workload.name) else { continue };
            let Ok(mut template) = service.with_images(&Images::Of(vec![(workload.container.clone(), image)])) else {
                continue;
            };
            self.look_up_images(account, &mut template);
            let mut realm = Ccs(self.realm(engine, account, region.name));
            let (cluster, namespace, name) = (&workload.cluster, &workload.namespace, &workload.name);
            // The same tag with another image is an update, too. The service was found a moment ago.
            let _ = realm.redeploy_service(cluster, namespace, name, template);
        }
    }
}
