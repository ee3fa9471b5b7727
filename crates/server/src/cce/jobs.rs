//! Jobs: how far work has come.

use super::Answer;
use super::answer::{go_time, resource};
use super::input::Input;
use crate::handler::Context;
use serde_json::{Map, Value, json};
use wharf_world::cce::jobs::{Job, Progress};
use wharf_world::{Millis, World};

pub(super) fn get_job(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let realm = world.cce(&context.account, &context.region);
    Ok(job_json(realm.realm.job(input.required("job_id")?)?, realm.now))
}

pub(super) fn phase_name(progress: Progress) -> &'static str {
    match progress {
        Progress::Waiting => "Initializing",
        Progress::Running => "Running",
        Progress::Done => "Success",
        Progress::Failed => "Failed",
    }
}

fn job_json(job: &Job, now: Millis) -> Value {
    let mut spec = Map::new();
    spec.insert("type".to_owned(), json!(job.kind));
    let texts = [("clusterUID", &job.cluster), ("resourceID", &job.resource), ("resourceName", &job.resource_name)];
    for (name, text) in texts.into_iter().filter(|(_, text)| !text.is_empty()) {
        spec.insert(name.to_owned(), json!(text));
    }
    if !job.details.is_empty() {
        let details = job.details.iter().map(|(name, text)| (name.clone().into_owned(), json!(text)));
        spec.insert("extendParam".to_owned(), Value::Object(details.collect()));
    }
    if !job.parts.is_empty() {
        spec.insert("subJobs".to_owned(), job.parts.iter().map(|part| job_json(part, now)).collect());
    }
    let metadata = json!({
        "uid": job.id, "creationTimestamp": go_time(job.created), "updateTimestamp": go_time(job.changed(now)),
    });
    let phase = phase_name(job.progress(now));
    let status = json!({"phase": phase, "reason": job.reason(now).unwrap_or("")});
    resource("Job", metadata, Value::Object(spec), status)
}
