use std::cmp::Ordering;

use super::value::{TextValue, Value};

/// A key of a made map. Whole numbers are one key whether signed or not.
#[derive(Clone, Debug)]
pub enum Key<'t> {
    /// A truth value.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A whole number from 0 on.
    Uint(u64),
    /// Text.
    Text(TextValue<'t>),
}

impl<'t> Key<'t> {
    /// The key that a value makes; `None` if values of its type are no keys.
    pub(super) fn of(value: &Value<'t>) -> Option<Self> {
        Some(match value {
            Value::Bool(value) => Self::Bool(*value),
            Value::Int(value) => Self::Int(*value),
            Value::Uint(value) => Self::Uint(*value),
            Value::Text(text) => Self::Text(text.clone()),
            Value::Node(node) if node.is_key() => Self::Text(node.scalar_text().into()),
            Value::Node(node) => Self::Text(node.as_str()?.into()),
            _ => return None,
        })
    }

    /// The key to look a value up with: as [`Key::of`], and whole doubles too.
    pub(super) fn sought(value: &Value<'t>) -> Option<Self> {
        match value {
            Value::Double(value) => whole(*value),
            other => Self::of(other),
        }
    }

    /// The key as a value.
    pub fn value(&self) -> Value<'t> {
        match self {
            Self::Bool(value) => Value::Bool(*value),
            Self::Int(value) => Value::Int(*value),
            Self::Uint(value) => Value::Uint(*value),
            Self::Text(text) => Value::Text(text.clone()),
        }
    }

    fn number(&self) -> Option<i128> {
        match self {
            Self::Int(value) => Some(i128::from(*value)),
            Self::Uint(value) => Some(i128::from(*value)),
            _ => None,
        }
    }

    fn rank(&self) -> u8 {
        match self {
            Self::Bool(_) => 0,
            Self::Int(_) | Self::Uint(_) => 1,
            Self::Text(_) => 2,
        }
    }
}

impl<'t> From<TextValue<'t>> for Key<'t> {
    fn from(text: TextValue<'t>) -> Self {
        Self::Text(text)
    }
}

/// A whole number without loss.
#[expect(
    clippy::float_cmp,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "the question is whether the conversion was exact"
)]
fn whole(value: f64) -> Option<Key<'static>> {
    let signed = value as i64;
    if signed as f64 == value && signed != i64::MAX {
        return Some(Key::Int(signed));
    }
    let unsigned = value as u64;
    (unsigned as f64 == value && unsigned != u64::MAX).then_some(Key::Uint(unsigned))
}

impl Ord for Key<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Bool(one), Self::Bool(two)) => one.cmp(two),
            (Self::Text(one), Self::Text(two)) => one.as_str().cmp(two.as_str()),
            _ => self
                .rank()
                .cmp(&other.rank())
                .then_with(|| self.number().cmp(&other.number())),
        }
    }
}

impl PartialOrd for Key<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Key<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Key<'_> {}
