//! The report in OSCAL 1.2: the assessment results, the least plan that they have to refer to, and
//! a plan of action and milestones for what is still open.
//!
//! Every id is made from names (UUID version 5), so that the same report has the same ids.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use serde_json::{Value, json};
use uuid::Uuid;

use super::build::anchor;
use super::model::{Asked, Audit, Conclusion, Mark, Row, Standing, Table};
use super::sheets::table;
use crate::clock::Moment;
use crate::output::render_json;

/// The version of OSCAL that is written.
const OSCAL: &str = "1.2.3";
/// The space of names of the program's own properties.
const SPACE: &str = "https://github.com/probity-check/probity/ns/oscal";
/// The names of the three files, as they refer to each other.
const PLAN: &str = "assessment-plan.json";
const RESULTS: &str = "assessment-results.json";
const ACTIONS: &str = "poam.json";

/// The three documents: the name of each file with its text.
pub(super) fn files(audit: &Audit) -> Vec<(String, String)> {
    [
        (PLAN, plan(audit)),
        (RESULTS, results(audit)),
        (ACTIONS, actions(audit)),
    ]
    .map(|(name, text)| (name.to_owned(), text))
    .into()
}

/// The assessment plan.
pub(super) fn plan(audit: &Audit) -> String {
    let ids = Ids::of(audit);
    let system = ids.name("system");
    let document = json!({"assessment-plan": {
        "uuid": ids.name("plan"),
        "metadata": metadata(audit, "Assessment plan"),
        "import-ssp": {
            "href": format!("#{system}"),
            "remarks": "The system is described by the records of the repository; there is no system security plan in OSCAL.",
        },
        "reviewed-controls": reviewed(&audit.basis.controls),
        "assessment-subjects": [{
            "type": "party",
            "description": audit.population.rule,
            "include-all": {},
        }],
        "tasks": [{
            "uuid": ids.name("task"),
            "type": "action",
            "title": "Check of every record, rule by rule",
            "timing": {"within-date-range": {
                "start": format!("{}T00:00:00Z", audit.basis.period.from),
                "end": format!("{}T23:59:59Z", audit.basis.period.to),
            }},
        }],
        "back-matter": {"resources": [repository(audit, &system)]},
    }});
    render_json(&document)
}

/// The assessment results.
pub(super) fn results(audit: &Audit) -> String {
    let ids = Ids::of(audit);
    let mut result = json!({
        "uuid": ids.name("result"),
        "title": "Check of the records",
        "description": format!(
            "{} incidents of the period, judged as of {} by the rules of {} {} (digest {}).",
            audit.population.count, audit.basis.as_of, audit.basis.tool, audit.basis.tool_version,
            audit.basis.policy_digest,
        ),
        "start": format!("{}T00:00:00Z", audit.basis.period.from),
        "end": end(audit),
        "reviewed-controls": reviewed(&audit.basis.controls),
    });
    let mut observations = vec![completeness(audit, &ids)];
    let (mut risks, mut findings) = (Vec::new(), Vec::new());
    let mut seen = BTreeSet::new();
    for it in &audit.conclusions {
        let found = deviations(audit, &ids, it);
        observations.push(examined(audit, &ids, it));
        for it in &found {
            if seen.insert(it.name.clone()) {
                observations.push(it.observation.clone());
                risks.push(it.risk.clone());
            }
        }
        findings.push(finding(&ids, it, &found));
    }
    result["observations"] = observations.into();
    if !risks.is_empty() {
        result["risks"] = risks.into();
    }
    if !findings.is_empty() {
        result["findings"] = findings.into();
    }
    let system = ids.name("system");
    let document = json!({"assessment-results": {
        "uuid": ids.name("results"),
        "metadata": metadata(audit, "Assessment results"),
        "import-ap": {"href": PLAN},
        "results": [result],
        "back-matter": {"resources": [repository(audit, &system)]},
    }});
    render_json(&document)
}

