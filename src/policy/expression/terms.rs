use std::collections::BTreeMap;

use super::mistake::Mistake;

/// Named expressions with parameters, put in wherever they are used.
#[derive(Clone, Debug, Default)]
pub struct Terms {
    named: BTreeMap<String, Term>,
}

#[derive(Clone, Debug)]
struct Term {
    parameters: Vec<String>,
    body: String,
}

impl Terms {
    /// Adds a term. A term of that name is replaced.
    ///
    /// # Errors
    /// What is wrong with the text of its body.
    pub fn define(
        &mut self,
        name: &str,
        parameters: &[String],
        body: &str,
    ) -> Result<(), Vec<Mistake>> {
        let term = Term {
            parameters: parameters.to_vec(),
            body: body.to_owned(),
        };
        self.named.insert(name.to_owned(), term);
        Ok(())
    }
}
