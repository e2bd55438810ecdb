//! Files as editors name them.

use std::path::{Path, PathBuf};
use std::str::FromStr as _;

use lsp_types::Uri;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// What is written as it is.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'/')
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

/// The path of a file; `None` for anything that is not on this machine.
pub(super) fn path_of(uri: &Uri) -> Option<PathBuf> {
    let rest = uri.as_str().strip_prefix("file://")?;
    let path = rest.strip_prefix("localhost").unwrap_or(rest);
    let path = path.split(['?', '#']).next()?;
    let path = percent_decode_str(path).decode_utf8().ok()?;
    let is_of_drive = path.as_bytes().get(2) == Some(&b':');
    let path = match is_of_drive {
        true => path.get(1..)?,
        false => &path,
    };
    path.starts_with('/')
        .then(|| PathBuf::from(path))
        .or_else(|| {
            let is_whole = is_of_drive && !path.contains('\0');
            is_whole.then(|| PathBuf::from(path))
        })
}

/// How an editor names a file.
pub(super) fn uri_of(path: &Path) -> Option<Uri> {
    let path = path.to_str()?.replace('\\', "/");
    let encoded = utf8_percent_encode(&path, ENCODED).to_string();
    let slash = if path.starts_with('/') { "" } else { "/" };
    Uri::from_str(&format!("file://{slash}{encoded}")).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_survives_the_way_through_a_uri() {
        for path in ["/a/b.yaml", "/a b/ü#?%41.yaml", "/"] {
            let uri = uri_of(Path::new(path)).unwrap();
            assert_eq!(path_of(&uri), Some(PathBuf::from(path)), "{}", uri.as_str());
        }
    }

    #[test]
    fn a_drive_of_windows_is_written_in_either_way() {
        for uri in ["file:///c:/a.yaml", "file:///c%3A/a.yaml"] {
            let uri = Uri::from_str(uri).unwrap();
            assert_eq!(path_of(&uri), Some(PathBuf::from("c:/a.yaml")));
        }
    }

    #[test]
    fn what_is_no_file_has_no_path() {
        for uri in ["untitled:Untitled-1", "https://example.org/a", "file:"] {
            assert_eq!(path_of(&Uri::from_str(uri).unwrap()), None, "{uri}");
        }
    }
}
