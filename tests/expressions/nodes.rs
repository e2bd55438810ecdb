use crate::desk::Desk;
use probity::policy::expression::{Type, Why};

#[track_caller]
fn check(rows: &[(&str, &str)]) {
    let desk = Desk::new();
    for (text, expected) in rows {
        assert_eq!(desk_shown(&desk, text), *expected, "{text}");
    }
}

fn desk_shown(desk: &Desk, text: &str) -> String {
    desk.shown(text)
}

#[test]
fn scalars_read_as_what_the_schema_says() {
    check(&[
        ("record.status", "\"contained\""),
        ("record.simulated", "true"),
        ("record.detected_at", "2025-05-06T06:10:00Z"),
        ("record.declared_at", "2025-05-06T00:00:00Z"),
        ("record.holds[0].from", "2025-05-01T00:00:00Z"),
        ("record.holds[0].until", "2025-05-11T00:00:00Z"),
        ("record.outbound[0].case", "4711"),
        ("record.outbound[0].case == 4711", "true"),
        ("record.outbound[0].case == \"4711\"", "false"),
        ("record.detected_at - record.declared_at", "6h 10m"),
        (
            "record.detected_at + limit(\"x\", record.severity)",
            "2025-05-06T10:10:00Z",
        ),
        (
            "record.supply_chain.triggers[\"shared-service\"]",
            "\"unknown\"",
        ),
        (
            "record.supply_chain.triggers[\"operated-by-third-party\"] == true",
            "true",
        ),
    ]);
}

#[test]
fn what_is_not_there_is_null_or_empty() {
    check(&[
        ("record.closed_at", "absent closed_at"),
        ("record.closed_at == null", "true"),
        ("null != record.closed_at", "false"),
        ("record.title == null", "true"),
        ("record.title == \"x\"", "false"),
        ("record.closed_at in [record.detected_at]", "false"),
        ("record.commander in [\"mara\", null]", "true"),
        ("has(record.title)", "false"),
        ("has(record.status)", "true"),
        ("has(record.review)", "false"),
        ("has(record.supply_chain.implicated)", "false"),
        ("has(record.review.held_at)", "false"),
        ("record.inbound", "[]"),
        ("record.inbound == []", "true"),
        ("record.inbound == null", "true"),
        ("size(record.inbound)", "0"),
        ("record.inbound.size()", "0"),
        ("record.inbound + [1]", "[1]"),
        ("record.inbound.exists(i, i.id == \"x\")", "false"),
        ("record.inbound.all(i, i.id == \"x\")", "true"),
        ("record.inbound.map(i, i.id)", "[]"),
        ("record.supply_chain.implicated == []", "true"),
        ("\"x\" in record.affected", "false"),
        ("\"patient-portal/sso\" in record.affected", "true"),
        ("\"x\" in record.review.supply_chain_lessons", "false"),
        ("record.review == {}", "true"),
        ("record.review.held_at == null", "true"),
        ("record.report_out.vulnerabilities.map(v, v.id)", "[]"),
        ("record.?status.orValue(\"none\")", "\"contained\""),
        ("record.?closed_at.hasValue()", "false"),
        ("record.?title.orValue(\"untitled\")", "\"untitled\""),
        ("record.?review.?held_at.hasValue()", "false"),
        (
            "record.supply_chain.triggers[?\"nothing\"].hasValue()",
            "false",
        ),
        ("has(record.supply_chain.triggers[\"nothing\"])", "false"),
        ("quoted(record.inbound.map(i, i.id))", "\"\""),
        ("given(record.inbound)", "false"),
        ("given(record.affected)", "true"),
        ("given(record.title)", "Absent(\"title\") at `record.title`"),
    ]);
}

#[test]
fn a_value_that_is_needed_and_not_there_stops_the_evaluation() {
    check(&[
        (
            "record.closed_at < as_of",
            "Absent(\"closed_at\") at `record.closed_at`",
        ),
        (
            "as_of - record.closed_at > duration(\"1h\")",
            "Absent(\"closed_at\") at `record.closed_at`",
        ),
        (
            "record.review.held_at < as_of",
            "Absent(\"held_at\") at `record.review.held_at`",
        ),
        (
            "record.title.size() > 3",
            "Absent(\"title\") at `record.title`",
        ),
        ("limit(record.title)", "Absent(\"title\") at `record.title`"),
        (
            "record.parties[1].at <= as_of",
            "Absent(\"at\") at `record.parties[1].at`",
        ),
        (
            "third_party(record.title).name == \"x\"",
            "Absent(\"third_party\") at `third_party(record.title).name`",
        ),
        ("limit(\"x\")", "Gap(\"no limit is set\") at `limit(\"x\")`"),
        ("third_party(record.closed_by) == null", "true"),
        ("has(third_party(record.closed_by).name)", "false"),
        ("record.closed_at < as_of || true", "true"),
        (
            "record.closed_at == null || record.closed_at < as_of",
            "true",
        ),
        ("record.parties.exists(p, p.at <= as_of)", "true"),
        (
            "record.parties.all(p, p.at <= as_of)",
            "Absent(\"at\") at `p.at`",
        ),
    ]);
}

