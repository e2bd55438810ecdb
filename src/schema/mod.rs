//! What a record may look like: JSON Schema 2020-12, validated on the tree in place.
//!
//! A [`Schema`] is one of the files under `schemas/`, compiled twice: into a validator, and into
//! a [`Shape`] that knows for each place its keys, its description, the obligation it serves and
//! what it refers to. [`Schema::faults`] answers in one sentence of ours per keyword. Schemas say
//! nothing about deadlines or statuses; those are rules. Only this module names `jsonschema`.

mod json;
mod sentence;
mod shape;
mod validate;

pub use json::{TreeJson, TreeNode};
pub use shape::{Annotation, Shape, ShapeId, ShapeNode};
pub use validate::{Places, Schema, SchemaError};
