//! The examples of an empty cloud work as they are: with the vendors' own clients.

use crate::driver::{WIDE, with_page};
use crate::witness;
use crate::work::Work;
use std::path::Path;
use std::process::Command;

#[tokio::test(flavor = "multi_thread")]
async fn the_examples_run_with_the_vendors_clients() {
    let work = Work::start().await;
    with_page(work.server.endpoint(), WIDE, |page| async {
        for (name, line, printed) in [
            ("Tencent's Python SDK", "TkeClient", "\"TotalCount\": 0"),
            ("Huawei's Python SDK", &work.server.project_id(), "\"items\": []"),
            ("Alibaba's Python SDK", "DescribeClustersV1Request", "'clusters': []"),
        ] {
            page.click(".start .choices button", name).await;
            page.until_shown(".start pre", line).await;
            let example = page.text(".start pre").await;
            let secret = work.server.credentials().secret().expose().to_owned();
            let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("example-of-the-inspector.py");
            std::fs::write(&file, format!("secret = {secret:?}\n{example}\n")).unwrap();
            let output = Command::new(witness::python()).arg(&file).output().unwrap();
            let (said, complained) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
            assert!(output.status.success() && said.contains(printed), "{name}: {said}{complained}");
        }
        // The page has seen them.
        page.until_shown(".call", "DescribeClusters").await;
        page.until_shown(".call", "ListClusters").await;
        page.until_shown(".call", "DescribeClustersV1").await;
        page
    })
    .await;
}
