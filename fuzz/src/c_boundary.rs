//! What a C program passes: a JSON pointer, options of a connection, options and input of a call.

use crate::parts::split;
use std::ffi::{CStr, CString, c_char};
use std::ptr::{null, null_mut};
use std::sync::OnceLock;
use wharf_ffi as c;

/// Calls the functions that read texts. Nothing is sent: a connection with random options makes no call, and the one
/// that signs has a key.
pub fn run(data: &[u8]) {
    let (first, rest) = split(data);
    let (second, third) = split(rest);
    let (Ok(first), Ok(second), Ok(third)) = (CString::new(first), CString::new(second), CString::new(third)) else {
        return;
    };
    unsafe {
        json(&first, &second);
        connect(&first);
        sign(&first, &second, &third);
    }
}

unsafe fn json(json: &CStr, pointer: &CStr) {
    let (mut text, mut count, mut error): (*mut c_char, usize, _) = (null_mut(), 0, null_mut());
    unsafe {
        c::wharf_json_get(json.as_ptr(), pointer.as_ptr(), &mut text, &mut error);
        c::wharf_text_free(&mut text);
        c::wharf_error_free(&mut error);
        c::wharf_json_count(json.as_ptr(), pointer.as_ptr(), &mut count, &mut error);
        c::wharf_error_free(&mut error);
        c::wharf_json_quote(json.as_ptr(), &mut text, &mut error);
        if !text.is_null() {
            let quoted = CStr::from_ptr(text).to_bytes();
            let again: String = serde_json::from_slice(quoted).expect("a JSON string");
            assert_eq!(again.as_bytes(), json.to_bytes());
        }
        c::wharf_text_free(&mut text);
        c::wharf_error_free(&mut error);
        c::wharf_describe(pointer.as_ptr(), &mut text, &mut error);
        c::wharf_text_free(&mut text);
        c::wharf_error_free(&mut error);
    }
}

unsafe fn connect(options: &CStr) {
    for product in [c"tke", c"ccs", c"cce", c"ack"] {
        let (mut connection, mut error) = (null_mut(), null_mut());
        unsafe {
            c::wharf_connection_new(product.as_ptr(), options.as_ptr(), &mut connection, &mut error);
            c::wharf_error_free(&mut error);
            c::wharf_connection_free(&mut connection);
        }
    }
}

/// Connections with a key. Signing encodes the input as a call does, and needs no network.
struct Connections([*mut c::wharf_connection; 4]);

unsafe impl Send for Connections {}
unsafe impl Sync for Connections {}

fn connections() -> &'static Connections {
    static CONNECTIONS: OnceLock<Connections> = OnceLock::new();
    CONNECTIONS.get_or_init(|| {
        let options = c"{\"region\": \"ap-guangzhou\", \"endpoint\": \"http://127.0.0.1:9\",\
            \"credentials\": {\"id\": \"id\", \"secret\": \"secret\"}}";
        Connections([c"tke", c"ccs", c"cce", c"ack"].map(|product| {
            let mut connection = null_mut();
            let made =
                unsafe { c::wharf_connection_new(product.as_ptr(), options.as_ptr(), &mut connection, null_mut()) };
            assert!(!connection.is_null(), "{product:?}: {made:?}");
            connection
        }))
    })
}

unsafe fn sign(operation: &CStr, input: &CStr, options: &CStr) {
    for connection in connections().0 {
        let (mut text, mut error): (*mut c_char, _) = (null_mut(), null_mut());
        unsafe {
            let (operation, input) = (operation.as_ptr(), input.as_ptr());
            c::wharf_sign(connection, operation, input, options.as_ptr(), null(), &mut text, &mut error);
            c::wharf_text_free(&mut text);
            c::wharf_error_free(&mut error);
        }
    }
}
