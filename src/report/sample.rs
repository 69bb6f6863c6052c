//! Reports built by hand, for the tests of this room.

use std::sync::Arc;

use super::{By, LabelPlace, PassedOver, Range, Report, Reported, Suppressed, fingerprint};
use crate::catalogue::{Page, Severity};
use crate::finding::{Finding, Findings};
use crate::secrets::Secret;
use crate::source::{Encoding, Place, Places, Source, SourceId, Span};

/// A page with every part.
pub(crate) static LEAK: Page = Page::new(
    "github-actions/plaintext-secret",
    "```toml\nseverity = \"high\"\nconfidence = \"high\"\nfamily = \"plaintext-secret\"\nsince = \"0.1.0\"\ncwe = [\"CWE-798\"]\nreferences = [\"https://docs.github.com/en/actions/security-for-github-actions\"]\n\n[case.name]\nseverity = \"medium\"\n\n[case.weak]\nseverity = \"low\"\n```\n\n# A secret stands in a workflow\n\nEverybody who can read the repository can use it.\n\n## Fix\n\nStore it as a secret.\n\n## Bad\n\n### Plain\n\n```yaml .github/workflows/ci.yml\nx: «BADEXAMPLE ⟦github/personal-access-token⟧»\n```\n\n> said\n\n## Good\n\n### From the store\n\n```yaml .github/workflows/ci.yml\nx: ⟦alnum:12⟧\n```\n",
);

/// A page of the state's checks.
pub(crate) static STATE: Page = Page::new(
    "tfstate/sensitive-value-in-state",
    "```toml\nseverity = \"medium\"\nconfidence = \"high\"\nfamily = \"plaintext-secret\"\nsince = \"0.1.0\"\n```\n\n# State holds a secret\n\nWhoever reads the state reads it.\n\n## Fix\n\nKeep state in a backend that encrypts it.\n",
);

/// A page whose findings appear only when asked for.
pub(crate) static BROKEN: Page = Page::new(
    "core/syntax-error",
    "```toml\nseverity = \"info\"\nconfidence = \"certain\"\nfamily = \"hygiene\"\nsince = \"0.1.0\"\n```\n\n# A file could not be read\n\nWhat was not read was not linted.\n\n## Fix\n\nMend it.\n",
);

/// A report under construction.
#[derive(Default)]
pub(crate) struct Sample {
    pub(crate) report: Report,
}

impl Sample {
    pub(crate) fn new() -> Self {
        let mut sample = Self::default();
        sample.report.rules = vec![&BROKEN, &LEAK, &STATE];
        sample
    }

    /// Adds a file; marks what stands between `«` and `»`, which is taken out, as secret.
    pub(crate) fn file(&mut self, path: &str, marked: &str) -> (SourceId, Vec<Span>) {
        let (mut text, mut spans, mut start) = (String::new(), Vec::new(), 0);
        for char in marked.chars() {
            match char {
                '«' => start = text.len(),
                '»' => spans.push(Span::new(start, text.len())),
                _ => text.push(char),
            }
        }
        let id = SourceId(u32::try_from(self.report.sources.len()).unwrap());
        let source = Source { id, path: path.to_owned(), root_path: path.to_owned(), text, encoding: Encoding::Utf8, ..Source::default() };
        self.report.sources.insert(id, Arc::new(source));
        self.report.masks.insert(id, spans.clone());
        self.report.coverage.linted += 1;
        (id, spans)
    }

    /// The place of the first occurrence of a text in a file.
    pub(crate) fn place(&self, id: SourceId, text: &str) -> Place {
        let at = self.report.sources[&id].text.find(text).unwrap();
        Place { source: id, span: Span::new(at, at + text.len()) }
    }

    /// Adds a finding.
    pub(crate) fn find(&mut self, page: &'static Page, place: Place, message: &str, more: impl FnOnce(&mut Finding)) -> &mut Reported {
        let mut findings = Findings::new(page);
        more(findings.report(place, message));
        let finding = findings.into_list().remove(0);
        let source = Arc::clone(&self.report.sources[&place.source]);
        let labels = finding.labels.iter().map(|label| {
            let source = &self.report.sources[&label.place.source];
            LabelPlace { file: source.path.clone(), range: range(source, label.place.span) }
        });
        let reported = Reported {
            format: if page.folder() == "core" { "text" } else { page.folder() },
            file: source.path.clone(),
            root_path: source.root_path.clone(),
            range: range(&source, place.span),
            labels: labels.collect(),
            edits: Vec::new(),
            fingerprint: fingerprint(&finding, &source.root_path),
            group: finding.secret.as_ref().map(|secret| self.group(secret)),
            suppressed: None,
            finding,
        };
        self.report.findings.push(reported);
        self.report.findings.last_mut().unwrap()
    }

    /// The number of the group of equal secrets.
    fn group(&self, secret: &Secret) -> u32 {
        let known = self.report.findings.iter().find(|reported| reported.finding.secret.as_ref() == Some(secret));
        known.and_then(|reported| reported.group).unwrap_or_else(|| u32::try_from(self.report.findings.len()).unwrap() + 1)
    }

    /// A small run: one shape, one suppressed name, one syntax error, one file not read.
    pub(crate) fn small() -> Self {
        let mut sample = Self::new();
        let (ci, spans) = sample.file(".github/workflows/ci.yml", "on: push\nenv:\n  TOKEN: «0123456789abcdef»\n  PASSWORD: «hunter2»\n");
        let place = |span| Place { source: ci, span };
        sample.find(&LEAK, place(spans[0]), "a token stands in plain text in `TOKEN`", |finding| {
            finding.help("write `${{ secrets.TOKEN }}` here");
            finding.path = crate::literal::LogicalPath::same("env.TOKEN");
            finding.detector = Some("secrets/example/token");
            finding.secret = Some(Secret::new("0123456789abcdef", "", Some(16), true));
        });
        let weak = sample.find(&LEAK, place(spans[1]), "`PASSWORD` holds a well-known or weak password", |finding| {
            finding.case = Some("weak");
            finding.severity = Severity::Low;
            finding.path = crate::literal::LogicalPath::same("env.PASSWORD");
            finding.secret = Some(Secret::new("hunter2", "", None, false));
        });
        weak.suppressed = Some(Suppressed { by: By::File, reason: "a throw-away database".to_owned() });
        let (broken, _) = sample.file("k8s/a:b.yml", "a: [\n");
        let place = sample.place(broken, "[");
        sample.find(&BROKEN, place, "the list is not closed", |_| {});
        sample.report.coverage.as_text = 3;
        sample.report.coverage.other = 40;
        sample.report.coverage.passed_over = vec![PassedOver {
            path: "prod.tfstate".to_owned(),
            reason: "cannot be read: permission denied".to_owned(),
            incomplete: true,
            line: None,
        }];
        sample
    }
}

fn range(source: &Source, span: Span) -> Range {
    let places = Places::new(source, [span.start, span.end]);
    Range { start: places.get(span.start), end: places.get(span.end) }
}
