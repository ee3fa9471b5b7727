//! The tables of `docs/json.md`, row by row: what each JSON value of an answer becomes, and what is sent of each
//! that is given.

use super::program::Program;
use super::{Runner, build, wheel};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Mutex};
use wharf::any::{self, CallOptions, Names};
use wiremock::{Mock, MockServer, ResponseTemplate};

/// A member that a place stands for.
struct Place {
    product: String,
    operation: String,
    pointer: String,
    input: Value,
}

struct Row {
    place: String,
    /// What is in the answer, or given.
    from: String,
    /// What it becomes, or is sent.
    to: String,
    reported: String,
}

struct Tables {
    answers: (BTreeMap<String, Place>, Vec<Row>),
    inputs: (BTreeMap<String, Place>, Vec<Row>),
}

/// The four tables of the document: the places of answers, answers, the places of inputs, inputs.
fn tables() -> Tables {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/json.md");
    let text = std::fs::read_to_string(path).unwrap();
    let mut tables: Vec<Vec<Vec<String>>> = Vec::new();
    for line in text.lines() {
        let Some(line) = line.strip_prefix("| ").and_then(|line| line.strip_suffix(" |")) else { continue };
        let cells: Vec<_> = line.split(" | ").map(|cell| cell.trim().trim_matches('`').to_owned()).collect();
        if cells[0] == "place" { tables.push(Vec::new()) } else { tables.last_mut().unwrap().push(cells) }
    }
    let cell = |cells: &[String], at: usize| cells.get(at).cloned().unwrap_or_default();
    let places = |table: &[Vec<String>]| {
        let each = table.iter().map(|cells| {
            let words: Vec<_> = cells[1].split(' ').map(str::to_owned).collect();
            let given = cell(cells, 2);
            let input = if given.is_empty() { json!({}) } else { serde_json::from_str(&given).unwrap() };
            let [product, operation, pointer] = words.try_into().unwrap();
            (cells[0].clone(), Place { product, operation, pointer, input })
        });
        each.collect::<BTreeMap<_, _>>()
    };
    let rows = |table: &[Vec<String>]| {
        let each = table.iter().map(|cells| Row {
            place: cells[0].clone(),
            from: cells[1].clone(),
            to: cells[2].clone(),
            reported: cell(cells, 3),
        });
        each.collect::<Vec<_>>()
    };
    let [answer_places, answers, input_places, inputs] = &tables[..] else { panic!("there are four tables") };
    Tables { answers: (places(answer_places), rows(answers)), inputs: (places(input_places), rows(inputs)) }
}

/// The target and the body of a request.
type Request = (String, Vec<u8>);

/// A server that answers what it is told, and keeps the last request.
struct Canned {
    server: MockServer,
    body: Arc<Mutex<Vec<u8>>>,
    request: Arc<Mutex<Option<Request>>>,
}

impl Canned {
    fn start() -> Self {
        let (body, request) = (Arc::new(Mutex::new(Vec::new())), Arc::new(Mutex::new(None)));
        let (bodies, requests) = (Arc::clone(&body), Arc::clone(&request));
        let respond = move |asked: &wiremock::Request| {
            let query = asked.url.query().map(|query| format!("?{query}")).unwrap_or_default();
            *requests.lock().unwrap() = Some((format!("{}{query}", asked.url.path()), asked.body.clone()));
            ResponseTemplate::new(200).set_body_raw(bodies.lock().unwrap().clone(), "application/json")
        };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let server = runtime.block_on(async {
            let server = MockServer::start().await;
            Mock::given(wiremock::matchers::any()).respond_with(respond).mount(&server).await;
            server
        });
        Self { server, body, request }
    }
}

/// The whole body with a value at the place.
fn body(place: &Place, value: &str) -> Vec<u8> {
    let inner =
        place.pointer.split('/').skip(1).collect::<Vec<_>>().into_iter().rev().fold(value.to_owned(), |value, name| {
            if name == "0" { format!("[{value}]") } else { format!("{{\"{name}\": {value}}}") }
        });
    match place.product.as_str() {
        "tke" | "tcr" => format!("{{\"Response\": {inner}}}").into_bytes(),
        "ccs" => {
            format!("{{\"code\": 0, \"message\": \"\", \"codeDesc\": \"Success\", \"data\": {inner}}}").into_bytes()
        }
        _ => inner.into_bytes(),
    }
}

