//! Macros that generated code uses.

/// Declares a structure and maps it to the wire, one line per field. Implements [`Model`](crate::model::Model),
/// [`Field`](crate::model::Field), a `Debug` that hides secrets and, with feature `serde`, `Serialize` and
/// `Deserialize`. Names after a `|` are read as well, and never written.
///
/// ```
/// wharf_core::model! {
///     /// A tag.
///     pub struct Tag = "Tag" {
///         /// The key.
///         key: Option<String> = "Key" .required(),
///         /// The value.
///         value: Option<String> = "Value" | "Val" .max_length(127),
///     }
/// }
/// assert_eq!(format!("{:?}", Tag { key: Some("a".into()), value: None }), r#"Tag { Key: "a" }"#);
/// ```
///
/// After `setters`, fields also have setters with their names and docs, on the structure itself or, after `on`, on a
/// crate's `Request` of it. All of these fields are optional, and their types determine the argument of the setter:
///
/// | type | field | setter takes |
/// |---|---|---|
/// | `Value<T>` | `Option<T>` | `impl Into<T>` |
/// | `Exact<T>` | `Option<T>` | `T`, for types that literals do not convert into |
/// | `List<T>` | `Option<Vec<T>>` | an iterator of `impl Into<T>` |
/// | `Map<T>` | `Option<BTreeMap<String, T>>` | an iterator of names and `impl Into<T>` |
/// | `Object<T>` | `Option<T>` | a closure that fills it; the setter named after `/` takes `T` |
/// | `Boxed<T>` | `Option<Box<T>>` | as `Object`, for a structure that contains itself |
/// | `Argument<T>` | `Option<T>` | has no setter: it is an argument of the client's method |
/// | `Fixed<T>` | `Option<T>` | has no setter: it has one value |
///
/// If the name of a setter is taken, another one is set with `as`: `items as items_: Value<String>`.
/// `#[deprecated]` of a field applies to its setters too. It is below the docs.
///
/// ```
/// wharf_core::model! {
///     /// A disk.
///     pub struct Disk = "Disk", setters {
///         /// Size in GiB.
///         size: Value<i64> = "DiskSize" .range(10, 16000),
///         /// Tags.
///         tags: List<String> = "Tags",
///     }
/// }
/// assert_eq!(Disk::default().size(50).tags(["a"]).size, Some(50));
/// ```
///
/// For a structure that is declared elsewhere, only the mapping: `model! { Tag = "Tag" { key = "Key" .required(); } }`.
#[doc(hidden)]
#[macro_export]
macro_rules! model {
    (
        $(#[$meta:meta])*
        $vis:vis struct $type:ident = $name:literal {
            $(
                $(#[$doc:meta])*
                $field:ident : $ty:ty = $wire:literal $( | $alias:literal )* $(. $fact:ident ( $($argument:expr),* ))*,
            )*
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Default, PartialEq)]
        #[non_exhaustive]
        $vis struct $type {
            $( $(#[$doc])* $vis $field: $ty, )*
        }

        $crate::model! {
            $type = $name { $( $field = $wire $( | $alias )* $(. $fact ( $($argument),* ))*; )* }
        }
    };

    ($(#[$meta:meta])* $vis:vis struct $type:ident = $name:literal, setters { $($fields:tt)* }) => {
        $crate::model! { @setters [$type] [] $(#[$meta])* $vis struct $type = $name { $($fields)* } }
    };

    ($(#[$meta:meta])* $vis:vis struct $type:ident = $name:literal, setters on $request:ident { $($fields:tt)* }) => {
        $crate::model! { @setters [$request<$type>] [0 input] $(#[$meta])* $vis struct $type = $name { $($fields)* } }
    };

    (
        @setters [$on:ty] $at:tt
        $(#[$meta:meta])*
        $vis:vis struct $type:ident = $name:literal {
            $(
                $(#[doc = $doc:literal])*
                $(#[deprecated($($note:tt)*)])?
                $field:ident $(as $setter:ident)? $(/ $set:ident)? : $form:ident<$ty:ty>
                    = $wire:literal $( | $alias:literal )* $(. $fact:ident ( $($argument:expr),* ))*,
            )*
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, PartialEq)]
        #[non_exhaustive]
        $vis struct $type {
            $( $(#[doc = $doc])* $(#[deprecated($($note)*)])? $vis $field: $crate::model_type!($form $ty), )*
        }

        // Shorter to compile than what `derive` writes: all fields are optional.
        impl ::std::default::Default for $type {
            fn default() -> Self {
                Self { $( $field: ::std::option::Option::None, )* }
            }
        }

        impl $on {
            $(
                $crate::model_setter! {
                    $form $ty, $at $field [$($setter)? $field] $($set)?
                    [$(#[deprecated($($note)*)])?] $(#[doc = $doc])*
                }
            )*
        }

        $crate::model! {
            $type = $name { $( $field = $wire $( | $alias )* $(. $fact ( $($argument),* ))*; )* }
        }
    };

    ($type:ident = $name:literal {
        $( $field:ident = $wire:literal $( | $alias:literal )* $(. $fact:ident ( $($argument:expr),* ))* ; )*
    }) => {
        impl $crate::model::Model for $type {
            fn shape(&self) -> &'static $crate::model::Shape {
                static SHAPE: $crate::model::Shape = $crate::model::Shape::new(
                    $name,
                    &[ $(
                        $crate::model::Member::of(stringify!($field), $wire)
                            $( .alias($alias) )*
                            $(. $fact ( $($argument),* ))*
                    ),* ],
                )
                .named(stringify!($type));
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
                $crate::model::find(self, wire)
            }

            fn fields<'a>(&'a mut self, visit: &mut dyn FnMut($crate::model::Fields<'_, 'a>)) {
                visit(&mut [ $( Some(&mut self.$field) ),* ]);
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
                $crate::model::reset(self);
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

/// The type of a field, by the keyword of its setter.
#[doc(hidden)]
#[macro_export]
macro_rules! model_type {
    (List $type:ty) => { ::std::option::Option<::std::vec::Vec<$type>> };
    (Map $type:ty) => { ::std::option::Option<::std::collections::BTreeMap<::std::string::String, $type>> };
    (Boxed $type:ty) => { ::std::option::Option<::std::boxed::Box<$type>> };
    ($form:ident $type:ty) => { ::std::option::Option<$type> };
}

/// The setter of a field. In brackets: the path of the structure in `self`, the names of the setter, and the attribute of a
/// deprecated field.
#[doc(hidden)]
#[macro_export]
macro_rules! model_setter {
    (Value $type:ty, [$($at:tt)*] $field:ident [$setter:ident $($_own:ident)?] [$($deprecated:tt)*] $($doc:tt)*) => {
        $($doc)*
        $($deprecated)*
        pub fn $setter(mut self, value: impl Into<$type>) -> Self {
            self$(.$at)*.$field = Some(value.into());
            self
        }
    };
    (Exact $type:ty, [$($at:tt)*] $field:ident [$setter:ident $($_own:ident)?] [$($deprecated:tt)*] $($doc:tt)*) => {
        $($doc)*
        $($deprecated)*
        pub fn $setter(mut self, value: $type) -> Self {
            self$(.$at)*.$field = Some(value);
            self
        }
    };
    (List $type:ty, [$($at:tt)*] $field:ident [$setter:ident $($_own:ident)?] [$($deprecated:tt)*] $($doc:tt)*) => {
        $($doc)*
        $($deprecated)*
        pub fn $setter(mut self, values: impl IntoIterator<Item = impl Into<$type>>) -> Self {
            self$(.$at)*.$field = Some(values.into_iter().map(Into::into).collect());
            self
        }
    };
    (Map $type:ty, [$($at:tt)*] $field:ident [$setter:ident $($_own:ident)?] [$($deprecated:tt)*] $($doc:tt)*) => {
        $($doc)*
        $($deprecated)*
        pub fn $setter(mut self, entries: impl IntoIterator<Item = (impl Into<String>, impl Into<$type>)>) -> Self {
            let entries = entries.into_iter().map(|(name, value)| (name.into(), value.into()));
            self$(.$at)*.$field = Some(entries.collect());
            self
        }
    };
    (Object $type:ty, [$($at:tt)*] $field:ident [$setter:ident $($_own:ident)?] $set:ident [$($deprecated:tt)*] $($doc:tt)*) => {
        $($doc)*
        $($deprecated)*
        pub fn $setter(mut self, fill: impl FnOnce($type) -> $type) -> Self {
            self$(.$at)*.$field = Some(fill(self$(.$at)*.$field.take().unwrap_or_default()));
            self
        }

        #[doc = concat!("Same as `", stringify!($setter), "`, with a value instead of a closure.")]
        $($deprecated)*
        pub fn $set(mut self, value: $type) -> Self {
            self$(.$at)*.$field = Some(value);
            self
        }
    };
    (Boxed $type:ty, [$($at:tt)*] $field:ident [$setter:ident $($_own:ident)?] $set:ident [$($deprecated:tt)*] $($doc:tt)*) => {
        $($doc)*
        $($deprecated)*
        pub fn $setter(mut self, fill: impl FnOnce($type) -> $type) -> Self {
            self$(.$at)*.$field = Some(Box::new(fill(*self$(.$at)*.$field.take().unwrap_or_default())));
            self
        }

        #[doc = concat!("Same as `", stringify!($setter), "`, with a value instead of a closure.")]
        $($deprecated)*
        pub fn $set(mut self, value: $type) -> Self {
            self$(.$at)*.$field = Some(Box::new(value));
            self
        }
    };
    (Argument $($rest:tt)*) => {};
    (Fixed $($rest:tt)*) => {};
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

/// Defines an enumeration that preserves unknown values.
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
#[doc(hidden)]
#[macro_export]
macro_rules! text_enum {
    ($(#[$meta:meta])* pub enum $type:ident { $( $(#[$value_meta:meta])* $variant:ident = $wire:literal, )* }) => {
        $(#[$meta])*
        #[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum $type {
            $( $(#[$value_meta])* $variant, )*
            /// A value that this version of the SDK does not contain, as it was on the wire.
            Other(String),
        }

        impl $type {
            /// The values that this version of the SDK contains.
            pub const VALUES: &'static [&'static str] = &[ $( $wire ),* ];

            /// Returns the value on the wire.
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

            /// Returns the value of a text. It never fails: an unknown value is preserved.
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
            /// Returns the value of a field that the service left out. Its text is empty, and it is displayed as `(not
            /// set)`.
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
            fn set_text(&mut self, text: &str) -> bool {
                *self = Self::from(text);
                true
            }
            fn clear(&mut self) {
                *self = <Self as ::std::default::Default>::default();
            }
        }
    };
}
