//! Our tree as the JSON representation that `jsonschema` validates, without conversion.

use std::borrow::Cow;
use std::ops::ControlFlow;

use jsonschema::JsonType;
use jsonschema::json::{Array, Json, JsonNumber, Node, NodeIdentity, Object};
use serde_json::Value;

use crate::document::{Items, Kind, NodeRef, Number, Pairs};

/// The tree as a JSON representation.
#[derive(Debug)]
pub struct TreeJson;

/// A node, or the name of a property on its way through `propertyNames`.
#[derive(Clone, Copy, Debug)]
pub enum TreeNode<'t> {
    /// A node of a tree.
    Node(NodeRef<'t>),
    /// A property name.
    Name(&'t str),
}

impl Json for TreeJson {
    type Node<'a> = TreeNode<'a>;
    type PreparedKey = String;
    type StringBuffer = ();

    // A lookup walks the pairs, so one pass over the members is cheaper from two lookups on.
    const KEYS_PER_LOOKUP: usize = 64;
    // Aliases cannot form cycles: the tree refuses them.
    const ACYCLIC: bool = true;

    fn prepare_key(key: &str) -> String {
        key.to_owned()
    }

    fn with_string_node<T>((): &mut (), string: &str, f: impl FnOnce(TreeNode<'_>) -> T) -> T {
        f(TreeNode::Name(string))
    }
}

impl<'a> TreeNode<'a> {
    fn node(self) -> Option<NodeRef<'a>> {
        match self {
            Self::Node(node) => Some(node),
            Self::Name(_) => None,
        }
    }
}

impl<'a> Node<'a, TreeJson> for TreeNode<'a> {
    type Object = Members<'a>;
    type Array = Elements<'a>;
    type Number = TreeNumber<'a>;

    fn as_object(&self) -> Option<Members<'a>> {
        self.node()
            .filter(|node| node.kind() == Kind::Map)
            .map(Members)
    }

    fn as_array(&self) -> Option<Elements<'a>> {
        self.node()
            .filter(|node| node.kind() == Kind::List)
            .map(Elements)
    }

    fn as_string(&self) -> Option<Cow<'a, str>> {
        match *self {
            Self::Name(name) => Some(Cow::Borrowed(name)),
            Self::Node(node) => {
                (self.json_type() == JsonType::String).then(|| Cow::Borrowed(node.scalar_text()))
            }
        }
    }

    fn as_number(&self) -> Option<TreeNumber<'a>> {
        let number = self.node()?.as_number()?;
        number.as_f64().is_finite().then_some(TreeNumber(number))
    }

    fn as_boolean(&self) -> Option<bool> {
        self.node()?.as_bool()
    }

    fn is_null(&self) -> bool {
        self.json_type() == JsonType::Null
    }

    fn json_type(&self) -> JsonType {
        match self.node() {
            None => JsonType::String,
            Some(node) => match node.kind() {
                Kind::Null | Kind::Alias => JsonType::Null,
                Kind::Bool => JsonType::Boolean,
                Kind::Integer => JsonType::Number,
                // JSON has no infinities: `.inf` is a word like any other.
                Kind::Float if self.as_number().is_some() => JsonType::Number,
                Kind::Float | Kind::Text => JsonType::String,
                Kind::List => JsonType::Array,
                Kind::Map => JsonType::Object,
            },
        }
    }

    fn equals_value(&self, expected: &Value) -> bool {
        match expected {
            Value::String(text) => self.as_string().is_some_and(|own| own == text.as_str()),
            Value::Bool(truth) => self.as_boolean() == Some(*truth),
            Value::Null => self.is_null(),
            _ => jsonschema_equal(&self.to_value(), expected),
        }
    }

    fn to_value(&self) -> Cow<'a, Value> {
        Cow::Owned(match *self {
            Self::Name(name) => Value::String(name.to_owned()),
            Self::Node(node) => to_value(node),
        })
    }

    fn identity(&self) -> Option<NodeIdentity> {
        let node = self.node()?;
        let id = node.resolved().id();
        Some(NodeIdentity::tagged(
            std::ptr::from_ref(node.tree()) as usize,
            id.index(),
        ))
    }
}

/// Equality of JSON values, where numbers compare by value.
fn jsonschema_equal(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => {
            left == right || left.as_f64() == right.as_f64()
        }
        (Value::Array(left), Value::Array(right)) => {
            left.len() == right.len()
                && left
                    .iter()
                    .zip(right)
                    .all(|(left, right)| jsonschema_equal(left, right))
        }
        (Value::Object(left), Value::Object(right)) => {
            left.len() == right.len()
                && left.iter().all(|(key, left)| {
                    right
                        .get(key)
                        .is_some_and(|right| jsonschema_equal(left, right))
                })
        }
        _ => left == right,
    }
}

