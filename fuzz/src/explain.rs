//! Captured requests: what `wharf-server explain` reads.

use std::time::{Duration, UNIX_EPOCH};
use wharf_core::credentials::Credentials;
use wharf_server::{Keys, explain};

/// Reads a capture and explains its signature.
pub fn run(data: &[u8]) {
    let at = UNIX_EPOCH + Duration::from_secs(1_700_000_000);
    let keys = Keys::new().key(&Credentials::new("AKIDexample", "planted-secret")).at(at);
    match explain(data, &keys) {
        Ok(explanation) => {
            let text = explanation.to_json().to_string();
            let given = data.windows(14).any(|window| window == b"planted-secret");
            assert!(given || !text.contains("planted-secret"), "the explanation shows the secret: {text}");
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}
