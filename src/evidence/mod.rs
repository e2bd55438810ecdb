//! What lies beside the records, and what must not leave with it.

pub mod scan;
