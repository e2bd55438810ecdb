use crate::desk::Desk;

/// Each row: the text, carets under what the mistake is about, the message, and the help.
#[track_caller]
fn check(rows: &[[&str; 4]]) {
    let desk = Desk::new();
    for [text, carets, message, help] in rows {
        let mistakes = desk.mistakes(text);
        let [mistake] = &mistakes[..] else {
            panic!("{text}: {mistakes:?}");
        };
        let before = text[..mistake.span.start].chars().count();
        let marked = text[mistake.span.clone()].chars().count();
        let found = format!("{}{}", " ".repeat(before), "^".repeat(marked));
        assert_eq!(
            (
                found.as_str(),
                mistake.message.as_str(),
                mistake.help.as_deref().unwrap_or("")
            ),
            (*carets, *message, *help),
            "{text}"
        );
    }
}

#[test]
fn unknown_names_have_a_neighbour() {
    check(&[
        [
            "recrd.status == \"open\"",
            "^^^^^",
            "there is no `recrd` here",
            "did you mean `record`?",
        ],
        [
            "record.sevrity == \"high\"",
            "       ^^^^^^^",
            "`record` has no field `sevrity`",
            "did you mean `severity`?",
        ],
        [
            "record.parties.exists(p, p.decison == \"notify\")",
            "                           ^^^^^^^",
            "`p` has no field `decison`",
            "did you mean `decision`?",
        ],
        [
            "has(record.closed)",
            "           ^^^^^^",
            "`record` has no field `closed`",
            "did you mean `closed_at`?",
        ],
        [
            "thrid_party(record.id) == null",
            "^^^^^^^^^^^",
            "there is no function `thrid_party`",
            "did you mean `third_party`?",
        ],
        [
            "record.status.startWith(\"o\")",
            "              ^^^^^^^^^",
            "there is no function `startWith`",
            "did you mean `startsWith`?",
        ],
        [
            "record[\"sevrity\"] == null",
            "       ^^^^^^^^^",
            "`record` has no field `sevrity`",
            "did you mean `severity`?",
        ],
    ]);
}

#[test]
fn values_outside_a_list_are_refused() {
    check(&[
        [
            "record.status == \"close\"",
            "                 ^^^^^^^",
            "`record.status` is never `close`: it is one of `open`, `contained` and `closed`",
            "did you mean `closed`?",
        ],
        [
            "\"done\" != record.status",
            "^^^^^^",
            "`record.status` is never `done`: it is one of `open`, `contained` and `closed`",
            "",
        ],
        [
            "record.status in [\"open\", \"shut\"]",
            "                          ^^^^^^",
            "`record.status` is never `shut`: it is one of `open`, `contained` and `closed`",
            "",
        ],
        [
            "record.duties.exists(d, d.kind == \"custmer\")",
            "                                  ^^^^^^^^^",
            "`d.kind` is never `custmer`: it is one of `customer`, `contractual` and `authority`",
            "did you mean `customer`?",
        ],
        [
            "record.duties.filter(d, d.needed)[0].kind == \"custmer\"",
            "                                             ^^^^^^^^^",
            "`record.duties.filter(d, d.needed)[0].kind` is never `custmer`: it is one of `customer`, `contractual` and `authority`",
            "did you mean `customer`?",
        ],
    ]);
}

