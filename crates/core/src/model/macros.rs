//! The macros that generated code is made of.

/// Ties a structure to its wire names: implements [`Model`](crate::model::Model),
/// [`Field`](crate::model::Field), a `Debug` that hides secrets and, with feature `serde`,
/// `Serialize` and `Deserialize`. Names after a `|` are read as well, and never written.
///
/// ```
/// #[derive(Clone, Default, PartialEq)]
/// pub struct Tag {
///     pub key: Option<String>,
///     pub value: Option<String>,
/// }
/// wharf_core::model! {
///     Tag = "Tag" {
///         key = "Key" .required();
///         value = "Value" | "Val" .max_length(127);
///     }
/// }
/// assert_eq!(format!("{:?}", Tag { key: Some("a".into()), value: None }), r#"Tag { Key: "a" }"#);
/// ```
#[macro_export]
macro_rules! model {
    ($type:ident = $name:literal {
        $( $field:ident = $wire:literal $( | $alias:literal )* $(. $fact:ident ( $($argument:expr),* ))* ; )*
    }) => {
        impl $crate::model::Model for $type {
            fn shape(&self) -> &'static $crate::model::Shape {
                static SHAPE: $crate::model::Shape = $crate::model::Shape::new(
                    $name,
                    &[ $( $crate::model::Member::new($wire).field(stringify!($field)) $(. $fact ( $($argument),* ))* ),* ],
                );
                &SHAPE
            }

            fn each<'a>(
                &'a self,
                visit: &mut dyn FnMut(&'static $crate::model::Member, $crate::model::Ref<'a>),
            ) {
                let fields: &[&'a dyn $crate::model::Field] = &[ $( &self.$field ),* ];
                $crate::model::visit(self.shape(), fields, visit);
            }

            fn find(&mut self, wire: &str) -> Option<(&'static str, &mut dyn $crate::model::Field)> {
                match wire {
                    $( $wire $( | $alias )* => Some(($wire, &mut self.$field)), )*
                    _ => None,
                }
            }
        }

        impl $crate::model::Field for $type {
            fn get(&self) -> $crate::model::Ref<'_> {
                $crate::model::Ref::Object(self)
            }
            fn place(&mut self) -> $crate::model::Place<'_> {
                $crate::model::Place::Object(self)
            }
            fn clear(&mut self) {
                *self = <Self as ::std::default::Default>::default();
            }
        }

        impl ::std::fmt::Debug for $type {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                $crate::model::debug(self, f)
            }
        }

        $crate::model_serde!($type);
    };
}

#[cfg(feature = "serde")]
#[doc(hidden)]
#[macro_export]
macro_rules! model_serde {
    ($type:ident) => {
        impl $crate::model::serde::Serialize for $type {
            fn serialize<S: $crate::model::serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                $crate::model::serde::serialize(self, serializer)
            }
        }
        impl<'de> $crate::model::serde::Deserialize<'de> for $type {
            fn deserialize<D: $crate::model::serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let mut model = Self::default();
                $crate::model::serde::deserialize(&mut model, deserializer)?;
                Ok(model)
            }
        }
    };
}

#[cfg(not(feature = "serde"))]
#[doc(hidden)]
#[macro_export]
macro_rules! model_serde {
    ($type:ident) => {};
}

/// Defines an enumeration that keeps values it does not know.
///
/// ```
/// wharf_core::text_enum! {
///     /// State of a cluster.
///     pub enum ClusterStatus {
///         /// It works.
///         Running = "Running",
///         /// It is being made.
///         Creating = "Creating",
///     }
/// }
/// assert_eq!(ClusterStatus::from("Running"), ClusterStatus::Running);
/// assert_eq!(ClusterStatus::from("Moving").as_str(), "Moving");
/// assert_eq!(ClusterStatus::Running, "Running");
/// assert_eq!(ClusterStatus::default().to_string(), "(not set)");
/// ```
#[macro_export]
macro_rules! text_enum {
    ($(#[$meta:meta])* pub enum $type:ident { $( $(#[$value_meta:meta])* $variant:ident = $wire:literal, )* }) => {
        $(#[$meta])*
        #[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum $type {
            $( $(#[$value_meta])* $variant, )*
            /// A value that this version of the SDK does not know, as it was on the wire.
            Other(String),
        }

        impl $type {
            /// The values this version of the SDK knows.
            pub const VALUES: &'static [&'static str] = &[ $( $wire ),* ];

            /// The value on the wire.
            pub fn as_str(&self) -> &str {
                match self {
                    $( Self::$variant => $wire, )*
                    Self::Other(text) => text,
                }
            }
        }

        impl AsRef<str> for $type {
            fn as_ref(&self) -> &str {
                self.as_str()
            }
        }

        impl PartialEq<str> for $type {
            fn eq(&self, other: &str) -> bool {
                self.as_str() == other
            }
        }

        impl PartialEq<&str> for $type {
            fn eq(&self, other: &&str) -> bool {
                self.as_str() == *other
            }
        }

        impl ::std::str::FromStr for $type {
            type Err = ::std::convert::Infallible;

            /// Never fails: an unknown value is kept.
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Ok(Self::from(text))
            }
        }

        impl From<&str> for $type {
            fn from(text: &str) -> Self {
                match text {
                    $( $wire => Self::$variant, )*
                    other => Self::Other(other.to_owned()),
                }
            }
        }

        impl From<String> for $type {
            fn from(text: String) -> Self {
                Self::from(text.as_str())
            }
        }

        impl Default for $type {
            /// Returns the value of a field that the service left out: its text is empty, and it is displayed as
            /// `(not set)`.
            fn default() -> Self {
                Self::Other(String::new())
            }
        }

        impl ::std::fmt::Display for $type {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                match self.as_str() {
                    "" => f.pad("(not set)"),
                    text => f.pad(text),
                }
            }
        }

        impl ::std::fmt::Debug for $type {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                ::std::fmt::Debug::fmt(self.as_str(), f)
            }
        }

        impl $crate::model::Text for $type {
            fn set(&mut self, text: &str) {
                *self = Self::from(text);
            }
            fn known(&self) -> &'static [&'static str] {
                Self::VALUES
            }
        }

        impl $crate::model::Field for $type {
            fn get(&self) -> $crate::model::Ref<'_> {
                $crate::model::Ref::Text(self.as_str())
            }
            fn place(&mut self) -> $crate::model::Place<'_> {
                $crate::model::Place::Text(self)
            }
            fn clear(&mut self) {
                *self = <Self as ::std::default::Default>::default();
            }
        }
    };
}
