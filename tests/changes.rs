//! What `source` says of single files, and with changes in memory: on disk and in git.

#![expect(clippy::unwrap_used, reason = "a test")]

mod fixture;

use std::collections::BTreeMap;

use fixture::Fixture;
use probity::source::{Listing, ReadError, SkipReason, Source};

const LIMIT: usize = 1 << 20;

type Changes = BTreeMap<String, Option<Vec<u8>>>;

fn changes(list: &[(&str, Option<&str>)]) -> Changes {
    list.iter()
        .map(|(path, text)| ((*path).to_owned(), text.map(|it| it.as_bytes().to_vec())))
        .collect()
}

fn paths(listing: &Listing) -> Vec<&str> {
    listing.files.iter().map(|it| it.path.as_str()).collect()
}

/// The same files as a worktree, a revision and a plain folder.
fn everywhere(files: &[(&str, &str)]) -> Vec<(Fixture, Source)> {
    let folder = Fixture::folder();
    for (path, text) in files {
        folder.write(path, text);
    }
    let fixtures = [Fixture::committed(files), Fixture::committed(files), folder];
    let revisions = [None, Some("HEAD"), None];
    let open = |(fixture, revision): (Fixture, _)| {
        let source = Source::open(&fixture.root(), revision).unwrap();
        (fixture, source)
    };
    fixtures.into_iter().zip(revisions).map(open).collect()
}

mod with_changes {
    use super::*;

    const FILES: &[(&str, &str)] = &[
        ("program.yaml", "p"),
        ("b.yaml", "b"),
        ("d.yaml", "d"),
        ("x.png", "x"),
    ];

    #[test]
    fn files_are_replaced_added_and_removed() {
        for (_fixture, source) in everywhere(FILES) {
            let source = source.with_changes(changes(&[
                ("a/c.yaml", Some("new")),
                ("b.yaml", Some("other")),
                ("d.yaml", None),
                ("gone.yaml", None),
                ("x.png", None),
                ("y.png", Some("")),
                ("z.png", Some("")),
            ]));
            let listing = source.list().unwrap();
            assert_eq!(paths(&listing), ["a/c.yaml", "b.yaml", "program.yaml"]);
            assert_eq!(listing.other_files, 2);
            let read = |at: usize| source.read(&listing.files[at], LIMIT).unwrap();
            assert_eq!((read(0), read(1)), (b"new".into(), b"other".into()));
            assert_eq!(read(2), b"p");
            assert_eq!(listing.files[1].size, Some(5));
            let too_large = source.read(&listing.files[1], 4).unwrap_err();
            assert!(matches!(too_large, ReadError::TooLarge { size: 5, .. }));
            assert_ne!(source.is_dirty().unwrap(), Some(false));
        }
    }

    #[test]
    fn a_file_that_was_listed_before_it_was_removed_has_vanished() {
        for (_fixture, source) in everywhere(FILES) {
            let listing = source.list().unwrap();
            let source = source.with_changes(changes(&[("b.yaml", None)]));
            let error = source.read(&listing.files[0], LIMIT).unwrap_err();
            assert!(matches!(error, ReadError::Vanished { .. }));
        }
    }

    #[test]
    fn later_changes_take_the_place_of_earlier_ones() {
        for (_fixture, source) in everywhere(FILES) {
            let before = source.list().unwrap();
            let source = source
                .with_changes(changes(&[("b.yaml", None)]))
                .with_changes(Changes::new());
            assert_eq!(source.list().unwrap(), before);
        }
    }

    #[test]
    fn paths_that_could_not_be_listed_change_nothing() {
        for (_fixture, source) in everywhere(FILES) {
            let before = source.list().unwrap();
            let text = Some("a: 1\n");
            let source = source.with_changes(changes(&[
                ("", text),
                ("../a.yaml", text),
                ("/a.yaml", text),
                ("a//b.yaml", text),
                (".git/a.yaml", text),
            ]));
            assert_eq!(source.list().unwrap(), before);
            assert_ne!(source.is_dirty().unwrap(), Some(true));
        }
    }

