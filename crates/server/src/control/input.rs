//! The input of requests: the cloud, the query and the body in JSON.

use super::Problem;
use crate::Cloud;
use crate::clock::{FASTEST, Time};
use crate::gateway::Share;
use crate::gateway::read::{self, Failure};
use crate::listen::Service;
use bytes::Bytes;
use http::request::Parts;
use http::{Method, header};
use percent_encoding::percent_decode_str;
use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::error::Error as StdError;
use std::sync::Arc;
use wharf_core::credentials::Credentials;
use wharf_core::model::Secret;

/// Bytes that a body may have, and the body with a world.
const MOST: usize = 1 << 20;
pub(super) const MOST_WORLD: usize = 64 << 20;
/// Parameters of a query.
const MOST_PARAMETERS: usize = 32;

/// A request that may use the control API, with its body.
pub(super) struct Call {
    pub(super) parts: Parts,
    pub(super) body: Bytes,
    /// The first cloud.
    pub(super) first: Cloud,
    query: Vec<(String, String)>,
    /// The part of the body in what is being read.
    _share: Share,
}

impl Call {
    /// Reads the body and the query.
    pub(super) async fn read<B>(service: &Service, parts: Parts, body: B) -> Result<Self, Problem>
    where
        B: hyper::body::Body<Data = Bytes> + Unpin,
        B::Error: Into<Box<dyn StdError + Send + Sync>>,
    {
        let gateway = service.clouds.first().ok_or_else(|| Problem::internal("there is no cloud"))?;
        let most = if parts.uri.path().ends_with("/world") { MOST_WORLD } else { MOST };
        let (body, share) = match read::body(&parts, body, most, &gateway.reading).await {
            Ok(body) => body,
            Err(Failure::TooLarge) => {
                let message = "the body is too large";
                return Err(Problem::http(413, "", message, format!("at most {most} bytes")));
            }
            Err(Failure::Busy) => {
                return Err(Problem::http(503, "", "too much is being sent at the same time", "a later request"));
            }
            Err(Failure::Gone) => return Err(Problem::wrong("", "the body ended too early", "the whole body")),
        };
        check_content_type(&parts, &body)?;
        let host = parts.headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
        let endpoint: Arc<str> = format!("{}://{host}", service.scheme).into();
        let first = Cloud { gateway, clouds: service.clouds.clone(), endpoint };
        let query = query(parts.uri.query().unwrap_or_default())?;
        Ok(Self { parts, body, first, query, _share: share })
    }

    /// The cloud that the request is about.
    pub(super) fn cloud(&self) -> Result<Cloud, Problem> {
        match self.parameter("cloud") {
            None => Ok(self.first.clone()),
            Some(key) => self.cloud_of(key),
        }
    }

    /// The cloud that has a key.
    pub(super) fn cloud_of(&self, key: &str) -> Result<Cloud, Problem> {
        let unknown = || Problem::unknown("cloud", format!("no cloud has the key {key:?}"), "a key of a cloud");
        self.first.sibling(key).ok_or_else(unknown)
    }

    /// A parameter of the query.
    pub(super) fn parameter(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Refuses parameters that the operation does not have.
    pub(super) fn check_parameters(&self, known: &[&str]) -> Result<(), Problem> {
        let unknown = self.query.iter().find(|(name, _)| !known.contains(&name.as_str()));
        match unknown {
            None => Ok(()),
            Some((name, _)) if known.is_empty() => {
                Err(Problem::wrong(name.as_str(), "unknown parameter", "no parameters"))
            }
            Some((name, _)) => {
                Err(Problem::wrong(name.as_str(), "unknown parameter", format!("one of {}", known.join(", "))))
            }
        }
    }

    /// The body as what it is to be.
    pub(super) fn json<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        read_json(&self.body)
    }
}

