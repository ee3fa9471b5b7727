//! Waiters, as the specs write them: polling an operation until a thing reaches a state.

use crate::naming;
use serde::{Deserialize, Serialize};

/// A waiter. Either the fields from `select` to `gone` say what each response means, or a function does (`poll`).
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Waiter {
    /// What it waits for and returns, one sentence.
    #[serde(default)]
    pub doc: String,
    /// What a caller should know in addition to what follows from the other fields.
    #[serde(default)]
    pub details: Option<String>,
    /// The operation that it polls.
    pub operation: String,
    /// The operations that start what it waits for, sorted.
    #[serde(default)]
    pub after: Vec<String>,
    /// What its caller gives.
    pub arguments: Vec<Argument>,
    /// What is waited for, with `{argument}` for a value: `node {node_id} of cluster {cluster_id}`.
    pub thing: String,
    /// What it is to become, after "to": `be Running`; with `{argument}` too.
    pub goal: String,
    /// Where in the response the thing is, when it is not the whole response.
    #[serde(default)]
    pub select: Option<Select>,
    /// The field of the thing that has its state; names joined by dots.
    #[serde(default)]
    pub state: Option<String>,
    /// States that reach the goal. An empty text is a state that is left out.
    #[serde(default)]
    pub success: Vec<String>,
    /// A method of the progress that must be true as well.
    #[serde(default)]
    pub success_if: Option<String>,
    /// States from which the goal cannot be reached.
    #[serde(default)]
    pub failure: Vec<String>,
    /// States that only a request ends: failures when they last for the grace or follow another state.
    #[serde(default)]
    pub rests: Vec<String>,
    /// States that mean that the thing does not exist.
    #[serde(default)]
    pub absent: Vec<String>,
    /// The state that is reported when the thing is not found, which then is the goal.
    #[serde(default)]
    pub gone: Option<String>,
    /// The hand-written type of the progress, where a state is not enough.
    #[serde(default)]
    pub progress: Option<String>,
    /// The hand-written function that polls once and judges.
    #[serde(default)]
    pub poll: Option<String>,
    /// The structure that is returned: `Cluster`, or `list<Node>`. Nothing when left out.
    #[serde(default)]
    pub returns: Option<String>,
    /// Seconds after which the waiter gives up.
    pub timeout: u64,
    /// Seconds for which the thing may be missing at first, where it is not the usual minute.
    #[serde(default)]
    pub grace: Option<u64>,
}

/// An argument of a waiter.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Argument {
    /// Name (`cluster_id`).
    pub name: String,
    /// What it may be.
    #[serde(rename = "type")]
    pub kind: ArgumentKind,
    /// The input of the operation that gets it.
    #[serde(default)]
    pub input: Option<String>,
    /// What it means.
    #[serde(default)]
    pub doc: String,
}

/// What an argument of a waiter may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ArgumentKind {
    /// A text that is not empty.
    Text,
    /// True or false.
    Bool,
    /// A list of texts.
    Texts,
    /// A whole number that is not negative.
    Whole,
}

/// Where in a response a thing is.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Select {
    /// The field of the output that has it: a list, or a structure; names joined by dots.
    pub from: String,
    /// The field that identifies it.
    pub key: String,
    /// The argument that the key must be equal to.
    pub argument: String,
}

/// A part of the text that names a thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part<'a> {
    /// As it is.
    Text(&'a str),
    /// The value of an argument, the length of a list.
    Argument(&'a str),
}

impl Waiter {
    /// The structure that is returned, and whether it is a list of them.
    pub fn returned(&self) -> Option<(&str, bool)> {
        let name = self.returns.as_deref()?;
        match name.strip_prefix("list<").and_then(|name| name.strip_suffix('>')) {
            Some(item) => Some((item, true)),
            None => Some((name, false)),
        }
    }

    /// The words that only a waiter without a function has, of those that are given.
    pub(crate) fn declared(&self) -> Vec<&'static str> {
        let texts = [
            ("state", self.state.is_some()),
            ("select", self.select.is_some()),
            ("success", !self.success.is_empty()),
            ("success_if", self.success_if.is_some()),
            ("failure", !self.failure.is_empty()),
            ("rests", !self.rests.is_empty()),
            ("absent", !self.absent.is_empty()),
            ("gone", self.gone.is_some()),
        ];
        texts.into_iter().filter(|(_, given)| *given).map(|(name, _)| name).collect()
    }
}

/// The parts of a text with `{argument}` in it; `None` when a brace has no partner.
pub fn parts(text: &str) -> Option<Vec<Part<'_>>> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, after) = after.split_once('}')?;
        parts.extend([Part::Text(before), Part::Argument(name)]);
        rest = after;
    }
    parts.push(Part::Text(rest));
    parts.retain(|part| *part != Part::Text(""));
    let whole = parts.iter().all(|part| !matches!(part, Part::Text(text) if text.contains('}')));
    whole.then_some(parts)
}

/// Returns the method of a client that is a waiter, by the name of the facade's module: `cluster_running` is
/// `wait_until_running` of the client of the module `cluster`, and `job_done` is its `wait_until_job_done`.
pub fn method(name: &str, module: &str) -> String {
    let rest = name.strip_prefix(module).and_then(|rest| rest.strip_prefix('_')).unwrap_or(name);
    format!("wait_until_{}", naming::field(rest).trim_start_matches("r#"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn methods_leave_out_the_name_of_their_client() {
        assert_eq!(method("cluster_running", "cluster"), "wait_until_running");
        assert_eq!(method("clusters_running", "cluster"), "wait_until_clusters_running");
        assert_eq!(method("job_done", "cluster"), "wait_until_job_done");
    }
}
