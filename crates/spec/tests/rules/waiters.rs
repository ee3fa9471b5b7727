//! The rules of waiters.

use super::{Spec, field, put};
use serde_json::{Value, json};
use wharf_spec::Catalog;

const AT: &str = "demo/cluster.json: waiter thing_ready";

/// A spec with a waiter by facts, and one by a function.
fn spec() -> Spec {
    let mut spec = Spec::new();
    let shape = "/shapes/Thing/fields/-";
    put(&mut spec.shapes, shape, field("Id", "string"));
    let mut state = field("State", "string");
    state["enum"] = json!("Color");
    put(&mut spec.shapes, shape, state);
    put(&mut spec.operations, "/operations/ListThings/input/-", field("Ids", "list<string>"));
    put(
        &mut spec.operations,
        "/waiters",
        json!({
            "thing_ready": {
                "doc": "Waits until a thing is red, and returns it.", "operation": "ListThings",
                "arguments": [{ "name": "thing_id", "type": "text", "input": "Ids", "doc": "The thing." }],
                "thing": "thing {thing_id}", "goal": "be red",
                "select": { "from": "Data.Things", "key": "Id", "argument": "thing_id" },
                "state": "State", "success": ["red"], "returns": "Thing", "timeout": 60
            },
            "things_ready": {
                "doc": "Waits until things are red, and returns them.", "details": "Fails never.",
                "operation": "ListThings",
                "arguments": [{ "name": "thing_ids", "type": "texts", "doc": "The things." }],
                "thing": "{thing_ids} things", "goal": "be red",
                "poll": "things_ready", "progress": "ThingsProgress", "returns": "list<Thing>", "timeout": 60
            }
        }),
    );
    spec
}

/// The problems when a fact of a waiter is another one, or is left out (null).
fn with(waiter: &str, part: &str, value: Value) -> Vec<String> {
    let mut spec = spec();
    let place = format!("/waiters/{waiter}/{part}");
    if value.is_null() {
        let waiter = spec.operations["waiters"][waiter].as_object_mut().unwrap();
        waiter.remove(part).unwrap();
    } else {
        put(&mut spec.operations, &place, value);
    }
    spec.problems()
}

#[test]
fn both_forms_break_no_rule() {
    let spec = spec();
    assert_eq!(spec.problems(), Vec::<String>::new());
    let catalog = Catalog::from_sources(&spec.sources()).unwrap();
    let waiters = &catalog.product("demo").unwrap().waiters;
    let names: Vec<_> = waiters.iter().map(|waiter| (waiter.name.as_str(), waiter.service.as_str())).collect();
    assert_eq!(names, [("thing_ready", "cluster"), ("things_ready", "cluster")]);
    assert_eq!(waiters[1].spec.returned(), Some(("Thing", true)));
}

#[test]
fn what_a_waiter_names_is_there() {
    for (part, value, message) in [
        ("operation", json!("ListLamps"), "operation: there is no operation ListLamps"),
        ("thing", json!("thing {lamp_id}"), "thing: there is no argument lamp_id"),
        ("goal", json!("be {"), "goal: has a brace without a partner"),
        ("select/from", json!("Data.Lamps"), "select from: Data.Lamps is not a field of the output"),
        ("select/from", json!("Total"), "select from: Total is `uint`, not a structure or a list of them"),
        ("select/key", json!("Name"), "select key: Name is not a field of Thing"),
        ("select/key", json!("State"), "select key: State is not an identifier"),
        ("select/argument", json!("lamp_id"), "select argument: there is no argument lamp_id"),
        ("state", json!("Mood"), "state: Mood is not a field of the thing"),
        ("state", json!("Part.Mood"), "state: Part.Mood is not a field of the thing"),
        ("state", json!("Id"), "state: Id has no enumeration of states"),
        ("state", json!(null), "state: is missing"),
        ("success", json!(["green"]), "success: Color has no value `green`"),
        ("failure", json!(["green"]), "failure: Color has no value `green`"),
        ("rests", json!(["green"]), "rests: Color has no value `green`"),
        ("absent", json!(["green"]), "absent: Color has no value `green`"),
        ("absent", json!(["red"]), "absent: `red` is also in success"),
        ("success", json!([]), "success: is missing: neither a state nor being gone is the goal"),
        ("success_if", json!("is_done"), "success_if: needs a type of progress, whose method it is"),
        ("returns", json!("Page"), "returns: is Page, and the thing is Thing"),
        ("returns", json!("list<Thing>"), "returns: is list<Thing>, and the thing is Thing"),
        ("gone", json!("Gone"), "returns: nothing is left when the thing is gone"),
        ("timeout", json!(0), "timeout: is 0 seconds"),
        ("doc", json!(" "), "doc: is empty"),
    ] {
        assert_eq!(with("thing_ready", part, value), [format!("{AT}: {message}")], "{part}");
    }
}

