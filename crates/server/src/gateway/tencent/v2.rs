//! API 2.0, the oldest form of calls: one path for everything, a host for each service behind it, no version, regions
//! by short names, and answers in an envelope with a number.

use super::super::dialect::{Caller, Claims, Denied, Dialect, Found, Reply, Route};
use super::super::parameters::{Problem, Rules, Unknown};
use super::super::{FORM, Gateway, Request, host, seconds};
use super::arrival::Arrival;
use super::{MOST_IN_FORM, MOST_IN_QUERY, auth, flat, invalid, not_an_object, throttled, too_large};
use crate::access::Vendor;
use crate::catalog::{Catalog, Operation, Product};
use crate::doctor::Hide;
use crate::journal::Entry;
use crate::refusal::Refusal;
use crate::regions;
use bytes::Bytes;
use http::Method;
use http::request::Parts;
use serde_json::{Map, Value, json};
use wharf_sign::hmac_v1_api2::PATH;

/// The services behind the hosts `<service>.api.<domain>`.
pub(crate) const SERVICES: [&str; 3] = ["ccr", "ccs", "monitor"];

/// Codes of modules, which stand in the message, and the code before them.
const BEFORE: [(i64, i64); 2] = [(-160_004, 4_000), (100_004, 5_100)];

/// Whether a request is one of API 2.0: by its path, or by its host.
pub(crate) fn speaks(parts: &Parts) -> bool {
    parts.uri.path().ends_with(PATH) || service(host(parts)).is_some_and(|service| SERVICES.contains(&service))
}

/// The service that a host names, if it names one.
fn service(host: &str) -> Option<&str> {
    let (service, rest) = host.split_once('.')?;
    rest.starts_with("api.").then_some(service)
}

/// The product whose calls are written like this.
fn product(catalog: &'static Catalog) -> Option<&'static Product> {
    catalog.products().iter().find(|product| product.is_api2())
}

/// The dialect of API 2.0.
pub(crate) struct TencentV2<'a>(Arrival<'a>);

impl<'a> TencentV2<'a> {
    pub(crate) fn new(request: Request<'a>) -> Self {
        let pairs = if request.parts.method == Method::GET { request.query() } else { request.form() };
        Self(Arrival::new(request, Some(pairs), false))
    }
}

