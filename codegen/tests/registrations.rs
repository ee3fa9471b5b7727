//! A product is one folder below `specs/`: its registrations are generated, and only between markers.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, unreachable_pub)]

mod blocks;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use wharf_codegen::{emit, tree};
use wharf_spec::Catalog;

const ABOUT: &str = r#"{
  "product": "toy", "title": "Toy Box (TOY)", "short": "TOY", "vendor": "tencent", "host": "toy",
  "services": { "cluster": { "doc": "Boxes of toys." } }
}"#;

const OPERATIONS: &str = r#"{
  "product": "toy", "version": "2020-01-01", "crate": "cluster", "protocol": "tencent_v3",
  "operations": {
    "DescribeToys": {
      "doc": "Lists toys.", "source": "doc:1", "rate_limit": 20, "authorization": "signature", "idempotent": true,
      "paginate": { "style": "offset", "offset": "Offset", "limit": "Limit", "total": "Total", "items": "Toys" },
      "input": [
        { "name": "Offset", "type": "int", "source": "doc:2", "doc": "Where to begin." },
        { "name": "Limit", "type": "int", "source": "doc:3", "doc": "How many." }
      ],
      "output": [
        { "name": "Total", "type": "uint", "required": true, "source": "doc:4", "doc": "All toys." },
        { "name": "Toys", "type": "list<string>", "required": true, "source": "doc:5", "doc": "Names." },
        { "name": "RequestId", "type": "string", "required": true, "source": "doc:6", "doc": "Id." }
      ],
      "errors": ["InternalError"]
    }
  }
}"#;

const ERRORS: &str = r#"{
  "product": "toy", "version": "2020-01-01",
  "errors": { "InternalError": { "doc": "It failed.", "source": "doc:7", "kind": "internal", "retry": false } }
}"#;

/// A waiter whose function judges: what is written of it follows from its name alone.
const WAITER: &str = r#""waiters": {
    "toys_there": {
      "doc": "Waits until toys are there, and returns them.", "details": "It counts them.", "operation": "DescribeToys",
      "arguments": [{ "name": "most", "type": "whole", "doc": "How many." }], "thing": "toys", "goal": "be there",
      "progress": "Count", "poll": "count", "returns": "DescribeToysOutput", "timeout": 60
    }
  }"#;

fn with_waiter(operations: &str) -> String {
    let (operations, end) = operations.rsplit_once('}').unwrap();
    format!("{operations}, {WAITER} }}{end}")
}

/// A copy of the workspace as far as codegen reads it, removed at the end.
struct Copy(PathBuf);

impl Copy {
    fn new(name: &str) -> Self {
        let root = std::env::temp_dir().join(format!("wharf-codegen-{name}-{}", std::process::id()));
        let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        for part in ["crates", "specs", "tests/page_examples"] {
            copy(&workspace.join(part), &root.join(part));
        }
        for file in ["README.md", "ARCHITECTURE.md"] {
            fs::copy(workspace.join(file), root.join(file)).unwrap();
        }
        Self(root)
    }

    fn put(&self, path: &str, text: &str) {
        let path = self.0.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn generate(&self) -> Result<tree::Files, String> {
        let catalog = Catalog::load(&self.0.join("specs")).map_err(|problems| problems.to_string())?;
        let files = emit::all(&catalog, &self.0).map_err(|error| error.to_string())?;
        tree::write(&self.0, &files).map_err(|error| error.to_string())?;
        Ok(files)
    }

    fn read(&self, path: &str) -> String {
        fs::read_to_string(self.0.join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
    }
}

impl Drop for Copy {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let (path, name) = (entry.path(), entry.file_name());
        match (path.is_dir(), name.to_str().unwrap()) {
            (true, "tests" | "target" | "__pycache__") => {}
            (true, _) => copy(&path, &to.join(name)),
            (false, _) => drop(fs::copy(&path, to.join(name)).unwrap()),
        }
    }
}

/// Returns every file with its text outside of blocks.
fn outside_of_blocks(root: &Path) -> BTreeMap<PathBuf, String> {
    let mut found = BTreeMap::new();
    let mut folders = vec![root.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if let Ok(text) = fs::read_to_string(&path) {
                found.insert(path.strip_prefix(root).unwrap().to_path_buf(), blocks::outside(&text));
            }
        }
    }
    found
}

