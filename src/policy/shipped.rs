//! The packs that are part of the program.

macro_rules! packs {
    ($($file:literal),* $(,)?) => {
        /// Path and text of each shipped pack, in the order of the catalogue.
        pub(super) const PACKS: &[(&str, &str)] =
            &[$(($file, include_str!(concat!("../../", $file)))),*];
    };
}

packs! {
    "policies/terms.yaml",
    "policies/records.yaml",
}

/// The texts of all shipped packs; for digests.
pub fn pack_texts() -> impl Iterator<Item = &'static str> {
    PACKS.iter().map(|(_, text)| *text)
}
