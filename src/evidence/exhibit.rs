use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::content::{Content, Pointer};
use super::mail::Mail;

/// How much of a content is looked at to tell what it is. Headers of mails are shorter.
const HEAD: usize = 1 << 16;

/// What is known of a file that is kept as evidence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exhibit {
    /// SHA-256 of the content.
    pub digest: [u8; 32],
    /// Its size in bytes.
    pub size: u64,
    /// What it is, by its first bytes.
    pub content: Content,
    /// The headers, if it is a mail.
    pub mail: Option<Box<Mail>>,
}

impl Exhibit {
    /// The digest in hexadecimal digits, in lower case.
    pub fn hexadecimal(&self) -> String {
        let halves = self.digest.iter().flat_map(|byte| [byte >> 4, byte & 15]);
        halves
            .filter_map(|half| char::from_digit(u32::from(half), 16))
            .collect()
    }
}

/// What stands at the path of an evidence item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// A file of the repository.
    There(Arc<Exhibit>),
    /// The same, and git does not know it.
    Untracked(Arc<Exhibit>),
    /// A pointer to content that git-lfs has not fetched.
    Unfetched,
    /// Nothing.
    Missing,
    /// The path leads out of the repository.
    Outside,
    /// The path holds characters that no name should.
    Unprintable,
    /// A symbolic link, or something behind one.
    Link,
    /// Part of another repository.
    OtherRepository,
    /// A folder, a pipe or a device.
    NotAFile,
    /// A file that git ignores.
    Ignored,
}

impl Standing {
    /// The name that rules know it by.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::There(_) => "present",
            Self::Untracked(_) => "untracked",
            Self::Unfetched => "unfetched",
            Self::Missing => "missing",
            Self::Outside => "outside",
            Self::Unprintable => "unprintable",
            Self::Link => "link",
            Self::OtherRepository => "other-repository",
            Self::NotAFile => "not-a-file",
            Self::Ignored => "ignored",
        }
    }

    /// What is known of the content, if there is one.
    pub const fn exhibit(&self) -> Option<&Arc<Exhibit>> {
        match self {
            Self::There(exhibit) | Self::Untracked(exhibit) => Some(exhibit),
            _ => None,
        }
    }
}

/// A content on its way to an [`Exhibit`].
#[derive(Debug, Default)]
pub struct Examination {
    hash: Sha256,
    size: u64,
    head: Vec<u8>,
}

impl Examination {
    /// Takes the next piece.
    pub fn take(&mut self, piece: &[u8]) {
        self.hash.update(piece);
        self.size += piece.len() as u64;
        let room = HEAD.saturating_sub(self.head.len()).min(piece.len());
        self.head.extend(piece.iter().take(room));
    }

    /// What the content turned out to be.
    pub fn finish(self) -> Exhibit {
        let is_whole = self.size == self.head.len() as u64;
        // In a revision git-lfs leaves a pointer, which names the digest of what it stands for.
        if let Some(pointer) = Pointer::of(&self.head).filter(|_| is_whole) {
            return Exhibit {
                digest: pointer.digest,
                size: pointer.size,
                content: Content::Pointer,
                mail: None,
            };
        }
        let mail = Mail::of(&self.head);
        let content = match mail {
            Some(_) => Content::Mail,
            None => Content::of(&self.head, is_whole),
        };
        Exhibit {
            digest: self.hash.finalize().into(),
            size: self.size,
            content,
            mail: mail.map(Box::new),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exhibit(bytes: &[u8], piece: usize) -> Exhibit {
        let mut examination = Examination::default();
        for piece in bytes.chunks(piece) {
            examination.take(piece);
        }
        examination.finish()
    }

    #[test]
    fn pieces_do_not_matter() {
        let mail = b"From: a@b.example\r\nDate: Tue, 6 May 2025 13:00:00 +0000\r\n\r\nHello\r\n";
        let whole = exhibit(mail, mail.len());
        assert_eq!(whole.content, Content::Mail);
        for piece in [1, 2, 7] {
            assert_eq!(exhibit(mail, piece), whole);
        }
        let large = vec![b'a'; 3 * HEAD];
        assert_eq!(exhibit(&large, 1000), exhibit(&large, large.len()));
        assert_eq!(exhibit(&large, 1000).size, large.len() as u64);
    }

    #[test]
    fn a_pointer_names_what_it_stands_for() {
        let text = format!(
            "version https://git-lfs.github.com/spec/v1\noid sha256:{}\nsize 12345\n",
            "ab".repeat(32)
        );
        let pointer = exhibit(text.as_bytes(), 10);
        assert_eq!(pointer.content, Content::Pointer);
        assert_eq!(pointer.hexadecimal(), "ab".repeat(32));
        assert_eq!((pointer.digest, pointer.size), ([0xab; 32], 12345));
    }
}
