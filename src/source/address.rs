//! Where a repository is found, as it may be told to others.

use std::path::Path;

use git2::Repository;
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use super::open::{Origin, Source};
use super::revision::Snapshot;

/// What may not stand in the path of a URI as it is.
const PATH: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'[')
    .add(b'\\')
    .add(b']')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

impl Source {
    /// Where the git repository is found: the remote called `origin`, or else the folder on this
    /// machine. A URI without names and passwords. `None` for a plain folder.
    pub fn address(&self) -> Option<String> {
        let read = |repository: &Repository| Ok(address(repository));
        let found = match &self.origin {
            Origin::Folder { .. } => return None,
            Origin::Worktree { pool, .. } => pool.with("", read),
            Origin::Revision(Snapshot { pool, .. }) => pool.with("", read),
        };
        found.ok().flatten()
    }
}

fn address(repository: &Repository) -> Option<String> {
    let origin = repository.find_remote("origin").ok();
    let url = origin.and_then(|it| it.url().ok().and_then(public));
    let folder = repository.workdir().unwrap_or_else(|| repository.path());
    url.or_else(|| folder_uri(folder))
}

/// The URI of a remote without names and passwords; `None` if it is a folder of this machine.
fn public(url: &str) -> Option<String> {
    let (scheme, rest) = match url.split_once("://") {
        Some((scheme, rest)) => (scheme.to_ascii_lowercase(), rest.to_owned()),
        // As ssh writes it: `git@host:path`.
        None => {
            let (host, path) = url.split_once(':')?;
            let is_host = host.len() > 1 && !host.contains(['/', '\\']);
            if !is_host {
                return None;
            }
            ("ssh".to_owned(), format!("{host}/{path}"))
        }
    };
    if !["http", "https", "ssh", "git"].contains(&scheme.as_str()) {
        return None;
    }
    let rest = rest.split(['?', '#']).next().unwrap_or_default();
    let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
    let host = authority.rsplit('@').next().unwrap_or_default();
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-.:[]".contains(c);
    if host.is_empty() || !host.chars().all(is_plain) {
        return None;
    }
    let path = path.trim_start_matches('/');
    Some(format!(
        "{scheme}://{host}/{}",
        utf8_percent_encode(path, PATH)
    ))
}

fn folder_uri(folder: &Path) -> Option<String> {
    let path = folder.to_str()?.replace('\\', "/");
    let path = path.trim_start_matches('/').trim_end_matches('/');
    Some(format!("file:///{}", utf8_percent_encode(path, PATH)))
}

#[cfg(test)]
mod tests {
    use super::public;

    #[test]
    fn nothing_secret_is_told_of_a_remote() {
        let cases = [
            (
                "https://x-token:ghp_secret@example.org/o/r.git",
                Some("https://example.org/o/r.git"),
            ),
            ("git@example.org:o/r.git", Some("ssh://example.org/o/r.git")),
            (
                "ssh://git@example.org:2222/o/r",
                Some("ssh://example.org:2222/o/r"),
            ),
            (
                "https://a:p@ss@example.org/o/r?token=1#x",
                Some("https://example.org/o/r"),
            ),
            (
                "https://example.org/a b/ü",
                Some("https://example.org/a%20b/%C3%BC"),
            ),
            ("../neighbour", None),
            ("C:\\records", None),
            ("file:///srv/records", None),
            ("https://", None),
        ];
        for (url, told) in cases {
            assert_eq!(public(url).as_deref(), told, "{url}");
        }
    }
}
