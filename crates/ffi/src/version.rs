//! Versions of the interface and of the library.

use std::ffi::{CStr, c_char};

/// Version of the interface that this header describes. It increases when a function, a type or a number changes its
/// meaning; additions do not change it. Compare it with `wharf_abi_version()` first if the program may run with another
/// library than it was built with.
pub const WHARF_ABI_VERSION: u32 = 1;

const VERSION: &CStr = match CStr::from_bytes_with_nul(concat!(env!("CARGO_PKG_VERSION"), "\0").as_bytes()) {
    Ok(version) => version,
    Err(_) => c"",
};

/// Returns the version of the library's interface.
#[unsafe(no_mangle)]
pub extern "C" fn wharf_abi_version() -> u32 {
    WHARF_ABI_VERSION
}

/// Returns the version of the library (`0.1.0`). Never NULL; belongs to the library.
#[unsafe(no_mangle)]
pub extern "C" fn wharf_version() -> *const c_char {
    VERSION.as_ptr()
}
