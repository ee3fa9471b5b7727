//! Kernel parameters that native nodes can have, and the numbers that they take (002:11103-11449).

use crate::kernel::violation::{Outcome, Reason};

/// Name, least and largest value, and how many values there are.
const PARAMETERS: [(&str, u64, u64, usize); 18] = [
    ("fs.file-max", 8_192, 12_000_500, 1),
    ("fs.inotify.max_user_instances", 1_024, 2_147_483_647, 1),
    ("fs.inotify.max_user_watches", 781_250, 2_097_152, 1),
    ("kernel.pid_max", 4_096, 4_194_304, 1),
    ("kernel.threads-max", 4_096, 4_194_304, 1),
    ("net.core.rmem_max", 212_992, 134_217_728, 1),
    ("net.core.rps_sock_flow_entries", 1_024, 536_870_912, 1),
    ("net.core.somaxconn", 4_096, 3_240_000, 1),
    ("net.core.wmem_max", 212_992, 134_217_728, 1),
    ("net.ipv4.neigh.default.gc_thresh1", 128, 80_000, 1),
    ("net.ipv4.neigh.default.gc_thresh2", 512, 90_000, 1),
    ("net.ipv4.neigh.default.gc_thresh3", 1_024, 100_000, 1),
    ("net.ipv4.tcp_max_orphans", 4_096, 2_147_483_647, 1),
    ("net.ipv4.tcp_max_syn_backlog", 1_000, 3_240_000, 1),
    ("net.ipv4.tcp_max_tw_buckets", 4_096, 2_147_483_647, 1),
    ("net.ipv4.tcp_rmem", 1_024, 2_147_483_647, 3),
    ("net.ipv4.tcp_wmem", 1_024, 2_147_483_647, 3),
    ("vm.max_map_count", 65_530, 262_144, 1),
];

/// Whether `name=value` is a kernel parameter with a value that it can have.
pub(super) fn check(argument: &str) -> Outcome<()> {
    let refuse = |why: String| Err(Reason::Invalid.because(format!("Management.KernelArgs: {why}")));
    let Some((name, value)) = argument.split_once('=') else {
        return refuse(format!("{argument} is not name=value"));
    };
    let Some((_, least, most, count)) = PARAMETERS.iter().find(|(known, ..)| *known == name.trim()) else {
        return refuse(format!("the parameter {name} cannot be set"));
    };
    let numbers: Vec<Option<u64>> = value.trim().trim_matches('"').split_whitespace().map(|n| n.parse().ok()).collect();
    let right = |number: &Option<u64>| number.is_some_and(|number| (*least..=*most).contains(&number));
    if numbers.len() != *count || !numbers.iter().all(right) {
        return refuse(format!("{name} takes {count} number(s) from {least} to {most}, not {value}"));
    }
    Ok(())
}
