/// The candidate that `name` was most likely meant to be, or `None` if none is near.
///
/// Case is ignored, and one slip in about three characters is forgiven. Ties go to the first in
/// the order given, so callers pass candidates in a fixed order.
pub fn closest<'c>(name: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    let wanted = name.to_lowercase();
    let allowed = match wanted.chars().count() {
        0 => return None,
        1..=3 => 1,
        length => (length / 3).min(4),
    };
    let mut best: Option<(usize, &str)> = None;
    for candidate in candidates {
        if candidate == name || candidate.len().abs_diff(name.len()) > 8 {
            continue;
        }
        let distance = strsim::osa_distance(&wanted, &candidate.to_lowercase());
        if distance <= allowed && best.is_none_or(|(least, _)| distance < least) {
            best = Some((distance, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// As [`closest`]; if none is near, the first candidate that begins with `name`, or holds it.
pub fn closest_or_longer<'c>(name: &str, candidates: &[&'c str]) -> Option<&'c str> {
    let wanted = name.to_lowercase();
    let longer = || {
        let candidates = || candidates.iter().copied().filter(|_| wanted.len() >= 3);
        candidates()
            .find(|it| it.to_lowercase().starts_with(&wanted))
            .or_else(|| candidates().find(|it| it.to_lowercase().contains(&wanted)))
    };
    closest(name, candidates.iter().copied()).or_else(longer)
}

#[cfg(test)]
mod tests {
    use super::{closest, closest_or_longer};

    #[test]
    fn a_slip_of_the_finger_is_forgiven() {
        assert_eq!(
            closest("sevrity", ["status", "severity", "source"]),
            Some("severity")
        );
        assert_eq!(
            closest("Legal-Councel", ["legal-counsel", "ir-lead"]),
            Some("legal-counsel")
        );
        assert_eq!(closest("mra", ["mara", "kofi"]), Some("mara"));
    }

    #[test]
    fn a_different_word_has_no_neighbour() {
        assert_eq!(closest("budget", ["status", "severity"]), None);
        assert_eq!(closest("", ["status"]), None);
    }
    #[test]
    fn half_a_name_is_enough_for_a_hint() {
        let names = ["other-party", "corvid-id", "acorvid"];
        assert_eq!(closest_or_longer("corvid", &names), Some("acorvid"));
        assert_eq!(closest_or_longer("corv", &names), Some("corvid-id"));
        assert_eq!(closest_or_longer("party", &names), Some("other-party"));
        assert_eq!(closest_or_longer("pa", &names), None);
    }
}