/// The plan of action and milestones: weaknesses and tasks that are open, and deviations.
pub(super) fn actions(audit: &Audit) -> String {
    let ids = Ids::of(audit);
    let (mut items, mut risks, mut observations) = (Vec::new(), Vec::new(), Vec::new());
    let mut seen = BTreeSet::new();
    for it in &audit.conclusions {
        for deviation in deviations(audit, &ids, it) {
            if !seen.insert(deviation.name.clone()) {
                continue;
            }
            items.push(json!({
                "uuid": ids.lasting(&format!("item {}", deviation.name)),
                "title": deviation.title,
                "description": deviation.action,
                "related-observations": [{"observation-uuid": deviation.observation["uuid"]}],
                "related-risks": [{"risk-uuid": deviation.risk["uuid"]}],
            }));
            observations.push(deviation.observation);
            risks.push(deviation.risk);
        }
    }
    for (item, risk) in remedies(audit, &ids) {
        items.push(item);
        risks.push(risk);
    }
    if items.is_empty() {
        items.push(json!({
            "uuid": ids.name("nothing open"),
            "title": "Nothing is open",
            "description": format!(
                "No weakness, task or deviation is open as of {}.", audit.basis.as_of
            ),
        }));
    }
    let system = ids.name("system");
    let mut document = json!({
        "uuid": ids.name("actions"),
        "metadata": metadata(audit, "Plan of action and milestones"),
        "system-id": {"identifier-type": "http://ietf.org/rfc/rfc4122", "id": system},
    });
    if !observations.is_empty() {
        document["observations"] = observations.into();
    }
    if !risks.is_empty() {
        document["risks"] = risks.into();
    }
    document["poam-items"] = items.into();
    document["back-matter"] = json!({"resources": [repository(audit, &system)]});
    render_json(&json!({"plan-of-action-and-milestones": document}))
}

/// Ids made from names.
struct Ids {
    /// For what belongs to this report.
    space: Uuid,
    /// For what is the same thing in the next report: deviations, weaknesses, tasks.
    lasting: Uuid,
}

impl Ids {
    /// The ids of a report: another revision, instant, period or choice of controls has others.
    fn of(audit: &Audit) -> Self {
        let basis = &audit.basis;
        let controls: Vec<&str> = basis.controls.iter().map(|it| it.id.as_str()).collect();
        let name = [
            &basis.organisation,
            basis.revision.as_deref().unwrap_or(""),
            &basis.as_of,
            &basis.period.from,
            &basis.period.to,
            &basis.policy_digest,
            &controls.join(" "),
        ];
        let program = Uuid::new_v5(&Uuid::NAMESPACE_URL, SPACE.as_bytes());
        Self {
            space: Uuid::new_v5(&program, name.join("\n").as_bytes()),
            lasting: Uuid::new_v5(&program, basis.organisation.as_bytes()),
        }
    }

    fn lasting(&self, name: &str) -> String {
        Uuid::new_v5(&self.lasting, name.as_bytes()).to_string()
    }

    fn name(&self, name: &str) -> String {
        Uuid::new_v5(&self.space, name.as_bytes()).to_string()
    }
}

fn metadata(audit: &Audit, title: &str) -> Value {
    let basis = &audit.basis;
    let mut props = vec![
        property("tool", basis.tool),
        property("tool-version", basis.tool_version),
        property("policy-digest", &basis.policy_digest),
        property("as-of", &basis.as_of),
    ];
    if let Some(revision) = &basis.revision {
        props.push(property("revision", revision));
    }
    if basis.dirty == Some(true) {
        props.push(property("local-changes", "yes"));
    }
    json!({
        "title": line(&format!("{title}: {}", basis.organisation)),
        "last-modified": basis.as_of,
        "version": basis.revision.as_deref().unwrap_or("without revision"),
        "oscal-version": OSCAL,
        "props": props,
        "links": [{"href": format!("#{}", Ids::of(audit).name("system")), "rel": "reference"}],
    })
}

fn property(name: &str, value: &str) -> Value {
    json!({"name": name, "ns": SPACE, "value": said(value)})
}

/// The instant until which the period was looked at.
fn end(audit: &Audit) -> String {
    match audit.basis.period.is_running {
        true => audit.basis.as_of.clone(),
        false => format!("{}T23:59:59Z", audit.basis.period.to),
    }
}

fn reviewed(controls: &[Asked]) -> Value {
    let ids = controls
        .iter()
        .map(|it| json!({"control-id": catalogue_id(&it.name)}));
    json!({"control-selections": [{"include-controls": ids.collect::<Vec<_>>()}]})
}

/// The id of a control in the catalogues that are published in OSCAL: `ir-6.3` for IR-6(3).
fn catalogue_id(name: &str) -> String {
    let mut id = String::new();
    for c in name.chars() {
        match c {
            '(' => id.push('.'),
            ')' => {}
            c if c.is_alphanumeric() || matches!(c, '.' | '-' | '_') => {
                id.extend(c.to_lowercase());
            }
            _ => id.push('-'),
        }
    }
    match id.starts_with(char::is_alphabetic) {
        true => id,
        false => format!("_{id}"),
    }
}

/// The repository, which everything is evidence in.
fn repository(audit: &Audit, id: &str) -> Value {
    json!({
        "uuid": id,
        "title": line(&format!("Records of {}", audit.basis.organisation)),
        "description": "The repository that the records, and all evidence named here, stand in. Places of evidence count from its root.",
        "rlinks": [{"href": "."}],
    })
}

