//! Tencent's API 3.0: TKE and TCR.

mod every_operation;
mod kubeconfigs;
mod parameters;
mod protocol;
mod signatures;
mod versions;
