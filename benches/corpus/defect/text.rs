//! Files that a strict reader refuses as a whole.

use super::super::random::Random;
use super::super::site::{Site, choose, is_list_item, node_at, pair_at, replace};
use super::super::tree::{Content, Form, Meaning as M, Node, pair};

pub(super) fn duplicate_key(record: &mut Node, variant: usize, random: &mut Random) -> bool {
    let is_flow = variant % 3 == 2;
    let suits = |site: &Site<'_>| match &site.node.content {
        Content::Map(pairs) if is_flow => {
            pairs.len() <= 6 && pairs.iter().all(|pair| pair.value.text().len() < 60)
        }
        Content::Map(_) => true,
        _ => false,
    };
    let Some(path) = choose(record, random, suits) else {
        return false;
    };
    let Some(map) = node_at(record, &path) else {
        return false;
    };
    if is_flow {
        map.form = Form::OneLine;
    }
    let Some(pairs) = map.pairs_mut() else {
        return false;
    };
    let scalars: Vec<_> = (0..pairs.len())
        .filter(|at| pairs[*at].value.meaning().is_some())
        .collect();
    if scalars.is_empty() {
        return false;
    }
    let first = *random.pick(&scalars);
    let mut second = pairs[first].clone();
    second.is_marked = true;
    let at = random.between(first + 1, pairs.len());
    pairs.insert(at, second);
    true
}

pub(super) fn ambiguous_word(record: &mut Node, variant: usize, random: &mut Random) -> bool {
    let words = ["yes", "no", "on", "off", "Yes", "NO", "On", "n", "y", "OFF"];
    let word = words[variant % words.len()];
    if variant % 7 == 6 {
        return ambiguous_key(record, word, random);
    }
    let is_answer = variant.is_multiple_of(2);
    let suits = |site: &Site<'_>| match site.node.meaning() {
        Some(M::Bool) => is_answer,
        Some(M::Text | M::Listed | M::Word | M::Term) => !is_answer && site.key() != "kind",
        _ => false,
    };
    match choose(record, random, suits) {
        Some(path) => {
            let by = Node::scalar(M::Word, word).with_form(Form::Bare);
            replace(record, &path, by)
        }
        None => false,
    }
}

/// A key such as `on:`, which other readers take for `true:`.
fn ambiguous_key(record: &mut Node, word: &'static str, random: &mut Random) -> bool {
    let suits = |site: &Site<'_>| matches!(site.node.content, Content::Map(_));
    let pairs = choose(record, random, suits)
        .and_then(|path| node_at(record, &path))
        .and_then(Node::pairs_mut);
    let Some(pairs) = pairs else { return false };
    let mut own = pair(word, Node::scalar(M::Day, "2025-05-06"));
    own.is_marked = true;
    let at = random.between(1, pairs.len());
    pairs.insert(at, own);
    true
}

pub(super) fn time_without_offset(record: &mut Node, variant: usize, random: &mut Random) -> bool {
    let Some(path) = choose(record, random, |site| {
        site.node.meaning() == Some(M::Instant)
    }) else {
        return false;
    };
    let form = if variant % 4 == 3 {
        Form::Quoted('\'')
    } else {
        Form::OneLine
    };
    let word = [
        "2025-05-06T09:20:00",
        "2025-05-06 09:20:00",
        "2025-05-06T09:20",
    ][variant % 3];
    replace(
        record,
        &path,
        Node::scalar(M::Instant, word).with_form(form),
    )
}

pub(super) fn yaml_syntax(record: &mut Node, variant: usize, random: &mut Random) -> bool {
    match variant % 4 {
        0 => tab(record, random),
        1 => unclosed_quote(record, '"', random),
        2 => unclosed_quote(record, '\'', random),
        _ => unclosed_bracket(record, random),
    }
}

/// Indents one line by a tab: of a map in a map or a list, but not the line of a `-`.
fn tab(record: &mut Node, random: &mut Random) -> bool {
    let suits = |site: &Site<'_>| {
        let is_first_of_item =
            site.path.last() == Some(&0) && is_list_item(record, &site.path[..site.path.len() - 1]);
        site.path.len() > 1 && !is_list_item(record, &site.path) && !is_first_of_item
    };
    let Some(path) = choose(record, random, suits) else {
        return false;
    };
    open_up(record, &path);
    match pair_at(record, &path) {
        Some(pair) => {
            pair.has_tab = true;
            true
        }
        None => false,
    }
}

/// Writes all that stands above a place in block style.
fn open_up(record: &mut Node, path: &[usize]) {
    for length in 0..path.len() {
        if let Some(node) = node_at(record, &path[..length]) {
            node.form = Form::Block;
        }
    }
}

fn unclosed_quote(record: &mut Node, quote: char, random: &mut Random) -> bool {
    let Some(path) = choose(record, random, |site| site.node.meaning() == Some(M::Text)) else {
        return false;
    };
    open_up(record, &path);
    let by = Node::scalar(M::Text, "Sie hat es bestätigt").with_form(Form::Unclosed(quote));
    replace(record, &path, by)
}

fn unclosed_bracket(record: &mut Node, random: &mut Random) -> bool {
    let suits = |site: &Site<'_>| match &site.node.content {
        Content::List(items) => items.iter().all(|item| item.meaning().is_some()),
        _ => false,
    };
    let Some(path) = choose(record, random, suits) else {
        return false;
    };
    open_up(record, &path);
    let by = Node::list_of(M::Word, ["one", "two"]).with_form(Form::Unclosed('['));
    replace(record, &path, by)
}