/// What speaks for and against the population being complete.
fn completeness(audit: &Audit, ids: &Ids) -> Value {
    let arguments = audit.population.completeness.iter();
    let drawn = audit.population.selection.iter();
    let drawn = drawn.map(|it| {
        format!(
            "- Sample: {}. {}",
            it.incidents.join(", "),
            super::front::method(it)
        )
    });
    let says: Vec<String> = arguments
        .map(|it| format!("- {}", it.says))
        .chain(drawn)
        .collect();
    json!({
        "uuid": ids.name("completeness"),
        "title": "Is the population complete?",
        "description": says.join("\n"),
        "methods": ["EXAMINE"],
        "collected": audit.basis.as_of,
    })
}

/// What was examined for a control, with the incidents as evidence.
fn examined(audit: &Audit, ids: &Ids, conclusion: &Conclusion) -> Value {
    let (all, checks, design) = (conclusion.incidents, conclusion.checks, conclusion.design);
    let mut observation = json!({
        "uuid": ids.name(&format!("examined {}", conclusion.control)),
        "title": line(&format!("What was examined for {}", conclusion.name)),
        "description": format!(
            "{} incidents examined: {} pass, {} fail, {} excepted, {} not evaluated; {} checks on them, {} on design, registers and tests. {} incidents of the period are told in full and named as evidence.",
            all.examined, all.pass, all.fail, all.excepted, all.not_evaluated,
            checks.examined, design.examined, audit.population.told,
        ),
        "props": [
            property("examined", &all.examined.to_string()),
            property("pass", &all.pass.to_string()),
            property("fail", &all.fail.to_string()),
            property("excepted", &all.excepted.to_string()),
            property("not-evaluated", &all.not_evaluated.to_string()),
        ],
        "methods": ["TEST"],
        "collected": audit.basis.as_of,
    });
    let verdicts = table(audit, &anchor(&["incidents", &conclusion.control]));
    let evidence: Vec<Value> = verdicts
        .into_iter()
        .flat_map(|it| it.rows.iter().map(move |row| (it, row)))
        .filter_map(|(it, row)| {
            let (id, verdict) = (text(it, row, "incident"), text(it, row, "verdict"));
            let href = href(it, row, "incident")?;
            Some(json!({"href": href, "description": said(&format!("{id}: {verdict}"))}))
        })
        .collect();
    if !evidence.is_empty() {
        observation["relevant-evidence"] = evidence.into();
    }
    observation
}

/// A finding of the check, as OSCAL tells it.
struct Deviation {
    name: String,
    title: String,
    action: String,
    observation: Value,
    risk: Value,
}

fn deviations(audit: &Audit, ids: &Ids, conclusion: &Conclusion) -> Vec<Deviation> {
    let id = anchor(&["deviations", &conclusion.control]);
    let Some(all) = table(audit, &id) else {
        return Vec::new();
    };
    let rows = all.rows.iter();
    rows.map(|row| deviation(audit, ids, all, row)).collect()
}

/// One that serves several controls is the same deviation for each.
fn deviation(audit: &Audit, ids: &Ids, all: &Table, row: &Row) -> Deviation {
    let says = text(all, row, "what");
    let (weight, place) = (text(all, row, "weight"), text(all, row, "where"));
    let name = format!("{place}\n{says}");
    let observed = ids.lasting(&format!("deviation {name}"));
    let mut observation = json!({
        "uuid": observed,
        "title": line(&says),
        "description": said(&format!("{weight} at {place}: {says}")),
        "props": [property("demands", &text(all, row, "demands"))],
        "methods": ["TEST"],
        "types": ["finding"],
        "collected": audit.basis.as_of,
    });
    if let Some(href) = href(all, row, "where") {
        observation["relevant-evidence"] = json!([{"href": href, "description": said(&place)}]);
    }
    let status = match row.mark {
        Mark::Bad => "open",
        _ if weight.contains("accepted") || weight.contains("excepted") => "deviation-approved",
        _ => "open",
    };
    let risk = json!({
        "uuid": ids.lasting(&format!("risk {name}")),
        "title": line(&says),
        "description": said(&says),
        "statement": said(&format!("Cause: {}", text(all, row, "cause"))),
        "status": status,
        "related-observations": [{"observation-uuid": observed}],
    });
    let action = text(all, row, "action");
    Deviation {
        title: line(&says),
        action: match action.is_empty() {
            true => said(&says),
            false => said(&action),
        },
        name,
        observation,
        risk,
    }
}

