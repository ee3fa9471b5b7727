//! Huawei's dialect: resources under paths, tokens or signatures with an access key, statuses that mean something.

mod auth;
mod error_form;
mod iam;
pub(crate) mod identity;
mod parameters;
mod route;

use super::dialect::{Call, Caller, Claims, Denied, Dialect, Found, Reply, Route};
use super::parameters::{Problem, Rules, hidden};
use super::{Gateway, Request, shown, text};
use crate::access::Vendor;
use crate::catalog::{Operation, Product};
use crate::doctor::Hide;
use crate::journal::{Entry, SignatureMethod};
use crate::kubernetes::{self, ClusterKey};
use crate::refusal::Refusal;
use bytes::Bytes;
pub(crate) use error_form::{ADDON_BODY, ErrorForm, INVALID, NO_SUCH_API};
use http::request::Parts;
use http::{HeaderValue, header};
pub(super) use route::speaks;
use serde_json::{Map, Value};
use wharf_sign::{Authorization, sdk_hmac_sha256};

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
pub(super) struct Huawei<'a> {
    request: Request<'a>,
    parts: &'a Parts,
}

impl<'a> Huawei<'a> {
    pub(super) fn new(request: Request<'a>) -> Self {
        Self { request, parts: request.parts }
    }

    /// The project that the call names: in the path, else in the header.
    fn project<'b>(&'b self, path: &'b Map<String, Value>) -> Option<&'b str> {
        let header = Some(text(self.parts, "x-project-id")).filter(|id| !id.is_empty());
        path.get("project_id").and_then(Value::as_str).or(header)
    }

    /// The region of the project that the call is for, or why the caller may not touch it.
    fn region_of(&self, gateway: &Gateway, path: &Map<String, Value>, caller: &Caller) -> Result<String, String> {
        let named = self.project(path);
        let project = match named.or(caller.project.as_deref()) {
            Some(id) => gateway.accounts.project(&caller.account, Some(id), None),
            None => gateway.accounts.home(&caller.account),
        };
        let named = named.unwrap_or_default();
        let project = project.ok_or_else(|| format!("The project {named} does not belong to the account."))?;
        match &caller.project {
            Some(scope) if *scope != project.id => {
                Err(format!("The token is for the project {scope}, not for {named}."))
            }
            _ => Ok(project.name.clone()),
        }
    }
}

