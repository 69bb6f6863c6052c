//! SARIF 2.1.0 within the limits of GitHub's code scanning, which refuses a file that exceeds one
//! (<https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning>).
//!
//! No snippet is written: alerts are visible to everybody who can write, and the files become artifacts. Paths are relative
//! to the repository's root. A text of SARIF is read by people on a web page, so hidden characters are written out in it.

mod log;
mod rules;

use std::collections::HashMap;
use std::io::{self, Write};

use log::{
    Artifact, ArtifactChange, AutomationDetails, CodeFlow, Configuration, Driver, Fingerprints, Fix, FixProperties, Help, Invocation,
    Location, Log, LogicalLocation, Message, Notification, NotificationLocation, PhysicalLocation, Region, Replacement, ResultProperties,
    Rule, RuleProperties, Run, SarifResult, Suppression, ThreadFlow, ThreadFlowLocation, Tool, Uri,
};
use rules::{Rules, level};

use super::state::resource_instance;
use super::{By, Range, Report, Reported, Suppressed, escape};
use crate::catalogue::Severity;
use crate::finding::LabelKind;
use crate::secrets::Custom;
use crate::source::{Place, SourceId};

/// Results of a run that GitHub takes.
const RESULTS: usize = 25_000;

/// Locations of a result that are stored and shown.
const LOCATIONS: usize = 100;

/// The rule of the result that says how many were not written.
const LEFT_OUT: &str = "caulk/results-left-out";

/// Writes the document.
///
/// # Errors
/// What the writer says.
pub fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    escape::json(&log(report, RESULTS), out)
}

fn log(report: &Report, limit: usize) -> Log<'_> {
    let mut rules = Rules::new(&report.rules, report.shown().map(|reported| &reported.finding));
    let groups = group(report);
    let kept = most_severe(&groups, limit);
    let mut results: Vec<SarifResult<'_>> = kept.iter().map(|index| result(&groups[*index], &rules, report)).collect();
    if kept.len() < groups.len() {
        let rule = rules.push(left_out_rule());
        let first = (0..groups.len()).find(|index| kept.binary_search(index).is_err()).unwrap_or_default();
        results.push(left_out(groups.len() - kept.len(), groups[first].first, rule, report));
    }
    let version = env!("CARGO_PKG_VERSION");
    Log {
        schema: "https://json.schemastore.org/sarif-2.1.0.json",
        version: "2.1.0",
        runs: [Run {
            tool: Tool { driver: Driver { name: env!("CARGO_PKG_NAME"), version, semantic_version: version, rules: rules.list } },
            // All before the last slash is the category; nothing after it is no run's id.
            automation_details: AutomationDetails { id: "caulk/" },
            column_kind: "unicodeCodePoints",
            invocations: [invocation(report)],
            results,
        }],
    }
}

/// One result: a finding, or those of one rule on one resource of a state file.
struct Group<'r> {
    first: &'r Reported,
    rule: String,
    more: Vec<&'r Reported>,
}

fn group(report: &Report) -> Vec<Group<'_>> {
    let mut groups: Vec<Group<'_>> = Vec::new();
    let mut known: HashMap<(SourceId, String, &str, bool), usize> = HashMap::new();
    for reported in report.shown() {
        let finding = &reported.finding;
        let rule = rules::id(finding);
        let instance = (reported.format == super::STATE).then(|| resource_instance(&finding.path.shown)).flatten();
        let key = instance.map(|instance| (finding.place.source, rule.clone(), instance, reported.suppressed.is_some()));
        match key.as_ref().and_then(|key| known.get(key)) {
            Some(index) => groups[*index].more.push(reported),
            None => {
                known.extend(key.map(|key| (key, groups.len())));
                groups.push(Group { first: reported, rule, more: Vec::new() });
            }
        }
    }
    groups
}

