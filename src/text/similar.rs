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

#[cfg(test)]
mod tests {
    use super::closest;

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
}
