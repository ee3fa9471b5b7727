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
