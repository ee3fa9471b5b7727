//! Alibaba's dialect: resources under paths or one action, three kinds of signatures, XML unless JSON is asked for.

mod answer;
mod arrival;
mod auth;
mod parameters;
mod ram;
mod sts;

use super::members::{self, Problem};
use super::pairs;
use super::path::{self, Matched};
use super::{Dialect, Gateway, Request, host, shown};
use crate::access;
use crate::ack::refusals::{self, INVALID, MISSING};
use crate::ack::{Call, HANDLERS};
use crate::catalog::Product;
use crate::cce::RestRefusal;
use crate::doctor::{Diagnosis, Doubt};
use crate::fault::{Effect, Struck};
use crate::gateway::Key;
use crate::journal::{Entry, SignatureMethod};
use crate::refusal::Refusal;
use arrival::{ACK, Arrival, STS, missing};
pub(super) use arrival::{is_form, speaks};
use bytes::Bytes;
use http::request::Parts;
pub(crate) use ram::Ram;
use serde_json::{Map, Value};
use std::time::Instant;
use wharf_sign::{acs_roa, acs3};
use wharf_spec::{Operation, Type};

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

/// Alibaba's dialect.
pub(super) struct Alibaba;

impl Dialect for Alibaba {
    fn identify(&self, gateway: &Gateway, request: Request<'_>, entry: &mut Entry) {
        let arrival = Arrival::of(request);
        let product = arrival.product(gateway.catalog);
        entry.product = product.map(Product::name);
        entry.signature_method = arrival.signature_method();
        entry.region = arrival.region();
        entry.headers = headers(&arrival);
        if let Some((operation, _)) = product.and_then(|product| route(product, &arrival).ok()) {
            entry.operation.clone_from(&operation.name);
        }
    }

    fn size_limit(&self, _parts: &Parts) -> usize {
        MOST
    }

    fn too_large(&self, gateway: &Gateway, limit: usize, entry: &mut Entry) -> http::Response<Bytes> {
        let message = format!("The request has more than the {limit} bytes that a request may have.");
        let refusal = RestRefusal::new(413, "RequestTooLarge", message);
        entry.code = Some(refusal.code.to_string());
        entry.status = Some(refusal.status);
        let body = answer::refusal(&refusal, &entry.request_id, "");
        answer::write(gateway, refusal.status, &body, "Error", "", true, &entry.request_id)
    }

    fn respond(
        &self,
        gateway: &Gateway,
        request: Request<'_>,
        struck: &Struck,
        entry: &mut Entry,
    ) -> (http::Response<Bytes>, Option<Doubt>) {
        let arrival = Arrival::of(request);
        let mut doubt = None;
        let result = call(gateway, &arrival, struck, entry, &mut doubt);
        let answer = match result {
            Ok((operation, body)) => {
                let body = completed(operation, body, &entry.request_id, arrival.by_asapi());
                let whole = operation.output.iter().find(|field| field.payload);
                let item = whole.map_or("item", |field| &field.name);
                let root = format!("{}Response", operation.name);
                entry.status = Some(200);
                answer::write(gateway, 200, &body, &root, item, arrival.wants_json(), &entry.request_id)
            }
            Err(refusal) => refuse(gateway, &arrival, &refusal, entry),
        };
        (answer, doubt)
    }

    fn explain(
        &self,
        gateway: &Gateway,
        request: Request<'_>,
        diagnosis: &Diagnosis,
        entry: &mut Entry,
    ) -> http::Response<Bytes> {
        let mut refusal = auth::mismatch();
        refusal.message = format!("{} {diagnosis}", refusal.message);
        refuse(gateway, &Arrival::of(request), &refusal, entry)
    }
}

fn refuse(gateway: &Gateway, arrival: &Arrival<'_>, refusal: &RestRefusal, entry: &mut Entry) -> http::Response<Bytes> {
    entry.status = Some(refusal.status);
    entry.code = Some(refusal.code.to_string());
    let body = answer::refusal(refusal, &entry.request_id, host(arrival.parts));
    answer::write(gateway, refusal.status, &body, "Error", "", arrival.wants_json(), &entry.request_id)
}

