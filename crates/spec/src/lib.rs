//! What the vendors' APIs are: operations, structures, enumerations and error codes.
//!
//! The facts live in JSON files (`specs/<product>/product.json` and `specs/<product>/<version>/*.json`). [`mod@file`] has their form,
//! [`Catalog`] the resolved model: every reference checked, every structure assigned to the crate
//! that holds it, recursion found. A catalog only exists when its files break no rule; otherwise
//! there are [`Problems`], all of them, each naming file, item and field.
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
