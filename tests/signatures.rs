//! Signatures of commits, on commits that git and ssh-keygen made.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test")]

use std::path::Path;

use probity::provenance::{Signature, verify};
use proptest::prelude::*;

/// The key behind `name.commit`, as `ssh-keygen -lf` printed it when the commits were made.
const KEYS: [(&str, &str); 3] = [
    (
        "ed25519",
        "SHA256:IGARHpAB7YV+n5RzL4xIiPiLDz6OQalYqmYrBRE4eiM",
    ),
    (
        "ecdsa-p256",
        "SHA256:FP2VN3j/M0V4bXQlBLgfgncCDGo8rifBy4HZ0ISbT6w",
    ),
    (
        "ecdsa-p384",
        "SHA256:sjnt7oyYpQvry7AwwC0wFlrdtxT09IMDmV+0Yg0SA9I",
    ),
];

fn commit(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/signatures");
    probity::source::read_file(&folder.join(format!("{name}.commit")), 1 << 20).unwrap()
}

fn good(name: &str) -> Signature {
    let (_, fingerprint) = KEYS.iter().find(|(it, _)| *it == name).unwrap();
    Signature::Good {
        fingerprint: (*fingerprint).to_owned(),
    }
}

const fn bad(why: &'static str) -> Signature {
    Signature::Bad { why }
}

const MISMATCH: Signature = bad("does not fit the commit");
const MALFORMED: Signature = bad("cannot be read");

/// The commit with the first place where `old` stands changed.
fn changed(raw: &[u8], old: &str, new: &str) -> Vec<u8> {
    let at = raw.windows(old.len()).position(|it| it == old.as_bytes());
    let at = at.unwrap_or_else(|| panic!("`{old}` is not in the commit"));
    [&raw[..at], new.as_bytes(), &raw[at + old.len()..]].concat()
}

/// The header of the signature, with its continuation lines.
fn block(raw: &[u8]) -> String {
    let text = String::from_utf8(raw.to_vec()).unwrap();
    let end = "-----END SSH SIGNATURE-----\n";
    let from = text.find("gpgsig").unwrap();
    text[from..text.find(end).unwrap() + end.len()].to_owned()
}

#[test]
fn each_kind_of_key_is_verified() {
    for (name, _) in KEYS {
        assert_eq!(verify(&commit(name)), good(name), "{name}");
    }
}

#[test]
fn merges_encodings_and_sha256_repositories_are_verified() {
    for name in ["mergetag", "encoding", "sha256"] {
        assert_eq!(verify(&commit(name)), good("ed25519"), "{name}");
    }
}

#[test]
fn what_was_changed_after_signing_is_bad() {
    let raw = commit("ed25519");
    for (old, new) in [
        ("Record the", "Remove the"),
        ("tree a", "tree b"),
        ("Ines", "Jnes"),
        ("gpgsig ", "encoding x\ngpgsig "),
    ] {
        assert_eq!(verify(&changed(&raw, old, new)), MISMATCH, "{old}");
    }
    let crlf = String::from_utf8(raw).unwrap().replace('\n', "\r\n");
    assert!(!matches!(verify(crlf.as_bytes()), Signature::Good { .. }));
}

#[test]
fn a_signature_for_another_purpose_is_bad() {
    assert_eq!(
        verify(&commit("namespace")),
        bad("was made for something else than git")
    );
}

#[test]
fn other_sorts_are_neither_good_nor_bad() {
    let other_key = "SSH with a key that is neither Ed25519 nor ECDSA P-256 or P-384";
    for (name, sort) in [
        ("openpgp", "OpenPGP"),
        ("x509", "X.509"),
        ("ecdsa-p521", other_key),
        ("rsa", other_key),
        ("certificate", "SSH with a certificate"),
    ] {
        assert_eq!(
            verify(&commit(name)),
            Signature::Unverified { sort },
            "{name}"
        );
    }
    let odd = b"tree 0\ngpgsig hello\n\nmessage\n";
    let sort = "an unknown sort";
    assert_eq!(verify(odd), Signature::Unverified { sort });
}

#[test]
fn without_a_header_of_its_own_a_commit_is_unsigned() {
    assert_eq!(verify(&commit("unsigned")), Signature::Unsigned);
    assert_eq!(verify(b""), Signature::Unsigned);
    // A signature quoted in the message is none, and one under the other hash is not this commit's.
    let signed = commit("ed25519");
    let quoted = [&commit("unsigned")[..], b"\n", block(&signed).as_bytes()].concat();
    assert_eq!(verify(&quoted), Signature::Unsigned);
    let other = changed(&signed, "gpgsig ", "gpgsig-sha256 ");
    assert_eq!(verify(&other), Signature::Unsigned);
}

#[test]
fn a_signature_under_the_other_hash_is_not_part_of_what_was_signed() {
    let raw = commit("ed25519");
    let twice = changed(&raw, "gpgsig ", "gpgsig-sha256 one\n two\ngpgsig ");
    assert_eq!(verify(&twice), good("ed25519"));
}

#[test]
fn the_place_of_the_header_does_not_matter() {
    let raw = commit("ed25519");
    let block = block(&raw);
    let moved = changed(
        &changed(&raw, &block, ""),
        "author ",
        &format!("{block}author "),
    );
    assert_eq!(verify(&moved), good("ed25519"));
}

#[test]
fn two_signatures_are_bad() {
    let raw = commit("ed25519");
    let block = block(&raw);
    let twice = changed(&raw, &block, &block.repeat(2));
    assert_eq!(verify(&twice), bad("is there twice"));
}

#[test]
fn damaged_signatures_are_bad() {
    let raw = commit("ed25519");
    let cut = changed(&raw, " -----END SSH SIGNATURE-----\n", "");
    assert_eq!(verify(&cut), MALFORMED);
    assert_eq!(verify(&changed(&raw, "U1NIU0lH", "!!!!!!!!")), MALFORMED);
    let filler = " A\n".repeat(10_000);
    let huge = changed(&raw, " U1NI", &format!("{filler} U1NI"));
    assert_eq!(verify(&huge), bad("is too long to be one"));
}

#[test]
fn no_changed_byte_of_what_was_signed_stays_good() {
    let raw = commit("ed25519");
    let block = block(&raw);
    let from = raw.windows(7).position(|it| it == b"gpgsig ").unwrap();
    let outside = (0..from).chain(from + block.len()..raw.len());
    for at in outside {
        for bit in [0x01, 0x20, 0x80] {
            let mut flipped = raw.clone();
            flipped[at] ^= bit;
            let got = verify(&flipped);
            assert!(!matches!(got, Signature::Good { .. }), "byte {at}: {got:?}");
        }
    }
}

proptest! {
    #[test]
    fn any_bytes_have_a_verify(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        let framed = [b"tree 0\ngpgsig -----BEGIN SSH SIGNATURE-----\n ", &bytes[..]].concat();
        for raw in [&bytes, &framed] {
            let got = verify(raw);
            let is_good = matches!(got, Signature::Good { .. });
            prop_assert!(!is_good);
        }
    }

    #[test]
    fn any_damage_to_a_commit_has_a_verify(
        name in 0..KEYS.len(),
        at in any::<prop::sample::Index>(),
        cut in any::<prop::sample::Index>(),
        byte in any::<u8>(),
    ) {
        let mut raw = commit(KEYS[name].0);
        let at = at.index(raw.len());
        raw[at] = byte;
        verify(&raw);
        raw.truncate(cut.index(raw.len()));
        verify(&raw);
    }
}
