//! The files of the suite. A member that nobody knows is a mistake in the file, so it is refused.

use serde_json::{Map, Value};
use std::fs;
use std::path::Path;
use wharf::Credentials;
use wharf_server::{Builder, Fault, Time};

pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) product: String,
    pub(crate) server: Value,
    pub(crate) connection: Value,
    pub(crate) faults: Vec<Value>,
    pub(crate) steps: Vec<Value>,
    pub(crate) secrets: Vec<String>,
}

const STEPS: &[(&str, &[&str])] = &[
    ("connect", &["error"]),
    ("call", &["input", "options", "answer", "error", "sent", "struck", "keep"]),
    ("pages", &["input", "options", "answer", "error", "sent", "offset"]),
    ("wait", &["arguments", "answer", "error", "sent", "progress", "seen", "keep"]),
    ("advance", &[]),
    ("faults", &[]),
    ("clear_faults", &[]),
    ("expire_tokens", &[]),
];

/// All cases of all files.
pub(super) fn all() -> Vec<Case> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("behaviour");
    let entries = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<_> = entries.filter(|path| path.extension().is_some_and(|ending| ending == "json")).collect();
    files.sort();
    files.iter().flat_map(|path| read(path)).collect()
}

fn read(path: &Path) -> Vec<Case> {
    let wrong = |why: &dyn std::fmt::Display| -> ! { panic!("{}: {why}", path.display()) };
    let text = fs::read_to_string(path).unwrap();
    let cases: Vec<Map<String, Value>> = serde_json::from_str(&text).unwrap_or_else(|error| wrong(&error));
    let cases = cases.into_iter().map(|mut case| {
        let name = case.get("name").and_then(Value::as_str).unwrap_or_else(|| wrong(&"a case has no name")).to_owned();
        let mut take = |member: &str| case.remove(member).unwrap_or_default();
        let list = |value: Value| match value {
            Value::Null => Vec::new(),
            Value::Array(items) => items,
            _ => wrong(&format!("{name}: a list is due")),
        };
        let read = Case {
            name: name.clone(),
            product: take("product").as_str().unwrap_or_default().to_owned(),
            server: take("server"),
            connection: take("connection"),
            faults: list(take("faults")),
            steps: list(take("steps")),
            secrets: list(take("secrets")).iter().map(|text| text.as_str().unwrap().to_owned()).collect(),
        };
        take("name");
        if let Some(member) = case.keys().next() {
            wrong(&format!("{name}: {member} is no member of a case"));
        }
        for step in &read.steps {
            check(step).unwrap_or_else(|why| wrong(&format!("{name}: {why}")));
        }
        read
    });
    cases.collect()
}

fn check(step: &Value) -> Result<(), String> {
    let members = step.as_object().ok_or("a step is no object")?;
    let kinds: Vec<_> = STEPS.iter().filter(|(kind, _)| members.contains_key(*kind)).collect();
    let [(kind, known)] = kinds[..] else { return Err(format!("a step is one of {} things: {step}", kinds.len())) };
    match members.keys().find(|member| *member != kind && !known.contains(&member.as_str())) {
        Some(member) => Err(format!("{member} is no member of a step with {kind}")),
        None => Ok(()),
    }
}

impl Case {
    /// The server that it wants.
    pub(super) fn builder(&self) -> Builder {
        let speed = self.server["speed"].as_u64().map(|speed| u32::try_from(speed).unwrap());
        let builder = crate::support::documents()
            .time(speed.map_or(Time::Manual, Time::Accelerated))
            .rate_limits(self.server["rate_limits"] == true);
        match self.server["token"].as_str() {
            Some(token) => builder.credentials(Credentials::new("AKIDexample", "pl4nted-k3y").with_token(token)),
            None => builder,
        }
    }
}

/// A fault of the server: the effect's members stand beside those that select calls, or in `effect`.
pub(super) fn fault(fault: &Value) -> Fault {
    let members = fault.as_object().unwrap_or_else(|| panic!("{fault} is no object"));
    let (mut order, mut effect) = (Map::new(), Map::new());
    for (name, value) in members {
        let selects = matches!(name.as_str(), "product" | "operation" | "account" | "after" | "times" | "effect");
        _ = if selects { &mut order } else { &mut effect }.insert(name.clone(), value.clone());
    }
    let mut made = match effect.get("kind").and_then(Value::as_str) {
        Some("total") => Fault::total(fault["total"].as_u64().unwrap()),
        Some("answers") => answers(fault["answers"].as_array().unwrap().clone()),
        kind => {
            // Cases also have codes that no document lists.
            if kind == Some("refuse") {
                effect.insert("undocumented".to_owned(), true.into());
            }
            if !effect.is_empty() {
                order.insert("effect".to_owned(), Value::Object(effect));
            }
            return Fault::from_json(&Value::Object(order)).unwrap_or_else(|error| panic!("{fault}: {error}"));
        }
    };
    let number = |name: &str| fault[name].as_u64().map(|number| u32::try_from(number).unwrap());
    if let Some(operation) = fault["operation"].as_str() {
        made = made.operation(operation);
    }
    if let Some(times) = number("times") {
        made = made.times(times);
    }
    made.after(number("after").unwrap_or_default())
}

/// One answer after the other, the last one for ever.
fn answers(answers: Vec<Value>) -> Fault {
    let next = std::sync::atomic::AtomicUsize::new(0);
    Fault::answer_with(move |_| {
        let at = next.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        Ok(answers[at.min(answers.len() - 1)].clone())
    })
}
