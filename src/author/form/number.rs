//! The next free id: one more than the highest that was ever used.

use super::table::Numbered;

/// The next id of a record. `None` where the ids of the year are used up, or the record is named.
pub fn next_record<'i>(
    numbered: &Numbered,
    year: &str,
    taken: impl Iterator<Item = &'i str>,
) -> Option<String> {
    match numbered {
        Numbered::Yearly { prefix, width } => {
            let start = format!("{prefix}-{year}-");
            let next = highest(&start, taken) + 1;
            let text = format!("{next:0width$}", width = *width);
            (text.len() == *width).then(|| format!("{start}{text}"))
        }
        Numbered::Local(prefix) => {
            let start = format!("{prefix}-");
            Some(format!("{start}{}", highest(&start, taken) + 1))
        }
        Numbered::Named => None,
    }
}

fn highest<'i>(start: &str, taken: impl Iterator<Item = &'i str>) -> u64 {
    let numbers = taken.filter_map(|id| id.strip_prefix(start)?.parse::<u32>().ok());
    numbers.max().map_or(0, u64::from)
}

/// An id made of a name: lower-case words joined by hyphens. `None` where no letter is left.
pub fn slug(name: &str) -> Option<String> {
    let words = name.split(|c: char| !c.is_ascii_alphanumeric());
    let words: Vec<String> = words
        .filter(|word| !word.is_empty())
        .map(str::to_ascii_lowercase)
        .collect();
    let is_whole = name.is_ascii();
    let slug = words.join("-");
    (is_whole && slug.starts_with(|c: char| c.is_ascii_alphabetic())).then_some(slug)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_go_on_after_the_highest_of_the_year() {
        let yearly = Numbered::Yearly {
            prefix: "INC",
            width: 4,
        };
        let taken = ["INC-2025-0009", "INC-2025-0003", "INC-2024-0044", "odd"];
        let next = |year, taken: &[&str]| next_record(&yearly, year, taken.iter().copied());
        assert_eq!(next("2025", &taken).as_deref(), Some("INC-2025-0010"));
        assert_eq!(next("2026", &taken).as_deref(), Some("INC-2026-0001"));
        assert_eq!(next("2025", &["INC-2025-9999"]), None);
        let local = ["PKG-2", "PKG-11", "OUT-40"].into_iter();
        let next = next_record(&Numbered::Local("PKG"), "2025", local);
        assert_eq!(next.as_deref(), Some("PKG-12"));
    }

    #[test]
    fn names_become_ids_only_without_loss_of_letters() {
        assert_eq!(
            slug("Corvid Identity Ltd.").as_deref(),
            Some("corvid-identity-ltd")
        );
        assert_eq!(slug("Müller"), None);
        assert_eq!(slug("42"), None);
    }
}
