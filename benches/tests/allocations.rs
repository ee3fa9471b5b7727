//! Allocations of the parts of a call, and of whole calls without a network, against upper bounds.
//!
//! Counted is what the calling thread allocates, which is exact: the same source allocates as often on every machine. A
//! bound is the number itself, and for whole calls, where hash tables with random keys take part, a few more.

use allocation_counter::measure;
use wharf_benches::work::part;

/// Parts, and the most allocations of one run.
const MOST: &[(&str, u64)] = &[
    ("decode_20", 284),
    ("decode_100", 1404),
    ("encode_100", 211),
    ("encode_ascii_100", 411),
    ("sign_tc3", 4),
    ("sign_sdk", 5),
    ("sign_acs3", 9),
    ("sign_roa", 11),
    ("sign_rpc", 4),
    ("sign_v1", 2),
    ("sign_api2", 5),
    ("call_tke", 345),
    ("call_ccs", 52),
    ("call_cce", 58),
    ("call_ack", 68),
    ("call_by_name", 2190),
];

#[test]
fn parts_allocate_at_most() -> wharf_benches::process::Result<()> {
    let mut wrong = Vec::new();
    for (name, most) in MOST {
        let part = part(name)?;
        // The first run fills what is kept, such as derived keys.
        assert!(part() > 0, "{name} does not work");
        let mut result = 0;
        let count = measure(|| result = part()).count_total;
        assert!(result > 0, "{name} does not work");
        if count > *most {
            wrong.push(format!("{name}: {count} allocations, at most {most}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    Ok(())
}
