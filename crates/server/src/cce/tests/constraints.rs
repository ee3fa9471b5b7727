//! Requests that break one documented rule each, as tables hold them; and the pages of the docs that list the rules.

use super::{Cloud, conform};
use crate::gateway::ErrorForm;
use crate::gateway::parameters::{Rules, validate};
use crate::refusal::Refusal;
use serde_json::{Map, Value, json};

/// A request that breaks the rule of a line of the document, and what it is refused with.
#[derive(Debug, Clone)]
pub(super) struct Row {
    pub line: u32,
    pub name: &'static str,
    operation: &'static str,
    order: Value,
    status: u16,
    code: &'static str,
    /// A part of the message, which names the member.
    says: &'static str,
}

impl Row {
    /// The order with that member as it is there; `null` leaves it out.
    pub(super) fn new(
        operation: &'static str,
        order: &Value,
        (line, name): (u32, &'static str),
        (way, value): (&str, Value),
        says: &'static str,
    ) -> Self {
        let mut order = order.clone();
        put(&mut order, way, value);
        Self { line, name, operation, order, status: 400, code: "CCE.01400001", says }
    }

    /// With another member changed, too.
    pub(super) fn with(mut self, way: &str, value: Value) -> Self {
        put(&mut self.order, way, value);
        self
    }

    /// With another code than that for requests that are not valid.
    pub(super) fn code(mut self, status: u16, code: &'static str) -> Self {
        (self.status, self.code) = (status, code);
        self
    }
}

/// Sets a member by its way: `spec/masters/0/faultDomain`. Objects on the way are made, lists have to be there.
pub(super) fn put(order: &mut Value, way: &str, value: Value) {
    let place = way.split('/').fold(order, |there, name| match name.parse::<usize>() {
        Ok(at) if there.is_array() => &mut there[at],
        _ => &mut there[name.replace("~1", "/")],
    });
    *place = value;
}

impl Cloud {
    /// Calls as from outside: the spec's rules are checked before those of the world.
    pub(super) fn sent(&mut self, operation: &str, order: &Value) -> Result<Value, Refusal> {
        let (spec, form) = (conform::product(), ErrorForm::of(operation));
        let mut members = order.as_object().unwrap().clone();
        members.insert("project_id".to_owned(), json!("p"));
        validate(&mut members, &spec.operation(operation).unwrap().spec.input, spec, Rules::HUAWEI, "")
            .map_err(|problem| form.invalid(problem.to_string()))?;
        self.call(operation, Value::Object(members))
    }

    /// The body of the answer to a call as from outside.
    pub(super) fn taken(&mut self, operation: &str, order: &Value) -> Value {
        let answer = self.sent(operation, order).unwrap_or_else(|refusal| panic!("{operation} {order}: {refusal}"));
        conform::check(operation, &answer);
        answer
    }

    /// Each row is refused as it says.
    pub(super) fn refuses(&mut self, rows: &[Row]) {
        for Row { line, name, operation, order, status, code, says } in rows {
            match self.sent(operation, order) {
                Ok(answer) => panic!("cce:{line} {name} is not refused: {answer:?}"),
                Err(refusal) => {
                    conform::check_refusal(operation, &refusal);
                    assert_eq!((refusal.status, refusal.code.as_ref()), (Some(*status), *code), "cce:{line} {name}");
                    assert!(refusal.message.contains(says), "cce:{line} {name}: {}", refusal.message);
                }
            }
        }
    }
}

/// A page of the docs that lists what the document restricts.
const PAGE: &str = include_str!("../../../../../docs/constraints-cce-a.md");

/// Tests that rows of the page name, in addition to the rows of the tables.
const TESTS: [(&str, &str); 6] = [
    ("clusters", include_str!("clusters.rs")),
    ("constraints_clusters", include_str!("constraints_clusters.rs")),
    ("constraints_nodes", include_str!("constraints_nodes.rs")),
    ("creation", include_str!("creation.rs")),
    ("nodes", include_str!("nodes.rs")),
    ("requests", include_str!("../../../tests/gateway/huawei/requests.rs")),
];
const OTHERS: [(&str, &str); 3] = [
    ("identity", include_str!("../../../tests/gateway/huawei/identity.rs")),
    ("pools", include_str!("pools.rs")),
    ("every_operation", include_str!("../../../tests/gateway/huawei/every_operation.rs")),
];

/// A row of the page: line, member, constraint, rule or reason, test.
fn rows() -> Vec<[&'static str; 5]> {
    let lines = PAGE.lines().filter(|line| line.starts_with("| `cce:"));
    lines
        .map(|line| {
            let line = line.strip_prefix("| ").and_then(|line| line.strip_suffix(" |")).unwrap();
            let cells: Vec<&str> = line.split(" | ").map(str::trim).collect();
            cells.try_into().unwrap_or_else(|cells| panic!("{cells:?}"))
        })
        .collect()
}

fn line_of(cell: &str) -> u32 {
    cell.trim_matches('`').strip_prefix("cce:").unwrap().parse().unwrap()
}

#[test]
fn each_row_of_the_page_names_a_test_or_a_reason() {
    let tables = [super::constraints_clusters::table(), super::constraints_nodes::table("c", "n")].concat();
    let rows = rows();
    assert!(rows.len() > 200, "{} rows", rows.len());
    let mut named = Vec::new();
    for [line, member, constraint, rule, test] in &rows {
        assert!((696..=2816).contains(&line_of(line)) && !member.is_empty() && !constraint.is_empty(), "{line}");
        assert!(!rule.is_empty(), "{line} {member}: neither rule nor reason");
        if let Some(first) = rule.strip_prefix("as cce:") {
            let first: u32 = first.parse().unwrap();
            assert!(rows.iter().any(|row| line_of(row[0]) == first && !row[3].starts_with("as ")), "{line} {rule}");
            continue;
        }
        if test.is_empty() {
            assert!(rule.starts_with("None: "), "{line} {member}: {rule} has no test");
            continue;
        }
        assert!(!rule.starts_with("None"), "{line} {member} has a test");
        for test in test.split(", ") {
            let (module, name) = test.trim_matches('`').split_once("::").unwrap_or_else(|| panic!("{line} {test}"));
            let row = tables.iter().find(|row| row.name == name && module.starts_with("constraints_"));
            match row {
                Some(row) => assert_eq!(row.line, line_of(line), "{test} is of another line"),
                None => {
                    let text = TESTS.iter().chain(&OTHERS).find(|(known, _)| *known == module);
                    let (_, text) = text.unwrap_or_else(|| panic!("{line}: no tests {module}"));
                    assert!(text.contains(&format!("fn {name}()")), "{line}: no test {test}");
                }
            }
            named.push(name.to_owned());
        }
    }
    let missing: Vec<&Row> = tables.iter().filter(|row| !named.contains(&row.name.to_owned())).collect();
    assert!(missing.is_empty(), "not on the page: {missing:?}");
}

#[test]
fn each_row_has_a_name_for_itself() {
    let tables = [super::constraints_clusters::table(), super::constraints_nodes::table("c", "n")].concat();
    let mut names = Map::new();
    for row in tables {
        assert!(names.insert(row.name.to_owned(), Value::Null).is_none(), "{} is there twice", row.name);
    }
}
