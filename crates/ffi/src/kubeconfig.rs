//! Kubeconfigs of clusters, and logins of image registries.

use crate::boundary::{boundary, free, needed, owned_text, place, put, put_text, text, with_threads, write};
use crate::cancel::{Cancel, wharf_cancel};
use crate::connection::wharf_connection;
use crate::error::wharf_error;
use crate::result::wharf_result;
use crate::task::{self, Tell};
use std::ffi::c_char;
use std::time::{Duration, SystemTime};
use wharf::Kubeconfig;

/// Kubeconfig of a cluster: addresses, users and contexts, with secrets. Any number of threads may use it at once. The
/// caller owns it and frees it with `wharf_kubeconfig_free`.
#[derive(Debug)]
pub struct wharf_kubeconfig(Kubeconfig);

/// Fetches the kubeconfig of a cluster and waits for it.
///
/// @param connection the connection, to TKE, CCE or ACK.
/// @param cluster identifier of the cluster.
/// @param address NULL for the product's default, `internal` or `external`.
/// @param lifetime lifetime of its credentials in seconds, or 0 for the product's default. Products without a lifetime
/// return `WHARF_UNSUPPORTED` for any other number.
/// @param cancel NULL, or the handle that can cancel the call.
/// @param config receives the kubeconfig.
/// @param error NULL, or receives the error.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wharf_kubeconfig_fetch(
    connection: *const wharf_connection,
    cluster: *const c_char,
    address: *const c_char,
    lifetime: u64,
    cancel: *const wharf_cancel,
    config: *mut *mut wharf_kubeconfig,
    error: *mut *mut wharf_error,
) -> wharf_result {
    with_threads(error, || {
        let connection = needed("connection", connection)?;
        let cluster = text("cluster", cluster)?.to_owned();
        let address = optional("address", address)?;
        place("config", config)?;
        let any = connection.any();
        let lifetime = (lifetime > 0).then(|| Duration::from_secs(lifetime));
        let fetch = async move { Ok(any.kubeconfig(&cluster, address.as_deref(), lifetime).await?) };
        let done = task::wait_for(connection.engine(), Cancel::of(cancel), |_: Tell<()>| fetch, |()| ())?;
        put(config, Box::new(wharf_kubeconfig(done)));
        Ok(wharf_result::WHARF_OK)
    })
}

/// Writes the kubeconfig as YAML to `yaml`, with its secrets.
///
/// @param config the kubeconfig.
/// @param yaml receives the text; free it with `wharf_text_free`, which wipes it.
/// @param error NULL, or receives the error.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wharf_kubeconfig_text(
    config: *const wharf_kubeconfig,
    yaml: *mut *mut c_char,
    error: *mut *mut wharf_error,
) -> wharf_result {
    boundary(error, || {
        let config = needed("config", config)?;
        place("yaml", yaml)?;
        put_text(yaml, owned_text(config.0.expose().to_owned())?);
        Ok(wharf_result::WHARF_OK)
    })
}

/// Writes the expiry of the credentials to `seconds`, in seconds since 1970; 0 if it is not known.
///
/// @param config the kubeconfig.
/// @param seconds receives the time.
/// @param error NULL, or receives the error.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wharf_kubeconfig_expires(
    config: *const wharf_kubeconfig,
    seconds: *mut u64,
    error: *mut *mut wharf_error,
) -> wharf_result {
    boundary(error, || {
        let config = needed("config", config)?;
        place("seconds", seconds)?;
        let since = config.0.expires().and_then(|time| time.duration_since(SystemTime::UNIX_EPOCH).ok());
        write(seconds, since.map_or(0, |since| since.as_secs()));
        Ok(wharf_result::WHARF_OK)
    })
}

/// Writes the kubeconfig to a file, readable by its owner alone. A file that exists is replaced at once. A missing folder is
/// created.
///
/// @param config the kubeconfig.
/// @param path path of the file.
/// @param error NULL, or receives the error.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wharf_kubeconfig_write(
    config: *const wharf_kubeconfig,
    path: *const c_char,
    error: *mut *mut wharf_error,
) -> wharf_result {
    boundary(error, || {
        needed("config", config)?.0.write_to(text("path", path)?)?;
        Ok(wharf_result::WHARF_OK)
    })
}

/// Adds the clusters, users and contexts to a kubeconfig file, such as `~/.kube/config`, and creates it if it does not
/// exist. All other entries and all unknown fields of the file are kept; its current context too, if it has one. Returns
/// `WHARF_CONFLICT`, and leaves the file unchanged, if it has a different entry with the same name.
///
/// @param config the kubeconfig.
/// @param path path of the file.
/// @param prefix NULL, or a text that is put before the names of all entries, with a hyphen.
/// @param error NULL, or receives the error.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wharf_kubeconfig_merge(
    config: *const wharf_kubeconfig,
    path: *const c_char,
    prefix: *const c_char,
    error: *mut *mut wharf_error,
) -> wharf_result {
    boundary(error, || {
        let config = needed("config", config)?.0.clone();
        let path = text("path", path)?;
        let config = match optional("prefix", prefix)? {
            Some(prefix) => config.with_prefix(&prefix),
            None => config,
        };
        config.merge_into(path)?;
        Ok(wharf_result::WHARF_OK)
    })
}

/// Frees the kubeconfig and sets the pointer to NULL. Does nothing for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wharf_kubeconfig_free(config: *mut *mut wharf_kubeconfig) {
    free(config);
}

/// Issues a temporary password of an enterprise-edition instance of TCR, and writes its login as a `config.json` of Docker
/// to `json`. Encoded in base64, the text is the value of `.dockerconfigjson` in a secret for `imagePullSecrets`.
///
/// @param connection the connection, to TCR.
/// @param registry identifier of the instance.
/// @param server NULL for the public domain of the instance, or another host of it.
/// @param username NULL for the user name in the response. Private clouds have none there: it is the identifier of the
/// account.
/// @param cancel NULL, or the handle that can cancel the call.
/// @param json receives the text; free it with `wharf_text_free`, which wipes it.
/// @param error NULL, or receives the error.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wharf_docker_config(
    connection: *const wharf_connection,
    registry: *const c_char,
    server: *const c_char,
    username: *const c_char,
    cancel: *const wharf_cancel,
    json: *mut *mut c_char,
    error: *mut *mut wharf_error,
) -> wharf_result {
    with_threads(error, || {
        let connection = needed("connection", connection)?;
        let registry = text("registry", registry)?.to_owned();
        let (server, username) = (optional("server", server)?, optional("username", username)?);
        place("json", json)?;
        let any = connection.any();
        let issue = async move {
            let config = any.docker_config(&registry, server.as_deref(), username.as_deref()).await?;
            owned_text(config.to_json().expose().to_owned())
        };
        let done = task::wait_for(connection.engine(), Cancel::of(cancel), |_: Tell<()>| issue, |()| ())?;
        put_text(json, done);
        Ok(wharf_result::WHARF_OK)
    })
}

/// Reads a text that may be NULL.
fn optional(argument: &str, pointer: *const c_char) -> crate::boundary::Outcome<Option<String>> {
    if pointer.is_null() { Ok(None) } else { Ok(Some(text(argument, pointer)?.to_owned())) }
}
