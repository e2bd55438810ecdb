//! Typed views: `serde` reads straight from nodes, so that no text is parsed twice.

use std::fmt;

use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, Error as _, IntoDeserializer, MapAccess, SeqAccess,
    VariantAccess, Visitor,
};

use super::node::{Items, NodeRef, Number, Pairs};
use super::tree::{Kind, NodeId};

/// A node that does not fit the type asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypeMismatch {
    /// What was expected and found.
    pub message: String,
    /// The innermost node at fault, where one is known.
    pub node: Option<NodeId>,
}

impl fmt::Display for TypeMismatch {
    fn fmt(&self, fmt: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt.write_str(&self.message)
    }
}

impl std::error::Error for TypeMismatch {}

impl serde::de::Error for TypeMismatch {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self {
            message: message.to_string(),
            node: None,
        }
    }
}

impl TypeMismatch {
    fn inside(mut self, node: NodeRef<'_>) -> Self {
        self.node.get_or_insert(node.id());
        self
    }
}

impl<'t> NodeRef<'t> {
    /// Reads this node as a `T`, borrowing text from the tree where `T` allows it.
    pub fn read<T: serde::Deserialize<'t>>(self) -> Result<T, TypeMismatch> {
        T::deserialize(self)
    }
}

impl<'de> Deserializer<'de> for NodeRef<'de> {
    type Error = TypeMismatch;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, TypeMismatch> {
        match self.kind() {
            Kind::Null | Kind::Alias => visitor.visit_unit(),
            Kind::Bool => visitor.visit_bool(self.as_bool().unwrap_or(false)),
            Kind::Integer | Kind::Float => match Number::from(self) {
                Number::Unsigned(number) => visitor.visit_u64(number),
                Number::Signed(number) => visitor.visit_i64(number),
                Number::Float(number, _) => visitor.visit_f64(number),
            },
            Kind::Text => visitor.visit_borrowed_str(self.scalar_text()),
            Kind::List => visitor.visit_seq(List(self.items())),
            Kind::Map => visitor.visit_map(Map {
                pairs: self.pairs(),
                value: None,
            }),
        }
        .map_err(|error: TypeMismatch| error.inside(self))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, TypeMismatch> {
        if self.is_null() {
            visitor.visit_none()
        } else {
            visitor.visit_some(self)
        }
    }

    // A number or truth value where text is wanted is read as it is written.
    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, TypeMismatch> {
        match self.kind() {
            Kind::Bool | Kind::Integer | Kind::Float => {
                visitor.visit_borrowed_str(self.scalar_text())
            }
            _ => self.deserialize_any(visitor),
        }
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, TypeMismatch> {
        self.deserialize_str(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, TypeMismatch> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, TypeMismatch> {
        let picked = match self.kind() {
            Kind::Text => visitor.visit_enum(Variant {
                name: self,
                content: None,
            }),
            Kind::Map if self.len() == 1 => match self.pairs().next() {
                Some((name, content)) => visitor.visit_enum(Variant {
                    name,
                    content: Some(content),
                }),
                None => Err(TypeMismatch::custom("expected one variant")),
            },
            _ => Err(TypeMismatch::custom("expected a variant name")),
        };
        picked.map_err(|error| error.inside(self))
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char bytes byte_buf unit unit_struct
        seq tuple tuple_struct map struct identifier ignored_any
    }
}

impl<'t> From<NodeRef<'t>> for Number<'t> {
    fn from(node: NodeRef<'t>) -> Self {
        node.as_number().unwrap_or(Self::Float(f64::NAN, ""))
    }
}

impl<'t> IntoDeserializer<'t, TypeMismatch> for NodeRef<'t> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

struct List<'t>(Items<'t>);

impl<'t> SeqAccess<'t> for List<'t> {
    type Error = TypeMismatch;

    fn next_element_seed<T: DeserializeSeed<'t>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, TypeMismatch> {
        self.0.next().map(|item| seed.deserialize(item)).transpose()
    }
}