/// A text with `\xHH` for bytes.
fn bytes(text: &str) -> Vec<u8> {
    let mut pieces = text.split("\\x");
    let mut bytes = pieces.next().unwrap().as_bytes().to_vec();
    for piece in pieces {
        bytes.push(u8::from_str_radix(&piece[..2], 16).unwrap());
        bytes.extend_from_slice(&piece.as_bytes()[2..]);
    }
    bytes
}

/// What is at a pointer, without the member that no document has: by name it is kept.
fn at(value: &Value, pointer: &str) -> Value {
    let mut found = value.pointer(pointer).cloned().unwrap_or_default();
    let inner = if let Value::Array(items) = &mut found { items.first_mut() } else { Some(&mut found) };
    if let Some(Value::Object(members)) = inner {
        members.remove("unheard");
    }
    found
}

/// Runs both tables. The runner's reply may have `problems`; otherwise the log has what is reported.
fn run(language: &str, runner: impl Fn() -> Box<dyn Runner>) {
    let (tables, canned) = (tables(), Canned::start());
    let mut failures = Vec::new();
    let mut runners: BTreeMap<String, Box<dyn Runner>> = BTreeMap::new();
    let mut reported: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut call = |place: &Place, input: &Value| {
        let runner = runners.entry(place.product.clone()).or_insert_with(|| {
            let mut runner = runner();
            let mut options = json!({
                "endpoint": canned.server.uri(), "region": "ap-guangzhou",
                "credentials": {"id": "AKIDtable", "secret": "table-of-json-key"}, "retry": {"max_attempts": 1},
            });
            if place.product == "cce" {
                options["project_id"] = "0123456789abcdef0123456789abcdef".into();
            }
            let reply = runner.step(&json!({"connect": {"product": place.product, "options": options}}));
            assert!(reply.get("error").is_none(), "{reply}");
            runner
        });
        *canned.request.lock().unwrap() = None;
        runner.step(&json!({"call": place.operation, "input": input}))
    };
    for row in &tables.answers.1 {
        let place = &tables.answers.0[&row.place];
        *canned.body.lock().unwrap() = match row.place.as_str() {
            "answer" => bytes(&row.from),
            _ => body(place, &row.from),
        };
        let reply = call(place, &place.input);
        let mut fail = |why: String| failures.push(format!("{} | {} | {why}", row.place, row.from));
        match (row.to.strip_prefix("refused: "), reply.get("error")) {
            (None, None) => {
                let expected = if row.to == "absent" { Value::Null } else { serde_json::from_str(&row.to).unwrap() };
                let mut found = at(&reply["ok"], &place.pointer);
                // Typed structures have all their lists.
                if let (Value::Object(found), Value::Object(expected)) = (&mut found, &expected) {
                    found.retain(|name, value| expected.contains_key(name) || *value != json!([]));
                }
                // By name, a list that is not in the answer is not in what is returned.
                let missing = found.is_null() && expected == json!([]);
                if found != expected && !missing {
                    fail(format!("is {found}, not {expected}"));
                }
            }
            (Some(reason), Some(error)) => {
                if error["kind"] != "unreadable answer" || !error["message"].as_str().unwrap().contains(reason) {
                    fail(format!("failed: {error}"));
                }
            }
            (None, Some(error)) => fail(format!("failed: {error}")),
            (Some(_), None) => fail(format!("did not fail: {reply}")),
        }
        if let Some(problems) = reply["problems"].as_array() {
            let told: Vec<_> = problems.iter().map(|problem| problem.as_str().unwrap()).collect();
            let right = match row.reported.as_str() {
                "" => told.is_empty(),
                reason => told.len() == 1 && told[0].ends_with(reason),
            };
            if !right {
                fail(format!("reported {told:?}"));
            }
        }
        if !row.reported.is_empty() {
            reported.entry(place.product.clone()).or_default().push(row.reported.clone());
        }
    }
    for row in &tables.inputs.1 {
        let place = &tables.inputs.0[&row.place];
        *canned.body.lock().unwrap() = match place.product.as_str() {
            "tke" => b"{\"Response\": {}}".to_vec(),
            "ccs" => b"{\"code\": 0}".to_vec(),
            _ => b"{}".to_vec(),
        };
        let mut input = place.input.clone();
        let (outer, name) = place.pointer.rsplit_once('/').unwrap();
        input.pointer_mut(outer).unwrap()[name] = serde_json::from_str(&row.from).unwrap();
        let reply = call(place, &input);
        let sent = canned.request.lock().unwrap().take();
        let mut fail = |why: String| failures.push(format!("{} | {} | {why}", row.place, row.from));
        match (row.to.strip_prefix("refused: "), reply.get("error"), sent) {
            (Some(reason), Some(error), None) => {
                if error["kind"] != "invalid input" || !error["message"].as_str().unwrap().contains(reason) {
                    fail(format!("failed: {error}"));
                }
            }
            (Some(_), _, sent) => fail(format!("sent {sent:?}, {reply}")),
            (None, _, None) => fail(format!("sent nothing: {reply}")),
            (None, _, Some((target, body))) => {
                let expected = if row.to == "absent" { Value::Null } else { serde_json::from_str(&row.to).unwrap() };
                let found = match serde_json::from_slice::<Value>(&body) {
                    Ok(body) => at(&body, &place.pointer),
                    Err(_) => parameter(&target, &body, name),
                };
                if found != expected {
                    fail(format!("sent {found}, not {expected}"));
                }
            }
        }
    }
    for (product, runner) in runners {
        let log = runner.end();
        // Some languages have no log.
        for reason in reported.get(&product).into_iter().flatten().filter(|_| !log.is_empty()) {
            if !log.contains(reason.as_str()) {
                failures.push(format!("the log of {product} does not have: {reason}"));
            }
        }
    }
    let all = tables.answers.1.len() + tables.inputs.1.len();
    assert!(all >= 120, "{all} rows");
    assert!(failures.is_empty(), "{language}: {} of {all} rows:\n{}", failures.len(), failures.join("\n"));
}

