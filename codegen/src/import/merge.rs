//! Facts of a package against the hand-written specs: what is new becomes the files of `public/`, and a contradiction
//! is an error until a decision answers it.

use super::facts::{Facts, Field, Operation, Shape};
use super::hand::Hand;
use super::lock::Import;
use super::overrides::Overrides;
use super::{derive, stated, write};
use crate::{Error, Files};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use wharf_spec::file::{self, Authorization, Place, Protocol};
use wharf_spec::{Type, naming};

/// Returns the files of the folder `public/`, by their names.
pub(super) fn merge(root: &Path, import: &Import, mut facts: Facts) -> Result<Files, Error> {
    let overrides = Overrides::read(root, import)?;
    let hand = Hand::read(root, import)?;
    decide(&mut facts, &overrides);
    let mut merge = Merge {
        import,
        overrides: &overrides,
        hand: &hand,
        facts: &facts,
        twins: BTreeMap::new(),
        pairs: BTreeSet::new(),
        in_input: BTreeSet::new(),
        conflicts: Vec::new(),
        shapes: BTreeMap::new(),
        added: BTreeMap::new(),
        extended: BTreeSet::new(),
    };
    let same = merge.same_operations();
    let mut additions = serde_json::Map::new();
    for (imported, own) in &same {
        let (ours, theirs) = (&hand.operations[own], &facts.operations[imported]);
        merge.unify(&format!("operation {own} input"), &ours.input, &theirs.input);
        merge.unify(&format!("operation {own} output"), &ours.output, &theirs.output);
    }
    if !merge.conflicts.is_empty() {
        return Err(Error::new(import.requirement(), merge.conflicts.join("\n")));
    }
    merge.find_inputs(&same);
    for (imported, own) in &same {
        let (ours, theirs) = (&hand.operations[own], &facts.operations[imported]);
        let input = merge.further_inputs(&ours.input, &theirs.input);
        let output = merge.further(&ours.output, &theirs.output, false);
        let mut added = serde_json::Map::new();
        for (side, fields) in [("input", input), ("output", output)] {
            if !fields.is_empty() {
                added.insert(side.to_owned(), Value::Array(fields));
            }
        }
        additions.insert(own.clone(), Value::Object(added));
    }
    merge.extend_all();
    let codes = codes(root, import)?;
    let mut errors = BTreeSet::new();
    let mut families: BTreeMap<(String, Option<String>), serde_json::Map<String, Value>> = BTreeMap::new();
    for (name, operation) in facts.operations.iter().filter(|(name, _)| !same.contains_key(*name)) {
        let listed = codes.get(name).map_or(&[][..], Vec::as_slice);
        let listed: Vec<&str> = listed.iter().filter_map(|code| known_code(&hand, code, &mut errors)).collect();
        let value = merge.operation(name, operation, &listed);
        let family = overrides.family(name)?;
        let key = (family.service.clone(), family.family.clone());
        families.entry(key).or_default().insert(name.clone(), value);
    }
    let new: BTreeSet<&str> =
        facts.operations.keys().filter(|name| !same.contains_key(*name)).map(String::as_str).collect();
    overrides.check(&new)?;

    let head = json!({"product": import.product, "version": import.version});
    let mut files = Files::new();
    for ((service, family), operations) in families {
        let mut value = head.clone();
        value["crate"] = json!(service);
        value["protocol"] = json!(hand.protocol);
        if let Some(family) = &family {
            value["family"] = json!(family);
        }
        value["operations"] = Value::Object(operations);
        files.insert(format!("{}.json", family.unwrap_or(service)).into(), write::file(&value));
    }
    let mut value = head.clone();
    value["shapes"] = merge.shapes.iter().map(|(name, fields)| (name.clone(), json!({"fields": fields}))).collect();
    value["enums"] = facts.enums.iter().map(|(name, values)| (name.clone(), enumeration(values))).collect();
    files.insert("shapes.json".into(), write::file(&value));
    if !same.is_empty() {
        let shapes: serde_json::Map<String, Value> = merge
            .added
            .iter()
            .filter(|(_, fields)| !fields.is_empty())
            .map(|(name, f)| (name.clone(), json!(f)))
            .collect();
        let mut value = head.clone();
        value["additions"] = json!({"operations": additions, "shapes": shapes});
        files.insert("additions.json".into(), write::file(&value));
    }
    if !errors.is_empty() {
        let entry = |code: &String| {
            let kind = derive::kind(code);
            let retry = matches!(kind, file::ErrorKind::Throttled | file::ErrorKind::Transient);
            (code.clone(), json!({"kind": kind, "retry": retry}))
        };
        let mut value = head;
        value["errors"] = errors.iter().map(entry).collect();
        files.insert("errors.json".into(), write::file(&value));
    }
    Ok(files)
}

