//! Files with credentials: profiles (INI) and keys (JSON).

use std::path::PathBuf;
use std::sync::OnceLock;
use wharf_core::credentials::{KeyForm, Section};

static FORM: KeyForm = KeyForm {
    within: &["Response", "Credentials"],
    id: &["TmpSecretId", "AccessKeyId"],
    secret: &["TmpSecretKey", "SecretAccessKey"],
    token: &["Token", "SecurityToken"],
    expires: &["ExpiredTime", "Expiration"],
    temporary: false,
};

/// Reads a profile from a file, and a key from its text. No secret is in what is printed.
pub fn run(data: &[u8]) {
    static FILE: OnceLock<PathBuf> = OnceLock::new();
    let path = FILE.get_or_init(|| std::env::temp_dir().join(format!("wharf-fuzz-{}.ini", std::process::id())));
    std::fs::write(path, data).expect("a file");
    for section in ["default", "prod"] {
        match Section::read_blocking(path, section) {
            Ok(Some(section)) => {
                let secret = section.get("secret_key").unwrap_or_default().to_owned();
                let shown = format!("{section:?}");
                assert!(secret.len() < 24 || !shown.contains(&secret), "{shown}");
            }
            Ok(None) => {}
            Err(error) => assert!(!error.to_string().is_empty()),
        }
    }
    match FORM.read(data) {
        Ok(credentials) => {
            let shown = format!("{credentials:?}");
            let secret = credentials.secret().expose();
            assert!(secret.len() < 24 || !shown.contains(secret), "{shown}");
            let _ = credentials.check();
        }
        Err(reason) => assert!(!reason.is_empty()),
    }
}
