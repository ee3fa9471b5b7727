//! The options, read and checked.

use super::file::{Entry, FieldKind, Kind, Scope, Stored};
use crate::Error;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;
use wharf_spec::file::Protocol;
use wharf_spec::{Catalog, Vendor};

/// Path of the file, below the workspace.
pub(crate) const PATH: &str = "specs/options.json";
/// Name for every vendor.
const ALL: &str = "all";
const VENDORS: [Vendor; 3] = [Vendor::Tencent, Vendor::Huawei, Vendor::Alibaba];

/// Owner of a builder: a vendor, or a product with its own builder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Family {
    /// The name of the vendor or the product.
    pub name: String,
    pub vendor: &'static str,
    /// Cargo feature that enables it, in `wharf` and in `wharf-products`.
    pub feature: String,
}

impl Family {
    fn of_vendor(vendor: Vendor) -> Self {
        let vendor = vendor.as_str();
        Self { name: vendor.to_owned(), vendor, feature: format!("_{vendor}") }
    }

    /// Returns the family of a product. A product has the builder of its vendor, unless it is implemented by hand.
    fn of_product(product: &wharf_spec::Product) -> Option<Self> {
        let about = product.about.as_ref()?;
        let own = about.vendor == Vendor::Tencent && product.protocol == Protocol::TencentV2;
        Some(match own {
            true => {
                Self { name: product.name.clone(), vendor: about.vendor.as_str(), feature: about.feature().to_owned() }
            }
            false => Self::of_vendor(about.vendor),
        })
    }

    pub(crate) fn is_product(&self) -> bool {
        self.name != self.vendor
    }

    fn is_among(&self, vendors: &[String], except: &[String]) -> bool {
        let named = |names: &[String]| names.iter().any(|name| *name == self.name || name == self.vendor);
        (vendors.iter().any(|name| name == ALL) || named(vendors)) && !except.contains(&self.name)
    }
}

/// The options and their families.
#[derive(Debug)]
pub(crate) struct Table {
    pub entries: Vec<Entry>,
    /// Vendors first, each before its products.
    pub families: Vec<Family>,
}

impl Table {
    /// Reads the table and checks it.
    ///
    /// # Errors
    /// All errors of the file, each with the entry and the cause.
    pub(crate) fn read(catalog: &Catalog, root: &Path) -> Result<Self, Error> {
        let text = std::fs::read_to_string(root.join(PATH)).map_err(|error| Error::new(PATH, error))?;
        Self::parse(&text, families(catalog))
    }

    pub(super) fn parse(text: &str, families: Vec<Family>) -> Result<Self, Error> {
        let file: Value = serde_json::from_str(text).map_err(|error| Error::new(PATH, error))?;
        let Some(list) = file.get("options").and_then(Value::as_array) else {
            return Err(Error::new(PATH, "has no list `options`"));
        };
        let mut problems = Vec::new();
        let mut entries: Vec<Entry> = Vec::new();
        for (at, value) in list.iter().enumerate() {
            let name = value.get("name").and_then(Value::as_str).map_or_else(|| format!("entry {at}"), str::to_owned);
            match entry(value) {
                Ok(entry) => {
                    if let Some(other) = entries.iter().find(|other| other.name == entry.name) {
                        let (here, there) = (entry.vendors.join(", "), other.vendors.join(", "));
                        problems.push((
                            name,
                            format!("is described twice, for {there} and for {here}: one name has one entry"),
                        ));
                        continue;
                    }
                    problems.extend(check(&entry, &families).into_iter().map(|why| (name.clone(), why)));
                    entries.push(entry);
                }
                Err(why) => problems.push((name, why)),
            }
        }
        if problems.is_empty() {
            return Ok(Self { entries, families });
        }
        let lines: Vec<_> = problems.iter().map(|(name, why)| format!("{PATH}: {name}: {why}")).collect();
        Err(Error(lines.join("\n")))
    }

    /// Returns the family of a product.
    pub(crate) fn family(&self, product: &wharf_spec::Product) -> Option<&Family> {
        let of = Family::of_product(product)?;
        self.families.iter().find(|family| **family == of)
    }

    /// Returns the options of the connections of a family.
    pub(crate) fn of<'a>(&'a self, family: &'a Family) -> impl Iterator<Item = &'a Entry> {
        self.entries.iter().filter(|entry| entry.is_of(family) && entry.is_for(Scope::Connection))
    }

    /// Returns the options of all connections.
    pub(crate) fn common(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(|entry| entry.is_common() && entry.is_for(Scope::Connection))
    }
}

impl Entry {
    pub(crate) fn is_common(&self) -> bool {
        self.vendors.iter().any(|name| name == ALL)
    }

    pub(crate) fn is_for(&self, scope: Scope) -> bool {
        self.scope.contains(&scope)
    }

    pub(crate) fn is_of(&self, family: &Family) -> bool {
        family.is_among(&self.vendors, &self.except)
    }

    /// Returns whether JSON can represent it.
    pub(crate) fn has_name(&self) -> bool {
        self.kind != Kind::Interface
    }

    /// Returns the default for a family.
    pub(crate) fn default_of(&self, family: &Family) -> &Value {
        match &self.default {
            Value::Object(each) => each.get(&family.name).or_else(|| each.get(family.vendor)).unwrap_or(&Value::Null),
            one => one,
        }
    }

