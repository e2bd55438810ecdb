//! Where a library of others is named: each engine in one module, so that it can be replaced.

use crate::manifest::dependencies;
use crate::rust::RustFile;

/// Every dependency, by the name used in code, with the modules that may name it. Empty for those
/// that are like a part of the language.
const NAMED_IN: &[(&str, &[&str])] = &[
    ("clap", &["cli"]),
    ("clap_complete", &["cli"]),
    ("clap_mangen", &["cli"]),
    ("console", &["cli"]),
    ("csv", &["author"]),
    // Read in `source`; `author` writes the history of the example.
    ("git2", &["author", "source"]),
    ("granit_parser", &["document"]),
    ("ignore", &["source"]),
    ("indicatif", &["cli"]),
    // Days and instants are arithmetic of `clock`; two places only ask whether there is such a day.
    ("jiff", &["clock"]),
    ("jsonschema", &["schema"]),
    ("lsp_server", &["lsp"]),
    ("lsp_types", &["lsp"]),
    ("mail_parser", &["evidence"]),
    ("memchr", &["document", "source"]),
    ("miette", &["output"]),
    // The program as a whole.
    ("mimalloc", &[""]),
    ("minijinja", &["template"]),
    ("percent_encoding", &["lsp", "output", "source"]),
    ("quick_xml", &["output"]),
    ("rayon", &["engine", "source"]),
    ("regex", &["policy", "text", "evidence"]),
    ("rust_xlsxwriter", &["report"]),
    ("serde", &[]),
    ("serde_json", &[]),
    ("serde_yaml", &["author"]),
    ("sha2", &["author", "evidence", "finding", "engine"]),
    ("ssh_key", &["provenance"]),
    ("strsim", &["text"]),
    ("tempfile", &["author"]),
    ("thiserror", &[]),
    ("uuid", &["report"]),
];

#[test]
fn each_engine_is_named_in_its_module_only() {
    let mut wrong = Vec::new();
    for file in RustFile::below("src") {
        for name in file.names() {
            let row = NAMED_IN.iter().find(|(engine, _)| *engine == name.text);
            let Some((engine, modules)) = row else {
                continue;
            };
            let is_path = name.is_head && (name.rest.is_some() || name.is_used);
            if is_path && !modules.is_empty() && !modules.contains(&file.module()) {
                let line = file.shown(name.line);
                wrong.push(format!("{line}\n    `{engine}` belongs to {modules:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn every_dependency_has_a_row_and_is_used_where_the_row_says() {
    let files = RustFile::below("src");
    let is_named = |engine: &str, module: Option<&&str>| {
        files.iter().any(|file| {
            module.is_none_or(|module| file.module() == *module)
                && file
                    .names()
                    .iter()
                    .any(|name| name.text == engine && name.is_head && name.rest.is_some())
        })
    };
    let mut wrong = Vec::new();
    let dependencies = dependencies("dependencies");
    for dependency in &dependencies {
        match NAMED_IN.iter().find(|(engine, _)| engine == dependency) {
            None => wrong.push(format!("`{dependency}` has no row")),
            Some((_, [])) if !is_named(dependency, None) => {
                wrong.push(format!("`{dependency}` is used nowhere"));
            }
            Some((_, modules)) => wrong.extend(
                modules
                    .iter()
                    .filter(|module| !is_named(dependency, Some(module)))
                    .map(|module| format!("`{dependency}` is not used in `{module}` any more")),
            ),
        }
    }
    for (engine, _) in NAMED_IN {
        if !dependencies.iter().any(|it| it == engine) {
            wrong.push(format!("`{engine}` is no dependency any more"));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
