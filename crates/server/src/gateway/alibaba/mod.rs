//! Alibaba's dialect: resources under paths or one action, three kinds of signatures, XML unless JSON is asked for.

mod answer;
mod arrival;
mod auth;
mod parameters;
mod ram;
mod sts;

use super::dialect::{Call, Caller, Claims, Denied, Dialect, Found, Reply, Route};
use super::pairs;
use super::parameters::{Problem, Rules, hidden};
use super::path::{self, Matched};
use super::{Gateway, Request, host, shown};
use crate::access::Vendor;
use crate::catalog::{Operation, Product};
use crate::doctor::Hide;
use crate::journal::{Entry, SignatureMethod};
use crate::refusal::Refusal;
pub(super) use arrival::speaks;
use arrival::{ACK, Arrival, STS, missing};
use bytes::Bytes;
pub(crate) use ram::{Ram, tag_of_session};
use serde_json::{Map, Value};
use wharf_sign::{acs_roa, acs_rpc, acs3};
use wharf_spec::file::ErrorKind;
use wharf_world::ack::tenancy::Owner;

/// Bytes that a request may have.
const MOST: usize = 10 << 20;
/// What the gateway of the cloud says of too many calls.
const THROTTLED: &str = "Throttling.User";
/// Regions that are known in addition to those of the server.
const REGIONS: [&str; 10] = [
    "cn-beijing",
    "cn-chengdu",
    "cn-guangzhou",
    "cn-hangzhou",
    "cn-hongkong",
    "cn-nanjing",
    "cn-qingdao",
    "cn-shanghai",
    "cn-shenzhen",
    "cn-zhangjiakou",
];

/// Whether the cloud has the region, in addition to those of the server.
pub(crate) fn known_region(region: &str) -> bool {
    REGIONS.contains(&region)
}

/// Alibaba's dialect.
pub(super) struct Alibaba<'a>(Arrival<'a>);

impl<'a> Alibaba<'a> {
    pub(super) fn new(request: Request<'a>) -> Self {
        Self(Arrival::of(request))
    }

    /// The product, the operation, and the members of its path.
    fn found(&self, product: &'static Product) -> Result<Route, Refusal> {
        let Self(arrival) = self;
        if product.name() == STS {
            let action = arrival.action();
            if action.is_empty() {
                return Err(missing("Action", "Action"));
            }
            let operation = product.operation(action).ok_or_else(|| not_found("InvalidAction.NotFound"))?;
            return Ok(Route { product, operation, path: Map::new() });
        }
        let path = arrival.path().trim_end_matches('/');
        let method = arrival.parts.method.as_str();
        let fits = |operation: &&wharf_spec::Operation| {
            // The document prints both for this one.
            operation.method() == method || (method, operation.name.as_str()) == ("PUT", "CreateTemplate")
        };
        let operations = product.spec().operations.iter().filter(fits);
        let found = operations.filter_map(|operation| Some((operation, path::members(operation.path(), path)?)));
        let best = found.max_by_key(|(_, matched): &(_, Matched)| matched.literal);
        let (operation, matched) = best.ok_or_else(|| not_found("InvalidApi.NotFound"))?;
        Ok(Route { product, operation: product.with_handler(operation), path: matched.members })
    }
}

