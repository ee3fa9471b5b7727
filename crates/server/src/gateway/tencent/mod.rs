//! Tencent's dialect: the action in a header or among the parameters, HTTP status 200 for everything.

mod arrival;
mod auth;
mod flat;
pub(crate) mod old;
mod parameters;
mod redact;
mod validate;

use super::{Dialect, Gateway, Request, seconds, shown};
use crate::access;
use crate::catalog::{Operation, Product};
use crate::context::Context;
use crate::doctor::{Diagnosis, Doubt};
use crate::fault::{Effect, Struck};
use crate::journal::Entry;
use crate::refusal::Refusal;
use arrival::Arrival;
pub(crate) use auth::{Gate, Key};
use bytes::Bytes;
use http::request::Parts;
use serde_json::{Map, Value, json};
use std::time::Instant;
use wharf_sign::{Authorization, tc3};

/// Tencent's dialect.
pub(super) struct Tencent;

impl Dialect for Tencent {
    fn identify(&self, gateway: &Gateway, request: Request<'_>, entry: &mut Entry) {
        let arrival = Arrival::of(request);
        entry.product = arrival.product(gateway.catalog).map(Product::name);
        entry.operation = arrival.common("Action").to_owned();
        entry.region = arrival.common("Region").to_owned();
        entry.signature_method = arrival.signature_method();
        entry.headers = headers(&arrival);
    }

    fn size_limit(&self, parts: &Parts) -> usize {
        arrival::size_limit(parts)
    }

    fn too_large(&self, gateway: &Gateway, limit: usize, entry: &mut Entry) -> http::Response<Bytes> {
        let message = format!("The request has more than the {limit} bytes that a request of its form may have.");
        answer(gateway, Err(Refusal::new("InvalidParameter", message)), entry)
    }

    fn respond(
        &self,
        gateway: &Gateway,
        request: Request<'_>,
        struck: &Struck,
        entry: &mut Entry,
    ) -> (http::Response<Bytes>, Option<Doubt>) {
        let mut doubt = None;
        let result = call(gateway, &Arrival::of(request), struck, entry, &mut doubt);
        (answer(gateway, result, entry), doubt)
    }

    fn explain(
        &self,
        gateway: &Gateway,
        _request: Request<'_>,
        diagnosis: &Diagnosis,
        entry: &mut Entry,
    ) -> http::Response<Bytes> {
        let mut refusal = auth::mismatch();
        refusal.message = format!("{} {diagnosis}", refusal.message);
        answer(gateway, Err(refusal), entry)
    }
}

/// From the checks through the world to the answer's members.
fn call(
    gateway: &Gateway,
    arrival: &Arrival<'_>,
    struck: &Struck,
    entry: &mut Entry,
    doubt: &mut Option<Doubt>,
) -> Result<Value, Refusal> {
    arrival.check_protocol(gateway.catalog)?;
    let due: &[&str] = if arrival.old { &["Action"] } else { &["Action", "Version"] };
    for name in due {
        if arrival.common(name).is_empty() {
            return Err(Refusal::missing(&arrival.common_name(name)));
        }
    }
    let product = arrival.product(gateway.catalog);
    let key = gateway.gate.check(arrival, product, seconds(gateway.faults.server_time())).map_err(|denied| {
        *doubt = denied.doubt;
        denied.refusal
    })?;
    entry.account = Some(key.account.clone());
    if let Some(Effect::Refuse(refusal)) = &struck.wire {
        return Err(refusal.clone());
    }
    let (product, operation) =
        if arrival.old { old::offered(arrival, product)? } else { offered(gateway, arrival, product)? };
    let region =
        if arrival.old { old::region(gateway, arrival, &operation)? } else { region(gateway, arrival, &operation)? };
    if let Some(limit) = &gateway.rate_limit {
        let allowed = operation.spec.rate_limit;
        // None is documented for the older API.
        if allowed > 0 && !limit.admit(&key.account, product.name(), operation.name, allowed, Instant::now()) {
            let message = format!("{} may be called {allowed} times a second.", operation.name);
            return Err(Refusal::new("RequestLimitExceeded", message));
        }
    }
    let fields = operation.spec.input.as_slice();
    let mut parameters = parameters::parameters(arrival, fields, product)?;
    validate::validate(&mut parameters, fields, product)?;
    entry.parameters = redact::redacted(&parameters, fields, product);
    access::cam::check(
        key.sub.as_deref(),
        product.name(),
        access::Call {
            account: &key.account,
            region: &region,
            operation: operation.name,
            spec: operation.spec,
            parameters: &parameters,
        },
    )?;
    let mut answer = if let Some(answer) = &struck.answer {
        entry.acted = true;
        (answer.0)(&parameters)?
    } else if let Some(handler) = operation.handler {
        entry.acted = true;
        gateway.act(|world| {
            let context = Context {
                account: key.account.clone(),
                region,
                operation: operation.name,
                base_url: gateway.base_url(arrival.parts),
                now: world.now(),
            };
            handler(world, &context, &parameters).map_err(|refusal| as_printed(refusal, &operation))
        })?
    } else {
        let message = format!("{} is checked by this server and not simulated.", operation.name);
        return Err(Refusal::new("UnsupportedOperation", message));
    };
    if let Some(lie) = &struck.total {
        tell_total(&mut answer, &operation, &*lie.0);
    }
    Ok(answer)
}

