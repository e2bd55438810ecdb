use super::check::{Compiled, Mode, check};
use super::code::Code;
use super::code::CodeId;
use super::evaluate::Machine;
use super::halt::{Budget, Halt};
use super::mistake::Mistake;
use super::parser::parse;
use super::scope::{Scope, World};
use super::types::Type;
use super::value::{List, Value};

/// An expression that was read and checked.
#[derive(Debug)]
pub struct Expression {
    pub(super) code: Code,
    pub(super) root: CodeId,
    result: Type,
    is_place: bool,
}

/// Reads and checks an expression.
///
/// # Errors
/// Everything that is wrong with it.
pub fn compile(text: &str, scope: &Scope<'_>) -> Result<Expression, Vec<Mistake>> {
    compile_as(text, scope, Mode::Read, false)
}

/// As [`compile`], for a place: what is selected last is not read but given as it stands, a
/// [`Value::Node`] also for scalars, or a [`Value::Absent`].
///
/// # Errors
/// Everything that is wrong with it.
pub fn compile_place(text: &str, scope: &Scope<'_>) -> Result<Expression, Vec<Mistake>> {
    compile_as(text, scope, Mode::Raw, false)
}

/// As [`compile`], with types and names left to the evaluation, as CEL without its checker.
///
/// # Errors
/// What is wrong with the syntax.
pub fn compile_unchecked(text: &str, scope: &Scope<'_>) -> Result<Expression, Vec<Mistake>> {
    compile_as(text, scope, Mode::Read, true)
}

fn compile_as(
    text: &str,
    scope: &Scope<'_>,
    mode: Mode,
    is_lenient: bool,
) -> Result<Expression, Vec<Mistake>> {
    let syntax = parse(text).map_err(|mistake| vec![mistake])?;
    let Compiled { code, root, of } = check(&syntax, scope, mode, is_lenient)?;
    Ok(Expression {
        code,
        root,
        result: of,
        is_place: mode == Mode::Raw,
    })
}

impl Expression {
    /// The type of the value.
    pub fn result(&self) -> &Type {
        &self.result
    }

    /// Evaluates the expression.
    ///
    /// # Errors
    /// Where and why it stopped.
    pub fn evaluate<'t>(
        &'t self,
        world: &dyn World<'t>,
        budget: &mut Budget,
    ) -> Result<Value<'t>, Halt> {
        let found = Machine::new(&self.code, world, budget).value(self.root);
        let value = found.map_err(|halt| *halt)?;
        // A declared list that is absent is an empty one.
        match (&value, &self.result) {
            (Value::Absent(absent), Type::List(_)) if absent.is_collection && !self.is_place => {
                Ok(Value::List(List::default()))
            }
            _ => Ok(value),
        }
    }
}
