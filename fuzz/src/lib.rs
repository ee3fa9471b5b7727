//! The fuzz targets: each module reads what one kind of outsider can send. A target fails by a panic, by too much time
//! or memory, or by an assertion about what it has read.
//!
//! The texts of a corpus are separated by a line with `--` where a target needs several.

pub mod answers;
pub mod c_boundary;
pub mod credentials;
pub mod explain;
pub mod faults;
pub mod forms;
pub mod gateway;
pub mod kubeconfig;
pub mod manifests;
mod parts;
pub mod specs;
pub mod world_file;
pub mod xml_errors;
