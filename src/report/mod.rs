//! Answers that are put together from the registries and the outcome of a run: models first, then
//! text.

pub mod audit;
mod change;
mod chapter;
mod facts;
mod incident;
mod links;
mod metrics;
mod numbers;
mod paper;
mod population;
mod register;
mod who;
mod who_text;

pub use change::{
    ChangeCounts, ChangeFile, ChangeLine, ChangePapers, ChangedFinding, LONGEST, Touched,
    change_report, render_change,
};
pub use chapter::{Chapter, Witness};
pub use facts::{
    Check, Claim, Echo, Exercise, Facts, Fix, Incident, Message, Party, Task, Weakness,
};
pub use incident::{
    Filed, Filing, IncidentCounts, IncidentError, IncidentFile, IncidentLine, IncidentPapers,
    files_of, incident_report,
};
pub use links::Links;
pub use metrics::{
    Better, ClaimLine, Days, Figure, Group, Measure, Member, Metrics, Missing, Review, Standing,
    Target, Unit, Unknown, metrics,
};
pub use numbers::{NumbersFile, Point, TargetCounts, Trend, metrics_report};
pub use paper::{Ground, Paper, PaperFormat, Sort, render_paper};
pub use population::{Asked, AskedError, Drawable, Population, asked_of, population_of};
pub use register::{RegistryCounts, RegistryFile, is_in_registry, registry_report};
pub use who::{Contact, PartyCard, Route, Sharing, Who, WhoError, who};