/// The groups to write, in their order: the most severe where there are too many, with room for the one that says so.
fn most_severe(groups: &[Group<'_>], limit: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..groups.len()).collect();
    if groups.len() > limit {
        // What is suppressed is needed least.
        order.sort_by_key(|index| {
            let first = groups[*index].first;
            (first.suppressed.is_some(), std::cmp::Reverse(first.finding.severity))
        });
        order.truncate(limit.saturating_sub(1));
        order.sort_unstable();
    }
    order
}

fn result<'r>(group: &Group<'r>, rules: &Rules<'_>, report: &Report) -> SarifResult<'r> {
    let (reported, finding) = (group.first, &group.first.finding);
    let mut place = location(report, finding.place, reported.range, None);
    if !finding.path.shown.is_empty() {
        place.logical_locations = vec![LogicalLocation { fully_qualified_name: text(&finding.path.shown) }];
    }
    SarifResult {
        rule_index: rules.index(&group.rule),
        rule_id: group.rule.clone(),
        level: level(finding.severity),
        message: Message { text: message(group) },
        locations: [place],
        partial_fingerprints: Fingerprints { caulk: &reported.fingerprint, line_hash: line_hash(reported) },
        related_locations: related(group, report),
        code_flows: code_flow(reported, report).into_iter().collect(),
        suppressions: reported.suppressed.iter().map(suppression).collect(),
        fixes: fix(reported, report).into_iter().collect(),
        properties: ResultProperties {
            severity: finding.severity.name(),
            confidence: finding.confidence.name(),
            case: finding.case,
            detector: finding.detector,
        },
    }
}

/// Two sentences: where there is little room, GitHub shows the first.
fn message(group: &Group<'_>) -> String {
    let finding = &group.first.finding;
    let mut out = text(&finding.message);
    match group.more.len() {
        0 => {}
        1 => out.push_str(", and another value of this resource with it"),
        more => out.push_str(&format!(", and {more} other values of this resource with it")),
    }
    if let Some(help) = &finding.help {
        let help = text(help);
        let mut chars = help.chars();
        let first = chars.next().map(|char| char.to_ascii_uppercase().to_string()).unwrap_or_default();
        out.push_str(&format!(". {first}{}.", chars.as_str()));
    }
    out
}

/// Lines mean little in a state file or a notebook, so there the alert's identity is ours. Elsewhere the uploader's own
/// is better: one that differs from it costs a warning for each result.
fn line_hash(reported: &Reported) -> Option<String> {
    let fingerprint = &reported.fingerprint;
    let ours = [super::STATE, super::NOTEBOOK].contains(&reported.format);
    ours.then(|| if fingerprint.contains(':') { fingerprint.clone() } else { format!("{fingerprint}:1") })
}

fn related(group: &Group<'_>, report: &Report) -> Vec<Location> {
    let labels = group.first.labels().map(|(label, place)| location(report, label.place, place.range, Some(&label.message)));
    let others = group.more.iter().map(|other| location(report, other.finding.place, other.range, Some(&other.finding.path.shown)));
    let mut locations: Vec<Location> = labels.chain(others).take(LOCATIONS).collect();
    for (id, location) in locations.iter_mut().enumerate() {
        location.id = Some(id + 1);
    }
    locations
}

/// From where the secret comes to where it leaks, if the finding tells such a story.
fn code_flow(reported: &Reported, report: &Report) -> Option<CodeFlow> {
    let flow = || reported.labels().filter(|(label, _)| label.kind != LabelKind::Related);
    let mut steps: Vec<ThreadFlowLocation> = flow()
        .map(|(label, place)| ThreadFlowLocation { location: location(report, label.place, place.range, Some(&label.message)) })
        .take(1_000)
        .collect();
    let finding = &reported.finding;
    if !flow().any(|(label, _)| label.kind == LabelKind::Sink) && !steps.is_empty() {
        steps.push(ThreadFlowLocation { location: location(report, finding.place, reported.range, Some(&finding.message)) });
    }
    (steps.len() > 1).then_some(CodeFlow { thread_flows: [ThreadFlow { locations: steps }] })
}

fn location(report: &Report, place: Place, range: Range, message: Option<&str>) -> Location {
    let source = report.sources.get(&place.source);
    let (mut end, start) = (range.end, range.start);
    if end.line > start.line {
        // An alert is shown on a pull request only where all of its lines are new, so a region is one line.
        let first = source.map_or("", |source| source.slice(place.span)).split(['\n', '\r']).next().unwrap_or("");
        (end.line, end.column) = (start.line, start.column.saturating_add(u32::try_from(first.chars().count()).unwrap_or(u32::MAX)));
    }
    Location {
        id: None,
        physical_location: PhysicalLocation {
            artifact_location: artifact(source.map_or("", |source| source.root_path.as_str())),
            region: region(Range { start, end }),
        },
        logical_locations: Vec::new(),
        message: message.filter(|message| !message.is_empty()).map(|message| Message { text: text(message) }),
    }
}

fn region(range: Range) -> Region {
    Region {
        start_line: range.start.line.max(1),
        start_column: range.start.column.max(1),
        end_line: range.end.line.max(1),
        end_column: range.end.column.max(1),
    }
}

/// What `caulk fix` would change, as editors offer it. The new text is written as it is: it becomes part of a file.
fn fix(reported: &Reported, report: &Report) -> Option<Fix> {
    let fix = reported.finding.fix.as_ref().filter(|_| !reported.edits.is_empty())?;
    let source = report.sources.get(&reported.finding.place.source)?;
    let replacements = reported.edits.iter().map(|edit| Replacement {
        deleted_region: region(edit.range),
        inserted_content: (!edit.text.is_empty()).then(|| Message { text: edit.text.clone() }),
    });
    Some(Fix {
        description: Message { text: text(&fix.title) },
        artifact_changes: [ArtifactChange { artifact_location: artifact(&source.root_path), replacements: replacements.collect() }],
        properties: FixProperties { safe: fix.safe },
    })
}

fn artifact(path: &str) -> Uri {
    let uri = escape::uri(&crate::secrets::scrub(path, &Custom::default()));
    // An empty URI is refused.
    Uri { uri: if uri.is_empty() { "unknown".to_owned() } else { uri } }
}

/// Text for the web page: visible, and no link, which only we may make.
fn text(text: &str) -> String {
    escape::visible(text).replace("](", "] (")
}

fn suppression(suppressed: &Suppressed) -> Suppression {
    let reason = &suppressed.reason;
    let kind = if suppressed.by == By::File { "inSource" } else { "external" };
    Suppression { kind, status: "accepted", justification: (!reason.is_empty()).then(|| text(reason)) }
}

fn invocation(report: &Report) -> Invocation {
    let notifications = report.coverage.passed_over.iter().map(|entry| Notification {
        level: if entry.incomplete { "error" } else { "note" },
        message: Message { text: text(&format!("{}: {}", entry.path, entry.reason)) },
        locations: [NotificationLocation { physical_location: Artifact { artifact_location: artifact(&entry.path) } }],
    });
    Invocation { execution_successful: report.complete(), tool_execution_notifications: notifications.collect() }
}

fn left_out_rule() -> Rule<'static> {
    let title = "More was found than code scanning takes";
    let fix = "Mend or suppress what is shown; the rest appears then. `caulk lint` on the command line shows everything.";
    Rule {
        id: LEFT_OUT.to_owned(),
        short_description: Message { text: title.to_owned() },
        full_description: Message { text: format!("A file of results is refused beyond {RESULTS}; the most severe are in it.") },
        help_uri: None,
        help: Help { text: fix.to_owned(), markdown: fix.to_owned() },
        default_configuration: Configuration { level: "error" },
        properties: RuleProperties {
            tags: vec!["security".to_owned()],
            precision: "very-high",
            security_severity: "8.0",
            problem_severity: "error",
            since: None,
        },
    }
}

/// Stands at the first finding that was left out.
fn left_out<'r>(count: usize, first: &'r Reported, rule: usize, report: &Report) -> SarifResult<'r> {
    SarifResult {
        rule_id: LEFT_OUT.to_owned(),
        rule_index: rule,
        level: level(Severity::High),
        message: Message {
            text: format!("{count} further results were not written, the least severe ones. This one is the first of them."),
        },
        locations: [location(report, first.finding.place, first.range, None)],
        partial_fingerprints: Fingerprints { caulk: LEFT_OUT, line_hash: None },
        related_locations: Vec::new(),
        code_flows: Vec::new(),
        suppressions: Vec::new(),
        fixes: Vec::new(),
        properties: ResultProperties { severity: "high", confidence: "certain", case: None, detector: None },
    }
}

#[cfg(test)]
mod tests;
