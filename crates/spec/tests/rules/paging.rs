//! The rules of operations that answer in pages.

use super::{AT, LIST, Spec, field, operation, put};
use serde_json::{Value, json};
use wharf_spec::Catalog;

#[test]
fn by_offset() {
    let lists = [
        ("offset", "Skip", "Skip is not a field of the input"),
        ("offset", "Color", "Color is `string`, not a whole number"),
        ("total", "Sum", "Sum is not a field of the output"),
        ("total", "RequestId", "RequestId is `string`, not a whole number"),
        ("items", "Data.Lamps", "Data.Lamps is not a field of the output"),
        ("items", "Data", "Data is `Page`, not a list"),
    ];
    for (part, name, message) in lists {
        let problems = operation(&format!("/paginate/{part}"), json!(name));
        assert_eq!(problems, [format!("{AT}: paginate {part}: {message}")]);
    }
    assert_eq!(
        operation("/paginate/max", json!(50)),
        [format!("{AT}: paginate max: differs from the largest value of the input Limit")]
    );
    assert_eq!(
        operation("/paginate/default", json!(200)),
        [
            format!("{AT}: paginate default: 200 is above the largest page 100"),
            format!("{AT}: paginate default: differs from the default of the input Limit"),
        ]
    );
}

#[test]
fn by_number() {
    let number = |facts: Value| {
        let mut paginate = json!({ "style": "number", "number": "Offset", "size": "Limit", "max": 100, "default": 20,
                                   "total": "Total", "items": "Data.Things" });
        for (key, value) in facts.as_object().unwrap() {
            match value {
                Value::Null => paginate.as_object_mut().unwrap().remove(key),
                value => paginate.as_object_mut().unwrap().insert(key.clone(), value.clone()),
            };
        }
        operation("/paginate", paginate)
    };
    assert_eq!(number(json!({})), Vec::<String>::new());
    for (facts, message) in [
        (json!({ "number": null }), "paginate number: is missing"),
        (json!({ "size": "" }), "paginate size: is missing"),
        (json!({ "offset": "Offset" }), "paginate offset: is none of the style number"),
        (json!({ "number": "Skip" }), "paginate number: Skip is not a field of the input"),
        (json!({ "default": 10 }), "paginate default: differs from the default of the input Limit"),
    ] {
        let problems = number(facts);
        assert!(problems.contains(&format!("{AT}: {message}")), "{problems:?}");
    }
    assert_eq!(
        operation("/paginate/size", json!("Limit")),
        [format!("{AT}: paginate size: is none of the style offset")]
    );
    assert_eq!(
        operation("/paginate/style", json!("cursor"))[0].split(", expected").next().unwrap(),
        "demo/cluster.json: operations.ListThings.paginate.style: unknown variant `cursor`"
    );

    // A string that holds a number will do, in this style.
    let mut spec = Spec::new();
    put(&mut spec.operations, &format!("{LIST}/input/1"), field("Limit", "string"));
    put(&mut spec.operations, &format!("{LIST}/input/1/default"), json!("20"));
    let offset = spec.problems();
    assert_eq!(offset, [format!("{AT}: paginate limit: Limit is `string`, not a whole number")]);
    let paginate = json!({ "style": "number", "number": "Offset", "size": "Limit", "max": 100, "default": 20,
                           "total": "Total", "items": "Data.Things" });
    put(&mut spec.operations, &format!("{LIST}/paginate"), paginate);
    assert_eq!(spec.problems(), Vec::<String>::new());
    put(&mut spec.operations, &format!("{LIST}/input/1/default"), json!("many"));
    let message = "paginate default: differs from the default of the input Limit";
    assert_eq!(spec.problems(), [format!("{AT}: {message}")]);
    let catalog = {
        put(&mut spec.operations, &format!("{LIST}/input/1/default"), json!("20"));
        Catalog::from_sources(&spec.sources()).unwrap()
    };
    let paginate = catalog.product("demo").unwrap().operation("ListThings").unwrap().paginate.clone().unwrap();
    assert_eq!((paginate.begin(), paginate.length()), ("Offset", "Limit"));
}

#[test]
fn by_token() {
    let token = |facts: Value| {
        let mut spec = Spec::new();
        put(&mut spec.operations, &format!("{LIST}/input/-"), field("NextToken", "string"));
        put(&mut spec.operations, &format!("{LIST}/output/-"), field("Next", "string"));
        let mut paginate = json!({ "style": "token", "token": "NextToken", "next": "Next", "size": "Limit", "max": 100,
                                   "default": 20, "items": "Data.Things" });
        for (key, value) in facts.as_object().unwrap() {
            match value {
                Value::Null => paginate.as_object_mut().unwrap().remove(key),
                value => paginate.as_object_mut().unwrap().insert(key.clone(), value.clone()),
            };
        }
        put(&mut spec.operations, &format!("{LIST}/paginate"), paginate);
        spec.problems()
    };
    for good in [json!({}), json!({ "total": "Total" }), json!({ "size": null, "max": null, "default": null })] {
        assert_eq!(token(good), Vec::<String>::new());
    }
    for (facts, message) in [
        (json!({ "token": null }), "paginate token: is missing"),
        (json!({ "next": "" }), "paginate next: is missing"),
        (json!({ "offset": "Offset" }), "paginate offset: is none of the style token"),
        (json!({ "token": "Limit" }), "paginate token: Limit is `int`, not a string"),
        (json!({ "token": "Skip" }), "paginate token: Skip is not a field of the input"),
        (json!({ "next": "Total" }), "paginate next: Total is `uint`, not a string"),
        (json!({ "next": "Data.Next" }), "paginate next: Data.Next is not a field of the output"),
        (json!({ "size": "Color" }), "paginate size: Color is `string`, not a whole number"),
        (json!({ "total": "RequestId" }), "paginate total: RequestId is `string`, not a whole number"),
        (json!({ "size": null }), "paginate max: is the size of a page, and no input is named that says it"),
    ] {
        let problems = token(facts);
        assert!(problems.contains(&format!("{AT}: {message}")), "{problems:?}");
    }
    for (key, message) in [("token", "is none of the style offset"), ("next", "is none of the style offset")] {
        assert_eq!(
            operation(&format!("/paginate/{key}"), json!("RequestId")),
            [format!("{AT}: paginate {key}: {message}")]
        );
    }
    let mut spec = Spec::new();
    spec.operations.pointer_mut(&format!("{LIST}/paginate")).unwrap().as_object_mut().unwrap().remove("total");
    assert_eq!(spec.problems(), [format!("{AT}: paginate total: is missing")]);
}
