//! What crosses crates.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

mod ack;
mod answers;
mod behaviour;
mod cce;
mod ccs;
mod clouds;
mod dump;
mod errors;
mod fault_matrix;
mod inventory;
mod paging;
mod permissions;
mod raw;
mod refused_early;
mod repeats;
mod requests;
mod responses;
mod retries;
mod schema;
mod secrets;
mod signed;
mod support;
mod tcr;
mod tke;
mod tls;
mod unlisted;
mod waiters;
mod waiting;
mod witness;
mod witness_ack;
mod witness_cce;
mod witness_ccs;
mod witness_tencent;
mod witness_tencent_bytes;
