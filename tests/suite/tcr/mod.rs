//! The registries through the typed client: what one operation did is seen by another one.

mod images;
mod instances;
mod lifecycles;
mod namespaces;
mod pages;
mod refusals;
mod repositories;
mod triggers;

use crate::support::documented;
use crate::support::{builder, quick};
use std::collections::BTreeSet;
use std::fmt::Debug;
use std::time::{Duration, UNIX_EPOCH};
use wharf::tcr::registry::{Client, Request};
use wharf::{Credentials, Error, tcr};
use wharf_core::operation::Operation;
use wharf_server::Server;
use wharf_server::world::World;
use wharf_server::world::registry::Image;

/// The accounts of the cloud.
const ONE: &str = "100001";
const TWO: &str = "100002";
const NEWCOMER: &str = "100003";

/// World time begins at a whole hour (and at eight in the morning in China).
const START: Duration = Duration::from_secs(1_717_200_000);
const HOUR: Duration = Duration::from_secs(60 * 60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// A server with a client for each of its accounts.
struct Cloud {
    server: Server,
    one: Client,
    two: Client,
    /// Of an account that has not opened the personal edition.
    newcomer: Client,
}

fn key(account: &str) -> Credentials {
    Credentials::new(format!("AKID{account}"), format!("secret-of-{account}"))
}

impl Cloud {
    /// Nobody has opened the personal edition.
    async fn new() -> Self {
        let accounts = [ONE, TWO, NEWCOMER];
        let mut server = builder().without_socket().start_of_time(UNIX_EPOCH + START);
        for account in accounts {
            server = server.account(account, key(account));
        }
        let server = server.start().await.unwrap();
        let [one, two, newcomer] = accounts.map(|account| {
            let connection = tcr::Connection::builder()
                .region(server.region())
                .credentials(key(account))
                .transport(server.transport())
                .retry_policy(quick());
            connection.build().unwrap().registries()
        });
        Self { server, one, two, newcomer }
    }

    /// Two accounts have opened the personal edition; the first has the repository `team/app`.
    async fn furnished() -> Self {
        let cloud = Self::new().await;
        for client in [&cloud.one, &cloud.two] {
            client.create_user_personal().password("hunter2hunter2").send().await.unwrap();
        }
        cloud.one.create_namespace_personal().namespace("team").send().await.unwrap();
        cloud.repository("team/app").await;
        cloud
    }

    async fn repository(&self, name: &str) {
        self.one.create_repository_personal().repo_name(name).send().await.unwrap();
    }

    fn world<R>(&self, look: impl FnOnce(&mut World) -> R) -> R {
        self.server.with_world(look)
    }

    /// What `docker push` does; gives the digest.
    fn push(&self, repository: &str, tag: &str, content: &str) -> String {
        self.world(|world| world.push_image(ONE, repository, tag, Image::new(content, 1_536))).unwrap()
    }

    /// The tags of a repository, the last pushed first, whose number is the total that is told.
    async fn tags(&self, repository: &str) -> Vec<String> {
        let listed = self.one.describe_image_personal().repo_name(repository).limit(100).send().await.unwrap().data;
        assert_eq!(listed.tag_count, i64::try_from(listed.tag_info.len()).unwrap(), "total and list");
        listed.tag_info.into_iter().map(|tag| tag.tag_name).collect()
    }

    /// The names of the operations that were done.
    fn done(&self) -> BTreeSet<String> {
        let calls = self.server.journal().calls().into_iter();
        let done = calls.filter(|call| call.product == Some("tcr") && call.acted && call.code.is_none());
        done.map(|call| call.operation).collect()
    }
}

/// The code of a refusal, which the operation's document or all operations have, with a request id and a message
/// that says `says`.
async fn refused<Op: Operation>(request: Request<Op>, says: &str) -> String
where
    Op::Output: Debug,
{
    let input = format!("{:?}", request.input());
    let error: Error = match request.send().await {
        Ok(output) => panic!("{input} went through: {output:?}"),
        Err(error) => error,
    };
    assert!(error.message().contains(says), "{input}: `{says}` is not in {error}");
    assert!(error.request_id().is_some_and(|id| !id.is_empty()), "{input}: {error}");
    assert!(!error.is_retryable(), "{input}: {error}");
    let code = tcr::ErrorCode::of(&error).unwrap_or_else(|| panic!("{input} never got to the service: {error}"));
    let code = code.as_str().to_owned();
    assert!(tcr::CODES.iter().any(|known| known.code == code), "{input}: {code} is not documented");
    code
}

/// A test of each part on a server of its own, and one that all parts together do every operation.
macro_rules! effects {
    ($($part:ident::$name:ident,)*) => {
        $(#[tokio::test]
        async fn $name() {
            $part::$name(&Cloud::furnished().await).await;
        })*

        #[tokio::test]
        async fn every_operation_is_done_by_one_of_these_tests() {
            let mut done = BTreeSet::new();
            $({
                let cloud = Cloud::furnished().await;
                $part::$name(&cloud).await;
                done.extend(cloud.done());
            })*
            let all: BTreeSet<String> =
                documented().filter(|entry| entry.meta.product == "tcr").map(|entry| entry.meta.name.to_owned()).collect();
            assert_eq!(all.len(), 37);
            assert_eq!(done, all);
        }
    };
}

effects! {
    namespaces::a_user_opens_the_personal_edition_and_changes_the_password,
    namespaces::quotas_are_what_limits,
    namespaces::namespaces_come_are_searched_and_go,
    namespaces::a_namespace_belongs_to_one_account,
    namespaces::a_namespace_takes_its_repositories_along,
    repositories::a_repository_is_made_changed_and_deleted,
    repositories::repositories_are_filtered,
    repositories::access_lets_others_in_and_keeps_them_out,
    repositories::favorites_are_listed_while_they_can_be_seen,
    repositories::several_repositories_go_together_or_not_at_all,
    images::pushed_images_are_listed_and_searched,
    images::same_images_and_copies,
    images::tags_are_deleted_one_by_one_and_together,
    lifecycles::a_repository_keeps_its_last_tags,
    lifecycles::a_repository_keeps_its_last_days,
    lifecycles::the_rule_of_the_account_cleans_where_there_is_no_other,
    triggers::triggers_are_made_listed_changed_and_deleted,
    triggers::a_push_fires_triggers_and_leaves_logs,
    triggers::a_trigger_updates_a_running_cluster,
    triggers::a_repository_takes_its_triggers_and_logs_along,
    instances::an_instance_is_provisioned_step_by_step,
    instances::a_creation_that_fails_says_so,
    instances::tokens_expire,
    instances::instances_are_filtered,
}