impl Dialect for Alibaba<'_> {
    fn vendor(&self) -> Vendor {
        Vendor::Alibaba
    }

    fn rules(&self) -> Rules {
        Rules::ALIBABA
    }

    fn identify(&self, gateway: &Gateway, entry: &mut Entry) {
        let product = self.0.product(gateway.catalog);
        entry.product = product.map(Product::name);
        entry.signature_method = self.0.signature_method();
        entry.region = self.0.region();
        entry.headers = headers(&self.0);
        entry.caller = self.0.key();
        if let Some(route) = product.and_then(|product| self.found(product).ok()) {
            route.operation.name.clone_into(&mut entry.operation);
        }
    }

    fn hide(&self, gateway: &Gateway) -> Hide {
        let route = self.0.product(gateway.catalog).and_then(|product| self.found(product).ok());
        hide(route.as_ref())
    }

    fn size_limit(&self) -> usize {
        MOST
    }

    fn too_large(&self, limit: usize) -> Refusal {
        let message = format!("The request has more than the {limit} bytes that a request may have.");
        Refusal::with_status(413, "RequestTooLarge", message)
    }

    fn route(&self, gateway: &Gateway) -> Result<Route, Refusal> {
        let unknown = "Cannot find product according to your specified domain.";
        let product = self.0.product(gateway.catalog);
        let product = product.ok_or_else(|| Refusal::with_status(404, "InvalidProduct.NotFound", unknown))?;
        let route = self.found(product)?;
        if self.0.has_too_many() {
            let message = format!("The request has more than {} parameters.", pairs::MOST);
            return Err(Refusal::with_status(400, "InvalidParameter", message));
        }
        check_version(product, &self.0)?;
        Ok(route)
    }

    fn unknown(&self, _operation: &Operation) -> Refusal {
        not_found("InvalidApi.NotFound")
    }

    fn authenticate(&self, gateway: &Gateway, route: Option<&Route>) -> Result<Caller, Denied> {
        Ok(auth::authenticate(gateway, &self.0, hide(route))?.caller())
    }

    /// Organization and resource set. The gateway for older versions wants more headers before.
    fn owner(&self) -> Result<Owner, Refusal> {
        self.0.check_gateway()?;
        self.0.owner()
    }

    /// The region that it names, else that of its host, else the one that the server was set up for.
    fn region(&self, gateway: &Gateway, _route: &Route, _caller: &Caller) -> Result<String, Refusal> {
        let known =
            |region: &str| REGIONS.contains(&region) || gateway.accounts.regions.iter().any(|known| known == region);
        let region = self.0.region();
        if known(&region) {
            return Ok(region);
        }
        if region.is_empty() {
            let of_host = Some(self.0.region_of_host()).filter(|region| known(region));
            return Ok(of_host.unwrap_or(&gateway.accounts.region).to_owned());
        }
        let message = format!("The specified region does not exist: {region}.");
        Err(Refusal::with_status(404, "InvalidRegionId.NotFound", message))
    }

    fn claims(&self, gateway: &Gateway) -> Claims {
        auth::claims(gateway, &self.0)
    }

    fn throttled(&self, why: String) -> Refusal {
        Refusal::with_status(400, THROTTLED, format!("Request was denied due to user flow control. {why}"))
    }

    fn expired_token(&self) -> Refusal {
        auth::expired_token()
    }

    fn gather(&self, route: Route) -> Result<Map<String, Value>, Problem> {
        match route.product.name() {
            STS => parameters::flat(&route.operation, &self.0),
            _ => parameters::gather(&route.operation, &self.0, route.path, route.product.spec()),
        }
    }

    fn invalid(&self, product: &Product, _operation: &Operation, problem: Problem) -> Refusal {
        let code = match problem {
            _ if product.name() == STS => sts::code(problem.path()),
            Problem::Missing(_) => "MissingParameter",
            _ => "InvalidParameter",
        };
        Refusal::with_status(400, code, problem.to_string())
    }

    fn serve(&self, gateway: &Gateway, call: &Call<'_>) -> Option<Result<Value, Refusal>> {
        let own = call.product.name() == STS && call.operation.simulated;
        own.then(|| sts::assume_role(gateway, &call.caller.account, call.parameters))
    }

    fn mismatch(&self) -> Refusal {
        auth::mismatch()
    }

    fn reply(&self, gateway: &Gateway, reply: Reply, entry: &mut Entry) -> http::Response<Bytes> {
        let Reply { operation, status, body, .. } = reply;
        let body = completed(&operation, body, &entry.request_id, self.0.by_asapi());
        let whole = operation.spec.output.iter().find(|field| field.payload);
        let item = whole.map_or("item", |field| &field.name);
        let root = format!("{}Response", operation.name);
        answer::write(gateway, status, &body, &root, item, self.0.wants_json(), &entry.request_id)
    }

    fn refuse(
        &self,
        gateway: &Gateway,
        found: Option<Found>,
        refusal: Refusal,
        entry: &mut Entry,
    ) -> http::Response<Bytes> {
        let code = refusal.code;
        let status = refusal.status.unwrap_or_else(|| status(found.map(|(product, _)| product), &code));
        let body = answer::refusal(status, &code, &refusal.message, &entry.request_id, host(self.0.parts));
        entry.code = Some(code.into_owned());
        answer::write(gateway, status, &body, "Error", "", self.0.wants_json(), &entry.request_id)
    }
}

