//! How long libyaml takes for a text, and nothing else.

use std::mem::MaybeUninit;

use libyaml_rs::{
    YAML_STREAM_END_EVENT, YAML_STREAM_END_TOKEN, YAML_UTF8_ENCODING, yaml_event_delete,
    yaml_event_t, yaml_parser_delete, yaml_parser_initialize, yaml_parser_parse, yaml_parser_scan,
    yaml_parser_set_encoding, yaml_parser_set_input_string, yaml_parser_t, yaml_token_delete,
    yaml_token_t,
};

/// Number of events of a text, or `None` if libyaml refuses it.
pub fn events(text: &[u8]) -> Option<usize> {
    with_parser(text, |parser| {
        let mut event = MaybeUninit::<yaml_event_t>::uninit();
        let mut count = 0;
        // SAFETY: the parser is initialised; an event is read only after a successful call that
        // wrote it, and deleted once.
        unsafe {
            while yaml_parser_parse(parser, event.as_mut_ptr()).ok {
                let is_last = event.assume_init_ref().type_ == YAML_STREAM_END_EVENT;
                yaml_event_delete(event.as_mut_ptr());
                count += 1;
                if is_last {
                    return Some(count);
                }
            }
        }
        None
    })
}

/// Number of tokens of a text, or `None` if libyaml refuses it.
pub fn tokens(text: &[u8]) -> Option<usize> {
    with_parser(text, |parser| {
        let mut token = MaybeUninit::<yaml_token_t>::uninit();
        let mut count = 0;
        // SAFETY: as for events.
        unsafe {
            while yaml_parser_scan(parser, token.as_mut_ptr()).ok {
                let is_last = token.assume_init_ref().type_ == YAML_STREAM_END_TOKEN;
                yaml_token_delete(token.as_mut_ptr());
                count += 1;
                if is_last {
                    return Some(count);
                }
            }
        }
        None
    })
}

fn with_parser<T>(text: &[u8], work: impl FnOnce(*mut yaml_parser_t) -> Option<T>) -> Option<T> {
    // This port of libyaml does not take the byte-order mark that libyaml takes.
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    let mut parser = MaybeUninit::<yaml_parser_t>::uninit();
    let parser = parser.as_mut_ptr();
    // SAFETY: the parser does not move and is deleted after its last use; the text outlives it.
    unsafe {
        if yaml_parser_initialize(parser).fail {
            return None;
        }
        yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING);
        yaml_parser_set_input_string(parser, text.as_ptr(), text.len() as u64);
        let result = work(parser);
        yaml_parser_delete(parser);
        result
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_text_has_events_and_tokens() {
        assert_eq!(super::events(b"a: [1, 2]\n"), Some(10));
        assert_eq!(super::events(b"a: [1\n"), None);
        assert!(super::tokens(b"a: 1\n").is_some());
    }
}