    /// Returns word and variant of each word that a family knows.
    pub(crate) fn words_of(&self, family: &Family) -> Vec<(&str, &str)> {
        let known = |word: &&super::file::Word| match word.vendors.is_empty() {
            true => !word.except.contains(&family.name),
            false => family.is_among(&word.vendors, &word.except),
        };
        self.words.iter().filter(known).map(|word| (word.word.as_str(), word.variant.as_str())).collect()
    }
}

fn families(catalog: &Catalog) -> Vec<Family> {
    let mut families = Vec::new();
    for vendor in VENDORS {
        let own = catalog.products().iter().filter_map(Family::of_product);
        let own = own.filter(|family| family.vendor == vendor.as_str() && family.is_product());
        families.push(Family::of_vendor(vendor));
        families.extend(own);
    }
    families
}

fn entry(value: &Value) -> Result<Entry, String> {
    if value.is_object() && value.get("default").is_none() {
        return Err("has no default".to_owned());
    }
    serde_json::from_value(value.clone()).map_err(|error| error.to_string())
}

/// Returns the errors of an entry.
fn check(entry: &Entry, families: &[Family]) -> Vec<String> {
    let mut problems = Vec::new();
    let is_name = |name: &str| {
        name.starts_with(|first: char| first.is_ascii_lowercase())
            && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
    };
    if !is_name(&entry.name) {
        problems.push("is no name: small letters, digits and underscores".to_owned());
    }
    problems.extend(unknown_names(entry, families));
    if entry.scope.is_empty() {
        problems.push("has no scope".to_owned());
    }
    let docs = entry.fields.iter().map(|field| (format!("fields.{}.doc", field.name), &field.doc));
    for (place, doc) in [("doc".to_owned(), &entry.doc)].into_iter().chain(docs) {
        if doc.trim().is_empty() || !doc.ends_with('.') {
            problems.push(format!("{place}: must be sentences"));
        }
    }
    if (entry.default.is_null()) != entry.unset.is_some() {
        problems.push("must have either a default or, with `null` for it, `unset`".to_owned());
    }
    for family in families.iter().filter(|family| entry.is_of(family)) {
        if let Some(why) = wrong_default(entry, family) {
            problems.push(format!("default: {why} for {}", family.name));
        }
    }
    let parts = [
        (Kind::Word, "words", entry.words.is_empty()),
        (Kind::Object, "fields", entry.fields.is_empty()),
        (Kind::Credentials, "fields", entry.fields.is_empty()),
    ];
    for (kind, part, missing) in parts {
        if entry.kind == kind && missing {
            problems.push(format!("has no {part}"));
        }
    }
    let typed = matches!(entry.kind, Kind::Word | Kind::Object | Kind::Credentials | Kind::Interface);
    if typed != entry.rust.is_some() {
        problems.push(if typed { "has no `rust`" } else { "needs no `rust`" }.to_owned());
    }
    if entry.kind == Kind::Secret && entry.stored != Stored::Vendor {
        problems.push("stored: a secret is kept by the vendor's options".to_owned());
    }
    if entry.is_common() && entry.stored == Stored::Vendor {
        problems.push("stored: what all vendors have is in the settings".to_owned());
    }
    for field in entry.fields.iter().filter(|field| field.kind == FieldKind::OneOf) {
        if field.rust.is_none() || field.fields.iter().any(|inner| inner.variant.is_none()) {
            problems.push(format!("fields.{}: `one_of` needs `rust`, and a `variant` for each field", field.name));
        }
    }
    problems
}

/// Returns vendors and products that do not exist.
fn unknown_names(entry: &Entry, families: &[Family]) -> Vec<String> {
    let known = |name: &str| families.iter().any(|family| family.name == name);
    let mut places: BTreeMap<String, Vec<&String>> = BTreeMap::new();
    places.insert("vendors".to_owned(), entry.vendors.iter().filter(|name| *name != ALL).collect());
    places.insert("except".to_owned(), entry.except.iter().collect());
    if let Value::Object(each) = &entry.default {
        places.insert("default".to_owned(), each.keys().collect());
    }
    for word in &entry.words {
        places.insert(format!("words.{}", word.word), word.vendors.iter().chain(&word.except).collect());
    }
    let mut problems = Vec::new();
    if entry.vendors.is_empty() {
        problems.push("vendors: are none".to_owned());
    }
    for (place, names) in places {
        for name in names.into_iter().filter(|name| !known(name)) {
            let names: Vec<_> = families.iter().map(|family| family.name.as_str()).collect();
            problems.push(format!("{place}: {name} is not `all` or one of {}", names.join(", ")));
        }
    }
    problems
}

/// Returns the reason why a default does not fit.
fn wrong_default(entry: &Entry, family: &Family) -> Option<String> {
    let default = entry.default_of(family);
    let fits = match entry.kind {
        Kind::Bool => default.is_boolean(),
        Kind::NoProxy => *default == Value::Bool(false),
        // An option that a call does not set is the connection's.
        Kind::Whole if entry.scope == [Scope::Call] => default.is_null(),
        Kind::Seconds => default.is_u64() || entry.default.is_null(),
        Kind::Whole => default.is_u64(),
        Kind::Word => default.as_str().is_some_and(|text| entry.words_of(family).iter().any(|(word, _)| *word == text)),
        _ => default.is_null(),
    };
    (!fits).then(|| format!("{default} does not fit the type"))
}
