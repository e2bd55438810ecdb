//! Draws incidents from a population, so that anybody can draw the same again by hand.

use std::cmp::Ordering;

use sha2::{Digest, Sha256};

use super::fingerprint::hex;

/// An incident that may be drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Its id.
    pub id: String,
    /// Which half of the severities it belongs to; `None` for the middle one, or an unknown one.
    pub half: Option<Half>,
}

/// A half of the severities of the programme.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Half {
    /// The more severe ones.
    Upper,
    /// The others.
    Lower,
}

/// What was drawn, and how, in words that stand in the record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draw {
    /// The ids, in the order of the draw.
    pub ids: Vec<String>,
    /// How many incidents there were to draw from.
    pub population: usize,
    /// How to draw the same again.
    pub method: String,
}

/// The text under which an id is drawn: the SHA-256 of the seed, a line feed and the id.
fn ticket(seed: &str, id: &str) -> String {
    hex(&Sha256::digest(format!("{seed}\n{id}").as_bytes()))
}

/// Draws `size` incidents. If the population has severities of both halves, the sample has them
/// too, as far as its size allows. `which` says which incidents the population consists of, such as
/// "closed in 2025".
pub fn draw(population: &[Candidate], size: usize, seed: &str, which: &str) -> Draw {
    let mut order: Vec<(String, &Candidate)> = population
        .iter()
        .map(|candidate| (ticket(seed, &candidate.id), candidate))
        .collect();
    order.sort_by(|left, right| (&left.0, &left.1.id).cmp(&(&right.0, &right.1.id)));
    let mut drawn: Vec<&Candidate> = order.iter().take(size).map(|it| it.1).collect();
    let mut method = if drawn.len() == population.len() {
        format!(
            "All {} incidents {which}, in the order of the SHA-256 of the seed \
             \"{seed}\", a line feed and the id",
            population.len()
        )
    } else {
        format!(
            "Incidents {which}, ordered by the SHA-256 (in hexadecimal) of the seed \
             \"{seed}\", a line feed and the id; the first {} of {} are the sample",
            drawn.len(),
            population.len()
        )
    };
    if population.len() == 1 {
        method = format!("The only incident {which}");
    }
    if let Some((half, other)) = missing_half(&drawn, population) {
        let found = order.iter().find(|it| it.1.half == Some(half));
        // The last one drawn gives way; all drawn are of the other half, so one stays at least.
        if let Some((_, found)) = found.filter(|_| drawn.len() > 1) {
            drawn.pop();
            drawn.push(found);
            method = format!(
                "{method}. All of these were of the {other} half of the severities, so the last \
                 one gave way to the first of the {} half",
                half.name()
            );
        }
    }
    Draw {
        ids: drawn.into_iter().map(|it| it.id.clone()).collect(),
        population: population.len(),
        method,
    }
}

impl Half {
    /// The half of a severity, by its place in the list of the programme, highest first. Of an odd
    /// number the one in the middle is in neither.
    pub fn of(severity: &str, severities: &[impl AsRef<str>]) -> Option<Self> {
        let place = severities.iter().position(|it| it.as_ref() == severity)?;
        match (2 * place + 1).cmp(&severities.len()) {
            Ordering::Less => Some(Self::Upper),
            Ordering::Equal => None,
            Ordering::Greater => Some(Self::Lower),
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Upper => "upper",
            Self::Lower => "lower",
        }
    }
}

/// The half that the population has and the draw lacks, with the name of the one it has.
fn missing_half(drawn: &[&Candidate], population: &[Candidate]) -> Option<(Half, &'static str)> {
    let halves = [(Half::Upper, Half::Lower), (Half::Lower, Half::Upper)];
    halves.into_iter().find_map(|(half, other)| {
        let exists = population.iter().any(|it| it.half == Some(half));
        let is_all_other = drawn.iter().all(|it| it.half == Some(other));
        (exists && is_all_other).then_some((half, other.name()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidates(rows: &[(&str, Half)]) -> Vec<Candidate> {
        let rows = rows.iter();
        rows.map(|(id, half)| Candidate {
            id: (*id).to_owned(),
            half: Some(*half),
        })
        .collect()
    }

    /// `printf 's\nI-1' | sha256sum` gives 3b70…, I-2 76bc…, I-3 5b55….
    #[test]
    fn a_draw_can_be_made_again_by_hand() {
        let all = candidates(&[
            ("I-1", Half::Lower),
            ("I-2", Half::Lower),
            ("I-3", Half::Lower),
        ]);
        let drawn = draw(&all, 2, "s", "closed in 2025");
        assert_eq!(drawn.ids, ["I-1", "I-3"]);
        assert_eq!(drawn.population, 3);
        assert!(drawn.method.contains("\"s\""), "{}", drawn.method);
        assert!(drawn.method.contains("first 2 of 3"), "{}", drawn.method);
        let mut shuffled = all.clone();
        shuffled.reverse();
        assert_eq!(draw(&shuffled, 2, "s", "closed in 2025"), drawn);
        let other = draw(&all, 3, "another", "closed in 2025");
        assert_eq!(other.ids.len(), 3);
    }

    #[test]
    fn a_ticket_is_the_digest_that_sha256sum_shows() {
        assert_eq!(
            ticket("s", "I-1"),
            "3b7045e500ed32dd91045185e3889858666bbd2d9ab4cec0be6f81846145056f"
        );
    }

    #[test]
    fn a_sample_spans_the_severities() {
        let mut rows: Vec<(String, Half)> = (1..=40)
            .map(|number| (format!("I-{number}"), Half::Upper))
            .collect();
        rows.push(("I-99".to_owned(), Half::Lower));
        let all: Vec<Candidate> = rows
            .iter()
            .map(|(id, half)| Candidate {
                id: id.clone(),
                half: Some(*half),
            })
            .collect();
        let mut spanned = 0;
        for seed in ["a", "b", "c", "d"] {
            let drawn = draw(&all, 2, seed, "p");
            assert_eq!(drawn.ids.len(), 2);
            assert!(drawn.ids.iter().any(|id| id == "I-99"), "{drawn:?}");
            spanned += usize::from(drawn.method.contains("gave way"));
            // One alone cannot span anything.
            assert_eq!(draw(&all, 1, seed, "p").ids.len(), 1);
        }
        assert!(spanned > 0);
    }

    #[test]
    fn halves_follow_the_list_of_the_programme() {
        let four = ["critical", "high", "medium", "low"];
        assert_eq!(Half::of("high", &four), Some(Half::Upper));
        assert_eq!(Half::of("medium", &four), Some(Half::Lower));
        assert_eq!(Half::of("medium", &["high", "medium", "low"]), None);
        assert_eq!(Half::of("odd", &four), None);
    }
}
