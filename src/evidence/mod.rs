//! What lies beside the records and proves them: digests, kinds of content, headers of mails, and
//! the search for what must not leave with it.
//!
//! A content comes in piece by piece and leaves as a few facts; nothing is kept of it but the
//! headers of a mail. This module knows no file, no record and no rule. It is the only one that
//! names the mail parser.

mod content;
mod exhibit;
mod mail;
pub mod scan;

pub use content::Content;
pub use exhibit::{Examination, Exhibit, Standing};
pub use mail::{Header, Mail};