struct Map<'t> {
    pairs: Pairs<'t>,
    value: Option<NodeRef<'t>>,
}

impl<'t> MapAccess<'t> for Map<'t> {
    type Error = TypeMismatch;

    fn next_key_seed<K: DeserializeSeed<'t>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, TypeMismatch> {
        let Some((key, value)) = self.pairs.next() else {
            return Ok(None);
        };
        self.value = Some(value);
        // Keys are text whatever they look like: `24: x` has the key "24".
        seed.deserialize(serde::de::value::BorrowedStrDeserializer::new(
            key.scalar_text(),
        ))
        .map(Some)
        .map_err(|error: TypeMismatch| error.inside(key))
    }

    fn next_value_seed<V: DeserializeSeed<'t>>(
        &mut self,
        seed: V,
    ) -> Result<V::Value, TypeMismatch> {
        match self.value.take() {
            Some(value) => seed.deserialize(value).map_err(|error| error.inside(value)),
            None => Err(TypeMismatch::custom("value asked for before its key")),
        }
    }
}

struct Variant<'t> {
    name: NodeRef<'t>,
    content: Option<NodeRef<'t>>,
}

impl<'t> EnumAccess<'t> for Variant<'t> {
    type Error = TypeMismatch;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'t>>(
        self,
        seed: V,
    ) -> Result<(V::Value, Self), TypeMismatch> {
        let name = serde::de::value::BorrowedStrDeserializer::new(self.name.scalar_text());
        seed.deserialize(name).map(|name| (name, self))
    }
}

impl<'t> VariantAccess<'t> for Variant<'t> {
    type Error = TypeMismatch;

    fn unit_variant(self) -> Result<(), TypeMismatch> {
        Ok(())
    }

    fn newtype_variant_seed<T: DeserializeSeed<'t>>(
        self,
        seed: T,
    ) -> Result<T::Value, TypeMismatch> {
        match self.content {
            Some(content) => seed.deserialize(content),
            None => Err(TypeMismatch::custom("this variant needs content")),
        }
    }

    fn tuple_variant<V: Visitor<'t>>(
        self,
        _len: usize,
        visitor: V,
    ) -> Result<V::Value, TypeMismatch> {
        match self.content {
            Some(content) => content.deserialize_any(visitor),
            None => Err(TypeMismatch::custom("this variant needs content")),
        }
    }

    fn struct_variant<V: Visitor<'t>>(
        self,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, TypeMismatch> {
        self.tuple_variant(0, visitor)
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use crate::document::{Limits, parse};

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(rename_all = "kebab-case")]
    enum Decision {
        Notify,
        DoNotNotify,
    }

    #[derive(Debug, Deserialize, PartialEq)]
    struct Entry<'t> {
        party: &'t str,
        decision: Decision,
        #[serde(default)]
        why: Option<&'t str>,
        tier: u8,
        ratio: f64,
    }

    #[test]
    fn typed_views_borrow_from_the_tree() {
        let text = "- {party: corvid-id, decision: notify, tier: 1, ratio: 2}\n\
                    - party: x\n  decision: do-not-notify\n  why: ~\n  tier: 0x2\n  ratio: .5\n";
        let tree = parse(text.into(), &Limits::default()).unwrap();
        let parties: Vec<Entry<'_>> = tree.root().unwrap().read().unwrap();
        assert_eq!(parties[0].party, "corvid-id");
        assert_eq!(parties[1].decision, Decision::DoNotNotify);
        assert_eq!(
            (parties[1].why, parties[1].tier, parties[1].ratio),
            (None, 2, 0.5)
        );
    }

    #[test]
    fn a_mismatch_names_the_innermost_node() {
        let text = "- {party: a, decision: maybe, tier: 1, ratio: 2}\n";
        let tree = parse(text.into(), &Limits::default()).unwrap();
        let error = tree.root().unwrap().read::<Vec<Entry<'_>>>().unwrap_err();
        let at = tree.node(error.node.unwrap());
        assert_eq!(at.pointer(), "/0/decision");
    }
}
