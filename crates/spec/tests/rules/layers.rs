//! Editions, deprecation, documents, versions and folders.

use super::{AT, LIST, Spec, operation, put, shapes};
use serde_json::{Value, json};
use std::fs;
use wharf_spec::{Catalog, Source, sources_in};

#[test]
fn editions() {
    for (editions, problems) in [
        (json!(["private"]), vec![]),
        (json!(["private", "public"]), vec![]),
        (json!([]), vec!["editions: is empty: without the key none is stated"]),
        (json!(["public", "public"]), vec!["editions: public is there twice"]),
    ] {
        let expected: Vec<_> = problems.iter().map(|problem| format!("{AT}: {problem}")).collect();
        assert_eq!(operation("/editions", editions.clone()), expected);
        let expected: Vec<_> = problems.iter().map(|problem| format!("{AT}: input Color: {problem}")).collect();
        assert_eq!(operation("/input/2/editions", editions), expected);
    }
    let problems = operation("/editions", json!(["moon"]));
    assert!(
        problems[0].starts_with("demo/cluster.json: operations.ListThings.editions[0]: unknown variant `moon`"),
        "{problems:?}"
    );
    let mut spec = Spec::new();
    put(&mut spec.operations, &format!("{LIST}/editions"), json!(["private"]));
    put(&mut spec.operations, &format!("{LIST}/output/0/editions"), json!(["private", "public"]));
    let message = "output Total: is in the edition public, which the operation is not in";
    assert_eq!(spec.problems(), [format!("{AT}: {message}")]);
}

#[test]
fn deprecation() {
    for (note, problem) in [
        ("use `ListAllThings`", None),
        (" ", Some("is empty: it says why, and what to use instead")),
        ("use another one.", Some("ends with a full stop")),
    ] {
        let note = json!(note);
        let problems =
            |at: &str| problem.map(|problem| format!("{at}deprecated: {problem}")).into_iter().collect::<Vec<_>>();
        assert_eq!(operation("/deprecated", note.clone()), problems(&format!("{AT}: ")));
        assert_eq!(operation("/input/2/deprecated", note.clone()), problems(&format!("{AT}: input Color: ")));
        let shape = "demo/shapes.json: shape Thing: ";
        assert_eq!(shapes("/shapes/Thing/deprecated", note.clone()), problems(shape));
        let field = format!("{shape}field Part: ");
        assert_eq!(shapes("/shapes/Thing/fields/0/deprecated", note.clone()), problems(&field));
        let value = "demo/shapes.json: enum Color: value red: ";
        assert_eq!(shapes("/enums/Color/values/0/deprecated", note), problems(value));
    }
}

#[test]
fn links() {
    for good in ["https://docs.example.com/a?b=c#d", "http://docs.example.com"] {
        assert_eq!(operation("/link", json!(good)), Vec::<String>::new());
        assert_eq!(shapes("/shapes/Thing/link", json!(good)), Vec::<String>::new());
    }
    for bad in ["docs.example.com", "https://", "https://a b", "https://a>b", "ftp://a"] {
        let message = format!("link: {bad} is no address that begins with https:// or http://");
        assert_eq!(operation("/link", json!(bad)), [format!("{AT}: {message}")]);
        assert_eq!(shapes("/shapes/Thing/link", json!(bad)), [format!("demo/shapes.json: shape Thing: {message}")]);
    }
}

const ABOUT: &str = r#"{ "product": "demo", "title": "Demo (DEMO)", "short": "DEMO", "vendor": "tencent", "host": "demo",
    "version": "2020-01-01", "services": { "cluster": { "doc": "Things." } } }"#;

/// Two versions of the product, and what it is.
fn two(about: &str) -> Vec<Source> {
    let mut sources = vec![Source { name: "demo/product.json".to_owned(), text: about.to_owned().into() }];
    for version in ["2020-01-01", "2022-05-01"] {
        let mut spec = Spec::new();
        for part in [&mut spec.operations, &mut spec.shapes, &mut spec.errors] {
            part["version"] = json!(version);
        }
        sources.extend(spec.sources().into_iter().map(|source| Source {
            name: source.name.replace("demo/", &format!("demo/{version}/")),
            text: source.text,
        }));
    }
    sources
}

fn problems(sources: &[Source]) -> Vec<String> {
    Catalog::from_sources(sources).unwrap_err().0.iter().map(ToString::to_string).collect()
}

