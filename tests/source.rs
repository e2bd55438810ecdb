//! What `source` finds on disk and in git, one kind of place at a time.

#![expect(clippy::unwrap_used, reason = "a test")]

mod fixture;

use std::fs;
use std::path::Path;

use fixture::{Fixture, write};
use probity::source::{Listing, OpenError, ReadError, SkipReason, Source, read_file};

const LIMIT: usize = 1 << 20;

fn listing(path: &Path, revision: Option<&str>) -> Listing {
    Source::open(path, revision).unwrap().list().unwrap()
}

fn paths(listing: &Listing) -> Vec<&str> {
    listing.files.iter().map(|it| it.path.as_str()).collect()
}

fn in_scope(listing: &Listing) -> Vec<&str> {
    let files = listing.files.iter().filter(|it| it.in_scope);
    files.map(|it| it.path.as_str()).collect()
}

fn skipped(listing: &Listing) -> Vec<(&str, SkipReason)> {
    let skipped = listing.skipped.iter();
    skipped
        .map(|it| (it.path.as_str(), it.reason.clone()))
        .collect()
}

fn inside(target: &str) -> SkipReason {
    SkipReason::LinkInside {
        target: target.to_owned(),
    }
}

fn refusal(path: &Path, revision: Option<&str>) -> OpenError {
    Source::open(path, revision).unwrap_err()
}

/// The file at `path` of the source, however it is reached.
fn read(source: &Source, path: &str, limit: usize) -> Result<Vec<u8>, ReadError> {
    let listing = source.list().unwrap();
    let file = listing.files.iter().find(|it| it.path == path).unwrap();
    source.read(file, limit)
}

/// Whether this process may read and own everything; a test that needs the opposite says so.
#[cfg(unix)]
fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt;
    let folder = tempfile::tempdir().unwrap();
    fs::metadata(folder.path()).unwrap().uid() == 0
}

#[cfg(unix)]
#[expect(clippy::print_stderr, reason = "a skipped test says so")]
fn say_skipped(why: &str) {
    eprintln!("SKIPPED: {why}");
}

mod plain_folder {
    use super::*;

    #[test]
    fn is_listed_as_it_is() {
        let fixture = Fixture::folder();
        fixture.write("b.YML", "b: 1\n");
        fixture.write("a/x.yaml", "a: 1\n");
        fixture.write("a/notes.txt", "");
        fixture.write(".hidden/h.yaml", "");
        fixture.write(".gitignore", "*.yaml\n");
        let source = Source::open(&fixture.root(), None).unwrap();
        let listing = source.list().unwrap();
        assert_eq!(paths(&listing), [".hidden/h.yaml", "a/x.yaml", "b.YML"]);
        assert_eq!(in_scope(&listing), paths(&listing));
        assert_eq!(listing.files[1].size, Some(5));
        assert_eq!(listing.other_files, 2);
        assert_eq!(source.revision(), None);
        assert_eq!(source.is_dirty().unwrap(), None);
        assert_eq!(source.prefix(), "");
        assert_eq!(source.read(&listing.files[1], LIMIT).unwrap(), b"a: 1\n");
    }

    #[test]
    fn has_its_record_root_at_the_nearest_program() {
        let fixture = Fixture::folder();
        fixture.write("program.yaml", "");
        fixture.write("incidents/1.yaml", "");
        fixture.write("registry/r.yaml", "");
        let listing = listing(&fixture.path("incidents/1.yaml"), None);
        let all = ["incidents/1.yaml", "program.yaml", "registry/r.yaml"];
        assert_eq!(paths(&listing), all);
        assert_eq!(in_scope(&listing), ["incidents/1.yaml"]);
    }

    #[test]
    fn does_not_include_the_repositories_it_holds() {
        let fixture = Fixture::folder();
        fixture.write("a.yaml", "");
        fixture.write("other/.git/HEAD", "");
        fixture.write("other/b.yaml", "");
        let listing = listing(&fixture.root(), None);
        assert_eq!(paths(&listing), ["a.yaml"]);
        let other = [("other", SkipReason::NestedRepository)];
        assert_eq!(skipped(&listing), other);
    }

    #[test]
    fn has_no_revisions() {
        let fixture = Fixture::folder();
        let error = refusal(&fixture.root(), Some("HEAD"));
        assert!(matches!(error, OpenError::RevisionWithoutGit { .. }));
        assert!(error.is_usage() && error.hint().is_some());
    }

    #[test]
    fn a_missing_path_is_the_callers_mistake() {
        let fixture = Fixture::folder();
        for revision in [None, Some("HEAD")] {
            let error = refusal(&fixture.path("gone/x.yaml"), revision);
            assert!(matches!(error, OpenError::NotFound { .. }), "{error:?}");
            assert!(error.is_usage());
        }
    }
}

mod worktree {
    use super::*;

    #[test]
    fn leaves_out_what_git_ignores() {
        let fixture = Fixture::committed(&[
            (".gitignore", "*.draft.yaml\n/build/\n"),
            ("sub/.gitignore", "local.yaml\n!keep.draft.yaml\n"),
            ("a.yaml", ""),
        ]);
        write(&fixture.path(".git/info/exclude"), "excluded.yaml\n");
        write(&fixture.beside("excludes"), "everywhere.yaml\n");
        let excludes = fixture.beside("excludes");
        fixture.git(&["config", "core.excludesFile", excludes.to_str().unwrap()]);
        for path in [
            "b.draft.yaml",
            "build/c.yaml",
            "sub/local.yaml",
            "sub/keep.draft.yaml",
            "sub/build/d.yaml",
            "excluded.yaml",
            "sub/everywhere.yaml",
            "local.yaml",
            ".hidden.yaml",
        ] {
            fixture.write(path, "");
        }
        // Rules of other tools are not git's.
        fixture.write(".ignore", "a.yaml\n");
        let listing = listing(&fixture.root(), None);
        let expected = [
            ".hidden.yaml",
            "a.yaml",
            "local.yaml",
            "sub/build/d.yaml",
            "sub/keep.draft.yaml",
        ];
        assert_eq!(paths(&listing), expected);
        assert_eq!(skipped(&listing), []);
    }

