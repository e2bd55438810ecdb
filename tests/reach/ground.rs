//! The example with its history, as a repository that is edited again and again.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};

use probity::author::init::write_example;

/// Numbers that are the same in every run (splitmix64).
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn below(&mut self, count: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut it = self.0;
        it = (it ^ (it >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        it = (it ^ (it >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((it ^ (it >> 31)) >> 11) as usize % count
    }

    pub(crate) fn one<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }
}

/// The example as a repository that is edited again and again.
pub(crate) struct Ground {
    folder: tempfile::TempDir,
    pub(crate) hour: u32,
}

impl Ground {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        write_example(&folder.path().join("records")).unwrap();
        let ground = Self { folder, hour: 0 };
        ground.git(&["checkout", "--quiet", "--detach"]);
        ground.git(&["branch", "start"]);
        ground
    }

    pub(crate) fn root(&self) -> PathBuf {
        self.folder.path().join("records")
    }

    pub(crate) fn git(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        let complaint = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "git {arguments:?}: {complaint}");
        String::from_utf8(output.stdout)
            .unwrap()
            .trim_end()
            .to_owned()
    }

    /// Whether git could do it.
    pub(crate) fn tries(&self, arguments: &[&str]) -> bool {
        self.run(arguments).status.success()
    }

    fn run(&self, arguments: &[&str]) -> Output {
        let date = format!(
            "2025-06-19T{:02}:{:02}:00Z",
            self.hour / 60 % 24,
            self.hour % 60
        );
        Command::new("git")
            .args(arguments)
            .current_dir(self.root())
            .env_clear()
            .envs(std::env::vars_os().filter(|(name, _)| name == "PATH" || name == "SystemRoot"))
            .env("HOME", self.folder.path())
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_AUTHOR_NAME", "Mara Lind")
            .env("GIT_AUTHOR_EMAIL", "mara@larkfield.example")
            .env("GIT_AUTHOR_DATE", &date)
            .env("GIT_COMMITTER_NAME", "Mara Lind")
            .env("GIT_COMMITTER_EMAIL", "mara@larkfield.example")
            .env("GIT_COMMITTER_DATE", &date)
            .output()
            .unwrap()
    }

    pub(crate) fn commit(&mut self) -> String {
        self.hour += 1;
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--allow-empty", "-m", "edits"]);
        self.git(&["rev-parse", "HEAD"])
    }

    /// Every file, in the order of the paths.
    pub(crate) fn files(&self) -> Vec<String> {
        let listed = self.git(&["ls-files", "--cached", "--others", "-z"]);
        let paths = listed.split('\0').filter(|it| !it.is_empty());
        let there = paths.filter(|it| self.root().join(it).is_file());
        let files: BTreeSet<String> = there.map(str::to_owned).collect();
        files.into_iter().collect()
    }

    pub(crate) fn read(&self, file: &str) -> String {
        String::from_utf8_lossy(&fs::read(self.root().join(file)).unwrap()).into_owned()
    }

    pub(crate) fn write(&self, file: &str, text: &str) {
        let path = self.root().join(file);
        let _ = fs::create_dir_all(path.parent().unwrap());
        let _ = fs::write(path, text);
    }

    pub(crate) fn remove(&self, file: &str) {
        fs::remove_file(self.root().join(file)).unwrap();
    }
}
