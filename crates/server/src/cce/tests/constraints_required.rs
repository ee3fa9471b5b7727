//! Members that the tables of cce:2817 to 6516 mark as required, and values that they call fixed.

use super::constraint_table::{Wire, change, operation_of};
use super::{constraints_addons, constraints_members, constraints_pools, constraints_storage};
use crate::catalog::catalog;
use serde_json::{Value, json};
use wharf_spec::Type;
use wharf_spec::file::{Field, Place};

/// A member of a right request: its pointer, its path in messages, and what the spec says of it.
type CceNode<'a> = (String, String, &'a Field);

/// The members of a value, those inside of them too.
fn members<'a>(fields: &'a [Field], value: &Value, pointer: &str, path: &str, out: &mut Vec<CceNode<'a>>) {
    let spec = catalog().product("cce").unwrap().spec();
    for field in fields {
        let Some(inner) = value.get(&field.name) else { continue };
        let pointer = format!("{pointer}/{}", field.name.replace('/', "~1"));
        let path = if path.is_empty() { field.name.clone() } else { format!("{path}.{}", field.name) };
        match (&field.ty, inner) {
            (Type::Shape(shape), _) => members(&spec.shape(shape).unwrap().spec.fields, inner, &pointer, &path, out),
            (Type::List(item), Value::Array(items)) => {
                if let Type::Shape(shape) = &**item {
                    let fields = &spec.shape(shape).unwrap().spec.fields;
                    for (at, inner) in items.iter().enumerate() {
                        members(fields, inner, &format!("{pointer}/{at}"), &format!("{path}.{at}"), out);
                    }
                }
            }
            _ => {}
        }
        out.push((pointer, path, field));
    }
}

/// Right requests of the operations that take a body.
async fn requests(wire: &Wire) -> Vec<(&'static str, Value)> {
    let members = constraints_members::Places::new(wire).await;
    let pools = constraints_pools::Places::new(wire).await;
    let storage = constraints_storage::Places::new(wire).await;
    let addons = constraints_addons::Places::new(wire).await;
    let mut requests = Vec::new();
    requests.extend(["AddNodes", "ResetNodes", "RemoveNodes", "MigrateNodes"].map(|name| (name, members.right(name))));
    requests.extend(["CreateNodePool", "UpdateNodePool"].map(|name| (name, pools.right(name))));
    requests.extend(["CreateCloudPVC"].map(|name| (name, storage.right(name))));
    requests.extend(["CreateAddonInstance", "UpdateAddonInstance"].map(|name| (name, addons.right(name))));
    requests
}

fn of<'a>(operation: &'static str, request: &Value) -> Vec<CceNode<'a>> {
    let mut out = Vec::new();
    members(&operation_of(operation).spec.input, request, "", "", &mut out);
    out.retain(|(_, _, field)| field.place() == Place::Body);
    out
}

fn code(operation: &str) -> &'static str {
    match operation {
        name if name.contains("Addon") => "SVCSTG.CCE-ADDONMGR.4000003",
        name if name.contains("CloudPV") => "BadRequest",
        _ => "CCE.01400001",
    }
}

#[tokio::test]
async fn each_required_member_is_needed_however_deep_it_is() {
    let wire = Wire::new().await;
    let mut count = 0;
    for (operation, request) in requests(&wire).await {
        for (pointer, path, _) in of(operation, &request).iter().filter(|(_, _, field)| field.required) {
            let mut without = request.clone();
            change(&mut without, pointer, Value::Null);
            wire.refused(path, operation, &without, code(operation), &format!("`{path}` is missing")).await;
            count += 1;
        }
    }
    assert!(count > 70, "{count}");
}

#[tokio::test]
async fn each_fixed_value_is_fixed() {
    let wire = Wire::new().await;
    let mut count = 0;
    for (operation, request) in requests(&wire).await {
        for (pointer, path, _) in of(operation, &request).iter().filter(|(_, _, field)| field.fixed.is_some()) {
            let mut other = request.clone();
            change(&mut other, pointer, json!("another"));
            wire.refused(path, operation, &other, code(operation), &format!("`{path}` is always")).await;
            count += 1;
        }
    }
    assert!(count >= 14, "{count}");
}
