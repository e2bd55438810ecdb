//! Records: kinds, ids, and what refers to what.
//!
//! [`Reading`] turns the bytes of a file into a record, a refusal or "no record"; [`layout`] reads
//! what a path promises; [`Registry`] holds the names that the kept records define, with the roles
//! people hold at an instant; [`references`] follows every reference of a record. This module
//! reads no file and knows no policy.

mod dangling;
mod identity;
mod incidents;
mod index;
mod kind;
pub mod layout;
mod lead;
mod reading;
mod reference;
mod registry;
mod resolve;
mod strictness;

pub use dangling::dangling;
pub use identity::{IdKey, duplicate_local_ids, path_contradictions};
pub use incidents::{IncidentRow, Incidents};
pub use index::RecordIndex;
pub use kind::{KindSchema, RecordKind, schema_texts, sensitive_keys};
pub use lead::{Lead, choices, lead};
pub use reading::{Flaws, Reading, Record, Refusal, read_record};
pub use reference::{Reference, Referent, references};
pub use registry::{Gap, Registry, Vocabulary, is_plainly_unheld, is_unreadable_list};
pub use resolve::{Followed, Later, Pending, Resolution, Resolver, unreadable_list};
