use proptest::prelude::*;

use crate::desk::Desk;
use probity::policy::expression::{Budget, compile, compile_place, compile_unchecked};

/// Pieces that make texts which are nearly expressions.
const PIECES: &[&str] = &[
    "record",
    ".status",
    ".parties",
    ".all(p, ",
    "p",
    ".at",
    "has(",
    ")",
    "(",
    "[",
    "]",
    "{",
    "}",
    "==",
    " != ",
    " && ",
    "||",
    "!",
    "-",
    "+",
    "*",
    "/",
    "%",
    "<",
    ">=",
    " in ",
    "?",
    ":",
    ",",
    ".",
    "1",
    "2u",
    "3.5",
    "0x1f",
    "\"a\"",
    "'b'",
    "b'\\xff'",
    "r\"\\\"",
    "\"\"\"x\"\"\"",
    "null",
    "true",
    "false",
    "as_of",
    "duration(\"4h\")",
    "timestamp(",
    "size(",
    ".?closed_at",
    "[?",
    "optional.of(",
    ".orValue(",
    ".map(x, ",
    ".filter(y, ",
    ".matches(",
    "é",
    "🎉",
    "\n",
    "// c\n",
    "`a b`",
    "\\",
    "cel.bind(z, ",
    "limit(",
    "first_of(",
    ".exists(k, v, ",
    "\u{0}",
    "\"",
    "'",
    "anything",
];

fn nearly() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        9 => (0..PIECES.len()).prop_map(|at| PIECES[at].to_owned()),
        1 => any::<char>().prop_map(String::from),
    ];
    proptest::collection::vec(piece, 0..30).prop_map(|pieces| pieces.concat())
}

fn judge(text: &str) {
    let desk = Desk::new();
    let scope = desk.scope();
    for compile in [compile, compile_place, compile_unchecked] {
        match compile(text, &scope) {
            Ok(expression) => {
                let mut budget = Budget::new(10_000);
                if let Err(halt) = expression.evaluate(&&desk, &mut budget) {
                    assert!(text.get(halt.span.clone()).is_some(), "{text:?}: {halt:?}");
                }
            }
            Err(mistakes) => {
                assert!(!mistakes.is_empty());
                for mistake in mistakes {
                    assert!(
                        text.get(mistake.span.clone()).is_some(),
                        "{text:?}: {mistake:?}"
                    );
                }
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_makes_it_panic(text in ".{0,60}") {
        judge(&text);
    }

    #[test]
    fn nothing_that_is_nearly_an_expression_makes_it_panic(text in nearly()) {
        judge(&text);
    }
}
