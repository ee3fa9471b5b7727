//! A day in the life of a cluster: Tencent's own Python client, and the vendor's command line program from a shell.

use crate::witness::{accompany, folder, run, script, tccli};
use serde_json::json;
use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use wharf::Credentials;
use wharf_server::{Server, SubAccount, Time, Vendor};

/// World seconds in one of ours: the program asks again after each second.
const SPEED: u32 = 60;

/// The sub-account that gets a kubeconfig, and its key.
const UIN: &str = "100000000021";
const SUB_ID: &str = "AKIDdeveloper";
const SUB_KEY: &str = "secret-of-the-developer";

/// A sub-account whose policy lets it ask for the kubeconfig of clusters, and send requests to them.
fn developer() -> SubAccount {
    let actions = ["tke:DescribeClusterKubeconfig", "tke:ForwardRequest"];
    let statement = json!({"effect": "allow", "action": actions, "resource": ["*"]});
    SubAccount::new("developer", Credentials::new(SUB_ID, SUB_KEY))
        .uin(UIN)
        .policy(Vendor::Tencent, json!({"version": "2.0", "statement": [statement]}).to_string())
}

/// Nine o'clock in China on a Monday: the day begins outside of the windows in which the platform works.
fn morning() -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(1_704_675_600)
}

/// The operations that succeeded, and the codes of those that did not.
fn outcome(server: &Server) -> (BTreeSet<String>, BTreeSet<String>) {
    let calls = server.journal().calls();
    let done = calls.iter().filter(|call| call.code.is_none()).map(|call| call.operation.clone()).collect();
    (done, calls.into_iter().filter_map(|call| call.code).collect())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_vendors_client_lives_a_day_with_a_cluster() {
    let server = crate::support::documents()
        .start_of_time(morning())
        .time(Time::Manual)
        .rate_limits(false)
        .sub_account(developer())
        .start()
        .await
        .unwrap();
    let mut command = script(&server, "tke_day.py", &[]);
    command.env("WHARF_SUB_UIN", UIN).env("WHARF_SUB_ID", SUB_ID).env("WHARF_SUB_KEY", SUB_KEY);
    assert_eq!(accompany(&server, command), ["ok"]);
    let (done, refused) = outcome(&server);
    for operation in [
        "CreateHealthCheckPolicy",
        "CreateNodePool",
        "CreateClusterMaintenanceWindowAndExclusions",
        "UpdateClusterVersion",
        "UpgradeClusterInstances",
        "GrantUserPermissions",
        "InstallAddon",
        "CreateClusterEndpointVip",
        "DeleteCluster",
    ] {
        assert!(done.contains(operation), "{operation} was never done");
    }
    assert!(refused.contains("FailedOperation"), "no deletion was refused: {refused:?}");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_vendors_program_lives_a_day_with_a_cluster_from_a_shell() {
    let time = Time::Accelerated(SPEED);
    let server = crate::support::documents().time(time).rate_limits(false).tls().start().await.unwrap();
    let temporary = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let authority = temporary.join("authority-of-the-day.pem");
    std::fs::write(&authority, server.root_certificate().unwrap()).unwrap();
    let home = temporary.join("tccli-home");
    std::fs::create_dir_all(&home).unwrap();
    let credentials = server.credentials();
    let mut command = Command::new("bash");
    command
        .arg(folder().join("tke_day.sh"))
        .env("TCCLI", tccli().with_file_name("tccli"))
        .env("HOME", home)
        .env("PYTHONPATH", folder().join("authority"))
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("WHARF_AUTHORITY", authority)
        .env("WHARF_ENDPOINT", server.address().unwrap().to_string())
        .env("TENCENTCLOUD_SECRET_ID", credentials.id())
        .env("TENCENTCLOUD_SECRET_KEY", credentials.secret().expose())
        .env("TENCENTCLOUD_REGION", server.region());
    let output = tokio::task::spawn_blocking(move || run(&mut command, "tke_day.sh")).await.unwrap();
    assert_eq!(String::from_utf8(output.stdout).unwrap().lines().last(), Some("ok"));
    let (done, refused) = outcome(&server);
    for operation in ["CreateCluster", "CreateNodePool", "UpdateClusterVersion", "InstallAddon", "DeleteCluster"] {
        assert!(done.contains(operation), "{operation} was never done");
    }
    assert!(refused.contains("FailedOperation"), "no deletion was refused: {refused:?}");
    server.stop().await;
}
