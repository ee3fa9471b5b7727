//! Descriptions from which the package creates clients and classes: operations, structures, waiters and options of a
//! product.

use crate::error::to_python;
use crate::input::python_word;
use crate::output::{Class, Classes, Form, add_classes, place_of};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyString};
use std::collections::{BTreeMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};
use wharf::any::{ArgumentKind, Gives, WaiterEntry};
use wharf::model::{Member, Model, Place, Shape};
use wharf::operation::Entry;
use wharf_spec::naming;

/// An operation, as passed to a connection's calls.
#[pyclass(frozen, module = "wharf._wharf")]
pub(crate) struct Operation {
    pub entry: &'static Entry,
}

#[pymethods]
impl Operation {
    /// Name in the API.
    #[getter]
    fn name(&self) -> &'static str {
        self.entry.meta.name
    }

    /// The client that has it; empty if the connection has it itself.
    #[getter]
    fn client(&self) -> &'static str {
        wharf::any::client(self.entry.meta)
    }

    /// The client's method.
    #[getter]
    fn method(&self) -> String {
        word(&naming::field(self.entry.input().shape().type_name))
    }

    /// Path of the items in the output of a paged operation.
    #[getter]
    fn items(&self) -> Option<Vec<String>> {
        let paging = self.entry.meta.paging.as_ref()?;
        let mut names = Vec::new();
        path_names(&mut *self.entry.output(), paging.items, &mut names);
        Some(names)
    }

    /// Name of the output's class.
    #[getter]
    fn output(&self) -> &'static str {
        self.entry.output().shape().type_name
    }

    /// The arguments: name, and whether the API requires it.
    #[getter]
    fn arguments(&self) -> Vec<(String, bool)> {
        let members = self.entry.input().shape().members.iter().filter(|member| member.fixed.is_none());
        members.map(|member| (python_word(member.name()), member.required)).collect()
    }
}

/// Collects the Python names of the fields on a path of API names.
fn path_names(model: &mut dyn Model, path: &[&str], names: &mut Vec<String>) {
    let Some((first, rest)) = path.split_first() else { return };
    names.extend(model.shape().members.iter().filter(|member| member.wire == *first).map(|m| python_word(m.name())));
    if let Some((_, field)) = model.find(first)
        && let Place::Object(inner) = field.place()
    {
        path_names(inner, rest, names);
    }
}

/// Converts a Rust name to a Python name.
fn word(name: &str) -> String {
    python_word(name.trim_start_matches("r#"))
}

/// Returns the names of the products.
#[pyfunction]
pub(crate) fn products() -> Vec<&'static str> {
    wharf::any::products().collect()
}

/// Returns the operations of the product's default version, which comes first. Operations of other versions are called
/// by name.
fn entries(product: &str) -> impl Iterator<Item = &'static Entry> {
    let of_product = move || wharf::operations().filter(move |entry| entry.meta.product == product);
    let version = of_product().next().map(|entry| entry.meta.version);
    of_product().filter(move |entry| Some(entry.meta.version) == version)
}

/// Returns the description of a product, in plain values.
#[pyfunction]
pub(crate) fn describe<'py>(py: Python<'py>, product: &str) -> PyResult<Bound<'py, PyDict>> {
    let waiters = wharf::any::waiters(product).map_err(|error| to_python(py, &error))?;
    let options = wharf::any::option_names(product).map_err(|error| to_python(py, &error))?;
    let operations = entries(product).map(|entry| Py::new(py, Operation { entry })).collect::<PyResult<Vec<_>>>()?;
    let shapes = PyList::empty(py);
    for found in structures(product).iter() {
        let members = PyDict::new(py);
        for member in &found.members {
            let hidden = member.member.sensitive || member.form == Form::JsonText;
            let secret = member.member.sensitive && !member.member.document;
            members.set_item(&member.name, (member.member.wire, hidden, secret))?;
        }
        shapes.append((found.shape.type_name, members))?;
    }
    let facts = PyDict::new(py);
    facts.set_item("operations", operations)?;
    facts.set_item("structures", shapes)?;
    // Waiters of other versions, whose names begin with the version, are called by name.
    let waiters = waiters.iter().filter(|waiter| !waiter.name.contains(':'));
    facts.set_item("waiters", waiters.map(|each| waiter(product, each)).collect::<Vec<_>>())?;
    facts.set_item("options", options)?;
    Ok(facts)
}

