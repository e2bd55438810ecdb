//! Paths, globs and addresses, as records write them.

/// Whether a path or a uri matches a glob: `*` stands for any characters, `/` included; all else
/// stands for itself. Linear in the path for each star.
pub(super) fn matches_glob(path: &str, pattern: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(rest) = parts.next().and_then(|first| path.strip_prefix(first)) else {
        return false;
    };
    let Some(last) = parts.next_back() else {
        return rest.is_empty();
    };
    let Some(mut rest) = rest.strip_suffix(last) else {
        return false;
    };
    for part in parts {
        // The first occurrence leaves the most for what follows.
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    true
}

/// A path that counts from the folder of `file`, as a path from the root of the repository; `None`
/// if it leads out of it.
pub fn beside(file: &str, path: &str) -> Option<String> {
    let folder = file.rsplit_once('/').map_or("", |(folder, _)| folder);
    let steps = folder.split('/').chain(path.split('/'));
    let mut taken: Vec<&str> = Vec::new();
    for step in steps {
        match step {
            "" | "." => {}
            ".." => {
                taken.pop()?;
            }
            step => taken.push(step),
        }
    }
    Some(taken.join("/"))
}

/// The mail addresses in a text, in lower case.
pub(super) fn addresses(text: &str) -> Vec<String> {
    let is_apart = |c: char| c.is_whitespace() || ",;<>()[]\"':".contains(c);
    let words = text.split(is_apart).map(|word| word.trim_matches('.'));
    words
        .filter(|word| {
            let parts = word.split_once('@');
            parts.is_some_and(|(name, host)| {
                !name.is_empty() && host.contains('.') && !host.contains('@')
            })
        })
        .map(str::to_lowercase)
        .collect()
}

/// Whether a text holds a mail address at a domain or below it, in whatever case.
pub(super) fn has_address_at(text: &str, domain: &str) -> bool {
    let domain = domain.trim().trim_matches('.').to_lowercase();
    let is_name = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-');
    !domain.is_empty()
        && text.split('@').skip(1).any(|after| {
            let end = after.find(|c| !is_name(c)).unwrap_or(after.len());
            let host = after[..end].trim_end_matches(['.', '-']).to_lowercase();
            let before = host.strip_suffix(&*domain);
            before.is_some_and(|before| before.is_empty() || before.ends_with('.'))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_any_characters_slashes_included() {
        for (path, pattern) in [
            ("incidents/INC-1/evidence/a.eml", "incidents/*/evidence/*"),
            ("incidents/a/b/evidence/c/d", "incidents/*/evidence/*"),
            ("vault://evidence/x", "vault://evidence/*"),
            ("abcab", "ab*ab"),
            ("a", "a"),
            ("", "*"),
            ("a*b", "a*b"),
            ("aXbXc", "*X*X*"),
            ("a/b", "**"),
        ] {
            assert!(matches_glob(path, pattern), "{path} {pattern}");
        }
        for (path, pattern) in [
            ("incidents/evidence/a", "incidents/*/evidence/*"),
            ("ab", "ab*ab"),
            ("aba", "ab*ba"),
            ("abc", "a?c"),
            ("a", ""),
            ("", "a"),
            ("xa", "a*"),
        ] {
            assert!(!matches_glob(path, pattern), "{path} {pattern}");
        }
    }

    #[test]
    fn addresses_are_found_among_words() {
        assert_eq!(
            addresses("Call +46 31 390, or write: <NOC@Halden.example>, duty@halden.example."),
            ["noc@halden.example", "duty@halden.example"]
        );
        for text in [
            "",
            "https://portal.example",
            "@a.example",
            "me@here",
            "a@b@c.example",
        ] {
            assert!(addresses(text).is_empty(), "{text}");
        }
    }

    #[test]
    fn an_address_is_at_a_domain_or_below_it() {
        for text in [
            "x@gmail.com",
            "Call or write X@Mail.Gmail.com.",
            "a@b.example, <c@GMAIL.COM>",
        ] {
            assert!(has_address_at(text, "gmail.com"), "{text}");
        }
        for text in [
            "x@notgmail.com",
            "x@gmail.com.example",
            "gmail.com",
            "x@gmail.company",
            "",
        ] {
            assert!(!has_address_at(text, "gmail.com"), "{text}");
        }
        assert!(!has_address_at("x@y", ""));
    }
}
