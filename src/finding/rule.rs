//! Severities, and the rules as findings and counts know them: by number.

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

macro_rules! builtins {
    ($($variant:ident $name:literal $title:literal;)*) => {
        /// A mechanism built into the program. A shipped pack makes each a rule of the catalogue,
        /// with its obligations and its words.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Builtin {
            $(#[doc = $title] $variant,)*
        }

        impl Builtin {
            /// Every mechanism.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The name of its rule.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }
        }
    };
}

builtins! {
    Encoding "encoding" "a record is no UTF-8 text";
    YamlSyntax "yaml-syntax" "a record is no valid YAML";
    DuplicateKey "duplicate-key" "a key is written twice in one map";
    AmbiguousWord "ambiguous-word" "a bare word that other YAML readers take for true or false";
    TimeWithoutOffset "time-without-offset" "a time does not say which time zone it is in";
    UnsupportedYaml "unsupported-yaml" "a tag or a key that records cannot hold";
    SeveralDocuments "several-documents" "a file holds more than one record";
    NotARecord "not-a-record" "a file in a record folder is no record";
    UnknownKind "unknown-kind" "a record is of no known kind";
    UnknownKey "unknown-key" "a key that records of this kind do not have";
    WrongType "wrong-type" "a value of the wrong type";
    ValueNotListed "value-not-listed" "a value outside its list";
    WrongFormat "wrong-format" "a date, time, duration, id or checksum that is none";
    MissingKey "missing-key" "a required key is missing or empty";
    DuplicateId "duplicate-id" "two records bear the same id";
    DuplicateLocalId "duplicate-local-id" "two elements of a record bear the same id";
    IdContradictsPath "id-contradicts-path" "the id of a record differs from its file or folder name";
    UnknownPerson "unknown-person" "a person is not registered";
    UnknownRole "unknown-role" "a role is not defined";
    RoleWithoutHolder "role-without-holder" "a role in use has no holder in force";
    UnknownThirdParty "unknown-third-party" "a third party is not registered";
    UnknownContact "unknown-contact" "a contact is not registered for the party";
    UnknownSystem "unknown-system" "a system or component is not registered";
    UnknownChannel "unknown-channel" "a channel is not registered";
    UnknownEvidence "unknown-evidence" "an evidence id is not in the evidence list";
    UnknownException "unknown-exception" "an exception does not exist";
    UnknownRecord "unknown-record" "a record that is referred to does not exist";
    UnknownLocalId "unknown-local-id" "an id that no element of the record bears";
    UnknownTerm "unknown-term" "a severity, class, trigger or other term that no record defines";
    PolicyExpression "policy-expression" "an expression of a rule has a mistake";
    PolicyRule "policy-rule" "a rule of a pack cannot be used as it is written";
    UnregisteredEvidence "unregistered-evidence" "a file in an evidence folder that no record registers";
    TwiceRegisteredEvidence "twice-registered-evidence" "an evidence file is registered twice";
    UnmatchedException "unmatched-exception" "a control exception accepts nothing";
    SecretPattern "secret-pattern" "a secret pattern of the program matches";
    Credential "credential" "a key or token stands in a text";
    PaymentNumber "payment-number" "the number of a payment card or bank account stands in a text";
    ExcludedContent "excluded-content" "what leaves holds what the guideline keeps inside";
    PrivateAddress "private-address" "what leaves holds an address of a private network";
    InternalHost "internal-host" "what leaves holds the name of an internal host";
    PrivilegeMarking "privilege-marking" "what leaves is marked as privileged";
    PersonalContact "personal-contact" "what leaves holds a mail address or phone number of a person";
    UnusablePattern "unusable-pattern" "a pattern that nothing can be searched for with";
}

impl Builtin {
    /// Whether it decides what can be judged at all: files that are refused as a whole, and rules
    /// that cannot be used. No policy changes that.
    pub const fn is_precondition(self) -> bool {
        matches!(
            self,
            Self::Encoding
                | Self::YamlSyntax
                | Self::DuplicateKey
                | Self::AmbiguousWord
                | Self::TimeWithoutOffset
                | Self::UnsupportedYaml
                | Self::SeveralDocuments
                | Self::NotARecord
                | Self::UnknownKind
                | Self::PolicyExpression
                | Self::PolicyRule
        )
    }

    /// The demand that its findings about the id of an incident name.
    pub const ID_OF_INCIDENT: &'static str = "INC-STATE-02";

    /// The demands that it names in some findings only.
    pub const fn sometimes(self) -> &'static [&'static str] {
        match self {
            Self::DuplicateId | Self::IdContradictsPath => &[Self::ID_OF_INCIDENT],
            _ => &[],
        }
    }

    /// The mechanism with this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|it| it.name() == name)
    }
}

/// A rule of the catalogue, by its number: first the mechanisms of the program, then the rules
/// that packs write as expressions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rule(u16);

impl From<Builtin> for Rule {
    fn from(builtin: Builtin) -> Self {
        Self(builtin as u16)
    }
}

impl PartialEq<Builtin> for Rule {
    fn eq(&self, builtin: &Builtin) -> bool {
        self.0 == *builtin as u16
    }
}

impl Rule {
    /// The rule at a position of the catalogue.
    pub const fn at(position: usize) -> Self {
        Self(position as u16)
    }

    /// The mechanism of the program that it is; `None` for a rule of a pack.
    pub fn builtin(self) -> Option<Builtin> {
        Builtin::ALL.get(self.position()).copied()
    }

    /// Its position in the catalogue.
    pub const fn position(self) -> usize {
        self.0 as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique() {
        for (index, builtin) in Builtin::ALL.iter().enumerate() {
            assert_eq!(Builtin::parse(builtin.name()), Some(*builtin));
            assert_eq!(Rule::from(*builtin).position(), index);
        }
    }
}