/// The operation that a request is for, and the members of its path.
fn route(
    product: &'static Product,
    arrival: &Arrival<'_>,
) -> Result<(&'static Operation, Map<String, Value>), RestRefusal> {
    let unknown = |code| RestRefusal::new(404, code, "Specified api is not found, please check your url and method.");
    if product.name() == STS {
        let action = arrival.action();
        if action.is_empty() {
            return Err(missing("Action", "Action"));
        }
        let found = product.spec().operation(action).ok_or_else(|| unknown("InvalidAction.NotFound"))?;
        return Ok((found, Map::new()));
    }
    let path = arrival.path().trim_end_matches('/');
    let method = arrival.parts.method.as_str();
    let fits = |operation: &&Operation| {
        // The document prints both for this one.
        operation.method() == method || (method, operation.name.as_str()) == ("PUT", "CreateTemplate")
    };
    let operations = product.spec().operations.iter().filter(fits);
    let found = operations.filter_map(|operation| Some((operation, path::members(operation.path(), path)?)));
    let best = found.max_by_key(|(_, matched): &(_, Matched)| matched.literal);
    let (operation, matched) = best.ok_or_else(|| unknown("InvalidApi.NotFound"))?;
    Ok((operation, matched.members))
}

/// From the checks through the world to the answer's body.
fn call(
    gateway: &Gateway,
    arrival: &Arrival<'_>,
    struck: &Struck,
    entry: &mut Entry,
    doubt: &mut Option<Doubt>,
) -> Result<(&'static Operation, Value), RestRefusal> {
    let unknown =
        || RestRefusal::new(404, "InvalidProduct.NotFound", "Cannot find product according to your specified domain.");
    let product = arrival.product(gateway.catalog).ok_or_else(unknown)?;
    let (operation, in_path) = route(product, arrival)?;
    if arrival.has_too_many() {
        let message = format!("The request has more than {} parameters.", pairs::MOST);
        return Err(RestRefusal::new(400, "InvalidParameter", message));
    }
    check_version(product, arrival)?;
    let caller = authenticated(gateway, arrival, operation, entry, doubt)?;
    if let Some(Effect::Refuse(refusal)) = &struck.wire {
        return Err(injected(product, refusal));
    }
    arrival.check_gateway()?;
    let owner = arrival.owner()?;
    let region = region(gateway, arrival)?;
    entry.region.clone_from(&region);
    check_rate(gateway, &caller, product, operation)?;
    let spec = product.spec();
    let gathered = match product.name() {
        STS => parameters::flat(operation, arrival),
        _ => parameters::gather(operation, arrival, in_path, spec),
    };
    let problem = |problem: Problem| refused(product, problem);
    let mut members = gathered.map_err(problem)?;
    members::validate(&mut members, &operation.input, spec, "").map_err(problem)?;
    entry.parameters = members::redacted(&members, &operation.input, spec);
    access::ram::check(
        caller.sub.as_deref(),
        product.name(),
        access::Call {
            account: &caller.account,
            region: &region,
            operation: &operation.name,
            spec: &operation.spec,
            parameters: &members,
        },
    )?;
    entry.acted = true;
    if let Some(answer) = &struck.answer {
        return Ok((operation, (answer.0)(&members).map_err(|refusal| injected(product, &refusal))?));
    }
    let mut body = if product.name() == STS {
        sts::assume_role(gateway, &caller, &members)?
    } else {
        let at = HANDLERS.binary_search_by(|(name, _)| (*name).cmp(&operation.name)).ok();
        let Some((name, handler)) = at.and_then(|at| HANDLERS.get(at)).filter(|_| product.spec().default) else {
            let message = format!("{} is checked by this server and not simulated.", operation.name);
            return Err(RestRefusal::new(501, "UnsupportedOperation", message));
        };
        let call = Call { account: caller.account, region, operation: name, owner };
        gateway.act(|world| handler(world, &call, &members))?
    };
    if let Some(lie) = &struck.total {
        tell_total(&mut body, operation, &*lie.0);
    }
    Ok((operation, body))
}

fn check_version(product: &Product, arrival: &Arrival<'_>) -> Result<(), RestRefusal> {
    match arrival.version() {
        "" if product.name() == ACK => Err(missing("x-acs-version", "Version")),
        "" => Err(missing("Version", "Version")),
        version if version != product.version() => {
            let message = format!("Specified parameter Version is not valid: {version}.");
            Err(RestRefusal::new(400, "InvalidVersion", message))
        }
        _ => Ok(()),
    }
}

