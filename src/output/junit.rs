//! `JUnit` XML: a suite for each rule, a case for each thing it says.
//!
//! A finding is a failure if it weighs at least a warning, and, of a change, if it decides. What is
//! accepted, does not decide or could not be judged is skipped, with the reason. What a rule found
//! right is one case that says how much that is; a rule that applied to nothing has no suite.

use std::collections::BTreeMap;
use std::io;

use super::xml::{Xml, attribute, document, text};
use super::{FIRST_STEP, counted, fact, sentences};
use crate::finding::{Change, Finding, Outcome, Severity};
use quick_xml::events::BytesText;

struct Suite {
    name: String,
    cases: Vec<Case>,
}

struct Case {
    name: String,
    verdict: Verdict,
}

enum Verdict {
    /// With what is to be said about it.
    Passed(String),
    Skipped(String),
    /// The weight, the fact, and all about it.
    Failed(&'static str, String, String),
    /// What could not be examined.
    Error(String),
}

pub(super) fn render(outcome: &Outcome) -> String {
    let mut suites = suites(outcome);
    for suite in &mut suites {
        tell_apart(&mut suite.cases);
    }
    let of = |count: fn(&Suite) -> usize| suites.iter().map(count).sum::<usize>().to_string();
    let numbers = [
        ("tests", of(|it| it.cases.len())),
        ("failures", of(Suite::failures)),
        ("errors", of(Suite::errors)),
    ];
    document(|xml| {
        let mut root = xml.create_element("testsuites");
        root = root.with_attribute(("name", "probity"));
        for (name, number) in &numbers {
            root = root.with_attribute((*name, number.as_str()));
        }
        if suites.is_empty() {
            return root.write_empty().map(|_| ());
        }
        root.write_inner_content(|xml| suites.iter().try_for_each(|it| it.write(xml)))
            .map(|_| ())
    })
}

fn suites(outcome: &Outcome) -> Vec<Suite> {
    let mut by_rule: BTreeMap<&str, Vec<Case>> = BTreeMap::new();
    let fixed = outcome.comparison.iter().flat_map(|it| &it.fixed);
    for finding in outcome.findings.iter().chain(fixed) {
        let case = Case {
            name: name(finding),
            verdict: verdict(finding, outcome),
        };
        by_rule.entry(&finding.rule).or_default().push(case);
    }
    for gap in &outcome.unevaluated {
        let checks = counted(gap.count, "check", "checks");
        by_rule.entry(&gap.rule).or_default().push(Case {
            name: format!("not evaluated: {}", gap.reason),
            verdict: Verdict::Skipped(format!("{checks}, because {}", gap.reason)),
        });
    }
    for summary in outcome.rules.iter().filter(|it| it.counts.pass > 0) {
        let elements = counted(summary.counts.pass, "element", "elements");
        by_rule.entry(&summary.rule).or_default().push(Case {
            name: "found right".to_owned(),
            verdict: Verdict::Passed(format!("{elements} judged and found right")),
        });
    }
    let order = outcome.rules.iter().map(|it| &*it.rule);
    let mut suites: Vec<Suite> = Vec::new();
    suites.extend(not_examined(outcome));
    for rule in order {
        suites.extend(by_rule.remove(rule).map(|cases| Suite::new(rule, cases)));
    }
    // Rules that only the base has.
    suites.extend(
        by_rule
            .into_iter()
            .map(|(rule, cases)| Suite::new(rule, cases)),
    );
    suites
}

fn not_examined(outcome: &Outcome) -> Option<Suite> {
    let gaps = outcome.incomplete.iter().map(|gap| Case {
        name: gap.file.clone(),
        verdict: Verdict::Error(sentences(&gap.reason, gap.help.as_deref())),
    });
    let nothing = outcome.is_empty().then(|| Case {
        name: "nothing to examine".to_owned(),
        verdict: Verdict::Error(sentences("no record was found", Some(FIRST_STEP))),
    });
    let cases: Vec<Case> = gaps.chain(nothing).collect();
    (!cases.is_empty()).then(|| Suite::new("not examined", cases))
}

/// A name that stays while lines move: the record, and the place in it.
fn name(finding: &Finding) -> String {
    let pointer = &finding.location.pointer;
    match &finding.record {
        Some(record) if pointer.is_empty() => record.id.clone(),
        Some(record) => format!("{}#{pointer}", record.id),
        None if finding.location.file.is_empty() => "the repository".to_owned(),
        None => finding.location.file.clone(),
    }
}

fn verdict(finding: &Finding, outcome: &Outcome) -> Verdict {
    let about = about(finding);
    if finding.change == Some(Change::Fixed) {
        return Verdict::Passed(format!("fixed by this change\n{about}"));
    }
    if let Some(exception) = &finding.excepted_by {
        let why = outcome.rationales.get(exception).map(String::as_str);
        let why = why.map_or_else(String::new, |why| format!(": {why}"));
        return Verdict::Skipped(format!("accepted by {exception}{why}; {}", finding.message));
    }
    if !outcome.is_decided_by(finding) {
        let change = finding.change.as_ref().map_or("", Change::as_str);
        return Verdict::Skipped(format!(
            "{change}, so it does not decide; {}",
            finding.message
        ));
    }
    match finding.severity {
        Severity::Info => Verdict::Passed(about),
        weight => Verdict::Failed(weight.as_str(), finding.message.clone(), about),
    }
}

fn about(finding: &Finding) -> String {
    let location = &finding.location;
    let place = match &location.range {
        Some(range) => format!(
            "{}:{}:{}",
            location.file, range.start.line, range.start.column
        ),
        None => location.file.clone(),
    };
    let mut about = format!("{place}\n{}: {}", finding.severity, fact(finding));
    if let Some(help) = &finding.help {
        about.push_str("\nhelp: ");
        about.push_str(help);
    }
    if !finding.obligations.is_empty() {
        about.push_str("\nserves: ");
        about.push_str(&finding.obligations.join(", "));
    }
    about
}

/// Cases of one name count as one where tests are compared.
fn tell_apart(cases: &mut [Case]) {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for case in cases {
        let count = seen.entry(case.name.clone()).or_default();
        *count += 1;
        if *count > 1 {
            case.name = format!("{} ({count})", case.name);
        }
    }
}

impl Suite {
    fn new(name: &str, cases: Vec<Case>) -> Self {
        Self {
            name: name.to_owned(),
            cases,
        }
    }

