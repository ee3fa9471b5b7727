//! What a new control plane has in addition to its size: how callers are known, where masters run, what they store on.

use super::disks::KINDS;
use super::input::{Input, invalid, only_billed_by_use};
use base64::Engine;
use std::net::IpAddr;
use wharf_world::cce::offers::{ControlPlane, offered_release, release};
use wharf_world::infra::offers::Releases;
use wharf_world::kernel::violation::{Outcome, Reason};

/// The zone that stands for several.
const SEVERAL_ZONES: &str = "multi_az";
/// The last minor release that knows callers by certificates alone.
const LAST_WITH_X509: u32 = 11;

/// Whether the control plane of that specification can be made.
pub(super) fn check_control_plane(spec: Input<'_>, releases: Releases) -> Outcome<()> {
    let plane = ControlPlane::named(spec.required("flavor")?)?;
    let (release, minor) = offered_release(spec.filled("version")?, releases)?;
    only_billed_by_use("billingMode", spec)?;
    check_authentication(spec.within("authentication")?, &release, minor)?;
    let extended = spec.within("extendParam")?;
    check_dedicated(extended, &plane)?;
    if let Some(address) = extended.filled("clusterExternalIP")?
        && address.parse::<IpAddr>().is_err()
    {
        return Err(invalid(format!("extendParam.clusterExternalIP is an IP address, not {address}")));
    }
    check_masters(spec, extended.filled("clusterAZ")?)
}

/// The default authentication mode.
pub(super) fn default_mode(version: &str) -> &'static str {
    let minor = release(version).map_or(u32::MAX, |(_, minor)| minor);
    if minor <= LAST_WITH_X509 { "x509" } else { "rbac" }
}

fn check_authentication(authentication: Input<'_>, release: &str, minor: u32) -> Outcome<()> {
    let mode = authentication.one_of("mode", &["rbac", "authenticating_proxy", "x509"])?;
    if mode == Some("x509") && minor > LAST_WITH_X509 {
        let message = format!("authentication.mode x509 is for Kubernetes up to 1.{LAST_WITH_X509}, not for {release}");
        return Err(invalid(message));
    }
    let certificate = authentication.within("authenticatingProxy")?.filled("ca")?;
    match certificate {
        None if mode == Some("authenticating_proxy") => {
            Err(Reason::Missing
                .because("authentication.authenticatingProxy.ca is needed in the mode authenticating_proxy"))
        }
        Some(certificate) if !is_certificate(certificate) => {
            Err(invalid("authentication.authenticatingProxy.ca is not an X.509 certificate in base64"))
        }
        _ => Ok(()),
    }
}

/// Whether it is a certificate, in PEM or DER, in base64.
fn is_certificate(text: &str) -> bool {
    const SEQUENCE: u8 = 0x30;
    let bytes = base64::engine::general_purpose::STANDARD.decode(text.replace(['\r', '\n'], ""));
    bytes.is_ok_and(|bytes| bytes.starts_with(b"-----BEGIN CERTIFICATE-----") || bytes.first() == Some(&SEQUENCE))
}

/// Zone and storage of the masters: both are needed on dedicated hosts, the storage is for them alone.
fn check_dedicated(extended: Input<'_>, plane: &ControlPlane) -> Outcome<()> {
    let (zone, storage) = (extended.filled("clusterAZ")?, extended.filled("dssMasterVolumes")?);
    if !plane.dedicated {
        let message = "extendParam.dssMasterVolumes is for clusters on dedicated hosts (cce.dec.*) alone";
        return storage.map_or(Ok(()), |_| Err(invalid(message)));
    }
    if zone.is_none() {
        return Err(Reason::Missing.because(format!("extendParam.clusterAZ is needed for {}", plane.name)));
    }
    let Some(storage) = storage else {
        return Err(Reason::Missing.because(format!("extendParam.dssMasterVolumes is needed for {}", plane.name)));
    };
    if !is_dedicated_storage(storage) {
        return Err(invalid(
            "extendParam.dssMasterVolumes is <pool>.<type>;<pool>.<type> for system disk and data disk, such as \
             c950ee97-587c-4f24-8a74-3367e3da570f.sas;6edbc2f4-1507-44f8-ac0d-eed1d2608d38.ssd",
        ));
    }
    Ok(())
}

/// Whether it names pool and kind of storage of the system disk and of the data disk.
fn is_dedicated_storage(text: &str) -> bool {
    let named = |disk: &str| {
        disk.split_once('.').is_some_and(|(pool, kind)| {
            let plain = pool.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
            plain && !pool.is_empty() && KINDS.iter().any(|known| known.eq_ignore_ascii_case(kind))
        })
    };
    text.split_once(';').is_some_and(|(root, data)| named(root) && named(data))
}

/// A fault domain is one of a zone, so all masters have to be in that zone.
fn check_masters(spec: Input<'_>, zone: Option<&str>) -> Outcome<()> {
    let masters = spec.structures("masters")?;
    let named = |master: Input<'_>| master.required("availabilityZone").map(str::to_owned);
    let mut zones = masters.iter().map(|master| named(*master)).collect::<Outcome<Vec<_>>>()?;
    let in_domain = masters.iter().map(|master| Ok(master.filled("faultDomain")?.is_some()));
    if !in_domain.collect::<Outcome<Vec<_>>>()?.contains(&true) {
        return Ok(());
    }
    zones.sort();
    zones.dedup();
    if zones.len() > 1 || zone == Some(SEVERAL_ZONES) || zones.iter().any(|zone| zone == SEVERAL_ZONES) {
        return Err(invalid("masters.faultDomain needs all masters in one zone, named as masters.availabilityZone"));
    }
    Ok(())
}
