//! Jobs and their parts.

use super::{Cloud, cluster, node, text};
use serde_json::{Value, json};

#[test]
fn a_job_advances_with_its_parts() {
    let mut cloud = Cloud::new();
    let id = cloud.ok("CreateCluster", cluster(|_| ()))["status"]["jobID"].clone();
    let phases = |cloud: &mut Cloud| {
        let job = cloud.job(&id);
        let parts = job["spec"]["subJobs"].as_array().unwrap();
        let mut phases = vec![text(&job["status"]["phase"])];
        phases.extend(parts.iter().map(|part| text(&part["status"]["phase"])));
        phases
    };
    assert_eq!(phases(&mut cloud), ["Initializing", "Initializing", "Initializing"]);
    cloud.pass(5);
    assert_eq!(phases(&mut cloud), ["Running", "Running", "Initializing"]);
    cloud.pass(5);
    assert_eq!(phases(&mut cloud), ["Running", "Success", "Running"]);
    cloud.pass(110);
    assert_eq!(phases(&mut cloud), ["Success", "Success", "Success"]);
    let job = cloud.job(&id);
    assert_eq!((&job["kind"], &job["spec"]["type"]), (&json!("Job"), &json!("CreateCluster")));
    assert_eq!(job["spec"]["subJobs"][0]["spec"]["type"], "CreatePSMCert");
    let master = &job["spec"]["subJobs"][1]["spec"];
    assert_eq!((&master["type"], &master["extendParam"]["serverID"]), (&json!("InstallMaster"), &master["resourceID"]));
    assert_ne!(job["metadata"]["creationTimestamp"], job["metadata"]["updateTimestamp"]);
}

#[test]
fn parts_can_be_asked_after_and_unknown_jobs_are_not_found() {
    let mut cloud = Cloud::new();
    let cluster = cloud.available();
    let id = cloud.ok("CreateNode", node(&cluster, |_| ()))["status"]["jobID"].clone();
    let job = cloud.job(&id);
    let parts: Vec<&Value> =
        job["spec"]["subJobs"].as_array().unwrap().iter().map(|part| &part["spec"]["type"]).collect();
    assert_eq!(parts, ["CreateNodeVM", "InstallNode"]);
    let part = cloud.job(&job["spec"]["subJobs"][0]["metadata"]["uid"]);
    assert_eq!(part["spec"]["resourceID"], job["spec"]["resourceID"]);
    assert_eq!(job["spec"]["clusterUID"], json!(cluster));
    assert_eq!(cloud.refused("GetJob", json!({"job_id": "nothing"})), (404, "CCE.01404001".into()));
}
