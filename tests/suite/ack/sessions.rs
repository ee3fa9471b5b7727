//! Credentials of a role that end while they are used.

use super::{BOTH, Cloud, SignatureMethod};
use crate::ack::paging::answer;
use crate::support::{ack_builder, quick, server};
use futures_util::future::join_all;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant, SystemTime};
use wharf::ack::{self, Role};
use wharf::clock::{Clock, SystemClock};
use wharf::{Credentials, ErrorKind};
use wharf_server::Server;

fn role(server: &Server) -> Role {
    Role::new(server.role_arn())
}

fn assumed(server: &Server, by: SignatureMethod) -> ack::Connection {
    ack_builder(server).signature_method(by).assume_role(role(server)).build().unwrap()
}

/// How often the role was assumed, and how many calls were refused.
fn assumptions(server: &Server) -> (usize, usize) {
    let refused = server.journal().calls().iter().filter(|call| call.code.is_some()).count();
    (server.journal().of("AssumeRole").len(), refused)
}

/// Reads a listing of 10,000 items, of which the first thousand are read before the credentials end.
macro_rules! long_listing {
    ($server:expr, $request:expr, $id:ident, $end:expr) => {{
        let (mut items, mut seen) = ($request.page_size(100).items(), Vec::new());
        while seen.len() < 1_000 {
            seen.push(items.try_next().await.unwrap().unwrap().$id);
        }
        assert_eq!(assumptions($server), (1, 0));
        $server.journal().clear();
        $end;
        while let Some(item) = items.try_next().await.unwrap() {
            seen.push(item.$id);
        }
        assert!(seen.into_iter().eq((0..10_000).map(|at| format!("n-{at}"))), "all of them, once, in order");
    }};
}

#[tokio::test]
async fn a_long_listing_outlives_its_credentials() {
    for by in BOTH {
        let server = server().await;
        for operation in ["DescribeClustersV1", "DescribeTemplates", "DescribeClusterNodes"] {
            server.faults().add(answer(operation, 10_000));
        }
        let fresh = || {
            server.journal().clear();
            assumed(&server, by)
        };
        let ack = fresh();
        long_listing!(&server, ack.clusters().describe_clusters_v1(), cluster_id, server.expire_tokens());
        // The page that was refused is asked for once more.
        assert_eq!((assumptions(&server), server.journal().len()), ((1, 1), 90 + 1 + 1), "{by:?}");

        let ack = fresh();
        long_listing!(&server, ack.clusters().describe_templates(), id, server.expire_tokens());
        assert_eq!((assumptions(&server), server.journal().len()), ((1, 1), 90 + 1 + 1), "{by:?}");

        // By the end of their time.
        let (hour, ack) = (Duration::from_secs(3_601), fresh());
        long_listing!(&server, ack.nodes().describe_cluster_nodes("c"), instance_id, server.advance(hour));
        assert_eq!((assumptions(&server), server.journal().len()), ((1, 1), 90 + 1 + 1), "{by:?}");
        let refused = server.journal().calls().into_iter().find_map(|call| call.code);
        assert_eq!(refused.as_deref(), Some("InvalidSecurityToken.Expired"));
    }
}

/// Runs as far ahead as a test says.
#[derive(Debug, Default)]
struct Ahead(std::sync::Mutex<Duration>);

#[async_trait::async_trait]
impl Clock for Ahead {
    fn now(&self) -> SystemTime {
        SystemTime::now() + *self.0.lock().unwrap()
    }

    fn monotonic(&self) -> Instant {
        Instant::now() + *self.0.lock().unwrap()
    }

    async fn sleep(&self, _: Duration) {}

    fn random(&self) -> u64 {
        SystemClock.random()
    }
}

#[tokio::test]
async fn whoever_sees_the_time_renews_before_the_end() {
    let server = server().await;
    server.faults().add(answer("DescribeClustersV1", 10_000));
    let clock = Arc::new(Ahead::default());
    let ack = ack_builder(&server).clock(clock.clone()).assume_role(role(&server)).build().unwrap();
    let pass = || {
        *clock.0.lock().unwrap() = Duration::from_secs(3_590);
        server.faults().skew_clock(3_590);
    };
    long_listing!(&server, ack.clusters().describe_clusters_v1(), cluster_id, pass());
    assert_eq!((assumptions(&server), server.journal().len()), ((1, 0), 90 + 1), "no call was refused");
}

