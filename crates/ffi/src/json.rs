//! Basic JSON functions, for C programs without a JSON library.

use crate::boundary::{Failure, Outcome, boundary, owned_text, place, put_text, read_json, text, write};
use crate::engine::STACK;
use crate::error::wharf_error;
use crate::result::wharf_result;
use serde_json::Value;
use std::ffi::{CString, c_char};
use std::thread::Builder;

/// Nesting depth above which JSON is parsed on a thread with a large stack.
const SHALLOW: usize = 16;

fn at<'a>(json: &'a Value, pointer: &str) -> Outcome<&'a Value> {
    json.pointer(pointer)
        .ok_or_else(|| Failure::new(wharf_result::WHARF_NOT_FOUND, "pointer", "leads to nothing in this JSON"))
}

/// Finds a value in JSON by its JSON Pointer (RFC 6901), for example `/Clusters/0/ClusterId`. A string is returned
/// without quotation marks, any other value as JSON. Returns `WHARF_NOT_FOUND` if the value does not exist.
///
/// The whole text is parsed on every call: use a JSON library for outputs of hundreds of kilobytes.
///
/// @param json the JSON.
/// @param pointer the JSON Pointer; the empty text is the whole document.
/// @param value receives the value; free it with `wharf_text_free`.
/// @param error NULL, or receives the error.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wharf_json_get(
    json: *const c_char,
    pointer: *const c_char,
    value: *mut *mut c_char,
    error: *mut *mut wharf_error,
) -> wharf_result {
    boundary(error, || {
        let json = text("json", json)?;
        place("value", value)?;
        let pointer = text("pointer", pointer)?;
        put_text(value, with_stack(json, || find(json, pointer))?);
        Ok(wharf_result::WHARF_OK)
    })
}

/// Counts the items of a list or the entries of an object in JSON, by a JSON Pointer. The count of any other value is
/// 0. Returns `WHARF_NOT_FOUND` if the value does not exist.
///
/// @param json the JSON.
/// @param pointer the JSON Pointer; the empty text is the whole document.
/// @param count receives the number.
/// @param error NULL, or receives the error.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wharf_json_count(
    json: *const c_char,
    pointer: *const c_char,
    count: *mut usize,
    error: *mut *mut wharf_error,
) -> wharf_result {
    boundary(error, || {
        let json = text("json", json)?;
        place("count", count)?;
        let pointer = text("pointer", pointer)?;
        write(count, with_stack(json, || length(json, pointer))?);
        Ok(wharf_result::WHARF_OK)
    })
}

/// Writes a text as a JSON string with quotation marks, for use in an input.
///
/// @param plain the text.
/// @param quoted receives the JSON; free it with `wharf_text_free`.
/// @param error NULL, or receives the error.
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

fn find(json: &str, pointer: &str) -> Outcome<CString> {
    match at(&read_json("json", json)?, pointer)? {
        Value::String(text) => owned_text(text.as_str()),
        other => owned_text(other.to_string()),
    }
}

fn length(json: &str, pointer: &str) -> Outcome<usize> {
    Ok(match at(&read_json("json", json)?, pointer)? {
        Value::Array(items) => items.len(),
        Value::Object(members) => members.len(),
        _ => 0,
    })
}

/// Runs work on JSON on a thread with enough stack: every nesting level needs some.
pub(crate) fn with_stack<T: Send>(json: &str, work: impl FnOnce() -> Outcome<T> + Send) -> Outcome<T> {
    if nesting(json) <= SHALLOW {
        return work();
    }
    std::thread::scope(|scope| {
        let thread = Builder::new().name("wharf-json".to_owned()).stack_size(STACK).spawn_scoped(scope, work);
        let thread = thread.map_err(|error| Failure::new(wharf_result::WHARF_NO_THREADS, "", &error.to_string()))?;
        thread.join().unwrap_or_else(|_| Err(Failure::panic()))
    })
}

/// Returns the nesting depth of lists and objects without parsing them.
fn nesting(json: &str) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    let mut bytes = json.bytes();
    while let Some(byte) = bytes.next() {
        match byte {
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth = depth.saturating_sub(1),
            b'"' => skip_string(&mut bytes),
            _ => {}
        }
        deepest = deepest.max(depth);
    }
    deepest
}

/// Skips the rest of a string after its opening quotation mark.
fn skip_string(bytes: &mut std::str::Bytes<'_>) {
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' => return,
            b'\\' => drop(bytes.next()),
            _ => {}
        }
    }
}