    #[test]
    fn obeys_the_rules_of_folders_above_the_record_root() {
        let fixture = Fixture::committed(&[
            (".gitignore", "top.yaml\n/org/records/deep.yaml\n"),
            ("org/.gitignore", "mid.yaml\n"),
            ("org/records/program.yaml", ""),
        ]);
        for name in ["top", "mid", "deep", "kept"] {
            fixture.write(&format!("org/records/{name}.yaml"), "");
        }
        let listing = listing(&fixture.path("org/records"), None);
        let expected = ["org/records/kept.yaml", "org/records/program.yaml"];
        assert_eq!(paths(&listing), expected);
    }

    #[test]
    fn agrees_with_git_about_every_pattern() {
        let folders = [
            "",
            "a/",
            "a/b/",
            "A/",
            "build/",
            "x y/",
            "[z]/",
            "a/build/",
            "deep/a/b/",
        ];
        let names = [
            "k", "keep", "a", "b c", "#h", "!bang", "x1", "x[1]", "K", "tmp~", "build",
        ];
        let rules = [
            "k.yaml\r\nbuild\r\n",
            "/k.yaml\nbuild/\n",
            "a/b/*.yaml\n!a/b/keep.yaml\n",
            "**/b/k.yaml\n",
            "a/**/keep.yaml\n",
            "a/**\n!a/b/\n!a/b/keep.yaml\n",
            "*\n!*/\n!keep.yaml\n",
            "\\#h.yaml\n\\!bang.yaml\n# comment\n",
            "b c.yaml  \n",
            "x[0-9].yaml\nx\\[1\\].yaml\n",
            "x?.yaml\n[!a]*~.yaml\n",
            "\u{feff}k.yaml\n",
            "a\n!a/keep.yaml\n",
            "deep/*/b\n",
            "[z]/k.yaml\n\\[z\\]/keep.yaml\n",
            "x y/\n",
        ];
        let fixture = Fixture::repository();
        for folder in folders {
            for name in names {
                fixture.write(&format!("{folder}{name}.yaml"), "");
            }
        }
        fixture.write("a/.gitignore", "K.yaml\n!k.yaml\n");
        for text in rules {
            fixture.write(".gitignore", text);
            let list = ["ls-files", "-z", "--others", "--exclude-standard"];
            let output = fixture.git(&list);
            let mut expected: Vec<&str> = output
                .split('\0')
                .filter(|it| !it.is_empty() && !it.ends_with(".gitignore"))
                .collect();
            expected.sort_unstable();
            let listing = listing(&fixture.root(), None);
            assert_eq!(paths(&listing), expected, "rules {text:?}");
        }
    }

    #[test]
    fn includes_what_is_tracked_though_ignored() {
        let fixture = Fixture::repository();
        fixture.write("ignored.yaml", "");
        fixture.write("out/deep/tracked.yaml", "");
        fixture.commit("before the rules");
        fixture.write(".gitignore", "ignored.yaml\nout/\n");
        fixture.write("out/deep/untracked.yaml", "");
        fixture.write("out/other/untracked.yaml", "");
        fixture.commit("the rules");
        let listing = listing(&fixture.root(), None);
        assert_eq!(paths(&listing), ["ignored.yaml", "out/deep/tracked.yaml"]);
        assert_eq!(skipped(&listing), []);
    }

    #[test]
    fn lacks_tracked_files_that_are_deleted() {
        let fixture = Fixture::committed(&[("a.yaml", ""), ("b.yaml", "")]);
        fs::remove_file(fixture.path("a.yaml")).unwrap();
        assert_eq!(paths(&listing(&fixture.root(), None)), ["b.yaml"]);
    }

    #[test]
    fn says_when_the_path_asked_for_is_ignored() {
        let fixture = Fixture::committed(&[(".gitignore", "out/\n*.draft.yaml\n"), ("a.yaml", "")]);
        fixture.write("out/deep/a.yaml", "");
        fixture.write("b.draft.yaml", "");
        let below = listing(&fixture.path("out/deep"), None);
        assert_eq!(paths(&below), [""; 0]);
        assert_eq!(skipped(&below), [("out/deep", SkipReason::Ignored)]);
        let file = listing(&fixture.path("b.draft.yaml"), None);
        assert_eq!(in_scope(&file), [""; 0]);
        assert_eq!(skipped(&file), [("b.draft.yaml", SkipReason::Ignored)]);
    }

    #[test]
    fn is_asked_for_by_a_subfolder_and_read_whole() {
        let fixture = Fixture::committed(&[
            ("readme.yaml", ""),
            ("examples/larkfield/program.yaml", ""),
            ("examples/larkfield/incidents/1.yaml", "id: 1\n"),
            ("examples/larkfield/incidents-old/2.yaml", ""),
        ]);
        let path = fixture.path("examples/larkfield/incidents");
        for revision in [None, Some("HEAD")] {
            let source = Source::open(&path, revision).unwrap();
            assert_eq!(source.prefix(), "examples/larkfield/");
            let listing = source.list().unwrap();
            let expected = [
                "examples/larkfield/incidents-old/2.yaml",
                "examples/larkfield/incidents/1.yaml",
                "examples/larkfield/program.yaml",
            ];
            assert_eq!(paths(&listing), expected);
            assert_eq!(in_scope(&listing), expected[1..2]);
            let text = source.read(&listing.files[1], LIMIT).unwrap();
            assert_eq!(text, b"id: 1\n");
        }
    }

    #[test]
    fn is_asked_for_by_a_file() {
        let fixture = Fixture::committed(&[("a.yaml", ""), ("sub/b.yaml", ""), ("sub/c.yaml", "")]);
        for revision in [None, Some("HEAD")] {
            let listing = listing(&fixture.path("sub/b.yaml"), revision);
            assert_eq!(paths(&listing), ["sub/b.yaml", "sub/c.yaml"]);
            assert_eq!(in_scope(&listing), ["sub/b.yaml"]);
        }
    }

