//! The resolved model in other languages, one module each, its templates beside it.

pub mod rust;
