//! The little of JSON that a C program needs to get along without a library for it.

use crate::boundary::{Failure, Outcome, boundary, owned_text, place, put_text, text, write};
use crate::error::wharf_error;
use crate::result::wharf_result;
use serde_json::Value;
use std::ffi::c_char;

fn at<'a>(json: &'a Value, pointer: &str) -> Outcome<&'a Value> {
    json.pointer(pointer)
        .ok_or_else(|| Failure::new(wharf_result::WHARF_NOT_FOUND, "pointer", "leads to nothing in this JSON"))
}

/// Finds a value in JSON by its JSON Pointer (RFC 6901), as `/Clusters/0/ClusterId`. A string comes as the text
/// itself, everything else as JSON. `WHARF_NOT_FOUND` if there is no such value.
///
/// It reads the whole text every time: for answers in the hundreds of kilobytes use a JSON library.
///
/// @param json the JSON.
/// @param pointer where to look; the empty text is the whole.
/// @param value where the value goes, to be freed with `wharf_text_free`.
/// @param error NULL, or where an error goes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wharf_json_get(
    json: *const c_char,
    pointer: *const c_char,
    value: *mut *mut c_char,
    error: *mut *mut wharf_error,
) -> wharf_result {
    boundary(error, || {
        let whole = needed_json(json)?;
        place("value", value)?;
        let found = match at(&whole, text("pointer", pointer)?)? {
            Value::String(text) => owned_text(text.as_str())?,
            other => owned_text(other.to_string())?,
        };
        put_text(value, found);
        Ok(wharf_result::WHARF_OK)
    })
}

/// Counts the items of a list or the members of an object in JSON, by a JSON Pointer. 0 for any other value;
/// `WHARF_NOT_FOUND` if there is no such value.
///
/// @param json the JSON.
/// @param pointer where to look; the empty text is the whole.
/// @param count where the number goes.
/// @param error NULL, or where an error goes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wharf_json_count(
    json: *const c_char,
    pointer: *const c_char,
    count: *mut usize,
    error: *mut *mut wharf_error,
) -> wharf_result {
    boundary(error, || {
        let whole = needed_json(json)?;
        place("count", count)?;
        let found = match at(&whole, text("pointer", pointer)?)? {
            Value::Array(items) => items.len(),
            Value::Object(members) => members.len(),
            _ => 0,
        };
        write(count, found);
        Ok(wharf_result::WHARF_OK)
    })
}

/// Writes a text as a JSON string, with its quotation marks, to be put into an input.
///
/// @param plain the text.
/// @param quoted where the JSON goes, to be freed with `wharf_text_free`.
/// @param error NULL, or where an error goes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wharf_json_quote(
    plain: *const c_char,
    quoted: *mut *mut c_char,
    error: *mut *mut wharf_error,
) -> wharf_result {
    boundary(error, || {
        let plain = text("plain", plain)?;
        place("quoted", quoted)?;
        put_text(quoted, owned_text(Value::from(plain).to_string())?);
        Ok(wharf_result::WHARF_OK)
    })
}

fn needed_json(text: *const c_char) -> Outcome<Value> {
    // The message has a line and a column, and nothing of the text.
    serde_json::from_str(text_of(text)?)
        .map_err(|error| Failure::new(wharf_result::WHARF_INVALID_JSON, "json", &format!("is not JSON: {error}")))
}

fn text_of<'a>(json: *const c_char) -> Outcome<&'a str> {
    text("json", json)
}
