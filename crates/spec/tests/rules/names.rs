//! Names that are different in the API and would be the same in Rust, and renames.

use super::{AT, LIST, Spec, field, operation, put, shapes};
use serde_json::{Value, json};
use wharf_spec::Catalog;

fn renamed(name: &str, ty: &str, to: &str) -> Value {
    let mut field = field(name, ty);
    field["rename"] = json!(to);
    field
}

/// Words of the language, and methods that are there already, never stop the generator.
#[test]
fn no_word_is_refused() {
    for name in
        ["Send", "Pages", "Items", "WithTimeout", "WithRetry", "WithRegion", "Input", "New", "Self", "Type", "Gen"]
    {
        assert_eq!(operation("/input/-", field(name, "string")), Vec::<String>::new(), "{name}");
        assert_eq!(operation("/output/-", field(name, "string")), Vec::<String>::new(), "{name}");
    }
    for name in ["Shape", "Find", "Default", "Place", "IntoIter", "Crate"] {
        let mut spec = Spec::new();
        put(&mut spec.operations, &format!("{LIST}/input/-"), field("Thing", "Thing"));
        put(&mut spec.shapes, "/shapes/Thing/fields/-", field(name, "string"));
        assert_eq!(spec.problems(), Vec::<String>::new(), "{name}");
    }
    for name in ["Result", "Option", "Secret", "Self"] {
        let mut spec = Spec::new();
        put(&mut spec.operations, &format!("{LIST}/input/-"), field("Thing", name));
        let shape = json!({ "doc": "A thing.", "source": "doc:20", "fields": [field("Name", "string")] });
        put(&mut spec.shapes, &format!("/shapes/{name}"), shape);
        assert_eq!(spec.problems(), Vec::<String>::new(), "{name}");
    }
    let mut spec = Spec::new();
    let mut list = spec.operations.pointer(LIST).unwrap().clone();
    list["idempotent"] = json!(false);
    for name in ["New", "Clone", "Client", "Connection", "Loop"] {
        put(&mut spec.operations, &format!("/operations/{name}"), list.clone());
    }
    let error = spec.errors.pointer("/errors/InternalError").unwrap().clone();
    put(&mut spec.errors, "/errors/Other", error);
    assert_eq!(spec.problems(), Vec::<String>::new());
    let values = json!([{ "value": "red", "doc": "Red." }, { "value": "other", "doc": "Other." }]);
    assert_eq!(shapes("/enums/Color/values", values), Vec::<String>::new());
}

#[test]
fn names_that_meet_in_rust() {
    assert_eq!(
        operation("/input/-", field("limit", "int")),
        [format!("{AT}: input limit: its Rust name `limit` is also that of Limit")]
    );
    assert_eq!(
        operation("/output/-", field("TOTAL", "int")),
        [format!("{AT}: output TOTAL: its Rust name `total` is also that of Total")]
    );
    let mut spec = Spec::new();
    put(&mut spec.operations, &format!("{LIST}/input/-"), field("Thing", "Thing"));
    put(&mut spec.operations, &format!("{LIST}/input/-"), field("SetThing", "string"));
    assert_eq!(spec.problems(), [format!("{AT}: input SetThing: its Rust name `set_thing` is also that of Thing")]);
    let values = json!([{ "value": "red", "doc": "Red." }, { "value": "RED", "doc": "Red." }]);
    assert_eq!(
        shapes("/enums/Color/values", values),
        ["demo/shapes.json: enum Color: value RED: its Rust name `Red` is also that of red"]
    );
    // Acronyms are words: what differs in their letters alone is one type.
    for (name, other) in [("Color", "Color"), ("COLor", "Color")] {
        let mut spec = Spec::new();
        let shape = json!({ "doc": "A color.", "source": "doc:20", "fields": [field("Name", "string")] });
        put(&mut spec.shapes, &format!("/shapes/{name}"), shape);
        put(&mut spec.operations, &format!("{LIST}/input/-"), field("Paint", name));
        let problem = format!("demo/shapes.json: enum {other}: its Rust name `Color` is also that of the shape {name}");
        assert_eq!(spec.problems(), if name == "Color" { vec![problem] } else { Vec::new() });
    }
    let mut spec = Spec::new();
    let mut list = spec.operations.pointer(LIST).unwrap().clone();
    list["idempotent"] = json!(false);
    put(&mut spec.operations, "/operations/ListThingsOutput", list);
    let shape = json!({ "doc": "Things.", "source": "doc:20", "fields": [field("Name", "string")] });
    put(&mut spec.shapes, "/shapes/ListThingsOutput", shape);
    put(&mut spec.operations, &format!("{LIST}/input/-"), field("Paint", "ListThingsOutput"));
    assert_eq!(
        spec.problems(),
        [
            "demo/cluster.json: operation ListThingsOutput: its Rust name `ListThingsOutput` is also one of ListThings",
            "demo/shapes.json: shape ListThingsOutput: its Rust name `ListThingsOutput` is also that of the output of ListThings",
        ]
    );

    let mut spec = Spec::new();
    let error = spec.errors.pointer("/errors/InternalError").unwrap().clone();
    put(&mut spec.errors, "/errors/Internal.Error", error);
    assert_eq!(
        spec.problems(),
        ["demo/errors.json: errors: error InternalError: its Rust name `InternalError` is also that of Internal.Error"]
    );
}

