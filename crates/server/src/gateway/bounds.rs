//! The bounds that the specs state for a parameter, the same for every product.

use serde_json::Value;
use wharf_spec::file::Field;

/// Which bound of its field a value breaks, as the end of a sentence.
pub(super) fn broken(value: &Value, field: &Field) -> Option<String> {
    // Signed and unsigned 64 bits fit both.
    if let Some(number) = value.as_i64().map(i128::from).or_else(|| value.as_u64().map(i128::from)) {
        let (min, max) = (field.min.map(i128::from), field.max.map(i128::from));
        let below = min.filter(|min| number < *min).map(|min| format!("is smaller than {min}"));
        return below.or_else(|| max.filter(|max| number > *max).map(|max| format!("is larger than {max}")));
    }
    if let Some(items) = value.as_array() {
        let most = field.max_items.filter(|most| items.len() > *most)?;
        return Some(format!("has {} items, more than {most}", items.len()));
    }
    let length = value.as_str()?.chars().count();
    let most = field.max_length.filter(|most| length > *most)?;
    Some(format!("is longer than {most} characters"))
}