#[test]
fn a_product_is_registered_by_its_folder_alone() {
    let copy = Copy::new("toy");
    let before = outside_of_blocks(&copy.0);
    copy.put("specs/toy/product.json", ABOUT);
    copy.put("specs/toy/2020-01-01/cluster.json", OPERATIONS);
    copy.put("specs/toy/2020-01-01/errors.json", ERRORS);
    copy.generate().unwrap();
    let after = outside_of_blocks(&copy.0);
    for (path, text) in &before {
        let whole = ["embedded.txt", "products.h", "wharf/__init__.pyi"].iter().any(|name| path.ends_with(name))
            || path.iter().any(|part| part == "generated" || part == "specs");
        assert!(whole || after.get(path) == Some(text), "{} changed outside of its blocks", path.display());
    }
    let new: Vec<_> = after.keys().filter(|path| !before.contains_key(*path)).collect();
    for path in new {
        let text = path.display().to_string();
        assert!(text.contains("toy"), "{text} is new");
    }
    for (path, part) in [
        ("crates/cluster/Cargo.toml", "toy = [\"wharf-products/toy\"]"),
        ("crates/cluster/src/lib.rs", "#[cfg(feature = \"toy\")]\npub mod toy;"),
        ("crates/cluster/src/toy/mod.rs", "//! Boxes of toys.\n//!\n//! A part of Toy Box (TOY)."),
        ("crates/products/src/lib.rs", "pub mod toy;"),
        ("crates/products/src/toy/mod.rs", "pub const NAME: &str = \"toy\";"),
        ("crates/wharf/Cargo.toml", "toy = [\n    \"_tencent\",\n    \"dep:wharf-cluster\", \"wharf-cluster/toy\",\n]"),
        ("crates/wharf/src/lib.rs", "pub mod toy;"),
        ("crates/wharf/src/toy.rs", "pub fn clusters(&self) -> cluster::Client"),
        // Nobody else has written the module's docs.
        ("crates/wharf/src/toy.rs", "do not edit\n//! Toy Box (TOY).\n"),
        // There are no types, so there is nothing to name.
        ("crates/wharf/src/toy.rs", "pub mod types {}"),
        ("crates/wharf/src/table.rs", "(\"toy\", crate::toy::OPERATIONS)"),
        ("crates/wharf/src/any/products.rs", "name: \"toy\""),
        ("crates/spec/src/embedded.txt", "toy/product.json\t{"),
        ("README.md", "| Toy Box (TOY) | 2020-01-01 | 1 | 0 | 0 | 1 | 1 | 0 | `wharf::toy` |"),
        ("ARCHITECTURE.md", "| `toy` | tencent | `tencent_v3` | cluster |"),
    ] {
        assert!(copy.read(path).contains(part), "{path} lacks {part}:\n{}", copy.read(path));
    }
    // A second run changes nothing, and without the folder everything is as before.
    let files = copy.generate().unwrap();
    assert_eq!(tree::compare(&copy.0, &files).unwrap(), []);
    fs::remove_dir_all(copy.0.join("specs/toy")).unwrap();
    copy.generate().unwrap();
    assert_eq!(outside_of_blocks(&copy.0), before);
}