#[test]
fn a_malformed_value_is_never_a_pass() {
    let desk = Desk::new();
    let why = Why::Malformed("`contained_at` is no time".to_owned());
    for text in [
        "record.contained_at < as_of",
        "record.contained_at == null",
        "record.contained_at",
    ] {
        assert_eq!(desk.halt(text).why, why, "{text}");
    }
    assert_eq!(desk.shown("has(record.contained_at)"), "true");
}

#[test]
fn lists_keep_their_nodes() {
    check(&[
        (
            "record.parties.filter(p, p.decision == \"notify\")",
            "[node \"/parties/0\"]",
        ),
        (
            "record.parties.map(p, p.party)",
            "[\"corvid-id\", \"halden-msp\"]",
        ),
        (
            "quoted(record.parties.map(p, p.party))",
            "\"`corvid-id`, `halden-msp`\"",
        ),
        ("quoted(record.affected)", "\"`patient-portal/sso`\""),
        (
            "record.parties.map(p, has(p.at), p.at)",
            "[2025-05-06T09:00:00Z]",
        ),
        (
            "earliest(record.parties.map(p, p.at))",
            "2025-05-06T09:00:00Z",
        ),
        ("key(record.detected_at)", "\"detected_at\""),
        (
            "record.supply_chain.triggers.exists(k, k == \"shared-service\")",
            "true",
        ),
        (
            "record.supply_chain.triggers.exists(k, v, k == \"shared-service\" && v == true)",
            "false",
        ),
        (
            "record.supply_chain.triggers.filter(k, true)[0]",
            "\"operated-by-third-party\"",
        ),
        ("record.parties.all(i, p, i < 2 && has(p.party))", "true"),
        (
            "first_of(record.closed_at, record.detected_at) < as_of",
            "true",
        ),
        ("record == record", "true"),
        ("record.parties[0] == record.parties[1]", "false"),
        ("record.affected == [\"patient-portal/sso\"]", "true"),
        (
            "[record.parties[0]] == record.parties.filter(p, p.at != null)",
            "true",
        ),
        (
            "record.supply_chain.triggers == {\"shared-service\": \"unknown\", \"operated-by-third-party\": true}",
            "true",
        ),
        ("anything.status", "\"contained\""),
        ("anything.nothing == null", "true"),
        ("anything.parties[0].party", "\"corvid-id\""),
        ("anything.declared_at", "\"2025-05-06\""),
    ]);
}

#[test]
fn places_are_given_as_they_stand() {
    let desk = Desk::new();
    for (text, expected) in [
        ("record", ""),
        ("record.status", "/status"),
        ("record.title", "/title"),
        ("record.closed_at", "no closed_at in "),
        ("record.review", "/review"),
        ("record.review.held_at", "no held_at in "),
        ("record.inbound", "no inbound in "),
        ("record.parties[1].at", "no at in /parties/1"),
        (
            "record.parties.filter(p, p.decision == \"notify\")[0].at",
            "/parties/0/at",
        ),
        (
            "has(record.closed_at) ? record.closed_at : record.declared_at",
            "/declared_at",
        ),
        (
            "record.supply_chain.triggers[\"shared-service\"]",
            "/supply_chain/triggers/shared-service",
        ),
    ] {
        assert_eq!(desk.place(text), expected, "{text}");
    }
}

#[test]
fn types_are_known_when_an_expression_is_loaded() {
    let desk = Desk::new();
    for (text, expected) in [
        ("record.status", "text"),
        ("record.detected_at", "time"),
        ("record.detected_at - as_of", "duration"),
        ("record.parties", "list<map>"),
        ("record.parties.map(p, p.party)", "list<text>"),
        ("record.parties.map(p, p.at)", "list<time>"),
        ("first_of(record.closed_at, as_of)", "time"),
        ("has(record.status) ? record.affected : []", "list<text>"),
        ("limit(\"x\")", "duration"),
        ("third_party(\"x\")", "map"),
        ("record.?status", "optional<text>"),
        ("record.outbound[0].case", "any"),
    ] {
        assert_eq!(desk.compile(text).result().to_string(), expected, "{text}");
    }
}

#[test]
fn signatures_name_places_of_records() {
    let parse = |text| Type::parse(text, &crate::desk::shape);
    let shown = |text| parse(text).map(|it| it.to_string());
    assert_eq!(shown("list<text>").unwrap(), "list<text>");
    assert_eq!(
        shown("map<text, list<int>>?").unwrap(),
        "map<text, list<int>>"
    );
    assert_eq!(shown("incident/parties").unwrap(), "list<map>");
    assert!(matches!(parse("incident/outbound/*"), Some(Type::Node(_))));
    assert_eq!(shown("incident/outbound/*/at").unwrap(), "time");
    assert_eq!(shown("incident/nothing"), None);
    assert_eq!(shown("nothing"), None);
}
