//! Our typed clients, over the socket and in process.

use super::table::{ATTEMPTS, Kind, SHORT, TOKEN, WAYS, Way, kinds};
use crate::support::{
    ack_builder, builder, cce_builder, ccs_builder, login, quick, sts_builder, tcr_builder, tke_builder,
};
use futures_util::StreamExt;
use std::sync::Arc;
use std::time::Duration;
use wharf::ack::SignatureMethod as Acs;
use wharf::retry::RetryPolicy;
use wharf::tke::{HttpMethod, SignatureMethod};
use wharf::transport::{HttpTransport, Proxy, Transport};
use wharf::{Credentials, Error};
use wharf_server::{Fault, Server};

/// Cases that run at a time; most of them wait.
const AT_ONCE: usize = 16;
/// A call that takes longer hangs.
const DEADLINE: Duration = Duration::from_secs(60);

/// Settings of a connection.
#[derive(Clone)]
struct Settings {
    transport: Arc<dyn Transport>,
    attempt_timeout: Duration,
}

macro_rules! connect {
    ($builder:expr, $server:ident, $settings:ident) => {
        $builder
            .endpoint($server.endpoint())
            .transport($settings.transport)
            .retry_policy(policy())
            .attempt_timeout($settings.attempt_timeout)
            .build()?
    };
}

fn policy() -> RetryPolicy {
    quick().max_attempts(u32::try_from(ATTEMPTS).unwrap())
}

/// Makes the call of a way.
async fn call(way: &Way, server: &Server, settings: Settings) -> Result<(), Error> {
    let key = cce_builder(server);
    match way.name {
        "tke TC3" => {
            let tke = connect!(tke_builder(server), server, settings);
            tke.clusters().describe_clusters().send().await.map(drop)
        }
        "tke GET HmacSHA1" => {
            let tke = tke_builder(server).signature_method(SignatureMethod::HmacSha1).http_method(HttpMethod::Get);
            connect!(tke, server, settings).clusters().describe_clusters().send().await.map(drop)
        }
        "tcr" => {
            let tcr = connect!(tcr_builder(server), server, settings);
            tcr.registries().describe_instances().send().await.map(drop)
        }
        "ccs" => {
            let ccs = connect!(ccs_builder(server), server, settings);
            ccs.clusters().describe_cluster().send().await.map(drop)
        }
        "cce AK/SK" => connect!(key, server, settings).clusters().list_clusters().send().await.map(drop),
        "cce token" => {
            let token = wharf::cce::Connection::builder().region(server.region()).project_id(server.project_id());
            let cce = connect!(token.password_login(login(server)).iam_endpoint(server.endpoint()), server, settings);
            cce.clusters().list_clusters().send().await.map(drop)
        }
        "iam" => {
            let cce = connect!(key.iam_endpoint(server.endpoint()), server, settings);
            cce.iam().iam_list_projects().send().await.map(drop)
        }
        "ack ROA" => {
            let ack = connect!(ack_builder(server), server, settings);
            ack.clusters().describe_clusters_v1().send().await.map(drop)
        }
        "ack ACS3" => {
            let ack = connect!(ack_builder(server).signature_method(Acs::Acs3HmacSha256), server, settings);
            ack.clusters().describe_clusters_v1().send().await.map(drop)
        }
        "sts" => {
            let sts = connect!(sts_builder(server), server, settings);
            let request = sts.assume_role().role_arn(server.role_arn()).role_session_name("suite");
            request.send().await.map(drop)
        }
        other => panic!("{other}"),
    }
}