impl Dialect for TencentV2<'_> {
    fn vendor(&self) -> Vendor {
        Vendor::Tencent
    }

    fn rules(&self) -> Rules {
        Rules::TENCENT
    }

    fn hides_routes(&self) -> bool {
        true
    }

    fn identify(&self, gateway: &Gateway, entry: &mut Entry) {
        entry.product = product(gateway.catalog).map(Product::name);
        self.0.identify(entry);
    }

    fn hide(&self, gateway: &Gateway) -> Hide {
        self.0.hide(product(gateway.catalog))
    }

    fn size_limit(&self) -> usize {
        if self.0.parts.method == Method::GET { MOST_IN_QUERY } else { MOST_IN_FORM }
    }

    fn too_large(&self, limit: usize) -> Refusal {
        too_large(limit)
    }

    /// Checks method, path and content type. The query of a POST is ignored.
    fn arrive(&self, _gateway: &Gateway) -> Result<(), Refusal> {
        let unsupported = |message: String| Err(Refusal::new("UnsupportedProtocol", message));
        let parts = self.0.parts;
        match parts.method {
            Method::GET | Method::POST => {}
            ref other => return unsupported(format!("The method {other} is not supported, only GET and POST.")),
        }
        let kind = self.0.content_type();
        if parts.method == Method::POST && kind != FORM && !kind.is_empty() {
            return unsupported(format!("A POST has the content type {FORM}; `{kind}` is not supported."));
        }
        if !parts.uri.path().ends_with(PATH) {
            return unsupported(format!("The path is `{PATH}`."));
        }
        self.0.check_pairs()?;
        self.0.require(&["Action"])
    }

    /// Finds the operation, which must be offered at the host that was called. A host that names no service has all.
    fn route(&self, gateway: &Gateway) -> Result<Route, Refusal> {
        let action = self.0.parameter("Action");
        let unknown = |place: &str| Refusal::new("InvalidAction", format!("There is no operation `{action}` {place}."));
        let product = product(gateway.catalog).ok_or_else(|| unknown("here"))?;
        let operation = product.operation(action).ok_or_else(|| unknown("here"))?;
        let due = operation.spec.host.as_deref().unwrap_or(product.name());
        match service(self.0.host()) {
            Some(service) if service != due => {
                Err(unknown(&format!("of `{service}`: it belongs to the domain that begins with `{due}.api.`")))
            }
            _ => Ok(Route { product, operation, path: Map::new() }),
        }
    }

    fn unknown(&self, operation: &Operation) -> Refusal {
        Refusal::new("InvalidAction", format!("There is no operation `{}` here.", operation.name))
    }

    fn authenticate(&self, gateway: &Gateway, _route: Option<&Route>) -> Result<Caller, Denied> {
        let now = seconds(gateway.faults.server_time());
        Ok(gateway.gate.check_v1(&self.0, &auth::API2, product(gateway.catalog), now)?.caller())
    }

    /// The full name of the region; short names and full ones are taken.
    fn region(&self, gateway: &Gateway, route: &Route, _caller: &Caller) -> Result<String, Refusal> {
        let given = self.0.parameter("Region");
        if !route.operation.spec.region {
            return Ok(given.to_owned());
        }
        self.0.require(&["Region"])?;
        regions::full_name(given, &gateway.accounts.regions).ok_or_else(|| {
            let message = format!("The region `{given}` is neither a short name (`gz`) nor a full one.");
            Refusal::new("UnsupportedRegion", message)
        })
    }

    fn claims(&self, gateway: &Gateway) -> Claims {
        gateway.gate.claims(&self.0)
    }

    fn throttled(&self, why: String) -> Refusal {
        throttled(why)
    }

    fn expired_token(&self) -> Refusal {
        auth::expired_token()
    }

    /// The examples of the document send parameters that its tables do not have.
    fn gather(&self, route: Route) -> Result<Map<String, Value>, Problem> {
        flat::unflatten(self.0.own_pairs(), &route.operation.spec.input, route.product.spec(), Unknown::Keep)
    }

    fn invalid(&self, _product: &Product, _operation: &Operation, problem: Problem) -> Refusal {
        invalid(&problem)
    }

    fn mismatch(&self) -> Refusal {
        auth::mismatch()
    }

    fn reply(&self, gateway: &Gateway, reply: Reply, entry: &mut Entry) -> http::Response<Bytes> {
        let Value::Object(output) = reply.body else {
            return self.refuse(gateway, Some((reply.product, reply.operation)), not_an_object(), entry);
        };
        let mut members = Map::new();
        members.insert("code".into(), json!(0));
        members.insert("message".into(), json!(""));
        members.insert("codeDesc".into(), json!("Success"));
        match reply.operation.spec.envelope.as_deref() {
            Some(name) => drop(members.insert(name.to_owned(), Value::Object(output))),
            None => members.extend(output),
        }
        gateway.json(200, Bytes::from(Value::Object(members).to_string()))
    }

    fn refuse(
        &self,
        gateway: &Gateway,
        _found: Option<Found>,
        refusal: Refusal,
        entry: &mut Entry,
    ) -> http::Response<Bytes> {
        // Also of a call that was refused before it was routed.
        let operation = product(gateway.catalog).and_then(|product| product.operation(self.0.parameter("Action")));
        let monitor = operation.is_some_and(|operation| operation.spec.host.as_deref() == Some("monitor"));
        let said = Said::of(&refusal.code, monitor);
        let message = match said.module {
            Some(module) if !refusal.message.starts_with('(') => format!("({module}){}", refusal.message),
            _ => refusal.message,
        };
        let mut members = json!({ "code": said.number, "message": message });
        if let Some(word) = &said.word {
            members["codeDesc"] = json!(word);
        }
        entry.code = Some(said.word.unwrap_or_else(|| said.number.to_string()));
        gateway.json(200, Bytes::from(members.to_string()))
    }
}

/// A code as API 2.0 says it.
#[derive(Debug, PartialEq, Eq)]
struct Said {
    number: i64,
    word: Option<String>,
    /// The code of the module behind the service.
    module: Option<i64>,
}

impl Said {
    fn of(code: &str, monitor: bool) -> Self {
        let name = own_name(code, monitor);
        let spec = product(crate::catalog::catalog()).map(|product| product.spec());
        let listed = spec.and_then(|spec| spec.errors.iter().find(|error| error.name == name));
        let numbers = listed.map_or(&[][..], |error| error.spec.numbers.as_slice());
        // The monitor's own numbers are negative.
        let own = numbers.iter().find(|number| (**number < 0) == monitor).or(numbers.first()).copied();
        let given = name.parse::<i64>().ok();
        let word = given.is_none().then(|| name.to_owned());
        let number = own.or(given).unwrap_or(5_100);
        match BEFORE.iter().find(|(module, _)| *module == number) {
            Some((module, before)) => Self { number: *before, word, module: Some(*module) },
            None => Self { number, word, module: None },
        }
    }
}

/// The name that this API has for a code of the newer ones; its own codes stay what they are.
fn own_name(code: &str, monitor: bool) -> &str {
    match code {
        "MissingParameter" if monitor => "InvalidParameter.MissingParameter",
        "MissingParameter" | "UnknownParameter" | "InvalidParameterValue" | "UnsupportedRegion" => "InvalidParameter",
        "AuthFailure.SignatureFailure" => "AuthFailure",
        "AuthFailure.SecretIdNotFound" | "AuthFailure.InvalidSecretId" => "4104",
        "AuthFailure.TokenFailure" => "4105",
        "AuthFailure.SignatureExpire" => "4500",
        "RequestLimitExceeded" => "4400",
        "UnsupportedProtocol" => "4600",
        "ResourceNotFound" => "5000",
        "LimitExceeded" => "5200",
        "InternalError" => "6000",
        "InvalidAction" | "UnsupportedOperation" => "6100",
        own => own,
    }
}

#[cfg(test)]
mod tests;
