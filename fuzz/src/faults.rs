//! Faults in JSON, as the control API takes them, and policies of sub-accounts.

use wharf_server::{Fault, Faults, Policy, Vendor};

/// Reads a fault; what is written of it is the same fault. Reads a policy of each vendor.
pub fn run(data: &[u8]) {
    if let Ok(order) = serde_json::from_slice(data)
        && let Ok(fault) = Fault::from_json(&order)
    {
        let written = fault.to_json();
        let again = Fault::from_json(&written).expect("what was written is a fault");
        assert_eq!(again.to_json(), written);
        let faults = Faults::default();
        let _ = faults.try_add(fault);
        faults.clear();
    }
    if let Ok(text) = std::str::from_utf8(data) {
        for vendor in [Vendor::Tencent, Vendor::Huawei, Vendor::Alibaba] {
            if let Err(error) = Policy::parse(vendor, text) {
                assert!(!error.to_string().is_empty());
            }
        }
    }
}
