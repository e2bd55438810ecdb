//! Where links of a report lead: to files, their lines and commits, at a code host where the
//! repository has one.

/// Where links lead.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Links {
    /// What stands before the path of a file.
    files: String,
    /// What stands before the number of a line.
    lines: &'static str,
    /// What stands before the id of a commit; `None` if commits are nowhere to be seen.
    commits: Option<String>,
}

/// How the addresses of a code host are made.
struct Host {
    /// What a part of its name is.
    name: &'static str,
    /// What stands between the repository and the revision of a file.
    files: &'static str,
    lines: &'static str,
    commits: &'static str,
}

const HOSTS: &[Host] = &[
    Host {
        name: "github",
        files: "/blob/",
        lines: "#L",
        commits: "/commit/",
    },
    Host {
        name: "gitlab",
        files: "/-/blob/",
        lines: "#L",
        commits: "/-/commit/",
    },
    Host {
        name: "bitbucket",
        files: "/src/",
        lines: "#lines-",
        commits: "/commits/",
    },
    Host {
        name: "gitea",
        files: "/src/commit/",
        lines: "#L",
        commits: "/commit/",
    },
    Host {
        name: "forgejo",
        files: "/src/commit/",
        lines: "#L",
        commits: "/commit/",
    },
    Host {
        name: "codeberg",
        files: "/src/commit/",
        lines: "#L",
        commits: "/commit/",
    },
];

impl Links {
    /// Files below an address; commits are named only.
    pub fn below(files: impl Into<String>) -> Self {
        Self {
            files: files.into(),
            lines: "#L",
            commits: None,
        }
    }

    /// Files below an address, and commits at the code host of a repository, if it has one.
    pub fn with_commits(files: impl Into<String>, repository: &str) -> Self {
        Self {
            commits: at_host(repository).map(|(web, host)| format!("{web}{}", host.commits)),
            ..Self::below(files)
        }
    }

    /// Files as they stand in a revision, and commits, at the code host of a repository; `None` if
    /// it has none that is known.
    pub fn permanent(repository: &str, revision: &str) -> Option<Self> {
        let (web, host) = at_host(repository)?;
        Some(Self {
            files: format!("{web}{}{revision}/", host.files),
            lines: host.lines,
            commits: Some(format!("{web}{}", host.commits)),
        })
    }

    /// The address of a file, and of a line in it.
    pub(super) fn file(&self, file: &str, line: Option<u32>) -> String {
        // What means something in an address stands for itself in a name of a file.
        let file = file
            .replace('%', "%25")
            .replace('#', "%23")
            .replace('?', "%3F");
        match line {
            Some(line) => format!("{}{file}{}{line}", self.files, self.lines),
            None => format!("{}{file}", self.files),
        }
    }

    /// The address of a commit; empty if it is nowhere to be seen.
    pub(super) fn commit(&self, id: &str) -> String {
        let commits = self.commits.as_ref();
        commits.map_or_else(String::new, |it| format!("{it}{id}"))
    }
}

/// The address of a repository in a browser, and how its host makes addresses. The repository is
/// given as a URI without names and passwords.
fn at_host(repository: &str) -> Option<(String, &'static Host)> {
    let (scheme, rest) = repository.split_once("://")?;
    let (authority, path) = rest.split_once('/')?;
    let name = authority.split(':').next().unwrap_or_default();
    let parts = || name.split('.');
    let host = HOSTS
        .iter()
        .find(|host| parts().any(|it| it == host.name))?;
    let path = path.trim_end_matches('/');
    let path = path.strip_suffix(".git").unwrap_or(path);
    if !path.contains('/') {
        return None;
    }
    match scheme {
        "http" | "https" => Some((format!("{scheme}://{authority}/{path}"), host)),
        // The port is that of ssh.
        "ssh" | "git" => Some((format!("https://{name}/{path}"), host)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::Links;

    #[test]
    fn files_lines_and_commits_are_found_at_the_host() {
        let cases = [
            (
                "https://github.com/larkfield/records.git",
                "https://github.com/larkfield/records/blob/3f2a/program.yaml#L3",
                "https://github.com/larkfield/records/commit/9c81",
            ),
            (
                "ssh://gitlab.larkfield.example:2222/grc/group/records.git",
                "https://gitlab.larkfield.example/grc/group/records/-/blob/3f2a/program.yaml#L3",
                "https://gitlab.larkfield.example/grc/group/records/-/commit/9c81",
            ),
            (
                "ssh://bitbucket.org/larkfield/records",
                "https://bitbucket.org/larkfield/records/src/3f2a/program.yaml#lines-3",
                "https://bitbucket.org/larkfield/records/commits/9c81",
            ),
            (
                "https://gitea.larkfield.example:3000/grc/records/",
                "https://gitea.larkfield.example:3000/grc/records/src/commit/3f2a/program.yaml#L3",
                "https://gitea.larkfield.example:3000/grc/records/commit/9c81",
            ),
            (
                "ssh://codeberg.org/larkfield/records.git",
                "https://codeberg.org/larkfield/records/src/commit/3f2a/program.yaml#L3",
                "https://codeberg.org/larkfield/records/commit/9c81",
            ),
        ];
        for (repository, file, commit) in cases {
            let links = Links::permanent(repository, "3f2a").unwrap();
            assert_eq!(links.file("program.yaml", Some(3)), file);
            assert_eq!(links.commit("9c81"), commit);
            let links = Links::with_commits("../", repository);
            assert_eq!(links.file("a#b.yaml", None), "../a%23b.yaml");
            assert_eq!(links.commit("9c81"), commit);
        }
    }

    #[test]
    fn no_link_is_made_up() {
        for repository in [
            "file:///srv/github.com/o/r",
            "https://git.larkfield.example/o/r",
            "https://notgithub.example/o/r",
            "https://github.com/",
            "https://github.com/o",
            "github.com/o/r",
            "",
        ] {
            assert_eq!(Links::permanent(repository, "3f2a"), None, "{repository}");
            assert_eq!(Links::with_commits("", repository).commit("9c81"), "");
        }
    }
}