/// Reads an object in JSON. The problem names the place of what is wrong.
pub(crate) fn read_json<'de, T: Deserialize<'de>>(text: &'de [u8]) -> Result<T, Problem> {
    // A structure could be read from a list of its members, too.
    if text.iter().find(|byte| !byte.is_ascii_whitespace()).is_some_and(|first| *first != b'{') {
        return Err(Problem::wrong("", "this is no object", "an object in JSON"));
    }
    let mut reader = serde_json::Deserializer::from_slice(text);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let place = error.path().to_string();
        Problem::of_json(&place, error.inner())
    })?;
    reader.end().map_err(|error| Problem::of_json("", &error))?;
    Ok(value)
}

/// Bodies are JSON and say so: forms of web pages cannot.
fn check_content_type(parts: &Parts, body: &Bytes) -> Result<(), Problem> {
    let value = parts.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let essence = value.map(|value| value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase());
    match essence.as_deref() {
        Some("application/json") => Ok(()),
        None if body.is_empty() || parts.method == Method::GET => Ok(()),
        _ => Err(Problem::http(415, "Content-Type", "the body is not JSON", "application/json")),
    }
}

fn query(text: &str) -> Result<Vec<(String, String)>, Problem> {
    let pairs: Vec<&str> = text.split('&').filter(|pair| !pair.is_empty()).take(MOST_PARAMETERS + 1).collect();
    if pairs.len() > MOST_PARAMETERS {
        return Err(Problem::wrong("", "there are too many parameters", format!("at most {MOST_PARAMETERS}")));
    }
    let mut read: Vec<(String, String)> = Vec::new();
    for pair in pairs {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let (name, value) = (decoded(name)?, decoded(value)?);
        if read.iter().any(|(known, _)| *known == name) {
            return Err(Problem::wrong(name, "the parameter is given twice", "it once"));
        }
        read.push((name, value));
    }
    Ok(read)
}

/// The text without its escapes.
pub(super) fn decoded(text: &str) -> Result<String, Problem> {
    let spaced = text.replace('+', " ");
    let decoded = percent_decode_str(&spaced).decode_utf8();
    decoded.map(std::borrow::Cow::into_owned).map_err(|_| Problem::wrong("", "an escape is not UTF-8", "UTF-8"))
}

/// Credentials in JSON.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CredentialsJson {
    pub(crate) id: String,
    pub(crate) secret: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) token: Option<String>,
}

impl From<CredentialsJson> for Credentials {
    fn from(json: CredentialsJson) -> Self {
        let credentials = Self::new(json.id, Secret::from(json.secret));
        match json.token {
            Some(token) => credentials.with_token(Secret::from(token)),
            None => credentials,
        }
    }
}

impl From<&Credentials> for CredentialsJson {
    fn from(credentials: &Credentials) -> Self {
        Self {
            id: credentials.id().to_owned(),
            secret: credentials.secret().expose().to_owned(),
            token: credentials.token().map(|token| token.expose().to_owned()),
        }
    }
}

/// The speed of world time in JSON: `"manual"` or a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Speed(pub(crate) Time);

impl Serialize for Speed {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0.factor() {
            Some(factor) => serializer.serialize_u32(factor),
            None => serializer.serialize_str("manual"),
        }
    }
}

impl<'de> Deserialize<'de> for Speed {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let expected = format!("expected \"manual\" or an integer from 1 to {FASTEST}");
        match serde_json::Value::deserialize(deserializer)? {
            serde_json::Value::String(text) if text == "manual" => Ok(Self(Time::Manual)),
            serde_json::Value::Number(number) => {
                let factor = number.as_u64().and_then(|factor| u32::try_from(factor).ok());
                let factor = factor.filter(|factor| (1..=FASTEST).contains(factor));
                let wrong = || D::Error::custom(format!("{number} is no speed, {expected}"));
                factor.map(|factor| Self(Time::of_factor(factor))).ok_or_else(wrong)
            }
            _ => Err(D::Error::custom(format!("this is no speed, {expected}"))),
        }
    }
}
