//! Whose approval a message needs, and whose is still missing.

use super::choose::{Case, Chosen, instant_of};
use crate::clock::{Instant, parse_duration, shift};
use crate::document::NodeRef;
use crate::policy::vocabulary::{Content, Need, Sharing};
use crate::record::RecordKind;

/// The approvals that a message needs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Approvals {
    /// How many are there.
    pub given: usize,
    /// Those that are missing.
    pub missing: Vec<Asked>,
    /// Rules with a standing approval, which ask for none.
    pub standing: Vec<String>,
    /// Entries that do not count.
    pub discounted: Vec<Discounted>,
}

/// An approval to ask for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The roles of which one has to approve, each with those who hold it now.
    pub roles: Vec<(String, Vec<String>)>,
    /// The rules that ask for it.
    pub rules: Vec<String>,
    /// After which time who may stand in, with those who hold that role now.
    pub deputies: Vec<(String, String, Vec<String>)>,
}

/// An approval that is on file and does not count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Discounted {
    /// By whom, and in which role.
    pub by: String,
    /// Why it does not count.
    pub why: String,
}

/// Works out which approvals are missing.
pub(super) fn approvals(
    case: &Case<'_>,
    chosen: &Chosen<'_>,
    sharing: &Sharing<'_>,
    content: &Content<'_>,
) -> Result<Approvals, String> {
    let rules = sharing.rules(content)?;
    let entries = chosen.message.into_iter();
    let entries = entries.flat_map(|message| message.list_of("approvals"));
    let mut found = Approvals::default();
    let mut valid: Vec<NodeRef<'_>> = Vec::new();
    for entry in entries {
        match fault(case, chosen, &rules, entry) {
            None => valid.push(entry),
            Some(why) => found.discounted.push(Discounted {
                by: format!(
                    "{} as `{}`",
                    named(case, entry.text_of("by")),
                    entry.text_of("role")
                ),
                why,
            }),
        }
    }
    let unmet = sharing.unmet(content, &valid)?;
    found.given = sharing.needs(content)?.len() - unmet.len();
    found.missing = unmet.iter().map(|need| asked(case, need)).collect();
    let is_standing =
        |rule: &&NodeRef<'_>| rule.get("pre_authorised").is_some_and(|it| !it.is_empty());
    found.standing = rules
        .iter()
        .filter(is_standing)
        .map(|rule| rule.text_of("id").to_owned())
        .collect();
    Ok(found)
}

fn asked(case: &Case<'_>, need: &Need<'_>) -> Asked {
    let held = |role: &str| holders(case, role);
    let mut deputies: Vec<(String, String, Vec<String>)> = Vec::new();
    for path in need.rules.iter().filter_map(|rule| rule.get("unavailable")) {
        for role in path.list_of("then").map(NodeRef::scalar_text) {
            if !deputies.iter().any(|(known, ..)| known == role) {
                let after = path.text_of("after").to_owned();
                deputies.push((role.to_owned(), after, held(role)));
            }
        }
    }
    Asked {
        roles: need
            .roles
            .iter()
            .map(|role| ((*role).to_owned(), held(role)))
            .collect(),
        rules: need
            .rules
            .iter()
            .map(|rule| rule.text_of("id").to_owned())
            .collect(),
        deputies,
    }
}

/// Those who hold a role, by name.
fn holders(case: &Case<'_>, role: &str) -> Vec<String> {
    let holders = case.registry.holders_of(role, case.as_of);
    let mut named: Vec<String> = holders.iter().map(|it| named(case, it)).collect();
    named.dedup();
    named
}

/// A person with the name that is registered.
fn named(case: &Case<'_>, person: &str) -> String {
    let people = case.registry.of_kind(RecordKind::People);
    let mut people = people.flat_map(|it| it.root().list_of("people"));
    let found = people.find(|it| it.text_of("id") == person);
    match found.map(|it| it.text_of("name")) {
        Some(name) if !name.is_empty() => format!("{name} ({person})"),
        _ => person.to_owned(),
    }
}

/// Why an entry does not count, if it does not.
fn fault(
    case: &Case<'_>,
    chosen: &Chosen<'_>,
    rules: &[NodeRef<'_>],
    entry: NodeRef<'_>,
) -> Option<String> {
    let package = &chosen.package.record;
    let (by, role) = (entry.text_of("by"), entry.text_of("role"));
    let Some(at) = instant_of(entry, "at") else {
        return Some("it does not say when".to_owned());
    };
    if at > case.as_of {
        return Some("it is of a later time".to_owned());
    }
    if !case.registry.holders_of(role, at).contains(&by) {
        return Some("who gave it did not hold that role then".to_owned());
    }
    let meant = entry.text_of("package");
    if !meant.is_empty() && meant != package.id {
        return Some(format!("it is for `{meant}`, not for `{}`", package.id));
    }
    if instant_of(package.root(), "facts_as_of").is_some_and(|facts| at < facts) {
        return Some(format!("it is older than the facts of `{}`", package.id));
    }
    let how = entry.text_of("how");
    let capture = case.registry.of_kind(RecordKind::ApprovalMatrix);
    let mut capture = capture
        .flat_map(|it| it.root().list_of("capture"))
        .peekable();
    if capture.peek().is_some() && capture.all(|it| it.scalar_text() != how) {
        return Some("it was given in a form that does not count".to_owned());
    }
    if how != "commit" && entry.text_of("evidence").is_empty() {
        return Some("nothing on file shows it".to_owned());
    }
    let sender = chosen.message.map_or("", |message| message.text_of("by"));
    let wants_four_eyes = |rule: &NodeRef<'_>| rule.text_of("four_eyes") == "true";
    if by == sender && rules.iter().any(wants_four_eyes) {
        return Some("the sender may not approve it: it needs four eyes".to_owned());
    }
    deputy_fault(rules, entry, at)
}

/// Why an entry of a deputy does not count yet.
fn deputy_fault(rules: &[NodeRef<'_>], entry: NodeRef<'_>, at: Instant) -> Option<String> {
    let role = entry.text_of("role");
    let lists = |rule: &NodeRef<'_>, key: &str, role: &str| {
        rule.list_of(key).any(|it| it.scalar_text() == role)
    };
    let asks =
        |rule: &NodeRef<'_>, role: &str| lists(rule, "all_of", role) || lists(rule, "any_of", role);
    let for_role = entry.text_of("for_role");
    if for_role.is_empty() && rules.iter().any(|rule| asks(rule, role)) {
        return None;
    }
    let Some(since) = instant_of(entry, "unreachable_since").filter(|_| !for_role.is_empty())
    else {
        let stands_in = |rule: &NodeRef<'_>| {
            let path = rule.get("unavailable");
            path.is_some_and(|path| lists(&path, "then", role))
        };
        return rules.iter().any(stands_in).then(|| {
            "it does not say for which role, and since when that was out of reach".to_owned()
        });
    };
    let paths = rules.iter().filter(|rule| asks(rule, for_role));
    let paths = paths.filter_map(|rule| rule.get("unavailable"));
    let mut paths = paths.filter(|path| lists(path, "then", role)).peekable();
    if paths.peek().is_none() {
        return Some(format!("no rule lets `{role}` stand in for `{for_role}`"));
    }
    let is_early = |path: NodeRef<'_>| {
        let wait = parse_duration(path.text_of("after"));
        let due = wait.and_then(|wait| shift(since, wait));
        due.is_none_or(|due| at < due)
    };
    paths
        .any(is_early)
        .then(|| format!("`{for_role}` had not been out of reach long enough"))
}
