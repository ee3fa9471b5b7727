//! Runs a case and tells in what it is not as it should be.

use super::Runner;
use super::case::{Case, fault};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use wharf_server::{Entry, Server};

/// Seconds that a waiter has which is not told how many.
const PATIENCE: u64 = 60;

/// The problems that a case has.
pub(super) fn run(case: &Case, runner: &dyn Fn(&Arc<Server>) -> Box<dyn Runner>) -> Vec<String> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let server = Arc::new(runtime.block_on(case.builder().start()).unwrap());
    for each in &case.faults {
        server.faults().add(fault(each));
    }
    let mut trial = Trial::new(case, &server);
    let mut runner = runner(&server);
    trial.connect(&mut *runner);
    for (at, step) in case.steps.iter().enumerate() {
        trial.at = at + 1;
        trial.step(step, &mut *runner);
        if !trial.problems.is_empty() {
            break;
        }
    }
    let log = runner.end();
    trial.clean("the log", &log);
    trial.problems
}

struct Trial<'a> {
    case: &'a Case,
    server: Arc<Server>,
    kept: BTreeMap<String, Value>,
    secrets: Vec<String>,
    at: usize,
    problems: Vec<String>,
}

impl<'a> Trial<'a> {
    fn new(case: &'a Case, server: &Arc<Server>) -> Self {
        let (key, user) = (server.credentials(), server.iam_user());
        let kept = [
            ("region", server.region().to_owned()),
            ("endpoint", server.endpoint().to_owned()),
            ("key_id", key.id().to_owned()),
            ("key_secret", key.secret().expose().to_owned()),
            ("project_id", server.project_id()),
            ("iam_user", user.name),
            ("iam_password", user.password.expose().to_owned()),
            ("iam_account", user.domain),
            ("role_arn", server.role_arn()),
        ];
        let kept: BTreeMap<String, Value> =
            kept.into_iter().map(|(name, text)| (name.to_owned(), text.into())).collect();
        let own = ["key_secret", "iam_password"].map(|name| kept[name].as_str().unwrap().to_owned());
        let secrets = case.secrets.iter().cloned().chain(own).collect();
        Self { case, server: server.clone(), kept, secrets, at: 0, problems: Vec::new() }
    }

    fn problem(&mut self, what: impl std::fmt::Display) {
        self.problems.push(format!("step {}: {what}", self.at));
    }

    /// The options of the connection: the server's, the case's, and `more`.
    fn options(&self, more: &Value) -> Value {
        let mut options = json!({
            "endpoint": "${endpoint}",
            "region": "${region}",
            "credentials": {"id": "${key_id}", "secret": "${key_secret}"},
            "retry": {"base_delay": 0.001, "throttled_delay": 0.001},
        });
        if let Some(token) = self.server.credentials().token() {
            options["credentials"]["token"] = token.expose().into();
        }
        if self.case.product == "cce" {
            options["project_id"] = "${project_id}".into();
        }
        for part in [&self.case.connection, more] {
            for (name, value) in part.as_object().into_iter().flatten() {
                options[name] = value.clone();
            }
        }
        self.filled(&options)
    }

    fn connect(&mut self, runner: &mut dyn Runner) {
        if self.case.steps.first().is_some_and(|step| step.get("connect").is_some()) {
            return;
        }
        let step = json!({"connect": {"product": self.case.product, "options": self.options(&Value::Null)}});
        let reply = runner.step(&step);
        self.clean("the reply", &reply.to_string());
        if reply.get("error").is_some() {
            self.problem(format_args!("connecting failed: {reply}"));
        }
    }

    fn step(&mut self, step: &Value, runner: &mut dyn Runner) {
        if let Some(seconds) = step.get("advance") {
            self.server.advance(Duration::from_secs(seconds.as_u64().unwrap()));
            return;
        }
        if let Some(faults) = step.get("faults") {
            for each in faults.as_array().unwrap() {
                self.server.faults().add(fault(each));
            }
            return;
        }
        if step.get("clear_faults").is_some() {
            self.server.faults().clear();
            return;
        }
        if step.get("expire_tokens").is_some() {
            self.server.expire_tokens();
            return;
        }
        self.server.journal().clear();
        let mut step = self.filled(step);
        // A case that is wrong shall not stand for an hour.
        if step.get("wait").is_some() && step["arguments"].is_object() && step["arguments"]["timeout"].is_null() {
            step["arguments"]["timeout"] = PATIENCE.into();
        }
        let reply = match step.get("connect") {
            Some(options) => {
                let product = &self.case.product;
                runner.step(&json!({"connect": {"product": product, "options": self.options(options)}}))
            }
            None => {
                let told = ["call", "pages", "wait", "input", "options", "arguments"];
                let members = told.iter().filter_map(|name| Some(((*name).to_owned(), step.get(*name)?.clone())));
                runner.step(&Value::Object(members.collect()))
            }
        };
        self.judge(&step, &reply);
        if let Some(expected) = step.get("sent") {
            let calls = self.server.journal().calls();
            let sent: Vec<_> = calls.iter().map(request).collect();
            self.same("sent", expected, &Value::Array(sent));
        }
        if let Some(struck) = step.get("struck") {
            let calls = self.server.journal().calls();
            let found = calls.iter().filter(|call| call.fault.is_some()).count();
            self.same("how often faults applied", struck, &found.into());
        }
        for call in self.server.journal().calls() {
            self.clean("the journal", &format!("{call:?}"));
        }
    }