    #[test]
    fn has_its_record_root_within_the_repository() {
        let fixture = Fixture::committed(&[("a.yaml", "")]);
        write(&fixture.beside("program.yaml"), "");
        let source = Source::open(&fixture.root(), None).unwrap();
        assert_eq!(source.prefix(), "");
        assert_eq!(paths(&source.list().unwrap()), ["a.yaml"]);
    }

    #[test]
    fn knows_the_commit_of_head_also_when_detached() {
        let fixture = Fixture::committed(&[("a.yaml", "")]);
        let first = fixture.git(&["rev-parse", "HEAD"]);
        fixture.write("b.yaml", "");
        fixture.commit("second");
        fixture.git(&["checkout", "--quiet", "--detach", &first]);
        let source = Source::open(&fixture.root(), None).unwrap();
        let revision = source.revision().unwrap();
        assert_eq!(revision.id, first);
        assert_eq!(revision.committed, 1_746_518_400);
        assert_eq!(paths(&source.list().unwrap()), ["a.yaml"]);
    }

    #[test]
    fn added_to_a_repository_is_one_of_its_own() {
        let fixture = Fixture::committed(&[("a.yaml", "")]);
        let second = fixture.beside("second");
        fixture.git(&["worktree", "add", "--quiet", second.to_str().unwrap()]);
        write(&second.join("b.yaml"), "");
        let source = Source::open(&second, None).unwrap();
        assert_eq!(paths(&source.list().unwrap()), ["a.yaml", "b.yaml"]);
        assert_eq!(source.is_dirty().unwrap(), Some(true));
        assert_eq!(paths(&listing(&second, Some("HEAD"))), ["a.yaml"]);
    }

    #[test]
    fn without_commits_has_its_untracked_files() {
        let fixture = Fixture::repository();
        fixture.write("a.yaml", "");
        let source = Source::open(&fixture.root(), None).unwrap();
        assert_eq!(paths(&source.list().unwrap()), ["a.yaml"]);
        assert_eq!(source.revision(), None);
        assert_eq!(source.is_dirty().unwrap(), Some(true));
        for revision in ["HEAD", "main", "HEAD~1"] {
            let error = refusal(&fixture.root(), Some(revision));
            assert!(matches!(error, OpenError::NoCommitYet { .. }), "{error:?}");
            assert!(error.is_usage());
        }
    }

    #[test]
    fn missing_paths_are_the_callers_mistake() {
        let fixture = Fixture::committed(&[("a.yaml", "")]);
        for path in ["gone.yaml", "a.yaml/below", "gone/../a.yaml"] {
            let error = refusal(&fixture.path(path), None);
            assert!(matches!(error, OpenError::NotFound { .. }), "{error:?}");
            assert!(error.is_usage());
        }
    }

    #[test]
    fn does_not_include_the_git_folder() {
        let fixture = Fixture::committed(&[("a.yaml", "")]);
        let error = refusal(&fixture.path(".git/refs"), None);
        assert!(
            matches!(error, OpenError::OutsideWorktree { .. }),
            "{error:?}"
        );
    }

    #[test]
    fn is_dirty_after_any_difference_and_only_then() {
        let fixture = Fixture::committed(&[
            (".gitignore", "*.log\n"),
            ("org/program.yaml", "a: 1\n"),
            ("org/evidence.txt", "seen\n"),
            ("other.yaml", ""),
        ]);
        let is_dirty = || {
            let source = Source::open(&fixture.path("org"), None).unwrap();
            source.is_dirty().unwrap().unwrap()
        };
        let reset = || {
            fixture.git(&["reset", "--quiet", "--hard"]);
            fixture.git(&["clean", "--quiet", "-fdx"]);
            assert!(!is_dirty());
        };
        reset();
        fixture.write("org/program.yaml", "a: 2\n");
        assert!(is_dirty(), "changed");
        fixture.git(&["add", "--all"]);
        assert!(is_dirty(), "staged");
        reset();
        fs::remove_file(fixture.path("org/evidence.txt")).unwrap();
        assert!(is_dirty(), "deleted");
        reset();
        fixture.write("org/new/file.txt", "");
        assert!(is_dirty(), "untracked");
        reset();
        fixture.write("org/run.log", "");
        assert!(!is_dirty(), "ignored");
        fixture.write("other.yaml", "elsewhere: true\n");
        fixture.write("elsewhere.yaml", "");
        assert!(!is_dirty(), "outside of the record root");
        let source = Source::open(&fixture.path("org"), Some("HEAD")).unwrap();
        assert_eq!(source.is_dirty().unwrap(), Some(false));
    }

    #[test]
    fn is_not_written_to_when_asked_whether_it_is_dirty() {
        let fixture = Fixture::committed(&[("a.yaml", "a: 1\n")]);
        let before = fs::metadata(fixture.path(".git/index")).unwrap();
        // The same content at another time: git would refresh its index now.
        fixture.write("a.yaml", "a: 1\n");
        let source = Source::open(&fixture.root(), None).unwrap();
        assert_eq!(source.is_dirty().unwrap(), Some(false));
        let after = fs::metadata(fixture.path(".git/index")).unwrap();
        assert_eq!(before.modified().unwrap(), after.modified().unwrap());
    }

    #[test]
    fn left_out_by_a_sparse_checkout_is_not_dirty() {
        let fixture = Fixture::committed(&[("a/x.yaml", ""), ("b/y.yaml", "")]);
        fixture.git(&["sparse-checkout", "set", "--no-cone", "/a/"]);
        let source = Source::open(&fixture.root(), None).unwrap();
        assert_eq!(paths(&source.list().unwrap()), ["a/x.yaml"]);
        assert_eq!(source.is_dirty().unwrap(), Some(false));
    }

