//! The example with its history, to be changed with git itself.

#![allow(
    dead_code,
    reason = "every test file includes this module and uses its own part"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use crate::binary::{Run, probity_as_is};
use crate::example;

pub(crate) const MARA: &str = "Mara Voss <mara@larkfield.example>";
pub(crate) const DENIZ: &str = "Deniz Kaya <deniz@larkfield.example>";
/// Ten minutes before the instant of every check.
pub(crate) const LATE: &str = "2025-06-20T11:50:00Z";
pub(crate) const INCIDENT: &str = "incidents/INC-2025-0009/incident.yaml";

/// The example with its history.
pub(crate) struct Scene {
    _folder: TempDir,
    pub(crate) root: PathBuf,
}

impl Scene {
    pub(crate) fn new() -> Self {
        let folder = example::repository();
        let root = folder.path().join("larkfield");
        Self {
            _folder: folder,
            root,
        }
    }

    /// Runs git, with what it says as a commit of somebody at some time.
    pub(crate) fn git(&self, by: &str, at: &str, arguments: &[&str]) -> String {
        let (name, address) = by.split_once(" <").unwrap();
        let address = address.trim_end_matches('>');
        let mut command = Command::new("git");
        command.current_dir(&self.root).args(arguments);
        for (role, value) in [("NAME", name), ("EMAIL", address), ("DATE", at)] {
            command.env(format!("GIT_AUTHOR_{role}"), value);
            command.env(format!("GIT_COMMITTER_{role}"), value);
        }
        command.env("GIT_CONFIG_GLOBAL", "/dev/null");
        command.env("GIT_CONFIG_SYSTEM", "/dev/null");
        let output = command.output().unwrap();
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{arguments:?}: {error}");
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    pub(crate) fn commit(&self, by: &str, at: &str) {
        self.git(by, at, &["add", "--all"]);
        self.git(by, at, &["commit", "--quiet", "--message", "a deed"]);
    }

    /// Makes a key: its file and its fingerprint. `None` where `ssh-keygen` is not at hand.
    pub(crate) fn key(&self, name: &str) -> Option<(PathBuf, String)> {
        let file = self.root.with_file_name(format!("key-{name}"));
        let run = |arguments: &[&str]| {
            let output = Command::new("ssh-keygen")
                .args(arguments)
                .arg(&file)
                .output();
            let output = output.ok().filter(|it| it.status.success())?;
            String::from_utf8(output.stdout).ok()
        };
        run(&["-q", "-t", "ed25519", "-N", "", "-f"])?;
        let shown = run(&["-lf"])?;
        let print = shown.split(' ').nth(1)?.to_owned();
        Some((file, print))
    }

    /// Commits everything, signed with a key.
    pub(crate) fn commit_signed(&self, by: &str, at: &str, key: &Path) {
        let key = format!("user.signingKey={}", key.display());
        self.git(by, at, &["add", "--all"]);
        let arguments = [
            "-c",
            "gpg.format=ssh",
            "-c",
            &key,
            "commit",
            "--quiet",
            "-S",
            "--message",
            "signed",
        ];
        self.git(by, at, &arguments);
    }

    pub(crate) fn text(&self, file: &str) -> String {
        text(&self.root.join(file))
    }

    pub(crate) fn write(&self, file: &str, text: &str) {
        let path = self.root.join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub(crate) fn edit(&self, file: &str, from: &str, to: &str) {
        let text = self.text(file);
        assert!(text.contains(from), "{file} has no `{from}`");
        self.write(file, &text.replacen(from, to, 1));
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Run {
        probity_as_is(&self.root, arguments, &[])
    }

    /// What a check says, as JSON.
    pub(crate) fn check(&self) -> serde_json::Value {
        let run = self.run(&["check", "--format", "json"]);
        let told = serde_json::from_str(&run.stdout);
        told.unwrap_or_else(|_| panic!("{}{}", run.stdout, run.stderr))
    }

    /// The rules that find something, in order of file and place.
    pub(crate) fn found(&self) -> Vec<String> {
        let run = self.run(&["check", "--format", "json"]);
        assert!(run.code <= 1, "{}", run.stderr);
        let outcome: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
        let findings = outcome["findings"].as_array().unwrap();
        let rules = findings.iter().map(|it| it["rule"].as_str().unwrap());
        rules.map(str::to_owned).collect()
    }
}

pub(crate) fn text(path: &Path) -> String {
    String::from_utf8(probity::source::read_file(path, 1 << 20).unwrap()).unwrap()
}
