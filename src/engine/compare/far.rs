//! How far the rules of the repository look. The shipped rules about incidents and packages look
//! at nothing but the record with its folder and evidence, what it names, and the records that all
//! is judged by; a rule of the repository may look at whatever it likes.

use crate::text::Mentions;

/// What looks at records and files that a record need not name.
const FAR: &[&str] = &[
    "third_parties",
    "systems",
    "exceptions",
    "exercises",
    "health_checks",
    "element(",
    "weakness(",
    "exists(",
    "count(",
    "summary(",
    "closed_incidents(",
    "file_exists(",
    "file_state(",
    "file_digest(",
    "file_size(",
    "file_content_type(",
    "file_commits(",
    "mail_from(",
    "mail_to(",
    "mail_date(",
    "mail_id(",
    "mail_line(",
    "authors(",
    "vanished(",
    "governed_changes(",
    "odd_times(",
    "is_behind(",
    "history_gap(",
];

/// What leads from a text to a record.
const LEADS: &[&str] = &[
    "third_party(",
    "system(",
    "component(",
    "registered(",
    "provider(",
    "mapped(",
    "chain(",
    "exception(",
    "changed_at(",
];

/// What makes a text that a record need not hold.
const MAKES: &[&str] = &[
    ".replace(",
    ".join(",
    ".lowerAscii(",
    ".upperAscii(",
    ".reverse(",
    ".format(",
];

/// How a letter is written that does not stand in the text.
const ESCAPES: &[&str] = &["\\x", "\\X", "\\u", "\\U", "\\0", "\\1", "\\2", "\\3"];

/// Whether the rules in the text of a pack may look at records that a change reaches without the
/// record that they judge naming them. `names` are those of records that differ.
pub(super) fn looks_far(pack: &str, names: &Mentions) -> bool {
    // Calls may stand apart from their brackets.
    let words: Vec<&str> = pack.split_whitespace().collect();
    let pack = &words.join(" ").replace(" (", "(").replace(" .", ".");
    let makes_texts = || pack.contains('+') || MAKES.iter().any(|it| pack.contains(it));
    let leads = || LEADS.iter().any(|it| has_word(pack, it));
    // What is written in escapes may say anything.
    names.stand_in(pack)
        || ESCAPES.iter().any(|it| pack.contains(it))
        || FAR.iter().any(|it| has_word(pack, it))
        || (leads() && makes_texts())
}

/// Whether a variable, or a call of a function, stands in a text; what follows a dot is a part of
/// a record, or a macro.
fn has_word(text: &str, word: &str) -> bool {
    let is_inside = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
    let is_call = word.ends_with('(');
    text.match_indices(word).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + word.len()..].chars().next();
        let is_whole = is_call || !after.is_some_and(is_inside);
        is_whole && !before.is_some_and(|c| is_inside(c) || c == '.')
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::policy::pack_texts;

    fn is_far(pack: &str) -> bool {
        let names = BTreeSet::from(["corvid-id".to_owned()]);
        looks_far(pack, &Mentions::of(&names).unwrap())
    }

    #[test]
    fn a_rule_that_looks_at_its_record_only_is_near() {
        assert!(!is_far(
            "require: record.outbound.exists(o, o.by == record.commander)"
        ));
        assert!(!is_far("require: third_party(record.party).tier == 1"));
        assert!(!is_far("require: record.systems.size() + 1 > 2"));
    }

    #[test]
    fn a_rule_that_may_look_elsewhere_is_far() {
        assert!(is_far("require: third_parties.all(t, t.tier == 1)"));
        assert!(is_far("require: \"third_party('corvid-id').tier == 1\""));
        assert!(is_far(
            "require: third_party(record.party + '-id').tier == 1"
        ));
        assert!(is_far("require: exists(record.ticket)"));
        assert!(is_far("require: exists (record.ticket)"));
        assert!(is_far(r"require: third_party('corvid\x2did').tier == 1"));
        assert!(is_far("require: 'summary(\"INC-1\") == null'"));
    }

    /// The shipped rules about records that are not kept, by the words in them that look far.
    #[test]
    fn shipped_rules_about_incidents_and_packages_look_no_further_than_is_known() {
        let mut far = BTreeSet::new();
        for pack in pack_texts() {
            for rule in pack.split("\n  - id: ").skip(1) {
                let line = |key: &str| rule.lines().find_map(|it| it.trim().strip_prefix(key));
                let about = line("for: ").or(line("kind: ")).or(line("about: "));
                let is_streamed = |it: &str| it.contains("incident") || it.contains("package");
                if !about.is_none_or(is_streamed) {
                    continue;
                }
                let spoken = rule
                    .lines()
                    .take_while(|it| !it.trim().starts_with("tests:"));
                let spoken: Vec<&str> = spoken
                    .filter(|it| {
                        !["help:", "why:", "title:"]
                            .iter()
                            .any(|key| it.trim().starts_with(key))
                    })
                    .collect();
                let id = rule.lines().next().unwrap_or("");
                let words = FAR.iter().filter(|it| has_word(&spoken.join("\n"), it));
                far.extend(words.map(|it| format!("{id}: {it}")));
            }
        }
        let far: Vec<&str> = far.iter().map(String::as_str).collect();
        // All ask for files that the record registers, but for the last: for a record it names.
        let expected = [
            "changed-evidence: file_digest(",
            "contradicting-mail: mail_line(",
            "empty-evidence: file_size(",
            "mislabelled-evidence: file_content_type(",
            "missing-evidence: file_state(",
            "replaced-evidence: file_commits(",
            "untouched-lesson: exists(",
        ];
        assert_eq!(far, expected);
    }
}
