//! What the server answers to the examples.

use crate::{Example, generated};
use std::collections::{BTreeMap, BTreeSet};
use wharf::{ErrorKind, ack, cce, ccs, sts, tcr, tke};
use wharf_server::{Coverage, Server, Time};

/// Examples whose thing does not exist either, which these services report with another kind of code; with a part of the
/// message.
const OTHER: &[(&str, &str, &str)] = &[
    ("ack", "CancelTask", "does not exist"),
    ("ack", "CreateCluster", "does not exist"),
    ("ack", "DescribeTaskInfo", "does not exist"),
    ("ack", "PauseTask", "does not exist"),
    ("ack", "ResumeTask", "does not exist"),
    // Version 3 of the API has it, and refuses it.
    ("cce", "DeleteAllNodes", "no longer deletes all nodes"),
    // A user or a role that does not exist is not told apart from one that is forbidden.
    ("cce", "IAMCreateToken", "username or password"),
    ("sts", "AssumeRole", "not authorized"),
    // The account of the server has a user.
    ("tcr", "CreateUserPersonal", "already has a user"),
    ("tke", "CancelClusterRelease", "There is no application"),
    ("tke", "DeleteUserPermissions", "no sub-account"),
    ("tke", "DescribeChartDownloadInfo", "There is no chart"),
    ("tke", "DescribeClusterAvailableExtraArgs", "there is no Kubernetes"),
    ("tke", "DescribeEncryptionStatus", "does not exist"),
    ("tke", "DescribeHelmChartDetail", "There is no chart"),
    ("tke", "DescribeHelmChartVersion", "There is no chart"),
    ("tke", "DescribeSupportedRuntime", "there is no Kubernetes"),
    ("tke", "DescribeUserPermissions", "no sub-account"),
    ("tke", "GrantUserPermissions", "no sub-account"),
];

/// Runs the examples of a version of a product, and returns the operations whose answers are wrong.
async fn answers<C>(server: &Server, connection: &C, examples: &[Example<C>], wrong: &mut Vec<String>) -> usize {
    let coverage = Coverage::of_this_server();
    let mut succeeded = 0;
    for Example { product, version, operation, run, .. } in examples {
        server.journal().clear();
        let answer = run(connection).await;
        let name = format!("{product} {version} {operation}");
        let mut versions = coverage.products.iter().filter(|it| it.product == *product && it.version == *version);
        let simulated = !versions.next().unwrap().unsimulated.contains(operation);
        let called = server.journal().calls().iter().any(|call| call.operation == *operation);
        if !called {
            wrong.push(format!("{name}: the server got no such call: {answer:?}"));
            continue;
        }
        let error = match answer {
            Ok(()) if simulated => {
                succeeded += 1;
                continue;
            }
            Ok(()) => {
                wrong.push(format!("{name}: succeeds, and is not simulated"));
                continue;
            }
            Err(error) => error,
        };
        let mut others = OTHER.iter().filter(|(of, name, _)| of == product && name == operation);
        let is_expected = match (simulated, others.next()) {
            (false, _) => error.kind() == ErrorKind::Unsupported,
            (true, Some((.., part))) => error.message().contains(part),
            (true, None) => error.kind() == ErrorKind::NotFound,
        };
        if !is_expected || error.code().is_none() {
            wrong.push(format!("{name}: {:?} {error}", error.kind()));
        }
    }
    succeeded
}

/// The builder of a connection to the server, without a socket.
macro_rules! connect {
    ($product:ident, $server:ident, $region:expr) => {
        $product::Connection::builder()
            .region($region)
            .credentials($server.credentials())
            .transport($server.transport())
    };
}

#[tokio::test(flavor = "multi_thread")]
async fn every_example_succeeds_or_is_told_that_a_thing_does_not_exist() {
    let server = Server::builder().time(Time::Manual).rate_limits(false).start().await.unwrap();
    let mut wrong = Vec::new();
    let mut succeeded = BTreeMap::new();
    let ack = connect!(ack, server, "cn-beijing").build().unwrap();
    succeeded.insert("ack", answers(&server, &ack, generated::ack::EXAMPLES, &mut wrong).await);
    let cce = connect!(cce, server, server.region()).project_id(server.project_id()).build().unwrap();
    succeeded.insert("cce", answers(&server, &cce, generated::cce::EXAMPLES, &mut wrong).await);
    let ccs = connect!(ccs, server, server.region()).build().unwrap();
    succeeded.insert("ccs", answers(&server, &ccs, generated::ccs::EXAMPLES, &mut wrong).await);
    let sts = connect!(sts, server, server.region()).build().unwrap();
    succeeded.insert("sts", answers(&server, &sts, generated::sts::EXAMPLES, &mut wrong).await);
    let tcr = connect!(tcr, server, server.region()).build().unwrap();
    succeeded.insert("tcr", answers(&server, &tcr, generated::tcr::EXAMPLES, &mut wrong).await);
    let tke = connect!(tke, server, server.region()).build().unwrap();
    succeeded.insert("tke", answers(&server, &tke, generated::tke::EXAMPLES, &mut wrong).await);
    let newer = answers(&server, &tke, generated::tke_v20220501::EXAMPLES, &mut wrong).await;
    succeeded.insert("tke 2022-05-01", newer);
    assert!(wrong.is_empty(), "{} answers:\n{}", wrong.len(), wrong.join("\n"));
    println!("{succeeded:?}");
    server.stop().await;
}

#[test]
fn every_operation_has_one_example() {
    let mut examples = Vec::new();
    macro_rules! collect {
        ($($product:ident)*) => {
            $( examples.extend(generated::$product::EXAMPLES.iter().map(|it| (it.product, it.version, it.operation))); )*
        };
    }
    collect!(ack cce ccs sts tcr tke tke_v20220501);
    let different: BTreeSet<_> = examples.iter().copied().collect();
    let operations: BTreeSet<_> =
        wharf::operations().map(|entry| (entry.meta.product, entry.meta.version, entry.meta.name)).collect();
    assert_eq!(different, operations);
    assert_eq!(examples.len(), 149 + 183 + 47 + 1 + 129 + 300 + 24);
}
