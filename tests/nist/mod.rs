//! OSCAL documents, held against the schemas of NIST, which are not part of this repository:
//! `PROBITY_TEST_DATA` names the folder that holds `oscal`.

use std::fs;
use std::path::PathBuf;

use serde_json::Value;

/// Each document is as the schema of its name says. Says so loudly where there are no schemas.
pub(crate) fn assert_valid<'d>(documents: impl IntoIterator<Item = (&'d str, &'d Value)>) {
    let Some(data) = std::env::var_os("PROBITY_TEST_DATA") else {
        eprintln!("SKIPPED: set PROBITY_TEST_DATA to a folder with `oscal` to validate OSCAL");
        return;
    };
    let data = PathBuf::from(data).join("oscal");
    for (name, document) in documents {
        let stem = name.trim_end_matches(".json");
        let file = data.join(format!("oscal_{stem}_schema.json"));
        let schema: Value = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
        let validator = jsonschema::validator_for(&schema).unwrap();
        let errors: Vec<String> = validator
            .iter_errors(document)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert!(errors.is_empty(), "{name}\n{}", errors.join("\n"));
    }
}
