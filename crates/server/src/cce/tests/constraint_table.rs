//! Tables of requests that break one constraint of the document each, sent over the wire.

use super::{
    cluster, constraints_addons, constraints_members, constraints_pools, constraints_reinstall, constraints_storage,
};
use crate::catalog::catalog;
use crate::{Server, Time};
use bytes::Bytes;
use http::Request;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use std::time::Duration;
use wharf_core::transport::Limits;
use wharf_spec::Operation;
use wharf_spec::file::Place;

/// A request that breaks a constraint, and how it is refused.
pub(super) struct Row {
    /// The line of the document that has the constraint.
    pub line: u32,
    pub name: &'static str,
    pub operation: &'static str,
    /// What makes a right request wrong: values by JSON pointer, `null` where a member is taken out.
    pub changes: Value,
    pub code: &'static str,
    /// A part of the message.
    pub says: &'static str,
}

/// A row of CCE's own code for requests that are wrong.
pub(super) fn row(line: u32, name: &'static str, operation: &'static str, changes: Value, says: &'static str) -> Row {
    Row { line, name, operation, changes, code: "CCE.01400001", says }
}

impl Row {
    pub(super) fn code(self, code: &'static str) -> Self {
        Self { code, ..self }
    }
}

/// A server that is called over the wire.
pub(super) struct Wire {
    server: Server,
    token: String,
}

impl Wire {
    pub(super) async fn new() -> Self {
        let server = Server::builder()
            .releases(crate::Releases::Documents)
            .region("cn-north-4")
            .time(Time::Manual)
            .rate_limits(false)
            .without_socket();
        let mut wire = Self { server: server.start().await.unwrap(), token: String::new() };
        let user = wire.server.iam_user();
        let user = json!({"name": user.name, "password": user.password.expose(), "domain": {"name": user.domain}});
        let scope = json!({"project": {"name": wire.server.region()}});
        let login = json!({"identity": {"methods": ["password"], "password": {"user": user}}, "scope": scope});
        let request = Request::post(format!("{}/v3/auth/tokens", wire.server.endpoint()));
        let (headers, _) = wire.send(request, &json!({"auth": login})).await;
        wire.token = headers.1["x-subject-token"].to_str().unwrap().to_owned();
        wire
    }

    async fn send(&self, request: http::request::Builder, body: &Value) -> ((u16, http::HeaderMap), Value) {
        let body = if body.is_null() { Bytes::new() } else { body.to_string().into() };
        let request = request.header("content-type", "application/json").body(body).unwrap();
        let (parts, body) = self.server.transport().send(request, LIMITS).await.unwrap().into_parts();
        ((parts.status.as_u16(), parts.headers), serde_json::from_slice(&body).unwrap_or_default())
    }

    /// Status and body of the answer to a call with these members, each where its operation has it.
    pub(super) async fn call(&self, operation: &str, members: &Value) -> (u16, Value) {
        let operation = operation_of(operation);
        let mut path = operation.path().to_owned();
        let (mut query, mut headers, mut body) = (Vec::new(), Vec::new(), Map::new());
        for field in &operation.spec.input {
            let project = Value::from(self.server.project_id());
            let value = members.get(&field.name).or(Some(&project).filter(|_| field.name == "project_id"));
            let Some(value) = value else { continue };
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            let encoded = percent_encoding::utf8_percent_encode(&text, percent_encoding::NON_ALPHANUMERIC).to_string();
            match field.place() {
                Place::Path => path = path.replace(&format!("{{{}}}", field.name), &encoded),
                Place::Query => query.push(format!("{}={encoded}", field.name)),
                Place::Header => headers.push((field.name.clone(), text)),
                Place::Host => headers.push(("x-cluster-id".to_owned(), text)),
                Place::Body => drop(body.insert(field.name.clone(), value.clone())),
            }
        }
        let uri = format!("{}{path}?{}", self.server.endpoint(), query.join("&"));
        let mut request = Request::builder().method(operation.method()).uri(uri).header("x-auth-token", &self.token);
        for (name, value) in headers {
            request = request.header(name, value);
        }
        let body = if body.is_empty() { Value::Null } else { Value::Object(body) };
        let ((status, _), answer) = self.send(request, &body).await;
        (status, answer)
    }

    /// The body of an answer to a call that succeeds.
    pub(super) async fn ok(&self, operation: &str, members: &Value) -> Value {
        let (status, body) = self.call(operation, members).await;
        assert!(operation_of(operation).spec.success.contains(&status), "{operation} {members}: {status} {body}");
        body
    }

    /// Asserts that the call is refused with that code, by a message with that part.
    pub(super) async fn refused(&self, name: &str, operation: &str, members: &Value, code: &str, says: &str) {
        let (status, body) = self.call(operation, members).await;
        assert!((400..500).contains(&status), "{name}: {operation} {members} is not refused: {status} {body}");
        let member = |names: [&str; 2]| names.iter().find_map(|name| body[*name].as_str()).unwrap_or_default();
        assert_eq!(member(["error_code", "reason"]), code, "{name}: {body}");
        assert!(member(["error_msg", "message"]).contains(says), "{name}: {body} does not say {says}");
    }

    /// The identifier of an available cluster.
    pub(super) async fn cluster(&self, change: impl FnOnce(&mut Value)) -> Value {
        let id = self.ok("CreateCluster", &cluster(change)).await["metadata"]["uid"].clone();
        self.pass(120);
        id
    }