/// The second version is a module below the product's in every crate, and uses the connection of the first.
#[test]
fn a_second_version_is_a_module_of_the_product() {
    let copy = Copy::new("versions");
    copy.put(
        "specs/toy/product.json",
        &ABOUT
            .replace("\"host\"", "\"version\": \"2020-01-01\", \"host\"")
            .replace("\"Boxes of toys.\" }", "\"Boxes of toys.\" }, \"node\": { \"doc\": \"Toys.\" }"),
    );
    let operations = with_waiter(OPERATIONS);
    copy.put("specs/toy/2020-01-01/cluster.json", &operations);
    copy.put("specs/toy/2020-01-01/errors.json", ERRORS);
    let second = |text: &str| text.replace("2020-01-01", "2022-05-01");
    copy.put("specs/toy/2022-05-01/public/node.json", &second(&operations).replace("\"cluster\"", "\"node\""));
    copy.put("specs/toy/2022-05-01/errors.json", &second(ERRORS));
    // The server has a view of the second version alone.
    copy.put(
        "crates/server/src/toy/v20220501/mod.rs",
        "operations! {\n    \"DescribeToys\" => toys::describe_toys,\n}\n",
    );
    let files = copy.generate().unwrap();
    for (path, part) in [
        ("crates/cluster/src/toy/mod.rs", "pub use generated::client::Client;"),
        ("crates/node/src/toy/mod.rs", "pub mod v20220501;"),
        (
            "crates/node/src/toy/v20220501/mod.rs",
            "//! Toys.\n//!\n//! A part of Toy Box (TOY), version 2022-05-01 of its API.",
        ),
        ("crates/node/src/toy/v20220501/generated/operations/mod.rs", ".with_version(\"2022-05-01\")"),
        ("crates/products/src/toy/mod.rs", "pub mod v20220501;"),
        ("crates/products/src/toy/v20220501/mod.rs", "pub const VERSION: &str = \"2022-05-01\";"),
        ("crates/wharf/src/toy.rs", "pub fn v20220501(&self) -> v20220501::Clients"),
        ("crates/wharf/src/toy.rs", "pub use wharf_node::toy::v20220501 as node;"),
        ("crates/wharf/src/toy.rs", "&v20220501::node::OPERATIONS"),
        ("crates/ffi/include/wharf/toy_v20220501.h", "_OPERATION_DESCRIBE_TOYS \"2022-05-01:DescribeToys\""),
        ("README.md", "| Toy Box (TOY) | 2022-05-01 | 0 | 1 | 0 | 1 | 1 | 1 | `wharf::toy::v20220501` |"),
        ("crates/server/src/catalog.rs", "(\"toy\", \"2022-05-01\", crate::toy::v20220501::HANDLERS)"),
        ("crates/wharf/src/any/waiters/generated/toy.rs", "name: \"toys_there\""),
        ("crates/wharf/src/any/waiters/generated/toy.rs", "wharf_cluster::toy::Client::new"),
        ("crates/wharf/src/any/waiters/generated/toy.rs", "name: \"2022-05-01:toys_there\""),
        ("crates/wharf/src/any/waiters/generated/toy.rs", "wharf_node::toy::v20220501::Client::new"),
        ("crates/wharf/src/any/products.rs", "super::waiters::generated::toy::WAITERS"),
        ("crates/ffi/include/wharf/toy.h", "#define WHARF_TOY_WAITER_TOYS_THERE \"toys_there\""),
        (
            "crates/ffi/include/wharf/toy_v20220501.h",
            "#define WHARF_TOY_V20220501_WAITER_TOYS_THERE \"2022-05-01:toys_there\"",
        ),
        ("crates/ffi/README.md", "| `toy` | `toys_there` | `most` | `DescribeToysOutput` | 1 minute |"),
        ("crates/ffi/README.md", "| `toy` | `2022-05-01:toys_there` | `most` | `DescribeToysOutput` | 1 minute |"),
    ] {
        assert!(copy.read(path).contains(part), "{path} lacks {part}:\n{}", copy.read(path));
    }
    assert!(!copy.read("crates/node/src/toy/mod.rs").contains("mod generated"), "the first version has no nodes");
    assert!(
        !copy.read("crates/server/src/catalog.rs").contains("crate::toy::HANDLERS"),
        "the first version has no view"
    );
    assert_eq!(tree::compare(&copy.0, &files).unwrap(), []);
    // A waiter that the second version alone has is registered too.
    copy.put("specs/toy/2020-01-01/cluster.json", OPERATIONS);
    copy.generate().unwrap();
    assert!(copy.read("crates/wharf/src/any/products.rs").contains("super::waiters::generated::toy::WAITERS"));
    assert!(!copy.read("crates/wharf/src/any/waiters/generated/toy.rs").contains("name: \"toys_there\""));
    // What a version that is gone has left is stale.
    fs::remove_dir_all(copy.0.join("specs/toy/2022-05-01")).unwrap();
    copy.put("specs/toy/product.json", ABOUT);
    copy.generate().unwrap();
    for path in [
        "crates/node/src/toy/mod.rs",
        "crates/node/src/toy/v20220501/mod.rs",
        "crates/ffi/include/wharf/toy_v20220501.h",
    ] {
        assert!(!copy.0.join(path).exists(), "{path} is left");
    }
}

