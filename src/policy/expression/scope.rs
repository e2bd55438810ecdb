use super::halt::Why;
use super::share::{Evaluated, Share};
use super::signature::{Function, Variable};
use super::value::Value;
use crate::document::NodeRef;

/// What an expression may name.
#[derive(Clone, Copy, Debug)]
pub struct Scope<'s> {
    /// The variables.
    pub variables: &'s [Variable],
    /// The functions beside the standard ones.
    pub functions: &'s [Function],
    /// Named expressions.
    pub terms: &'s super::Terms,
}

/// Where an expression is evaluated: the values behind the names of its [`Scope`].
pub trait World<'t> {
    /// The key of a map that is most likely a slip of the finger for `key`, which is not there.
    fn misspelt(&self, _map: NodeRef<'t>, _key: &str) -> Option<&'t str> {
        None
    }

    /// Whether no record at hand has misspelt keys or refused values, so that nobody need ask.
    fn is_flawless(&self) -> bool {
        true
    }

    /// Whether a value is of a wrong type or form, or outside its list: that is told already, and
    /// nothing is judged by it.
    fn is_refused(&self, _node: NodeRef<'t>) -> bool {
        false
    }

    /// What a shared part came to when it was evaluated before.
    fn recall(&self, _share: Share) -> Option<Evaluated<'t>> {
        None
    }

    /// Keeps what a shared part came to.
    fn keep(&self, _share: Share, _found: &Evaluated<'t>) {}

    /// The value of a variable, by its index in the scope.
    ///
    /// # Errors
    /// Why there is none.
    fn variable(&self, index: usize) -> Result<Value<'t>, Why>;

    /// The result of a function, by its index in the scope. The arguments fit its parameters.
    ///
    /// # Errors
    /// Why there is none.
    fn call(&self, function: usize, arguments: &[Value<'t>]) -> Result<Value<'t>, Why>;
}
