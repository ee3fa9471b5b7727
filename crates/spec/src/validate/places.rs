//! What an operation needs beyond its fields, by protocol, and where its fields may travel.

use super::{At, Check};
use crate::file::{self, Authorization, Field, ListStyle, Place, Protocol};
use crate::model::Operation;
use crate::types::Type;

/// The input that names the cluster of a host.
const CLUSTER: &str = "cluster_id";
/// What holds the output in answers of API 2.0.
const ENVELOPE: &str = "data";
/// The word for the host that names a cluster, `{cluster_id}.{endpoint}`.
const CLUSTER_HOST: &str = "cluster";

pub(super) fn check(check: &mut Check<'_>, at: &At<'_>, operation: &Operation) {
    let spec = &operation.spec;
    match check.product.protocol {
        protocol @ (Protocol::TencentV3 | Protocol::TencentV2 | Protocol::AcsRpc) => action(check, at, spec, protocol),
        Protocol::Rest => {
            rest(check, at, spec);
            if let Some(path) = &spec.path {
                self::path(check, at, path, &spec.input);
            }
            let inputs = spec.input.iter().map(|field| ("input", field));
            for (part, field) in inputs.chain(spec.output.iter().map(|field| ("output", field))) {
                self::field(check, at, part, field);
            }
            payload(check, at, "input", &spec.input);
            payload(check, at, "output", &spec.output);
        }
    }
    for field in &spec.input {
        if let Some(way) = &field.default_from {
            default_from(check, at, operation, field, way);
        }
    }
    envelope(check, at, spec);
    if let Some(way) = operation.job() {
        match check.product.output_field(operation, way) {
            None => check.report(at, "job", format!("{way} is not a field of the output")),
            Some(field) if field.ty != Type::String => {
                check.report(at, "job", format!("{way} is `{}`, not a string", field.ty));
            }
            Some(_) => {}
        }
    }
}

/// An operation that is named by its action.
fn action(check: &mut Check<'_>, at: &At<'_>, spec: &file::Operation, protocol: Protocol) {
    let name = protocol.as_str();
    // API 2.0 has a host for each service behind it.
    let old = protocol == Protocol::TencentV2;
    if !matches!(spec.authorization, Authorization::Signature | Authorization::Cam) {
        check.report(at, "authorization", format!("is none of the protocol {name}"));
    }
    for (key, there) in [
        ("method", spec.method.is_some()),
        ("path", spec.path.is_some()),
        ("host", spec.host.is_some() && !old),
        ("success", !spec.success.is_empty()),
        ("failure", !spec.failure.is_empty()),
    ] {
        if there {
            check.report(at, key, format!("is fixed by the protocol {name}"));
        }
    }
    for (part, fields) in [("input", &spec.input), ("output", &spec.output)] {
        for field in fields {
            if field.place.is_some() || field.payload || field.from_connection || field.style.is_some() {
                let message = format!("has a place, which the protocol {name} fixes");
                check.report(at, format!("{part} {}", field.name), message);
            }
        }
    }
}

/// What holds the output in an answer of API 2.0, and what an answer has beside it.
fn envelope(check: &mut Check<'_>, at: &At<'_>, spec: &file::Operation) {
    if check.product.protocol != Protocol::TencentV2 {
        if spec.envelope.is_some() {
            check.report(at, "envelope", "belongs to the protocol tencent_v2");
        }
        return;
    }
    if spec.envelope.as_deref().is_some_and(|name| name != ENVELOPE) {
        check.report(at, "envelope", format!("is not {ENVELOPE}"));
    }
    for field in &spec.output {
        if [ENVELOPE, "code", "codeDesc", "message"].contains(&field.name.as_str()) {
            check.report(at, format!("output {}", field.name), "belongs to the envelope of the answer");
        }
    }
}

/// An operation with a method and a path.
fn rest(check: &mut Check<'_>, at: &At<'_>, spec: &file::Operation) {
    for (key, there) in [
        ("method", spec.method.is_some()),
        ("path", spec.path.is_some()),
        ("host", spec.host.is_some()),
        ("success", !spec.success.is_empty()),
    ] {
        if !there {
            check.report(at, key, "is missing");
        }
    }
    if spec.authorization == Authorization::Cam {
        check.report(at, "authorization", "is none of the protocol rest");
    }
    for (key, codes, allowed) in [("success", &spec.success, 200..300), ("failure", &spec.failure, 400..600)] {
        for code in codes.iter().filter(|code| !allowed.contains(*code)) {
            check.report(at, key, format!("{code} is not one of {key}"));
        }
    }
    let names_cluster =
        |field: &Field| field.name == CLUSTER && matches!(field.place, Some(Place::Host | Place::Query));
    if spec.host.as_deref() == Some(CLUSTER_HOST) && !spec.input.iter().any(names_cluster) {
        check.report(at, "host", format!("is that of a cluster, and no input {CLUSTER} names it"));
    }
    for field in &spec.input {
        let name = || format!("input {}", field.name);
        if field.place.is_none() {
            check.report(at, name(), "does not say where it travels");
        }
        if field.place == Some(Place::Host) && spec.host.as_deref() != Some(CLUSTER_HOST) {
            check.report(at, name(), "travels in the host name, which is not that of a cluster");
        }
    }
}

