//! How servers are installed anew: taken into a cluster, or reset in it.

use super::answer::masked;
use super::disk_layout::check_storage;
use super::disks::{DIVISION, division};
use super::input::{Input, check_labels, check_taints, invalid};
use super::placement::{check_scripts, check_user_tags};
use super::servers::{check_login, check_node_name, check_system};
use serde_json::{Map, Value, json};
use wharf_world::cce::reinstall::Reinstallation;
use wharf_world::kernel::violation::{Outcome, Reason};

const RUNTIMES: [&str; 2] = ["docker", "containerd"];

/// How a server of that identifier is to be installed anew, in a cluster of that release.
pub(super) fn reinstallation(id: &str, spec: Input<'_>, release: &str) -> Outcome<Reinstallation> {
    let os = spec.required("os")?;
    check_exact_system(os)?;
    check_login(spec.within("login")?)?;
    let name = spec.owned("name")?;
    if let Some(name) = &name {
        check_node_name(name)?;
    }
    check_user_tags(spec.within("serverConfig")?)?;
    check_runtime(spec.within("runtimeConfig")?)?;
    check_scripts(spec.within("lifecycle")?, ["preInstall", "postInstall"])?;
    let options = spec.within("k8sOptions")?;
    check_taints(options)?;
    let kube_labels = options.map("labels")?;
    check_labels(&kube_labels)?;
    let volumes = spec.within("volumeConfig")?;
    let lvm = volumes.filled("lvmConfig")?;
    if let Some(lvm) = lvm {
        division("volumeConfig.lvmConfig", lvm)?;
    }
    if let Some(storage) = volumes.structure("storage")? {
        check_storage(storage, release)?;
    }
    let mut order = Map::new();
    let shown = masked(spec.0);
    for member in ["os", "login"] {
        order.extend(shown.get(member).map(|value| (member.to_owned(), value.clone())));
    }
    order.insert("k8sTags".to_owned(), json!(kube_labels));
    order.extend(options.0.get("taints").map(|taints| ("taints".to_owned(), taints.clone())));
    order.extend(spec.within("serverConfig")?.0.get("userTags").map(|tags| ("userTags".to_owned(), tags.clone())));
    let mut extended = Map::new();
    extended.extend(lvm.map(|lvm| (DIVISION.to_owned(), json!(lvm))));
    extended.extend(options.0.get("maxPods").map(|pods| ("maxPods".to_owned(), pods.clone())));
    if !extended.is_empty() {
        order.insert("extendParam".to_owned(), Value::Object(extended));
    }
    Ok(Reinstallation { id: id.to_owned(), name, os: os.to_owned(), kube_labels, order })
}

/// Whether the operating system is offered and named with its version, like `EulerOS 2.5`.
pub(super) fn check_exact_system(os: &str) -> Outcome<()> {
    check_system(Some(os))?;
    if os.split(' ').any(|word| word.starts_with(|c: char| c.is_ascii_digit())) {
        return Ok(());
    }
    Err(invalid(format!("os names the version of the operating system too, like EulerOS 2.5, not {os} alone")))
}

fn check_runtime(runtime: Input<'_>) -> Outcome<()> {
    if runtime.number("dockerBaseSize")?.is_some_and(|size| size < 0) {
        return Err(invalid("runtimeConfig.dockerBaseSize is a number of GB, or 0 for the default"));
    }
    runtime
        .within("runtime")?
        .one_of("name", &RUNTIMES)
        .map_err(|fault| Reason::Invalid.because(format!("runtimeConfig.runtime: {}", fault.message)))?;
    Ok(())
}