#[tokio::test]
async fn one_session_serves_all_calls_and_many_share_the_new_one() {
    for by in BOTH {
        let server = server().await;
        let ack = assumed(&server, by);
        let clusters = ack.clusters();
        for end in [false, true] {
            if end {
                server.expire_tokens();
            }
            for answer in join_all((0..8).map(|_| clusters.describe_user_quota().send())).await {
                answer.unwrap();
            }
        }
        assert_eq!(assumptions(&server).0, 2, "{by:?}");
    }
}

#[tokio::test]
async fn a_wait_outlives_its_credentials() {
    let cloud = Cloud::new(SignatureMethod::RoaHmacSha1).await;
    let (server, id) = (cloud.server.clone(), cloud.order("long").send().await.unwrap().cluster_id);
    let clock = crate::support::WorldTime::new(&server);
    let ack = ack_builder(&server).clock(clock).assume_role(role(&server)).build().unwrap();
    let ended = AtomicBool::new(false);
    let waiter = ack.clusters().wait_until_running(&id).on_progress(move |_| {
        if !ended.swap(true, Ordering::SeqCst) {
            server.expire_tokens();
        }
    });
    waiter.await.unwrap();
    assert_eq!(assumptions(&cloud.server), (2, 1));
}

#[tokio::test]
async fn a_role_behind_a_role() {
    let server = server().await;
    let long = Role::new(format!("{}-long", server.role_arn())).duration(Duration::from_secs(7_200));
    let ack = ack_builder(&server).assume_role(role(&server)).assume_role(long).build().unwrap();
    ack.clusters().describe_user_quota().send().await.unwrap();
    ack.clusters().describe_user_quota().send().await.unwrap();
    let asked: Vec<_> =
        server.journal().of("AssumeRole").into_iter().map(|call| call.parameters["RoleArn"].clone()).collect();
    assert_eq!(asked, [server.role_arn(), format!("{}-long", server.role_arn())]);
    server.expire_tokens();
    ack.clusters().describe_user_quota().send().await.unwrap();
}

#[tokio::test]
async fn what_cannot_be_assumed_is_told_as_such() {
    let server = server().await;
    let none = Role::new(format!("{}-none", server.role_arn()));
    let ack = ack_builder(&server).assume_role(none).build().unwrap();
    let error = ack.clusters().describe_user_quota().send().await.unwrap_err();
    assert_eq!((error.kind(), error.code()), (ErrorKind::NotFound, Some("EntityNotExist.Role")), "{error}");
    assert_eq!(error.operation().unwrap().name, "AssumeRole");
    assert!(server.journal().of("DescribeUserQuota").is_empty());

    let wrong = ack_builder(&server).credentials(Credentials::new(server.credentials().id(), "pl4nted"));
    let error =
        wrong.assume_role(role(&server)).build().unwrap().clusters().describe_user_quota().send().await.unwrap_err();
    assert_eq!((error.kind(), error.status()), (ErrorKind::Credentials, Some(403)), "{error}");
    assert_eq!(error.code(), Some("SignatureDoesNotMatch"));
    assert!(!format!("{error:?}").contains("pl4nted"));
}

#[tokio::test]
async fn credentials_of_ones_own_that_have_ended_are_not_renewed() {
    let server = server().await;
    let sts = crate::support::sts_builder(&server).build().unwrap();
    let given = sts.assume_role().role_arn(server.role_arn()).role_session_name("me").send().await.unwrap().credentials;
    let session = Credentials::new(given.access_key_id, given.access_key_secret).with_token(given.security_token);
    server.expire_tokens();
    let ack = ack_builder(&server).credentials(session).retry_policy(quick()).build().unwrap();
    let error = ack.clusters().describe_user_quota().send().await.unwrap_err();
    assert_eq!((error.kind(), error.code()), (ErrorKind::Credentials, Some("InvalidSecurityToken.Expired")), "{error}");
    assert_eq!(server.journal().of("AssumeRole").len(), 1);
    assert!(server.journal().of("DescribeUserQuota").len() <= 2, "asked its source once more at most");
}