fn enumeration(values: &[String]) -> Value {
    json!({"values": values.iter().map(|value| json!({"value": value})).collect::<Vec<_>>()})
}

/// The codes of each operation, where the package does not have them: from a facts file with its origin.
fn codes(root: &Path, import: &Import) -> Result<BTreeMap<String, Vec<String>>, Error> {
    let path = format!("codegen/import/{}-codes.json", import.importer);
    let Ok(text) = fs::read_to_string(root.join(&path)) else { return Ok(BTreeMap::new()) };
    let value: Value = serde_json::from_str(&text).map_err(|error| Error::new(&path, error))?;
    let key = format!("{}/{}", import.product, import.version);
    let listed = value["codes"].get(&key).cloned().unwrap_or_else(|| json!({}));
    serde_json::from_value(listed).map_err(|error| Error::new(&path, error))
}

/// Applies the decisions about single items, and finds secrets.
fn decide(facts: &mut Facts, overrides: &Overrides) {
    stated::agree(facts);
    facts.operations.retain(|name, _| !overrides.of(&format!("operation {name}")).drop);
    let shapes: BTreeSet<String> = facts.shapes.keys().cloned().collect();
    let enums = &mut facts.enums;
    let mut decide_fields = |owner: &str, fields: &mut Vec<Field>| {
        fields.retain(|field| !overrides.of(&format!("{owner} {}", field.name)).drop);
        for field in fields {
            let decision = overrides.of(&format!("{owner} {}", field.name));
            field.rename.clone_from(&decision.rename);
            if let Some(name) = &decision.enumeration {
                field.enumeration = Some(name.clone());
                if !decision.values.is_empty() {
                    enums.insert(name.clone(), decision.values.clone());
                }
            }
            field.token = derive::is_token(field);
            field.sensitive = decision.sensitive.unwrap_or_else(|| derive::is_secret(&field.name, &field.ty));
            stated::settle(field);
        }
    };
    for (name, operation) in &mut facts.operations {
        decide_fields(&format!("operation {name} input"), &mut operation.input);
        decide_fields(&format!("operation {name} output"), &mut operation.output);
    }
    for name in &shapes {
        if let Some(shape) = facts.shapes.get_mut(name) {
            decide_fields(&format!("shape {name} field"), &mut shape.fields);
        }
    }
    for name in shapes {
        if let Some(to) = &overrides.of(&format!("shape {name}")).rename
            && let Some(shape) = facts.shapes.remove(&name)
        {
            facts.shapes.insert(to.clone(), shape);
            for field in facts.fields() {
                field.ty = renamed(&field.ty, &|other| if other == name { to.clone() } else { other.to_owned() });
            }
        }
    }
}

/// The type with other names of its structures.
fn renamed(ty: &Type, to: &dyn Fn(&str) -> String) -> Type {
    match ty {
        Type::List(item) => Type::List(Box::new(renamed(item, to))),
        Type::Map(item) => Type::Map(Box::new(renamed(item, to))),
        Type::Shape(name) => Type::Shape(to(name)),
        other => other.clone(),
    }
}

/// The input that the connection has: Huawei's project.
const FROM_CONNECTION: &str = "project_id";

struct Merge<'a> {
    import: &'a Import,
    overrides: &'a Overrides,
    hand: &'a Hand,
    facts: &'a Facts,
    /// The hand-written structure that a structure of the package is.
    twins: BTreeMap<String, String>,
    /// Each hand-written structure with those of the package that are at the same places.
    pairs: BTreeSet<(String, String)>,
    /// The structures of the package, without a twin, that requests hold.
    in_input: BTreeSet<String>,
    conflicts: Vec<String>,
    /// The structures to write.
    shapes: BTreeMap<String, Vec<Value>>,
    /// The further fields of hand-written structures.
    added: BTreeMap<String, Vec<Value>>,
    /// The pairs whose fields have been added.
    extended: BTreeSet<(String, String)>,
}

