//! What Kubernetes answers when it refuses: a `Status`, with its reason and details.

use super::resource::Resource;
use serde_json::{Value, json};

/// A refusal: an object of the kind `Status`.
#[derive(Debug, Clone, PartialEq)]
pub struct Refusal(Box<Value>);

/// The result of a request to the API server.
pub type Answer<T> = Result<T, Refusal>;

impl Refusal {
    /// A refusal with that code and reason.
    pub fn new(code: u16, reason: &str, message: impl Into<String>) -> Self {
        let message = message.into();
        Self(Box::new(json!({
            "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure",
            "message": message, "reason": reason, "details": {}, "code": code,
        })))
    }

    /// Names the object that it is about.
    fn about(mut self, resource: &Resource, name: &str, kind: &str) -> Self {
        let mut details = json!({"name": name, "kind": kind});
        if !resource.group.is_empty() {
            details["group"] = json!(resource.group);
        }
        if name.is_empty()
            && let Some(details) = details.as_object_mut()
        {
            details.remove("name");
        }
        self.0["details"] = details;
        self
    }

    /// Adds causes.
    pub fn with_causes(mut self, causes: impl IntoIterator<Item = Value>) -> Self {
        self.0["details"]["causes"] = causes.into_iter().collect();
        self
    }

    /// Sets the time after which the caller may retry.
    pub fn retry_after(mut self, seconds: u64) -> Self {
        self.0["details"]["retryAfterSeconds"] = json!(seconds);
        self
    }

    /// The object of the kind `Status`.
    pub fn into_status(self) -> Value {
        *self.0
    }

    /// The status of the HTTP answer.
    pub fn code(&self) -> u16 {
        self.0["code"].as_u64().and_then(|code| u16::try_from(code).ok()).unwrap_or(500)
    }

    /// The object is not there.
    pub fn not_found(resource: &Resource, name: &str) -> Self {
        Self::new(404, "NotFound", format!("{} \"{name}\" not found", resource.qualified())).about(
            resource,
            name,
            &resource.plural,
        )
    }

    /// No kind has that path.
    pub fn unknown_path() -> Self {
        Self::new(404, "NotFound", "the server could not find the requested resource")
    }

    /// The path has no such method.
    pub fn method_not_allowed() -> Self {
        Self::new(405, "MethodNotAllowed", "the server does not allow this method on the requested resource")
    }

    /// An object of that name is there.
    pub fn already_exists(resource: &Resource, name: &str) -> Self {
        Self::new(409, "AlreadyExists", format!("{} \"{name}\" already exists", resource.qualified())).about(
            resource,
            name,
            &resource.plural,
        )
    }

    /// The object was changed since it was read, or is another one.
    pub fn conflict(resource: &Resource, name: &str, why: &str) -> Self {
        let message = format!("Operation cannot be fulfilled on {} \"{name}\": {why}", resource.qualified());
        Self::new(409, "Conflict", message).about(resource, name, &resource.plural)
    }

    /// The object was changed since it was read.
    pub fn stale(resource: &Resource, name: &str) -> Self {
        let why = "the object has been modified; please apply your changes to the latest version and try again";
        Self::conflict(resource, name, why)
    }

    /// Fields of the object are not right.
    pub fn invalid(resource: &Resource, name: &str, faults: &[FieldFault]) -> Self {
        let texts: Vec<String> = faults.iter().map(FieldFault::text).collect();
        let list = match texts.as_slice() {
            [one] => one.clone(),
            several => format!("[{}]", several.join(", ")),
        };
        let message = format!("{} \"{name}\" is invalid: {list}", resource.qualified_kind());
        let causes = faults
            .iter()
            .map(|fault| json!({"reason": fault.reason.name(), "message": fault.message(), "field": fault.field}));
        Self::new(422, "Invalid", message).about(resource, name, &resource.kind).with_causes(causes)
    }

    /// The request cannot be read.
    pub fn bad_request(message: impl Into<String>) -> Self {
        Self::new(400, "BadRequest", message)
    }

