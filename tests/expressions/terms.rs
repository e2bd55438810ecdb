use crate::desk::Desk;
use probity::policy::expression::Terms;

fn define(terms: &mut Terms, name: &str, parameters: &[&str], body: &str) {
    let parameters: Vec<String> = parameters.iter().map(ToString::to_string).collect();
    terms.define(name, &parameters, body).unwrap();
}

fn desk() -> Desk {
    let mut desk = Desk::new();
    let terms = &mut desk.terms;
    define(
        terms,
        "told",
        &["p"],
        "p.decision == \"notify\" && has(p.at)",
    );
    define(
        terms,
        "is_told",
        &["id"],
        "record.parties.exists(p, p.party == id && told(p))",
    );
    define(terms, "early", &["when"], "when == null || when < as_of");
    define(
        terms,
        "is_any_of",
        &["x", "one", "two"],
        "x == one || x == two",
    );
    define(terms, "at_of", &["p"], "p.at");
    define(terms, "loop_a", &[], "loop_b()");
    define(terms, "loop_b", &[], "loop_a()");
    define(terms, "twice", &["x"], "[x, x]");
    desk
}

#[test]
fn terms_are_put_in_with_their_arguments() {
    let desk = desk();
    for (text, expected) in [
        ("record.parties.filter(q, told(q)).size()", "1"),
        ("is_told(\"corvid-id\")", "true"),
        ("is_told(record.parties[1].party)", "false"),
        ("early(record.closed_at)", "true"),
        ("record.parties.exists(id, is_told(id.party))", "true"),
        ("is_any_of(record.status, \"open\", \"contained\")", "true"),
        ("at_of(record.parties[0]) < as_of", "true"),
        (
            "cel.bind(x, record.parties[0], x.party + x.party)",
            "\"corvid-idcorvid-id\"",
        ),
    ] {
        assert_eq!(desk.shown(text), expected, "{text}");
    }
    assert_eq!(desk.place("at_of(record.parties[0])"), "/parties/0/at");
    assert_eq!(
        desk.place("at_of(record.parties[1])"),
        "no at in /parties/1"
    );
}

#[test]
fn a_mistake_in_a_term_is_shown_where_the_term_is_used() {
    let desk = desk();
    let text = "true && told(record.outbound[0])";
    let mistakes = desk.mistakes(text);
    assert_eq!(&text[mistakes[0].span.clone()], "told(record.outbound[0])");
    assert_eq!(
        mistakes[0].message,
        "in the term `told`: `p` has no field `decision`"
    );
    let text = "is_any_of(record.status, \"open\", \"shut\")";
    let mistakes = desk.mistakes(text);
    assert_eq!(
        mistakes[0].message,
        "in the term `is_any_of`: `x` is never `shut`: it is one of `open`, `contained` and `closed`"
    );
    assert_eq!(desk.mistakes("told()")[0].help.as_deref(), Some("told(p)"));
    let halt = desk.halt("early(record.contained_at)");
    assert_eq!(halt.span, 0..26);
}

#[test]
fn a_term_is_never_defined_by_itself() {
    let desk = desk();
    let mistakes = desk.mistakes("loop_a()");
    assert_eq!(
        mistakes[0].message,
        "in the term `loop_a`: `loop_a` is defined by itself, through `loop_a` and `loop_b`"
    );
}

#[test]
fn the_syntax_of_a_body_is_checked_when_it_is_defined() {
    let mistakes = Terms::default().define("x", &[], "1 +").unwrap_err();
    assert_eq!(mistakes[0].span, 3..3);
}

#[test]
fn terms_that_multiply_are_refused() {
    let mut desk = desk();
    for level in 0..30 {
        let below = if level == 0 {
            "x".to_owned()
        } else {
            format!("t{}", level - 1)
        };
        let body = if level == 0 {
            "x".to_owned()
        } else {
            format!("[{below}(x), {below}(x), {below}(x), {below}(x)]")
        };
        define(&mut desk.terms, &format!("t{level}"), &["x"], &body);
    }
    let mistakes = desk.mistakes("t29(1)");
    assert!(
        mistakes[0].message.contains("more than 4000 parts"),
        "{mistakes:?}"
    );
    assert_eq!(mistakes[0].span, 0..6);
}
