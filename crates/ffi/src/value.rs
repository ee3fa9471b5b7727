//! Values that helpers make.

use crate::boundary::{Outcome, boundary, optional_text, owned_text, place, put_text, read_json, text};
use crate::error::wharf_error;
use crate::json::with_stack;
use crate::result::wharf_result;
use serde_json::Value;
use std::ffi::{CString, c_char};
use wharf::any;

/// Returns the value of a helper as JSON, for example the specification of a node for the input of an operation
/// (`WHARF_CCE_HELPER_NODE_SPEC_SERVER`), or a password in the form of the service
/// (`WHARF_CCE_HELPER_NODE_PASSWORD_FOR_USER`). Nothing is sent. `wharf/helpers.h` has the helpers and their arguments. Those
/// that call an operation are for `wharf_call` and are `WHARF_INVALID_INPUT` here.
///
/// @param product name of the product (`WHARF_CCE`).
/// @param helper name of the helper.
/// @param arguments JSON object with the arguments, or NULL for none.
/// @param value receives the value as JSON; free it with `wharf_text_free`, which wipes it.
/// @param error NULL, or receives the error.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wharf_value(
    product: *const c_char,
    helper: *const c_char,
    arguments: *const c_char,
    value: *mut *mut c_char,
    error: *mut *mut wharf_error,
) -> wharf_result {
    boundary(error, || {
        let (product, helper) = (text("product", product)?, text("helper", helper)?);
        let arguments = optional_text("arguments", arguments)?.unwrap_or("null");
        place("value", value)?;
        put_text(value, with_stack(arguments, || made(product, helper, arguments))?);
        Ok(wharf_result::WHARF_OK)
    })
}

fn made(product: &str, helper: &str, arguments: &str) -> Outcome<CString> {
    let arguments: Value = read_json("arguments", arguments)?;
    owned_text(any::value(product, helper, &arguments)?.to_string())
}