/// Python and C apply a rename, and state deprecation, edition and document.
#[test]
fn other_languages_say_what_the_layers_say() {
    let copy = Copy::new("layers");
    copy.put("specs/toy/product.json", ABOUT);
    copy.put(
        "specs/toy/2020-01-01/errors.json",
        &ERRORS.replace("\"It failed.\"", "\"It failed.\", \"rename\": \"Broken\""),
    );
    let layers = r#""doc": "Lists toys.", "rename": "ListToys", "deprecated": "use `ListBoxes`", "editions": ["public"],
        "link": "https://docs.example.com/toys","#;
    let limit = r#""doc": "How many.", "rename": "ToDict", "deprecated": "it is ignored", "editions": ["public"]"#;
    let operations = OPERATIONS.replace("\"doc\": \"Lists toys.\",", layers).replace("\"doc\": \"How many.\"", limit);
    copy.put("specs/toy/2020-01-01/cluster.json", &with_waiter(&operations));
    copy.generate().unwrap();
    let words = |path: &str| copy.read(path).split_whitespace().collect::<Vec<_>>().join(" ");
    let header = words("crates/ffi/include/wharf/toy.h").replace(" * ", " ");
    let stub = words("crates/python/python/wharf/toy/_stubs/clusters.pyi");
    for (text, part) in [
        (&header, "Lists toys. In the public cloud only. Deprecated: use `ListBoxes`."),
        (&header, "#define WHARF_TOY_OPERATION_LIST_TOYS \"DescribeToys\""),
        (&header, "#define WHARF_TOY_ERROR_BROKEN \"InternalError\""),
        (
            &stub,
            "def list_toys( self, *, offset: int | None = None, to_dict_: int | None = None, ) -> types.ListToysOutput:",
        ),
        (
            &stub,
            "Deprecated: use `ListBoxes`. `DescribeToys` in the API. At most 20 calls per second. Requires a valid signature, but no permission. Public cloud only. Paged.",
        ),
        (&stub, "Document: https://docs.example.com/toys"),
        (&stub, "on_progress: Callable[[Progress], object] | None = None, ) -> types.ListToysOutput:"),
        (&stub, "to_dict_: How many. `Limit`; public cloud only. Deprecated: it is ignored."),
    ] {
        assert!(text.contains(part), "{part}:\n{text}");
    }
    let copied = OPERATIONS.replace("\"Offset\", \"type\"", "\"Offset\", \"rename\": \"limit\", \"type\"");
    copy.put("specs/toy/2020-01-01/cluster.json", &copied);
    let error = copy.generate().unwrap_err();
    let message = "toy/2020-01-01/cluster.json: operation DescribeToys: input Limit: its Rust name `limit` is also that of Offset";
    assert!(error.contains(message), "{error}");
}

#[test]
fn a_wrong_product_is_named_with_file_entry_and_cause() {
    let copy = Copy::new("wrong");
    copy.put("specs/toy/2020-01-01/cluster.json", OPERATIONS);
    copy.put("specs/toy/2020-01-01/errors.json", ERRORS);
    let cases = [
        (ABOUT.replace("tencent", "ibm"), "toy/product.json: vendor: unknown variant `ibm`"),
        (
            ABOUT.replace("\"cluster\"", "\"clusters\""),
            "toy/product.json: services.clusters: toy has no operations in this crate",
        ),
        (
            ABOUT.replace("\"cluster\"", "\"clusters\""),
            "toy/product.json: services: the crate cluster holds operations of toy",
        ),
        (
            ABOUT.replace("\"toy\", \"title\"", "\"tool\", \"title\""),
            "toy/product.json: product: there are no operations of tool",
        ),
        (ABOUT.replace("\"host\"", "\"hosts\""), "toy/product.json: hosts: unknown field `hosts`"),
        (ABOUT.replace("Boxes of toys.", ""), "toy/product.json: services.cluster: description is missing"),
    ];
    for (about, message) in cases {
        copy.put("specs/toy/product.json", &about);
        let error = copy.generate().unwrap_err();
        assert!(error.contains(message), "{error}");
    }
    copy.put("specs/toy/product.json", ABOUT);
    copy.put("specs/toy/2020-01-01/cluster.json", &OPERATIONS.replace("\"tencent_v3\"", "\"soap\""));
    let error = copy.generate().unwrap_err();
    assert!(error.contains("toy/2020-01-01/cluster.json: protocol: unknown variant `soap`"), "{error}");
    copy.put(
        "specs/toy/2020-01-01/cluster.json",
        &OPERATIONS.replace("\"crate\": \"cluster\"", "\"crate\": \"space\""),
    );
    copy.put("specs/toy/product.json", &ABOUT.replace("\"cluster\"", "\"space\""));
    let error = copy.generate().unwrap_err();
    assert!(error.contains("specs/toy/product.json: services.space: is not one of the crates cluster"), "{error}");
    fs::remove_file(copy.0.join("specs/toy/product.json")).unwrap();
    let error = copy.generate().unwrap_err();
    assert!(error.contains("toy/product.json: is missing: a product exists when it does"), "{error}");
}

