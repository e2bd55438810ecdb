use super::value::Value;
use crate::document::Kind;

macro_rules! tags {
    ($($variant:ident $name:literal;)*) => {
        /// The type of a value, as a value: `type(1) == int`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Tag {
            $(#[doc = concat!("`", $name, "`")] $variant,)*
        }

        impl Tag {
            /// The type of this name.
            pub(super) fn parse(name: &str) -> Option<Self> {
                Some(match name {
                    $($name => Self::$variant,)*
                    _ => return None,
                })
            }

            /// The name in CEL.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                }
            }
        }
    };
}

tags! {
    Null "null_type";
    Bool "bool";
    Int "int";
    Uint "uint";
    Double "double";
    Text "string";
    Bytes "bytes";
    Time "google.protobuf.Timestamp";
    Duration "google.protobuf.Duration";
    List "list";
    Map "map";
    Optional "optional_type";
    Kind "type";
}

impl Tag {
    /// The type of a value.
    pub(super) fn of(value: &Value<'_>) -> Self {
        match value {
            Value::Null | Value::Absent(_) => Self::Null,
            Value::Bool(_) => Self::Bool,
            Value::Int(_) => Self::Int,
            Value::Uint(_) => Self::Uint,
            Value::Double(_) => Self::Double,
            Value::Text(_) => Self::Text,
            Value::Bytes(_) => Self::Bytes,
            Value::Time(_) => Self::Time,
            Value::Duration(_) => Self::Duration,
            Value::List(_) => Self::List,
            Value::Map(_) => Self::Map,
            Value::Optional(_) => Self::Optional,
            Value::Kind(_) => Self::Kind,
            Value::Node(node) => match node.kind() {
                Kind::Null => Self::Null,
                Kind::Bool => Self::Bool,
                Kind::Integer => Self::Int,
                Kind::Float => Self::Double,
                Kind::List => Self::List,
                Kind::Map => Self::Map,
                Kind::Text | Kind::Alias => Self::Text,
            },
        }
    }
}