    #[test]
    fn is_listed_in_the_order_of_bytes_whatever_was_created_first() {
        let names = [
            "b.yaml", "a/z.yaml", "a-b.yaml", "ä.yaml", "B.yaml", "a.yaml",
        ];
        let sorted = [
            "B.yaml", "a-b.yaml", "a.yaml", "a/z.yaml", "b.yaml", "ä.yaml",
        ];
        for backwards in [false, true] {
            let fixture = Fixture::repository();
            let mut names = names;
            if backwards {
                names.reverse();
            }
            for name in names {
                fixture.write(name, "");
            }
            fixture.commit("all");
            assert_eq!(paths(&listing(&fixture.root(), None)), sorted);
            assert_eq!(paths(&listing(&fixture.root(), Some("HEAD"))), sorted);
        }
    }

    #[test]
    fn a_large_flat_folder_is_listed_completely() {
        let fixture = Fixture::repository();
        for number in 0..3000 {
            fixture.write(&format!("incidents/{number:04}.yaml"), "");
        }
        let listing = listing(&fixture.root(), None);
        assert_eq!(listing.files.len(), 3000);
        assert!(listing.files.is_sorted_by(|a, b| a.path < b.path));
    }
}

mod nested {
    use super::*;

    #[test]
    fn repositories_are_not_entered() {
        let fixture = Fixture::committed(&[("a.yaml", "")]);
        fixture.write("folder/inner/b.yaml", "");
        fixture.git_in(&fixture.path("folder/inner"), &["init", "--quiet"]);
        fixture.write("checkout/.git", "gitdir: /nowhere\n");
        fixture.write("checkout/c.yaml", "");
        let listing = listing(&fixture.root(), None);
        assert_eq!(paths(&listing), ["a.yaml"]);
        let expected = [
            ("checkout", SkipReason::NestedRepository),
            ("folder/inner", SkipReason::NestedRepository),
        ];
        assert_eq!(skipped(&listing), expected);
    }

    /// `outer` with the submodule `vendor/lib`.
    fn with_submodule() -> Fixture {
        let fixture = Fixture::committed(&[("lib.yaml", "")]);
        let outer = fixture.beside("outer");
        write(&outer.join("own.yaml"), "");
        fixture.git_in(&outer, &["init", "--quiet", "--initial-branch=main"]);
        let from = fixture.root();
        let (from, to) = (from.to_str().unwrap(), "vendor/lib");
        let allow = "protocol.file.allow=always";
        let add = ["-c", allow, "submodule", "--quiet", "add", from, to];
        fixture.git_in(&outer, &add);
        fixture.git_in(&outer, &["add", "--all"]);
        fixture.git_in(&outer, &["commit", "--quiet", "-m", "outer"]);
        fixture
    }

    #[test]
    fn submodules_are_skipped_alike_on_disk_and_in_a_revision() {
        let fixture = with_submodule();
        let outer = fixture.beside("outer");
        for revision in [None, Some("HEAD")] {
            let listing = listing(&outer, revision);
            assert_eq!(paths(&listing), ["own.yaml"]);
            let expected = [("vendor/lib", SkipReason::NestedRepository)];
            assert_eq!(skipped(&listing), expected);
        }
        let source = Source::open(&outer, None).unwrap();
        assert_eq!(source.is_dirty().unwrap(), Some(false));
        // Not checked out: an empty folder, and still another repository.
        let deinit = ["submodule", "--quiet", "deinit", "--all"];
        fixture.git_in(&outer, &deinit);
        let expected = [("vendor/lib", SkipReason::NestedRepository)];
        assert_eq!(skipped(&listing(&outer, None)), expected);
    }

    #[test]
    fn a_submodule_is_a_repository_of_its_own() {
        let fixture = with_submodule();
        let inner = fixture.beside("outer/vendor/lib");
        for revision in [None, Some("HEAD")] {
            let source = Source::open(&inner, revision).unwrap();
            assert_eq!(paths(&source.list().unwrap()), ["lib.yaml"]);
            let id = fixture.git(&["rev-parse", "HEAD"]);
            assert_eq!(source.revision().unwrap().id, id);
        }
    }
}

mod revision {
    use super::*;

    #[test]
    fn equals_the_worktree_of_a_clean_checkout() {
        let fixture = Fixture::committed(&[
            (".gitignore", "*.log\n"),
            ("program.yaml", "kind: program\n"),
            ("incidents/1.yaml", "id: 1\n"),
            ("incidents/2.YML", "id: 2\n"),
            ("incidents/notes.md", "text\n"),
            ("registry/parties/p.yaml", "id: p\n"),
        ]);
        let disk = Source::open(&fixture.root(), None).unwrap();
        let head = Source::open(&fixture.root(), Some("HEAD")).unwrap();
        let (on_disk, in_head) = (disk.list().unwrap(), head.list().unwrap());
        assert_eq!(paths(&on_disk), paths(&in_head));
        assert_eq!(on_disk.skipped, in_head.skipped);
        assert_eq!(on_disk.other_files, in_head.other_files);
        assert_eq!(disk.revision(), head.revision());
        assert_eq!(disk.is_dirty().unwrap(), Some(false));
        for (left, right) in on_disk.files.iter().zip(&in_head.files) {
            let left = disk.read(left, LIMIT).unwrap();
            assert_eq!(left, head.read(right, LIMIT).unwrap());
        }
    }

    #[test]
    fn does_not_look_at_the_disk() {
        let fixture = Fixture::committed(&[("a.yaml", "old\n"), ("gone/b.yaml", "")]);
        fixture.write("a.yaml", "new\n");
        fixture.write("c.yaml", "");
        fs::remove_dir_all(fixture.path("gone")).unwrap();
        let source = Source::open(&fixture.root(), Some("HEAD")).unwrap();
        assert_eq!(paths(&source.list().unwrap()), ["a.yaml", "gone/b.yaml"]);
        assert_eq!(read(&source, "a.yaml", LIMIT).unwrap(), b"old\n");
        let gone = listing(&fixture.path("gone/b.yaml"), Some("HEAD"));
        assert_eq!(in_scope(&gone), ["gone/b.yaml"]);
        let error = refusal(&fixture.path("c.yaml"), Some("HEAD"));
        assert!(error.to_string().ends_with("in revision `HEAD`"), "{error}");
        assert!(error.is_usage());
    }

