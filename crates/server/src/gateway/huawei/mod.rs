//! Huawei's dialect: resources under paths, tokens or signatures with an access key, statuses that mean something.

mod auth;
mod iam;
pub(crate) mod identity;
mod parameters;
mod route;

use super::members::{self, Problem};
use super::path::query;
use super::{Dialect, Gateway, Request, shown, text};
use crate::access;
use crate::cce::refusals::{FORBIDDEN, NO_SUCH_API};
use crate::cce::{ErrorForm, HANDLERS, RestAnswer, RestRefusal};
use crate::context::Context;
use crate::doctor::{Diagnosis, Doubt};
use crate::fault::{Effect, Struck};
use crate::journal::{Entry, SignatureMethod};
use crate::refusal::Refusal;
use bytes::Bytes;
use http::request::Parts;
use http::{HeaderValue, header};
use identity::{Caller, Project};
pub(super) use route::speaks;
use route::{Route, route};
use serde_json::{Map, Value};
use wharf_sign::{Authorization, sdk_hmac_sha256};
use wharf_spec::file::{self, Place};
use wharf_spec::{Operation, Product};

/// The word of the specs for the host of identity management.
const IAM: &str = "iam";

/// Bytes of a body that is signed with an access key.
const MOST_SIGNED: usize = 12 << 20;
/// Bytes of any other body.
const MOST: usize = 32 << 20;
/// What the gateway of the cloud says of a request that is too large, and of too many.
const TOO_LARGE: &str = "APIGW.0201";
const THROTTLED: &str = "APIGW.0308";

/// Huawei's dialect.
pub(super) struct Huawei;

impl Dialect for Huawei {
    fn identify(&self, gateway: &Gateway, request: Request<'_>, entry: &mut Entry) {
        let parts = request.parts;
        let Some(spec) = gateway.resources(parts) else { return };
        entry.product = Some(&spec.name);
        entry.signature_method = signature_method(parts);
        entry.headers = headers(parts);
        if let Route::Operation(operation, members) = route(spec, parts) {
            entry.operation.clone_from(&operation.name);
            let id = members.get("project_id").and_then(Value::as_str);
            let id = id.or(Some(text(parts, "x-project-id"))).filter(|id| !id.is_empty());
            entry.region = id.and_then(|id| gateway.identity.region(id)).unwrap_or_default();
        }
    }

    fn size_limit(&self, parts: &Parts) -> usize {
        if signature_method(parts) == SignatureMethod::SdkHmacSha256 { MOST_SIGNED } else { MOST }
    }

    fn too_large(&self, gateway: &Gateway, limit: usize, entry: &mut Entry) -> http::Response<Bytes> {
        let message = format!("The body has more than the {limit} bytes that a request of its form may have.");
        answer(gateway, Err(RestRefusal::new(413, TOO_LARGE, message)), ErrorForm::Service, entry)
    }

    fn respond(
        &self,
        gateway: &Gateway,
        request: Request<'_>,
        struck: &Struck,
        entry: &mut Entry,
    ) -> (http::Response<Bytes>, Option<Doubt>) {
        let (mut form, mut doubt) = (ErrorForm::Service, None);
        let result = call(gateway, request, struck, entry, &mut form, &mut doubt);
        (answer(gateway, result, form, entry), doubt)
    }

    fn explain(
        &self,
        gateway: &Gateway,
        request: Request<'_>,
        diagnosis: &Diagnosis,
        entry: &mut Entry,
    ) -> http::Response<Bytes> {
        let operation = gateway.resources(request.parts).map(|spec| route(spec, request.parts));
        let form = match operation {
            Some(Route::Operation(operation, _)) if operation.spec.host.as_deref() == Some(IAM) => ErrorForm::Identity,
            _ => ErrorForm::Service,
        };
        let mut refusal = auth::mismatch();
        refusal.message = format!("{} {diagnosis}", refusal.message);
        answer(gateway, Err(refusal), form, entry)
    }
}

impl Gateway {
    /// The version of the product that has the resource: paths name it. The default one if none has it.
    fn resources(&self, parts: &Parts) -> Option<&'static Product> {
        let mut versions = self.catalog.versions("cce").map(|version| version.spec());
        let found = versions.find(|spec| matches!(route(spec, parts), Route::Operation(..)));
        found.or_else(|| Some(self.catalog.product("cce")?.spec()))
    }
}

