//! The engine's word on one literal.

use std::collections::HashMap;

use super::Secret;
use crate::catalogue::{Confidence, Severity};
use crate::literal::{LogicalPath, Role};
use crate::source::{Place, Setting, Span};

/// What the engine says of a literal, or of a part of it, that it judges secret.
#[derive(Clone, Debug)]
pub struct Verdict {
    /// The smallest range that holds the secret.
    pub place: Place,
    /// The ranges it was decoded from; what reports mask. Their hull is the place.
    pub spans: Vec<Span>,
    /// The literal's role.
    pub role: Role,
    /// The name it stands under; empty where there is none.
    pub name: String,
    /// Where in the document; decoded strings continue after ` → `.
    pub path: LogicalPath,
    /// Why it is judged secret.
    pub why: Why,
    /// The token format's id (`secrets/github/personal-access-token`).
    pub detector: Option<&'static str>,
    /// The token format's severity; the page decides where it is absent.
    pub severity: Option<Severity>,
    /// How sure.
    pub confidence: Confidence,
    /// What may be told.
    pub secret: Secret,
    /// Example or throw-away places are lowered once.
    pub setting: Setting,
    /// Where the key, block or step opens.
    pub opener: u32,
    /// How it was decoded, outermost first (`base64`, `JSON`).
    pub chain: Vec<&'static str>,
}

/// Why a literal is judged secret.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Why {
    /// A known shape; what it is with its article: `a GitHub personal access token`.
    Shape(&'static str),
    /// A known shape whose checksum is wrong, so that its maker did not issue it.
    Unissued(&'static str),
    /// The secret part of something longer; what that is with its article: `a URL with a password`.
    Inside(&'static str),
    /// A telling name over a value that is no placeholder.
    Name,
    /// A weak or default value under a telling name or in a URL.
    Weak,
}

impl Verdict {
    /// The page's case for it: `name` or `weak`.
    #[must_use]
    pub fn case(&self) -> Option<&'static str> {
        match self.why {
            Why::Shape(_) | Why::Unissued(_) | Why::Inside(_) => None,
            Why::Name => Some("name"),
            Why::Weak => Some("weak"),
        }
    }

    /// What is wrong, in the words all formats share.
    #[must_use]
    pub fn sentence(&self) -> String {
        let under = if self.name.is_empty() { String::new() } else { format!(" in `{}`", self.name) };
        let chain = if self.chain.is_empty() { String::new() } else { format!(", behind {}", self.chain.join(" → ")) };
        match self.why {
            Why::Shape(what) | Why::Inside(what) => format!("{what} stands in plain text{under}{chain}"),
            Why::Unissued(what) => {
                format!("what looks like {what}{under}{chain} has a wrong checksum: nobody issued it, it is mistyped or made up")
            }
            Why::Name if self.name.is_empty() => format!("a secret stands in plain text{chain}"),
            Why::Name => format!("`{}` holds a secret in plain text{chain}", self.name),
            Why::Weak if self.name.is_empty() => format!("a well-known or weak password stands in plain text{chain}"),
            Why::Weak => format!("`{}` holds a well-known or weak password{chain}", self.name),
        }
    }

    /// Where it stands as it is, in one piece and undecoded, so that something else can be written there.
    #[must_use]
    pub fn written(&self) -> Option<Span> {
        (self.chain.is_empty() && self.spans == [self.place.span]).then_some(self.place.span)
    }

    /// The name of the variable that a fix would store the secret under: the literal's own name in upper case, else what the
    /// secret is.
    #[must_use]
    pub fn suggested_name(&self) -> String {
        let mut name = String::with_capacity(self.name.len());
        let mut lower_before = false;
        for char in self.name.chars() {
            if char.is_ascii_alphanumeric() {
                if char.is_ascii_uppercase() && lower_before {
                    name.push('_');
                }
                name.push(char.to_ascii_uppercase());
                lower_before = char.is_ascii_lowercase();
            } else {
                if !name.is_empty() && !name.ends_with('_') {
                    name.push('_');
                }
                lower_before = false;
            }
        }
        let name = name.trim_matches('_');
        if name.is_empty() || name.starts_with(|c: char| c.is_ascii_digit()) || name.len() > 60 {
            self.kind_as_name()
        } else {
            name.to_owned()
        }
    }

    /// `SERVICE_URL`, `CONNECTION_STRING`, `STRIPE_SECRET_KEY`.
    fn kind_as_name(&self) -> String {
        let format = self.detector.and_then(|id| id.strip_prefix("secrets/"));
        match (&self.why, format) {
            (Why::Inside(what), _) if what.contains("URL") => "SERVICE_URL".to_owned(),
            (Why::Inside(what), _) if what.contains("connection string") => "CONNECTION_STRING".to_owned(),
            // No secret of GitHub Actions may begin with `GITHUB_`.
            (_, Some(format)) if format.starts_with("github/") => "GH_TOKEN".to_owned(),
            (_, Some(format)) => format.trim_start_matches("other/").replace(['/', '-'], "_").to_ascii_uppercase(),
            _ => "SECRET".to_owned(),
        }
    }
}

/// The names that what is secret in one file is to be stored under: what is equal shares one, different things that go by one name
/// are numbered, lest two passwords become one.
#[derive(Default)]
pub struct Names(HashMap<String, HashMap<([u8; 16], String), usize>>);

impl Names {
    /// The secret's `suggested_name`, or that with a number. `whole`: what is stored, where that is more than the secret.
    pub fn of(&mut self, leak: &Verdict, whole: Option<&str>) -> String {
        let name = leak.suggested_name();
        match self.number(name.clone(), leak, whole) {
            1 => name,
            number => format!("{name}_{number}"),
        }
    }

    /// Which of the different secrets of this name it is, counted from 1.
    pub fn number(&mut self, name: String, leak: &Verdict, whole: Option<&str>) -> usize {
        let known = self.0.entry(name).or_default();
        let next = known.len() + 1;
        *known.entry((leak.secret.group_key(), whole.unwrap_or("").to_owned())).or_insert(next)
    }
}
