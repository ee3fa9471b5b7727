//! What the packages do not say and follows from names and shapes, on the safe side.

use super::facts::{Field, Operation, Shape};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use wharf_spec::Type;
use wharf_spec::file::{ErrorKind, Method};

/// First words of operations that only read.
const READING: [&str; 6] = ["Check", "Describe", "Get", "List", "Query", "Show"];

/// Whether a call can be repeated: only what reads. With methods, only GET reads.
pub(super) fn is_idempotent(name: &str, operation: &Operation) -> bool {
    match operation.method {
        Some(method) => method == Method::Get,
        None => says_reading(name),
    }
}

/// Whether the name says that the operation only reads.
pub(super) fn says_reading(name: &str) -> bool {
    READING.iter().any(|word| name.strip_prefix(word).is_some_and(|rest| rest.starts_with(char::is_uppercase)))
}

/// Parts of names of secrets, in small letters without separators. Reviewed: a member that has one holds a secret, or
/// a text in which secrets are common.
const SECRETS: [&str; 18] = [
    "accesskeysecret",
    "bearer",
    "clientkeydata",
    "credential",
    "kubeconfig",
    "passwd",
    "postinstall",
    "preinstall",
    "presigned",
    "password",
    "privatekey",
    "secretaccesskey",
    "secretkey",
    "secretvalue",
    "token",
    "userdata",
    "userscript",
    "webhook",
];
/// Whole names of texts in which secrets are common: configurations, commands, templates.
const CARRIERS: [&str; 6] = ["command", "config", "customconfig", "logconfig", "resolveconfig", "template"];
/// Names that have such a part and are no secrets.
const NO_SECRETS: [&str; 12] = [
    "clienttoken",
    "continuationtoken",
    "credentialid",
    "credentialtype",
    "httptokens",
    "nexttoken",
    "oidctokenexpiration",
    "pagetoken",
    "tokenid",
    "tokentype",
    "tokenvalidtime",
    "webhooktriggerid",
];

/// Whether a text of that name has to be hidden.
pub(super) fn is_secret(name: &str, ty: &Type) -> bool {
    let plain: String = name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_lowercase();
    let text = match ty.item() {
        Type::Map(item) => !matches!(**item, Type::Shape(_)),
        item => matches!(item, Type::String | Type::Json(_) | Type::Any),
    };
    let named =
        SECRETS.iter().any(|part| plain.contains(part)) && !NO_SECRETS.iter().any(|known| plain.ends_with(known));
    text && (named || CARRIERS.contains(&plain.as_str()))
}

/// The names of the identifier of a job, in small letters without separators.
const JOBS: [&str; 2] = ["jobid", "taskid"];

/// The path of the identifier of the job that an operation starts: a text of that name in the answer, or in its `status`.
pub(super) fn job(operation: &Operation, shapes: &BTreeMap<String, &Shape>) -> Option<String> {
    let is_read = operation.method.is_none_or(|method| method == Method::Get);
    let named = |fields: &[Field]| {
        let is_it = |field: &&Field| {
            field.ty == Type::String && JOBS.contains(&field.name.replace('_', "").to_lowercase().as_str())
        };
        fields.iter().find(is_it).map(|field| field.name.clone())
    };
    let inside = || {
        let status = operation.output.iter().find(|field| field.name == "status")?;
        named(&shapes.get(status.ty.shape()?)?.fields).map(|name| format!("status.{name}"))
    };
    if is_read { None } else { named(&operation.output).or_else(inside) }
}

/// Whether an input marks a call, so that the service knows a repeated one.
pub(super) fn is_token(field: &Field) -> bool {
    field.ty == Type::String && field.name.replace('_', "").to_lowercase() == "clienttoken"
}

/// How the answer comes in pages, if that is unambiguous: the inputs have one of the known pairs of names, and the
/// output has a total and one list, alone or in its only structure.
pub(super) fn paginate(operation: &Operation, shapes: &BTreeMap<String, &Shape>) -> Option<Value> {
    let mut paging = style(operation, shapes)?;
    let size = paging.get("limit").or_else(|| paging.get("size")).and_then(Value::as_str);
    let field = size.and_then(|size| operation.input.iter().find(|field| field.name == size));
    if let Some(field) = field {
        let sizes = [("default", field.default.as_ref().and_then(Value::as_i64)), ("max", field.max)];
        for (key, number) in sizes.into_iter().filter_map(|(key, number)| Some((key, number?))) {
            paging[key] = json!(number);
        }
    }
    Some(paging)
}

