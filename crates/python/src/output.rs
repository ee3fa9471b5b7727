//! Outputs as Python values.

use crate::values::{JsonText, Secret, pub_timestamp};
use pyo3::IntoPyObjectExt;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyList, PyString};
use serde_json::Value;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use wharf::model::{Model, Ref, Shape};

/// The Python type of a field's text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// `str`.
    Plain,
    /// `wharf.Secret`.
    Secret,
    /// `wharf.JsonText`.
    JsonText,
    /// `wharf.Timestamp`. The number is the offset from UTC, in seconds, of times without a zone.
    Time(i32),
}

/// The class of a structure.
pub(crate) struct Class {
    pub class: Py<PyAny>,
    /// Name and form of each field, in the order of the shape.
    pub members: Vec<(Py<PyString>, Form)>,
}

/// Classes by the address of their shapes; each structure has one shape.
pub(crate) type Classes = HashMap<usize, Class>;

/// Replaced as a whole when a product is added, so that users of it hold no lock.
static CLASSES: Mutex<Option<Arc<Classes>>> = Mutex::new(None);

pub(crate) fn place_of(shape: &'static Shape) -> usize {
    std::ptr::from_ref(shape).addr()
}

/// Returns the classes of the imported products.
pub(crate) fn classes() -> Arc<Classes> {
    CLASSES.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert_default().clone()
}

/// Adds the classes of a product.
pub(crate) fn add_classes(py: Python<'_>, classes: Classes) {
    let before = self::classes();
    let known = before.iter().map(|(place, class)| {
        let members = class.members.iter().map(|(name, form)| (name.clone_ref(py), *form)).collect();
        (*place, Class { class: class.class.clone_ref(py), members })
    });
    let all = known.chain(classes).collect();
    *CLASSES.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(all));
}

/// Converts a structure to an object of its class.
pub(crate) fn structure<'py>(py: Python<'py>, model: &dyn Model) -> PyResult<Bound<'py, PyAny>> {
    Writer { py, classes: classes() }.object(model, Form::Plain)
}

struct Writer<'py> {
    py: Python<'py>,
    classes: Arc<Classes>,
}

impl<'py> Writer<'py> {
    fn object(&self, model: &dyn Model, outer: Form) -> PyResult<Bound<'py, PyAny>> {
        let Some(class) = self.classes.get(&place_of(model.shape())) else {
            // A structure of no operation has no class.
            return json(self.py, &wharf::any::to_value(model, wharf::any::Names::Fields));
        };
        let members = PyDict::new(self.py);
        let mut failed = Ok(());
        let mut names = class.members.iter();
        model.each(&mut |_, value| {
            let Some((name, form)) = names.next() else { return };
            if matches!(value, Ref::Absent) || failed.is_err() {
                return;
            }
            let form = if outer == Form::Secret { outer } else { *form };
            failed = self.value(value, form).and_then(|value| members.set_item(name, value));
        });
        failed?;
        let object = new(self.py)?.call1((&class.class,))?;
        object.setattr(pyo3::intern!(self.py, "__dict__"), members)?;
        Ok(object)
    }

    fn value(&self, value: Ref<'_>, form: Form) -> PyResult<Bound<'py, PyAny>> {
        let py = self.py;
        match value {
            Ref::Absent => Ok(py.None().into_bound(py)),
            Ref::Text(text) => self.text(text, form),
            Ref::Int(number) => number.into_bound_py_any(py),
            Ref::Uint(number) => number.into_bound_py_any(py),
            Ref::Float(number) => number.into_bound_py_any(py),
            Ref::Bool(truth) => truth.into_bound_py_any(py),
            Ref::Json(value) => match value {
                Value::String(text) => self.text(text, form),
                value => json(py, value),
            },
            Ref::Object(model) => self.object(model, form),
            Ref::List(list) => {
                let items = PyList::empty(py);
                for at in 0..list.len() {
                    items.append(self.value(list.item(at), form)?)?;
                }
                Ok(items.into_any())
            }
            Ref::Map(map) => {
                let values = PyDict::new(py);
                let mut failed = Ok(());
                map.each(&mut |name, value| {
                    if failed.is_ok() {
                        failed = self.value(value, form).and_then(|value| values.set_item(name, value));
                    }
                });
                failed?;
                Ok(values.into_any())
            }
        }
    }

    fn text(&self, text: &str, form: Form) -> PyResult<Bound<'py, PyAny>> {
        Ok(match form {
            Form::Plain => PyString::new(self.py, text).into_any(),
            Form::Secret => Bound::new(self.py, Secret::new(text))?.into_any(),
            Form::JsonText => Bound::new(self.py, JsonText::new(text))?.into_any(),
            Form::Time(ahead) => pub_timestamp(self.py)?.call1((text, ahead))?,
        })
    }
}

/// `object.__new__`.
fn new(py: Python<'_>) -> PyResult<&Bound<'_, PyAny>> {
    static NEW: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let found = NEW.get_or_try_init(py, || {
        Ok::<_, PyErr>(py.import("builtins")?.getattr("object")?.getattr("__new__")?.unbind())
    })?;
    Ok(found.bind(py))
}

/// Converts JSON to `dict`, `list`, `str`, `int`, `float`, `bool` and `None`.
pub(crate) fn json<'py>(py: Python<'py>, value: &Value) -> PyResult<Bound<'py, PyAny>> {
    Ok(match value {
        Value::Null => py.None().into_bound(py),
        Value::Bool(truth) => truth.into_bound_py_any(py)?,
        Value::String(text) => PyString::new(py, text).into_any(),
        Value::Number(number) => match (number.as_i64(), number.as_u64()) {
            (Some(number), _) => number.into_bound_py_any(py)?,
            (None, Some(number)) => number.into_bound_py_any(py)?,
            (None, None) => number.as_f64().into_bound_py_any(py)?,
        },
        Value::Array(items) => {
            let list = PyList::empty(py);
            for item in items {
                list.append(json(py, item)?)?;
            }
            list.into_any()
        }
        Value::Object(members) => {
            let dict = PyDict::new(py);
            for (name, value) in members {
                dict.set_item(name, json(py, value)?)?;
            }
            dict.into_any()
        }
    })
}
