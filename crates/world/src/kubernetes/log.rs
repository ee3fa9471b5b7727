//! Logs of pods. The lines follow from what the simulated containers did.

use super::api::{Call, no_streams};
use super::names::items;
use super::refusal::{Answer, Refusal};
use super::{ControlPlane, Pod};
use crate::kernel::time::{iso, utc};
use crate::kernel::{Millis, SECOND};
use serde_json::{Value, json};

/// World time between two lines of a container that runs.
const BEAT: Millis = 10 * SECOND;
/// Lines of a container that are kept.
const MOST_LINES: u64 = 1_000;

/// A log that is followed.
#[derive(Debug, Clone)]
pub struct Log {
    uid: String,
    container: String,
    timestamps: bool,
    /// Lines from this moment on are sent.
    from: Millis,
    tail: Option<usize>,
    over: bool,
}

impl Log {
    /// Whether nothing more will come.
    pub fn is_over(&self) -> bool {
        self.over
    }
}

impl Pod {
    /// What a container has written, with the moments.
    fn lines(&self, container: &Value, now: Millis) -> Vec<(Millis, String)> {
        let Some(started) = self.started else { return Vec::new() };
        let text = |name: &str| container.get(name).and_then(Value::as_str).unwrap_or_default();
        let words: Vec<&str> = ["/command", "/args"]
            .into_iter()
            .flat_map(|path| items(container, path))
            .filter_map(Value::as_str)
            .flat_map(|part| part.split(';'))
            .map(str::trim)
            .collect();
        let echoed = words.iter().filter_map(|word| word.strip_prefix("echo "));
        let mut lines: Vec<(Millis, String)> =
            echoed.map(|said| (started, said.trim_matches(['"', '\'']).to_owned())).collect();
        if let Some(place) = words.iter().position(|word| *word == "echo") {
            lines.push((started, words.iter().skip(place + 1).copied().collect::<Vec<_>>().join(" ")));
        }
        if lines.is_empty() {
            lines.push((started, format!("{} ({}) has started", text("name"), text("image"))));
        }
        let end = self.finished.map_or(now, |finish| finish.at).min(self.stopped.unwrap_or(now));
        let beats = end.saturating_sub(started) / BEAT;
        for beat in beats.saturating_sub(MOST_LINES).max(1)..=beats {
            if beat > 0 {
                lines.push((started + beat * BEAT, format!("{} has run for {} s", text("name"), beat * BEAT / SECOND)));
            }
        }
        if let Some(finish) = self.finished.filter(|finish| finish.code != 0) {
            lines.push((finish.at, format!("{} has failed with code {}", text("name"), finish.code)));
        }
        lines
    }
}

impl ControlPlane<'_, '_> {
    /// The log of a pod, not followed.
    pub(super) fn read_log(&mut self, call: &Call<'_>) -> Answer<String> {
        if call.query.flag("follow")? {
            return Err(no_streams("a log that is followed"));
        }
        let previous = call.query.flag("previous")?;
        let log = self.log_of(call)?;
        if previous {
            let message =
                format!("previous terminated container \"{}\" in pod \"{}\" not found", log.container, call.name());
            return Err(Refusal::bad_request(message));
        }
        let mut text = self.lines_of(call.cluster, &log).join("\n");
        if !text.is_empty() {
            text.push('\n');
        }
        let limit = call.query.number("limitBytes")?;
        if let Some(limit) = limit.and_then(|limit| usize::try_from(limit).ok()) {
            while text.len() > limit {
                text.pop();
            }
        }
        Ok(text)
    }

