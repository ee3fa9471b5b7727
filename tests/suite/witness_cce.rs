//! Huawei's own Python client, from PyPI, drives the server.

use crate::witness::python;
use std::path::Path;
use std::process::Command;
use wharf_server::{Server, Time};

/// World seconds in one of ours: life cycles of minutes in moments.
const SPEED: u32 = 600;
/// The parts of the script.
const SECTIONS: [&str; 8] = ["cluster", "node", "pool", "addon", "claim", "refusals", "project", "deletion"];

fn drive(server: &Server) -> String {
    let credentials = server.credentials();
    let output = Command::new(python())
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("witness/cce_lifecycle.py"))
        .env("WHARF_ENDPOINT", server.address().unwrap().to_string())
        .env("WHARF_ACCESS_KEY", credentials.id())
        .env("WHARF_SECRET_KEY", credentials.secret().expose())
        .env("WHARF_PROJECT_ID", server.project_id())
        .env("WHARF_REGION", server.region())
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn huaweis_client_lives_through_clusters_nodes_pools_jobs_and_addons() {
    let server = crate::support::documents().time(Time::Accelerated(SPEED)).rate_limits(false).start().await.unwrap();
    let said = drive(&server);
    assert_eq!(said.lines().collect::<Vec<_>>(), SECTIONS.map(|section| format!("ok {section}")));
    let refused: Vec<String> = server.journal().calls().into_iter().filter_map(|entry| entry.code).collect();
    for code in ["APIGW.0301", "CCE.01404001", "CCE.01403001", "CCE.01409001", "SVCSTG.CCE-ADDONMGR.4040204"] {
        assert!(refused.iter().any(|refused| refused == code), "{code} did not come up");
    }
    server.stop().await;
}