impl Dialect for Huawei<'_> {
    fn vendor(&self) -> Vendor {
        Vendor::Huawei
    }

    fn rules(&self) -> Rules {
        Rules::HUAWEI
    }

    fn identify(&self, gateway: &Gateway, entry: &mut Entry) {
        entry.product = Some(route::PRODUCT);
        entry.signature_method = signature_method(self.parts);
        entry.headers = headers(self.parts);
        entry.caller = auth::key(self.parts);
        if let Ok(Route { operation, path, .. }) = self.route(gateway) {
            operation.name.clone_into(&mut entry.operation);
            let project = self.project(&path).filter(|id| !id.is_empty());
            entry.region = project.and_then(|id| gateway.accounts.region_of(id)).unwrap_or_default();
        } else if route::api_server(gateway.catalog, self.parts).is_some() {
            entry.operation = kubernetes::operation(self.parts);
        }
    }

    fn hide(&self, gateway: &Gateway) -> Hide {
        let route = self.route(gateway).ok();
        let found = route.map(|route| (route.product.spec(), route.operation.spec.input.as_slice()));
        Box::new(move |name| found.and_then(|(spec, fields)| hidden(spec, fields, name)).unwrap_or(false))
    }

    fn size_limit(&self) -> usize {
        if signature_method(self.parts) == SignatureMethod::SdkHmacSha256 { MOST_SIGNED } else { MOST }
    }

    fn too_large(&self, limit: usize) -> Refusal {
        let message = format!("The body has more than the {limit} bytes that a request of its form may have.");
        Refusal::with_status(413, TOO_LARGE, message)
    }

    fn route(&self, gateway: &Gateway) -> Result<Route, Refusal> {
        route::route(gateway.catalog, self.parts)
    }

    fn api_server(&self, gateway: &Gateway, caller: &Caller) -> Option<Result<ClusterKey, Refusal>> {
        let id = route::api_server(gateway.catalog, self.parts)?;
        let region = self.region_of(gateway, &Map::new(), caller);
        let key = |region| ClusterKey { product: route::PRODUCT, account: caller.account.clone(), region, id };
        Some(region.map(key).map_err(|message| ErrorForm::Service.forbidden(message)))
    }

    fn unknown(&self, _operation: &Operation) -> Refusal {
        route::unknown()
    }

    fn authenticate(&self, gateway: &Gateway, _route: Option<&Route>) -> Result<Caller, Denied> {
        auth::authenticate(gateway, self.request, self.hide(gateway))
    }

    /// The region of the project that the call is for, which must be one that the caller may touch: the one that is
    /// named, else that of the token, or the first of the account. Identity management is for all regions.
    fn region(&self, gateway: &Gateway, route: &Route, caller: &Caller) -> Result<String, Refusal> {
        if is_iam(&route.operation) {
            return Ok(String::new());
        }
        self.region_of(gateway, &route.path, caller)
            .map_err(|message| ErrorForm::of(route.operation.name).forbidden(message))
    }

    fn claims(&self, gateway: &Gateway) -> Claims {
        auth::claims(gateway, self.parts)
    }

    fn throttled(&self, why: String) -> Refusal {
        Refusal::new(THROTTLED, why)
    }

    fn expired_token(&self) -> Refusal {
        auth::expired_token()
    }

    fn gather(&self, route: Route) -> Result<Map<String, Value>, Problem> {
        parameters::gather(&route.operation, self.request, route.path)
    }

    fn invalid(&self, _product: &Product, operation: &Operation, problem: Problem) -> Refusal {
        ErrorForm::of(operation.name).invalid(problem.to_string())
    }

    fn serve(&self, gateway: &Gateway, call: &Call<'_>) -> Option<Result<Value, Refusal>> {
        is_iam(&call.operation).then(|| iam::serve(gateway, self.parts, call))
    }

    fn not_simulated(&self, operation: &Operation) -> Refusal {
        let message = format!("The reference server checks {} and does not simulate it.", operation.name);
        Refusal::with_status(501, NO_SUCH_API, message)
    }

    fn mismatch(&self) -> Refusal {
        auth::mismatch()
    }

    fn reply(&self, gateway: &Gateway, reply: Reply, entry: &mut Entry) -> http::Response<Bytes> {
        let Reply { status, headers, body, .. } = reply;
        let mut answer = write(gateway, status, &body, entry);
        for (name, value) in headers {
            if let (Ok(name), Ok(value)) = (header::HeaderName::try_from(name), HeaderValue::from_str(&value)) {
                answer.headers_mut().insert(name, value);
            }
        }
        answer
    }

    fn refuse(
        &self,
        gateway: &Gateway,
        found: Option<Found>,
        refusal: Refusal,
        entry: &mut Entry,
    ) -> http::Response<Bytes> {
        let code = refusal.code;
        let operation = found.as_ref().map(|(_, operation)| operation);
        let form = match operation {
            Some(operation) if is_iam(operation) => ErrorForm::Identity,
            // The cloud's own gateway knows nothing of the forms behind it.
            Some(operation) if !code.starts_with("APIGW.") => ErrorForm::of(operation.name),
            _ => ErrorForm::Service,
        };
        // The status is a part of the service's own codes: CCE.01404001.
        let told = || code.strip_prefix("CCE.01").and_then(|digits| digits.get(..3)?.parse().ok());
        let known = || found.and_then(|(product, _)| product.spec().error(&code)?.spec.status);
        let status = refusal.status.or_else(known).or_else(told).filter(|status| (400..600).contains(status));
        let status = status.unwrap_or(400);
        let body = form.body(status, &code, &refusal.message, &entry.request_id);
        entry.code = Some(code.into_owned());
        write(gateway, status, &body, entry)
    }
}

fn is_iam(operation: &Operation) -> bool {
    operation.spec.host.as_deref() == Some(IAM)
}

fn write(gateway: &Gateway, status: u16, body: &Value, entry: &Entry) -> http::Response<Bytes> {
    let text = if body.is_null() { String::new() } else { body.to_string() };
    let mut answer = gateway.json(status, Bytes::from(text));
    if let Ok(value) = HeaderValue::from_str(&entry.request_id) {
        answer.headers_mut().insert("x-request-id", value);
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
    let authorization = sdk_hmac_sha256::parse(text(parts, "authorization")).ok();
    let authorization = authorization.map(|Authorization { id, signed_headers, .. }| {
        format!("SDK-HMAC-SHA256 Access={id}, SignedHeaders={signed_headers}")
    });
    shown(parts, authorization, &PLAIN)
}
