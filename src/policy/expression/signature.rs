use super::types::Type;
use crate::schema::Shape;

/// A name that expressions may use, with what it stands for.
#[derive(Clone, Debug)]
pub struct Variable {
    /// The name; a dotted one stands for itself.
    pub name: &'static str,
    /// The type of its value.
    pub of: Type,
}

/// A function of the vocabulary; called through [`super::World::call`].
#[derive(Clone, Debug)]
pub struct Function {
    /// The name. Several functions may share one when their parameters tell them apart.
    pub name: String,
    /// What it takes.
    pub parameters: Vec<Parameter>,
    /// What it gives.
    pub result: Type,
    /// Whether the result may be null.
    pub is_nullable: bool,
    /// Whether the result has the type of the arguments whose parameters are written `T`.
    pub is_alike: bool,
}

/// A parameter of a [`Function`].
#[derive(Clone, Debug)]
pub struct Parameter {
    /// The name, for people.
    pub name: String,
    /// The type of its arguments.
    pub of: Type,
    /// Whether null is taken; otherwise null stops the evaluation before the call.
    pub is_nullable: bool,
    /// Whether the node itself is taken and not the value read from it.
    pub is_raw: bool,
    /// Whether it is written `T`, and so has the type of its argument.
    pub is_alike: bool,
}

impl Function {
    /// Reads a signature such as `holds(person: text, role: text, at: time) -> bool`.
    ///
    /// `name: type?` takes null, `-> type?` may be null. `any` takes anything, `node` takes a
    /// node as it is, scalars too. `T` takes anything and makes `-> T` that type.
    pub fn parse(signature: &str, kinds: &dyn Fn(&str) -> Option<&'static Shape>) -> Option<Self> {
        let (head, result) = signature.split_once("->")?;
        let (name, parameters) = head.trim().strip_suffix(')')?.split_once('(')?;
        let parameters = split_at_commas(parameters)
            .map(|text| Parameter::parse(text, kinds))
            .collect::<Option<Vec<_>>>()?;
        let result = result.trim();
        Some(Self {
            name: name.trim().to_owned(),
            parameters,
            result: Type::parse(result, kinds)?,
            is_nullable: result.ends_with('?'),
            is_alike: result.trim_end_matches('?') == "T",
        })
    }

    /// The function as it is called, for people: `holds(person, role, at)`.
    pub(super) fn shown(&self) -> String {
        let names: Vec<&str> = self.parameters.iter().map(|it| it.name.as_str()).collect();
        format!("{}({})", self.name, names.join(", "))
    }
}

impl Parameter {
    fn parse(text: &str, kinds: &dyn Fn(&str) -> Option<&'static Shape>) -> Option<Self> {
        let (name, of) = text.split_once(':')?;
        let of = of.trim();
        let bare = of.trim_end_matches('?');
        Some(Self {
            name: name.trim().to_owned(),
            of: Type::parse(of, kinds)?,
            is_nullable: of.ends_with('?'),
            is_raw: bare == "node",
            is_alike: bare == "T",
        })
    }
}

/// The parts between commas that stand in no `<…>`.
fn split_at_commas(text: &str) -> impl Iterator<Item = &str> {
    let mut depth = 0;
    text.split(move |c: char| {
        match c {
            '<' => depth += 1,
            '>' => depth -= 1,
            _ => {}
        }
        c == ',' && depth == 0
    })
    .filter(|part| !part.trim().is_empty())
}
