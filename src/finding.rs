//! Findings: what a check says, and the only way out of a check.

use crate::catalogue::{Confidence, Page, Persona, Severity};
use crate::literal::LogicalPath;
use crate::secrets::{Secret, Verdict};
use crate::source::{Change, Place, Span};

/// Something a check found.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The check's page.
    pub page: &'static Page,
    /// The named case of the page, if it is one.
    pub case: Option<&'static str>,
    /// How bad it is.
    pub severity: Severity,
    /// How sure caulk is.
    pub confidence: Confidence,
    /// What is underlined.
    pub place: Place,
    /// What is wrong here: lower case, no full stop, names in backticks. Holds text from files, so print it only through an escaper.
    pub message: String,
    /// What to write instead, in this very format.
    pub help: Option<String>,
    /// Other places that belong to the story, in flow order.
    pub labels: Vec<Label>,
    /// Where in the document's own structure.
    pub path: LogicalPath,
    /// The token format's id (`secrets/github/personal-access-token`), where a shape was recognised.
    pub detector: Option<&'static str>,
    /// What may be told of the secret.
    pub secret: Option<Secret>,
    /// Where the key, block or step opens that holds the place: a suppression may stand there.
    pub opener: u32,
    /// Where it is, in the words of whoever has the file open, where lines say little: `cell 3, In [7]`.
    pub spot: Option<String>,
    /// A change of the file that would mend it.
    pub fix: Option<Fix>,
}

/// A change of the file that a finding stands in. `caulk fix` makes it, all of it or nothing.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fix {
    /// What it does, in the imperative: lower case, no full stop, names in backticks.
    pub title: String,
    /// Whether the file means the same afterwards, or what it meant was the leak. Others are made only when asked for.
    pub safe: bool,
    /// What changes, in the source of the finding's place.
    pub change: Change,
}

/// A second place of a finding.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Label {
    /// What the place is in the story.
    pub kind: LabelKind,
    /// The place.
    pub place: Place,
    /// A few words: lower case, no full stop.
    pub message: String,
}

/// What a labelled place is in the story of a finding.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum LabelKind {
    /// Where the secret comes from.
    Source,
    /// Where it passes through.
    Hop,
    /// Where it leaks.
    Sink,
    /// Anything else worth a look.
    Related,
}

impl LabelKind {
    /// The word used in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Source => "source",
            Self::Hop => "hop",
            Self::Sink => "sink",
            Self::Related => "related",
        }
    }
}

impl Finding {
    /// Who wants to hear of it.
    #[must_use]
    pub fn persona(&self) -> Persona {
        self.page.persona(self.case)
    }

    /// What to write instead, in this very format.
    pub fn help(&mut self, help: impl Into<String>) -> &mut Self {
        self.help = Some(help.into());
        self
    }

    /// Says something else than the engine's sentence.
    pub fn message(&mut self, message: impl Into<String>) -> &mut Self {
        self.message = message.into();
        self
    }

    /// Adds a place to the story.
    pub fn label(&mut self, kind: LabelKind, place: Place, message: impl Into<String>) -> &mut Self {
        self.labels.push(Label { kind, place, message: message.into() });
        self
    }

    /// Where in the document's own structure it is.
    pub fn at(&mut self, path: LogicalPath) -> &mut Self {
        self.path = path;
        self
    }

    /// The key, block or step that holds the place opens here; a suppression may stand on its line or the line before.
    pub fn within(&mut self, opener: Span) -> &mut Self {
        self.opener = opener.start;
        self
    }

    /// Where it is, where lines say little. Never in words of the file.
    pub fn spotted(&mut self, spot: impl Into<String>) -> &mut Self {
        self.spot = Some(spot.into());
        self
    }

    /// How sure, where the check knows better than its page.
    pub fn confidence(&mut self, confidence: Confidence) -> &mut Self {
        self.confidence = confidence;
        self
    }