type Waiter = (&'static str, &'static str, &'static str, &'static str, Vec<(&'static str, &'static str)>, String);

fn waiter(product: &str, waiter: &WaiterEntry) -> Waiter {
    let arguments = waiter.arguments.iter().map(|argument| {
        let kind = match argument.kind {
            ArgumentKind::Text => "text",
            ArgumentKind::Bool => "bool",
            ArgumentKind::Texts => "texts",
            ArgumentKind::Whole => "whole",
        };
        (argument.name, kind)
    });
    let gives = match waiter.gives {
        Gives::Nothing => String::new(),
        Gives::One(name) => class_of(product, name).to_owned(),
        Gives::Many(name) => format!("{}[]", class_of(product, name)),
    };
    (waiter.name, waiter.client, waiter.method, waiter.doc, arguments.collect(), gives)
}

/// Returns the class of a structure by its API name.
fn class_of<'a>(product: &str, name: &'a str) -> &'a str {
    structures(product).iter().map(|found| found.shape).find(|shape| shape.name == name).map_or(name, |it| it.type_name)
}

/// Stores the classes of a product's structures, by name.
#[pyfunction]
pub(crate) fn register(py: Python<'_>, product: &str, made: &Bound<'_, PyDict>) -> PyResult<()> {
    let mut classes = Classes::new();
    for found in structures(product).iter() {
        if let Some(class) = made.get_item(found.shape.type_name)? {
            let members = found.members.iter();
            let members = members.map(|member| (PyString::intern(py, &member.name).unbind(), member.form)).collect();
            classes.insert(place_of(found.shape), Class { class: class.unbind(), members });
        }
    }
    add_classes(py, classes);
    Ok(())
}

/// A structure of an API.
struct Structure {
    shape: &'static Shape,
    members: Vec<Described>,
}

/// A field as Python sees it.
struct Described {
    name: String,
    member: &'static Member,
    form: Form,
}

/// The structures of each product, filled on first use.
static STRUCTURES: Mutex<BTreeMap<String, Arc<Vec<Structure>>>> = Mutex::new(BTreeMap::new());

/// Returns the structures of a product: those of its inputs and outputs, and nested ones. Inputs themselves are
/// arguments and have no class.
fn structures(product: &str) -> Arc<Vec<Structure>> {
    let mut known = STRUCTURES.lock().unwrap_or_else(PoisonError::into_inner);
    known.entry(product.to_owned()).or_insert_with(|| Arc::new(find_structures(product))).clone()
}

fn find_structures(product: &str) -> Vec<Structure> {
    let mut found = Found::default();
    for entry in entries(product) {
        found.members(&mut *entry.input());
        found.structure(&mut *entry.output());
    }
    found.structures
}

#[derive(Default)]
struct Found {
    structures: Vec<Structure>,
    seen: HashSet<usize>,
}

impl Found {
    fn structure(&mut self, model: &mut dyn Model) {
        let shape = model.shape();
        if self.seen.insert(place_of(shape)) {
            let members = self.members(model);
            self.structures.push(Structure { shape, members });
        }
    }

    fn members(&mut self, model: &mut dyn Model) -> Vec<Described> {
        let mut described = Vec::new();
        for member in model.shape().members {
            if let Some((_, field)) = model.find(member.wire) {
                let form = match (self.form(field.place()), member.time) {
                    (Form::Time(_), Some(time)) => Form::Time(time.ahead()),
                    (form, _) => form,
                };
                let form = if member.sensitive && form != Form::JsonText { Form::Secret } else { form };
                described.push(Described { name: python_word(member.name()), member, form });
            }
        }
        described
    }

    fn form(&mut self, place: Place<'_>) -> Form {
        match place {
            Place::Text(text) if text.is_time() => Form::Time(0),
            Place::JsonText(_) => Form::JsonText,
            Place::Object(model) => {
                self.structure(model);
                Form::Plain
            }
            Place::List(list) => self.form(list.push()),
            Place::Map(map) => self.form(map.entry("")),
            _ => Form::Plain,
        }
    }
}
