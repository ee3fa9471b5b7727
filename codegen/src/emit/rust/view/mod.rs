//! Data of the templates, one plain structure for each.

mod codes;
mod field;
mod operation;
mod shapes;
mod types;

pub(super) use shapes::{EnumView, ShapeView, uses_maps_of, uses_types_of, wire_types_of};
pub(super) use types::Side;
pub(super) use types::{is_argument, is_needed};

use wharf_spec::Product;

pub(super) struct View<'a> {
    pub product: &'a Product,
}
