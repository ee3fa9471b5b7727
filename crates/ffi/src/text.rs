//! Texts that the caller owns.

use crate::boundary::guard;
use std::ffi::{CString, c_char};

/// Frees a text that a function returned through a `char **`, and sets the pointer to NULL. Does nothing for NULL, so
/// freeing twice is harmless. The bytes are wiped: outputs contain passwords and kubeconfigs.
///
/// @param text NULL, or the address of a pointer that is NULL or such a text, with its length unchanged.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wharf_text_free(text: *mut *mut c_char) {
    guard((), || {
        if text.is_null() {
            return;
        }
        // SAFETY: not NULL, and by the header's contract the address of a pointer of the caller.
        let owned = unsafe { text.replace(std::ptr::null_mut()) };
        if !owned.is_null() {
            // SAFETY: created by `CString::into_raw` in `put_text`, and returned once.
            let owned = unsafe { CString::from_raw(owned) };
            let mut bytes = owned.into_bytes();
            bytes.fill(0);
            std::hint::black_box(&mut bytes);
        }
    });
}
