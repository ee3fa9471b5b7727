//! The releases of Kubernetes: versions such as `1.12.4`, and their revisions such as `v1.12.4-tke.2`.

use crate::cluster::Cluster;
use crate::infra::offers::series;
use crate::kernel::violation::{Outcome, Reason};
use serde::{Deserialize, Serialize};

/// The revision that new clusters get.
const FIRST_REVISION: u32 = 1;
/// The newest revision of each version.
const NEWEST_REVISION: u32 = 2;

/// The release of a version that new clusters get.
pub fn first(version: &str) -> String {
    release(version, FIRST_REVISION)
}

/// The newest release of a version.
pub fn newest(version: &str) -> String {
    release(version, NEWEST_REVISION)
}

fn release(version: &str, revision: u32) -> String {
    format!("v{version}-tke.{revision}")
}

/// The version and the revision of a release.
fn parts(release: &str) -> (&str, Option<u32>) {
    let plain = release.strip_prefix('v').unwrap_or(release);
    match plain.split_once("-tke.") {
        Some((version, revision)) => (version, revision.parse().ok()),
        None => (plain, None),
    }
}

/// The version of a release.
pub fn version_of(release: &str) -> &str {
    parts(release).0
}

/// The minor number of a version.
pub fn minor(version: &str) -> u32 {
    version.split('.').nth(1).and_then(|minor| minor.parse().ok()).unwrap_or(0)
}

/// The version that follows, if there is one.
pub fn next(version: &str) -> Option<&'static str> {
    let series = series(version);
    let place = series.iter().position(|known| *known == version)?;
    series.get(place + 1).copied()
}

/// How many versions lie between two, the first being the older one; nothing if one of them is unknown.
pub fn distance(older: &str, newer: &str) -> Option<usize> {
    let place = |version: &str| series(older).iter().position(|known| *known == version);
    place(newer)?.checked_sub(place(older)?)
}

/// Whether a release is an older revision of the same version.
pub fn is_older_revision(release: &str, than: &str) -> bool {
    let (older, newer) = (parts(release), parts(than));
    older.0 == newer.0 && older.1.unwrap_or(FIRST_REVISION) < newer.1.unwrap_or(FIRST_REVISION)
}

/// What a control plane is to be upgraded to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Target {
    pub version: String,
    pub release: String,
    /// Whether the version changes, not only the revision.
    pub is_major: bool,
}

/// The target of that name for the control plane of a cluster: the next version, or a newer revision of its own.
pub fn target(cluster: &Cluster, wanted: &str) -> Outcome<Target> {
    let (version, revision) = parts(wanted);
    let unknown = || Reason::Invalid.because(format!("DstVersion: there is no Kubernetes {wanted}"));
    let known = series(version).iter().find(|known| **known == version).ok_or_else(unknown)?;
    let has_suffix = wanted.contains("-tke.");
    let number = match revision {
        Some(number) if (FIRST_REVISION..=NEWEST_REVISION).contains(&number) => number,
        Some(_) => return Err(unknown()),
        None if has_suffix => return Err(unknown()),
        None => NEWEST_REVISION,
    };
    let release = release(known, number);
    let found = |is_major| Target { version: (*known).to_owned(), release: release.clone(), is_major };
    if *known == cluster.version {
        if has_suffix && is_older_revision(&cluster.release, &release) {
            return Ok(found(false));
        }
        let message = format!("DstVersion: the cluster {} has {} already", cluster.id, cluster.release);
        return Err(Reason::Invalid.because(message));
    }
    let next = next(&cluster.version);
    if next != Some(*known) {
        let message = match next {
            Some(next) => format!("DstVersion: {} is upgraded to {next} first, not to {wanted}", cluster.version),
            None => format!("DstVersion: {} is the newest version", cluster.version),
        };
        return Err(Reason::Invalid.because(message));
    }
    Ok(found(true))
}
