//! Kubeconfigs.

use wharf::Kubeconfig;
use wharf::kubeconfig::Exec;

/// Reads a kubeconfig; what is written of it can be read again.
pub fn run(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let Ok(config) = Kubeconfig::parse(text) else { return };
    let _ = (config.expires(), config.server(), config.namespace(), config.tls_server_name(), config.user());
    let _ = config.certificate_authority();
    let contexts: Vec<_> = config.contexts().iter().map(|context| format!("{context:?}")).collect();
    let current = config.current_context().map(str::to_owned);
    let changed = config.with_prefix("p-").with_exec(&Exec::new("wharf-credential"));
    let again = Kubeconfig::parse(changed.expose()).expect("what was written is a kubeconfig");
    assert_eq!(again.contexts().len(), contexts.len());
    assert_eq!(again.current_context().is_some(), current.is_some());
    if let Ok(moved) = again.with_server("https://127.0.0.1:6443") {
        assert_eq!(moved.server(), Some("https://127.0.0.1:6443"));
    }
}
