//! Tencent's dialects: the action in a header or among the parameters, HTTP status 200 for everything.
//!
//! [`v2`] is API 2.0, the oldest form of calls.

mod arrival;
mod auth;
mod flat;
pub(super) mod v2;

use super::dialect::{Caller, Claims, Denied, Dialect, Found, Reply, Route};
use super::parameters::{self, Problem, Rules, Unknown};
use super::{FORM, Gateway, Request, seconds};
use crate::access::Vendor;
use crate::catalog::{Catalog, Operation, Product};
use crate::doctor::Hide;
use crate::journal::Entry;
use crate::refusal::Refusal;
use arrival::{Arrival, JSON};
pub(crate) use auth::Gate;
use bytes::Bytes;
use http::Method;
use serde_json::{Map, Value, json};
use wharf_sign::tc3;

/// The dialect of the APIs with a version, signed with TC3-HMAC-SHA256 or in version 1.
pub(super) struct TencentV3<'a>(Arrival<'a>);

impl<'a> TencentV3<'a> {
    pub(super) fn new(request: Request<'a>) -> Self {
        let headers = &request.parts.headers;
        let in_header = headers.contains_key("authorization") || headers.contains_key("x-tc-action");
        let pairs = match request.parts.method {
            Method::GET => Some(request.query()),
            _ if request.content_type() == FORM => Some(request.form()),
            _ => None,
        };
        Self(Arrival::new(request, pairs, in_header))
    }

    /// The product it is for: by host, path, scope of the signature, or version of the API.
    fn product(&self, catalog: &'static Catalog) -> Option<&'static Product> {
        let Self(arrival) = self;
        let label = arrival.host().split_once('.').map(|(label, _)| label);
        let prefix = arrival.parts.uri.path().trim_start_matches('/').split('/').next();
        let scope = tc3::parse(arrival.header("authorization")).ok().map(|authorization| authorization.service);
        let version = arrival.common("Version");
        [label, prefix, scope]
            .into_iter()
            .flatten()
            .find_map(|name| catalog.product_of_actions(name, version))
            .or_else(|| catalog.product_of_version(version))
    }

    /// Checks method, path and content type: what the documents call the protocol.
    fn check_protocol(&self, catalog: &Catalog) -> Result<(), Refusal> {
        let Self(arrival) = self;
        let unsupported = |message: String| Err(Refusal::new("UnsupportedProtocol", message));
        let content_type = arrival.content_type();
        match arrival.parts.method {
            Method::GET if arrival.in_header && content_type != FORM => {
                return unsupported(format!("A GET signed with TC3-HMAC-SHA256 has the content type {FORM}."));
            }
            Method::GET => {}
            Method::POST if arrival.in_header && content_type != JSON => {
                return unsupported(format!(
                    "A POST signed with TC3-HMAC-SHA256 has the content type {JSON}; `{content_type}` is not supported."
                ));
            }
            Method::POST if !arrival.in_header && content_type != FORM => {
                return unsupported(format!(
                    "A POST signed with HmacSHA1 or HmacSHA256 has the content type {FORM}; `{content_type}` is not supported."
                ));
            }
            Method::POST if arrival.parts.uri.query().is_some_and(|query| !query.is_empty()) => {
                return unsupported("The parameters of a POST go into its body, not into the query.".to_owned());
            }
            Method::POST => {}
            ref other => return unsupported(format!("The method {other} is not supported, only GET and POST.")),
        }
        let path = arrival.parts.uri.path().trim_matches('/');
        if !path.is_empty() && catalog.product_of_actions(path, "").is_none() {
            return unsupported("The path is `/`, or names a product: `/tke/`.".to_owned());
        }
        Ok(())
    }
}

impl Dialect for TencentV3<'_> {
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
        entry.product = self.product(gateway.catalog).map(Product::name);
        self.0.identify(entry);
    }

    fn hide(&self, gateway: &Gateway) -> Hide {
        self.0.hide(self.product(gateway.catalog))
    }

    fn size_limit(&self) -> usize {
        match self.0.parts.method {
            Method::GET => MOST_IN_QUERY,
            _ if self.0.content_type() == FORM => MOST_IN_FORM,
            _ => MOST,
        }
    }

    fn too_large(&self, limit: usize) -> Refusal {
        too_large(limit)
    }

    fn arrive(&self, gateway: &Gateway) -> Result<(), Refusal> {
        self.check_protocol(gateway.catalog)?;
        self.0.check_pairs()?;
        self.0.require(&["Action", "Version"])
    }

    /// Finds product and operation, which must exist in the version that is asked for.
    fn route(&self, gateway: &Gateway) -> Result<Route, Refusal> {
        let (action, version) = (self.0.common("Action"), self.0.common("Version"));
        let Some(product) = self.product(gateway.catalog) else {
            return Err(match tc3::parse(self.0.header("authorization")) {
                Ok(scope) => Refusal::new("InvalidAction", format!("There is no service `{}` here.", scope.service)),
                Err(_) => {
                    Refusal::new("NoSuchVersion", format!("There is no version `{version}` of any service here."))
                }
            });
        };
        let name = product.name();
        if version != product.version() {
            let known: Vec<_> = gateway.catalog.versions(name).map(Product::version).collect();
            let message = format!("There is no version `{version}` of {name}, only {}.", known.join(" and "));
            return Err(Refusal::new("NoSuchVersion", message));
        }
        let operation = product
            .operation(action)
            .ok_or_else(|| Refusal::new("InvalidAction", format!("{name} {version} has no operation `{action}`.")))?;
        Ok(Route { product, operation, path: Map::new() })
    }

    fn unknown(&self, operation: &Operation) -> Refusal {
        Refusal::new("InvalidAction", format!("There is no operation `{}`.", operation.name))
    }

    fn authenticate(&self, gateway: &Gateway, _route: Option<&Route>) -> Result<Caller, Denied> {
        let (product, now) = (self.product(gateway.catalog), seconds(gateway.faults.server_time()));
        let key = if self.0.in_header {
            gateway.gate.check_tc3(&self.0, product, now)?
        } else {
            gateway.gate.check_v1(&self.0, &auth::V1, product, now)?
        };
        Ok(key.caller())
    }

    fn region(&self, gateway: &Gateway, route: &Route, _caller: &Caller) -> Result<String, Refusal> {
        let region = self.0.common("Region");
        if route.operation.spec.region {
            self.0.require(&["Region"])?;
            if !gateway.accounts.regions.iter().any(|known| known == region) {
                return Err(Refusal::new("UnsupportedRegion", format!("The region `{region}` is not supported.")));
            }
        }
        Ok(region.to_owned())
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

    /// The parameters as JSON, whichever way they came.
    fn gather(&self, route: Route) -> Result<Map<String, Value>, Problem> {
        if self.0.in_header && self.0.parts.method != Method::GET {
            return parameters::object(self.0.body);
        }
        flat::unflatten(self.0.own_pairs(), &route.operation.spec.input, route.product.spec(), Unknown::Refuse)
    }

    fn invalid(&self, _product: &Product, _operation: &Operation, problem: Problem) -> Refusal {
        invalid(&problem)
    }

    fn mismatch(&self) -> Refusal {
        auth::mismatch()
    }

    fn reply(&self, gateway: &Gateway, reply: Reply, entry: &mut Entry) -> http::Response<Bytes> {
        match reply.body {
            Value::Object(members) => envelope(gateway, members, entry),
            _ => self.refuse(gateway, None, not_an_object(), entry),
        }
    }

    fn refuse(
        &self,
        gateway: &Gateway,
        _found: Option<Found>,
        refusal: Refusal,
        entry: &mut Entry,
    ) -> http::Response<Bytes> {
        let error = json!({ "Code": refusal.code, "Message": refusal.message });
        entry.code = Some(refusal.code.into_owned());
        envelope(gateway, Map::from_iter([("Error".to_owned(), error)]), entry)
    }
}

