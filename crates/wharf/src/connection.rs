//! What the connections to all products have in common.

/// Defines a product's `Connection` and its `Builder`.
macro_rules! connection {
    ($product:ident, $options:ty, $title:literal) => {
        #[doc = concat!("Collects the settings of a [`Connection`] to ", $title, ".")]
        pub type Builder = wharf_products::Builder<$options, Connection>;

        #[doc = concat!("A connection to ", $title, ", shared by its clients. Cheap to clone.")]
        #[derive(Debug, Clone)]
        pub struct Connection(wharf_core::Connection);

        impl Connection {
            /// Returns a builder with the default settings.
            ///
            /// Without credentials it uses [`default_chain`](credentials::default_chain); without a region, or a
            /// project, those that the environment or the credentials name.
            pub fn builder() -> Builder {
                wharf_products::$product::builder()
            }

            /// Calls an operation by name: JSON in, JSON out.
            ///
            /// The input is checked against the operation before anything is sent; `null` stands for an
            /// input without members. The answer's documented members are read as the typed clients read them;
            /// those that this version does not know are what the service sent.
            ///
            /// # Errors
            /// [`InvalidInput`](crate::ErrorKind::InvalidInput) for a product or an operation that is not
            /// there, with the name that is nearest, and for members that the operation does not have or that
            /// are missing; otherwise what the service answers or why it could not be reached.
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
