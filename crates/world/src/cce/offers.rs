//! Sizes that a hosted control plane and servers come in, and the Kubernetes releases that it runs.

use crate::infra::machines::Size;
use crate::infra::offers::Releases;
use crate::kernel::violation::{Outcome, Reason};
use serde::{Deserialize, Serialize};

/// The size of a control plane.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ControlPlane {
    pub name: String,
    pub masters: usize,
    /// Nodes that it can manage.
    pub nodes: usize,
    /// Whether it runs on hosts that belong to one account.
    pub dedicated: bool,
}

/// The releases of a series: minor, then patch and revision of each minor.
type Series = &'static [(u32, u32, u32)];

/// The releases of the documents.
const DOCUMENTED: Series =
    &[(9, 10, 2), (11, 7, 2), (13, 10, 1), (15, 11, 1), (17, 9, 0), (19, 10, 0), (21, 4, 0), (23, 1, 0)];
/// The releases of the public cloud
/// (<https://support.huaweicloud.com/intl/en-us/bulletin-cce/cce_bulletin_0033.html>).
const CURRENT: Series = &[(28, 15, 0), (29, 10, 0), (30, 6, 0), (31, 1, 0)];

/// The series and the minor version when none is named.
fn series(of: Releases) -> (Series, u32) {
    match of {
        Releases::Documents => (DOCUMENTED, 19),
        Releases::Current => (CURRENT, 31),
    }
}

/// The series that has a minor version.
fn series_with(minor: u32) -> Option<Series> {
    [DOCUMENTED, CURRENT].into_iter().find(|series| series.iter().any(|(known, _, _)| *known == minor))
}

impl ControlPlane {
    /// Reads `cce.s2.medium` and, on dedicated hosts, `cce.dec.s1.small`.
    pub fn named(name: &str) -> Outcome<Self> {
        let unknown = || Reason::Invalid.because(format!("the cluster flavor {name} is not offered"));
        let rest = name.strip_prefix("cce.").ok_or_else(unknown)?;
        let (dedicated, rest) = rest.strip_prefix("dec.").map_or((false, rest), |rest| (true, rest));
        let (series, size) = rest.split_once('.').ok_or_else(unknown)?;
        let masters = match series {
            "s1" => 1,
            "s2" => 3,
            _ => return Err(unknown()),
        };
        let nodes = match size {
            "small" => 50,
            "medium" => 200,
            "large" => 1_000,
            "xlarge" if series == "s2" => 2_000,
            _ => return Err(unknown()),
        };
        Ok(Self { name: name.to_owned(), masters, nodes, dedicated })
    }
}

/// The full release for `v1.15.11-r1`, `v1.15.11`, `v1.15` or nothing, among those that the cloud offers, and its minor
/// number.
pub fn offered_release(wanted: Option<&str>, of: Releases) -> Outcome<(String, u32)> {
    let (series, latest) = series(of);
    let Some(text) = wanted.filter(|text| !text.is_empty()) else { return Ok((complete(latest, None, None), latest)) };
    let (release, minor) = release(text)?;
    let is_in = |series: Series| series.iter().any(|(known, _, _)| *known == minor);
    // A cloud with current releases still has the documents' for those who name them.
    if !is_in(series) && !is_in(DOCUMENTED) {
        return Err(Reason::Invalid.because(format!("the cluster version {text} is not offered")));
    }
    Ok((release, minor))
}

/// The full release for `v1.15.11-r1`, `v1.15.11` or `v1.15`, and its minor number.
pub fn release(text: &str) -> Outcome<(String, u32)> {
    let unknown = || Reason::Invalid.because(format!("the cluster version {text} is not offered"));
    let number = |text: &str| text.parse::<u32>().map_err(|_| unknown());
    let (version, revision) = match text.split_once("-r") {
        Some((version, revision)) => (version, Some(number(revision)?)),
        None => (text, None),
    };
    let parts: Vec<&str> = version.strip_prefix('v').ok_or_else(unknown)?.split('.').collect();
    let (minor, patch) = match parts[..] {
        ["1", minor] => (number(minor)?, None),
        ["1", minor, patch] => (number(minor)?, Some(number(patch)?)),
        _ => return Err(unknown()),
    };
    if series_with(minor).is_none() {
        return Err(unknown());
    }
    Ok((complete(minor, patch, revision), minor))
}

/// The minor number and the patch of a full release like `v1.15.11-r1`.
pub fn minor_and_patch(release: &str) -> (u32, u32) {
    let version = release.split_once('-').map_or(release, |(version, _)| version);
    let mut numbers = version.split('.').skip(1).map(|number| number.parse().unwrap_or(0));
    (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0))
}

