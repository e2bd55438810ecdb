//! Signatures of commits: SSH signatures are verified, all others are only recognised.

use ssh_key::public::{EcdsaPublicKey, KeyData};
use ssh_key::{HashAlg, PublicKey, SshSig};

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

fn verify_ssh(signature: &str, payload: &[u8]) -> Signature {
    let Ok(signature) = SshSig::from_pem(signature.trim_end()) else {
        return Signature::Bad {
            why: "cannot be read",
        };
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