/// The timeout of a waiter is a fact of its spec, and is in the docs of all languages.
#[test]
fn a_timeout_is_changed_in_one_place() {
    let copy = Copy::new("timeout");
    let spec = "specs/tke/2018-05-25/cluster.json";
    let (before, waiter) = copy.read(spec).split_once("\"cluster_running\"").map(own).unwrap();
    copy.put(
        spec,
        &format!("{before}\"cluster_running\"{}", waiter.replacen("\"timeout\": 1800", "\"timeout\": 5400", 1)),
    );
    copy.generate().unwrap();

    let doc = |path: &str, before: &str| {
        let text = copy.read(path).replace("///", " ").replace(" * ", " ");
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let (_, text) = text.split_once(before).unwrap_or_else(|| panic!("{path} has no {before}"));
        let (_, text) = text.split_once("Times out after ").unwrap();
        let words: Vec<_> = text.split(|c: char| !c.is_alphanumeric()).take(2).collect();
        words.join(" ")
    };
    let running = "Waits until a cluster is `Running`, and returns it.";
    assert_eq!(doc("crates/cluster/src/tke/generated/waiters.rs", running), "90 minutes");
    assert_eq!(doc("crates/wharf/src/any/waiters/generated/tke.rs", running), "90 minutes");
    assert_eq!(doc("crates/python/python/wharf/tke/_stubs/clusters.pyi", running), "90 minutes");
    assert_eq!(doc("crates/ffi/include/wharf/tke.h", running), "90 minutes");
    let code = copy.read("crates/cluster/src/tke/generated/waiters.rs");
    assert!(code.contains("Duration::from_secs(5400)"));
    let table = copy.read("crates/ffi/README.md");
    assert!(table.contains("| `tke` | `cluster_running` | `cluster_id` | `Cluster` | 90 minutes |"), "{table}");
    assert!(table.contains("| `tke` | `cluster_deleted` | `cluster_id` | `null` | 30 minutes |"), "{table}");
}

fn own((before, after): (&str, &str)) -> (String, String) {
    (before.to_owned(), after.to_owned())
}

#[test]
fn options_that_are_wrong_are_named() {
    let copy = Copy::new("options");
    let right = copy.read("specs/options.json");
    for (find, replace, cause) in [
        ("\"default\": 67108864,", "", "specs/options.json: max_response_bytes: has no default"),
        ("\"type\": \"pem\"", "\"type\": \"entire\"", "specs/options.json: root_certificate: unknown variant `entire`"),
        ("[\"huawei\"]", "[\"hauwei\"]", "specs/options.json: project_id: vendors: hauwei is not"),
        (
            "\"name\": \"organization\"",
            "\"name\": \"project_id\"",
            "specs/options.json: project_id: is described twice",
        ),
    ] {
        assert!(right.contains(find), "{find}");
        copy.put("specs/options.json", &right.replacen(find, replace, 1));
        let error = copy.generate().unwrap_err();
        assert!(error.contains(cause), "{cause}: {error}");
    }
    fs::remove_file(copy.0.join("specs/options.json")).unwrap();
    assert!(copy.generate().unwrap_err().starts_with("specs/options.json: "));
}
