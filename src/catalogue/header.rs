//! The `toml` block at the top of a page.

use std::collections::BTreeMap;

use serde::Deserialize;

/// How bad a finding is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Worth knowing; shown only when asked for.
    Info,
    /// Mend it when you pass by.
    Low,
    /// Mend it soon.
    Medium,
    /// Mend it now.
    High,
    /// Somebody may be using it already.
    Critical,
}

impl Severity {
    /// The word used in every report and option.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }

    /// One step less severe; `info` stays `info`.
    #[must_use]
    pub fn lowered(self) -> Self {
        match self {
            Self::Critical => Self::High,
            Self::High => Self::Medium,
            Self::Medium => Self::Low,
            Self::Low | Self::Info => Self::Info,
        }
    }
}

/// How sure caulk is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Confidence {
    /// A heuristic.
    Low,
    /// A telling name with a weak value.
    Medium,
    /// A known shape, or a telling name with a random value.
    High,
    /// A checksum agrees.
    Certain,
}

impl Confidence {
    /// The word used in every report and option.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Certain => "certain",
        }
    }
}

/// The five families, and the rest.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Family {
    /// A secret's value stands in the file.
    PlaintextSecret,
    /// A value travels to a place that people read.
    SecretInLog,
    /// A long-lived credential where the platform offers identity.
    MissingOidc,
    /// State that is not encrypted.
    UnencryptedState,
    /// A flag that would hide a value on screen is missing.
    MissingSensitive,
    /// Whatever else makes leaks likely.
    Hygiene,
}

impl Family {
    /// The word used in every report and option.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::PlaintextSecret => "plaintext-secret",
            Self::SecretInLog => "secret-in-log",
            Self::MissingOidc => "missing-oidc",
            Self::UnencryptedState => "unencrypted-state",
            Self::MissingSensitive => "missing-sensitive",
            Self::Hygiene => "hygiene",
        }
    }
}

/// Who wants to hear of it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Persona {
    /// Everybody.
    #[default]
    Regular,
    /// Those who ask with `--pedantic`.
    Pedantic,
}

impl Persona {
    /// The word used in every report.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Regular => "regular",
            Self::Pedantic => "pedantic",
        }
    }
}

/// A named case of a check, with what it has of its own.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// Its severity; the page's where absent.
    pub severity: Option<Severity>,
    /// Its persona; the page's where absent.
    pub persona: Option<Persona>,
}

/// The header of a check's page.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    /// Severity of findings without a case of their own.
    pub severity: Severity,
    /// Confidence of findings that the engine has no word on.
    pub confidence: Confidence,
    /// The family.
    pub family: Family,
    /// The persona.
    #[serde(default)]
    pub persona: Persona,
    /// The version that brought it.
    pub since: String,
    /// Weakness ids, such as `CWE-532`.
    #[serde(default)]
    pub cwe: Vec<String>,
    /// The platform's own documentation, https.
    #[serde(default)]
    pub references: Vec<String>,
    /// Named cases.
    #[serde(default, rename = "case")]
    pub cases: BTreeMap<String, Case>,
}
