use std::time::{Duration, Instant};

use crate::desk::Desk;
use probity::policy::expression::{Budget, Terms, Value, Why, compile};

/// Must be refused when it is loaded, with a span inside the text.
#[track_caller]
fn refused(text: &str) {
    let desk = Desk::new();
    let start = Instant::now();
    let mistakes = desk.mistakes(text);
    assert!(
        start.elapsed() < Duration::from_secs(2),
        "{:?}",
        start.elapsed()
    );
    assert!(text.get(mistakes[0].span.clone()).is_some(), "{mistakes:?}");
    assert!(Terms::default().define("t", &[], text).is_err());
}

#[test]
fn nesting_is_refused() {
    for count in [65, 1_000, 200_000] {
        refused(&"(".repeat(count));
        refused(&"[".repeat(count));
        refused(&"{1:".repeat(count));
        refused(&"!".repeat(count));
        refused(&"-".repeat(count));
        refused(&"a[".repeat(count));
        refused(&"f(".repeat(count));
        refused(&"true ? ".repeat(count));
        refused(&"true ? 1 : ".repeat(count));
        refused(&format!("{}1{}", "(".repeat(count), ")".repeat(count)));
        refused(&format!("{}1{}", "[".repeat(count), "]".repeat(count)));
        refused(&format!("record{}", ".a".repeat(count)));
        refused(&format!("record{}", "[0]".repeat(count)));
        refused(&format!("1{}", " + 1".repeat(count)));
        refused(&format!("{}1", "!-".repeat(count)));
    }
}

#[test]
fn long_chains_are_refused_or_flat() {
    refused(&"1+".repeat(2047));
    let desk = Desk::new();
    let chain = format!("true{}", "&&true".repeat(600));
    assert_eq!(desk.shown(&chain), "true");
    let list = format!("size([{}])", "1,".repeat(1900));
    assert_eq!(desk.shown(&list), "1900");
    refused(&format!("[{}]", "1,".repeat(2001)));
    refused(&format!("\"{}\"", "x".repeat(5000)));
    refused(&"é".repeat(3000));
}

/// Must be stopped by the budget, with a span.
#[track_caller]
fn stopped(desk: &Desk, text: &str) {
    let expression = desk.compile(text);
    let start = Instant::now();
    let halt = expression
        .evaluate(&desk, &mut Budget::default())
        .unwrap_err();
    assert!(
        start.elapsed() < Duration::from_secs(20),
        "{:?}",
        start.elapsed()
    );
    assert_eq!(halt.why, Why::Budget, "{text}");
    assert!(text.get(halt.span).is_some());
}

#[test]
fn walks_in_walks_are_stopped() {
    let affected: Vec<String> = (0..1000).map(|it| format!("  - s{it}\n")).collect();
    let desk = Desk::with(&format!("affected:\n{}", affected.concat()));
    let text = "record.affected.all(a, record.affected.all(b, record.affected.all(c, a != \"\")))";
    stopped(&desk, text);
    stopped(
        &desk,
        "record.affected.map(a, record.affected.map(b, record.affected.map(c, a)))",
    );
    stopped(
        &desk,
        "record.affected.exists(a, record.affected == [a] || record.affected.all(b, b in record.affected))",
    );
    // A budget that has run out is no operand that can be left aside.
    let text =
        "record.affected.all(a, record.affected.all(b, record.affected.all(c, true))) || true";
    stopped(&desk, text);
}

#[test]
fn texts_that_double_are_stopped() {
    let desk = Desk::new();
    let mut text = "'xxxxxxxxxxxxxxxx'".to_owned();
    for _ in 0..40 {
        text = format!("cel.bind(s, {text}, s + s + s)");
    }
    stopped(&desk, &text);
    let mut text = "['xxxxxxxxxxxxxxxx']".to_owned();
    for _ in 0..40 {
        text = format!("cel.bind(s, {text}, s + s)");
    }
    stopped(&desk, &text);
    let mut text = "'xxxxxxxxxxxxxxxx'".to_owned();
    for _ in 0..40 {
        text = format!("{text}.replace('x', 'xxxx')");
    }
    stopped(&desk, &text);
    let mut text = "['x', 'x']".to_owned();
    for _ in 0..40 {
        text = format!("cel.bind(s, {text}, [s.join('xxxxxxxx'), s.join('yyyyyyyy')])");
    }
    stopped(&desk, &text);
}

#[test]
fn patterns_are_linear_and_small() {
    let long = "a".repeat(100_000);
    let desk = Desk::with(&format!("title: {long}b\n"));
    assert_eq!(desk.shown("record.title.matches(\"^(a|a)*$\")"), "false");
    assert_eq!(desk.shown("record.title.matches(\"^(a*)*$\")"), "false");
    let mistakes = desk.mistakes("record.title.matches(\"((a{100}){100}){100}\")");
    assert_eq!(mistakes[0].message, "this is no pattern: it is too large");
    let halt = desk.halt("record.title.matches(\"((a{100}){100}\" + \"){100}\")");
    assert!(matches!(halt.why, Why::Fault(_)));
}

#[test]
fn the_deepest_expression_fits_a_small_stack() {
    let desk = Desk::new();
    let walks = |depth: usize| {
        let mut text = "true".to_owned();
        for level in 0..depth {
            text = format!("[1].all(x{level}, {text})");
        }
        text
    };
    let mut texts = vec![walks(60), format!("{}true", "!".repeat(63))];
    texts.push(format!("{}1{}", "[".repeat(63), "]".repeat(63)));
    texts.push(format!("1{}", " + 1".repeat(62)));
    let compiled: Vec<_> = texts.iter().map(|text| desk.compile(text)).collect();
    std::thread::scope(|scope| {
        let run = || {
            for expression in &compiled {
                assert!(expression.evaluate(&&desk, &mut Budget::default()).is_ok());
            }
            for text in &texts {
                assert!(compile(text, &desk.scope()).is_ok());
            }
        };
        let small = std::thread::Builder::new().stack_size(1 << 20);
        small.spawn_scoped(scope, run).unwrap().join().unwrap();
    });
}

#[test]
fn a_small_budget_is_kept() {
    let desk = Desk::new();
    let expression = desk.compile("record.status == \"open\"");
    let mut budget = Budget::new(3);
    let halt = expression.evaluate(&&desk, &mut budget).unwrap_err();
    assert_eq!(halt.why, Why::Budget);
    assert_eq!(budget.left(), 0);
    let mut budget = Budget::new(100);
    let value = expression.evaluate(&&desk, &mut budget).unwrap();
    assert!(matches!(value, Value::Bool(false)));
    assert!(budget.left() > 80);
}