#[test]
fn a_product_has_versions_and_one_of_them_the_short_name() {
    for (default, other) in [("2020-01-01", "2022-05-01"), ("2022-05-01", "2020-01-01")] {
        let catalog = Catalog::from_sources(&two(&ABOUT.replace("2020-01-01", default))).unwrap();
        let versions: Vec<_> = catalog.products().iter().map(|product| product.version.as_str()).collect();
        assert_eq!(versions, [default, other]);
        let (first, second) = (&catalog.products()[0], &catalog.products()[1]);
        assert_eq!(catalog.product("demo").unwrap().version, default);
        assert_eq!(catalog.version("demo", other).unwrap().version, other);
        assert_eq!((first.module(), first.key("::")), (None, "demo".to_owned()));
        let module = format!("v{}", other.replace('-', ""));
        assert_eq!((second.module(), second.key("::")), (Some(module.clone()), format!("demo::{module}")));
        assert!(first.operation("ListThings").is_some() && second.operation("ListThings").is_some());
    }
}

#[test]
fn the_default_version_is_named_and_there() {
    let without = ABOUT.replace("\"version\": \"2020-01-01\", ", "");
    assert_eq!(
        problems(&two(&without)),
        ["demo/product.json: version: is missing: demo has the versions 2020-01-01, 2022-05-01"]
    );
    assert_eq!(
        problems(&two(&ABOUT.replace("2020-01-01", "2021-01-01"))),
        ["demo/product.json: version: 2021-01-01 is not a version of demo, which has 2020-01-01, 2022-05-01"]
    );
    let mut sources = two(ABOUT);
    sources[1].text = sources[1].text.replace("2020-01-01", "2019-01-01").into();
    let problems = problems(&sources);
    let message =
        "demo/2020-01-01/cluster.json: version: is 2019-01-01, which is not the name of the folder 2020-01-01";
    assert!(problems.contains(&message.to_owned()), "{problems:?}");
}

#[test]
fn a_version_may_have_several_folders() {
    let root = std::env::temp_dir().join(format!("wharf-spec-folders-{}", std::process::id()));
    for source in two(ABOUT) {
        // The structures of one version are in a folder of their own.
        let path = root.join(source.name.replace("2022-05-01/shapes", "2022-05-01/public/more/shapes"));
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, source.text.as_bytes()).unwrap();
    }
    let names: Vec<_> = sources_in(&root).unwrap().into_iter().map(|source| source.name).collect();
    assert!(names.contains(&"demo/2022-05-01/public/more/shapes.json".to_owned()), "{names:?}");
    let catalog = Catalog::load(&root).unwrap();
    assert!(catalog.version("demo", "2022-05-01").unwrap().shape("Thing").is_some());
    // Twice is once too often, in whichever folder.
    let again = root.join("demo/2022-05-01/shapes.json");
    fs::copy(root.join("demo/2022-05-01/public/more/shapes.json"), again).unwrap();
    let problems: Vec<String> = Catalog::load(&root).unwrap_err().0.iter().map(ToString::to_string).collect();
    let message =
        "demo/2022-05-01/shapes.json: shape Thing: is there twice, first in demo/2022-05-01/public/more/shapes.json";
    assert!(problems.contains(&message.to_owned()), "{problems:?}");
    fs::remove_dir_all(root).unwrap();
}

#[test]
fn methods_and_paths_of_public_apis() {
    let rest = |method: Value, path: &str| {
        let operations = json!({
            "product": "shop", "version": "v1", "crate": "cluster", "protocol": "rest",
            "operations": { "PutThing": {
                "doc": "Puts a thing.", "source": "doc:1", "method": method, "path": path, "host": "shop", "success": [200],
                "rate_limit": 0, "authorization": "token_or_signature", "idempotent": false, "input": [], "output": [],
                "errors": []
            } }
        });
        let source = Source { name: "shop/v1.json".to_owned(), text: operations.to_string().into() };
        match Catalog::from_sources(&[source]) {
            Ok(catalog) => vec![catalog.products()[0].operations[0].method().to_owned()],
            Err(problems) => problems.0.iter().map(ToString::to_string).collect(),
        }
    };
    for path in ["/api/v3.1/", "/v3/access-policies", "/clusters/inspectConfig", "/", "/a_b/C.d-e"] {
        assert_eq!(rest(json!("PATCH"), path), ["PATCH"]);
    }
    let at = "shop/v1.json: operation PutThing: path";
    for (path, part) in [("/a b", "a b"), ("/a?b", "a?b"), ("/a/é", "é"), ("/a%20", "a%20")] {
        assert_eq!(rest(json!("GET"), path), [format!("{at}: `{part}` is neither a word nor a name in braces")]);
    }
    assert_eq!(rest(json!("GET"), "/a/../b"), [format!("{at}: `..` names another path")]);
    let problems = rest(json!("TRACE"), "/a");
    assert!(
        problems[0].starts_with("shop/v1.json: operations.PutThing.method: unknown variant `TRACE`"),
        "{problems:?}"
    );
}
