//! Signatures of commits: SSH signatures are verified, all others are only recognised.

use ssh_key::public::{EcdsaPublicKey, KeyData};
use ssh_key::{HashAlg, PublicKey, SshSig};

use crate::text::decode_base64;

/// What git signs for.
const NAMESPACE: &str = "git";
/// The header of a signature, and the same for repositories with SHA-256. A commit may bear both,
/// for the sake of the other sort of repository; neither is part of what is signed.
const HEADERS: [&[u8]; 2] = [b"gpgsig ", b"gpgsig-sha256 "];
/// Characters of an object id in a repository with SHA-256.
const LONG_ID: usize = 64;
/// Longest signature, in bytes: that of a chain of certificates.
const LONGEST: usize = 16 << 10;
const ARMOUR: &str = "-----BEGIN SSH SIGNATURE-----";

/// What is known of the signature of a commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Signature {
    /// There is none.
    Unsigned,
    /// The commit is as the holder of this key signed it. Whose key it is, is not said.
    Good {
        /// The fingerprint of the key, such as `SHA256:qFJ…`.
        fingerprint: String,
    },
    /// The commit is not what was signed, or what was signed cannot be read.
    Bad {
        /// Why, in words that follow "the signature".
        why: &'static str,
    },
    /// Of a sort that is not verified here; git can: `git verify-commit`.
    Unverified {
        /// The sort.
        sort: &'static str,
    },
}

/// Verifies the signature of a commit, given all its bytes.
pub fn verify(commit: &[u8]) -> Signature {
    let (payload, mut signatures) = split(commit);
    let Some(signature) = signatures.pop() else {
        return Signature::Unsigned;
    };
    if !signatures.is_empty() {
        let why = "is there twice";
        return Signature::Bad { why };
    }
    if signature.len() > LONGEST {
        let why = "is too long to be one";
        return Signature::Bad { why };
    }
    let Ok(signature) = String::from_utf8(signature) else {
        return Signature::Bad { why: "is no text" };
    };
    match signature.lines().next().unwrap_or_default().trim_end() {
        ARMOUR => verify_ssh(&signature, &payload),
        "-----BEGIN PGP SIGNATURE-----" | "-----BEGIN PGP MESSAGE-----" => {
            Signature::Unverified { sort: "OpenPGP" }
        }
        "-----BEGIN SIGNED MESSAGE-----" => Signature::Unverified { sort: "X.509" },
        _ => Signature::Unverified {
            sort: "an unknown sort",
        },
    }
}

/// Whether the key of an SSH signature is a certificate, which the library does not read.
fn names_certificate(signature: &str) -> bool {
    let inner = signature.lines().filter(|line| !line.starts_with("-----"));
    let blob = decode_base64(&inner.collect::<String>()).unwrap_or_default();
    // The preamble, the version, the length of the key, and the key: its name with the length.
    let key = blob.strip_prefix(b"SSHSIG").and_then(|it| it.get(8..));
    let name = key.and_then(|key| {
        let (length, key) = key.split_first_chunk()?;
        key.get(..u32::from_be_bytes(*length) as usize)
    });
    name.is_some_and(|name| name.ends_with(b"-cert-v01@openssh.com"))
}

fn verify_ssh(signature: &str, payload: &[u8]) -> Signature {
    let signature = match SshSig::from_pem(signature.trim_end()) {
        Ok(signature) => signature,
        Err(_) if names_certificate(signature) => {
            let sort = "SSH with a certificate";
            return Signature::Unverified { sort };
        }
        Err(_) => {
            let why = "cannot be read";
            return Signature::Bad { why };
        }
    };
    if signature.namespace() != NAMESPACE {
        let why = "was made for something else than git";
        return Signature::Bad { why };
    }
    let key = signature.public_key();
    let is_known = match key {
        KeyData::Ed25519(_) => true,
        KeyData::Ecdsa(key) => !matches!(key, EcdsaPublicKey::NistP521(_)),
        _ => false,
    };
    if !is_known {
        let sort = "SSH with a key that is neither Ed25519 nor ECDSA P-256 or P-384";
        return Signature::Unverified { sort };
    }
    let fingerprint = key.fingerprint(HashAlg::Sha256).to_string();
    match PublicKey::from(key.clone()).verify(NAMESPACE, payload, &signature) {
        Ok(()) => Signature::Good { fingerprint },
        Err(_) => Signature::Bad {
            why: "does not fit the commit",
        },
    }
}

/// What was signed, and the signatures for it: headers whose lines after the first begin with a
/// blank.
fn split(commit: &[u8]) -> (Vec<u8>, Vec<Vec<u8>>) {
    let tree = commit
        .split(|byte| *byte == b'\n')
        .next()
        .unwrap_or_default();
    let own = usize::from(tree.len() == b"tree ".len() + LONG_ID);
    let mut payload = Vec::with_capacity(commit.len());
    let mut signatures: Vec<Vec<u8>> = Vec::new();
    let mut lines = commit.split_inclusive(|byte| *byte == b'\n');
    // Which header the line belongs to, if it is that of a signature.
    let mut within = None;
    for line in lines.by_ref() {
        let begun = HEADERS.iter().position(|header| line.starts_with(header));
        within = begun.or(within.filter(|_| line.starts_with(b" ")));
        if let Some(header) = within {
            if begun == Some(own) {
                signatures.push(Vec::new());
            }
            if let Some(signature) = signatures.last_mut().filter(|_| header == own) {
                let value = begun.map_or(1, |header| HEADERS[header].len());
                signature.extend(&line[value..]);
            }
            continue;
        }
        payload.extend(line);
        if line == b"\n" {
            break;
        }
    }
    payload.extend(lines.flatten());
    (payload, signatures)
}
