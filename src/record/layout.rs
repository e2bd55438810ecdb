//! What the path of a file promises about the record in it.
//!
//! The default layout is a habit, not a duty: a record is recognised by its `kind`. But a file in
//! a record folder that is no record is a mistake, and a file whose content cannot be read is
//! still known by its name.

use super::kind::RecordKind;

/// Folders that hold records and nothing else in YAML.
const FOLDERS: &[&str] = &[
    "controls",
    "runbooks",
    "guidelines",
    "registry",
    "incidents",
    "exercises",
    "health-checks",
    "exceptions",
];

/// What a path promises.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Promise<'p> {
    /// The kind.
    pub kind: RecordKind,
    /// The id, where the path names it.
    pub id: Option<&'p str>,
    /// The incident that a package lies under.
    pub incident: Option<&'p str>,
}

/// Whether a path, relative to the record root, lies where YAML files are expected to be records.
/// Evidence may be YAML of any kind.
pub fn is_record_folder(path: &str) -> bool {
    let mut folders = path.split('/');
    let first = folders.next().unwrap_or("");
    let is_evidence = folders.any(|folder| folder == "evidence");
    !is_evidence && (path == "program.yaml" || path == "program.yml" || FOLDERS.contains(&first))
}

/// Whether a file is YAML by its name.
pub fn is_yaml(path: &str) -> bool {
    let ending = path.rsplit_once('.').map_or("", |(_, ending)| ending);
    ending.eq_ignore_ascii_case("yaml") || ending.eq_ignore_ascii_case("yml")
}

/// Whether a file is most likely one of many: read, judged and let go.
pub fn is_stream_folder(path: &str) -> bool {
    path.starts_with("incidents/")
}

/// The folder of one incident that a path lies in.
pub fn incident_folder(path: &str) -> Option<&str> {
    path.strip_prefix("incidents/")?
        .split_once('/')
        .map(|it| it.0)
}

/// What a path in the default layout promises.
pub fn promise(path: &str) -> Option<Promise<'_>> {
    let stem = path
        .strip_suffix(".yaml")
        .or_else(|| path.strip_suffix(".yml"))?;
    RecordKind::all().find_map(|kind| {
        let pattern = kind.layout().trim_end_matches(".yaml");
        let mut id = None;
        let mut incident = None;
        let (mut wanted, mut given) = (pattern.split('/'), stem.split('/'));
        loop {
            match (wanted.next(), given.next()) {
                (None, None) => return Some(Promise { kind, id, incident }),
                (Some("<id>"), Some(name)) => id = Some(name),
                (Some("<incident>"), Some(name)) => incident = Some(name),
                (Some(wanted), Some(name)) if wanted == name => {}
                _ => return None,
            }
        }
    })
}

/// A path that counts from the folder of `file`, as a path from the root of the repository; `None`
/// if it leads out of it, or does not count from there at all.
pub fn beside(file: &str, path: &str) -> Option<String> {
    if path.starts_with('/') {
        return None;
    }
    let folder = file.rsplit_once('/').map_or("", |(folder, _)| folder);
    let steps = folder.split('/').chain(path.split('/'));
    let mut taken: Vec<&str> = Vec::new();
    for step in steps {
        match step {
            "" | "." => {}
            ".." => {
                taken.pop()?;
            }
            step => taken.push(step),
        }
    }
    Some(taken.join("/"))
}

/// Whether a file lies where a record of its kind and id lies by default, below whatever folder.
pub fn is_at_home(file: &str, kind: RecordKind, id: &str) -> bool {
    let stem = file.strip_suffix(".yml").or(file.strip_suffix(".yaml"));
    let pattern = kind.layout().trim_end_matches(".yaml");
    stem.is_some_and(|stem| {
        stem.strip_suffix(&pattern.replace("<id>", id))
            .is_some_and(|before| before.is_empty() || before.ends_with('/'))
    })
}

/// Whether a text that could not be parsed was most likely meant as a record: some line says so.
pub fn announced_kind(text: &str) -> Option<RecordKind> {
    text.lines().find_map(|line| {
        let line = line.trim_start_matches(['\u{feff}', '{', ' ']);
        let value = line
            .strip_prefix("kind:")
            .or_else(|| line.strip_prefix("\"kind\":"))?;
        let word = value.split(['#', ',', '}']).next().unwrap_or("");
        RecordKind::parse(word.trim().trim_matches(['"', '\'']))
    })
}

/// The id that a text that could not be parsed most likely has.
pub fn announced_id(text: &str) -> Option<&str> {
    text.lines().find_map(|line| {
        let value = line.strip_prefix("id:")?;
        let word = value
            .split(['#', ','])
            .next()
            .unwrap_or("")
            .trim()
            .trim_matches(['"', '\'']);
        (!word.is_empty() && word.len() <= 128).then_some(word)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_count_from_the_folder_of_the_record() {
        let file = "incidents/INC-1/incident.yaml";
        for (path, expected) in [
            ("evidence/a.eml", Some("incidents/INC-1/evidence/a.eml")),
            ("../INC-2/evidence/b", Some("incidents/INC-2/evidence/b")),
            ("./a//b", Some("incidents/INC-1/a/b")),
            ("../../docs/x", Some("docs/x")),
            ("../../../etc/passwd", None),
            ("/etc/passwd", None),
        ] {
            assert_eq!(beside(file, path).as_deref(), expected, "{path}");
        }
        assert_eq!(beside("program.yaml", "a"), Some("a".to_owned()));
    }

    #[test]
    fn paths_promise_kind_and_id() {
        let promise = |path| promise(path).map(|it| (it.kind.name(), it.id, it.incident));
        assert_eq!(promise("program.yaml"), Some(("program", None, None)));
        assert_eq!(promise("registry/people.yml"), Some(("people", None, None)));
        assert_eq!(
            promise("incidents/INC-2025-0001/incident.yaml"),
            Some(("incident", Some("INC-2025-0001"), None))
        );
        assert_eq!(
            promise("incidents/INC-2025-0001/packages/PKG-1.yaml"),
            Some(("package", Some("PKG-1"), Some("INC-2025-0001")))
        );
        assert_eq!(
            promise("registry/third-parties/corvid-id.yaml"),
            Some(("third-party", Some("corvid-id"), None))
        );
        assert_eq!(promise("docs/people.yaml"), None);
        assert_eq!(promise("incidents/x/y/incident.yaml"), None);
    }

    #[test]
    fn evidence_may_be_yaml_of_any_kind() {
        assert!(is_record_folder("incidents/INC-2025-0001/incident.yaml"));
        assert!(is_record_folder("incidents/note.yaml"));
        assert!(!is_record_folder(
            "incidents/INC-2025-0001/evidence/config.yaml"
        ));
        assert!(!is_record_folder(".github/workflows/ci.yml"));
    }

    #[test]
    fn broken_texts_still_announce_themselves() {
        assert_eq!(
            announced_kind("# x\nkind: incident # new\n\tid: y"),
            Some(RecordKind::Incident)
        );
        assert_eq!(
            announced_kind("{\"kind\": \"people\", x"),
            Some(RecordKind::People)
        );
        assert_eq!(announced_kind("kind: Deployment\n"), None);
        assert_eq!(
            announced_id("kind: incident\nid: INC-2025-0001 # c\n"),
            Some("INC-2025-0001")
        );
    }
}