    /// Which log a request asks for.
    pub(super) fn log_of(&self, call: &Call<'_>) -> Answer<Log> {
        self.get_object(call)?;
        let kubernetes = &self.cluster(call.cluster)?.kubernetes;
        let missing = || Refusal::not_found(&call.resource, call.name());
        let uid = kubernetes.pod_named(call.namespace(), call.name()).ok_or_else(missing)?;
        let pod = kubernetes.pods.get(&uid).ok_or_else(missing)?;
        let containers = pod.spec.get("containers").and_then(Value::as_array);
        let names: Vec<&str> = containers.into_iter().flatten().filter_map(|c| c.get("name")?.as_str()).collect();
        let container = match (call.query.get("container"), names.as_slice()) {
            (Some(wanted), names) if names.contains(&wanted) => wanted,
            (Some(wanted), _) => {
                let message = format!("container {wanted} is not valid for pod {}", call.name());
                return Err(Refusal::bad_request(message));
            }
            (None, [only]) => only,
            (None, several) => {
                let message = format!(
                    "a container name must be specified for pod {}, choose one of: [{}]",
                    call.name(),
                    several.join(" ")
                );
                return Err(Refusal::bad_request(message));
            }
        };
        if pod.started.is_none() {
            let why = if pod.image_missing || pod.pull.is_some() {
                "trying and failing to pull image"
            } else {
                "ContainerCreating"
            };
            let message = format!("container \"{container}\" in pod \"{}\" is waiting to start: {why}", call.name());
            return Err(Refusal::bad_request(message));
        }
        let since = match (call.query.number("sinceSeconds")?, call.query.get("sinceTime")) {
            (Some(_), Some(_)) => {
                return Err(Refusal::bad_request("at most one of sinceTime or sinceSeconds may be specified"));
            }
            (Some(seconds), None) => self.0.now.saturating_sub(seconds.saturating_mul(SECOND)),
            (None, Some(time)) => {
                let time = chrono::DateTime::parse_from_rfc3339(time)
                    .map_err(|_| Refusal::bad_request("sinceTime: not a time as in RFC 3339"))?;
                Millis::try_from(time.timestamp_millis()).unwrap_or(0)
            }
            (None, None) => 0,
        };
        Ok(Log {
            uid,
            container: container.to_owned(),
            timestamps: call.query.flag("timestamps")?,
            from: since,
            tail: call.query.number("tailLines")?.and_then(|lines| usize::try_from(lines).ok()),
            over: false,
        })
    }

    fn lines_of(&self, cluster: &str, log: &Log) -> Vec<String> {
        let Ok(cluster) = self.cluster(cluster) else { return Vec::new() };
        let Some(pod) = cluster.kubernetes.pods.get(&log.uid) else { return Vec::new() };
        let containers = pod.spec.get("containers").and_then(Value::as_array);
        let container = containers.into_iter().flatten().find(|c| c.get("name") == Some(&json!(log.container)));
        let Some(container) = container else { return Vec::new() };
        let lines = pod.lines(container, self.0.now).into_iter().filter(|(at, _)| *at >= log.from);
        let mut lines: Vec<String> = lines
            .map(|(at, line)| {
                let stamp = utc(at).format("%Y-%m-%dT%H:%M:%S%.9fZ");
                if log.timestamps { format!("{stamp} {line}") } else { line }
            })
            .collect();
        if let Some(tail) = log.tail {
            lines.drain(..lines.len().saturating_sub(tail));
        }
        lines
    }

    /// What a log that is followed has got since it was last polled.
    pub(super) fn poll_log(&self, cluster: &str, log: &mut Log) -> Vec<String> {
        if log.over {
            return Vec::new();
        }
        let lines = self.lines_of(cluster, log);
        (log.from, log.tail) = (self.0.now + 1, None);
        let pod = self.cluster(cluster).ok().and_then(|cluster| cluster.kubernetes.pods.get(&log.uid));
        log.over = pod.is_none_or(|pod| pod.finished.is_some() || pod.stopping);
        lines
    }
}

/// When a container of a pod finished, for its status.
pub(super) fn terminated(pod: &Pod) -> Option<Value> {
    let finish = pod.finished?;
    let reason = if finish.code == 0 { "Completed" } else { "Error" };
    Some(json!({"terminated": {"exitCode": finish.code, "reason": reason, "startedAt": pod.started.map(iso),
        "finishedAt": iso(finish.at)}}))
}
