#![allow(clippy::unwrap_used)]
use super::*;
use serde_json::Value;
use std::collections::BTreeSet;

/// The operation's name in the document: `AddKey` is `addKey`.
fn name(operation: Operation) -> String {
    let text = format!("{operation:?}");
    let (first, rest) = text.split_at(1);
    first.to_lowercase() + rest
}

#[test]
fn the_document_has_the_routes_and_no_others() {
    let document: Value = serde_json::from_str(OPENAPI).unwrap();
    let mut documented = BTreeSet::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let id = operation["operationId"].as_str().unwrap().to_owned();
            documented.insert((method.to_uppercase(), path.strip_prefix(PREFIX).unwrap().to_owned(), id));
            let own = |parameter: &Value| match parameter["$ref"].as_str() {
                Some(_) => Some("cloud".to_owned()),
                None if parameter["in"] == "query" => parameter["name"].as_str().map(str::to_owned),
                None => None,
            };
            let parameters = operation["parameters"].as_array().into_iter().flatten();
            let parameters: BTreeSet<String> = parameters.filter_map(own).collect();
            let (_, _, known) = ROUTES.iter().find(|(.., known)| name(*known) == operation["operationId"]).unwrap();
            let known: BTreeSet<String> = known_parameters(*known).iter().map(|name| (*name).to_owned()).collect();
            assert_eq!(parameters, known, "{method} {path}");
        }
    }
    let served: BTreeSet<(String, String, String)> = ROUTES
        .iter()
        .map(|(method, path, operation)| ((*method).to_owned(), (*path).to_owned(), name(*operation)))
        .collect();
    assert_eq!(documented, served);
}

#[test]
fn routes_are_found() {
    for (method, path, operation, parameter) in [
        ("GET", "journal/stream", Operation::FollowJournal, ""),
        ("GET", "journal/17", Operation::JournalEntry, "17"),
        ("DELETE", "clouds/AKID%2Fx", Operation::EndCloud, "AKID/x"),
        ("POST", "accounts/sub-accounts", Operation::AddSubAccount, ""),
    ] {
        assert_eq!(route(method, path).unwrap(), (operation, parameter.to_owned()), "{method} {path}");
    }
    for (method, path) in
        [("GET", ""), ("GET", "nothing"), ("GET", "journal/1/2"), ("GET", "clouds/"), ("GET", "state/")]
    {
        assert_eq!(route(method, path).unwrap_err().place, "path", "{path}");
    }
    let problem = route("PUT", "faults").unwrap_err();
    assert_eq!((problem.place.as_str(), problem.expected.as_str()), ("method", "GET, POST, DELETE"));
}