    /// The caller may not do that.
    pub fn forbidden(resource: &Resource, name: &str, why: &str) -> Self {
        let message = if name.is_empty() {
            format!("{} is forbidden: {why}", resource.qualified())
        } else {
            format!("{} \"{name}\" is forbidden: {why}", resource.qualified())
        };
        Self::new(403, "Forbidden", message).about(resource, name, &resource.plural)
    }

    /// The changes are no longer remembered.
    pub fn expired(message: impl Into<String>) -> Self {
        Self::new(410, "Expired", message)
    }

    /// The body has a format that is not read.
    pub fn unsupported_media(accepted: &str) -> Self {
        let message =
            format!("the body of the request was in an unknown format - accepted media types include: {accepted}");
        Self::new(415, "UnsupportedMediaType", message)
    }

    /// None of the formats that the caller reads is written.
    pub fn not_acceptable() -> Self {
        let message = "only the following media types are accepted: application/json, application/json;as=Table, \
                       application/json;as=PartialObjectMetadata";
        Self::new(406, "NotAcceptable", message)
    }

    /// The API server does not answer.
    pub fn unavailable() -> Self {
        Self::new(503, "ServiceUnavailable", "the API server is not available")
    }
}

/// What is wrong with a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldReason {
    Required,
    Invalid,
    NotSupported,
    Forbidden,
    Duplicate,
    TypeInvalid,
}

impl FieldReason {
    fn name(self) -> &'static str {
        match self {
            Self::Required => "FieldValueRequired",
            Self::Invalid => "FieldValueInvalid",
            Self::NotSupported => "FieldValueNotSupported",
            Self::Forbidden => "FieldValueForbidden",
            Self::Duplicate => "FieldValueDuplicate",
            Self::TypeInvalid => "FieldValueTypeInvalid",
        }
    }
}

/// A field that is not right.
#[derive(Debug, Clone)]
pub struct FieldFault {
    pub field: String,
    pub reason: FieldReason,
    pub value: Option<Value>,
    pub why: String,
}

impl FieldFault {
    /// A value that is missing.
    pub fn required(field: impl Into<String>, why: &str) -> Self {
        Self { field: field.into(), reason: FieldReason::Required, value: None, why: why.to_owned() }
    }

    /// A value that breaks a rule.
    pub fn invalid(field: impl Into<String>, value: impl Into<Value>, why: impl Into<String>) -> Self {
        Self { field: field.into(), reason: FieldReason::Invalid, value: Some(value.into()), why: why.into() }
    }

    /// A value that is not supported.
    pub fn not_supported(field: impl Into<String>, value: impl Into<Value>, supported: &[&str]) -> Self {
        let quoted: Vec<String> = supported.iter().map(|one| format!("\"{one}\"")).collect();
        let why = format!("supported values: {}", quoted.join(", "));
        Self { field: field.into(), reason: FieldReason::NotSupported, value: Some(value.into()), why }
    }

    /// A field that may not be set or changed.
    pub fn forbidden(field: impl Into<String>, why: impl Into<String>) -> Self {
        Self { field: field.into(), reason: FieldReason::Forbidden, value: None, why: why.into() }
    }

    /// A value that another one has already.
    pub fn duplicate(field: impl Into<String>, value: impl Into<Value>) -> Self {
        Self { field: field.into(), reason: FieldReason::Duplicate, value: Some(value.into()), why: String::new() }
    }

    /// A value of another type.
    pub fn wrong_type(field: impl Into<String>, value: impl Into<Value>, why: impl Into<String>) -> Self {
        Self { field: field.into(), reason: FieldReason::TypeInvalid, value: Some(value.into()), why: why.into() }
    }

    fn message(&self) -> String {
        let value = self.value.as_ref().map(Value::to_string).unwrap_or_default();
        let start = match self.reason {
            FieldReason::Required => "Required value".to_owned(),
            FieldReason::Invalid | FieldReason::TypeInvalid => format!("Invalid value: {value}"),
            FieldReason::NotSupported => format!("Unsupported value: {value}"),
            FieldReason::Forbidden => "Forbidden".to_owned(),
            FieldReason::Duplicate => format!("Duplicate value: {value}"),
        };
        if self.why.is_empty() { start } else { format!("{start}: {}", self.why) }
    }

    fn text(&self) -> String {
        format!("{}: {}", self.field, self.message())
    }
}