impl Merge<'_> {
    /// The operations that both have: by name, or by method and path.
    fn same_operations(&self) -> BTreeMap<String, String> {
        let mut same = BTreeMap::new();
        for (name, operation) in &self.facts.operations {
            let own = match (operation.method, &operation.path) {
                (Some(method), Some(path)) => {
                    let is_same = |ours: &file::Operation| {
                        ours.method == Some(method)
                            && ours.path.as_deref().is_some_and(|own| anonymous(own) == anonymous(path))
                    };
                    self.hand.operations.iter().find(|(_, ours)| is_same(ours)).map(|(name, _)| name)
                }
                _ => self.hand.operations.get_key_value(name).map(|(name, _)| name),
            };
            if let Some(own) = own {
                same.insert(name.clone(), own.clone());
            }
        }
        same
    }

    /// Finds which structures are the same, and reports types that contradict each other.
    fn unify(&mut self, owner: &str, ours: &[file::Field], theirs: &[Field]) {
        for own in ours {
            let Some(other) = theirs.iter().find(|field| is_same(own, field)) else { continue };
            let item = format!("{owner} {}", own.name);
            let fits = self.unify_types(&own.ty, &other.ty);
            let kept = !fits && self.overrides.of(&item).keep;
            if kept && let (Some(own), Some(other)) = (own.ty.shape(), other.ty.shape()) {
                self.pair(own, other);
            }
            if !fits && !kept {
                self.conflicts.push(format!("{item}: `{}` by hand, `{}` in the package", own.ty, other.ty));
            }
        }
    }

    fn unify_types(&mut self, own: &Type, other: &Type) -> bool {
        match (own, other) {
            (Type::List(own), Type::List(other)) | (Type::Map(own), Type::Map(other)) => self.unify_types(own, other),
            (Type::Shape(own), Type::Shape(other)) => {
                if self.import.importer == "tencent" && own != other {
                    return false;
                }
                if !self.pair(own, other) {
                    return true;
                }
                let (hand, facts) = (self.hand, self.facts);
                if let (Some(ours), Some(theirs)) = (hand.shapes.get(own), facts.shapes.get(other)) {
                    self.unify(&format!("shape {own} field"), &ours.fields, &theirs.fields);
                }
                true
            }
            // What one side leaves open the other can state.
            (Type::Any, _) | (_, Type::Any) => true,
            (Type::Int | Type::Uint, Type::Int | Type::Uint) => true,
            (Type::String | Type::Timestamp | Type::Json(_), Type::String | Type::Timestamp) => true,
            (own, other) => own == other,
        }
    }

    /// Records that two structures are at the same place. Returns whether that is new.
    fn pair(&mut self, own: &str, other: &str) -> bool {
        self.twins.entry(other.to_owned()).or_insert_with(|| own.to_owned());
        self.pairs.insert((own.to_owned(), other.to_owned()))
    }

    /// Finds the structures that requests hold.
    fn find_inputs(&mut self, same: &BTreeMap<String, String>) {
        // Of Tencent's packages the same name means the same structure.
        if self.import.importer == "tencent" {
            let both = self.facts.shapes.keys().filter(|name| self.hand.shapes.contains_key(*name));
            let both: Vec<String> = both.cloned().collect();
            both.iter().for_each(|name| {
                self.pair(name, name);
            });
        }
        let facts = self.facts;
        for (name, operation) in &facts.operations {
            let known = same.get(name).map_or(&[][..], |own| self.hand.operations[own].input.as_slice());
            for field in &operation.input {
                if !known.iter().any(|own| is_same(own, field)) {
                    self.hold(&field.ty);
                }
            }
        }
        let twins: Vec<(String, String)> = self.twins.iter().map(|(name, own)| (name.clone(), own.clone())).collect();
        for (name, own) in twins.into_iter().filter(|(_, own)| self.hand.in_input.contains(own)) {
            let (Some(ours), Some(theirs)) = (self.hand.shapes.get(&own), facts.shapes.get(&name)) else { continue };
            for field in theirs.fields.iter().filter(|field| !ours.fields.iter().any(|own| is_same(own, field))) {
                self.hold(&field.ty);
            }
        }
    }

    fn hold(&mut self, ty: &Type) {
        let facts = self.facts;
        let Some(name) = ty.shape() else { return };
        let twin = self.twins.get(name).is_some_and(|own| self.hand.in_input.contains(own));
        if !twin
            && self.in_input.insert(name.to_owned())
            && let Some(shape) = facts.shapes.get(name)
        {
            shape.fields.iter().for_each(|field| self.hold(&field.ty));
        }
    }

    /// The fields of a structure or an output that only the package has.
    fn further(&mut self, ours: &[file::Field], theirs: &[Field], input: bool) -> Vec<Value> {
        // Where one of them is the whole body, the two are the same.
        if ours.iter().any(|field| field.payload) || theirs.iter().any(|field| field.payload) {
            return Vec::new();
        }
        unknown(ours, theirs).map(|field| self.field(&field, input)).collect()
    }

    /// The inputs that only the package has.
    fn further_inputs(&mut self, ours: &[file::Field], theirs: &[Field]) -> Vec<Value> {
        unknown(ours, theirs).map(|field| self.input(&field)).collect()
    }

    /// An input, which says where it travels if the protocol has several places.
    fn input(&mut self, field: &Field) -> Value {
        let mut value = self.field(field, true);
        if self.hand.protocol == Protocol::Rest {
            value["in"] = json!(field.place.unwrap_or(Place::Body));
            if field.place == Some(Place::Path) && field.name == FROM_CONNECTION {
                value["from_connection"] = json!(true);
            }
        }
        value
    }

    fn field(&mut self, field: &Field, input: bool) -> Value {
        let ty = self.taken(&field.ty, input);
        let mut value = json!({"name": field.name, "type": ty.to_string()});
        let mut set = |key: &str, text: Option<Value>| {
            if let Some(text) = text {
                value[key] = text;
            }
        };
        set("in", field.place.filter(|place| *place != Place::Body).map(|place| json!(place)));
        set("style", field.style.map(|style| json!(style)));
        set("rename", field.rename.as_ref().map(|name| json!(name)));
        stated::keys(field, input).into_iter().for_each(|(key, stated)| set(key, stated));
        set("enum", field.enumeration.as_ref().map(|name| json!(name)));
        for (key, stated) in [
            ("payload", field.payload),
            ("required", field.required),
            ("nullable", field.nullable && !input),
            ("token", field.token && input),
            ("sensitive", field.sensitive),
        ] {
            set(key, stated.then_some(json!(true)));
        }
        value
    }

    /// The type with the names of the structures that are written, which are taken in.
    fn taken(&mut self, ty: &Type, input: bool) -> Type {
        match ty {
            Type::List(item) => Type::List(Box::new(self.taken(item, input))),
            Type::Map(item) => Type::Map(Box::new(self.taken(item, input))),
            Type::Shape(name) => Type::Shape(self.shape(name, input)),
            other => other.clone(),
        }
    }

    fn shape(&mut self, name: &str, input: bool) -> String {
        let facts = self.facts;
        let Some(shape) = facts.shapes.get(name) else { return name.to_owned() };
        let (written, in_input) = match self.twins.get(name).cloned() {
            Some(own) if !input || self.hand.in_input.contains(&own) => {
                self.extend(&own, name, shape);
                return own;
            }
            // A structure of answers alone never turns into one of requests: those get a copy.
            Some(own) => (format!("{own}Input"), true),
            None => {
                let taken = self.hand.shapes.contains_key(name) || self.hand.enums.contains(name);
                (if taken { format!("Public{name}") } else { name.to_owned() }, self.in_input.contains(name))
            }
        };
        if !self.shapes.contains_key(&written) {
            self.shapes.insert(written.clone(), Vec::new());
            let fields = shape.fields.iter().map(|field| self.field(field, in_input)).collect();
            self.shapes.insert(written.clone(), fields);
        }
        written
    }

    /// Adds the fields that hand-written structures lack, those that only hand-written operations use too.
    fn extend_all(&mut self) {
        let facts = self.facts;
        for (own, name) in self.pairs.clone() {
            if let Some(shape) = facts.shapes.get(&name) {
                self.extend(&own, &name, shape);
            }
        }
    }

    /// Adds the fields that a hand-written structure lacks. Several structures of the package can stand for one.
    fn extend(&mut self, own: &str, name: &str, shape: &Shape) {
        if !self.extended.insert((own.to_owned(), name.to_owned())) {
            return;
        }
        let hand = self.hand;
        let ours = hand.shapes.get(own).map_or(&[][..], |shape| shape.fields.as_slice());
        let input = hand.in_input.contains(own);
        let added = self.added.entry(own.to_owned()).or_default();
        let mut theirs = Vec::new();
        for field in &shape.fields {
            match added.iter_mut().find(|other| other["name"] == field.name.as_str()) {
                Some(other) => stated::reconcile(other, field, input),
                None => theirs.push(field.clone()),
            }
        }
        let fields = self.further(ours, &theirs, input);
        self.added.entry(own.to_owned()).or_default().extend(fields);
    }

    fn operation(&mut self, name: &str, operation: &Operation, errors: &[&str]) -> Value {
        let decision = self.overrides.of(&format!("operation {name}"));
        let authorization = match self.hand.protocol {
            Protocol::TencentV3 | Protocol::TencentV2 => Authorization::Cam,
            _ if self.import.importer == "huawei" => Authorization::TokenOrSignature,
            _ => Authorization::Signature,
        };
        let mut value = json!({
            "rate_limit": 0, "authorization": authorization, "idempotent": derive::is_idempotent(name, operation),
            "errors": errors,
        });
        if let (Some(method), Some(path)) = (operation.method, &operation.path) {
            (value["method"], value["path"]) = (json!(method), json!(path));
            value["host"] = json!(self.import.product);
        }
        if operation.deprecated {
            value["deprecated"] = json!("the vendor marks it as deprecated");
        }
        if operation.method.is_some() && derive::is_idempotent(name, operation) && !derive::says_reading(name) {
            value["idempotent_reason"] = json!("its method is GET");
        }
        if let Some(to) = &decision.rename {
            value["rename"] = json!(to);
        }
        let shapes = self.facts.shapes.iter().map(|(name, shape)| (name.clone(), shape)).collect();
        if let Some(id) = derive::job(operation, &shapes) {
            value["job"] = json!({"id": id});
        }
        if let Some(paging) = derive::paginate(operation, &shapes).filter(|_| !decision.unpaged) {
            value["paginate"] = paging;
        }
        value["input"] = operation.input.iter().map(|field| self.input(field)).collect();
        value["output"] = operation.output.iter().map(|field| self.field(field, false)).collect();
        value
    }
}