/// A node as a JSON value; for error texts and tests.
fn to_value(node: NodeRef<'_>) -> Value {
    match node.kind() {
        Kind::List => node.items().map(to_value).collect(),
        Kind::Map => {
            let pairs = node.pairs();
            Value::Object(
                pairs
                    .map(|(key, value)| (key.scalar_text().to_owned(), to_value(value)))
                    .collect(),
            )
        }
        Kind::Integer | Kind::Float => match TreeNode::Node(node).as_number() {
            Some(number) => Value::Number(number.to_number().into_owned()),
            None => Value::String(node.scalar_text().to_owned()),
        },
        Kind::Bool => Value::Bool(node.as_bool().unwrap_or(false)),
        Kind::Text => Value::String(node.scalar_text().to_owned()),
        Kind::Null | Kind::Alias => Value::Null,
    }
}

/// The pairs of a map.
#[derive(Clone, Copy, Debug)]
pub struct Members<'a>(NodeRef<'a>);

impl<'a> Object<'a, TreeJson> for Members<'a> {
    type Node = TreeNode<'a>;
    type MemberName = &'a str;
    type MembersIter = MembersIter<'a>;

    fn len(&self) -> usize {
        self.0.len()
    }

    fn get(&self, key: &String) -> Option<TreeNode<'a>> {
        self.0.get(key).map(TreeNode::Node)
    }

    fn members(&self) -> MembersIter<'a> {
        MembersIter(self.0.pairs())
    }

    fn try_for_each_name_node<B>(
        &self,
        (): &mut (),
        mut f: impl FnMut(TreeNode<'_>) -> ControlFlow<B>,
    ) -> ControlFlow<B> {
        self.0
            .pairs()
            .try_for_each(|(key, _)| f(TreeNode::Name(key.scalar_text())))
    }
}

/// Names and values of a map.
#[derive(Clone, Debug)]
pub struct MembersIter<'a>(Pairs<'a>);

impl<'a> Iterator for MembersIter<'a> {
    type Item = (&'a str, TreeNode<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        self.0
            .next()
            .map(|(key, value)| (key.scalar_text(), TreeNode::Node(value)))
    }
}

/// The items of a list.
#[derive(Clone, Copy, Debug)]
pub struct Elements<'a>(NodeRef<'a>);

impl<'a> Array<'a, TreeJson> for Elements<'a> {
    type Node = TreeNode<'a>;
    type ElementsIter = ElementsIter<'a>;

    fn len(&self) -> usize {
        self.0.len()
    }

    fn elements(&self) -> ElementsIter<'a> {
        ElementsIter(self.0.items())
    }
}

/// The items of a list, one by one.
#[derive(Clone, Debug)]
pub struct ElementsIter<'a>(Items<'a>);

impl<'a> Iterator for ElementsIter<'a> {
    type Item = TreeNode<'a>;

    fn next(&mut self) -> Option<TreeNode<'a>> {
        self.0.next().map(TreeNode::Node)
    }
}

/// A finite number of a tree.
#[derive(Clone, Copy, Debug)]
pub struct TreeNumber<'a>(Number<'a>);

impl JsonNumber for TreeNumber<'_> {
    fn as_u64(&self) -> Option<u64> {
        match self.0 {
            Number::Unsigned(number) => Some(number),
            _ => None,
        }
    }

    fn as_i64(&self) -> Option<i64> {
        match self.0 {
            Number::Unsigned(number) => i64::try_from(number).ok(),
            Number::Signed(number) => Some(number),
            Number::Float(..) => None,
        }
    }

    fn as_f64(&self) -> Option<f64> {
        Some(self.0.as_f64())
    }

    fn as_str(&self) -> Cow<'_, str> {
        match self.0 {
            Number::Unsigned(number) => number.to_string().into(),
            Number::Signed(number) => number.to_string().into(),
            Number::Float(_, text) => text.into(),
        }
    }

    fn to_number(&self) -> Cow<'_, serde_json::Number> {
        Cow::Owned(match self.0 {
            Number::Unsigned(number) => number.into(),
            Number::Signed(number) => number.into(),
            Number::Float(number, _) => {
                serde_json::Number::from_f64(number).unwrap_or_else(|| 0.into())
            }
        })
    }

    fn is_integer(&self) -> bool {
        match self.0 {
            Number::Unsigned(_) | Number::Signed(_) => true,
            Number::Float(number, _) => number.fract() == 0.0,
        }
    }
}