/// From the checks through the world to the answer. `form` is the format of a refusal.
fn call(
    gateway: &Gateway,
    request: Request<'_>,
    struck: &Struck,
    entry: &mut Entry,
    form: &mut ErrorForm,
    doubt: &mut Option<Doubt>,
) -> Result<RestAnswer, RestRefusal> {
    let Some(spec) = gateway.resources(request.parts) else { return Err(no_such_api()) };
    let (operation, path) = match route(spec, request.parts) {
        Route::Operation(operation, path) => (operation, path),
        Route::OtherMethods(methods) => {
            let message = format!("The method is none of this resource: {}.", methods.join(", "));
            return Err(RestRefusal::new(405, NO_SUCH_API, message));
        }
        Route::Nothing => return Err(no_such_api()),
    };
    if operation.spec.host.as_deref() == Some(IAM) {
        *form = ErrorForm::Identity;
    }
    let caller = match operation.spec.authorization {
        file::Authorization::None => None,
        _ => Some(authenticated(gateway, request, entry, doubt)?),
    };
    if let Some(Effect::Refuse(refusal)) = &struck.wire {
        *form = ErrorForm::of(&operation.name);
        return Err(injected(spec, refusal));
    }
    let project = match &caller {
        Some(caller) if operation.spec.host.as_deref() != Some(IAM) => {
            Some(project(gateway, caller, request.parts, &path)?)
        }
        _ => None,
    };
    *form = ErrorForm::of(&operation.name);
    let invalid = |problem: Problem| form.invalid(problem.to_string());
    let mut members = parameters::gather(operation, request, path).map_err(invalid)?;
    members::validate(&mut members, &operation.spec.input, spec, "").map_err(invalid)?;
    entry.parameters = members::redacted(&members, &operation.spec.input, spec);
    access::iam::check(
        caller.as_ref().and_then(|caller| caller.sub.as_deref()),
        access::Call {
            account: caller.as_ref().map_or("", |caller| &caller.account),
            region: project.as_ref().map_or("", |project| &project.name),
            operation: &operation.name,
            spec: &operation.spec,
            parameters: &members,
        },
    )?;
    entry.acted = true;
    if let Some(answer) = &struck.answer {
        let body = (answer.0)(&members).map_err(|refusal| injected(spec, &refusal))?;
        return Ok(replaced(operation, body));
    }
    match (caller, project) {
        (Some(caller), Some(project)) => {
            in_world(gateway, (spec, operation), request.parts, &caller, &project, &members)
        }
        (Some(caller), None) => {
            let pairs = query(request.parts.uri.query().unwrap_or_default());
            let name = pairs.iter().find(|(name, _)| name == "name").map(|(_, value)| value.as_str());
            Ok(iam::list_projects(gateway, &caller, name, &gateway.base_url(request.parts)))
        }
        _ => iam::create_token(gateway, &members),
    }
}

fn no_such_api() -> RestRefusal {
    RestRefusal::new(404, NO_SUCH_API, "The API does not exist or has not been published in the environment.")
}

fn authenticated(
    gateway: &Gateway,
    request: Request<'_>,
    entry: &mut Entry,
    doubt: &mut Option<Doubt>,
) -> Result<Caller, RestRefusal> {
    let caller = auth::authenticate(gateway, request).map_err(|denied| {
        *doubt = denied.doubt;
        denied.refusal
    })?;
    entry.account = Some(caller.account.clone());
    Ok(caller)
}

/// The project that the call is for, which must be one that the caller may touch: the one of the path or of the
/// header; else that of the token, or the first of the account.
fn project(
    gateway: &Gateway,
    caller: &Caller,
    parts: &Parts,
    path: &Map<String, Value>,
) -> Result<Project, RestRefusal> {
    let forbidden = |message: String| RestRefusal::new(403, FORBIDDEN, message);
    let header = Some(text(parts, "x-project-id")).filter(|id| !id.is_empty());
    let named = path.get("project_id").and_then(Value::as_str).or(header);
    let project = match (named, &caller.project) {
        (None, Some(project)) => Some(project.clone()),
        (None, None) => gateway.identity.home(&caller.account).cloned(),
        (Some(id), _) => gateway.identity.project(&caller.account, Some(id), None).cloned(),
    };
    let named = named.unwrap_or_default();
    let project = project.ok_or_else(|| forbidden(format!("The project {named} is none of the account.")))?;
    match &caller.project {
        Some(scope) if *scope != project => {
            Err(forbidden(format!("The token is for the project {}, not for {named}.", scope.id)))
        }
        _ => Ok(project),
    }
}

