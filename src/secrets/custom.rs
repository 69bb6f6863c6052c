//! What a team adds to the engine: names that tell, names that do not, and token formats of its own.
//!
//! All of it is empty in most runs, and an empty one costs a comparison.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::{Mutex, PoisonError};

use regex_automata::meta::Regex;
use regex_automata::util::syntax;
use regex_syntax::hir::{Hir, HirKind};

use super::dull::is_dull;
use super::names::{self, Added, Telling};
use crate::catalogue::Severity;

/// Bytes that a compiled pattern may take.
const MAX_COMPILED: usize = 1 << 20;
/// Parentheses inside parentheses.
const MAX_NESTED: u32 = 50;
/// A pattern holds a literal of at least so many bytes, or its detector has keywords: else every byte of every file is looked at.
const MIN_LITERAL: usize = 3;

/// What a team adds.
#[derive(Debug, Default)]
pub struct Custom {
    names: Added,
    detectors: Vec<Detector>,
}

/// A token format of a team's own.
#[derive(Debug)]
pub struct Detector {
    id: &'static str,
    title: &'static str,
    regex: Regex,
    keywords: Vec<String>,
    severity: Severity,
}

/// Why a pattern is refused.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BadPattern {
    /// It cannot be read; where, where that is known.
    Syntax(Option<(usize, usize)>),
    /// It takes more than a megabyte when compiled.
    TooLarge,
    /// It holds no literal that could be looked for, and there are no keywords.
    NoLiteral,
}

/// Where a detector found something.
pub(super) struct Hit<'c> {
    pub(super) range: Range<usize>,
    pub(super) detector: &'c Detector,
}

impl Custom {
    /// Names whose values are secrets, names whose values are none, detectors. A name is read as words, however it is spelt.
    #[must_use]
    pub fn new(secret: &[String], safe: &[String], detectors: Vec<Detector>) -> Self {
        Self { names: Added::new(secret, safe), detectors }
    }

    /// What the name promises of its value, the team's own names first.
    pub(super) fn telling(&self, name: &str) -> Option<Telling> {
        self.names.telling(name)
    }

    /// Whether a name by itself says that its value is a secret, the team's own names first.
    #[must_use]
    pub fn is_secret_name(&self, name: &str) -> bool {
        matches!(self.telling(name), Some(Telling::Password | Telling::Token))
    }

    /// Whether a team has names of its own.
    pub(super) fn has_names(&self) -> bool {
        !self.names.is_empty()
    }

    /// Whether a team has token formats of its own.
    pub(super) fn has_detectors(&self) -> bool {
        !self.detectors.is_empty()
    }

    /// The tokens in a text that stands under a name.
    pub(super) fn find(&self, text: &str, name: &str) -> Vec<Hit<'_>> {
        let mut hits = Vec::new();
        for detector in self.detectors.iter().filter(|detector| detector.may_stand_in(text, name)) {
            hits.extend(detector.ranges(text).into_iter().map(|range| Hit { range, detector }));
        }
        hits
    }
}

impl Detector {
    /// Compiles a pattern. What a group captures is the secret, the first one that takes part; without groups all of the match.
    ///
    /// # Errors
    /// Says why the pattern is refused.
    pub fn new(id: &str, title: &str, pattern: &str, keywords: &[String], severity: Severity) -> Result<Self, BadPattern> {
        let mut parser = regex_syntax::ParserBuilder::new().nest_limit(MAX_NESTED).build();
        let hir = parser.parse(pattern).map_err(|error| BadPattern::Syntax(place(&error)))?;
        if keywords.is_empty() && literal(&hir) < MIN_LITERAL {
            return Err(BadPattern::NoLiteral);
        }
        let config = Regex::config().nfa_size_limit(Some(MAX_COMPILED)).onepass_size_limit(Some(MAX_COMPILED));
        let regex = Regex::builder()
            .configure(config)
            .syntax(syntax::Config::new().nest_limit(MAX_NESTED))
            .build(pattern)
            .map_err(|_| BadPattern::TooLarge)?;
        let keywords = keywords.iter().map(|keyword| keyword.to_lowercase()).collect();
        Ok(Self { id: interned(id), title: interned(title), regex, keywords, severity })
    }

    /// Its id.
    #[must_use]
    pub fn id(&self) -> &'static str {
        self.id
    }

    pub(super) fn title(&self) -> &'static str {
        self.title
    }

    pub(super) fn severity(&self) -> Severity {
        self.severity
    }

    fn may_stand_in(&self, text: &str, name: &str) -> bool {
        let holds = |text: &str| {
            let text = text.to_lowercase();
            self.keywords.iter().any(|keyword| text.contains(keyword.as_str()))
        };
        self.keywords.is_empty() || holds(name) || holds(text)
    }

    fn ranges(&self, text: &str) -> Vec<Range<usize>> {
        let secret = |captures: regex_automata::util::captures::Captures| {
            let group =
                (1..captures.group_len()).find_map(|group| captures.get_group(group)).or_else(|| captures.get_match().map(|m| m.span()));
            group.map(|span| span.start..span.end)
        };
        let told = |range: &Range<usize>| text.get(range.clone()).is_some_and(|value| !value.is_empty() && !is_dull(value));
        self.regex.captures_iter(text).filter_map(secret).filter(told).collect()
    }
}

fn place(error: &regex_syntax::Error) -> Option<(usize, usize)> {
    let span = match error {
        regex_syntax::Error::Parse(error) => error.span(),
        regex_syntax::Error::Translate(error) => error.span(),
        _ => return None,
    };
    Some((span.start.offset, span.end.offset))
}