    fn count(&self, is: fn(&Verdict) -> bool) -> usize {
        self.cases.iter().filter(|it| is(&it.verdict)).count()
    }

    fn failures(&self) -> usize {
        self.count(|it| matches!(it, Verdict::Failed(..)))
    }

    fn errors(&self) -> usize {
        self.count(|it| matches!(it, Verdict::Error(_)))
    }

    fn skipped(&self) -> usize {
        self.count(|it| matches!(it, Verdict::Skipped(_)))
    }

    fn write(&self, xml: &mut Xml) -> io::Result<()> {
        xml.create_element("testsuite")
            .with_attribute(("name", attribute(&self.name).as_str()))
            .with_attribute(("tests", self.cases.len().to_string().as_str()))
            .with_attribute(("failures", self.failures().to_string().as_str()))
            .with_attribute(("errors", self.errors().to_string().as_str()))
            .with_attribute(("skipped", self.skipped().to_string().as_str()))
            .write_inner_content(|xml| {
                self.cases
                    .iter()
                    .try_for_each(|case| case.write(xml, &self.name))
            })?;
        Ok(())
    }
}

impl Case {
    fn write(&self, xml: &mut Xml, suite: &str) -> io::Result<()> {
        xml.create_element("testcase")
            .with_attribute(("name", attribute(&self.name).as_str()))
            .with_attribute(("classname", attribute(suite).as_str()))
            .write_inner_content(|xml| self.verdict.write(xml))?;
        Ok(())
    }
}

impl Verdict {
    fn write(&self, xml: &mut Xml) -> io::Result<()> {
        match self {
            Self::Passed(said) => {
                let element = xml.create_element("system-out");
                element.write_text_content(BytesText::new(&text(said)))?;
            }
            Self::Skipped(why) => {
                let element = xml.create_element("skipped");
                element
                    .with_attribute(("message", attribute(why).as_str()))
                    .write_empty()?;
            }
            Self::Failed(weight, message, about) => {
                xml.create_element("failure")
                    .with_attribute(("type", *weight))
                    .with_attribute(("message", attribute(message).as_str()))
                    .write_text_content(BytesText::new(&text(about)))?;
            }
            Self::Error(why) => {
                xml.create_element("error")
                    .with_attribute(("type", "not-examined"))
                    .with_attribute(("message", attribute(why).as_str()))
                    .write_empty()?;
            }
        }
        Ok(())
    }
}
