//! A product comes with one folder below `specs/`: what registers it is written, and between markers alone.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

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

/// A copy of the workspace as far as codegen reads it, removed at the end.
struct Copy(PathBuf);

impl Copy {
    fn new(name: &str) -> Self {
        let root = std::env::temp_dir().join(format!("wharf-codegen-{name}-{}", std::process::id()));
        let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        for part in ["crates", "specs"] {
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

/// Every file with its text outside of the blocks.
fn outside_of_blocks(root: &Path) -> BTreeMap<PathBuf, String> {
    let mut found = BTreeMap::new();
    let mut folders = vec![root.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if let Ok(text) = fs::read_to_string(&path) {
                let mut inside = false;
                let kept = text.lines().filter(|line| {
                    let (begins, ends) =
                        (line.contains(" begin ") && line.contains("cargo codegen"), inside && line.contains(" end "));
                    inside = (inside || begins) && !ends;
                    !inside
                });
                let kept = kept.collect::<Vec<_>>().join("\n");
                found.insert(path.strip_prefix(root).unwrap().to_path_buf(), kept);
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
        let whole = path.ends_with("embedded.txt") || path.ends_with("products.h") || path.starts_with("specs");
        assert!(whole || after.get(path) == Some(text), "{} changed outside of its blocks", path.display());
    }
    let new: Vec<_> = after.keys().filter(|path| !before.contains_key(*path)).collect();
    for path in new {
        let text = path.display().to_string();
        assert!(text.contains("toy"), "{text} is new");
    }
    for (path, part) in [
        ("crates/cluster/Cargo.toml", "toy = []"),
        ("crates/cluster/src/lib.rs", "#[cfg(feature = \"toy\")]\npub mod toy;"),
        ("crates/cluster/src/toy/mod.rs", "//! Toy Box (TOY): boxes of toys."),
        ("crates/products/src/lib.rs", "pub mod toy;"),
        ("crates/products/src/toy/mod.rs", "pub const NAME: &str = \"toy\";"),
        ("crates/wharf/Cargo.toml", "toy = [\n    \"_tencent\",\n    \"dep:wharf-cluster\", \"wharf-cluster/toy\",\n]"),
        ("crates/wharf/src/lib.rs", "pub mod toy;"),
        ("crates/wharf/src/toy.rs", "pub fn clusters(&self) -> cluster::Client"),
        ("crates/wharf/src/table.rs", "(\"toy\", crate::toy::OPERATIONS)"),
        ("crates/wharf/src/any/products.rs", "name: \"toy\""),
        ("crates/spec/src/embedded.txt", "toy/product.json\t{\"product\":\"toy\""),
        ("README.md", "| Toy Box (TOY) | 2020-01-01 | 1 | `wharf::toy` |"),
        ("ARCHITECTURE.md", "| `toy` | tencent | `tencent_v3` | cluster |"),
    ] {
        assert!(copy.read(path).contains(part), "{path} lacks {part}:\n{}", copy.read(path));
    }
    // A second run has nothing to do, and without the folder everything is as before.
    let files = copy.generate().unwrap();
    assert_eq!(tree::compare(&copy.0, &files).unwrap(), []);
    fs::remove_dir_all(copy.0.join("specs/toy")).unwrap();
    copy.generate().unwrap();
    assert_eq!(outside_of_blocks(&copy.0), before);
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