    /// A change after which the file means the same, or what it meant was the leak. Nothing where the view knows no edit.
    pub fn safe_fix(&mut self, title: impl Into<String>, change: Option<Change>) -> &mut Self {
        self.propose(true, title.into(), change)
    }

    /// A change that is right in most files; something that reads the file may fail afterwards.
    pub fn unsafe_fix(&mut self, title: impl Into<String>, change: Option<Change>) -> &mut Self {
        self.propose(false, title.into(), change)
    }

    fn propose(&mut self, safe: bool, title: String, change: Option<Change>) -> &mut Self {
        self.fix = change.map(|change| Fix { title, safe, change }).or(self.fix.take());
        self
    }

    /// One step less severe: the place is an example or is thrown away.
    pub fn lowered(&mut self) -> &mut Self {
        self.severity = self.severity.lowered();
        self
    }
}

/// Where a check puts what it finds; bound to the check's page.
#[derive(Debug)]
pub struct Findings {
    page: &'static Page,
    list: Vec<Finding>,
}

impl Findings {
    /// Findings of the check with this page.
    #[must_use]
    pub fn new(page: &'static Page) -> Self {
        Self { page, list: Vec::new() }
    }

    /// The page of the check that is running.
    #[must_use]
    pub fn page(&self) -> &'static Page {
        self.page
    }

    /// A finding with the page's own severity.
    pub fn report(&mut self, place: Place, message: impl Into<String>) -> &mut Finding {
        self.add(None, place, message.into())
    }

    /// A finding of one of the page's named cases.
    pub fn report_case(&mut self, case: &'static str, place: Place, message: impl Into<String>) -> &mut Finding {
        self.add(Some(case), place, message.into())
    }

    /// One of the page's cases, or none of them.
    pub fn report_case_if(&mut self, case: Option<&'static str>, place: Place, message: impl Into<String>) -> &mut Finding {
        self.add(case, place, message.into())
    }

    /// A finding for a literal that the engine judged secret: severity from the token format, else from the page's case
    /// (`name`, `weak`), lowered once where the setting is an example or throw-away.
    pub fn leak(&mut self, verdict: &Verdict) -> &mut Finding {
        let case = verdict.case().filter(|case| self.page.has_case(case));
        self.leak_case(case, verdict)
    }

    /// The same, where the check knows the case better than the engine.
    pub fn leak_case(&mut self, case: Option<&'static str>, verdict: &Verdict) -> &mut Finding {
        let mut severity = match (verdict.severity, verdict.case(), case) {
            (Some(severity), _, _) => severity,
            // A page without a case of its own for weak values: one step below the page.
            (None, Some("weak"), None) => self.page.severity(None).lowered(),
            (None, _, case) => self.page.severity(case),
        };
        if verdict.setting.example || verdict.setting.throwaway {
            severity = match verdict.case() {
                // What anybody could guess protects nothing in a place that protects nothing.
                Some("weak") => Severity::Info,
                // A token that somebody issued is shown wherever it stands.
                None if severity == Severity::Low => Severity::Low,
                _ => severity.lowered(),
            };
        }
        let finding = self.add(case, verdict.place, verdict.sentence());
        finding.severity = severity;
        finding.confidence = verdict.confidence;
        finding.path = verdict.path.clone();
        finding.detector = verdict.detector;
        finding.secret = Some(verdict.secret.clone());
        finding.opener = verdict.opener;
        finding
    }

    /// What was found.
    #[must_use]
    pub fn into_list(self) -> Vec<Finding> {
        self.list
    }

    fn add(&mut self, case: Option<&'static str>, place: Place, message: String) -> &mut Finding {
        let index = self.list.len();
        self.list.push(Finding {
            page: self.page,
            case,
            severity: self.page.severity(case),
            confidence: self.page.header().map_or(Confidence::High, |header| header.confidence),
            place,
            message,
            help: None,
            labels: Vec::new(),
            path: LogicalPath::default(),
            detector: None,
            secret: None,
            opener: place.span.start,
            spot: None,
            fix: None,
        });
        &mut self.list[index]
    }
}