/// The fields of the pages, without the sizes of a page.
fn style(operation: &Operation, shapes: &BTreeMap<String, &Shape>) -> Option<Value> {
    let input = |name: &str, fits: fn(&Type) -> bool| {
        operation.input.iter().find(|field| field.name == name && fits(&field.ty)).map(|field| field.name.clone())
    };
    let (holder, fields) = match listed(&operation.output) {
        Some(_) => (String::new(), operation.output.as_slice()),
        None => {
            let mut structures = operation.output.iter().filter_map(|field| match &field.ty {
                Type::Shape(name) => Some((format!("{}.", field.name), shapes.get(name)?.fields.as_slice())),
                _ => None,
            });
            structures.next().filter(|_| structures.next().is_none())?
        }
    };
    let items = format!("{holder}{}", listed(fields)?);
    let named = |names: &[&str], fits: fn(&Type) -> bool| {
        let mut found = fields.iter().filter(|field| names.contains(&field.name.as_str()) && fits(&field.ty));
        found.next().map(|field| format!("{holder}{}", field.name))
    };
    let total = named(&["TotalCount", "Total", "total_count", "total", "totalCount", "count"], Type::is_integer);
    if let (Some(offset), Some(limit), Some(total)) =
        (input("Offset", Type::is_integer), input("Limit", Type::is_integer), &total)
    {
        return Some(json!({"style": "offset", "offset": offset, "limit": limit, "total": total, "items": items}));
    }
    let text: fn(&Type) -> bool = |ty| *ty == Type::String;
    for (token, next, size) in [("next_token", "next_token", "max_results"), ("NextToken", "NextToken", "MaxResults")] {
        if let (Some(token), Some(next)) = (input(token, text), named(&[next], text)) {
            let size = input(size, Type::is_integer);
            let mut paging = json!({"style": "token", "token": token, "next": next, "items": items});
            if let Some(size) = size {
                paging["size"] = json!(size);
            }
            return Some(paging);
        }
    }
    None
}

/// The only list of the fields that is not one of plain texts and numbers, or their only list.
fn listed(fields: &[Field]) -> Option<&str> {
    let lists: Vec<&Field> = fields.iter().filter(|field| field.ty.is_list()).collect();
    match lists.as_slice() {
        [only] => Some(&only.name),
        _ => None,
    }
}

/// What a code means: by its last part where that is plain, else by its first.
pub(super) fn kind(code: &str) -> ErrorKind {
    let (first, rest) = code.split_once('.').unwrap_or((code, ""));
    let says = |parts: &[&str]| parts.iter().any(|part| rest.contains(part));
    match first {
        _ if says(&["NotFound", "NotExist", "NoExist"]) => ErrorKind::NotFound,
        _ if says(&["NoAuth", "Unauthorized", "NotAuth", "CamNoAuth"]) => ErrorKind::Permission,
        _ if says(&["QuotaMax", "QuotaLimit", "OverLimit", "MaxLimit", "LimitExceed", "Insufficient"]) => {
            ErrorKind::Quota
        }
        _ if says(&["AlreadyExist", "Conflict", "InUse", "Exist"]) => ErrorKind::Conflict,
        "AuthFailure" => ErrorKind::Credentials,
        "UnauthorizedOperation" => ErrorKind::Permission,
        "ResourceNotFound" => ErrorKind::NotFound,
        "LimitExceeded" | "ResourceInsufficient" | "ResourcesSoldOut" => ErrorKind::Quota,
        "ResourceInUse" | "ResourceUnavailable" | "OperationDenied" => ErrorKind::Conflict,
        "RequestLimitExceeded" => ErrorKind::Throttled,
        "UnsupportedOperation" | "UnsupportedRegion" => ErrorKind::Unsupported,
        "InternalError" | "FailedOperation" => ErrorKind::Internal,
        _ => ErrorKind::Invalid,
    }
}