/// The refusal with its code in the spelling that the operation's document prints.
fn as_printed(refusal: Refusal, operation: &Operation) -> Refusal {
    match operation.spec.spellings.get(refusal.code.as_ref()) {
        Some(spelling) => Refusal::new(spelling.clone(), refusal.message),
        None => refusal,
    }
}

/// The region that the call is for. Whether it must be there is up to the operation.
fn region(gateway: &Gateway, arrival: &Arrival<'_>, operation: &Operation) -> Result<String, Refusal> {
    let region = arrival.common("Region");
    if operation.spec.region {
        if region.is_empty() {
            return Err(Refusal::missing(&arrival.common_name("Region")));
        }
        if !gateway.regions.iter().any(|known| known == region) {
            return Err(Refusal::new("UnsupportedRegion", format!("The region `{region}` is not supported.")));
        }
    }
    Ok(region.to_owned())
}

/// The answer: HTTP status 200 whether the call succeeded or not.
fn answer(gateway: &Gateway, result: Result<Value, Refusal>, entry: &mut Entry) -> http::Response<Bytes> {
    let product = entry.product.and_then(|name| gateway.catalog.product(name));
    let old = product.filter(|product| product.is_old());
    let result = result.and_then(|answer| match answer {
        Value::Object(members) => Ok(members),
        _ => Err(Refusal::new("InternalError", "The answer is not an object.")),
    });
    if let Some(product) = old {
        let operation = product.operation(&entry.operation);
        let monitor = operation.is_some_and(|operation| operation.spec.host.as_deref() == Some("monitor"));
        let envelope = operation.and_then(|operation| operation.spec.envelope.as_deref());
        let members = match result {
            Ok(output) => old::answer(output, envelope),
            Err(refusal) => {
                let (members, code) = old::error(&refusal, monitor);
                entry.code = Some(code);
                members
            }
        };
        entry.status = Some(200);
        return gateway.json(200, Bytes::from(Value::Object(members).to_string()));
    }
    let mut members = result.unwrap_or_else(|refusal| error(&refusal, entry));
    members.insert("RequestId".to_owned(), Value::from(entry.request_id.as_str()));
    entry.status = Some(200);
    gateway.json(200, Bytes::from(json!({ "Response": members }).to_string()))
}

/// Finds product and operation, which must exist in the version that is asked for.
fn offered(
    gateway: &Gateway,
    arrival: &Arrival<'_>,
    product: Option<&'static Product>,
) -> Result<(&'static Product, Operation), Refusal> {
    let (action, version) = (arrival.common("Action"), arrival.common("Version"));
    let Some(product) = product else {
        return Err(match tc3::parse(arrival.header("authorization")) {
            Ok(scope) => Refusal::new("InvalidAction", format!("There is no service `{}` here.", scope.service)),
            Err(_) => Refusal::new("NoSuchVersion", format!("There is no version `{version}` of any service here.")),
        });
    };
    if version != product.version() {
        let known: Vec<_> = gateway.catalog.versions(product.name()).map(Product::version).collect();
        let message = format!("There is no version `{version}` of {}, only {}.", product.name(), known.join(" and "));
        return Err(Refusal::new("NoSuchVersion", message));
    }
    let operation = product.operation(action).ok_or_else(|| {
        Refusal::new("InvalidAction", format!("{} {version} has no operation `{action}`.", product.name()))
    })?;
    Ok((product, operation))
}

/// The members of a refusal's answer.
fn error(refusal: &Refusal, entry: &mut Entry) -> Map<String, Value> {
    entry.code = Some(refusal.code.to_string());
    Map::from_iter([("Error".to_owned(), json!({ "Code": refusal.code, "Message": refusal.message }))])
}

/// Replaces the total of an answer.
fn tell_total(answer: &mut Value, operation: &Operation, lie: &dyn Fn(u64) -> u64) {
    let way = operation.spec.paginate.as_ref().and_then(|paging| paging.total.as_deref()).unwrap_or("TotalCount");
    let place = way.split('.').try_fold(answer, |value, name| value.get_mut(name));
    if let Some(place) = place
        && let Some(total) = place.as_u64()
    {
        *place = Value::from(lie(total));
    }
}

/// The headers that a test may want to see.
fn headers(arrival: &Arrival<'_>) -> Vec<(String, String)> {
    const PLAIN: [&str; 10] = [
        "content-length",
        "content-type",
        "user-agent",
        "x-tc-action",
        "x-tc-content-sha256",
        "x-tc-language",
        "x-tc-region",
        "x-tc-requestclient",
        "x-tc-timestamp",
        "x-tc-version",
    ];
    let mut out = vec![("host".to_owned(), arrival.host().to_owned())];
    if let Ok(authorization) = tc3::parse(arrival.header("authorization")) {
        let Authorization { id, date, service, signed_headers, .. } = authorization;
        let value =
            format!("TC3-HMAC-SHA256 Credential={id}/{date}/{service}/tc3_request, SignedHeaders={signed_headers}");
        out.push(("authorization".to_owned(), value));
    }
    out.extend(shown(arrival.parts, &PLAIN));
    out
}
