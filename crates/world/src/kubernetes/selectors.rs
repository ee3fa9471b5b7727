//! Selectors of labels and of fields.

use super::refusal::{Answer, Refusal};
use serde_json::{Map, Value};

/// A selector of labels: all requirements have to hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LabelSelector(Vec<Requirement>);

/// What a label has to be.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Requirement {
    key: String,
    operator: Operator,
    values: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operator {
    In,
    NotIn,
    Exists,
    Missing,
    Greater,
    Less,
}

impl LabelSelector {
    /// Reads `a=b,c!=d,e in (f,g),h notin (i),j,!k`.
    pub fn read(text: &str) -> Answer<Self> {
        let terms = split_terms(text);
        let read: Answer<Vec<Requirement>> =
            terms.into_iter().map(str::trim).filter(|term| !term.is_empty()).map(requirement).collect();
        read.map(Self)
    }

    /// Reads the `matchLabels` and `matchExpressions` of an object. No selector selects nothing, an empty one all.
    pub fn of_object(selector: Option<&Value>) -> Option<Self> {
        let selector = selector?.as_object()?;
        let mut all = Self::of_labels(selector.get("matchLabels"));
        for expression in selector.get("matchExpressions").and_then(Value::as_array).into_iter().flatten() {
            let operator = match expression.get("operator").and_then(Value::as_str)? {
                "In" => Operator::In,
                "NotIn" => Operator::NotIn,
                "Exists" => Operator::Exists,
                "DoesNotExist" => Operator::Missing,
                _ => return None,
            };
            let values = expression.get("values").and_then(Value::as_array).into_iter().flatten();
            all.0.push(Requirement {
                key: expression.get("key")?.as_str()?.to_owned(),
                operator,
                values: values.filter_map(|value| value.as_str().map(str::to_owned)).collect(),
            });
        }
        Some(all)
    }

    /// The selector of labels that are all to be equal.
    pub fn of_labels(labels: Option<&Value>) -> Self {
        let labels = labels.and_then(Value::as_object).into_iter().flatten();
        let equal = |(key, value): (&String, &Value)| Requirement {
            key: key.clone(),
            operator: Operator::In,
            values: vec![value.as_str().unwrap_or_default().to_owned()],
        };
        Self(labels.map(equal).collect())
    }

    /// Whether it selects everything.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether an object is selected.
    pub fn selects(&self, object: &Value) -> bool {
        let labels = object.pointer("/metadata/labels").and_then(Value::as_object);
        self.selects_labels(labels)
    }

    /// Whether an object with these labels is selected.
    pub fn selects_labels(&self, labels: Option<&Map<String, Value>>) -> bool {
        self.0.iter().all(|requirement| {
            let there = labels.and_then(|labels| labels.get(&requirement.key)).and_then(Value::as_str);
            requirement.holds(there)
        })
    }
}

impl Requirement {
    fn holds(&self, there: Option<&str>) -> bool {
        let listed = |there: &str| self.values.iter().any(|value| value == there);
        let compared = || Some((there?.parse::<i64>().ok()?, self.values.first()?.parse::<i64>().ok()?));
        match self.operator {
            Operator::In => there.is_some_and(listed),
            Operator::NotIn => there.is_none_or(|there| !listed(there)),
            Operator::Exists => there.is_some(),
            Operator::Missing => there.is_none(),
            Operator::Greater => compared().is_some_and(|(there, bound)| there > bound),
            Operator::Less => compared().is_some_and(|(there, bound)| there < bound),
        }
    }
}

/// Splits at commas outside of parentheses.
fn split_terms(text: &str) -> Vec<&str> {
    let (mut terms, mut depth, mut start) = (Vec::new(), 0_u32, 0);
    for (place, letter) in text.char_indices() {
        match letter {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => {
                terms.push(&text[start..place]);
                start = place + 1;
            }
            _ => {}
        }
    }
    terms.push(&text[start..]);
    terms
}

