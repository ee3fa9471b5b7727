//! Waiting for registry instances.

use super::Client;
use super::operations::DescribeInstanceStatus;
use super::types::{RegistryState, RegistryStatus};
use std::time::Duration;
use wharf_core::wait::{Verdict, Waiter};
use wharf_core::{Error, ErrorKind, Operation};

/// How long making a registry instance may take.
const DEADLINE: Duration = Duration::from_secs(20 * 60);

impl Client {
    /// Waits until a registry instance is `Running`, and gives its state with the steps of its creation.
    /// Asks `DescribeInstanceStatus`.
    ///
    /// Fails in the states `FailedCreated`, `FailedUpdated`, `Bucket-Error`, `Isolate`, `Deleting`,
    /// `DeleteBucketFailed` and `DeleteFailed`; goes on in every other one, unknown ones too. An instance that does not
    /// appear within the [`grace`](Waiter::grace), or that disappears, is [`NotFound`](ErrorKind::NotFound). Gives up
    /// after 20 minutes, unless told otherwise by [`timeout`](Waiter::timeout); [`on_progress`](Waiter::on_progress) is
    /// told each new state.
    pub fn wait_until_registry_running(&self, registry_id: impl Into<String>) -> Waiter<RegistryStatus, RegistryState> {
        let (client, id) = (self.clone(), registry_id.into());
        let goal = format!("registry {id} to be Running");
        Waiter::new(self.connection(), goal, DEADLINE, move || {
            let request = client.describe_instance_status().registry_ids([&id]);
            let id = id.clone();
            async move {
                let registries = request.send().await?.registry_status_set;
                let registry = registries.into_iter().find(|registry| registry.registry_id == id);
                let registry = registry.ok_or_else(|| {
                    let message = format!("there is no registry {id}");
                    Error::new(ErrorKind::NotFound, message).with_operation(DescribeInstanceStatus::META)
                })?;
                let state = registry.status.clone();
                let verdict = match state {
                    RegistryState::Running => Verdict::Success(registry),
                    RegistryState::FailedCreated
                    | RegistryState::FailedUpdated
                    | RegistryState::BucketError
                    | RegistryState::Isolate
                    | RegistryState::Deleting
                    | RegistryState::DeleteBucketFailed
                    | RegistryState::DeleteFailed => Verdict::Failure,
                    _ => Verdict::GoOn,
                };
                Ok((state, verdict))
            }
        })
    }
}
