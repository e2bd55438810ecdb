//! Every file of `schemas/` is part of the program or tested.

use std::collections::BTreeSet;

use probity::record::{RecordKind, schema_texts};

use crate::files::{below, text};

#[test]
fn every_schema_is_used() {
    let embedded: BTreeSet<&str> = schema_texts().collect();
    let mut unused = Vec::new();
    let files: Vec<String> = below("schemas");
    for path in &files {
        // Tested against the output itself.
        let is_output = path.starts_with("schemas/output/");
        if !is_output && !embedded.contains(text(path).as_str()) {
            unused.push(path.clone());
        }
    }
    assert!(unused.is_empty(), "nothing uses {unused:?}");
    for kind in RecordKind::all() {
        let path = format!("schemas/{}.json", kind.name());
        assert!(files.contains(&path), "{path} is missing");
    }
}
