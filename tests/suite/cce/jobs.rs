//! One handle for all jobs, whatever an operation calls their id.

use super::{By, Cloud, key, machine, plane};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use wharf::ErrorKind;
use wharf::cce::types::{AddNode, MigrateNodesSpec, NodeItem, ReinstallNodeSpec, RemoveNodesSpec, ResetNode};
use wharf_server::Fault;

/// The operations that start a job, and whether its id stands beside the status or in its place.
const STARTING: [(&str, bool); 10] = [
    ("AddNodes", false),
    ("CreateCluster", true),
    ("CreateNode", true),
    ("DeleteAllNodes", false),
    ("DeleteCluster", true),
    ("DeleteNode", true),
    ("DeleteNodePool", true),
    ("MigrateNodes", true),
    ("RemoveNodes", true),
    ("ResetNodes", false),
];

/// The identifiers that the answers of all operations that start a job name, in the order above.
async fn started(cloud: &Cloud) -> Vec<Option<String>> {
    let (clusters, nodes) = (&cloud.clusters, &cloud.nodes);
    let fresh = || ReinstallNodeSpec::default().os(super::OS).set_login(key());
    let item = || NodeItem::default().uid("n");
    let moving = MigrateNodesSpec::default().os(super::OS).set_login(key()).nodes([item()]);
    let leaving = RemoveNodesSpec::default().set_login(key()).nodes([item()]);
    let add = nodes.add_nodes("c").node_list([AddNode::default().server_id("s").set_spec(fresh())]);
    let reset = nodes.reset_nodes("c").node_list([ResetNode::default().node_id("n").set_spec(fresh())]);
    macro_rules! ids {
        ($($request:expr),* $(,)?) => { vec![$($request.send().await.unwrap().job_id().map(str::to_owned)),*] };
    }
    ids![
        add,
        clusters.create_cluster().metadata(|cluster| cluster.name("name")).set_spec(plane()),
        nodes.create_node("c").metadata(|node| node.name("name")).set_spec(machine()),
        nodes.delete_all_nodes("c"),
        clusters.delete_cluster("c"),
        nodes.delete_node("c", "n"),
        cloud.pools.delete_node_pool("c", "p"),
        nodes.migrate_nodes("c", "d").set_spec(moving),
        nodes.remove_nodes("c").set_spec(leaving),
        reset,
    ]
}

#[tokio::test]
async fn every_spelling_of_the_id_leads_to_the_job() {
    for spelling in ["jobID", "jobid", "jobId"] {
        let cloud = Cloud::new(By::Signature).await;
        for (operation, in_status) in STARTING {
            let id = json!({spelling: format!("job of {operation}")});
            let answer = if in_status { json!({"status": id}) } else { id };
            cloud.server.faults().add(Fault::answer_with(move |_| Ok(answer.clone())).operation(operation));
        }
        let mut answers = ["Running", "Success"].into_iter().cycle();
        let answers = Mutex::new(move || answers.next().unwrap());
        let job = move || {
            let phase = (answers.lock().unwrap())();
            part("Whole", phase, "", &[part("Half", phase, "", &[]), part("Half", "Success", "", &[])])
        };
        cloud.server.faults().add(Fault::answer_with(move |_| Ok(job())).operation("GetJob"));

        let ids = started(&cloud).await;
        for (id, (operation, _)) in ids.into_iter().zip(STARTING) {
            let id = id.unwrap_or_else(|| panic!("{operation} lost its {spelling}"));
            assert_eq!(id, format!("job of {operation}"));
            let told = Arc::new(Mutex::new(Vec::new()));
            let seen = told.clone();
            let waiter = cloud.cce.job(&id).wait();
            waiter
                .on_progress(move |progress| seen.lock().unwrap().push((progress.done, progress.total)))
                .await
                .unwrap();
            assert_eq!(*told.lock().unwrap(), [(1, 2), (2, 2)]);
            assert_eq!(cloud.server.journal().last().unwrap().parameters["job_id"], id, "and here it is job_id");
        }
    }
}

#[tokio::test]
async fn an_answer_without_an_id_names_no_job() {
    let cloud = Cloud::new(By::Signature).await;
    for operation in ["CreateCluster", "DeleteNodePool", "AddNodes", "DeleteCluster"] {
        cloud.server.faults().add(Fault::answer_with(|_| Ok(json!({"status": {"jobID": ""}}))).operation(operation));
    }
    let created = cloud.order("name").send().await.unwrap();
    assert_eq!(created.job_id(), None);
    assert_eq!(cloud.pools.delete_node_pool("c", "p").send().await.unwrap().job_id(), None);
    let fresh = ReinstallNodeSpec::default().os(super::OS).set_login(key());
    let add = cloud.nodes.add_nodes("c").node_list([AddNode::default().server_id("s").set_spec(fresh)]);
    assert_eq!(add.send().await.unwrap().job_id(), None);
}

fn part(kind: &str, phase: &str, reason: &str, parts: &[Value]) -> Value {
    json!({"kind": "Job", "spec": {"type": kind, "subJobs": parts}, "status": {"phase": phase, "reason": reason}})
}

#[tokio::test]
async fn progress_counts_parts_and_gathers_reasons() {
    let cloud = Cloud::new(By::Signature).await;
    let at = Mutex::new(0);
    let answer = move |_: &_| {
        *at.lock().unwrap() += 1;
        let inner = [part("InstallNode", "Running", "", &[])];
        Ok(match *at.lock().unwrap() {
            1 => part("CreateNode", "Initializing", "", &[]),
            2 => part("CreateNode", "Running", "", &[part("CreateNodeVM", "Running", "", &inner)]),
            _ => {
                let failed = part("InstallNode", "Failed", "no disk", &[]);
                let parts = [part("CreateNodeVM", "Success", "ignored", &[]), failed];
                part("CreateNode", "Failed", "a part has failed", &parts)
            }
        })
    };
    cloud.server.faults().add(Fault::answer_with(answer).operation("GetJob"));
    let told = Arc::new(Mutex::new(Vec::new()));
    let seen = told.clone();
    let job = cloud.cce.job("j");
    let waiter = job.wait().on_progress(move |progress| seen.lock().unwrap().push(progress.to_string()));
    let error = waiter.await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::WaitFailed);
    assert!(error.message().contains("a part has failed; no disk"), "{error}");
    let due = [
        "Initializing",
        "Running, 0 of 2 parts done, now CreateNodeVM, InstallNode",
        "Failed, 1 of 2 parts done (a part has failed; no disk)",
    ];
    assert_eq!(*told.lock().unwrap(), due);
}
