//! Registries.

use super::{Condition, MOST_REPOSITORIES, RegistryState, RepositoryState, State};
use wharf_world::World;
use wharf_world::registry::InstanceState;

impl State {
    /// Adds the registry instances, and the personal edition if it is used.
    pub(super) fn collect_registries(&mut self, world: &World) {
        let (registry, now) = (&world.registry, world.now());
        for instance in registry.all_instances() {
            let state = instance.state(now);
            let namespaces: Vec<String> = instance.enterprise.namespaces.keys().cloned().collect();
            let repositories = instance.enterprise.repositories.values().map(|repository| RepositoryState {
                name: repository.path.clone(),
                tags: repository.content.tags.keys().cloned().collect(),
            });
            let repositories: Vec<RepositoryState> = repositories.collect();
            self.add_registry(RegistryState {
                product: "tcr",
                account: instance.account().to_owned(),
                region: instance.region().to_owned(),
                id: instance.id().to_owned(),
                name: instance.name().to_owned(),
                state: state.name().to_owned(),
                condition: match state {
                    InstanceState::Pending | InstanceState::Deploying => Condition::Creating,
                    InstanceState::Running => Condition::Running,
                    InstanceState::FailedCreated => Condition::Failed,
                },
                namespaces,
                images: repositories.iter().map(|repository| repository.tags.len()).sum(),
                repositories,
            });
        }
        let namespaces: Vec<String> = registry.all_namespaces().map(|(name, _)| name.to_owned()).collect();
        let repositories: Vec<RepositoryState> = registry
            .all_repositories()
            .map(|repository| RepositoryState {
                name: repository.name().to_string(),
                tags: repository.tags().into_iter().map(|tag| tag.name().to_owned()).collect(),
            })
            .collect();
        if namespaces.is_empty() && repositories.is_empty() {
            return;
        }
        self.add_registry(RegistryState {
            product: "tcr",
            account: String::new(),
            region: String::new(),
            id: "personal".to_owned(),
            name: "personal edition".to_owned(),
            state: "Running".to_owned(),
            condition: Condition::Running,
            namespaces,
            images: repositories.iter().map(|repository| repository.tags.len()).sum(),
            repositories,
        });
    }

    fn add_registry(&mut self, mut registry: RegistryState) {
        let room = MOST_REPOSITORIES.saturating_sub(self.counts.repositories);
        self.counts.registries += 1;
        self.counts.repositories += registry.repositories.len();
        self.counts.images += registry.images;
        self.left_out += registry.repositories.len().saturating_sub(room);
        registry.repositories.truncate(room);
        self.registries.push(registry);
    }
}
