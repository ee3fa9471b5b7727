//! Requests to the API server and its answers; what a path and a query ask for.

use super::refusal::{Answer, Refusal};
use percent_encoding::percent_decode_str;
use serde_json::Value;

/// A request to the API server of a cluster.
#[derive(Clone, Copy, Default)]
pub struct ApiRequest<'a> {
    pub method: &'a str,
    pub path_and_query: &'a str,
    /// The header `Accept`, or nothing.
    pub accept: &'a str,
    /// The header `Content-Type`, or nothing.
    pub content_type: &'a str,
    /// The header `User-Agent`, or nothing: what names the manager of fields if the query does not.
    pub user_agent: &'a str,
    pub body: &'a [u8],
    pub user: User<'a>,
}

/// Who sends a request.
#[derive(Debug, Clone, Copy)]
pub struct User<'a> {
    pub name: &'a str,
    pub groups: &'a [&'a str],
}

impl Default for User<'_> {
    fn default() -> Self {
        Self { name: "admin", groups: &["system:masters", "system:authenticated"] }
    }
}

/// The answer of the API server.
#[derive(Clone, PartialEq, Eq)]
pub struct ApiResponse {
    pub status: u16,
    pub content_type: &'static str,
    pub body: Vec<u8>,
    /// What the caller should know, each for a header `Warning` of its own.
    pub warnings: Vec<String>,
}

/// Shows no contents: they can hold secrets.
impl std::fmt::Debug for ApiRequest<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut shown = f.debug_struct("ApiRequest");
        shown.field("method", &self.method).field("path_and_query", &self.path_and_query).finish_non_exhaustive()
    }
}

/// Shows no contents: they can hold secrets.
impl std::fmt::Debug for ApiResponse {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ApiResponse").field("status", &self.status).finish_non_exhaustive()
    }
}

impl ApiResponse {
    /// An answer in JSON.
    pub fn json(status: u16, value: &Value) -> Self {
        Self { status, content_type: "application/json", body: value.to_string().into_bytes(), warnings: Vec::new() }
    }

    /// An answer in plain text.
    pub fn text(status: u16, text: impl Into<String>) -> Self {
        Self { status, content_type: "text/plain", body: text.into().into_bytes(), warnings: Vec::new() }
    }

    /// The answer as text.
    pub fn into_text(self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

impl From<Refusal> for ApiResponse {
    fn from(refused: Refusal) -> Self {
        Self::json(refused.code(), &refused.into_status())
    }
}

/// What a path names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    Paths,
    Version,
    Health,
    CoreVersions,
    Groups,
    Group(String),
    GroupVersion { group: String, version: String },
    OpenApiV2,
    OpenApiV3,
    OpenApiV3Of(String),
    Object(ObjectPath),
    Unknown,
}

/// The object, or the list of objects, that a path names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ObjectPath {
    pub group: String,
    pub version: String,
    pub plural: String,
    pub namespace: Option<String>,
    pub name: Option<String>,
    pub subresource: Option<String>,
    /// Whether the path has the old form that asks for a watch.
    pub watch: bool,
}

/// Reads a path.
pub fn target(path: &str) -> Target {
    let decoded = percent_decode_str(path).decode_utf8_lossy();
    let parts: Vec<&str> = decoded.trim_matches('/').split('/').collect();
    let own = |text: &str| text.to_owned();
    match parts.as_slice() {
        [""] => Target::Paths,
        ["version"] => Target::Version,
        ["healthz" | "livez" | "readyz", ..] => Target::Health,
        ["api"] => Target::CoreVersions,
        ["apis"] => Target::Groups,
        ["openapi", "v2"] => Target::OpenApiV2,
        ["openapi", "v3"] => Target::OpenApiV3,
        ["openapi", "v3", rest @ ..] => Target::OpenApiV3Of(rest.join("/")),
        ["api", version] => Target::GroupVersion { group: String::new(), version: own(version) },
        ["apis", group] => Target::Group(own(group)),
        ["apis", group, version] => Target::GroupVersion { group: own(group), version: own(version) },
        ["api", version, rest @ ..] => object("", version, rest),
        ["apis", group, version, rest @ ..] => object(group, version, rest),
        _ => Target::Unknown,
    }
}

fn object(group: &str, version: &str, rest: &[&str]) -> Target {
    let (watch, rest) = match rest {
        ["watch", rest @ ..] if !rest.is_empty() => (true, rest),
        rest => (false, rest),
    };
    let own = |text: &&str| (*text).to_owned();
    let (namespace, rest) = match rest {
        ["namespaces", name, "status" | "finalize"] if !name.is_empty() => (None, rest),
        ["namespaces", namespace, rest @ ..] if !rest.is_empty() => (Some(own(namespace)), rest),
        rest => (None, rest),
    };
    let (plural, name, subresource) = match rest {
        [plural] => (plural, None, None),
        [plural, name] => (plural, Some(name), None),
        [plural, name, sub @ ..] => (plural, Some(name), Some(sub.join("/"))),
        [] => return Target::Unknown,
    };
    Target::Object(ObjectPath {
        group: group.to_owned(),
        version: version.to_owned(),
        plural: own(plural),
        namespace,
        name: name.map(own),
        subresource,
        watch,
    })
}