/// The code as the specs have it; nothing if its name is in Rust and C that of another code.
fn known_code<'a>(hand: &'a Hand, code: &'a str, errors: &mut BTreeSet<String>) -> Option<&'a str> {
    if let Some(known) = hand.errors.get(code) {
        return Some(known);
    }
    let name = naming::code(code);
    let meets = |other: &String| other != code && naming::code(other) == name;
    if hand.error_names.contains(&name) || errors.iter().any(meets) {
        return None;
    }
    errors.insert(code.to_owned());
    Some(code)
}

fn is_same(own: &file::Field, other: &Field) -> bool {
    own.name == other.name || own.aliases.contains(&other.name)
}

/// The fields that only the package has. The documents of private clouds do not know them, so none is required, and none
/// is filled in.
fn unknown<'a>(ours: &'a [file::Field], theirs: &'a [Field]) -> impl Iterator<Item = Field> + 'a {
    let new = theirs.iter().filter(|field| field.place != Some(Place::Path));
    let new = new.filter(|field| !ours.iter().any(|own| is_same(own, field)));
    new.map(|field| Field { required: false, token: false, ..field.clone() })
}

/// A path without the names of its parameters.
fn anonymous(path: &str) -> String {
    let parts = path.trim_end_matches('/').split('/');
    parts.map(|part| if part.starts_with('{') { "{}" } else { part }).collect::<Vec<_>>().join("/")
}
