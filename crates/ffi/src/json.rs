//! The little of JSON that a C program needs to get along without a library for it.

use crate::boundary::{Failure, Outcome, boundary, owned_text, place, put_text, read_json, text, write};
use crate::engine::STACK;
use crate::error::wharf_error;
use crate::result::wharf_result;
use serde_json::Value;
use std::ffi::{CString, c_char};
use std::thread::Builder;

/// JSON that is nested deeper is read on a thread with a stack of its own.
const SHALLOW: usize = 16;

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
        let json = text("json", json)?;
        place("value", value)?;
        let pointer = text("pointer", pointer)?;
        put_text(value, with_stack(json, || find(json, pointer))?);
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
        let json = text("json", json)?;
        place("count", count)?;
        let pointer = text("pointer", pointer)?;
        write(count, with_stack(json, || length(json, pointer))?);
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

/// Does something with JSON where the stack is large enough for it: every level takes some.
fn with_stack<T: Send>(json: &str, work: impl FnOnce() -> Outcome<T> + Send) -> Outcome<T> {
    if nesting(json) <= SHALLOW {
        return work();
    }
    std::thread::scope(|scope| {
        let thread = Builder::new().name("wharf-json".to_owned()).stack_size(STACK).spawn_scoped(scope, work);
        let thread = thread.map_err(|error| Failure::new(wharf_result::WHARF_NO_THREADS, "", &error.to_string()))?;
        thread.join().unwrap_or_else(|_| Err(Failure::panic()))
    })
}

/// How deep lists and objects are nested, without reading them.
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

/// Leaves the string that a quotation mark has begun.
fn skip_string(bytes: &mut std::str::Bytes<'_>) {
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' => return,
            b'\\' => drop(bytes.next()),
            _ => {}
        }
    }
}
