//! The members of a request, gathered from path, query, headers, host and body.

use super::super::parameters::{self, Problem, scalar};
use super::super::{Request, path, text};
use super::route::cluster_of_host;
use crate::catalog::Operation;
use serde_json::{Map, Value};
use wharf_spec::file::Place;

/// Gathers the members, each by its name on the wire. Members of the path are known already.
pub(super) fn gather(
    operation: &Operation,
    request: Request<'_>,
    in_path: Map<String, Value>,
) -> Result<Map<String, Value>, Problem> {
    let mut members = in_path;
    let pairs = path::query(request.parts.uri.query().unwrap_or_default());
    let body = body(operation, request)?;
    for field in &operation.spec.input {
        let given = match field.place() {
            Place::Path => continue,
            Place::Query => pairs.iter().find(|(name, _)| *name == field.name).map(|(_, value)| value.as_str()),
            Place::Header => Some(text(request.parts, &field.name)).filter(|value| !value.is_empty()),
            Place::Host => {
                let header = Some(text(request.parts, "x-cluster-id")).filter(|value| !value.is_empty());
                cluster_of_host(request.parts).or(header).or_else(|| {
                    let (first, rest) = field.default_from.as_deref()?.split_once('.')?;
                    rest.split('.').try_fold(body.get(first)?, |value, name| value.get(name))?.as_str()
                })
            }
            Place::Body => {
                let names = std::iter::once(&field.name).chain(&field.aliases);
                if let Some(value) = names.into_iter().find_map(|name| body.get(name)) {
                    members.insert(field.name.clone(), value.clone());
                }
                continue;
            }
        };
        if let Some(given) = given {
            // Lists and structures travel in bodies.
            let value = scalar(given, &field.ty).ok_or_else(|| Problem::mistyped(&field.name, &field.ty))?;
            members.insert(field.name.clone(), value);
        }
    }
    Ok(members)
}

fn body(operation: &Operation, request: Request<'_>) -> Result<Map<String, Value>, Problem> {
    if request.body.is_empty() || !operation.spec.input.iter().any(|field| field.place() == Place::Body) {
        return Ok(Map::new());
    }
    check_media_type(text(request.parts, "content-type"))?;
    parameters::object(request.body)
}

/// A body is JSON in UTF-8. A body without a content type is treated as that.
fn check_media_type(given: &str) -> Result<(), Problem> {
    let mut parts = given.split(';').map(str::trim);
    let kind = parts.next().unwrap_or_default();
    let is_json = kind.is_empty()
        || ["application/json", "application/merge-patch+json"].iter().any(|known| kind.eq_ignore_ascii_case(known));
    let is_utf8 = |part: &str| match part.split_once('=') {
        Some((name, value)) if name.trim().eq_ignore_ascii_case("charset") => {
            value.trim().trim_matches('"').eq_ignore_ascii_case("utf-8")
        }
        _ => true,
    };
    if is_json && parts.all(is_utf8) {
        return Ok(());
    }
    Err(Problem::Malformed(format!("The header Content-Type is application/json;charset=utf-8, not {given}.")))
}
