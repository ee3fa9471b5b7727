//! What is different in API 2.0, the oldest form of calls: one path for everything, a host for each service behind
//! it, no version, regions by short names, and answers in an envelope with a number.

use super::super::FORM;
use super::arrival::{Arrival, content_type};
use crate::catalog::{Catalog, Operation, Product};
use crate::ccs::regions;
use crate::gateway::Gateway;
use crate::refusal::Refusal;
use http::Method;
use http::request::Parts;
use serde_json::{Map, Value, json};
use wharf_sign::hmac_v1_api2::PATH;
use wharf_spec::file::Protocol;

/// The services behind the hosts `<service>.api.<domain>`.
pub(crate) const SERVICES: [&str; 3] = ["ccr", "ccs", "monitor"];

/// Codes of modules, which stand in the message, and the code before them.
const BEFORE: [(i64, i64); 2] = [(-160_004, 4_000), (100_004, 5_100)];

/// Whether a request to that host is one of API 2.0: by its path, or by its host.
pub(super) fn is_old(parts: &Parts, host: &str) -> bool {
    parts.uri.path().ends_with(PATH) || service(host).is_some_and(|service| SERVICES.contains(&service))
}

/// The service that a host names, if it names one.
pub(super) fn service(host: &str) -> Option<&str> {
    let (service, rest) = host.split_once('.')?;
    rest.starts_with("api.").then_some(service)
}

/// The product whose calls are written like this.
pub(super) fn product(catalog: &'static Catalog) -> Option<&'static Product> {
    catalog.products().iter().find(|product| product.spec.protocol == Protocol::TencentV2)
}

/// Checks method, path and content type. The query of a POST is ignored.
pub(super) fn check_protocol(arrival: &Arrival<'_>) -> Result<(), Refusal> {
    let unsupported = |message: String| Err(Refusal::new("UnsupportedProtocol", message));
    match arrival.parts.method {
        Method::GET | Method::POST => {}
        ref other => return unsupported(format!("The method {other} is not supported, only GET and POST.")),
    }
    let kind = content_type(arrival.parts);
    if arrival.parts.method == Method::POST && kind != FORM && !kind.is_empty() {
        return unsupported(format!("A POST has the content type {FORM}; `{kind}` is not supported."));
    }
    if !arrival.parts.uri.path().ends_with(PATH) {
        return unsupported(format!("The path is `{PATH}`."));
    }
    Ok(())
}

/// The operation, which must be offered at the host that was called. A host that names no service has them all.
pub(super) fn offered(
    arrival: &Arrival<'_>,
    product: Option<&'static Product>,
) -> Result<(&'static Product, Operation), Refusal> {
    let action = arrival.parameter("Action");
    let unknown = |place: &str| Refusal::new("InvalidAction", format!("There is no operation `{action}` {place}."));
    let product = product.ok_or_else(|| unknown("here"))?;
    let operation = product.operation(action).ok_or_else(|| unknown("here"))?;
    let due = operation.spec.host.as_deref().unwrap_or(product.name());
    match service(arrival.host()) {
        Some(service) if service != due => {
            Err(unknown(&format!("of `{service}`: it belongs to the domain that begins with `{due}.api.`")))
        }
        _ => Ok((product, operation)),
    }
}

/// The full name of the region that the call is for; short names and full ones are taken.
pub(super) fn region(gateway: &Gateway, arrival: &Arrival<'_>, operation: &Operation) -> Result<String, Refusal> {
    let given = arrival.parameter("Region");
    if !operation.spec.region {
        return Ok(given.to_owned());
    }
    if given.is_empty() {
        return Err(Refusal::missing("Region"));
    }
    regions::full_name(given, &gateway.regions).ok_or_else(|| {
        Refusal::new(
            "UnsupportedRegion",
            format!("The region `{given}` is neither a short name (`gz`) nor a full one."),
        )
    })
}

/// The members of the answer to a call that succeeded.
pub(super) fn answer(output: Map<String, Value>, envelope: Option<&str>) -> Map<String, Value> {
    let mut members = Map::new();
    members.insert("code".into(), json!(0));
    members.insert("message".into(), json!(""));
    members.insert("codeDesc".into(), json!("Success"));
    match envelope {
        Some(name) => drop(members.insert(name.to_owned(), Value::Object(output))),
        None => members.extend(output),
    }
    members
}

/// The members of the answer to a call that is refused, and the code as a client tells it.
pub(super) fn error(refusal: &Refusal, monitor: bool) -> (Map<String, Value>, String) {
    let said = Said::of(&refusal.code, monitor);
    let message = match said.module {
        Some(module) if !refusal.message.starts_with('(') => format!("({module}){}", refusal.message),
        _ => refusal.message.clone(),
    };
    let mut members = Map::new();
    members.insert("code".into(), json!(said.number));
    members.insert("message".into(), json!(message));
    if let Some(word) = &said.word {
        members.insert("codeDesc".into(), json!(word));
    }
    (members, said.word.unwrap_or_else(|| said.number.to_string()))
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
        let spec = crate::catalog::catalog().ok().and_then(product).map(|product| product.spec);
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
mod tests {
    use super::*;

    fn said(code: &str, monitor: bool) -> (i64, Option<String>, Option<i64>) {
        let Said { number, word, module } = Said::of(code, monitor);
        (number, word, module)
    }

    #[test]
    fn codes_have_numbers_and_names() {
        let name = |name: &str| Some(name.to_owned());
        assert_eq!(said("MissingParameter", false), (4_000, name("InvalidParameter"), None));
        assert_eq!(said("MissingParameter", true), (-505, name("InvalidParameter.MissingParameter"), None));
        assert_eq!(said("InvalidParameter", true), (-503, name("InvalidParameter"), None));
        assert_eq!(said("AuthFailure.SignatureFailure", true), (4_100, name("AuthFailure"), None));
        assert_eq!(said("5100", false), (5_100, None, None));
        assert_eq!(said("-507", true), (-507, None, None));
        assert_eq!(said("100004", false), (5_100, None, Some(100_004)));
        assert_eq!(said("KubeResourceNotFound", false), (4_000, name("KubeResourceNotFound"), Some(-160_004)));
        assert_eq!(said("Unheard", false), (5_100, name("Unheard"), None));
    }

    #[test]
    fn hosts_name_services() {
        assert_eq!(service("ccs.api.qcloud.com:443"), Some("ccs"));
        for other in ["ccs.tencentcloudapi.com", "127.0.0.1:80", "localhost", ""] {
            assert_eq!(service(other), None, "{other}");
        }
    }

    #[test]
    fn the_services_are_those_of_the_specs() {
        let operations = crate::catalog::catalog().ok().and_then(product).into_iter().flat_map(Product::operations);
        let hosts: std::collections::BTreeSet<&str> =
            operations.map(|operation| operation.spec.host.as_deref().unwrap_or("ccs")).collect();
        assert_eq!(hosts.into_iter().collect::<Vec<_>>(), SERVICES);
    }
}
