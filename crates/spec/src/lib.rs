//! Specs of the vendors' APIs: operations, structures, enumerations and error codes.
//!
//! The facts live in JSON files: `specs/<product>/product.json` and `specs/<product>/<version>/*.json`.
//! [`mod@file`] describes their form. [`Catalog`] is the resolved model: every reference is checked, every structure is
//! assigned to the crate that contains it, and recursion is found. Loading a catalog succeeds only if its files break no
//! rule. Otherwise it returns all [`Problems`], each naming file, item and field.
//!
//! ```
//! let catalog = wharf_spec::Catalog::embedded()?;
//! let tke = catalog.product("tke").ok_or("no such product")?;
//! assert!(tke.operation("DescribeClusters").is_some());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod about;
mod embedded;
pub mod file;
mod imported;
mod load;
mod model;
pub mod naming;
mod problem;
mod reach;
mod types;
mod validate;
pub mod waiter;

pub use about::{About, Service, Vendor};
pub use embedded::{Embedded, compact};
pub use load::{Source, sources_in};
pub use model::{Catalog, Enumeration, ErrorCode, Home, Operation, Product, SHARED, Shape, Status, Waiter};
pub use problem::{Problem, Problems};
pub use types::Type;
