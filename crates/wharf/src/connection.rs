//! The parts that the connections to all products share.

/// Defines a product's `Connection` and its `Builder`.
macro_rules! connection {
    ($product:ident, $options:ty, $title:literal) => {
        #[doc = concat!("A builder of a [`Connection`] to ", $title, ".")]
        pub type Builder = wharf_products::Builder<$options, Connection>;

        #[doc = concat!("A connection to ", $title, ", shared by its clients. Cheap to clone.")]
        #[derive(Debug, Clone)]
        pub struct Connection(wharf_core::Connection);

        impl Connection {
            /// Returns a builder with the default settings.
            ///
            /// Without credentials, [`default_chain`](credentials::default_chain) is used. Without a region or a
            /// project, those of the environment or of the credentials are used.
            pub fn builder() -> Builder {
                wharf_products::$product::builder()
            }

            /// Calls an operation by name, with JSON input and JSON output.
            ///
            /// The input is checked against the operation before anything is sent; `null` is an empty input. Documented
            /// fields of the output are read as the typed clients read them; fields that this version does not know are
            /// returned as the service sent them.
            ///
            /// # Errors
            /// [`InvalidInput`](crate::ErrorKind::InvalidInput) for a product or an operation that does not exist, with
            /// the most similar known name, and for fields that the operation does not have or that are missing;
            /// otherwise the error that the service reports or the reason why it could not be reached.
            pub async fn call(
                &self,
                product: &str,
                operation: &str,
                input: serde_json::Value,
            ) -> Result<serde_json::Value, crate::Error> {
                let entry = crate::lookup::find(stringify!($product), product, operation)?;
                self.0.call(entry, input).await
            }
        }

        impl From<wharf_core::Connection> for Connection {
            fn from(connection: wharf_core::Connection) -> Self {
                Self(connection)
            }
        }

        impl From<Connection> for wharf_core::Connection {
            fn from(connection: Connection) -> Self {
                connection.0
            }
        }
    };
}

pub(crate) use connection;
