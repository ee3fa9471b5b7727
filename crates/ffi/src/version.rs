//! Versions of the interface and of the library.

use std::ffi::{CStr, c_char};

/// The version of the interface that this header describes. It grows when a function, a type or a number changes
/// its meaning; what is only added does not change it. Compare it with `wharf_abi_version()` before anything
/// else if the library may be another one than the program was built with.
pub const WHARF_ABI_VERSION: u32 = 1;

const VERSION: &CStr = match CStr::from_bytes_with_nul(concat!(env!("CARGO_PKG_VERSION"), "\0").as_bytes()) {
    Ok(version) => version,
    Err(_) => c"",
};

/// The version of the interface that the library has.
#[unsafe(no_mangle)]
pub extern "C" fn wharf_abi_version() -> u32 {
    WHARF_ABI_VERSION
}

/// The version of the library (`0.1.0`). Never NULL; belongs to the library.
#[unsafe(no_mangle)]
pub extern "C" fn wharf_version() -> *const c_char {
    VERSION.as_ptr()
}