    #[test]
    fn the_scope_and_the_record_root_hold_for_them_too() {
        let files = [("org/program.yaml", ""), ("org/incidents/1.yaml", "")];
        let fixture = Fixture::committed(&files);
        for revision in [None, Some("HEAD")] {
            let source = Source::open(&fixture.path("org/incidents"), revision).unwrap();
            let source = source.with_changes(changes(&[
                ("org/incidents/2.yaml", Some("")),
                ("org/registry/r.yaml", Some("")),
                ("elsewhere.yaml", Some("")),
            ]));
            let listing = source.list().unwrap();
            let scopes: Vec<(&str, bool)> = listing
                .files
                .iter()
                .map(|it| (it.path.as_str(), it.in_scope))
                .collect();
            let expected = [
                ("org/incidents/1.yaml", true),
                ("org/incidents/2.yaml", true),
                ("org/program.yaml", false),
                ("org/registry/r.yaml", false),
            ];
            assert_eq!(scopes, expected);
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_link_can_be_replaced_by_a_file() {
        let fixture = Fixture::committed(FILES);
        std::os::unix::fs::symlink("b.yaml", fixture.path("l.yaml")).unwrap();
        fixture.commit("link");
        for revision in [None, Some("HEAD")] {
            let source = Source::open(&fixture.root(), revision).unwrap();
            assert_eq!(source.list().unwrap().skipped.len(), 1);
            let source = source.with_changes(changes(&[("l.yaml", Some("l"))]));
            let listing = source.list().unwrap();
            assert!(listing.skipped.is_empty());
            assert_eq!(source.find("l.yaml").unwrap().unwrap().size, 1);
        }
    }
}

mod find {
    use super::*;

    const FILES: &[(&str, &str)] = &[
        ("program.yaml", ""),
        ("evidence/2025/a.png", "12345"),
        ("Notes.TXT", ""),
    ];

    fn refused(source: &Source, path: &str) -> ReadError {
        source.find(path).unwrap_err()
    }

    #[test]
    fn tells_the_size_of_any_regular_file() {
        for (_fixture, source) in everywhere(FILES) {
            let found = source.find("evidence/2025/a.png").unwrap().unwrap();
            assert_eq!(
                (found.path.as_str(), found.size),
                ("evidence/2025/a.png", 5)
            );
            assert!(!found.is_ignored);
            assert_eq!(source.read_found(&found, LIMIT).unwrap(), b"12345");
            let again = source.find("./evidence/x/../2025//a.png").unwrap();
            assert_eq!(again, Some(found));
            assert_eq!(source.find("Notes.TXT").unwrap().unwrap().size, 0);
        }
    }

    #[test]
    fn nothing_is_found_where_nothing_is() {
        for (_fixture, source) in everywhere(FILES) {
            let long = "n".repeat(300);
            for path in ["x", "evidence/x", "x/y", "Notes.TXT/y", "a\0b", &long] {
                assert_eq!(source.find(path).unwrap(), None, "{path}");
            }
        }
    }

    #[test]
    fn a_folder_is_no_file_and_outside_is_not_looked_at() {
        for (_fixture, source) in everywhere(FILES) {
            for path in ["evidence", "evidence/2025/", ".", ""] {
                let error = refused(&source, path);
                assert!(matches!(error, ReadError::NotRegular { .. }), "{path}");
            }
            for path in [
                "../records/program.yaml",
                "/etc/passwd",
                ".git/config",
                "a/../..",
            ] {
                let error = refused(&source, path);
                assert!(matches!(error, ReadError::Outside { .. }), "{path}");
            }
        }
    }

    #[test]
    fn changes_in_memory_are_seen() {
        for (_fixture, source) in everywhere(FILES) {
            let source = source.with_changes(changes(&[
                ("evidence/b.png", Some("123")),
                ("evidence/2025/a.png", None),
                ("proof", Some("1")),
                ("new/folder/c.png", Some("")),
            ]));
            let found = source.find("evidence/b.png").unwrap().unwrap();
            assert_eq!(found.size, 3);
            assert_eq!(source.read_found(&found, LIMIT).unwrap(), b"123");
            assert_eq!(source.find("evidence/2025/a.png").unwrap(), None);
            assert_eq!(source.find("proof/x").unwrap(), None);
            let folder = refused(&source, "new/folder");
            assert!(matches!(folder, ReadError::NotRegular { .. }));
        }
    }

    #[test]
    fn the_whole_repository_is_searched_not_only_the_record_root() {
        let fixture = Fixture::committed(&[("org/program.yaml", ""), ("proof/a.png", "1")]);
        for revision in [None, Some("HEAD")] {
            let source = Source::open(&fixture.path("org"), revision).unwrap();
            assert_eq!(source.find("proof/a.png").unwrap().unwrap().size, 1);
            assert!(source.find("a.png").unwrap().is_none());
        }
    }

    #[test]
    fn what_git_ignores_is_found_and_said_to_be_ignored() {
        let fixture = Fixture::repository();
        fixture.write("proof/kept.png", "1");
        fixture.commit("first");
        fixture.write(".gitignore", "*.png\n");
        fixture.write("deep/.gitignore", "sub/\n!free.png\n");
        fixture.write("proof/new.png", "1");
        fixture.write("deep/free.png", "1");
        fixture.write("deep/sub/x.txt", "1");
        let source = Source::open(&fixture.root(), None).unwrap();
        let is_ignored = |path| source.find(path).unwrap().unwrap().is_ignored;
        assert!(is_ignored("proof/new.png") && is_ignored("deep/sub/x.txt"));
        assert!(!is_ignored("proof/kept.png") && !is_ignored("deep/free.png"));
    }

    #[test]
    fn other_repositories_are_not_entered() {
        let fixture = Fixture::committed(FILES);
        fixture.write("other/.git/HEAD", "");
        fixture.write("other/a.png", "");
        let source = Source::open(&fixture.root(), None).unwrap();
        let error = refused(&source, "other/a.png");
        let ReadError::Barred { at, reason, .. } = error else {
            unreachable!("{error}");
        };
        assert_eq!(
            (at.as_str(), reason),
            ("other", SkipReason::NestedRepository)
        );
    }

    #[cfg(unix)]
    #[test]
    fn links_are_not_followed() {
        let fixture = Fixture::committed(FILES);
        let link = |target: &str, name: &str| {
            std::os::unix::fs::symlink(target, fixture.path(name)).unwrap();
        };
        link("Notes.TXT", "inside");
        link("evidence", "folder");
        link("/etc/passwd", "outside");
        link("nothing", "broken");
        fixture.commit("links");
        let inside = |target: &str| SkipReason::LinkInside {
            target: target.to_owned(),
        };
        let expected = [
            ("inside", "inside", inside("Notes.TXT")),
            ("folder/2025/a.png", "folder", inside("evidence")),
            ("outside", "outside", SkipReason::LinkOutside),
            ("broken", "broken", SkipReason::LinkBroken),
        ];
        for revision in [None, Some("HEAD")] {
            let source = Source::open(&fixture.root(), revision).unwrap();
            for (path, bar, why) in &expected {
                let error = refused(&source, path);
                let ReadError::Barred { at, reason, .. } = error else {
                    unreachable!("{path}: {error}");
                };
                assert_eq!((at.as_str(), &reason), (*bar, why));
            }
        }
    }

    #[test]
    fn a_blob_that_is_missing_from_the_repository_is_said_to_be() {
        let fixture = Fixture::committed(FILES);
        let id = fixture.git(&["rev-parse", "HEAD:evidence/2025/a.png"]);
        fixture.remove_object(&id);
        let source = Source::open(&fixture.root(), Some("HEAD")).unwrap();
        let error = refused(&source, "evidence/2025/a.png");
        assert!(matches!(error, ReadError::MissingObject { .. }));
    }
}