/// The parameters of a query.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Query(Vec<(String, String)>);

impl Query {
    /// Reads a query.
    pub fn read(query: &str) -> Self {
        let decode = |text: &str| percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned();
        let pairs = query.split('&').filter(|pair| !pair.is_empty());
        Self(
            pairs.map(|pair| pair.split_once('=').unwrap_or((pair, ""))).map(|(n, v)| (decode(n), decode(v))).collect(),
        )
    }

    /// The first value of that name that is not empty.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(there, value)| there == name && !value.is_empty()).map(|(_, value)| value.as_str())
    }

    /// All values of that name.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(there, _)| there == name).map(|(_, value)| value.as_str())
    }

    /// A parameter that is true or false.
    pub fn flag(&self, name: &str) -> Answer<bool> {
        match self.get(name) {
            None | Some("false" | "0") => Ok(false),
            Some("true" | "1") => Ok(true),
            Some(other) => Err(Refusal::bad_request(format!("{name}: \"{other}\" is not true or false"))),
        }
    }

    /// A parameter that is a number.
    pub fn number(&self, name: &str) -> Answer<Option<u64>> {
        let read = |text: &str| {
            text.parse().map_err(|_| Refusal::bad_request(format!("{name}: \"{text}\" is not a whole number")))
        };
        self.get(name).map(read).transpose()
    }

    /// Whether nothing is to be kept: `dryRun=All`.
    pub fn dry_run(&self) -> Answer<bool> {
        let mut dry = false;
        for value in self.all("dryRun") {
            if value != "All" {
                return Err(Refusal::bad_request(format!(
                    "dryRun: Unsupported value: \"{value}\": supported values: \"All\""
                )));
            }
            dry = true;
        }
        Ok(dry)
    }
}

/// The form of the answer that a caller asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    Whole,
    Table,
    Partial,
    /// Discovery of all groups in one document; the word that says in which version.
    Aggregated(&'static str),
}

/// Reads the header `Accept`: the first form that is known. `whole` says whether the answer has other forms at all.
pub fn form(accept: &str) -> Answer<Form> {
    if accept.trim().is_empty() {
        return Ok(Form::Whole);
    }
    for offer in accept.split(',') {
        let mut parts = offer.split(';').map(str::trim);
        let kind = parts.next().unwrap_or("");
        let parameters: Vec<(&str, &str)> = parts.filter_map(|part| part.split_once('=')).collect();
        let get = |name: &str| parameters.iter().find(|(there, _)| *there == name).map(|(_, value)| *value);
        if !matches!(kind, "application/json" | "*/*" | "application/*") {
            continue;
        }
        match (get("as"), get("g"), get("v")) {
            (None, ..) => return Ok(Form::Whole),
            (Some("Table"), _, Some("v1" | "v1beta1") | None) => return Ok(Form::Table),
            (Some("PartialObjectMetadata" | "PartialObjectMetadataList"), ..) => return Ok(Form::Partial),
            (Some("APIGroupDiscoveryList"), Some("apidiscovery.k8s.io"), Some("v2")) => {
                return Ok(Form::Aggregated("v2"));
            }
            (Some("APIGroupDiscoveryList"), Some("apidiscovery.k8s.io"), Some("v2beta1")) => {
                return Ok(Form::Aggregated("v2beta1"));
            }
            _ => {}
        }
    }
    Err(Refusal::not_acceptable())
}

/// The media type of a header without its parameters, in small letters.
pub fn media_type(header: &str) -> String {
    header.split(';').next().unwrap_or("").trim().to_ascii_lowercase()
}

/// Reads a body in JSON or YAML.
pub fn body(content_type: &str, bytes: &[u8]) -> Answer<Value> {
    let bad = |error: String| Refusal::bad_request(format!("the object provided is unrecognized: {error}"));
    match media_type(content_type).as_str() {
        "" | "application/json" | "*/*" => serde_json::from_slice(bytes).map_err(|error| bad(error.to_string())),
        "application/yaml" | "application/x-yaml" | "text/yaml" => yaml(bytes),
        "application/vnd.kubernetes.protobuf" => super::protobuf::decode(bytes),
        _ => Err(Refusal::unsupported_media("application/json, application/yaml, application/vnd.kubernetes.protobuf")),
    }
}

/// Reads YAML.
pub fn yaml(bytes: &[u8]) -> Answer<Value> {
    let text = std::str::from_utf8(bytes).map_err(|_| Refusal::bad_request("the body is not UTF-8"))?;
    serde_saphyr::from_str(text).map_err(|error| Refusal::bad_request(format!("error parsing YAML: {error}")))
}

#[cfg(test)]
mod tests;