#[test]
fn arguments_go_into_inputs() {
    let argument = |name: &str, kind: &str, input: Option<&str>| {
        let mut argument = json!({ "name": name, "type": kind, "doc": "An argument." });
        if let Some(input) = input {
            argument["input"] = json!(input);
        }
        with("thing_ready", "arguments/-", argument)
    };
    for (problems, message) in [
        (argument("more", "text", None), "argument more: no input takes it"),
        (argument("more", "text", Some("Lamps")), "argument more: Lamps is not an input of ListThings"),
        (argument("more", "bool", Some("Limit")), "argument more: the input Limit is `int`, which it does not fit"),
        (argument("more", "whole", Some("Color")), "argument more: the input Color is `string`, which it does not fit"),
        (argument("more", "text", Some("Ids")), "argument more: the input Ids is filled twice"),
        (argument("thing_id", "text", Some("Color")), "argument thing_id: is there twice"),
        (argument("timeout", "whole", Some("Limit")), "argument timeout: is an argument of every waiter"),
        (argument("More", "text", Some("Color")), "argument More: its name is not in snake_case"),
    ] {
        assert_eq!(problems, [format!("{AT}: {message}")]);
    }
    assert_eq!(argument("more", "whole", Some("Limit")), Vec::<String>::new());

    let mut spec = spec();
    put(&mut spec.operations, "/operations/ListThings/input/2/required", json!(true));
    assert_eq!(spec.problems(), [format!("{AT}: arguments: none fills the input Color, which is required")]);
}

#[test]
fn a_function_decides_alone() {
    let at = "demo/cluster.json: waiter things_ready";
    for (part, value) in [
        ("state", json!("State")),
        ("select", json!({ "from": "Data.Things", "key": "Id", "argument": "thing_ids" })),
        ("success", json!(["red"])),
        ("success_if", json!("is_done")),
        ("failure", json!(["red"])),
        ("rests", json!(["red"])),
        ("absent", json!(["red"])),
        ("gone", json!("Gone")),
    ] {
        let message = format!("{at}: {part}: is what the function of `poll` decides");
        assert_eq!(with("things_ready", part, value), [message]);
    }
    for (part, value, message) in [
        ("progress", json!(null), "progress: is missing: the function of `poll` returns it"),
        ("details", json!(null), "details: is missing: nothing else says how the function of `poll` judges"),
        ("returns", json!("Lamp"), "returns: there is no structure Lamp"),
        ("arguments/0/input", json!("Ids"), "argument thing_ids: its input is what the function of `poll` fills"),
    ] {
        assert_eq!(with("things_ready", part, value), [format!("{at}: {message}")]);
    }
}

#[test]
fn names_and_timeouts() {
    let missing = with("thing_ready", "timeout", json!(null));
    assert_eq!(missing.len(), 1);
    assert!(missing[0].starts_with("demo/cluster.json: waiters.thing_ready"), "{missing:?}");
    assert!(missing[0].contains("missing field `timeout`"), "{missing:?}");

    let mut twice = spec();
    let waiter = twice.operations["waiters"]["thing_ready"].clone();
    put(&mut twice.operations, "/waiters/cluster_thing_ready", waiter.clone());
    let message = "demo/cluster.json: waiter thing_ready: its method `wait_until_thing_ready` is also that of \
                   cluster_thing_ready";
    assert_eq!(twice.problems(), [message]);
    put(&mut twice.operations, "/waiters", json!({ "ThingReady": waiter }));
    assert_eq!(twice.problems(), ["demo/cluster.json: waiter ThingReady: its name is not in snake_case"]);

    // The same name in another file of the product.
    let spec = spec();
    let mut sources = spec.sources();
    let mut again = spec.operations.clone();
    again["operations"] = json!({});
    sources.push(wharf_spec::Source { name: "demo/more.json".into(), text: again.to_string().into() });
    let problems = Catalog::from_sources(&sources).unwrap_err();
    let message = "demo/more.json: waiter thing_ready: is there twice, first in demo/cluster.json";
    assert!(problems.0.iter().any(|problem| problem.to_string() == message), "{problems}");
}

#[test]
fn the_operation_is_of_the_same_crate() {
    let spec = spec();
    let mut sources = spec.sources();
    let mut other = spec.operations.clone();
    let more = other["operations"].as_object_mut().unwrap().remove("ListThings").unwrap();
    other["crate"] = json!("node");
    other["operations"]["ListMore"] = more;
    other["waiters"] = json!({ "more_ready": spec.operations["waiters"]["thing_ready"] });
    sources.push(wharf_spec::Source { name: "demo/node.json".into(), text: other.to_string().into() });
    let problems = Catalog::from_sources(&sources).unwrap_err().0;
    let found: Vec<_> = problems.iter().map(ToString::to_string).collect();
    assert_eq!(found, ["demo/node.json: waiter more_ready: operation: ListThings is in the crate cluster"]);
}
