use std::fmt::Write as _;

use sha2::{Digest, Sha256};

/// The identity of a finding over time: the rule, the record, and the ids along the way to the
/// node. Lines, list positions and wording do not enter, so that moved lines and inserted siblings
/// leave it as it is.
///
/// `steps` are the keys and element ids from the record down to the node.
pub fn fingerprint<'s>(
    rule: &'s str,
    kind: &'s str,
    id: &'s str,
    steps: impl IntoIterator<Item = &'s str>,
) -> String {
    let mut hash = Sha256::new();
    for part in [rule, kind, id].into_iter().chain(steps) {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part.as_bytes());
    }
    hex(&hash.finalize()[..16])
}

/// Bytes in hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
}

#[cfg(test)]
mod tests {
    use super::fingerprint;

    #[test]
    fn parts_are_kept_apart() {
        let of = |steps: &[&str]| fingerprint("r", "incident", "x", steps.iter().copied());
        assert_ne!(of(&["ab", "c"]), of(&["a", "bc"]));
        assert_ne!(of(&["a"]), of(&["a", ""]));
        assert_eq!(of(&["a", "b"]).len(), 32);
        assert_eq!(of(&["a", "b"]), of(&["a", "b"]));
    }
}
