//! The rules built into the program: shape, identity and references.

use std::fmt;

use serde::Serialize;

/// How much a finding weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing; nobody has to act.
    Info,
    /// Somebody should look.
    Warning,
    /// The records break a demand.
    Error,
}

impl Severity {
    /// The name used in outputs.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }

    /// The severity with this name.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Info, Self::Warning, Self::Error]
            .into_iter()
            .find(|it| it.as_str() == name)
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, fmt: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt.write_str(self.as_str())
    }
}

macro_rules! rules {
    ($($variant:ident $name:literal $obligation:literal $title:literal;)*) => {
        /// A rule of the catalogue. Names are for ever; findings, exceptions and outputs use them.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Rule {
            $(#[doc = $title] $variant,)*
        }

        impl Rule {
            /// The name used in outputs and exceptions.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// The obligation served where the place at fault names no other.
            pub const fn default_obligation(self) -> &'static str {
                match self { $(Self::$variant => $obligation,)* }
            }

            /// What the rule reports, in one line.
            pub const fn title(self) -> &'static str {
                match self { $(Self::$variant => $title,)* }
            }
        }

        /// Every rule, in the order of the catalogue.
        pub const fn all_rules() -> &'static [Rule] {
            &[$(Rule::$variant,)*]
        }
    };
}

rules! {
    Encoding "encoding" "UX-AUTH-08" "a record is no UTF-8 text";
    YamlSyntax "yaml-syntax" "UX-AUTH-08" "a record is no valid YAML";
    DuplicateKey "duplicate-key" "UX-AUTH-08" "a key is written twice in one map";
    AmbiguousWord "ambiguous-word" "UX-AUTH-08" "a bare word that other YAML readers take for true or false";
    TimeWithoutOffset "time-without-offset" "UX-AUTH-08" "a time does not say which time zone it is in";
    UnsupportedYaml "unsupported-yaml" "UX-AUTH-08" "a tag or a key that records cannot hold";
    SeveralDocuments "several-documents" "UX-AUTH-08" "a file holds more than one record";
    NotARecord "not-a-record" "UX-AUTH-04" "a file in a record folder is no record";
    UnknownKind "unknown-kind" "UX-AUTH-04" "a record is of no known kind";
    UnknownKey "unknown-key" "UX-AUTH-04" "a key that records of this kind do not have";
    WrongType "wrong-type" "UX-AUTH-04" "a value of the wrong type";
    ValueNotListed "value-not-listed" "UX-AUTH-04" "a value outside its list";
    WrongFormat "wrong-format" "UX-AUTH-04" "a date, time, duration, id or checksum that is none";
    MissingKey "missing-key" "UX-AUTH-04" "a required key is missing or empty";
    DuplicateId "duplicate-id" "UX-AUTH-09" "two records bear the same id";
    DuplicateLocalId "duplicate-local-id" "UX-AUTH-09" "two elements of a record bear the same id";
    IdContradictsPath "id-contradicts-path" "UX-AUTH-09" "the id of a record differs from its file or folder name";
    UnknownPerson "unknown-person" "GOV-ROLE-01" "a person is not registered";
    UnknownRole "unknown-role" "GOV-ROLE-01" "a role is not defined";
    RoleWithoutHolder "role-without-holder" "GOV-ROLE-01" "a role in use has no holder in force";
    UnknownThirdParty "unknown-third-party" "SC-REG-01" "a third party is not registered";
    UnknownContact "unknown-contact" "SC-NOTIFY-10" "a contact is not registered for the party";
    UnknownSystem "unknown-system" "INC-STATE-07" "a system or component is not registered";
    UnknownChannel "unknown-channel" "SC-REG-06" "a channel is not registered";
    UnknownEvidence "unknown-evidence" "EV-ITEM-06" "an evidence id is not in the evidence list";
    UnknownException "unknown-exception" "RA-EXC-04" "an exception does not exist";
    UnknownRecord "unknown-record" "UX-AUTH-09" "a record that is referred to does not exist";
    UnknownLocalId "unknown-local-id" "UX-AUTH-09" "an id that no element of the record bears";
    UnknownTerm "unknown-term" "UX-AUTH-09" "a severity, class, trigger or other term that no record defines";
}

impl Rule {
    /// The rule with this name.
    pub fn parse(name: &str) -> Option<Self> {
        all_rules().iter().copied().find(|rule| rule.name() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::obligation;

    #[test]
    fn names_are_unique_and_every_obligation_exists() {
        for (index, rule) in all_rules().iter().enumerate() {
            assert_eq!(Rule::parse(rule.name()), Some(*rule), "{}", rule.name());
            assert!(
                obligation(rule.default_obligation()).is_some(),
                "{}",
                rule.name()
            );
            assert!(
                all_rules()[..index]
                    .iter()
                    .all(|other| other.name() != rule.name())
            );
        }
    }
}