    fn judge(&mut self, step: &Value, reply: &Value) {
        let failed = reply.get("error").unwrap_or(&Value::Null);
        match step.get("error") {
            None if !failed.is_null() => self.problem(format_args!("failed: {failed}")),
            Some(_) if failed.is_null() => self.problem(format_args!("did not fail: {reply}")),
            Some(expected) => self.failure(expected, failed),
            None => {}
        }
        let answer = reply.get("ok").or_else(|| reply.get("pages")).unwrap_or(&Value::Null);
        if let Some(expected) = step.get("answer") {
            self.same("the answer", expected, answer);
        }
        if let Some(offset) = step.get("offset") {
            self.same("the offset", offset, &reply["offset"]);
        }
        let told: Vec<_> = reply["progress"].as_array().into_iter().flatten().collect();
        let texts: Value = told.iter().map(|each| each["text"].clone()).collect();
        if let Some(expected) = step.get("progress") {
            self.same("the progress", expected, &texts);
        }
        for text in step["seen"].as_array().into_iter().flatten() {
            if !texts.as_array().unwrap().contains(text) {
                self.problem(format_args!("{text} is not among {texts}"));
            }
        }
        for (name, pointer) in step["keep"].as_object().into_iter().flatten() {
            match answer.pointer(pointer.as_str().unwrap()) {
                Some(value) => _ = self.kept.insert(name.clone(), value.clone()),
                None => self.problem(format_args!("there is no {pointer} in {answer}")),
            }
        }
        for part in [failed, &reply["progress"], &reply["shown"]] {
            self.clean("the reply", &part.to_string());
        }
    }

    fn failure(&mut self, expected: &Value, error: &Value) {
        let mut expected = expected.clone();
        if let Some(says) = expected.as_object_mut().and_then(|members| members.remove("says")) {
            let (says, message) = (says.as_str().unwrap_or_default(), error["message"].as_str().unwrap_or_default());
            if !message.contains(says) {
                self.problem(format_args!("the message is `{message}`, without `{says}`"));
            }
        }
        if expected.get("kind").is_none() {
            self.problem("an error that is expected has a kind");
        }
        self.same("the error", &expected, error);
        // Who reads only the text learns everything that matters.
        let text = error["text"].as_str().unwrap_or_default();
        for part in ["message", "code", "request_id", "operation"] {
            if let Some(value) = error[part].as_str().filter(|value| !text.contains(value)) {
                self.problem(format_args!("{part} {value} is not in the text {text}"));
            }
        }
    }

    fn same(&mut self, what: &str, expected: &Value, found: &Value) {
        if let Err(difference) = part_of(expected, found, "") {
            self.problem(format_args!("{what}: {difference}"));
        }
    }

    /// Nothing of what is printed holds a secret.
    fn clean(&mut self, what: &str, text: &str) {
        let secrets: Vec<_> = self.secrets.iter().filter(|secret| text.contains(secret.as_str())).cloned().collect();
        for secret in secrets {
            self.problem(format_args!("{what} shows {secret}: {text}"));
        }
    }

    /// Puts in what was kept.
    fn filled(&self, value: &Value) -> Value {
        match value {
            Value::String(text) => self.filled_text(text),
            Value::Array(items) => items.iter().map(|item| self.filled(item)).collect(),
            Value::Object(members) => {
                let members = members.iter().map(|(name, value)| (name.clone(), self.filled(value)));
                Value::Object(members.collect::<Map<_, _>>())
            }
            other => other.clone(),
        }
    }

    fn filled_text(&self, text: &str) -> Value {
        let whole = text.strip_prefix("${").and_then(|rest| rest.strip_suffix('}'));
        if let Some(value) = whole.and_then(|name| self.kept.get(name)) {
            return value.clone();
        }
        let mut filled = text.to_owned();
        for (name, value) in &self.kept {
            let shown = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            filled = filled.replace(&format!("${{{name}}}"), &shown);
        }
        filled.into()
    }
}

/// A request as the suite speaks of it.
fn request(entry: &Entry) -> Value {
    json!({
        "operation": entry.operation,
        "parameters": entry.parameters,
        "region": entry.region,
        "method": entry.method,
        "signature": entry.signature_method.to_string(),
        "status": entry.status,
        "code": entry.code,
        "headers": entry.headers.iter().cloned().collect::<BTreeMap<_, _>>(),
    })
}

/// Whether what is expected is a part of what was found.
fn part_of(expected: &Value, found: &Value, way: &str) -> Result<(), String> {
    let differs = || Err(format!("{} is {found}, not {expected}", if way.is_empty() { "it" } else { way }));
    match (expected, found) {
        (Value::Object(members), found) if members.contains_key("$some") => {
            if found.is_null() {
                Err(format!("{way} is not there"))
            } else {
                Ok(())
            }
        }
        (Value::Object(members), Value::Object(_)) => members.iter().try_for_each(|(name, value)| {
            part_of(value, found.get(name).unwrap_or(&Value::Null), &format!("{way}/{name}"))
        }),
        (Value::Array(items), Value::Array(others)) if items.len() == others.len() => {
            let mut pairs = items.iter().zip(others).enumerate();
            pairs.try_for_each(|(at, (item, other))| part_of(item, other, &format!("{way}/{at}")))
        }
        (Value::Number(a), Value::Number(b)) if a.as_f64() == b.as_f64() => Ok(()),
        _ if expected == found => Ok(()),
        _ => differs(),
    }
}

#[test]
fn a_part_is_told_from_what_is_none() {
    let found = json!({"a": [1, {"b": "x", "c": null}], "d": 1.0});
    for part in [json!({}), json!({"a": [1, {"b": "x"}]}), json!({"d": 1, "e": null}), json!({"a": {"$some": true}})] {
        part_of(&part, &found, "").unwrap();
    }
    for other in [json!({"a": [1]}), json!({"a": [1, {"b": null}]}), json!({"d": 2}), json!({"e": {"$some": true}})] {
        part_of(&other, &found, "").unwrap_err();
    }
}