    #[test]
    fn may_be_an_annotated_tag_or_any_other_name_of_a_commit() {
        let fixture = Fixture::committed(&[("a.yaml", "")]);
        let first = fixture.git(&["rev-parse", "HEAD"]);
        fixture.git(&["tag", "--annotate", "-m", "one", "v1"]);
        fixture.write("b.yaml", "");
        fixture.commit("second");
        for name in ["v1", "HEAD~1", "main^", &first[..10], "v1^{commit}"] {
            let source = Source::open(&fixture.root(), Some(name)).unwrap();
            assert_eq!(source.revision().unwrap().id, first, "{name}");
            assert_eq!(paths(&source.list().unwrap()), ["a.yaml"]);
        }
    }

    #[test]
    fn that_is_unknown_is_the_callers_mistake() {
        let fixture = Fixture::committed(&[("a.yaml", "")]);
        for (name, reason) in [
            ("v9", "names no commit of this repository"),
            (
                "0123456789012345678901234567890123456789",
                "names no commit of this repository",
            ),
            ("HEAD:a.yaml", "names a blob, not a commit"),
            ("HEAD^{tree}", "names a tree, not a commit"),
            ("main..main", "is not written as a revision"),
            ("", "is not written as a revision"),
        ] {
            let error = refusal(&fixture.root(), Some(name));
            assert!(
                matches!(error, OpenError::UnknownRevision { .. }),
                "{error:?}"
            );
            assert_eq!(error.to_string(), format!("`{name}` {reason}"));
            assert!(error.is_usage() && error.hint().is_some());
        }
    }

    #[test]
    fn lists_names_that_would_confuse_a_terminal_or_a_shell() {
        let fixture = Fixture::committed(&[("a b;$(c).yaml", ""), ("-rf.yaml", "")]);
        for revision in [None, Some("HEAD")] {
            let listing = listing(&fixture.root(), revision);
            assert_eq!(paths(&listing), ["-rf.yaml", "a b;$(c).yaml"]);
        }
    }

    #[test]
    fn is_read_by_many_threads_at_once() {
        use rayon::prelude::*;
        let fixture = Fixture::repository();
        for number in 0..200 {
            fixture.write(&format!("{number:03}.yaml"), &format!("id: {number}\n"));
        }
        fixture.commit("all");
        fixture.git(&["gc", "--quiet"]);
        let second = fixture.beside("second");
        fixture.git(&["worktree", "add", "--quiet", second.to_str().unwrap()]);
        let pool = rayon::ThreadPoolBuilder::new().num_threads(8).build();
        let pool = pool.unwrap();
        for root in [fixture.root(), second] {
            let source = Source::open(&root, Some("HEAD")).unwrap();
            let files = source.list().unwrap().files;
            let texts: Vec<Vec<u8>> = pool.install(|| {
                let read = files.par_iter().map(|file| source.read(file, LIMIT));
                read.collect::<Result<_, _>>().unwrap()
            });
            for (number, text) in texts.into_iter().enumerate() {
                assert_eq!(text, format!("id: {number}\n").into_bytes());
            }
        }
    }

    #[test]
    fn with_trees_that_spell_out_billions_of_names_is_refused() {
        let fixture = Fixture::repository();
        fixture.write("x.yaml", "");
        let blob = fixture.git(&["hash-object", "-w", "x.yaml"]);
        let tree = |mode: &str, kind: &str, id: &str| {
            let line = |number: u8| format!("{mode} {kind} {id}\t{number:02}.yaml");
            let lines: Vec<String> = (0..64).map(line).collect();
            write(&fixture.beside("tree"), &(lines.join("\n") + "\n"));
            let file = fixture.beside("tree");
            let make = format!("git mktree < {}", file.display());
            let script = format!("alias.make=!{make}");
            fixture.git(&["-c", &script, "make"])
        };
        let mut id = tree("100644", "blob", &blob);
        for _ in 0..6 {
            id = tree("040000", "tree", &id);
        }
        let commit = fixture.git(&["commit-tree", "-m", "bomb", &id]);
        let source = Source::open(&fixture.root(), Some(&commit)).unwrap();
        let error = source.list().unwrap_err();
        assert!(matches!(error, ReadError::TooManyFiles { .. }), "{error:?}");
    }
}

mod reading {
    use super::*;

    #[test]
    fn a_file_beyond_the_limit_is_refused() {
        let fixture = Fixture::committed(&[("a.yaml", "0123456789")]);
        for revision in [None, Some("HEAD")] {
            let source = Source::open(&fixture.root(), revision).unwrap();
            assert_eq!(read(&source, "a.yaml", 10).unwrap().len(), 10);
            let error = read(&source, "a.yaml", 9).unwrap_err();
            assert!(matches!(
                error,
                ReadError::TooLarge {
                    size: 10,
                    limit: 9,
                    ..
                }
            ));
        }
    }

    #[test]
    fn a_file_that_vanished_meanwhile_says_so() {
        let fixture = Fixture::committed(&[("sub/a.yaml", ""), ("b.yaml", "b")]);
        let source = Source::open(&fixture.root(), None).unwrap();
        let listing = source.list().unwrap();
        fs::remove_dir_all(fixture.path("sub")).unwrap();
        let error = source.read(&listing.files[1], LIMIT).unwrap_err();
        assert!(matches!(&error, ReadError::Vanished { path } if path == "sub/a.yaml"));
        assert_eq!(source.read(&listing.files[0], LIMIT).unwrap(), b"b");
    }

    #[test]
    fn a_file_that_became_a_folder_is_not_regular() {
        let fixture = Fixture::committed(&[("a.yaml", "")]);
        let source = Source::open(&fixture.root(), None).unwrap();
        let listing = source.list().unwrap();
        fs::remove_file(fixture.path("a.yaml")).unwrap();
        fs::create_dir(fixture.path("a.yaml")).unwrap();
        let error = source.read(&listing.files[0], LIMIT).unwrap_err();
        assert!(matches!(error, ReadError::NotRegular { .. }), "{error:?}");
    }

