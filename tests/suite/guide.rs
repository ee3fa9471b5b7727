//! The snippets of the guide that use the vendors' own clients (`guide/pages/any-sdk.md`).

use crate::support::builder;
use crate::witness::{python, run};
use std::path::Path;
use std::process::Command;

#[tokio::test(flavor = "multi_thread")]
async fn the_vendors_clients_are_pointed_at_the_server() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../guide/pages/any-sdk.md");
    let text = std::fs::read_to_string(page).unwrap();
    let snippets: Vec<_> =
        text.split("```python,witness\n").skip(1).map(|rest| rest.split("```").next().unwrap()).collect();
    assert_eq!(snippets.len(), 3, "one for each vendor");
    let server = builder().start().await.unwrap();
    let (credentials, before) = (server.credentials(), server.journal().len());
    for snippet in &snippets {
        let mut command = Command::new(python());
        command
            .args(["-c", snippet])
            .env("WHARF_ENDPOINT", server.address().unwrap().to_string())
            .env("WHARF_SECRET_ID", credentials.id())
            .env("WHARF_SECRET_KEY", credentials.secret().expose())
            .env("WHARF_REGION", server.region())
            .env("WHARF_PROJECT_ID", server.project_id());
        run(&mut command, snippet);
    }
    assert!(server.journal().len() >= before + snippets.len());
    assert!(server.journal().calls().iter().all(|call| call.status == Some(200)));
}