fn finding(ids: &Ids, conclusion: &Conclusion, deviations: &[Deviation]) -> Value {
    let reasons: Vec<&str> = conclusion
        .reasons
        .iter()
        .map(|it| it.says.as_str())
        .collect();
    let (state, reason) = match conclusion.standing {
        Standing::Operating => ("satisfied", "pass"),
        Standing::OperatingWithExceptions | Standing::NotOperating => ("not-satisfied", "fail"),
        Standing::NotEstablished => ("not-satisfied", "other"),
    };
    let related = std::iter::once(ids.name(&format!("examined {}", conclusion.control)))
        .map(Value::from)
        .chain(deviations.iter().map(|it| it.observation["uuid"].clone()))
        .map(|it| json!({"observation-uuid": it}));
    let mut finding = json!({
        "uuid": ids.name(&format!("finding {}", conclusion.control)),
        "title": line(&format!("{} {}", conclusion.name, conclusion.title)),
        "description": said(&format!(
            "{} because of {}.", conclusion.standing.words(), reasons.join("; ")
        )),
        "target": {
            "type": "statement-id",
            "target-id": format!("{}_smt", catalogue_id(&conclusion.name)),
            "props": [property("conclusion", conclusion.standing.words())],
            "status": {"state": state, "reason": reason},
        },
        "related-observations": related.collect::<Vec<_>>(),
    });
    if !deviations.is_empty() {
        let risks = deviations
            .iter()
            .map(|it| json!({"risk-uuid": it.risk["uuid"]}));
        finding["related-risks"] = risks.collect::<Vec<_>>().into();
    }
    finding
}

/// Weaknesses whose fix is open, and tasks that are open: an item with its risk each.
fn remedies(audit: &Audit, ids: &Ids) -> Vec<(Value, Value)> {
    let mut all = Vec::new();
    if let Some(found) = table(audit, "weaknesses") {
        for row in &found.rows {
            if text(found, row, "fix") != "done" {
                all.push(remedy(ids, found, row, "title", "owner"));
            }
        }
    }
    if let Some(found) = table(audit, "tasks-open") {
        for row in &found.rows {
            all.push(remedy(ids, found, row, "what", "owner"));
        }
    }
    all
}

fn remedy(ids: &Ids, all: &Table, row: &Row, what: &str, owner: &str) -> (Value, Value) {
    let (id, says) = (text(all, row, "id"), text(all, row, what));
    let exception = text(all, row, "exception");
    let risk = ids.lasting(&format!("open risk {id}"));
    let title = line(&format!("{id} {says}"));
    let mut task = json!({
        "uuid": ids.lasting(&format!("open task {id}")),
        "type": "milestone",
        "title": title,
    });
    let due = text(all, row, "due");
    let due = Moment::parse(&due).and_then(Moment::end);
    if let Some(due) = due {
        task["timing"] = json!({"on-date": {"date": due.to_string()}});
    }
    let mut told = json!({
        "uuid": risk,
        "title": title,
        "description": said(&says),
        "statement": said(&format!("Owner: {}", text(all, row, owner))),
        "status": if exception.is_empty() { "remediating" } else { "deviation-approved" },
    });
    if let Some(due) = due {
        told["deadline"] = due.to_string().into();
    }
    told["remediations"] = json!([{
        "uuid": ids.lasting(&format!("open remedy {id}")),
        "lifecycle": "planned",
        "title": title,
        "description": said(&says),
        "tasks": [task],
    }]);
    let mut item = json!({
        "uuid": ids.lasting(&format!("open item {id}")),
        "title": title,
        "description": said(&says),
    });
    if let Some(href) = href(all, row, "id") {
        item["links"] = json!([{"href": href, "rel": "reference"}]);
    }
    item["related-risks"] = json!([{"risk-uuid": risk}]);
    (item, told)
}

/// The text of a cell.
fn text(table: &Table, row: &Row, column: &str) -> String {
    let cell = cell(table, row, column).into_iter().flatten();
    cell.map(|run| run.text.as_str()).collect()
}

fn cell<'t>(table: &Table, row: &'t Row, column: &str) -> Option<&'t super::model::Cell> {
    let at = table.columns.iter().position(|it| it.id == column)?;
    row.cells.get(at)
}

/// Where a cell leads, from the root of the repository.
fn href(table: &Table, row: &Row, column: &str) -> Option<String> {
    let run = cell(table, row, column)?
        .iter()
        .find(|it| it.file.is_some())?;
    let path = reference(run.file.as_deref()?);
    Some(match run.line {
        Some(line) => format!("{path}#L{line}"),
        None => path,
    })
}

/// A path as an address: what has a meaning there is written by its number.
fn reference(path: &str) -> String {
    let mut text = String::new();
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                text.push(char::from(byte));
            }
            _ => {
                let _ = write!(text, "%{byte:02X}");
            }
        }
    }
    text
}

/// A text in one line. Every text has to say something.
fn line(text: &str) -> String {
    said(&text.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// A text without control characters. Every text has to say something.
fn said(text: &str) -> String {
    let kept = text.chars().filter(|c| !c.is_control() || *c == '\n');
    let text: String = kept.collect();
    match text.trim() {
        "" => "not said".to_owned(),
        text => text.to_owned(),
    }
}