#[test]
fn types_that_do_not_go_together_are_refused() {
    check(&[
        [
            "record.detected_at == \"2025-05-06\"",
            "^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^",
            "a time is never equal to a text",
            "write a time as `timestamp(\"2025-05-06T09:20:00Z\")`",
        ],
        [
            "as_of - record.detected_at > \"4h\"",
            "^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^",
            "`>` does not take a duration and a text",
            "write a length of time as `duration(\"4h\")`",
        ],
        [
            "record.title + 1",
            "^^^^^^^^^^^^^^^^",
            "`+` does not take a text and a whole number",
            "",
        ],
        [
            "1 + 1.5 == 2.5",
            "^^^^^^^",
            "`+` does not take a whole number and a number",
            "make both numbers of one kind with `int(…)`, `uint(…)` or `double(…)`",
        ],
        [
            "record.title && true",
            "^^^^^^^^^^^^",
            "`&&` takes a truth value, not a text",
            "",
        ],
        [
            "record.title.party",
            "^^^^^^^^^^^^",
            "a text has no fields",
            "",
        ],
        [
            "record.title.exists(x, true)",
            "^^^^^^^^^^^^",
            "`exists` goes through a list or a map, not through a text",
            "",
        ],
        [
            "limit(record.detected_at)",
            "      ^^^^^^^^^^^^^^^^^^",
            "`limit` takes a text as `name`, not a time",
            "limit(name)",
        ],
        [
            "limit()",
            "^^^^^^^",
            "`limit` takes 1 or 2 arguments, not 0",
            "limit(name) or limit(name, key)",
        ],
        [
            "record.parties[\"x\"]",
            "               ^^^",
            "a list is asked by number, not by text",
            "",
        ],
        [
            "record.closed_at < null",
            "^^^^^^^^^^^^^^^^^^^^^^^",
            "`<` does not take null",
            "",
        ],
        [
            "record.title.contains(as_of)",
            "                      ^^^^^",
            "`contains` takes a text, not a time",
            "",
        ],
        [
            "has(record)",
            "    ^^^^^^",
            "`has` takes a field: `has(a.b)`",
            "write `record != null`",
        ],
    ]);
}

#[test]
fn literals_are_checked_when_they_are_loaded() {
    check(&[
        [
            "as_of > timestamp(\"2025-05-06\")",
            "                  ^^^^^^^^^^^^",
            "`2025-05-06` is no time",
            "write it as `2025-05-06T09:20:00Z`",
        ],
        [
            "as_of - record.detected_at > duration(\"4 hours\")",
            "                                      ^^^^^^^^^",
            "`4 hours` is no length of time",
            "write it as `15m`, `4h` or `3d`",
        ],
        [
            "record.title.matches(\"(a\")",
            "                     ^^^^",
            "this is no pattern: a bracket, a repetition or an escape in it is wrong",
            "",
        ],
        [
            "record.title.matches(\"a(?=b)\")",
            "                     ^^^^^^^^",
            "this is no pattern: looking ahead or back is not possible",
            "",
        ],
        [
            "99999999999999999999 == 1",
            "^^^^^^^^^^^^^^^^^^^^",
            "`99999999999999999999` is too large a number",
            "",
        ],
    ]);
}

#[test]
fn slips_of_the_syntax_are_shown_where_they_are() {
    check(&[
        [
            "record.status = \"open\"",
            "              ^",
            "`=` is no part of the language",
            "write `==` to compare",
        ],
        [
            "record.status == \"open",
            "                 ^",
            "the text that begins here has no closing quote",
            "",
        ],
        [
            "record.status ==",
            "                ",
            "the expression ends where a value is expected",
            "",
        ],
        [
            "(record.status == \"open\"",
            "                        ",
            "the expression ends where `)` is expected",
            "",
        ],
        [
            "record.status \"open\"",
            "              ^^^^^^",
            "expected an operator or the end, found `\"open\"`",
            "",
        ],
        [
            "record.ünder",
            "       ^",
            "`ü` is no part of the language",
            "",
        ],
        ["for == 1", "^^^", "`for` is a reserved word", ""],
        [
            "Message{a: 1}",
            "       ^",
            "messages are no part of this language",
            "write a map: `{\"key\": value}`",
        ],
        [
            "'a\\qb' == \"\"",
            "  ^^",
            "`\\\\q` is no escape",
            "write `\\\\` for a backslash, or `r\"…\"` for a text without escapes",
        ],
    ]);
}

#[test]
fn every_mistake_is_named_at_once() {
    let desk = Desk::new();
    let mistakes = desk.mistakes("record.statu == 1 && recrd == 2 && size(as_of) > 0");
    assert_eq!(mistakes.len(), 3, "{mistakes:?}");
}
