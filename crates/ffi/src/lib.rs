//! The C interface of Wharf. The contract for C programmers is at the top of `include/wharf.h`, which `cargo codegen`
//! writes from this crate (with `cbindgen`) together with `include/wharf/*.h` (from the specs).
//!
//! Each function is thin: it checks its arguments, calls [`wharf::any`] and writes the results. Common rules are
//! implemented once:
//!
//! - `boundary`: no panic leaves a function; pointers become references, texts and JSON, or an error;
//! - `engine`: the threads of the library, which run while a connection or pages exist;
//! - `process`: the process that has those threads; a forked child has none and gets an error;
//! - `task`: a blocking call waits for a task of the engine, so that it can be cancelled and can be made from a
//!   callback; an asynchronous call completes through a callback on a thread that may block.

#![allow(non_camel_case_types, reason = "types are named as they are in C")]

mod boundary;
mod call;
mod cancel;
mod connection;
mod credentials;
mod describe;
mod direct;
mod engine;
mod error;
mod json;
mod kubeconfig;
mod kubernetes;
mod log;
mod pages;
mod process;
mod response;
mod result;
mod task;
#[cfg(feature = "test-panic")]
mod test_panic;
mod text;
mod value;
mod version;
mod wait;

pub use call::{
    wharf_call, wharf_call_async, wharf_call_with_response, wharf_call_with_response_async, wharf_callback,
};
pub use cancel::{wharf_cancel, wharf_cancel_cancel, wharf_cancel_free, wharf_cancel_new};
pub use connection::{
    wharf_connection, wharf_connection_free, wharf_connection_new, wharf_connection_new_with_credentials,
    wharf_connection_product,
};
pub use credentials::{wharf_credentials, wharf_credentials_callback, wharf_credentials_set};
pub use describe::wharf_describe;
pub use direct::{wharf_call_unlisted, wharf_presign, wharf_sign};
pub use error::*;
pub use json::{wharf_json_count, wharf_json_get, wharf_json_quote};
pub use kubeconfig::{
    wharf_docker_config, wharf_kubeconfig, wharf_kubeconfig_expires, wharf_kubeconfig_fetch, wharf_kubeconfig_free,
    wharf_kubeconfig_merge, wharf_kubeconfig_text, wharf_kubeconfig_write,
};
pub use kubernetes::wharf_kubernetes;
pub use log::{wharf_log_callback, wharf_log_level, wharf_log_set};
pub use pages::{
    wharf_pages, wharf_pages_begin, wharf_pages_free, wharf_pages_new, wharf_pages_next, wharf_pages_next_async,
    wharf_pages_next_item, wharf_pages_next_with_response, wharf_pages_next_with_response_async, wharf_pages_offset,
};
pub use response::*;
pub use result::{wharf_result, wharf_result_name};
pub use task::wharf_finalizer;
#[cfg(feature = "test-panic")]
pub use test_panic::wharf_test_panic;
pub use text::wharf_text_free;
pub use value::wharf_value;
pub use version::{WHARF_ABI_VERSION, wharf_abi_version, wharf_version};
pub use wait::{wharf_progress_callback, wharf_wait, wharf_wait_async};