fn requirement(term: &str) -> Answer<Requirement> {
    let bad = |why: &str| Refusal::bad_request(format!("unable to parse requirement: {why} in \"{term}\""));
    let make = |key: &str, operator, values: Vec<String>| {
        let key = key.trim();
        if !is_key(key) {
            return Err(bad("found an invalid label key"));
        }
        if let Some(wrong) = values.iter().find(|value| !is_value(value)) {
            return Err(bad(&format!("found the invalid label value '{wrong}'")));
        }
        Ok(Requirement { key: key.to_owned(), operator, values })
    };
    if let Some(key) = term.strip_prefix('!') {
        return make(key, Operator::Missing, Vec::new());
    }
    if let Some((head, list)) = term.split_once('(') {
        let list = list.trim_end().strip_suffix(')').ok_or_else(|| bad("found no ')'"))?;
        let values = list.split(',').map(|value| value.trim().to_owned()).collect();
        let mut words = head.split_whitespace();
        return match (words.next(), words.next(), words.next()) {
            (Some(key), Some("in"), None) => make(key, Operator::In, values),
            (Some(key), Some("notin"), None) => make(key, Operator::NotIn, values),
            _ => Err(bad("expected in or notin before '('")),
        };
    }
    for (sign, operator) in [("!=", Operator::NotIn), ("==", Operator::In), ("=", Operator::In)] {
        if let Some((key, value)) = term.split_once(sign) {
            return make(key, operator, vec![value.trim().to_owned()]);
        }
    }
    for (sign, operator) in [('>', Operator::Greater), ('<', Operator::Less)] {
        if let Some((key, value)) = term.split_once(sign) {
            let value = value.trim();
            value.parse::<i64>().map_err(|_| bad("expected a whole number"))?;
            return make(key, operator, vec![value.to_owned()]);
        }
    }
    make(term, Operator::Exists, Vec::new())
}

/// Whether a text can be the key of a label: an optional domain, a slash, a name.
pub fn is_key(key: &str) -> bool {
    let (prefix, name) = key.split_once('/').map_or((None, key), |(prefix, name)| (Some(prefix), name));
    let prefix_is_right =
        prefix.is_none_or(|prefix| prefix.len() <= 253 && prefix.split('.').all(super::names::is_dns_label));
    prefix_is_right && !name.is_empty() && is_value(name)
}

/// Whether a text can be the value of a label.
pub fn is_value(value: &str) -> bool {
    let ends = |byte: Option<u8>| byte.is_none_or(|byte| byte.is_ascii_alphanumeric());
    value.len() <= 63
        && value.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
        && ends(value.bytes().next())
        && ends(value.bytes().last())
}

/// A selector of fields: path, value, and whether they have to be equal.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FieldSelector(Vec<(String, String, bool)>);

impl FieldSelector {
    /// Reads `metadata.name=a,spec.nodeName!=b`. Only fields that the kind can be selected by are accepted.
    pub fn read(text: &str, kind: &str) -> Answer<Self> {
        let mut terms = Vec::new();
        for term in text.split(',').map(str::trim).filter(|term| !term.is_empty()) {
            let parts = match term.split_once("!=") {
                Some((name, value)) => Some((name, value, false)),
                None => term.split_once("==").or_else(|| term.split_once('=')).map(|(name, value)| (name, value, true)),
            };
            let Some((name, value, equal)) = parts else {
                return Err(Refusal::bad_request(format!("invalid selector: '{text}'; can't understand '{term}'")));
            };
            let name = name.trim();
            if !is_selectable(kind, name) {
                return Err(Refusal::bad_request(format!("field label not supported: {name}")));
            }
            terms.push((name.to_owned(), value.trim().to_owned(), equal));
        }
        Ok(Self(terms))
    }

    /// Whether an object is selected.
    pub fn selects(&self, object: &Value) -> bool {
        self.0.iter().all(|(name, value, equal)| {
            let path = format!("/{}", name.replace('.', "/"));
            let there = match object.pointer(&path) {
                Some(Value::String(text)) => text.clone(),
                Some(Value::Bool(yes)) => yes.to_string(),
                Some(Value::Number(number)) => number.to_string(),
                _ if name == "spec.unschedulable" => "false".to_owned(),
                _ => String::new(),
            };
            (there == *value) == *equal
        })
    }
}

fn is_selectable(kind: &str, field: &str) -> bool {
    if matches!(field, "metadata.name" | "metadata.namespace") {
        return true;
    }
    let fields: &[&str] = match kind {
        "Pod" => &[
            "spec.nodeName",
            "spec.restartPolicy",
            "spec.schedulerName",
            "spec.serviceAccountName",
            "spec.hostNetwork",
            "status.phase",
            "status.podIP",
            "status.nominatedNodeName",
        ],
        "Event" => &[
            "involvedObject.kind",
            "involvedObject.namespace",
            "involvedObject.name",
            "involvedObject.uid",
            "involvedObject.apiVersion",
            "involvedObject.resourceVersion",
            "involvedObject.fieldPath",
            "reason",
            "reportingComponent",
            "source",
            "type",
        ],
        "Secret" => &["type"],
        "Namespace" => &["status.phase"],
        "Node" => &["spec.unschedulable"],
        "Service" => &["spec.clusterIP", "spec.type"],
        "ReplicaSet" | "ReplicationController" => &["status.replicas"],
        "Job" => &["status.successful"],
        "CertificateSigningRequest" => &["spec.signerName"],
        _ => &[],
    };
    fields.contains(&field)
}

#[cfg(test)]
mod tests;
