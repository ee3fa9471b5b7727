//! Lists that come in pages: the pages together have as many items as the first one says, and none of them twice.

use crate::known::Known;
use crate::machine::{Cloud, SIMULATED};
use crate::random::Random;
use serde_json::{Map, Value, json};
use wharf_spec::file::{PageStyle, Paginate};
use wharf_spec::{Operation, Product};

/// How many lists are read each time.
const LISTS: usize = 3;
/// Pages of a list at most.
const MOST_PAGES: usize = 40;

/// Reads some of the lists page by page.
pub(crate) async fn agree(cloud: &Cloud, known: &Known) -> Result<(), String> {
    let now = cloud.server().now();
    let mut random = Random::new(now);
    let paged =
        |(product, operation): &&(usize, usize)| SIMULATED.products[*product].operations[*operation].paginate.is_some();
    let lists: Vec<&(usize, usize)> = SIMULATED.operations.iter().filter(paged).collect();
    for _ in 0..LISTS {
        let (product, operation) = **random.one(&lists);
        let product = &SIMULATED.products[product];
        let operation = &product.operations[operation];
        if let (Some(paginate), Some(input)) = (&operation.paginate, required(cloud, product, operation, known)) {
            read(cloud, product, operation, paginate, &input).await?;
        }
    }
    Ok(())
}

/// The required inputs of a list, if all of them are known.
fn required(cloud: &Cloud, product: &Product, operation: &Operation, known: &Known) -> Option<Map<String, Value>> {
    let mut random = Random::new(cloud.server().now());
    let fields = operation.input.iter().filter(|field| field.required && field.fixed.is_none());
    let mut value = |name: &str| match name {
        "project_id" => Some(json!(cloud.server().project_id())),
        name => known.one(&product.name, name, &mut random),
    };
    fields.map(|field| Some((field.name.clone(), value(&field.name)?))).collect()
}

/// The part of an answer at names joined by dots.
fn part<'a>(answer: &'a Value, path: &str) -> &'a Value {
    let whole = [&answer["Response"], &answer["data"], answer];
    let find = |root: &'a Value| path.split('.').try_fold(root, |value, name| value.get(name));
    whole.into_iter().find_map(find).unwrap_or(&Value::Null)
}

async fn read(
    cloud: &Cloud,
    product: &Product,
    operation: &Operation,
    paginate: &Paginate,
    input: &Map<String, Value>,
) -> Result<(), String> {
    let Some(total_path) = paginate.total.as_deref().filter(|_| paginate.style != PageStyle::Token) else {
        return Ok(());
    };
    let (begin, length, size) = (paginate.begin(), paginate.length(), 2);
    let mut items: Vec<String> = Vec::new();
    let mut total = None;
    for page in 0..MOST_PAGES {
        let mut input = input.clone();
        let start = if paginate.style == PageStyle::Number { page + 1 } else { page * size };
        input.insert(begin.to_owned(), json!(start));
        input.insert(length.to_owned(), json!(size));
        let (_, answer) = cloud.call(product, operation, &input).await?;
        let Some(list) = part(&answer, &paginate.items).as_array() else { return Ok(()) };
        let says = part(&answer, total_path).as_u64();
        let name = &operation.name;
        if *total.get_or_insert(says) != says {
            return Err(format!("{name}: the total changes from page to page"));
        }
        if list.len() > size {
            return Err(format!("{name}: a page has {} items, of at most {size}", list.len()));
        }
        items.extend(list.iter().map(Value::to_string));
        if list.len() < size {
            break;
        }
    }
    if items.len() >= MOST_PAGES * size {
        return Ok(());
    }
    let Some(Some(total)) = total else { return Ok(()) };
    if total != items.len() as u64 {
        let (name, count) = (&operation.name, items.len());
        return Err(format!("{name}: the total is {total}, and the pages have {count} items; input {input:?}"));
    }
    Ok(())
}