/// Which parameters must not be shown: sensitive ones, and what proves who calls.
fn hide(route: Option<&Route>) -> Hide {
    let found = route.map(|route| (route.product.spec(), route.operation.spec.input.as_slice()));
    let hidden = move |name: &str| found.and_then(|(spec, fields)| hidden(spec, fields, name)).unwrap_or(false);
    Box::new(move |name| matches!(name, acs_rpc::SIGNATURE | acs_rpc::TOKEN) || hidden(name))
}

/// The refusal of an operation that does not exist.
fn not_found(code: &'static str) -> Refusal {
    Refusal::with_status(404, code, "Specified api is not found, please check your url and method.")
}

/// The status of a code: the one that the spec states, else the one that goes with its kind.
fn status(product: Option<&'static Product>, code: &str) -> u16 {
    match code {
        "SignatureDoesNotMatch" | "Forbidden.RAM" => return 403,
        "InvalidAccessKeyId.NotFound" => return 404,
        "InternalError" => return 500,
        "ServiceUnavailable" => return 503,
        _ => {}
    }
    let Some(known) = product.and_then(|product| product.spec().error(code)) else { return 400 };
    known.spec.status.unwrap_or(match known.spec.kind {
        ErrorKind::NotFound => 404,
        ErrorKind::Conflict => 409,
        ErrorKind::Permission => 403,
        _ => 400,
    })
}

fn check_version(product: &Product, arrival: &Arrival<'_>) -> Result<(), Refusal> {
    match arrival.version() {
        "" if product.name() == ACK => Err(missing("x-acs-version", "Version")),
        "" => Err(missing("Version", "Version")),
        version if version != product.version() => {
            let message = format!("Specified parameter Version is not valid: {version}.");
            Err(Refusal::with_status(400, "InvalidVersion", message))
        }
        _ => Ok(()),
    }
}

/// The body with what the gateway adds, where there is room for it: the identifier of the request, and that the
/// gateway for older versions was satisfied.
fn completed(operation: &Operation, body: Value, request_id: &str, by_asapi: bool) -> Value {
    let whole = operation.spec.output.iter().any(|field| field.payload);
    let has = |name: &str| operation.spec.output.iter().any(|field| field.name == name);
    match body {
        Value::Null => Value::Object(Map::from_iter([("RequestId".to_owned(), Value::from(request_id))])),
        Value::Object(mut members) if !whole => {
            if has("request_id") {
                members.insert("request_id".to_owned(), Value::from(request_id));
            }
            if by_asapi && has("asapiSuccess") {
                members.insert("asapiSuccess".to_owned(), Value::Bool(true));
                members.insert("eagleEyeTraceId".to_owned(), Value::from(request_id.replace('-', "")));
            }
            members.insert("RequestId".to_owned(), Value::from(request_id));
            Value::Object(members)
        }
        other => other,
    }
}

/// The headers that a test may want to see.
fn headers(arrival: &Arrival<'_>) -> Vec<(String, String)> {
    const PLAIN: [&str; 22] = [
        "accept",
        "content-length",
        "content-md5",
        "content-type",
        "date",
        "user-agent",
        "x-acs-action",
        "x-acs-content-sha256",
        "x-acs-date",
        "x-acs-instanceid",
        "x-acs-organizationid",
        "x-acs-region-id",
        "x-acs-regionid",
        "x-acs-resourcegroupid",
        "x-acs-roleid",
        "x-acs-signature-method",
        "x-acs-signature-nonce",
        "x-acs-signature-version",
        "x-acs-version",
        "x-ascm-product-ak",
        "x-ascm-product-name",
        "x-ascm-product-version",
    ];
    let authorization = arrival.header("authorization");
    let authorization = match arrival.signature_method() {
        SignatureMethod::AcsRoa => acs_roa::parse(authorization).map(|parts| format!("acs {}", parts.id)),
        _ => acs3::parse(authorization)
            .map(|parts| format!("{} Credential={},SignedHeaders={}", acs3::ALGORITHM, parts.id, parts.signed_headers)),
    };
    shown(arrival.parts, authorization.ok(), &PLAIN)
}
