//! The specs of CCS compared with the tables of its document. Nothing is missing, and differences are listed here and
//! explained in the specs.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use wharf_codegen::inventory;
use wharf_spec::file::Field;
use wharf_spec::{Catalog, Product};

/// Structures with other names in the specs: the short name is the one sent.
const RENAMED: &[(&str, &str)] = &[
    ("Container-in", "Container"),
    ("Container-out", "ServiceContainer"),
    ("PortMapping-in", "PortMapping"),
    ("PortMapping-out", "ServicePortMapping"),
    ("Volume-in", "Volume"),
    ("Volume-out", "ServiceVolume"),
];

/// Differences between specs and tables: the place, the printed type and the true type. The printed type is empty for
/// fields that only an example has; the true type is empty for fields that are part of another input.
const DIFFERENCES: &[(&str, &str, &str)] = &[
    ("AddClusterInstances out instanceIds", "int", "list<string>"),
    ("AddClusterInstancesFromExistedCvm in instanceIds", "string", "list<string>"),
    ("AddClusterInstancesFromExistedCvm out faliInstanceIds", "list<object>", "list<FailInstance>"),
    ("AddClusterInstancesFromExistedCvm out succInstanceIds", "list<object>", "list<string>"),
    ("BatchDeleteRepository in reponames", "list<object>", "list<string>"),
    ("BatchDeleteTag in tags", "list<object>", "list<string>"),
    ("Cluster field updatedAt", "int", "timestamp"),
    ("CreateCluster out clusterId", "int", "string"),
    ("DescribeClusterNameSpaces out totalCount", "", "int"),
    ("DescribeClusterServiceInfo out service", "list<object>", "Service"),
    ("Dimension field name", "", "string"),
    ("Dimension field value", "", "string"),
    ("GetMonitorData in dimensions", "", "list<Dimension>"),
    ("GetMonitorData in dimensions.n.name", "string", ""),
    ("GetMonitorData in dimensions.n.value", "string", ""),
    ("GetMonitorData out dataPoints", "list<object>", "list<any>"),
    ("GetRepositoryInfo out favorCount", "string", "int"),
    ("InvokePara field appId", "", "string"),
    ("ModifyClusterNodeLabel in labels", "list<object>", "list<NodeLabel>"),
    ("SearchUserRepository in public", "string", "int"),
    ("SearchUserRepository out totalCount", "string", "int"),
    ("Service field accessType", "", "string"),
    ("Service field containers", "object", "list<ServiceContainer>"),
    ("Service field labels", "map<object>", "map<string>"),
    ("Service field reason", "", "string"),
    ("Service field regionId", "string", "int"),
    ("Service field selector", "", "map<string>"),
    ("Volume field configKeys", "list<object>", "list<string>"),
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn catalog() -> Catalog {
    Catalog::load(&root().join("specs")).unwrap()
}

fn ccs(catalog: &Catalog) -> &Product {
    catalog.product("ccs").unwrap()
}

/// Returns the rows of one part of the facts, split at blanks into columns.
fn rows(part: &str, columns: usize) -> Vec<Vec<String>> {
    let text = fs::read_to_string(root().join("codegen/tests/data/ccs.txt")).unwrap();
    let start = format!("# {part}");
    let lines = text.lines().skip_while(|line| !line.starts_with(&start)).skip(1);
    let lines = lines.take_while(|line| !line.starts_with('#'));
    lines.map(|line| line.splitn(columns, ' ').map(str::to_owned).collect()).collect()
}

/// A field as a table prints it.
struct Printed {
    name: String,
    ty: String,
    required: bool,
}

fn printed(fields: &str) -> Vec<Printed> {
    let fields = fields.split(',').filter(|field| *field != "-");
    fields
        .map(|field| {
            let (name, ty) = field.split_once(':').unwrap();
            let required = name.ends_with('!');
            let name = name.trim_end_matches('!');
            let (ty, list) = (plain(ty), name.ends_with(".n"));
            let ty = if list && !ty.starts_with("list<") { format!("list<{ty}>") } else { ty };
            Printed { name: name.trim_end_matches(".n").to_owned(), ty, required }
        })
        .collect()
}

/// Converts a type of the document to the specs' notation. An imprecise type is an `object`.
fn plain(ty: &str) -> String {
    if let Some(item) = ty.strip_suffix("[]") {
        return format!("list<{}>", plain(item));
    }
    if let Some(value) = ty.strip_prefix("map:") {
        return format!("map<{value}>");
    }
    let ty = match ty {
        "String" => "string",
        "Int" => "int",
        "Uint" => "uint",
        "Bool" => "bool",
        "Datetime" => "timestamp",
        "Object" => "object",
        "Array" => "list<object>",
        "Map" => "map<object>",
        // The cell is missing.
        "-" => "",
        other => renamed(other),
    };
    ty.to_owned()
}

fn renamed(name: &str) -> &str {
    RENAMED.iter().find(|(printed, _)| *printed == name).map_or(name, |(_, spec)| spec)
}

/// Printed and specified types by place, and which of them are required if the tables state it.
#[derive(Default)]
struct Fields {
    types: BTreeMap<String, (String, String)>,
    required: BTreeMap<String, (bool, bool)>,
    errata: BTreeSet<String>,
}

impl Fields {
    fn add(&mut self, owner: &str, part: &str, printed: &[Printed], specified: &[Field], required: bool) {
        let place = |name: &str| format!("{owner} {part} {name}");
        for field in printed {
            self.types.entry(place(&field.name)).or_default().0.clone_from(&field.ty);
            self.required.entry(place(&field.name)).or_default().0 = field.required && required;
        }
        for field in specified {
            self.types.entry(place(&field.name)).or_default().1 = field.ty.to_string();
            self.required.entry(place(&field.name)).or_default().1 = field.required && required;
            if field.erratum.is_some() {
                self.errata.insert(place(&field.name));
            }
        }
    }
}

fn fields(product: &Product) -> Fields {
    let mut all = Fields::default();
    for row in rows("operation", 5) {
        let operation = product.operation(&row[0]).unwrap_or_else(|| panic!("there is no {}", row[0]));
        all.add(&row[0], "in", &printed(&row[3]), &operation.spec.input, true);
        all.add(&row[0], "out", &printed(&row[4]), &operation.spec.output, false);
    }
    let mut known = BTreeSet::new();
    for row in rows("structure", 2) {
        let name = renamed(&row[0]);
        let shape = product.shape(name).unwrap_or_else(|| panic!("there is no {name}"));
        let printed = printed(&row[1]);
        // If no field is marked, the table has no such column.
        let tells = printed.iter().any(|field| field.required);
        all.add(name, "field", &printed, &shape.spec.fields, tells);
        known.insert(name.to_owned());
    }
    for shape in product.shapes.iter().filter(|shape| !known.contains(&shape.name)) {
        all.add(&shape.name, "field", &[], &shape.spec.fields, false);
    }
    all
}

#[test]
fn the_counts_are_those_of_the_document() {
    let (operations, structures) = (rows("operation", 5), rows("structure", 2));
    let sum = |rows: &[Vec<String>], column: usize| rows.iter().map(|row| printed(&row[column]).len()).sum::<usize>();
    assert_eq!((operations.len(), sum(&operations, 3), sum(&operations, 4)), (47, 203, 49));
    assert_eq!((structures.len(), sum(&structures, 1)), (33, 231));

    let catalog = catalog();
    let all = serde_json::to_value(inventory::of(&catalog, true)).unwrap();
    let of_ccs = |part: &str| -> Vec<serde_json::Value> {
        all[part].as_array().unwrap().iter().filter(|entry| entry["product"] == "ccs").cloned().collect()
    };
    let sum = |part: &str, key: &str| -> usize {
        of_ccs(part).iter().map(|entry| entry[key].as_array().unwrap().len()).sum()
    };
    // Name and value of a dimension are one input, and one output has a count that no table prints.
    let (inputs, outputs) = (203 - 2 + 1, 49 + 1);
    assert_eq!(of_ccs("operations").len(), 47);
    assert_eq!((sum("operations", "input"), sum("operations", "output")), (inputs, outputs));
    // The dimension is a structure of those two, and three more fields are only in examples.
    assert_eq!((of_ccs("shapes").len(), sum("shapes", "fields")), (33 + 1, 231 + 2 + 3));
    let crates = |name: &str| of_ccs("operations").iter().filter(|operation| operation["crate"] == name).count();
    assert_eq!(["cluster", "node", "monitoring", "tcr"].map(crates), [18, 8, 2, 19]);
}

#[test]
fn every_field_is_that_of_the_document_or_named_here() {
    let catalog = catalog();
    let fields = fields(ccs(&catalog));
    // The tables call times strings too.
    let fits = |printed: &str, specified: &str| printed == specified || (printed, specified) == ("string", "timestamp");
    let differences: Vec<_> =
        fields.types.iter().filter(|(_, (printed, specified))| !fits(printed, specified)).collect();
    let found: Vec<_> = differences.iter().map(|(at, (a, b))| (at.as_str(), a.as_str(), b.as_str())).collect();
    assert_eq!(found, DIFFERENCES);
    let required: Vec<_> = fields.required.iter().filter(|(_, (printed, specified))| printed != specified).collect();
    let dimensions = [
        ("GetMonitorData in dimensions", (false, true)),
        ("GetMonitorData in dimensions.n.name", (true, false)),
        ("GetMonitorData in dimensions.n.value", (true, false)),
    ];
    assert_eq!(required.iter().map(|(at, both)| (at.as_str(), **both)).collect::<Vec<_>>(), dimensions);
}

#[test]
fn every_difference_is_explained() {
    let catalog = catalog();
    let product = ccs(&catalog);
    let errata = fields(product).errata;
    for (place, _, specified) in DIFFERENCES {
        let by_structure =
            product.shape("Dimension").unwrap().spec.erratum.is_some() && place.starts_with("Dimension ");
        assert!(specified.is_empty() || by_structure || errata.contains(*place), "{place} has no erratum");
    }
}

#[test]
fn hosts_and_envelopes_are_those_of_the_document() {
    let catalog = catalog();
    for row in rows("operation", 5) {
        let operation = ccs(&catalog).operation(&row[0]).unwrap();
        assert_eq!(
            (operation.host(), operation.envelope().unwrap_or("-")),
            (row[1].as_str(), row[2].as_str()),
            "{row:?}"
        );
    }
}

#[test]
fn enumerations_have_the_values_of_the_document() {
    let catalog = catalog();
    let values = |name: &str| -> Vec<&str> {
        let enumeration = ccs(&catalog).enumeration(name).unwrap_or_else(|| panic!("there is no {name}"));
        enumeration.spec.values.iter().map(|value| value.value.as_str()).collect()
    };
    let enumerations = rows("enumeration", 2);
    assert!(enumerations.len() > 20);
    for row in enumerations {
        assert_eq!(values(&row[0]), row[1].split(';').collect::<Vec<_>>(), "{}", row[0]);
    }
    let metrics = rows("metric", 5);
    assert_eq!(metrics.len(), 30);
    assert_eq!(values("Metric"), metrics.iter().map(|row| row[0].as_str()).collect::<Vec<_>>());
    for (row, value) in metrics.iter().zip(&ccs(&catalog).enumeration("Metric").unwrap().spec.values) {
        let unit = if row[2] == "count" { "as a count".to_owned() } else { format!("in {}", row[2]) };
        let dimensions = row[4].replace(',', ", ");
        let end = format!(", {unit}. Level: {}. Namespace: {}. Dimensions: {dimensions}.", row[1], row[3]);
        assert!(value.doc.to_lowercase().ends_with(&end.to_lowercase()), "{}: {}", row[0], value.doc);
        let names = values("DimensionName");
        assert!(values("MonitorNamespace").contains(&row[3].as_str()) && row[4].split(',').all(|d| names.contains(&d)));
    }
}

#[test]
fn the_codes_of_the_monitor_have_a_number_and_a_name() {
    let catalog = catalog();
    let product = ccs(&catalog);
    let codes = [
        (-502, "OperationDenied.SourceNotExists"),
        (-503, "InvalidParameter"),
        (-505, "InvalidParameter.MissingParameter"),
        (-507, "OperationDenied.ExceedLimit"),
        (-509, "InvalidParameter.DimensionGroupError"),
        (-513, "InternalError.DBoperationFail"),
    ];
    for (number, name) in codes {
        assert!(product.error(name).unwrap().spec.numbers.contains(&number), "{name}");
    }
    let mut names = codes.map(|(_, name)| name);
    names.sort_unstable();
    assert_eq!(product.operation("GetMonitorData").unwrap().spec.errors, names);
    for error in &product.errors {
        assert!(!error.spec.numbers.is_empty(), "{} has no number", error.name);
        // A code without a name is called by its number.
        let number = error.name.parse::<i64>().ok();
        assert!(number.is_none_or(|number| error.spec.numbers == [number]), "{}", error.name);
    }
}

#[test]
fn passwords_and_environment_variables_and_nothing_else_are_secrets() {
    let catalog = catalog();
    let product = ccs(&catalog);
    let inputs = product.operations.iter().flat_map(|operation| {
        let both = operation.spec.input.iter().chain(&operation.spec.output);
        both.map(move |field| (operation.name.as_str(), field))
    });
    let fields =
        product.shapes.iter().flat_map(|shape| shape.spec.fields.iter().map(|field| (shape.name.as_str(), field)));
    let secrets: Vec<_> = inputs.chain(fields).filter(|(_, field)| field.sensitive).collect();
    let secrets: Vec<_> = secrets.iter().map(|(owner, field)| (*owner, field.name.as_str())).collect();
    let owners = ["AddClusterInstances", "AddClusterInstancesFromExistedCvm", "ChangePassword", "CreateCluster"];
    let passwords = owners.map(|owner| (owner, "password"));
    assert_eq!(secrets, passwords.into_iter().chain([("Env", "value")]).collect::<Vec<_>>());
}
