use std::collections::BTreeMap;
use std::sync::Arc;

use super::mistake::Mistake;
use super::parser::parse;
use super::syntax::Syntax;

/// Named expressions with parameters, put in wherever they are used and checked there with the
/// types of their arguments.
#[derive(Clone, Debug, Default)]
pub struct Terms {
    named: BTreeMap<String, Arc<Term>>,
}

#[derive(Debug)]
pub(super) struct Term {
    pub(super) parameters: Vec<String>,
    pub(super) syntax: Syntax,
}

impl Terms {
    /// Adds a term. A term of that name is replaced.
    ///
    /// # Errors
    /// What is wrong with the syntax of its body. Its types are checked where it is used.
    pub fn define(
        &mut self,
        name: &str,
        parameters: &[String],
        body: &str,
    ) -> Result<(), Vec<Mistake>> {
        let syntax = parse(body).map_err(|mistake| vec![mistake])?;
        let parameters = parameters.to_vec();
        self.named
            .insert(name.to_owned(), Arc::new(Term { parameters, syntax }));
        Ok(())
    }

    /// The names of the terms, in the order of the alphabet.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.named.keys().map(String::as_str)
    }

    pub(super) fn get(&self, name: &str) -> Option<&Term> {
        self.named.get(name).map(|term| &**term)
    }
}
