//! Allocations of the parts of a call, and of whole calls without a network, against upper bounds.
//!
//! Counted is what the calling thread allocates, which is exact: the same source allocates as often on every machine. A
//! bound is the number itself, and where hash tables with random keys take part a few more.

use allocation_counter::measure;
use wharf_benches::work::part;

/// Parts, and the most allocations of one run.
const MOST: &[(&str, u64)] = &[
    ("decode_20", 0),
    ("decode_100", 0),
    ("encode_100", 0),
    ("encode_ascii_100", 0),
    ("sign_tc3", 0),
    ("sign_sdk", 0),
    ("sign_acs3", 0),
    ("sign_roa", 0),
    ("sign_rpc", 0),
    ("sign_v1", 0),
    ("sign_api2", 0),
    ("call_tke", 0),
    ("call_ccs", 0),
    ("call_cce", 0),
    ("call_ack", 0),
    ("call_by_name", 0),
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
