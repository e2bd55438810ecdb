//! The sample that an auditor asks for, drawn as a health check draws its own.

use super::ask::Sampling;
use super::books::Books;
use super::model::Selection;
use crate::finding::{Candidate, draw};
use crate::report::population::{candidate, severities};

/// Draws from the incidents of the period that really happened.
pub(super) fn select(books: &mut Books<'_>, asked: &Sampling) -> Selection {
    let severities = severities(books.registry);
    let incidents = books.incidents.iter();
    let population: Vec<Candidate> = incidents
        .map(|(taken, story)| candidate(&taken.id, &story.severity, &severities))
        .collect();
    let seed = asked.seed.clone().unwrap_or_else(|| seed(books));
    let which = format!("of the period {}", books.period);
    let drawn = draw(&population, asked.size, &seed, &which);
    books.draw(&drawn.ids);
    Selection {
        size: asked.size,
        seed,
        method: drawn.method,
        incidents: drawn.ids,
    }
}

/// The seed where none is given: whoever asks the same question draws the same incidents.
fn seed(books: &Books<'_>) -> String {
    let mut parts: Vec<String> = books.asked.iter().map(|it| it.id.clone()).collect();
    parts.push(books.period.to_string());
    parts.join(" ")
}
