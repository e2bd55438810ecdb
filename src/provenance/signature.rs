//! Signatures of commits: SSH signatures are verified, all others are only recognised.

use ssh_key::{HashAlg, PublicKey, SshSig};

/// What git signs for.
const NAMESPACE: &str = "git";
/// The header of a signature, and the same for repositories with SHA-256.
const HEADERS: [&[u8]; 2] = [b"gpgsig ", b"gpgsig-sha256 "];
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
    let (payload, signature) = split(commit);
    let Some(signature) = signature else {
        return Signature::Unsigned;
    };
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
    if !(key.is_ed25519() || key.is_ecdsa()) {
        return Signature::Unverified {
            sort: "SSH with a key that is neither Ed25519 nor ECDSA",
        };
    }
    let fingerprint = key.fingerprint(HashAlg::Sha256).to_string();
    match PublicKey::from(key.clone()).verify(NAMESPACE, payload, &signature) {
        Ok(()) => Signature::Good { fingerprint },
        Err(_) => Signature::Bad {
            why: "does not fit the commit",
        },
    }
}

/// What was signed, and the signature: a header whose lines after the first begin with a blank.
fn split(commit: &[u8]) -> (Vec<u8>, Option<Vec<u8>>) {
    let mut payload = Vec::with_capacity(commit.len());
    let mut signature: Option<Vec<u8>> = None;
    let mut lines = commit.split_inclusive(|byte| *byte == b'\n');
    let mut is_within = false;
    for line in lines.by_ref() {
        let header = HEADERS.iter().find(|header| line.starts_with(header));
        is_within = header.is_some() || is_within && line.starts_with(b" ");
        if is_within {
            let value = header.map_or(1, |header| header.len());
            signature.get_or_insert_default().extend(&line[value..]);
            continue;
        }
        payload.extend(line);
        if line == b"\n" {
            break;
        }
    }
    payload.extend(lines.flatten());
    (payload, signature)
}
