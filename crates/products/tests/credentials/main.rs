//! Where the vendors' clients get credentials from, each source against a service on this machine.

mod alibaba;
mod cloud;
mod document;
mod huawei;
mod tencent;