    #[test]
    fn a_file_the_user_names_is_read_within_its_limit() {
        let fixture = Fixture::folder();
        fixture.write("table.csv", "a,b\n");
        let path = fixture.path("table.csv");
        assert_eq!(read_file(&path, 4).unwrap(), b"a,b\n");
        let error = read_file(&path, 3).unwrap_err();
        assert!(matches!(error, ReadError::TooLarge { size: 4, .. }));
        let error = read_file(&fixture.root(), LIMIT).unwrap_err();
        assert!(matches!(error, ReadError::NotRegular { .. }));
        let error = read_file(&fixture.path("gone"), LIMIT).unwrap_err();
        assert!(matches!(error, ReadError::Vanished { .. }));
    }
}

mod kinds_of_repository {
    use super::*;

    #[test]
    fn a_bare_one_needs_a_revision() {
        let fixture = Fixture::committed(&[
            ("org/program.yaml", "kind: program\n"),
            ("org/incidents/1.yaml", ""),
        ]);
        let bare = fixture.clone_as("bare.git", &["--bare"]);
        let error = refusal(&bare, None);
        assert!(matches!(error, OpenError::BareWithoutRevision { .. }));
        assert!(error.is_usage() && error.hint().is_some());
        let source = Source::open(&bare, Some("HEAD")).unwrap();
        assert_eq!(source.prefix(), "");
        let expected = ["org/incidents/1.yaml", "org/program.yaml"];
        assert_eq!(paths(&source.list().unwrap()), expected);
        let text = read(&source, "org/program.yaml", LIMIT).unwrap();
        assert_eq!(text, b"kind: program\n");
        let below = Source::open(&bare.join("org/incidents"), Some("HEAD")).unwrap();
        assert_eq!(below.prefix(), "org/");
        assert_eq!(in_scope(&below.list().unwrap()), expected[..1]);
    }

    #[test]
    fn a_shallow_one_works_and_says_so() {
        let fixture = Fixture::committed(&[("a.yaml", "")]);
        fixture.write("b.yaml", "");
        fixture.commit("second");
        let shallow = fixture.clone_as("shallow", &["--depth=1"]);
        for revision in [None, Some("HEAD")] {
            let source = Source::open(&shallow, revision).unwrap();
            assert!(source.is_shallow());
            assert_eq!(paths(&source.list().unwrap()), ["a.yaml", "b.yaml"]);
        }
        assert!(!Source::open(&fixture.root(), None).unwrap().is_shallow());
        let error = refusal(&shallow, Some("HEAD~1"));
        assert!(
            matches!(error, OpenError::UnknownRevision { .. }),
            "{error:?}"
        );
        assert!(error.hint().unwrap().contains("--unshallow"));
    }

    #[test]
    fn one_with_sha256_names_is_refused_clearly() {
        let fixture = Fixture::folder();
        fixture.git(&["init", "--quiet", "--object-format=sha256"]);
        fixture.write("a.yaml", "");
        fixture.commit("first");
        for revision in [None, Some("HEAD")] {
            let error = refusal(&fixture.root(), revision);
            assert!(matches!(error, OpenError::Unsupported { .. }), "{error:?}");
            assert!(error.to_string().contains("SHA-256"), "{error}");
            assert!(!error.is_usage() && error.hint().is_some());
        }
    }

    #[cfg(unix)]
    #[test]
    fn one_of_another_user_is_refused_with_the_way_out() {
        if !is_root() {
            say_skipped("only root can give a repository to another user");
            return;
        }
        let fixture = Fixture::committed(&[("a.yaml", "")]);
        let mut folders = vec![fixture.root()];
        while let Some(folder) = folders.pop() {
            std::os::unix::fs::chown(&folder, Some(12345), None).unwrap();
            let below = fs::read_dir(&folder).unwrap().map(|it| it.unwrap().path());
            folders.extend(below.filter(|it| it.is_dir()));
        }
        for revision in [None, Some("HEAD")] {
            let error = refusal(&fixture.root(), revision);
            assert!(
                matches!(error, OpenError::OwnedByAnother { .. }),
                "{error:?}"
            );
            assert!(!error.is_usage());
            let hint = error.hint().unwrap();
            let root = fs::canonicalize(fixture.root()).unwrap();
            let command = format!(
                "git config --global --add safe.directory {}",
                root.display()
            );
            assert!(hint.contains(&command), "{hint}");
        }
    }

    #[test]
    fn a_damaged_head_or_index_is_named() {
        for (file, text, what) in [
            (".git/HEAD", Some("rubbish\n"), "HEAD cannot be read"),
            (".git/HEAD", None, "it has no HEAD, no objects or no refs"),
            (".git/index", Some("DIRC\0\0"), "its index cannot be read"),
            (".git/config", Some("[core\n"), "it cannot be opened"),
        ] {
            let fixture = Fixture::committed(&[("a.yaml", "")]);
            match text {
                Some(text) => fixture.write(file, text),
                None => fs::remove_file(fixture.path(file)).unwrap(),
            }
            let error = refusal(&fixture.root(), None);
            assert!(matches!(error, OpenError::Corrupt { .. }), "{error:?}");
            assert!(error.to_string().ends_with(what), "{error}");
            assert!(!error.is_usage() && error.hint().is_some());
        }
    }

    #[test]
    fn a_missing_commit_or_tree_is_named() {
        let fixture = Fixture::committed(&[("a.yaml", ""), ("sub/b.yaml", "")]);
        let sub = fixture.git(&["rev-parse", "HEAD:sub"]);
        let tree = fixture.git(&["rev-parse", "HEAD^{tree}"]);
        let commit = fixture.git(&["rev-parse", "HEAD"]);
        fixture.remove_object(&sub);
        let listing = listing(&fixture.root(), Some("HEAD"));
        assert_eq!(paths(&listing), ["a.yaml"]);
        let missing = SkipReason::MissingObject { id: sub };
        assert!(missing.is_incomplete());
        assert_eq!(skipped(&listing), [("sub", missing)]);
        let error = refusal(&fixture.path("sub/b.yaml"), Some("HEAD"));
        assert!(matches!(error, OpenError::Corrupt { .. }), "{error:?}");
        fixture.remove_object(&tree);
        let error = refusal(&fixture.root(), Some("HEAD"));
        assert!(matches!(error, OpenError::Corrupt { .. }), "{error:?}");
        fixture.remove_object(&commit);
        for revision in [None, Some("HEAD"), Some("main")] {
            let error = refusal(&fixture.root(), revision);
            assert!(matches!(error, OpenError::Corrupt { .. }), "{error:?}");
        }
    }

