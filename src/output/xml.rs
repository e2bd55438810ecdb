//! XML as it may be written: escaped, without characters that XML does not have.

use std::io;

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, Event};

use super::tamed;

pub(super) type Xml = Writer<Vec<u8>>;

/// A document with one element.
pub(super) fn document(write: impl FnOnce(&mut Xml) -> io::Result<()>) -> String {
    let mut writer = Writer::new_with_indent(Vec::new(), b' ', 2);
    let declaration = BytesDecl::new("1.0", Some("UTF-8"), None);
    let written = writer
        .write_event(Event::Decl(declaration))
        .and_then(|()| write(&mut writer));
    // Writing to memory cannot fail.
    debug_assert!(written.is_ok());
    let mut text = String::from_utf8_lossy(&writer.into_inner()).into_owned();
    text.push('\n');
    text
}

/// A text of several lines.
pub(super) fn text(text: &str) -> String {
    tamed(text).replace(['\u{fffe}', '\u{ffff}'], "\u{fffd}")
}

/// A text in an attribute, where line breaks are blanks.
pub(super) fn attribute(text: &str) -> String {
    self::text(text).replace('\n', " ")
}