    pub(super) fn pass(&self, seconds: u64) {
        self.server.advance(Duration::from_secs(seconds));
    }

    /// Sends each row, made of the right request of its operation, which is accepted in the end.
    pub(super) async fn refuses_each(&self, rows: &[Row], right: impl Fn(&str) -> Value) {
        for row in rows {
            let mut members = right(row.operation);
            for (pointer, value) in row.changes.as_object().unwrap() {
                change(&mut members, pointer, value.clone());
            }
            self.refused(row.name, row.operation, &members, row.code, row.says).await;
        }
        for operation in rows.iter().map(|row| row.operation).collect::<BTreeSet<_>>() {
            self.ok(operation, &right(operation)).await;
        }
    }
}

const LIMITS: Limits = Limits { timeout: Duration::from_secs(60), max_response: 1 << 20 };

pub(super) fn operation_of(name: &str) -> &'static Operation {
    catalog().product("cce").unwrap().spec().operation(name).unwrap()
}

/// Puts a value at a JSON pointer, or takes the member out.
pub(super) fn change(whole: &mut Value, pointer: &str, value: Value) {
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    let (parent, name) = (whole.pointer_mut(parent).unwrap(), name.replace("~1", "/"));
    match parent {
        Value::Array(items) => items[name.parse::<usize>().unwrap()] = value,
        Value::Object(members) if value.is_null() => assert!(members.remove(&name).is_some(), "no {pointer}"),
        Value::Object(members) => drop(members.insert(name, value)),
        other => panic!("{pointer}: {other}"),
    }
}

const TABLE: &str = include_str!("../../../../../docs/constraints-cce-b.md");

/// Files whose tests rows may name, apart from the tables.
const TESTS: [(&str, &str); 15] = [
    ("addons", include_str!("addons.rs")),
    ("constraints_addons", include_str!("constraints_addons.rs")),
    ("constraints_members", include_str!("constraints_members.rs")),
    ("constraints_storage", include_str!("constraints_storage.rs")),
    ("constraints_examples", include_str!("constraints_examples.rs")),
    ("constraints_required", include_str!("constraints_required.rs")),
    ("every_operation", include_str!("../../../tests/gateway/huawei/every_operation.rs")),
    ("identity", include_str!("../../../tests/gateway/huawei/identity.rs")),
    ("jobs", include_str!("jobs.rs")),
    ("nodes", include_str!("nodes.rs")),
    ("pools", include_str!("pools.rs")),
    ("requests", include_str!("../../../tests/gateway/huawei/requests.rs")),
    ("tasks", include_str!("tasks.rs")),
    ("volumes", include_str!("volumes.rs")),
    ("creation", include_str!("creation.rs")),
];

fn tables() -> [(&'static str, Vec<Row>); 5] {
    [
        ("constraints_addons", constraints_addons::rows()),
        ("constraints_members", constraints_members::rows()),
        ("constraints_pools", constraints_pools::rows()),
        ("constraints_reinstall", constraints_reinstall::rows()),
        ("constraints_storage", constraints_storage::rows()),
    ]
}

fn documented() -> Vec<[&'static str; 5]> {
    let rows = TABLE.lines().filter(|line| line.starts_with("| cce:"));
    rows.map(|line| {
        let cells: Vec<&str> = line.trim_matches('|').split(" | ").map(str::trim).collect();
        cells.try_into().unwrap_or_else(|cells| panic!("{cells:?}"))
    })
    .collect()
}

#[test]
fn each_constraint_names_the_test_that_breaks_it_or_why_there_is_no_rule() {
    let tables = tables();
    for [line, field, constraint, rule, test] in documented() {
        assert!(!field.is_empty() && !constraint.is_empty() && !rule.is_empty(), "{line} {field}");
        let number: u32 = line.strip_prefix("cce:").unwrap().parse().unwrap();
        for test in test.split(", ").map(|test| test.trim_matches('`')).filter(|test| !test.is_empty()) {
            if let Some((module, name)) = test.split_once("::") {
                let (_, text) = TESTS.iter().find(|(known, _)| *known == module).unwrap_or_else(|| panic!("{test}"));
                assert!(text.contains(&format!("fn {name}()")), "{line}: no test {test}");
            } else {
                let (module, name) = test.split_once(": ").unwrap_or_else(|| panic!("{line}: {test}"));
                let (_, rows) = tables.iter().find(|(known, _)| *known == module).unwrap_or_else(|| panic!("{test}"));
                assert!(rows.iter().any(|row| row.line == number && row.name == name), "{line}: no row {test}");
            }
        }
        if test.is_empty() {
            assert!(rule.starts_with("none: ") || rule.starts_with("as cce:"), "{line} {field}: {rule}");
        }
    }
}

#[test]
fn each_request_that_breaks_a_constraint_is_in_the_table() {
    let documented = documented();
    for (module, rows) in tables() {
        let mut seen = BTreeSet::new();
        for row in rows {
            let test = format!("`{module}: {}`", row.name);
            let line = format!("cce:{}", row.line);
            let listed = documented.iter().any(|[at, .., tests]| *at == line && tests.split(", ").any(|t| t == test));
            assert!(listed, "{line} {test} is not in the table");
            assert!(seen.insert((row.line, row.name)), "{line} {test} is there twice");
        }
    }
}
