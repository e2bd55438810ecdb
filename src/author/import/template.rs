//! Text with names in braces: `Supply-chain attack on {technology}`.

/// A piece of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Piece<N> {
    /// Text that stays.
    Text(String),
    /// A name in braces.
    Name(N),
}

/// A text with names that are filled in for each row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Template<N>(Vec<Piece<N>>);

impl Template<String> {
    /// Splits a text; `{{` and `}}` stand for single braces. `None` if a brace has no partner.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut pieces = Vec::new();
        let mut plain = String::new();
        let mut rest = text;
        while let Some(at) = rest.find(['{', '}']) {
            plain.push_str(&rest[..at]);
            let brace = &rest[at..=at];
            rest = &rest[at + 1..];
            if let Some(after) = rest.strip_prefix(brace) {
                plain.push_str(brace);
                rest = after;
            } else {
                let (name, after) = rest.split_once('}').filter(|_| brace == "{")?;
                let name = name.trim();
                if name.is_empty() || name.contains('{') {
                    return None;
                }
                pieces.push(Piece::Text(std::mem::take(&mut plain)));
                pieces.push(Piece::Name(name.to_owned()));
                rest = after;
            }
        }
        plain.push_str(rest);
        pieces.push(Piece::Text(plain));
        Some(Self(pieces))
    }
}

impl<N> Template<N> {
    /// The same template with its names looked up.
    pub(super) fn map<M>(self, mut look_up: impl FnMut(N) -> M) -> Template<M> {
        let pieces = self.0.into_iter().map(|piece| match piece {
            Piece::Text(text) => Piece::Text(text),
            Piece::Name(name) => Piece::Name(look_up(name)),
        });
        Template(pieces.collect())
    }

    /// The names, in order.
    pub(super) fn names(&self) -> impl Iterator<Item = &N> {
        self.0.iter().filter_map(|piece| match piece {
            Piece::Name(name) => Some(name),
            Piece::Text(_) => None,
        })
    }

    /// The text with every name filled in, or the first error that filling in gave.
    pub(super) fn fill<E>(
        &self,
        mut value: impl FnMut(&N) -> Result<String, E>,
    ) -> Result<String, E> {
        let mut out = String::new();
        for piece in &self.0 {
            match piece {
                Piece::Text(text) => out.push_str(text),
                Piece::Name(name) => out.push_str(&value(name)?),
            }
        }
        Ok(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_filled_in_and_braces_escaped() {
        let template = Template::parse("{{x}} row {row}: { a b }!").unwrap();
        assert_eq!(template.names().collect::<Vec<_>>(), ["row", "a b"]);
        let filled = template.fill(|name| Ok::<_, ()>(format!("<{name}>")));
        assert_eq!(filled.unwrap(), "{x} row <row>: <a b>!");
    }

    #[test]
    fn a_lonely_brace_is_refused() {
        for text in ["{a", "a}", "{}", "{a{b}", "{{a}"] {
            assert_eq!(Template::parse(text), None, "{text}");
        }
    }
}
