//! Every rule of spec files, by a small spec that breaks it and the message it gets.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "rules/layers.rs"]
mod layers;
#[path = "rules/names.rs"]
mod names;
#[path = "rules/paging.rs"]
mod paging;
#[path = "rules/rest.rs"]
mod rest;
#[path = "rules/tencent_v2.rs"]
mod tencent_v2;
#[path = "rules/waiters.rs"]
mod waiters;

use serde_json::{Value, json};
use wharf_spec::{Catalog, Home, Source};

/// A demo product: its operations, shapes and errors.
struct Spec {
    operations: Value,
    shapes: Value,
    errors: Value,
}

impl Spec {
    fn new() -> Self {
        Self {
            operations: json!({
                "product": "demo", "version": "2020-01-01", "crate": "cluster", "protocol": "tencent_v3",
                "operations": {
                    "ListThings": {
                        "doc": "Lists things.", "source": "doc:1", "rate_limit": 20, "authorization": "signature",
                        "idempotent": true,
                        "paginate": { "style": "offset", "offset": "Offset", "limit": "Limit", "max": 100, "default": 20,
                                      "total": "Total", "items": "Data.Things" },
                        "input": [
                            { "name": "Offset", "type": "int", "source": "doc:2", "doc": "Where to begin." },
                            { "name": "Limit", "type": "int", "max": 100, "default": 20, "source": "doc:3", "doc": "How many." },
                            { "name": "Color", "type": "string", "enum": "Color", "default": "red", "source": "doc:4", "doc": "Color." }
                        ],
                        "output": [
                            { "name": "Total", "type": "uint", "required": true, "source": "doc:5", "doc": "All things." },
                            { "name": "Data", "type": "Page", "source": "doc:6", "doc": "A page." },
                            { "name": "RequestId", "type": "string", "required": true, "source": "doc:7", "doc": "Id." }
                        ],
                        "errors": ["InternalError"]
                    }
                }
            }),
            shapes: json!({
                "product": "demo", "version": "2020-01-01",
                "shapes": {
                    "Page": { "doc": "A page.", "source": "doc:8", "fields": [
                        { "name": "Things", "type": "list<Thing>", "source": "doc:9", "doc": "Things." } ] },
                    "Thing": { "doc": "A thing.", "source": "doc:10", "fields": [
                        { "name": "Part", "type": "Thing", "source": "doc:11", "doc": "A part." },
                        { "name": "Parts", "type": "list<Thing>", "source": "doc:12", "doc": "Parts." } ] }
                },
                "enums": {
                    "Color": { "doc": "A color.", "source": "doc:13", "values": [ { "value": "red", "doc": "Red." } ] }
                }
            }),
            errors: json!({
                "product": "demo", "version": "2020-01-01",
                "errors": { "InternalError": { "doc": "It failed.", "source": "doc:14", "kind": "internal", "retry": false } }
            }),
        }
    }

    fn sources(&self) -> Vec<Source> {
        [("cluster", &self.operations), ("errors", &self.errors), ("shapes", &self.shapes)]
            .into_iter()
            .map(|(name, spec)| Source { name: format!("demo/{name}.json"), text: spec.to_string().into() })
            .collect()
    }

    fn problems(&self) -> Vec<String> {
        match Catalog::from_sources(&self.sources()) {
            Ok(_) => Vec::new(),
            Err(problems) => problems.0.iter().map(ToString::to_string).collect(),
        }
    }
}

const LIST: &str = "/operations/ListThings";

/// Puts a value at a place of the operations and gives the problems.
fn operation(place: &str, value: Value) -> Vec<String> {
    let mut spec = Spec::new();
    put(&mut spec.operations, &format!("{LIST}{place}"), value);
    spec.problems()
}

/// The same for shapes and enumerations.
fn shapes(place: &str, value: Value) -> Vec<String> {
    let mut spec = Spec::new();
    put(&mut spec.shapes, place, value);
    spec.problems()
}

fn put(spec: &mut Value, place: &str, value: Value) {
    let (parent, key) = place.rsplit_once('/').unwrap();
    match spec.pointer_mut(parent).unwrap() {
        Value::Object(members) => {
            members.insert(key.to_owned(), value);
        }
        Value::Array(items) => match key.parse::<usize>() {
            Ok(at) => items[at] = value,
            Err(_) => items.push(value),
        },
        other => panic!("{other} holds nothing"),
    }
}

fn field(name: &str, ty: &str) -> Value {
    json!({ "name": name, "type": ty, "source": "doc:99", "doc": "A field." })
}