/// A parameter of a query or a form.
fn parameter(target: &str, body: &[u8], name: &str) -> Value {
    let query = target.split_once('?').map_or("", |(_, query)| query);
    let all = format!("{query}&{}", String::from_utf8_lossy(body));
    let found = all.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
    found.map(|value| percent_encoding::percent_decode_str(value).decode_utf8_lossy().into_owned()).into()
}

/// Rust: typed structures, or JSON by name.
struct Rust {
    runtime: tokio::runtime::Runtime,
    connection: Option<any::Connection>,
    typed: bool,
}

impl Rust {
    fn start(typed: bool) -> Box<dyn Runner> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        Box::new(Self { runtime, connection: None, typed })
    }
}

async fn perform(
    connection: any::Connection,
    operation: &str,
    input: Value,
    typed: bool,
) -> Result<wharf::Response<Value>, wharf::Error> {
    let options = CallOptions::default();
    if !typed {
        return connection.call_with_response(operation, input, &options).await;
    }
    let entry = connection.operation(operation)?;
    let input = any::input(entry, input)?;
    let mut output = entry.output();
    let connection = wharf_core::Connection::from(connection);
    let response = connection.execute(entry.meta, &*input, &options, &mut *output).await?;
    Ok(response.map(|()| any::to_value(&*output, Names::Wire)))
}

impl Runner for Rust {
    fn step(&mut self, step: &Value) -> Value {
        let _entered = self.runtime.enter();
        if let Some(told) = step.get("connect") {
            let connection = any::Connection::from_options(told["product"].as_str().unwrap(), &told["options"]);
            self.connection = Some(connection.unwrap());
            return json!({"ok": null});
        }
        let connection = self.connection.clone().unwrap();
        let done = perform(connection, step["call"].as_str().unwrap(), step["input"].clone(), self.typed);
        match self.runtime.block_on(done) {
            Ok(response) => {
                let problems: Vec<_> = response.problems.iter().map(ToString::to_string).collect();
                json!({"ok": response.output, "problems": problems})
            }
            Err(error) => json!({"error": {"kind": error.kind().to_string(), "message": error.message()}}),
        }
    }

    fn end(self: Box<Self>) -> String {
        String::new()
    }
}

#[test]
fn every_row_of_the_table_of_json_holds_in_rust_with_types() {
    run("Rust, typed", || Rust::start(true));
}

#[test]
fn every_row_of_the_table_of_json_holds_in_rust_by_name() {
    run("Rust, by name", || Rust::start(false));
}

#[test]
fn every_row_of_the_table_of_json_holds_in_c() {
    let program = build::compile(&build::package().join("tests/c/behaviour.c"), build::Linking::Shared, &[]);
    run("C", || Box::new(Program::start(&mut Command::new(&program))));
}

#[test]
fn every_row_of_the_table_of_json_holds_in_python() {
    let program = wheel::package().join("tests/behaviour.py");
    run("Python", || Box::new(Program::start(Command::new(wheel::python()).arg(&program))));
}
