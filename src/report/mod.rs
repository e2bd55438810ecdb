//! Answers that are put together from the registries and the outcome of a run: models first, then
//! text. So far whom to call about a system or a third party.

pub mod audit;
mod facts;
mod metrics;
mod population;
mod who;
mod who_text;

pub use facts::{
    Check, Claim, Echo, Exercise, Facts, Fix, Incident, Message, Party, Task, Weakness,
};
pub use metrics::{
    Better, ClaimLine, Days, Figure, Group, Measure, Member, Metrics, Missing, Review, Standing,
    Target, Unit, Unknown, metrics,
};
pub use population::{Asked, AskedError, Drawable, Population, asked_of, population_of};
pub use who::{Contact, PartyCard, Route, Sharing, Who, WhoError, who};