/// A release without its revision and its first letter: `1.15.11` of `v1.15.11-r1`.
pub fn plain_version(release: &str) -> &str {
    release.trim_start_matches('v').split('-').next().unwrap_or_default()
}

/// The patch and the revision of a release: `v1.15.11` and `r1` of `v1.15.11-r1`.
pub fn parts_of(release: &str) -> (&str, &str) {
    release.split_once('-').unwrap_or((release, ""))
}

/// The newest release of each minor version, oldest first.
pub fn releases(of: Releases) -> Vec<String> {
    series(of).0.iter().map(|(minor, _, _)| complete(*minor, None, None)).collect()
}

/// The releases that a cluster of that release can be upgraded to: the newest one of its own minor version, and that of
/// the next one.
pub fn newer_releases(of: &str) -> Vec<String> {
    let Ok((_, own)) = release(of) else { return Vec::new() };
    let numbers = |text: &str| {
        let (minor, patch) = minor_and_patch(text);
        let revision = parts_of(text).1.trim_start_matches('r').parse().unwrap_or(0_u32);
        (minor, patch, revision)
    };
    let series = series_with(own).unwrap_or_default();
    let next = series.iter().map(|(minor, _, _)| *minor).filter(|minor| *minor > own).min();
    let possible = [Some(own), next].into_iter().flatten().map(|minor| complete(minor, None, None));
    possible.filter(|release| numbers(release) > numbers(of)).collect()
}

/// The newest patch and revision where none are given.
fn complete(minor: u32, patch: Option<u32>, revision: Option<u32>) -> String {
    let series = series_with(minor).unwrap_or_default();
    let newest = series.iter().find(|(known, _, _)| *known == minor).map_or((0, 0), |(_, p, r)| (*p, *r));
    format!("v1.{minor}.{}-r{}", patch.unwrap_or(newest.0), revision.unwrap_or(newest.1))
}

/// The operating systems of servers of either kind of processor alone.
const X86_SYSTEM: &str = "EulerOS 2.5";
const ARM_SYSTEM: &str = "EulerOS 2.8";

/// The operating system of the public cloud, for both.
const CURRENT_SYSTEM: &str = "Huawei Cloud EulerOS 2.0";

/// The operating system of a node when none is named, in a cluster of that minor version.
pub fn default_system(arm: bool, minor: u32) -> &'static str {
    match (series_with(minor) == Some(CURRENT), arm) {
        (true, _) => CURRENT_SYSTEM,
        (false, true) => ARM_SYSTEM,
        (false, false) => X86_SYSTEM,
    }
}

/// The container runtime of a cluster of a release. Kubernetes 1.24 and later have no Docker.
pub fn runtime(release: &str) -> &'static str {
    if minor_and_patch(release).0 < 24 { "docker" } else { "containerd" }
}

/// Whether an operating system runs on the processors of a cluster.
pub fn check_processors(os: Option<&str>, arm: bool) -> Outcome<()> {
    let (other, kind) = if arm { (X86_SYSTEM, "ARM") } else { (ARM_SYSTEM, "x86") };
    match os {
        Some(os) if os == other => {
            Err(Reason::Invalid.because(format!("os: {os} does not run on the {kind} servers of this cluster")))
        }
        _ => Ok(()),
    }
}

/// Cores and memory of a server such as `s6.2xlarge.4`: family, step, and memory for each core in GB.
pub fn server_size(flavor: &str) -> Outcome<Size> {
    let unknown = || Reason::Machine.because(format!("the node flavor {flavor} is not offered"));
    let parts: Vec<&str> = flavor.split('.').collect();
    let (family, step, ratio) = match parts[..] {
        [family, step] => (family, step, 4),
        [family, step, ratio] => (family, step, ratio.parse().map_err(|_| unknown())?),
        _ => return Err(unknown()),
    };
    let is_family = family.starts_with(|c: char| c.is_ascii_alphabetic())
        && family.contains(|c: char| c.is_ascii_digit())
        && family.chars().all(|c| c.is_ascii_alphanumeric());
    let cores = match step {
        "small" | "medium" => 1,
        "large" => 2,
        "xlarge" => 4,
        _ => {
            let times = step.strip_suffix("xlarge").and_then(|times| times.parse::<u64>().ok());
            4 * times.filter(|times| (2..=64).contains(times)).ok_or_else(unknown)?
        }
    };
    if !is_family || !(1..=16).contains(&ratio) {
        return Err(unknown());
    }
    Ok(Size { cores, memory: cores * ratio })
}

#[cfg(test)]
mod tests;