/// Bytes of a query, of a form, and of any other body.
const MOST_IN_QUERY: usize = 32 << 10;
const MOST_IN_FORM: usize = 1 << 20;
const MOST: usize = 10 << 20;

/// The answer: HTTP status 200 whether the call succeeded or not.
fn envelope(gateway: &Gateway, mut members: Map<String, Value>, entry: &Entry) -> http::Response<Bytes> {
    members.insert("RequestId".to_owned(), Value::from(entry.request_id.as_str()));
    gateway.json(200, Bytes::from(json!({ "Response": members }).to_string()))
}

fn too_large(limit: usize) -> Refusal {
    let message = format!("The request has more than the {limit} bytes that a request of its form may have.");
    Refusal::new("InvalidParameter", message)
}

fn throttled(why: String) -> Refusal {
    Refusal::new("RequestLimitExceeded", why)
}

fn invalid(problem: &Problem) -> Refusal {
    let code = match problem {
        Problem::Unknown(_) => "UnknownParameter",
        Problem::Missing(_) => "MissingParameter",
        Problem::OutOfBounds(..) => "InvalidParameterValue",
        Problem::Mistyped(..) | Problem::Malformed(_) => "InvalidParameter",
    };
    Refusal::new(code, problem.to_string())
}

fn not_an_object() -> Refusal {
    Refusal::new("InternalError", "The answer is not an object.")
}

/// A parameter that every call has is missing.
fn missing(name: &str) -> Refusal {
    invalid(&Problem::Missing(name.to_owned()))
}