    #[test]
    fn a_missing_blob_costs_one_file() {
        let fixture = Fixture::committed(&[("a.yaml", "a"), ("b.yaml", "b")]);
        let blob = fixture.git(&["rev-parse", "HEAD:a.yaml"]);
        fixture.remove_object(&blob);
        let source = Source::open(&fixture.root(), Some("HEAD")).unwrap();
        let error = read(&source, "a.yaml", LIMIT).unwrap_err();
        assert!(
            matches!(&error, ReadError::MissingObject { path, id } if path == "a.yaml" && *id == blob),
            "{error:?}"
        );
        assert_eq!(read(&source, "b.yaml", LIMIT).unwrap(), b"b");
    }

    #[test]
    fn a_blob_that_is_not_what_its_name_says_is_not_believed() {
        let fixture = Fixture::committed(&[("a.yaml", "a"), ("b.yaml", "b")]);
        let object = |path: &str| {
            let id = fixture.git(&["rev-parse", &format!("HEAD:{path}")]);
            fixture.path(&format!(".git/objects/{}/{}", &id[..2], &id[2..]))
        };
        fs::remove_file(object("a.yaml")).unwrap();
        fs::copy(object("b.yaml"), object("a.yaml")).unwrap();
        let source = Source::open(&fixture.root(), Some("HEAD")).unwrap();
        let error = read(&source, "a.yaml", LIMIT).unwrap_err();
        assert!(matches!(error, ReadError::Corrupt { .. }), "{error:?}");
    }
}

#[cfg(unix)]
mod links {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn are_never_followed_and_classified_alike_on_disk_and_in_a_revision() {
        let fixture = Fixture::committed(&[
            ("incidents/1.yaml", "id: 1\n"),
            ("registry/r.yaml", ""),
            ("notes.txt", ""),
        ]);
        write(&fixture.beside("secret/s.yaml"), "");
        for (target, link) in [
            ("incidents/1.yaml", "inside.yaml"),
            ("../registry", "incidents/registry"),
            ("../inside.yaml", "incidents/twice.yaml"),
            ("gone.yaml", "broken.yaml"),
            ("gone", "broken"),
            ("../secret/s.yaml", "outside.yaml"),
            ("../secret", "outside"),
            ("/etc/hosts", "absolute.yml"),
            (".git/config", "config.yaml"),
            ("circle.yaml", "circle.yaml"),
            (".", "loop"),
            ("notes.txt", "notes"),
        ] {
            symlink(target, fixture.path(link)).unwrap();
        }
        fixture.commit("links");
        for revision in [None, Some("HEAD")] {
            let listing = listing(&fixture.root(), revision);
            assert_eq!(paths(&listing), ["incidents/1.yaml", "registry/r.yaml"]);
            assert_eq!(listing.other_files, 1);
            let expected = [
                ("absolute.yml", SkipReason::LinkOutside),
                ("broken.yaml", SkipReason::LinkBroken),
                ("circle.yaml", SkipReason::LinkBroken),
                ("config.yaml", SkipReason::LinkOutside),
                ("incidents/registry", inside("registry")),
                ("incidents/twice.yaml", inside("incidents/1.yaml")),
                ("inside.yaml", inside("incidents/1.yaml")),
                ("loop", inside(".")),
                ("outside", SkipReason::LinkOutside),
                ("outside.yaml", SkipReason::LinkOutside),
            ];
            assert_eq!(skipped(&listing), expected);
        }
    }

    #[test]
    fn inside_the_repository_may_leave_the_record_root() {
        let fixture = Fixture::committed(&[("shared/s.yaml", ""), ("org/program.yaml", "")]);
        symlink("../shared", fixture.path("org/shared")).unwrap();
        fixture.commit("link");
        for revision in [None, Some("HEAD")] {
            let listing = listing(&fixture.path("org"), revision);
            assert_eq!(paths(&listing), ["org/program.yaml"]);
            assert_eq!(skipped(&listing), [("org/shared", inside("shared"))]);
        }
    }

    #[test]
    fn of_a_plain_folder_stay_within_it() {
        let fixture = Fixture::folder();
        fixture.write("a.yaml", "");
        symlink("..", fixture.path("up")).unwrap();
        symlink("a.yaml", fixture.path("b.yaml")).unwrap();
        let listing = listing(&fixture.root(), None);
        assert_eq!(paths(&listing), ["a.yaml"]);
        let expected = [
            ("b.yaml", inside("a.yaml")),
            ("up", SkipReason::LinkOutside),
        ];
        assert_eq!(skipped(&listing), expected);
    }

    #[test]
    fn that_take_the_place_of_a_file_are_not_read() {
        let fixture = Fixture::committed(&[("a.yaml", "")]);
        write(&fixture.beside("secret"), "secret");
        let source = Source::open(&fixture.root(), None).unwrap();
        let listing = source.list().unwrap();
        fs::remove_file(fixture.path("a.yaml")).unwrap();
        symlink("../secret", fixture.path("a.yaml")).unwrap();
        let error = source.read(&listing.files[0], LIMIT).unwrap_err();
        assert!(matches!(error, ReadError::NotRegular { .. }), "{error:?}");
    }

    #[test]
    fn on_the_way_to_a_repository_are_followed() {
        let fixture = Fixture::committed(&[("sub/a.yaml", "")]);
        let short = fixture.beside("short");
        symlink(fixture.root(), &short).unwrap();
        for revision in [None, Some("HEAD")] {
            let listing = listing(&short.join("sub"), revision);
            assert_eq!(paths(&listing), ["sub/a.yaml"]);
        }
    }

