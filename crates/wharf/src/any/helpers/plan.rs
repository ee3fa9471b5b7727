//! Calls that helpers make.

use crate::Error;
use serde_json::{Map, Value};
use std::fmt;
use wharf_core::Operation;
use wharf_core::model::{Names, to_value};
use wharf_core::operation::OperationMeta;

/// Converts the output of an operation to the output of a helper.
pub(in crate::any) type Finish = Box<dyn FnOnce(Value) -> Result<Value, Error> + Send>;

/// A call of an operation with the fields that a helper sets.
pub(in crate::any) struct Plan {
    pub meta: &'static OperationMeta,
    /// Input by the API's names.
    pub fields: Map<String, Value>,
    /// `None` if the output stays as it is.
    pub finish: Option<Finish>,
}

impl Plan {
    /// Creates the call of a typed request's input.
    pub(super) fn of<Op: Operation>(input: &Op) -> Self {
        let fields = match to_value(input, Names::Wire) {
            Value::Object(fields) => fields,
            _ => Map::new(),
        };
        Self { meta: Op::META, fields, finish: None }
    }
}

impl fmt::Debug for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Plan").field("operation", &self.meta.name).finish_non_exhaustive()
    }
}
