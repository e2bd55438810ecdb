//! Somebody who reads a page and does what it says, with a shell, git and an editor, in a folder that
//! was empty when they began.

use std::fs;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

/// A reader at work.
pub(crate) struct Reader {
    folder: TempDir,
    /// What holds for all later commands of the same terminal.
    settings: Vec<String>,
    count: usize,
}

impl Reader {
    /// A reader in front of an empty folder.
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("records")).unwrap();
        Self {
            folder,
            settings: Vec::new(),
            count: 0,
        }
    }

    /// Whether any command was typed so far.
    pub(crate) fn has_typed(&self) -> bool {
        self.count > 0
    }

    /// Types a command; the exit code, and what is printed.
    pub(crate) fn enter(&mut self, command: &str) -> (i32, String) {
        self.count += 1;
        let home = self.folder.path();
        let bin = Path::new(env!("CARGO_BIN_EXE_probity")).parent().unwrap();
        let path = std::env::var("PATH").unwrap_or_default();
        let script = format!("exec 2>&1\n{}\n{command}", self.settings.join("\n"));
        let output = Command::new("sh")
            .args(["-c", &script])
            .current_dir(home.join("records"))
            .env_clear()
            .env("PATH", format!("{}:{path}", bin.display()))
            .env("HOME", home)
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("LC_ALL", "C.UTF-8")
            .env("TZ", "UTC")
            // Where a page does not say which time it is, the time of the examples.
            .env("SOURCE_DATE_EPOCH", crate::NOON)
            .output()
            .unwrap();
        if ["export ", "cd "].iter().any(|it| command.starts_with(it)) {
            self.settings.push(command.to_owned());
        }
        let printed = String::from_utf8(output.stdout).unwrap();
        let home = home.display().to_string();
        let printed = printed.replace(&home, "/home/you");
        (output.status.code().unwrap_or(-1), printed)
    }

    /// Changes a file as a block of `diff` says: lines of the file without mark or with `-` give way
    /// to those without mark or with `+`. The first line names the file.
    pub(crate) fn edit(&self, block: &[&str]) {
        let (head, lines) = block.split_first().unwrap();
        let name = head.strip_prefix("--- ").unwrap_or_else(|| {
            panic!("a block of diff begins with the name of the file, not with `{head}`")
        });
        let marked = |mark: char| -> String {
            let kept = lines.iter().filter(|it| it.starts_with([' ', mark]));
            kept.flat_map(|it| [&it[1..], "\n"]).collect()
        };
        let file = self.place(name);
        let text = fs::read_to_string(&file).unwrap();
        let old = marked('-');
        let count = text.matches(&old).count();
        assert_eq!(
            count, 1,
            "{name} has these lines {count} times:\n{old}\n{text}"
        );
        fs::write(file, text.replace(&old, &marked('+'))).unwrap();
    }

    /// Writes a file whose name stands in the first line as a comment; other blocks are only read.
    pub(crate) fn write(&self, block: &[&str]) {
        let name = block.first().and_then(|it| it.strip_prefix("# "));
        let Some(name) = name.filter(|it| !it.contains(' ') && it.strip_suffix(".yaml").is_some())
        else {
            return;
        };
        let file = self.place(name);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, block[1..].join("\n") + "\n").unwrap();
    }

    /// Where a file of the folder lies in which the reader stands.
    fn place(&self, name: &str) -> std::path::PathBuf {
        let folders = self.settings.iter().filter_map(|it| it.strip_prefix("cd "));
        let begin = self.folder.path().join("records");
        let folder = folders.fold(begin, |at, step| at.join(step));
        folder.join(name)
    }
}