/// The length of the longest literal that every match holds. Recursion ends at [`MAX_NESTED`].
fn literal(hir: &Hir) -> usize {
    match hir.kind() {
        HirKind::Literal(literal) => literal.0.len(),
        HirKind::Concat(parts) => parts.iter().map(literal).max().unwrap_or(0),
        HirKind::Alternation(parts) => parts.iter().map(literal).min().unwrap_or(0),
        HirKind::Capture(capture) => literal(&capture.sub),
        HirKind::Repetition(repetition) if repetition.min > 0 => literal(&repetition.sub),
        _ => 0,
    }
}

/// Ids and titles live as long as the program, as those of our own formats do. Read twice, they are kept once.
fn interned(text: &str) -> &'static str {
    static KNOWN: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = known.get(text) {
        return known;
    }
    let kept: &'static str = Box::leak(text.to_owned().into_boxed_str());
    known.insert(kept);
    kept
}

/// Whether a name says anything: `42` does not.
#[must_use]
pub fn has_words(name: &str) -> bool {
    !names::split(name).is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn detector(pattern: &str, keywords: &[&str]) -> Result<Detector, BadPattern> {
        let keywords: Vec<String> = keywords.iter().map(|keyword| (*keyword).to_owned()).collect();
        Detector::new("acme/key", "an Acme key", pattern, &keywords, Severity::High)
    }

    fn found<'t>(pattern: &str, keywords: &[&str], name: &str, text: &'t str) -> Vec<&'t str> {
        let custom = Custom::new(&[], &[], vec![detector(pattern, keywords).unwrap()]);
        custom.find(text, name).into_iter().map(|hit| &text[hit.range]).collect()
    }

    #[test]
    fn a_match_is_found_and_a_group_narrows_it() {
        assert_eq!(found("acme_[a-z0-9]{8}", &[], "", "x acme_k3v9qw7z y"), ["acme_k3v9qw7z"]);
        assert_eq!(found("acme=([a-z0-9]{8})", &[], "", "acme=k3v9qw7z"), ["k3v9qw7z"]);
        assert_eq!(found("acme=(?:([0-9]{4})|([a-z]{4}))", &[], "", "acme=wqvz acme=7391"), ["wqvz", "7391"]);
        assert!(found("acme_[a-z0-9]{8}", &[], "", "acme_xxxxxxxx acme_example1").is_empty());
    }

    #[test]
    fn keywords_stand_in_the_name_or_in_the_text() {
        assert_eq!(found("[a-z0-9]{8}", &["Acme"], "ACME_KEY", "k3v9qw7z"), ["k3v9qw7z"]);
        assert_eq!(found("[0-9a-z]{8}$", &["acme"], "", "acme k3v9qw7z"), ["k3v9qw7z"]);
        assert!(found("[a-z0-9]{8}", &["acme"], "OTHER_KEY", "k3v9qw7z").is_empty());
    }

    #[test]
    fn a_pattern_that_cannot_be_looked_for_is_refused() {
        for pattern in ["[a-z]{8}", "(?i)acme_[0-9]+", "ab[0-9]+", "(?:acme|x)[0-9]+", "(?:acme)?[0-9]+", ""] {
            assert_eq!(detector(pattern, &[]).unwrap_err(), BadPattern::NoLiteral, "{pattern}");
        }
        for pattern in ["(?:acme|beta)-[0-9]+", "[0-9]+(acme)+", "x?acme[0-9]"] {
            assert!(detector(pattern, &[]).is_ok(), "{pattern}");
        }
    }

    #[test]
    fn a_pattern_that_cannot_be_read_says_where_and_a_large_one_is_refused() {
        assert_eq!(detector("acme_[a-z", &[]).unwrap_err(), BadPattern::Syntax(Some((5, 6))));
        assert!(matches!(detector("acme_(?=x)", &[]), Err(BadPattern::Syntax(Some(_)))));
        assert!(matches!(detector(&format!("acme{}x{}", "(".repeat(60), ")".repeat(60)), &[]), Err(BadPattern::Syntax(_))));
        assert_eq!(detector("acme_\\pL{1000}\\pL{1000}", &[]).unwrap_err(), BadPattern::TooLarge);
    }

    #[test]
    fn a_pattern_takes_linear_time() {
        let text = "acme_".to_owned() + &"a".repeat(200_000);
        assert!(found("acme_(?:a+)+b", &[], "", &text).is_empty());
    }

    #[test]
    fn names_are_added_and_taken_away() {
        let custom = Custom::new(&["licence key".to_owned(), "pin".to_owned()], &["session_token".to_owned()], Vec::new());
        let table = [
            ("ACME_LICENCE_KEY", Some(Telling::Password)),
            ("licenceKey2", Some(Telling::Password)),
            ("licence_key_file", None),
            ("cardPin", Some(Telling::Password)),
            ("pinned", None),
            ("sessionToken", None),
            ("other_token", Some(Telling::Token)),
            ("password", Some(Telling::Password)),
        ];
        for (name, expected) in table {
            assert_eq!(custom.telling(name), expected, "{name}");
        }
    }

    #[test]
    fn the_longer_name_wins() {
        let of = |secret: &str, safe: &str| Custom::new(&[secret.to_owned()], &[safe.to_owned()], Vec::new());
        assert_eq!(of("licence", "licence name").telling("licence_name"), None);
        assert_eq!(of("public licence", "licence").telling("public_licence"), Some(Telling::Password));
        assert_eq!(of("licence", "licence").telling("licence"), None);
    }
}
