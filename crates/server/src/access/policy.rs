//! Policies: their text in each vendor's form, and what they allow and deny.

use super::Resource;
use crate::regions;
use serde_json::{Map, Value};
use std::fmt;

/// The vendor in whose form a policy is written, and whose products it is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Deserialize, serde::Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Vendor {
    /// Access management (CAM): TKE, TCR and CCS.
    Tencent,
    /// Identity and access management (IAM): CCE.
    Huawei,
    /// Resource access management (RAM): ACK and STS.
    Alibaba,
}

/// How a vendor writes policies.
#[derive(Debug)]
struct Form {
    versions: &'static [&'static str],
    version: &'static str,
    statement: &'static str,
    effect: &'static str,
    action: &'static str,
    resource: &'static str,
    condition: &'static str,
    allow: &'static str,
    deny: &'static str,
    /// Parts of an action between colons, and what they look like.
    action_parts: (usize, &'static str),
    /// What a resource looks like.
    resource_form: &'static str,
    /// Whether a statement without resources is for all of them.
    resource_optional: bool,
}

const CAM: Form = Form {
    // tce:8317
    versions: &["2.0"],
    version: "version",
    statement: "statement",
    effect: "effect",
    action: "action",
    resource: "resource",
    condition: "condition",
    allow: "allow",
    deny: "deny",
    action_parts: (2, "service:Action"),
    resource_form: "qcs::service:region:account:path",
    resource_optional: false,
};

const IAM: Form = Form {
    versions: &["1.1"],
    version: "Version",
    statement: "Statement",
    effect: "Effect",
    action: "Action",
    resource: "Resource",
    condition: "Condition",
    allow: "Allow",
    deny: "Deny",
    // cce:8499
    action_parts: (3, "service:type:operation"),
    resource_form: "service:region:account:type:path",
    resource_optional: true,
};

const RAM: Form = Form {
    // ack:4739 and the policies that the vendor's client sends.
    versions: &["1"],
    action_parts: (2, "service:Action"),
    resource_form: "acs:service:region:account:path",
    resource_optional: false,
    ..IAM
};

impl Vendor {
    fn form(self) -> &'static Form {
        match self {
            Self::Tencent => &CAM,
            Self::Huawei => &IAM,
            Self::Alibaba => &RAM,
        }
    }

    /// The resource as a policy names it.
    pub(super) fn write(self, resource: &Resource) -> String {
        let Resource { services, region, account, path } = resource;
        if path == "*" {
            return path.clone();
        }
        let service = services.first().copied().unwrap_or_default();
        match self {
            Self::Tencent => format!("qcs::{service}:{region}:{account}:{path}"),
            Self::Huawei => format!("{service}:{region}:{account}:{path}"),
            Self::Alibaba => format!("acs:{service}:{region}:{account}:{path}"),
        }
    }

    /// Reads the name of resources; the error is the problem.
    fn read_resource(self, text: &str) -> Result<Pattern, String> {
        if text == "*" {
            return Ok(Pattern::All);
        }
        let (due, prefix) = match self {
            Self::Tencent => (6, "qcs"),
            Self::Huawei => (5, ""),
            Self::Alibaba => (5, "acs"),
        };
        let form = self.form().resource_form;
        let segments: Vec<&str> = text.splitn(due, ':').collect();
        if segments.len() != due {
            return Err(format!("{text:?} has {} segments, {form} has {due}", segments.len()));
        }
        let (first, rest) = match self {
            Self::Huawei => ("", segments.as_slice()),
            _ => segments.split_first().map_or(("", &[][..]), |(first, rest)| (*first, rest)),
        };
        if first != prefix {
            return Err(format!("{text:?} does not begin with {prefix}: {form}"));
        }
        let rest = match (self, rest) {
            (Self::Tencent, ["", rest @ ..]) => rest,
            (Self::Tencent, _) => return Err(format!("{text:?} names a project, which this server does not evaluate")),
            (_, rest) => rest,
        };
        // Huawei's type and path are one here, with their colon.
        let [service, region, account, path @ ..] = rest else { return Err(format!("{text:?} is not {form}")) };
        let path = path.join(":");
        if service.is_empty() || path.is_empty() || path.starts_with(':') {
            return Err(format!("{text:?} has an empty service or path: {form}"));
        }
        let region = match self {
            // Short names are taken as well (tce:8546).
            Self::Tencent => regions::full_name(region, &[]).unwrap_or_else(|| (*region).to_owned()),
            _ => (*region).to_owned(),
        };
        let account = ["uin/", "uid/"].iter().find_map(|kind| account.strip_prefix(kind)).unwrap_or(account);
        Ok(Pattern::Some { service: (*service).to_owned(), region, account: account.to_owned(), path })
    }
}