#[test]
fn a_rename_parts_what_meets() {
    let mut spec = Spec::new();
    put(&mut spec.operations, &format!("{LIST}/input/-"), renamed("limit", "int", "most"));
    put(&mut spec.operations, &format!("{LIST}/rename"), json!("AllThings"));
    put(&mut spec.shapes, "/shapes/Thing/rename", json!("Item"));
    put(&mut spec.shapes, "/enums/Color/rename", json!("Paint"));
    put(&mut spec.shapes, "/enums/Color/values/0/rename", json!("crimson"));
    let error = spec.errors.pointer("/errors/InternalError").unwrap().clone();
    put(&mut spec.errors, "/errors/Internal.Error", error);
    put(&mut spec.errors, "/errors/Internal.Error/rename", json!("Internal.Failure"));
    assert_eq!(spec.problems(), Vec::<String>::new());
    let catalog = Catalog::from_sources(&spec.sources()).unwrap();
    let demo = catalog.product("demo").unwrap();
    let list = demo.operation("ListThings").unwrap();
    assert_eq!((list.called(), list.input[3].called(), list.input[0].called()), ("AllThings", "most", "Offset"));
    assert_eq!((list.input[2].named.as_str(), list.output[1].named.as_str()), ("Paint", "Page"));
    assert_eq!(demo.shape("Page").unwrap().spec.fields[0].named, "Item");
    assert_eq!(demo.enumeration("Color").unwrap().spec.values[0].called(), "crimson");
    assert_eq!(demo.error("Internal.Error").unwrap().called(), "Internal.Failure");
}

#[test]
fn a_rename_that_collides_is_named() {
    let makes = |to: &str, rust: &str| format!("its rename `{to}` makes its Rust name `{rust}`, which is also");
    assert_eq!(
        operation("/input/-", renamed("Most", "int", "Limit")),
        [format!("{AT}: input Most: {} that of Limit", makes("Limit", "limit"))]
    );
    assert_eq!(
        operation("/output/-", renamed("Sum", "int", "total")),
        [format!("{AT}: output Sum: {} that of Total", makes("total", "total"))]
    );
    assert_eq!(
        shapes("/shapes/Thing/fields/0/rename", json!("parts")),
        ["demo/shapes.json: shape Thing: field Parts: its Rust name `parts` is also that of Part"]
    );
    assert_eq!(
        shapes("/shapes/Thing/rename", json!("Color")),
        ["demo/shapes.json: enum Color: its Rust name `Color` is also that of the shape Thing"]
    );
    assert_eq!(
        shapes("/enums/Color/rename", json!("Page")),
        [format!("demo/shapes.json: enum Color: {} that of the shape Page", makes("Page", "Page"))]
    );
    let values = json!([{ "value": "red", "doc": "Red." }, { "value": "blue", "rename": "RED", "doc": "Blue." }]);
    assert_eq!(
        shapes("/enums/Color/values", values),
        [format!("demo/shapes.json: enum Color: value blue: {} that of red", makes("RED", "Red"))]
    );
    let mut spec = Spec::new();
    let mut list = spec.operations.pointer(LIST).unwrap().clone();
    list["rename"] = json!("ListThings");
    put(&mut spec.operations, "/operations/ListTings", list);
    let problems = spec.problems();
    let message =
        format!("demo/cluster.json: operation ListTings: {} one of ListThings", makes("ListThings", "ListThings"));
    assert!(problems.contains(&message), "{problems:?}");
    let mut spec = Spec::new();
    let mut error = spec.errors.pointer("/errors/InternalError").unwrap().clone();
    error["rename"] = json!("InternalError");
    put(&mut spec.errors, "/errors/InternalFailure", error);
    assert_eq!(
        spec.problems(),
        [format!(
            "demo/errors.json: errors: error InternalFailure: {} that of InternalError",
            makes("InternalError", "InternalError")
        )]
    );
}

#[test]
fn a_rename_is_a_name_and_changes_something() {
    for to in ["", "1st", "a-b", "_a", "r#type"] {
        let message = format!("the rename `{to}` is no name: a letter, then letters, digits and `_`");
        assert_eq!(operation("/input/-", renamed("Most", "int", to)), [format!("{AT}: input Most: {message}")]);
    }
    assert_eq!(
        operation("/input/-", renamed("MaxSize", "int", "max_size")),
        [format!("{AT}: input MaxSize: the rename `max_size` changes nothing: its Rust name is `max_size` without it")]
    );
    assert_eq!(
        operation("/rename", json!("List_Things")),
        [format!("{AT}: the rename `List_Things` changes nothing: its Rust name is `list_things` without it")]
    );
    let mut spec = Spec::new();
    put(&mut spec.errors, "/errors/InternalError/rename", json!("Internal.Error"));
    assert_eq!(
        spec.problems(),
        [
            "demo/errors.json: error InternalError: the rename `Internal.Error` changes nothing: its Rust name is `InternalError` without it"
        ]
    );
}
