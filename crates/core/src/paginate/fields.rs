//! The paging fields of inputs and outputs, found by the names in [`Paging`].

use crate::error::Error;
use crate::model::{Model, Place, Ref};
use crate::operation::{OperationMeta, PageStyle, Paging};

/// Returns the offset or page number and the page size that an input sets, if any.
pub fn window(input: &dyn Model, paging: &Paging) -> (Option<u64>, Option<u64>) {
    let begin = (paging.style != PageStyle::Token).then(|| number(input, &[paging.begin])).flatten();
    (begin, number(input, &[paging.size]))
}

/// Sets the offset or page number, and the page size.
pub fn set_window(input: &mut dyn Model, paging: &Paging, begin: u64, size: u64) {
    // The token of the page before is set by `set_token`.
    if paging.style != PageStyle::Token {
        set_number(input, paging.begin, begin);
    }
    set_number(input, paging.size, size);
}

/// Returns the number of items on all pages, if the page states it.
pub fn total(page: &dyn Model, paging: &Paging) -> Option<u64> {
    number(page, paging.total)
}

/// Returns the number of items on a page.
pub fn count(page: &dyn Model, paging: &Paging) -> usize {
    match member(page, paging.items) {
        Some(Ref::List(list)) => list.len(),
        _ => 0,
    }
}

/// Takes the items out of a page without a copy.
///
/// # Errors
/// [`Decode`](crate::ErrorKind::Decode) when the items are not a list of `T`.
pub(crate) fn take_items<T: 'static>(page: &mut dyn Model, meta: &'static OperationMeta) -> Result<Vec<T>, Error> {
    let path = meta.paging.as_ref().map_or(&[][..], |paging| paging.items);
    let mut items = None;
    at(page, path, &mut |place| {
        if let Place::List(list) = place {
            items = list.as_any().and_then(|list| list.downcast_mut()).map(std::mem::take);
        }
    });
    items.ok_or_else(|| Error::decode(path.join("."), "is not a list of the operation's items").with_operation(meta))
}

/// Returns the value at the end of a path of wire names, if the structure has such a field.
pub fn member<'a>(model: &'a dyn Model, path: &[&str]) -> Option<Ref<'a>> {
    let (first, rest) = path.split_first()?;
    let mut found = None;
    model.each(&mut |each, value| {
        if each.wire == *first {
            found = Some(value);
        }
    });
    match found? {
        Ref::Object(inner) if !rest.is_empty() => member(inner, rest),
        value => rest.is_empty().then_some(value),
    }
}

/// Visits the field at the end of a path of wire names, if the structure has it.
fn at(model: &mut dyn Model, path: &[&str], visit: &mut dyn FnMut(Place<'_>)) {
    let Some((first, rest)) = path.split_first() else { return };
    let Some((_, field)) = model.find(first) else { return };
    match field.place() {
        Place::Object(inner) if !rest.is_empty() => at(inner, rest, visit),
        place if rest.is_empty() => visit(place),
        _ => {}
    }
}

fn number(model: &dyn Model, path: &[&str]) -> Option<u64> {
    match member(model, path)? {
        Ref::Int(number) => u64::try_from(number).ok(),
        Ref::Uint(number) => Some(number),
        Ref::Text(text) => text.trim().parse().ok(),
        _ => None,
    }
}

fn set_number(model: &mut dyn Model, wire: &str, number: u64) {
    at(model, &[wire], &mut |place| match place {
        Place::Int(place) => *place = i64::try_from(number).unwrap_or(i64::MAX),
        Place::Uint(place) => *place = number,
        Place::Text(place) => place.set(&number.to_string()),
        _ => {}
    });
}
