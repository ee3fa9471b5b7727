//! What the targets share: the parts of an input, a runtime, a server.

use std::sync::OnceLock;
use tokio::runtime::{Builder, Runtime};
use wharf_server::{Server, Time};

/// Splits an input at its first line `--`.
pub(crate) fn split(data: &[u8]) -> (&[u8], &[u8]) {
    match data.windows(4).position(|window| window == b"\n--\n") {
        Some(at) => (&data[..at], &data[at + 4..]),
        None => (data, &[]),
    }
}

/// Splits a text at its first blank.
pub(crate) fn word(text: &str) -> (&str, &str) {
    text.split_once([' ', '\n']).unwrap_or((text, ""))
}

/// The runtime of the targets, on one thread.
pub(crate) fn runtime() -> &'static Runtime {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    RUNTIME.get_or_init(|| Builder::new_current_thread().enable_all().build().expect("a runtime"))
}

/// A server without a socket. Its world begins anew now and then, so that a finding needs few inputs to be repeated.
pub(crate) fn server() -> &'static Server {
    static SERVER: OnceLock<Server> = OnceLock::new();
    static CALLS: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
    let server = SERVER.get_or_init(|| {
        let builder = Server::builder().without_socket().rate_limits(false).time(Time::Manual).journal_capacity(16);
        runtime().block_on(builder.start()).expect("a server")
    });
    if CALLS.fetch_add(1, std::sync::atomic::Ordering::Relaxed) % 512 == 511 {
        server.reset();
    }
    server
}
