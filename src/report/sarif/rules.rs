//! Rules: one for each check and each severity a finding of it can have, because GitHub reads a finding's severity from
//! its rule and from nowhere else.
//!
//! `id` has the page's severity, `id/case` that of a case with its own. A token format or a throw-away place can give a
//! finding another severity than its case: such a finding has the rule `id/critical` (`high`, …), listed when it is used.

use std::collections::{BTreeMap, BTreeSet};

use super::log::{Configuration, Help, Message, Rule, RuleProperties};
use crate::catalogue::{Confidence, Page, Severity};
use crate::finding::Finding;
use crate::secrets;

/// Characters that GitHub takes of a description.
const DESCRIPTION: usize = 1024;

/// The rules of a report, and where each stands.
pub(super) struct Rules<'r> {
    pub(super) list: Vec<Rule<'r>>,
    index: BTreeMap<String, usize>,
}

impl<'r> Rules<'r> {
    /// Every shipped rule, and those that only these findings have; sorted by id.
    pub(super) fn new(pages: &[&'r Page], findings: impl Iterator<Item = &'r Finding>) -> Self {
        let mut wanted: BTreeMap<String, (&'r Page, Severity)> = BTreeMap::new();
        for page in pages {
            wanted.insert(page.id.to_owned(), (page, page.severity(None)));
            let cases = page.header().into_iter().flat_map(|header| &header.cases);
            for (name, severity) in cases.filter_map(|(name, case)| Some((name, case.severity?))) {
                wanted.insert(format!("{}/{name}", page.id), (page, severity));
            }
        }
        let mut seen = BTreeSet::new();
        for finding in findings {
            if seen.insert((finding.page.id, finding.case, finding.severity)) {
                wanted.entry(id(finding)).or_insert((finding.page, finding.severity));
            }
        }
        let index = wanted.keys().enumerate().map(|(index, id)| (id.clone(), index)).collect();
        Self { list: wanted.into_iter().map(|(id, (page, severity))| rule(id, page, severity)).collect(), index }
    }

    /// Where a rule stands.
    pub(super) fn index(&self, id: &str) -> usize {
        self.index.get(id).copied().unwrap_or_default()
    }

    /// Adds a rule that is no check's.
    pub(super) fn push(&mut self, rule: Rule<'r>) -> usize {
        self.list.push(rule);
        self.list.len() - 1
    }
}

/// The rule of a finding.
pub(super) fn id(finding: &Finding) -> String {
    let page = finding.page;
    if finding.severity != page.severity(finding.case) {
        return format!("{}/{}", page.id, finding.severity.name());
    }
    let own = page.header().zip(finding.case).and_then(|(header, case)| header.cases.get(case)?.severity);
    match finding.case.filter(|_| own.is_some()) {
        Some(case) => format!("{}/{case}", page.id),
        None => page.id.to_owned(),
    }
}

/// SARIF's word for a severity.
pub(super) fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low | Severity::Info => "note",
    }
}

fn rule(id: String, page: &Page, severity: Severity) -> Rule<'_> {
    let header = page.header();
    let fix = page.section("Fix").map(|fix| secrets::previews(fix.trim())).unwrap_or_default();
    let why = secrets::previews(page.why());
    let title = filled(page.title(), page.id);
    let mut markdown = format!("{}\n\n## Fix\n\n{}\n", filled(&why, title), filled(&fix, title));
    if let Some(good) = page.section("Good").filter(|good| !good.trim().is_empty()) {
        markdown.push_str(&format!("\n## Good\n\n{}\n", secrets::previews(good.trim())));
    }
    let mut tags = vec!["security".to_owned()];
    if let Some(header) = header {
        tags.push(header.family.name().to_owned());
        tags.extend(header.cwe.iter().map(|cwe| format!("external/cwe/{}", cwe.to_ascii_lowercase())));
    }
    Rule {
        id,
        short_description: Message { text: cut(title) },
        full_description: Message { text: cut(filled(&why, title)) },
        help_uri: header.and_then(|header| header.references.first()).map(String::as_str),
        help: Help { text: filled(&fix, title).to_owned(), markdown },
        default_configuration: Configuration { level: level(severity) },
        properties: RuleProperties {
            tags,
            precision: precision(header.map_or(Confidence::High, |header| header.confidence)),
            security_severity: security_severity(severity),
            problem_severity: problem_severity(severity),
            since: header.map(|header| header.since.as_str()),
        },
    }
}

/// Empty strings are refused where a text is required.
fn filled<'t>(text: &'t str, instead: &'t str) -> &'t str {
    if text.trim().is_empty() { instead } else { text }
}

/// At most as many characters as are taken, ended at a word.
fn cut(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.chars().count() <= DESCRIPTION {
        return text;
    }
    let head: String = text.chars().take(DESCRIPTION - 2).collect();
    format!("{} …", head.rsplit_once(' ').map_or(head.as_str(), |(head, _)| head))
}

fn precision(confidence: Confidence) -> &'static str {
    match confidence {
        Confidence::Certain => "very-high",
        Confidence::High => "high",
        Confidence::Medium => "medium",
        Confidence::Low => "low",
    }
}

/// GitHub: above 9.0 critical, from 7.0 high, from 4.0 medium, from 0.1 low, 0.0 none.
fn security_severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "9.5",
        Severity::High => "8.0",
        Severity::Medium => "5.5",
        Severity::Low => "2.5",
        Severity::Info => "0.0",
    }
}

fn problem_severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low | Severity::Info => "recommendation",
    }
}