/// What stands in braces is a required input, and the other way round.
fn path(check: &mut Check<'_>, at: &At<'_>, path: &str, inputs: &[Field]) {
    if !path.starts_with('/') {
        check.report(at, "path", "does not begin with a slash");
    }
    let mut holes: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) {
            Some(hole) if holes.contains(&hole) => check.report(at, "path", format!("{{{hole}}} is there twice")),
            Some(hole) => holes.push(hole),
            None if !part.chars().all(|char| char.is_ascii_alphanumeric() || matches!(char, '.' | '-' | '_')) => {
                check.report(at, "path", format!("`{part}` is neither a word nor a name in braces"));
            }
            // A service would take them away, and sign another path.
            None if matches!(part, "." | "..") => check.report(at, "path", format!("`{part}` names another path")),
            None => {}
        }
    }
    for hole in &holes {
        match inputs.iter().find(|field| field.name == *hole && field.place == Some(Place::Path)) {
            None => check.report(at, "path", format!("{{{hole}}} is no input that travels in the path")),
            Some(field) if !field.required => {
                check.report(at, format!("input {hole}"), "travels in the path and is not required");
            }
            Some(_) => {}
        }
    }
    for field in inputs.iter().filter(|field| field.place == Some(Place::Path)) {
        if !holes.contains(&field.name.as_str()) {
            check.report(at, format!("input {}", field.name), "travels in the path, which has no place for it");
        }
    }
}

fn field(check: &mut Check<'_>, at: &At<'_>, part: &str, field: &Field) {
    let name = format!("{part} {}", field.name);
    let place = field.place();
    if part == "output" {
        if !matches!(place, Place::Header | Place::Body) {
            check.report(at, &name, format!("an answer has no {}", place.as_str()));
        }
        if field.fixed.is_some() || field.from_connection || field.default_from.is_some() {
            check.report(at, &name, "an answer is not filled in");
        }
    }
    if field.fixed.is_some() && place != Place::Body {
        check.report(at, &name, "a const outside of the body");
    }
    if field.from_connection && place != Place::Path {
        check.report(at, &name, "from_connection outside of the path");
    }
    if field.style.is_some() && !(place == Place::Query && field.ty.is_list()) {
        check.report(at, &name, "a style, which only lists in the query have");
    }
    let is_plain =
        |ty: &Type| matches!(ty, Type::String | Type::Int | Type::Uint | Type::Float | Type::Bool | Type::Timestamp);
    let plain = is_plain(&field.ty);
    let fits = match place {
        Place::Body => true,
        Place::Path | Place::Host => field.ty == Type::String,
        Place::Header => plain,
        // A JSON list can have structures in it.
        Place::Query => {
            let is_json = field.style == Some(ListStyle::Json);
            plain || matches!(&field.ty, Type::List(item) if is_json || is_plain(item))
        }
    };
    if !fits {
        check.report(at, &name, format!("the type `{}` does not fit in the {}", field.ty, place.as_str()));
    }
}

/// A field that is the whole body is alone in it.
fn payload(check: &mut Check<'_>, at: &At<'_>, part: &str, fields: &[Field]) {
    for field in fields.iter().filter(|field| field.payload) {
        let name = format!("{part} {}", field.name);
        if field.place() != Place::Body {
            check.report(at, name, "is the whole body and travels elsewhere");
        } else if fields.iter().any(|other| other.name != field.name && other.place() == Place::Body) {
            check.report(at, name, "is the whole body, and there are other fields in it");
        }
    }
}

fn default_from(check: &mut Check<'_>, at: &At<'_>, operation: &Operation, field: &Field, way: &str) {
    let name = format!("input {}", field.name);
    match check.product.input_field(operation, way) {
        None => check.report(at, name, format!("default_from: {way} is not a field of the input")),
        Some(other) if other.ty != field.ty => {
            let message = format!("default_from: {way} is `{}` and this is `{}`", other.ty, field.ty);
            check.report(at, name, message);
        }
        Some(_) => {}
    }
}
