//! The reports: the audit, an incident, a change, the numbers, the registries. Run as the program
//! itself, and read back from each format.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test")]
#![expect(
    clippy::disallowed_methods,
    reason = "breaks records, and renews the files that the test is about"
)]

mod audit;
#[path = "../binary/mod.rs"]
mod binary;
#[path = "../example/mod.rs"]
mod example;
#[path = "../fixture/mod.rs"]
mod fixture;
mod hostile;
mod incident;
mod metrics;
#[path = "../nist/mod.rs"]
mod nist;
mod paper;
mod pr;
mod registry;
