use mail_parser::{Address, HeaderName, Message, MessageParser};

/// The headers of a mail that rules ask about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mail {
    /// Addresses of the writers and the sender, in lower case.
    pub from: Vec<String>,
    /// Addresses of all recipients, open or blind, in lower case.
    pub to: Vec<String>,
    /// When it was written, in seconds since 1970 UTC.
    pub date: Option<i64>,
    /// Its message id, without brackets.
    pub id: Option<String>,
    /// Where the headers stand: numbers of lines, from 1.
    lines: [Option<u32>; Header::ALL.len()],
    /// The headers as they are written; text of mails is UTF-8 or less.
    text: String,
}

/// A header of a mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Header {
    /// Who wrote it.
    From,
    /// To whom.
    To,
    /// When.
    Date,
    /// Its id.
    Id,
}

impl Header {
    /// Every header.
    pub const ALL: [Self; 4] = [Self::From, Self::To, Self::Date, Self::Id];

    /// The header of a name, as rules write it.
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "from" => Some(Self::From),
            "to" => Some(Self::To),
            "date" => Some(Self::Date),
            "message-id" => Some(Self::Id),
            _ => None,
        }
    }

    const fn names(self) -> &'static [HeaderName<'static>] {
        match self {
            Self::From => &[HeaderName::From, HeaderName::Sender],
            Self::To => &[HeaderName::To, HeaderName::Cc, HeaderName::Bcc],
            Self::Date => &[HeaderName::Date],
            Self::Id => &[HeaderName::MessageId],
        }
    }
}

/// Headers of which a mail has at least two; one alone may be a line of a note.
const TELLING: &[HeaderName<'static>] = &[
    HeaderName::From,
    HeaderName::To,
    HeaderName::Cc,
    HeaderName::Date,
    HeaderName::Subject,
    HeaderName::MessageId,
    HeaderName::Received,
    HeaderName::ReturnPath,
    HeaderName::Sender,
    HeaderName::MimeVersion,
    HeaderName::ContentType,
];

impl Mail {
    /// Reads the headers of a mail from its first bytes; `None` for what is no mail.
    pub(super) fn of(head: &[u8]) -> Option<Self> {
        if !begins_with_field(head) {
            return None;
        }
        let message = MessageParser::default().parse_headers(head)?;
        let is_there = |name: &&HeaderName<'_>| message.header((*name).clone()).is_some();
        if TELLING.iter().filter(is_there).count() < 2 {
            return None;
        }
        let addresses = |of: Header| {
            let mut found = Vec::new();
            for name in of.names() {
                for value in message.header_values(name.clone()) {
                    found.extend(value.as_address().map(plain).unwrap_or_default());
                }
            }
            found
        };
        let date = message.date().filter(|date| date.is_valid());
        Some(Self {
            from: addresses(Header::From),
            to: addresses(Header::To),
            date: date.map(mail_parser::DateTime::to_timestamp),
            id: message.message_id().map(|id| id.trim().to_owned()),
            lines: Header::ALL.map(|header| line_of(&message, head, header)),
            text: String::from_utf8_lossy(headers(&message, head)).into_owned(),
        })
    }

    /// The line that a header stands in, from 1.
    pub fn line(&self, header: Header) -> Option<u32> {
        *self.lines.get(header as usize)?
    }

    /// The headers as they are written; bytes that are no UTF-8 are replaced.
    pub fn text(&self) -> &str {
        &self.text
    }
}

/// Whether the first line is a field, such as `From: …`, or that of a mailbox.
fn begins_with_field(head: &[u8]) -> bool {
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    let name = head
        .iter()
        .take_while(|byte| (33..=126).contains(*byte) && **byte != b':');
    let length = name.count();
    head.starts_with(b"From ") || (length > 0 && head.get(length) == Some(&b':'))
}

fn plain(addresses: &Address<'_>) -> Vec<String> {
    let addresses = addresses.iter().filter_map(|it| it.address());
    addresses
        .map(|address| address.trim().to_lowercase())
        .collect()
}

/// All that stands before the body.
fn headers<'h>(message: &Message<'_>, head: &'h [u8]) -> &'h [u8] {
    let ends = message.headers().iter().map(|it| it.offset_end as usize);
    let end = ends.max().unwrap_or(0).min(head.len());
    head.get(..end).unwrap_or_default()
}

fn line_of(message: &Message<'_>, head: &[u8], header: Header) -> Option<u32> {
    let names = header.names();
    let found = message
        .headers()
        .iter()
        .find(|it| names.contains(&it.name))?;
    let before = head.get(..found.offset_field as usize)?;
    let breaks = before.split(|byte| *byte == b'\n').count();
    Some(breaks as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_read_as_mail_programs_write_them() {
        let mail = Mail::of(
            b"Received: from mx\r\n by here; Tue, 6 May 2025 13:00:02 +0000\r\n\
            From: \"Park, Jun\" <JUN@larkfield.example>\r\n\
            To: =?utf-8?q?Riverside?= <it@riverside.example>,\r\n b@riverside.example\r\n\
            Cc: team: c@riverside.example, d@riverside.example;\r\n\
            Date: Tue, 6 May 2025 15:00:00 +0200\r\n\
            Message-ID: <abc@larkfield.example>\r\n\r\nTo: nobody\r\n",
        )
        .unwrap();
        assert_eq!(mail.from, ["jun@larkfield.example"]);
        assert_eq!(
            mail.to.join(" "),
            "it@riverside.example b@riverside.example c@riverside.example d@riverside.example"
        );
        assert_eq!(mail.date, Some(1_746_536_400));
        assert_eq!(mail.id.as_deref(), Some("abc@larkfield.example"));
        let lines = Header::ALL.map(|header| mail.line(header).unwrap());
        assert_eq!(lines, [3, 4, 7, 8]);
        assert!(mail.text().trim_end().ends_with("<abc@larkfield.example>"));
    }

    #[test]
    fn what_is_no_mail_is_none() {
        for text in [
            "",
            "a note\n",
            "Note: call them\n",
            "Subject: only this\n\ntext\n",
            "\nFrom: a@b.example\nDate: Tue, 6 May 2025 15:00:00 +0200\n",
            "<html>From: a@b\nTo: c@d\n</html>",
        ] {
            assert_eq!(Mail::of(text.as_bytes()), None, "{text:?}");
        }
        assert_eq!(Mail::of(&[0xff; 100]), None);
    }

    #[test]
    fn a_date_that_is_none_is_absent() {
        let mail = Mail::of(b"From: a@b.example\nDate: someday\nTo: x\n\n").unwrap();
        assert_eq!((mail.date, mail.line(Header::Date)), (None, Some(2)));
        assert_eq!(mail.line(Header::Id), None);
    }
}