const AT: &str = "demo/cluster.json: operation ListThings";

#[test]
fn the_whole_spec_breaks_no_rule() {
    assert_eq!(Spec::new().problems(), Vec::<String>::new());
}

#[test]
fn references() {
    assert_eq!(
        operation("/input/-", field("More", "strng")),
        [format!("{AT}: input More: unknown type `strng`: `strng` is neither a type of its own nor a shape of demo")]
    );
    assert_eq!(
        operation("/input/-", field("More", "list<json<Gone>>")),
        [format!(
            "{AT}: input More: unknown type `list<json<Gone>>`: `Gone` is neither a type of its own nor a shape of demo"
        )]
    );
    let mut more = field("More", "string");
    more["enum"] = json!("Shade");
    assert_eq!(operation("/input/-", more), [format!("{AT}: input More: unknown enum `Shade`")]);
    assert_eq!(
        operation("/errors", json!(["InternalError", "Lost", "InternalError"])),
        [
            format!("{AT}: errors: InternalError is there twice"),
            format!("{AT}: errors: Lost has no entry in the error codes of demo"),
        ]
    );
    let unused = json!({ "doc": "A lamp.", "source": "doc:20", "fields": [field("Name", "string")] });
    assert_eq!(shapes("/shapes/Lamp", unused), ["demo/shapes.json: shape Lamp: is used by no operation"]);
    let unused = json!({ "doc": "A shade.", "source": "doc:20", "values": [{ "value": "dark", "doc": "Dark." }] });
    assert_eq!(shapes("/enums/Shade", unused), ["demo/shapes.json: enum Shade: is used by no field"]);
}