    #[test]
    fn in_a_repository_do_not_lead_the_check_out_of_it() {
        let fixture = Fixture::committed(&[("a.yaml", "")]);
        write(&fixture.beside("secret/s.yaml"), "");
        symlink("../secret", fixture.path("linked")).unwrap();
        for path in ["linked", "linked/s.yaml"] {
            let error = refusal(&fixture.path(path), None);
            assert!(matches!(error, OpenError::LinkOutside { .. }), "{error:?}");
            assert!(error.is_usage());
        }
    }

    #[test]
    fn as_rule_files_are_not_read() {
        let fixture = Fixture::committed(&[("a.yaml", "")]);
        symlink("/dev/zero", fixture.path(".gitignore")).unwrap();
        assert_eq!(paths(&listing(&fixture.root(), None)), ["a.yaml"]);
    }
}

#[cfg(unix)]
mod not_regular {
    use std::os::unix::net::UnixListener;
    use std::process::Command;

    use super::*;

    fn pipe(path: &Path) {
        assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
    }

    #[test]
    fn pipes_and_sockets_are_skipped_and_folders_are_folders() {
        for fixture in [Fixture::repository(), Fixture::folder()] {
            fixture.write("folder.yaml/a.yaml", "");
            pipe(&fixture.path("pipe.yaml"));
            pipe(&fixture.path("pipe"));
            pipe(&fixture.path("folder.yaml/.gitignore"));
            let _socket = UnixListener::bind(fixture.path("socket.yml")).unwrap();
            let source = Source::open(&fixture.root(), None).unwrap();
            let listing = source.list().unwrap();
            assert_eq!(paths(&listing), ["folder.yaml/a.yaml"]);
            let expected = [
                ("pipe.yaml", SkipReason::NotRegular),
                ("socket.yml", SkipReason::NotRegular),
            ];
            assert_eq!(skipped(&listing), expected);
        }
    }

    #[test]
    fn a_pipe_that_takes_the_place_of_a_file_does_not_hang() {
        let fixture = Fixture::committed(&[("a.yaml", "")]);
        let source = Source::open(&fixture.root(), None).unwrap();
        let listing = source.list().unwrap();
        fs::remove_file(fixture.path("a.yaml")).unwrap();
        pipe(&fixture.path("a.yaml"));
        let error = source.read(&listing.files[0], LIMIT).unwrap_err();
        assert!(matches!(error, ReadError::NotRegular { .. }), "{error:?}");
        let error = read_file(&fixture.path("a.yaml"), LIMIT).unwrap_err();
        assert!(matches!(error, ReadError::NotRegular { .. }), "{error:?}");
    }

    #[test]
    fn unreadable_files_and_folders_do_not_end_the_run() {
        use std::os::unix::fs::PermissionsExt;
        if is_root() {
            say_skipped("root may read everything; see `a_file_that_vanished_meanwhile_says_so`");
            return;
        }
        let fixture = Fixture::committed(&[("a.yaml", ""), ("b.yaml", "b"), ("sub/c.yaml", "")]);
        for path in ["a.yaml", "sub"] {
            let none = fs::Permissions::from_mode(0o000);
            fs::set_permissions(fixture.path(path), none).unwrap();
        }
        let source = Source::open(&fixture.root(), None).unwrap();
        let listing = source.list().unwrap();
        let denied = SkipReason::Unreadable(std::io::ErrorKind::PermissionDenied);
        assert_eq!(skipped(&listing), [("sub", denied)]);
        let error = source.read(&listing.files[0], LIMIT).unwrap_err();
        assert!(matches!(error, ReadError::Io { .. }), "{error:?}");
        assert_eq!(source.read(&listing.files[1], LIMIT).unwrap(), b"b");
        let all = fs::Permissions::from_mode(0o700);
        fs::set_permissions(fixture.path("sub"), all).unwrap();
    }
}

/// Some of the tests once more, in an environment that would lead git astray.
#[test]
fn git_variables_have_no_influence() {
    let fixture = Fixture::committed(&[("wrong.yaml", "")]);
    write(
        &fixture.beside("config"),
        "[core]\n\texcludesFile = /dev/zero\n\tbare = true\n",
    );
    let wrong = fixture.path(".git");
    let output = std::process::Command::new(std::env::current_exe().unwrap())
        .args([
            "leaves_out_what",
            "a_bare_one",
            "equals_the",
            "is_dirty_after",
        ])
        .env("GIT_DIR", &wrong)
        .env("GIT_WORK_TREE", fixture.root())
        .env("GIT_COMMON_DIR", &wrong)
        .env("GIT_INDEX_FILE", wrong.join("index"))
        .env("GIT_OBJECT_DIRECTORY", wrong.join("objects"))
        .env("GIT_CEILING_DIRECTORIES", "/")
        .env("GIT_CONFIG_GLOBAL", fixture.beside("config"))
        .env("GIT_CONFIG_SYSTEM", fixture.beside("config"))
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}");
    assert!(said.contains(" 4 passed"), "{said}");
}

/// Linux only: other systems refuse such names.
#[cfg(target_os = "linux")]
#[test]
fn names_that_are_not_utf8_are_skipped_and_not_lost() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    let fixture = Fixture::committed(&[("a.yaml", "")]);
    let path = |name: &[u8]| fixture.root().join(OsStr::from_bytes(name));
    write(&path(b"b\xff.yaml"), "");
    write(&path(b"c\xff/d.yaml"), "");
    write(&path(b"e\xff.txt"), "");
    fixture.commit("names");
    for revision in [None, Some("HEAD")] {
        let listing = listing(&fixture.root(), revision);
        assert_eq!(paths(&listing), ["a.yaml"]);
        let expected = [
            ("b\u{fffd}.yaml", SkipReason::NotUtf8),
            ("c\u{fffd}", SkipReason::NotUtf8),
        ];
        assert_eq!(skipped(&listing), expected);
        assert_eq!(listing.other_files, 1);
        assert!(listing.skipped.iter().all(|it| it.reason.is_incomplete()));
    }
    let error = refusal(&path(b"b\xff.yaml"), None);
    assert!(matches!(error, OpenError::NotUtf8 { .. }), "{error:?}");
}