/// Runs a case and returns what is wrong with it.
async fn problem(way: &Way, kind: &Kind, by_socket: Option<Arc<dyn Transport>>) -> Option<String> {
    let key = Credentials::new("AKIDexample", "pl4nted-k3y").with_token(TOKEN);
    let server = builder().credentials(key).start().await.unwrap();
    let in_process = by_socket.is_none();
    let transport = by_socket.unwrap_or_else(|| server.transport());
    let attempt_timeout = if kind.slow { Duration::from_secs_f64(SHORT) } else { DEADLINE / 3 };
    server.faults().add(Fault::from_json(&way.order(&kind.effect)).unwrap());
    let result = tokio::time::timeout(DEADLINE, call(way, &server, Settings { transport, attempt_timeout })).await;
    let Ok(result) = result else { return Some(format!("{} / {}: hangs", way.name, kind.effect)) };
    let name = kind.effect["kind"].as_str();
    let struck: Vec<_> = server.journal().calls().into_iter().filter(|call| call.fault == name).collect();
    let other = struck.iter().find(|call| call.code.as_deref() != way.code(&kind.effect));
    if let Some(other) = other {
        return Some(format!("{} / {}: the code is {:?}", way.name, kind.effect, other.code));
    }
    let (found, due) = ((result.as_ref().err().map(Error::kind), struck.len()), way.outcome(kind.then));
    let place = if in_process { "in process" } else { "socket" };
    let wrong = found != due;
    wrong.then(|| format!("{} / {} / {place}: {found:?}, not {due:?}: {result:?}", way.name, kind.effect))
}

/// Runs all cases.
async fn problems(transport: impl Fn() -> Option<Arc<dyn Transport>>) -> Vec<String> {
    let kinds = kinds();
    let cases = WAYS.iter().flat_map(|way| kinds.iter().map(move |kind| (way, kind)));
    let outcomes = futures_util::stream::iter(cases).map(|(way, kind)| problem(way, kind, transport()));
    outcomes.buffer_unordered(AT_ONCE).filter_map(|problem| async { problem }).collect().await
}

#[tokio::test(flavor = "multi_thread")]
async fn every_fault_is_the_right_error_over_the_socket() {
    let transport: Arc<dyn Transport> = Arc::new(HttpTransport::builder().proxy(Proxy::None).build().unwrap());
    let problems = problems(|| Some(transport.clone())).await;
    assert!(problems.is_empty(), "{} problems:\n{}", problems.len(), problems.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_fault_is_the_right_error_in_process() {
    let problems = problems(|| None).await;
    assert!(problems.is_empty(), "{} problems:\n{}", problems.len(), problems.join("\n"));
}

/// A token that is refused once is replaced: by another login, or by assuming the role again.
#[tokio::test]
async fn a_connection_replaces_a_token_that_has_expired() {
    let server = builder().start().await.unwrap();
    let expired = |operation: &str| {
        let order = serde_json::json!({"operation": operation, "times": 1, "effect": {"kind": "expired_token"}});
        server.faults().add(Fault::from_json(&order).unwrap());
    };
    let codes = || server.journal().calls().into_iter().map(|call| (call.operation, call.code)).collect::<Vec<_>>();
    let seen = |operation: &str, code: Option<&str>| (operation.to_owned(), code.map(str::to_owned));

    expired("ListClusters");
    let cce = wharf::cce::Connection::builder().region(server.region()).project_id(server.project_id());
    let cce = cce.password_login(login(&server)).transport(server.transport()).retry_policy(quick()).build().unwrap();
    cce.clusters().list_clusters().send().await.unwrap();
    let due = ["IAMCreateToken", "ListClusters", "IAMCreateToken", "ListClusters"];
    let refused = [None, Some("APIGW.0301"), None, None];
    assert_eq!(codes(), due.into_iter().zip(refused).map(|(name, code)| seen(name, code)).collect::<Vec<_>>());

    server.journal().clear();
    expired("DescribeClustersV1");
    let ack = ack_builder(&server).assume_role(wharf::ack::Role::new(server.role_arn())).build().unwrap();
    ack.clusters().describe_clusters_v1().send().await.unwrap();
    let due = ["AssumeRole", "DescribeClustersV1", "AssumeRole", "DescribeClustersV1"];
    let refused = [None, Some("InvalidSecurityToken.Expired"), None, None];
    assert_eq!(codes(), due.into_iter().zip(refused).map(|(name, code)| seen(name, code)).collect::<Vec<_>>());
}