#[test]
fn names_that_are_there_twice() {
    assert_eq!(operation("/input/-", field("Limit", "int")), [format!("{AT}: input Limit: is there twice")]);
    assert_eq!(operation("/output/-", field("Total", "uint")), [format!("{AT}: output Total: is there twice")]);
    let twice =
        json!([{ "value": "red", "doc": "Red." }, { "value": "red", "doc": "Red." }, { "value": "", "doc": "None." }]);
    assert_eq!(
        shapes("/enums/Color/values", twice),
        ["demo/shapes.json: enum Color: value : is empty", "demo/shapes.json: enum Color: value red: is there twice"]
    );

    let spec = Spec::new();
    let mut sources = spec.sources();
    sources.push(Source { name: "demo/node.json".into(), text: spec.operations.to_string().into() });
    let problems = Catalog::from_sources(&sources).unwrap_err();
    assert_eq!(
        problems.to_string(),
        "demo/node.json: operation ListThings: is there twice, first in demo/cluster.json\n1 problem"
    );

    let text = r#"{"product":"demo","version":"2020-01-01","errors":{"A":DOC,"A":DOC}}"#;
    let text = text.replace("DOC", r#"{"doc":"d","source":"s","kind":"invalid","retry":false}"#);
    let problems = Catalog::from_sources(&[Source { name: "demo/errors.json".into(), text: text.into() }]).unwrap_err();
    assert_eq!(problems.0[0].to_string(), "demo/errors.json: error A: is there twice, first in demo/errors.json");
}

#[test]
fn descriptions() {
    for missing in ["", "  ", "..."] {
        assert_eq!(operation("/doc", json!(missing)), [format!("{AT}: description is missing")]);
        assert_eq!(operation("/input/0/doc", json!(missing)), [format!("{AT}: input Offset: description is missing")]);
        assert_eq!(
            shapes("/shapes/Thing/fields/0/doc", json!(missing)),
            ["demo/shapes.json: shape Thing: field Part: description is missing"]
        );
        assert_eq!(
            shapes("/enums/Color/values/0/doc", json!(missing)),
            ["demo/shapes.json: enum Color: value red: description is missing"]
        );
        let mut spec = Spec::new();
        put(&mut spec.errors, "/errors/InternalError/doc", json!(missing));
        assert_eq!(spec.problems(), ["demo/errors.json: error InternalError: description is missing"]);
    }
    assert_eq!(operation("/source", json!("")), [format!("{AT}: source is missing")]);
}

#[test]
fn bounds_and_defaults() {
    let more = |facts: Value| {
        let mut more = field("More", facts["type"].as_str().unwrap_or("int"));
        for (key, value) in facts.as_object().unwrap() {
            more[key] = value.clone();
        }
        operation("/input/-", more)
    };
    for (facts, message) in [
        (json!({"min": 5, "max": 4}), "the largest value 4 is below the smallest 5"),
        (json!({"type": "string", "max": 4}), "a range on the type `string`; only whole numbers have one"),
        (json!({"max_items": 4}), "max_items on the type `int`; only lists have it"),
        (json!({"max_length": 4}), "max_length on the type `int`; only strings have it"),
        (json!({"max": 4, "default": 5}), "the default 5 is outside of the range"),
        (json!({"default": "5"}), "the default \"5\" does not fit the type `int`"),
        (json!({"type": "uint", "default": -1}), "the default -1 does not fit the type `uint`"),
        (json!({"type": "list<int>", "default": 1}), "the default 1 does not fit the type `list<int>`"),
        (json!({"type": "string", "enum": "Color", "default": "blue"}), "the default \"blue\" is no value of Color"),
        (json!({"enum": "Color"}), "an enum on the type `int`; only strings have one"),
        (json!({"values": ["1", "2"]}), "values on the type `int`; only strings have them"),
        (
            json!({"type": "map<string>", "values": ["a", "b"]}),
            "values on the type `map<string>`; only strings have them",
        ),
        (json!({"type": "string", "values": ["a"]}), "the only value is a: that is no list"),
        (json!({"type": "string", "values": ["a", "b", "a"]}), "the value `a` is empty or listed twice"),
        (json!({"type": "string", "values": ["a", "b"], "default": "c"}), "the default \"c\" is none of the values"),
        (
            json!({"type": "string", "values": ["a", "b"], "sensitive": true}),
            "has values, and an enum or a const, or is sensitive",
        ),
        (json!({"unchecked": true}), "is unchecked and has no range"),
        (
            json!({"type": "string", "enum": "Color", "sensitive": true}),
            "is sensitive and has an enum; a secret has no known values",
        ),
    ] {
        assert_eq!(more(facts), [format!("{AT}: input More: {message}")]);
    }
    // A limit that is not stated.
    assert_eq!(operation("/rate_limit", json!(0)), Vec::<String>::new());
    let mut spec = Spec::new();
    put(&mut spec.errors, "/errors/InternalError/retry", json!(true));
    let message = "is true for the kinds throttled and transient, and for no other";
    assert_eq!(spec.problems(), [format!("demo/errors.json: error InternalError: retry: {message}")]);
}

#[test]
fn consts_and_aliases() {
    let more = |facts: Value| {
        let mut more = field("More", facts["type"].as_str().unwrap_or("string"));
        for (key, value) in facts.as_object().unwrap() {
            more[key] = value.clone();
        }
        operation("/input/-", more)
    };
    for (facts, message) in [
        (json!({"type": "int", "const": "1"}), "a const on the type `int`; only strings have one"),
        (json!({"const": "a", "default": "b"}), "has a const and a default"),
        (json!({"const": "blue", "enum": "Color"}), "the const blue is no value of Color"),
        (json!({"aliases": ["More"]}), "the alias More is its own name"),
        (json!({"aliases": ["Limit"]}), "the alias Limit is the name of another field"),
        (json!({"aliases": ["more", "more"]}), "the alias more is also one of More"),
        (json!({"said_by": "size"}), "said_by on the type `string`; only maps have it"),
        (json!({"default_from": "Gone.Id"}), "default_from: Gone.Id is not a field of the input"),
        (json!({"default_from": "Limit"}), "default_from: Limit is `int` and this is `string`"),
        (json!({"type": "map<string>", "max_items": 1}), "max_items on the type `map<string>`; only lists have it"),
        (
            json!({"type": "map<list<Gone>>"}),
            "unknown type `map<list<Gone>>`: `Gone` is neither a type of its own nor a shape of demo",
        ),
    ] {
        assert_eq!(more(facts), [format!("{AT}: input More: {message}")]);
    }
    assert_eq!(more(json!({"type": "map<any>", "aliases": ["more"]})), Vec::<String>::new());
    let entries = json!({"type": "list<Thing>", "entries": {"name": "Gone", "value": "Parts"}});
    let no_strings =
        ["Gone", "Parts"].map(|name| format!("{AT}: input More: entries: {name} is no string of the items"));
    assert_eq!(more(entries), no_strings);
    assert_eq!(more(json!({"type": "map<string>", "said_by": "size"})), Vec::<String>::new());
    assert_eq!(more(json!({"type": "json<list<Thing>>"})), Vec::<String>::new());
    for (id, message) in
        [("Data.Id", "Data.Id is not a field of the output"), ("Total", "Total is `uint`, not a string")]
    {
        assert_eq!(operation("/job", json!({ "id": id })), [format!("{AT}: job: {message}")]);
    }
}

#[test]
fn shapes_that_maps_carry() {
    let carried =
        |way: &str| json!({ "doc": "Notes.", "source": "doc:20", "carried_in": way, "fields": [field("Size", "int")] });
    for (way, message) in [
        ("Thing", "there is no Thing"),
        ("Thing.Notes", "there is no Thing.Notes"),
        ("Thing.Parts", "Thing.Parts is `list<Thing>`, not a map"),
    ] {
        let problems = shapes("/shapes/Notes", carried(way));
        assert!(problems.contains(&format!("demo/shapes.json: shape Notes: carried_in: {message}")), "{problems:?}");
    }
    let mut spec = Spec::new();
    put(&mut spec.shapes, "/shapes/Notes", carried("Thing.Notes"));
    put(&mut spec.shapes, "/shapes/Thing/fields/-", field("Notes", "map<any>"));
    let catalog = Catalog::from_sources(&spec.sources()).unwrap();
    let notes = catalog.product("demo").unwrap().shape("Notes").unwrap();
    assert!(notes.in_output && !notes.in_input);
    assert_eq!(notes.home, Home::Service("cluster".into()));
}

#[test]
fn statuses() {
    let statuses = |code: &str, facts: Value| {
        let mut status = json!({ "name": "Odd", "doc": "Odd.", "source": "doc:40" });
        for (key, value) in facts.as_object().unwrap() {
            status[key] = value.clone();
        }
        let mut spec = Spec::new();
        spec.errors["statuses"] = json!({ code: status });
        spec.problems()
    };
    let at = "demo/errors.json: status";
    let passes = "retry: is true for the kinds throttled and transient, and for no other";
    assert_eq!(statuses("404", json!({})), Vec::<String>::new());
    assert_eq!(statuses("429", json!({ "kind": "throttled", "retry": true })), Vec::<String>::new());
    assert_eq!(statuses("four", json!({})), [format!("{at} four: is no HTTP status code")]);
    assert_eq!(statuses("99", json!({})), [format!("{at} 99: is no HTTP status code")]);
    assert_eq!(statuses("500", json!({ "kind": "internal", "retry": true })), [format!("{at} 500: {passes}")]);
    assert_eq!(statuses("500", json!({ "kind": "internal" })), [format!("{at} 500: {passes}")]);
    assert_eq!(statuses("500", json!({ "doc": "" })), [format!("{at} 500: description is missing")]);
    let mut spec = Spec::new();
    put(&mut spec.errors, "/errors/InternalError/status", json!(200));
    assert_eq!(spec.problems(), ["demo/errors.json: error InternalError: status: is not one of failure"]);
}

#[test]
fn what_an_action_has_not() {
    for (key, value) in [
        ("method", json!("GET")),
        ("path", json!("/")),
        ("host", json!("iam")),
        ("success", json!([200])),
        ("failure", json!([400])),
    ] {
        let message = format!("{AT}: {key}: is fixed by the protocol tencent_v3");
        assert_eq!(operation(&format!("/{key}"), value), [message]);
    }
    let message = format!("{AT}: envelope: belongs to the protocol tencent_v2");
    assert_eq!(operation("/envelope", json!("data")), [message]);
    assert_eq!(
        operation("/authorization", json!("none")),
        [format!("{AT}: authorization: is none of the protocol tencent_v3")]
    );
    let placed =
        [("in", json!("body")), ("payload", json!(true)), ("from_connection", json!(true)), ("style", json!("comma"))];
    for (key, value) in placed {
        let message = "has a place, which the protocol tencent_v3 fixes";
        assert_eq!(operation(&format!("/input/0/{key}"), value), [format!("{AT}: input Offset: {message}")]);
    }

    // The other protocols of actions are told by their names, and state no rates.
    for (protocol, host) in [("acs_rpc", Some("is fixed by the protocol acs_rpc")), ("tencent_v2", None)] {
        let mut spec = Spec::new();
        spec.operations["protocol"] = json!(protocol);
        put(&mut spec.operations, &format!("{LIST}/rate_limit"), json!(0));
        assert_eq!(spec.problems(), Vec::<String>::new());
        put(&mut spec.operations, &format!("{LIST}/host"), json!("sts"));
        assert_eq!(
            spec.problems(),
            host.map(|message| format!("{AT}: host: {message}")).into_iter().collect::<Vec<_>>()
        );
    }
}

#[test]
fn files() {
    let mut spec = Spec::new();
    spec.errors["version"] = json!("2021-01-01");
    assert_eq!(
        spec.problems(),
        [
            "demo/cluster.json: operation ListThings: errors: InternalError has no entry in the error codes of demo",
            "demo/errors.json: version: there are no operations of demo in version 2021-01-01",
        ]
    );
    let mut sources = Spec::new().sources();
    sources[1].text = "{}".into();
    let message = "demo/errors.json: has none of the keys \"operations\", \"shapes\", \"errors\", \"services\", \"additions\", \"overrides\"";
    assert_eq!(Catalog::from_sources(&sources).unwrap_err().0[0].to_string(), message);
    sources[1].text = "{".into();
    assert!(
        Catalog::from_sources(&sources).unwrap_err().0[0]
            .to_string()
            .starts_with("demo/errors.json: EOF while parsing")
    );
    let problems = operation("/input/0/colour", json!("red"));
    assert!(
        problems[0].starts_with("demo/cluster.json: operations.ListThings.input[0].colour: unknown field `colour`"),
        "{problems:?}"
    );
}

#[test]
fn types_find_their_crate() {
    let mut spec = Spec::new();
    let mut list = spec.operations.clone();
    list["crate"] = json!("node");
    let node = json!({
        "doc": "Makes a thing.", "source": "doc:30", "rate_limit": 20, "authorization": "cam", "idempotent": false,
        "input": [field("Thing", "json<Thing>")], "output": [field("RequestId", "string")], "errors": []
    });
    list["operations"] = json!({ "MakeThing": node });
    put(&mut spec.shapes, "/shapes/Page/fields/-", field("Only", "Only"));
    put(
        &mut spec.shapes,
        "/shapes/Only",
        json!({ "doc": "One.", "source": "doc:31", "fields": [field("Page", "Page")] }),
    );
    let mut sources = spec.sources();
    sources.push(Source { name: "demo/node.json".into(), text: list.to_string().into() });
    let catalog = Catalog::from_sources(&sources).unwrap();
    let demo = catalog.product("demo").unwrap();
    let home = |name: &str| demo.shape(name).unwrap().home.clone();
    assert_eq!(home("Page"), Home::Service("cluster".into()));
    assert_eq!(home("Thing"), Home::Shared);
    assert_eq!(demo.enumeration("Color").unwrap().home, Home::Service("cluster".into()));
    let thing = demo.shape("Thing").unwrap();
    assert!(thing.in_input && thing.in_output);
    assert!(!demo.shape("Page").unwrap().in_input);
    assert_eq!(thing.recursive.iter().collect::<Vec<_>>(), ["Part"]);
    assert_eq!(demo.shape("Page").unwrap().recursive.iter().collect::<Vec<_>>(), ["Only"]);
    assert_eq!(demo.services().into_iter().collect::<Vec<_>>(), ["cluster", "node"]);

    // What operations beside the shared things use is shared, even where nobody else uses it.
    let mut spec = Spec::new();
    spec.operations["crate"] = json!(wharf_spec::SHARED);
    let catalog = Catalog::from_sources(&spec.sources()).unwrap();
    let demo = catalog.product("demo").unwrap();
    assert_eq!(demo.shape("Page").unwrap().home, Home::Shared);
    assert_eq!(demo.enumeration("Color").unwrap().home, Home::Shared);
}

#[test]
fn an_operation_that_may_change_something_is_repeated_only_with_a_reason() {
    let under = |name: &str, idempotent: bool, reason: Value| {
        let mut spec = Spec::new();
        let mut list = spec.operations.pointer(LIST).unwrap().clone();
        list["idempotent"] = json!(idempotent);
        list["idempotent_reason"] = reason;
        spec.operations["operations"] = json!({ name: list });
        spec.problems()
    };
    for name in ["ModifyThing", "UpdateThing", "SetThing", "CreateThing", "ThingExists", "ListenToThings", "Showcase"] {
        let missing = format!(
            "demo/cluster.json: operation {name}: idempotent_reason: is missing: the name does not say that the \
             operation only reads"
        );
        assert_eq!(under(name, true, Value::Null), [missing], "{name}");
        assert!(under(name, true, json!("it only reads")).is_empty(), "{name}");
        assert!(under(name, false, Value::Null).is_empty(), "{name}");
    }
    for name in ["DescribeThing", "GetThing", "IAMListThings", "ShowThing"] {
        assert!(under(name, true, Value::Null).is_empty(), "{name}");
    }
    let empty = format!("{AT}: idempotent_reason: is empty");
    assert_eq!(under("ListThings", true, json!(" ")), [empty]);
}
