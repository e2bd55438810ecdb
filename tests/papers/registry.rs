//! `probity report registry`.

use std::fs;

use serde_json::json;

use crate::example;
use crate::paper::*;

const PERIOD: &[&str] = &["registry", "--period", "2025-01-01..2025-06-30"];

#[test]
fn the_registries_of_the_example_are_as_expected() {
    let folder = example::repository();
    assert_expected(&folder.path().join("larkfield"), PERIOD, "registry");
}

#[test]
fn json_pages_and_tables_agree() {
    let folder = larkfield();
    assert_fits("report-registry.json", &model(folder.path(), PERIOD));
    assert_same_in_all(folder.path(), PERIOD);
    assert_sound(&report(folder.path(), PERIOD, "html"));
}

#[test]
fn how_to_reach_a_contact_stands_in_no_format() {
    let folder = larkfield();
    let parties = folder.path().join("registry/third-parties");
    let mut reached = Vec::new();
    for entry in fs::read_dir(parties).unwrap() {
        let text = fs::read_to_string(entry.unwrap().path()).unwrap();
        let lines = text
            .lines()
            .filter_map(|it| it.trim().strip_prefix("reach:"));
        reached.extend(lines.map(|it| it.trim().trim_matches('"').to_owned()));
    }
    assert!(reached.len() > 10);
    for (format, _) in FORMATS {
        let text = report(folder.path(), PERIOD, format);
        for reach in &reached {
            assert!(!text.contains(reach), "{format}: {reach}");
        }
    }
}

#[test]
fn a_contact_beyond_its_limit_and_a_party_nobody_knows_are_marked() {
    let folder = larkfield();
    let before = model(folder.path(), PERIOD)["counts"].clone();
    assert_eq!(before["contacts_stale"], json!(0));
    assert_eq!(before["systems_uncovered"], json!(0));
    let file = "registry/third-parties/tessera-cloud.yaml";
    rewrite(folder.path(), file, |text| {
        text.replacen("at: 2025-05-05", "at: 2024-05-05", 1)
    });
    let file = "registry/systems/billing.yaml";
    rewrite(folder.path(), file, |text| {
        text.replace("operated_by: halden-msp", "operated_by: nobody-known")
    });
    let counts = model(folder.path(), PERIOD)["counts"].clone();
    assert_eq!(counts["contacts_stale"], json!(1));
    assert_eq!(counts["systems_uncovered"], json!(1));
    let text = report(folder.path(), PERIOD, "markdown");
    assert!(text.contains("nobody-known is not registered"));
    let page = report(folder.path(), PERIOD, "html");
    assert!(page.contains("class=\"unknown\""));
}

/// Names, and lines that pass, each have a row of their own.
#[test]
fn forty_parties_do_not_cover_each_other() {
    let folder = larkfield();
    for number in 0..40 {
        let name = if number % 7 == 0 {
            "云供应商"
        } else {
            "<script>|`x`"
        };
        let next = (number * 3 + 1) % 40;
        let text =
            format!("kind: third-party\nid: p{number}\nname: \"{name}\"\nrelies_on: [p{next}]\n");
        fs::write(
            folder
                .path()
                .join(format!("registry/third-parties/p{number}.yaml")),
            text,
        )
        .unwrap();
    }
    rewrite(folder.path(), "registry/systems/billing.yaml", |text| {
        let parties = (0..40).map(|it| format!("  - {{party: p{it}, direction: upstream}}\n"));
        text.replace(
            "dependencies: []\n",
            &format!("dependencies:\n{}", parties.collect::<String>()),
        )
    });
    let page = report(folder.path(), PERIOD, "html");
    assert_sound(&page);
    let picture = page
        .split("<svg ")
        .nth(1)
        .unwrap()
        .split("</svg>")
        .next()
        .unwrap();
    let size = |text: &str, key: &str| -> u32 {
        let at = text.split(&format!(" {key}=\"")).nth(1).unwrap();
        at.split('"').next().unwrap().parse().unwrap()
    };
    let boxes: Vec<[u32; 4]> = picture
        .split("<rect class=\"")
        .skip(1)
        .filter(|it| it.starts_with("party") || it.starts_with("system"))
        .map(|it| ["x", "y", "width", "height"].map(|key| size(it, key)))
        .collect();
    assert!(boxes.len() > 45, "{}", boxes.len());
    for (at, [x, y, width, height]) in boxes.iter().enumerate() {
        assert!(x + width <= size(picture, "width") && y + height <= size(picture, "height"));
        for [left, top, across, down] in &boxes[at + 1..] {
            let is_apart =
                x + width <= *left || left + across <= *x || y + height <= *top || top + down <= *y;
            assert!(is_apart);
        }
    }
    assert_whole_tables(&report(folder.path(), PERIOD, "markdown"));
}

/// A page shows 200 rows of a table, the contacts that nobody verified among them first, and no
/// picture of more names than anybody reads.
#[test]
fn of_many_parties_a_page_shows_those_that_need_an_eye() {
    let folder = larkfield();
    for number in 0..260 {
        let text = format!(
            "kind: third-party\nid: p{number}\nname: Party {number}\ntier: 3\ncontacts:\n  - {{id: desk, purpose: security, hours: always}}\n"
        );
        let file = format!("registry/third-parties/p{number}.yaml");
        fs::write(folder.path().join(file), text).unwrap();
    }
    rewrite(folder.path(), "registry/systems/billing.yaml", |text| {
        let parties = (0..260).map(|it| format!("  - {{party: p{it}, direction: upstream}}\n"));
        let parties = format!("dependencies:\n{}", parties.collect::<String>());
        text.replace("dependencies: []\n", &parties)
    });
    let json = model(folder.path(), PERIOD);
    let sections = list(&json["sections"]);
    let mut tables = sections.flat_map(|it| list(&it["groups"]).flat_map(|it| list(&it["tables"])));
    let contacts = tables.find(|it| it["id"] == "contacts").unwrap();
    let all = list(&contacts["rows"]).count();
    assert!(all >= 260, "{all}");
    let says = format!("200 of {all} rows, those that need an eye first; all stand in the JSON");
    let page = report(folder.path(), PERIOD, "html");
    assert_sound(&page);
    assert!(page.contains(&says), "{says}");
    assert!(!page.contains("id=\"picture-chain\""));
    let text = report(folder.path(), PERIOD, "markdown");
    assert_whole_tables(&text);
    assert!(text.contains(&says), "{says}");
}

#[test]
fn changes_are_those_of_the_period() {
    let folder = example::repository();
    let root = folder.path().join("larkfield");
    let text = report(&root, &["registry", "--period", "2020"], "markdown");
    assert!(
        text.contains("No commit of this period changed a registry. That rests on "),
        "{text}"
    );
    let text = report(&root, PERIOD, "markdown");
    assert!(text.contains("What each commit changed"));
}

#[test]
fn bad_input_is_told() {
    let folder = larkfield();
    assert_eq!(
        ran(folder.path(), &["registry", "--period", "2030"], &[]).code,
        2
    );
    assert_unwritable(folder.path(), PERIOD);
    assert_refuses(folder.path(), PERIOD);
    assert_template(folder.path(), PERIOD, "registry");
}
