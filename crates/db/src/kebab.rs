//! Enumerations whose text is the same in SQL, JSON, addresses and forms.

/// Declares a plain enumeration with its kebab-case texts. What it gives: `ALL`, `as_str`, `Display`,
/// `FromStr` (the error is [`Unknown`](crate::Unknown)), serde, a JSON schema, and the column type.
#[macro_export]
macro_rules! kebab {
    ($(#[$meta:meta])* pub enum $name:ident { $($(#[$doc:meta])* $variant:ident = $text:literal,)* }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash,
                 serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
        pub enum $name { $($(#[$doc])* #[serde(rename = $text)] $variant,)* }

        impl $name {
            /// Every one, in the order of declaration.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The text in SQL, JSON, addresses and forms.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),* }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::Unknown;
            fn from_str(text: &str) -> Result<Self, $crate::Unknown> {
                match text { $($text => Ok(Self::$variant),)* _ => Err($crate::Unknown) }
            }
        }

        $crate::column_text!($name);
    };
}

/// A text that names nothing we know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("names nothing known")]
pub struct Unknown;