/// Why a policy cannot be used, and where that is in it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {problem}")]
pub struct PolicyError {
    place: String,
    problem: String,
}

impl PolicyError {
    fn new(place: impl Into<String>, problem: impl Into<String>) -> Self {
        Self { place: place.into(), problem: problem.into() }
    }

    /// Where the problem is (`statement[0].effect`); `policy` if it is the whole text.
    pub fn place(&self) -> &str {
        &self.place
    }

    /// The problem.
    pub fn problem(&self) -> &str {
        &self.problem
    }
}

/// A policy that can be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    vendor: Vendor,
    statements: Vec<Statement>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Statement {
    allows: bool,
    actions: Vec<String>,
    resources: Vec<Pattern>,
}

/// Names of resources, with `*` for any part.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Pattern {
    All,
    Some { service: String, region: String, account: String, path: String },
}

/// What a policy has to say of a call, the weakest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Verdict {
    /// Nothing.
    Silent,
    /// It allows the action on other resources only.
    Elsewhere,
    Allowed,
    Denied,
}

impl Policy {
    /// Reads a policy in the vendor's form.
    ///
    /// # Errors
    /// What is wrong with it, and where. Conditions are an error too: this server does not evaluate them.
    pub fn parse(vendor: Vendor, text: &str) -> Result<Self, PolicyError> {
        let form = vendor.form();
        let value: Value =
            serde_json::from_str(text).map_err(|error| PolicyError::new("policy", format!("not JSON: {error}")))?;
        let Value::Object(policy) = value else {
            return Err(PolicyError::new("policy", format!("{} is not an object", kind(&value))));
        };
        check_keys(&policy, "", &[form.version, form.statement])?;
        check_version(&policy, form)?;
        let statements = match policy.get(form.statement) {
            None => return Err(PolicyError::new(form.statement, "is missing")),
            Some(Value::Array(statements)) => statements,
            Some(other) => return Err(PolicyError::new(form.statement, format!("{} is not a list", kind(other)))),
        };
        if statements.is_empty() {
            return Err(PolicyError::new(form.statement, "is empty"));
        }
        let statements = statements.iter().enumerate();
        let statements = statements.map(|(at, value)| statement(vendor, value, &format!("{}[{at}]", form.statement)));
        Ok(Self { vendor, statements: statements.collect::<Result<_, _>>()? })
    }

    /// The vendor whose products it is for.
    pub fn vendor(&self) -> Vendor {
        self.vendor
    }

    /// What it has to say of an action, which has all these names, on the resource.
    pub(super) fn judge(&self, actions: &[String], resource: &Resource) -> Verdict {
        let named = |statement: &&Statement| {
            statement.actions.iter().any(|pattern| actions.iter().any(|action| fits(pattern, action)))
        };
        let verdict = |statement: &Statement| match (
            statement.allows,
            statement.resources.iter().any(|pattern| pattern.fits(resource)),
        ) {
            (true, true) => Verdict::Allowed,
            (true, false) => Verdict::Elsewhere,
            (false, true) => Verdict::Denied,
            (false, false) => Verdict::Silent,
        };
        self.statements.iter().filter(named).map(verdict).max().unwrap_or(Verdict::Silent)
    }
}

impl Pattern {
    fn fits(&self, resource: &Resource) -> bool {
        let Self::Some { service, region, account, path } = self else { return true };
        // A region or an account that is left out is any (web:tencentcloud.com/document/product/1051/37246).
        let part = |pattern: &str, text: &str| pattern.is_empty() || fits(pattern, text);
        resource.services.iter().any(|name| fits(service, name))
            && part(region, &resource.region)
            && part(account, &resource.account)
            && fits(path, &resource.path)
    }
}

/// Whether the text is what the pattern says, in which `*` is any number of characters.
fn fits(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else { return false };
    let mut parts = parts.peekable();
    if parts.peek().is_none() {
        return rest.is_empty();
    }
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return rest.ends_with(part);
        }
        let Some(at) = rest.find(part) else { return false };
        rest = rest.get(at + part.len()..).unwrap_or_default();
    }
    false
}