fn authenticated(
    gateway: &Gateway,
    arrival: &Arrival<'_>,
    operation: &'static Operation,
    entry: &mut Entry,
    doubt: &mut Option<Doubt>,
) -> Result<Key, RestRefusal> {
    let known = |name: &str| {
        operation.input.iter().find(|field| field.name == name || field.aliases.iter().any(|alias| alias == name))
    };
    let hide = move |name: &str| known(name).is_some_and(|field| field.sensitive || matches!(field.ty, Type::Json(_)));
    let key = auth::authenticate(gateway, arrival, Box::new(hide)).map_err(|denied| {
        *doubt = denied.doubt;
        denied.refusal
    })?;
    entry.account = Some(key.account.clone());
    Ok(key)
}

/// The region that the call is for: the one it names, else that of its host, else the one that the server was set up
/// for.
fn region(gateway: &Gateway, arrival: &Arrival<'_>) -> Result<String, RestRefusal> {
    let known = |region: &str| REGIONS.contains(&region) || gateway.regions.iter().any(|known| known == region);
    let region = arrival.region();
    if known(&region) {
        return Ok(region);
    }
    if region.is_empty() {
        let of_host = Some(arrival.region_of_host()).filter(|region| known(region));
        return Ok(of_host.unwrap_or(&gateway.ram.region).to_owned());
    }
    let message = format!("The specified region does not exist: {region}.");
    Err(RestRefusal::new(404, "InvalidRegionId.NotFound", message))
}

fn check_rate(
    gateway: &Gateway,
    caller: &Key,
    product: &'static Product,
    operation: &'static Operation,
) -> Result<(), RestRefusal> {
    let allowed = operation.spec.rate_limit;
    let Some(limit) = gateway.rate_limit.as_ref().filter(|_| allowed > 0) else { return Ok(()) };
    if limit.admit(&caller.account, product.name(), &operation.name, allowed, Instant::now()) {
        return Ok(());
    }
    Err(RestRefusal::new(400, THROTTLED, "Request was denied due to user flow control."))
}

/// The refusal of a parameter that the spec does not allow.
fn refused(product: &Product, problem: Problem) -> RestRefusal {
    let message = problem.to_string();
    let code = match problem {
        _ if product.name() == STS => {
            let name = message.split('`').nth(1).unwrap_or_default();
            sts::code(name)
        }
        Problem::Missing(_) => MISSING,
        Problem::Invalid(_) => INVALID,
    };
    RestRefusal::new(400, code, message)
}

/// A refusal that a test has asked for, with the status that its code has.
fn injected(product: &Product, refusal: &Refusal) -> RestRefusal {
    let code = if refusal.code == "RequestLimitExceeded" { THROTTLED.into() } else { refusal.code.clone() };
    let status = match code.as_ref() {
        "SignatureDoesNotMatch" | "Forbidden.RAM" => 403,
        "InvalidAccessKeyId.NotFound" => 404,
        "InternalError" => 500,
        "ServiceUnavailable" => 503,
        code => refusals::status(product.spec(), code),
    };
    RestRefusal::new(status, code, refusal.message.clone())
}

/// The body with what the gateway adds, where there is room for it: the identifier of the request, and that the
/// gateway for older versions was satisfied.
fn completed(operation: &Operation, body: Value, request_id: &str, by_asapi: bool) -> Value {
    let whole = operation.output.iter().any(|field| field.payload);
    let has = |name: &str| operation.output.iter().any(|field| field.name == name);
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

/// Replaces the total of an answer.
fn tell_total(answer: &mut Value, operation: &Operation, lie: &dyn Fn(u64) -> u64) {
    let Some(total) = operation.spec.paginate.as_ref().and_then(|paging| paging.total.as_ref()) else { return };
    let place = total.split('.').try_fold(answer, |value, name| value.get_mut(name));
    if let Some(place) = place
        && let Some(total) = place.as_u64()
    {
        *place = Value::from(lie(total));
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
    let mut out = vec![("host".to_owned(), host(arrival.parts).to_owned())];
    let authorization = arrival.header("authorization");
    let shown_part = match arrival.signature_method() {
        SignatureMethod::AcsRoa => acs_roa::parse(authorization).map(|parts| format!("acs {}", parts.id)),
        _ => acs3::parse(authorization)
            .map(|parts| format!("{} Credential={},SignedHeaders={}", acs3::ALGORITHM, parts.id, parts.signed_headers)),
    };
    out.extend(shown_part.map(|value| ("authorization".to_owned(), value)));
    out.extend(shown(arrival.parts, &PLAIN));
    out
}