fn in_world(
    gateway: &Gateway,
    (spec, operation): (&Product, &'static Operation),
    parts: &Parts,
    caller: &Caller,
    project: &Project,
    members: &Map<String, Value>,
) -> Result<RestAnswer, RestRefusal> {
    let at = HANDLERS.binary_search_by(|(name, _)| (*name).cmp(&operation.name)).ok();
    let Some((name, handler)) = at.and_then(|at| HANDLERS.get(at)).filter(|_| spec.default) else {
        let message = format!("{} is checked by this server and not simulated.", operation.name);
        return Err(RestRefusal::new(501, NO_SUCH_API, message));
    };
    gateway.act(|world| {
        let context = Context {
            account: caller.account.clone(),
            region: project.name.clone(),
            operation: name,
            base_url: gateway.base_url(parts),
            now: world.now(),
        };
        handler(world, &context, members)
    })
}

/// A refusal that a test has asked for, with the status that its code has.
fn injected(spec: &Product, refusal: &Refusal) -> RestRefusal {
    let code = if refusal.code == "RequestLimitExceeded" { THROTTLED.into() } else { refusal.code.clone() };
    // The status is a part of the service's own codes: CCE.01404001.
    let told = code.strip_prefix("CCE.01").and_then(|digits| digits.get(..3)?.parse().ok());
    let known = spec.error(&code).and_then(|code| code.spec.status);
    let status = known.or(told).filter(|status| (400..600).contains(status)).unwrap_or(400);
    RestRefusal::new(status, code, refusal.message.clone())
}

/// An answer that a test has given: members that travel in headers are taken out of it.
fn replaced(operation: &'static Operation, mut body: Value) -> RestAnswer {
    let mut headers = Vec::new();
    for field in operation.spec.output.iter().filter(|field| field.place() == Place::Header) {
        if let Some(Value::String(value)) = body.as_object_mut().and_then(|members| members.remove(&field.name)) {
            headers.push((field.name.as_str(), value));
        }
    }
    RestAnswer { status: operation.spec.success.first().copied().unwrap_or(200), headers, body: Some(body) }
}

fn answer(
    gateway: &Gateway,
    result: Result<RestAnswer, RestRefusal>,
    form: ErrorForm,
    entry: &mut Entry,
) -> http::Response<Bytes> {
    let given = result.unwrap_or_else(|refusal| {
        entry.code = Some(refusal.code.to_string());
        let body = refusal.body(form, &entry.request_id);
        RestAnswer { status: refusal.status, headers: Vec::new(), body: Some(body) }
    });
    entry.status = Some(given.status);
    let body = given.body.map(|body| body.to_string()).unwrap_or_default();
    let mut answer = gateway.json(given.status, Bytes::from(body));
    let headers = answer.headers_mut();
    for (name, value) in given.headers {
        if let (Ok(name), Ok(value)) = (header::HeaderName::try_from(name), HeaderValue::from_str(&value)) {
            headers.insert(name, value);
        }
    }
    if let Ok(value) = HeaderValue::from_str(&entry.request_id) {
        headers.insert("x-request-id", value);
    }
    answer
}

fn signature_method(parts: &Parts) -> SignatureMethod {
    if parts.headers.contains_key("x-auth-token") {
        SignatureMethod::Token
    } else if parts.headers.contains_key(header::AUTHORIZATION) {
        SignatureMethod::SdkHmacSha256
    } else {
        SignatureMethod::None
    }
}

/// The headers that a test may want to see.
fn headers(parts: &Parts) -> Vec<(String, String)> {
    const PLAIN: [&str; 7] = [
        "content-length",
        "content-type",
        "user-agent",
        "x-cluster-id",
        "x-project-id",
        "x-sdk-content-sha256",
        "x-sdk-date",
    ];
    let mut out = vec![("host".to_owned(), super::host(parts).to_owned())];
    if let Ok(Authorization { id, signed_headers, .. }) = sdk_hmac_sha256::parse(text(parts, "authorization")) {
        out.push(("authorization".to_owned(), format!("SDK-HMAC-SHA256 Access={id}, SignedHeaders={signed_headers}")));
    }
    out.extend(shown(parts, &PLAIN));
    out
}