fn statement(vendor: Vendor, value: &Value, place: &str) -> Result<Statement, PolicyError> {
    let form = vendor.form();
    let Value::Object(members) = value else {
        return Err(PolicyError::new(place, format!("{} is not an object", kind(value))));
    };
    if members.contains_key(form.condition) {
        let problem = "this server does not evaluate conditions; take it out";
        return Err(PolicyError::new(format!("{place}.{}", form.condition), problem));
    }
    check_keys(members, place, &[form.effect, form.action, form.resource])?;
    let effect_place = format!("{place}.{}", form.effect);
    let allows = match members.get(form.effect) {
        None => return Err(PolicyError::new(effect_place, "is missing")),
        Some(Value::String(effect)) if effect == form.allow => true,
        Some(Value::String(effect)) if effect == form.deny => false,
        Some(Value::String(effect)) => {
            let problem = format!("{effect:?} is neither {} nor {}", form.allow, form.deny);
            return Err(PolicyError::new(effect_place, problem));
        }
        Some(other) => return Err(PolicyError::new(effect_place, format!("{} is not a text", kind(other)))),
    };
    let actions = texts(members, form.action, place)?;
    for (text, place) in &actions {
        check_action(text, form).map_err(|problem| PolicyError::new(place, problem))?;
    }
    let resources = if form.resource_optional && !members.contains_key(form.resource) {
        vec![Pattern::All]
    } else {
        let read = |(text, place): (&str, String)| {
            vendor.read_resource(text).map_err(|problem| PolicyError::new(place, problem))
        };
        texts(members, form.resource, place)?.into_iter().map(read).collect::<Result<_, _>>()?
    };
    Ok(Statement { allows, actions: actions.into_iter().map(|(text, _)| text.to_owned()).collect(), resources })
}

/// The texts of a member, one or a list of them, each with its place.
fn texts<'a>(members: &'a Map<String, Value>, name: &str, place: &str) -> Result<Vec<(&'a str, String)>, PolicyError> {
    let place = format!("{place}.{name}");
    match members.get(name) {
        None => Err(PolicyError::new(place, "is missing")),
        Some(Value::String(text)) => Ok(vec![(text, place)]),
        Some(Value::Array(items)) if items.is_empty() => Err(PolicyError::new(place, "is empty")),
        Some(Value::Array(items)) => {
            let text = |(at, item): (usize, &'a Value)| {
                let place = format!("{place}[{at}]");
                let problem = || PolicyError::new(place.clone(), format!("{} is not a text", kind(item)));
                Ok((item.as_str().ok_or_else(problem)?, place.clone()))
            };
            items.iter().enumerate().map(text).collect()
        }
        Some(other) => Err(PolicyError::new(place, format!("{} is neither a text nor a list of them", kind(other)))),
    }
}

fn check_action(text: &str, form: &Form) -> Result<(), String> {
    let (due, example) = form.action_parts;
    let is_part = |part: &str| {
        !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"*-_.".contains(&byte))
    };
    let parts: Vec<&str> = text.split(':').collect();
    if text == "*" || (parts.len() == due && parts.into_iter().all(is_part)) {
        return Ok(());
    }
    Err(format!("{text:?} is not an action: {example}, with * for any part of it"))
}

fn check_version(policy: &Map<String, Value>, form: &Form) -> Result<(), PolicyError> {
    match policy.get(form.version) {
        None => Err(PolicyError::new(form.version, "is missing")),
        Some(Value::String(version)) if form.versions.contains(&version.as_str()) => Ok(()),
        Some(Value::String(version)) => {
            Err(PolicyError::new(form.version, format!("{version:?} is not {}", form.versions.join(" or "))))
        }
        Some(other) => Err(PolicyError::new(form.version, format!("{} is not a text", kind(other)))),
    }
}

fn check_keys(members: &Map<String, Value>, place: &str, known: &[&str]) -> Result<(), PolicyError> {
    match members.keys().find(|key| !known.contains(&key.as_str())) {
        None => Ok(()),
        Some(key) => {
            let place = if place.is_empty() { key.clone() } else { format!("{place}.{key}") };
            Err(PolicyError::new(place, format!("is unknown here: {} are known", known.join(", "))))
        }
    }
}

fn kind(value: &Value) -> Kind {
    Kind(match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    })
}

/// What a value is, for people.
struct Kind(&'static str);

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}
