//! Errors in XML, as some services and their gateways write them.

/// Reads an answer as XML.
pub fn run(data: &[u8]) {
    crate::answers::read(data, "text/xml");
}
