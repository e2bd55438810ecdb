//! A page, followed: the same page with what came.

use snapbox::Data;
use snapbox::filter::NormalizeToExpected;

use crate::reader::Reader;

/// Does what the blocks of a page say, and returns the page as it would be true.
pub(crate) fn followed(page: &str, reader: &mut Reader) -> String {
    let mut told = Vec::new();
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        told.push(line.to_owned());
        let Some(language) = line.strip_prefix("```").filter(|it| !it.is_empty()) else {
            continue;
        };
        let body: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
        match language {
            "console" => told.extend(session(&body, reader)),
            _ => {
                match language {
                    "diff" => reader.edit(&body),
                    "yaml" => reader.write(&body),
                    _ => {}
                }
                told.extend(body.into_iter().map(str::to_owned));
            }
        }
        told.push("```".to_owned());
    }
    told.join("\n") + "\n"
}

/// What a console block shows, when its commands are typed.
fn session(body: &[&str], reader: &mut Reader) -> Vec<String> {
    let mut told: Vec<String> = Vec::new();
    let mut rest = body;
    while let [first, after @ ..] = rest {
        let command = first.strip_prefix("$ ").unwrap_or_else(|| {
            panic!("a console block begins with a command, not with `{first}`");
        });
        let more = after.iter().take_while(|it| it.starts_with("> ")).count();
        let (more, after) = after.split_at(more);
        let is_code = |it: &&&str| it.starts_with("? ");
        let after = &after[after.iter().take(1).filter(is_code).count()..];
        let length = after.iter().take_while(|it| !it.starts_with("$ ")).count();
        let (expected, after) = after.split_at(length);
        rest = after;

        told.push((*first).to_owned());
        told.extend(more.iter().map(|it| (*it).to_owned()));
        let mut typed = vec![command];
        typed.extend(more.iter().map(|it| &it[2..]));
        let (code, printed) = reader.enter(&typed.join("\n"));
        if code != 0 {
            told.push(format!("? {code}"));
        }
        let printed = as_expected(&printed, expected);
        told.extend(printed.lines().map(str::to_owned));
        if !rest.is_empty() && !printed.is_empty() {
            told.push(String::new());
        }
    }
    told
}

/// What was printed, with `[..]` and `...` where the page has them and the rest agrees.
fn as_expected(printed: &str, expected: &[&str]) -> String {
    let expected = expected.join("\n").trim_end().to_owned();
    let printed = Data::text(printed.trim_end());
    let normal = NormalizeToExpected::new().redact();
    let shown = normal.normalize(printed, &Data::text(expected));
    shown.render().unwrap()
}
