//! How far secrets have spread: where else the secret of a finding stands, and the ones that stand in several places.

use std::collections::{BTreeMap, BTreeSet};

use super::super::{By, Report, Reported};
use super::diagnostic::paragraph;
use super::style::{Style, Tone};
use crate::secrets;

/// Other places that are named; the rest is a number.
const NAMED: usize = 3;

/// Secrets in the list at the end, unless all are asked for.
const LISTED: usize = 5;

/// The findings of each secret, suppressed ones too, in the report's order and one for each place.
pub(super) struct Spread<'r> {
    groups: BTreeMap<u32, Vec<&'r Reported>>,
}

impl<'r> Spread<'r> {
    pub(super) fn new(report: &'r Report) -> Self {
        let mut groups: BTreeMap<u32, Vec<&'r Reported>> = BTreeMap::new();
        for reported in report.shown() {
            if let Some(group) = reported.group.filter(|_| reported.finding.secret.is_some()) {
                let places = groups.entry(group).or_default();
                // Several checks may speak of one place; findings are sorted by it.
                if places.last().is_none_or(|last| place(last) != place(reported)) {
                    places.push(reported);
                }
            }
        }
        groups.retain(|_, places| places.len() > 1);
        Self { groups }
    }

    /// Where else the secret of a finding stands.
    pub(super) fn also(&self, reported: &Reported, style: &Style) -> Vec<String> {
        let Some(places) = reported.group.and_then(|group| self.groups.get(&group)) else { return Vec::new() };
        let others = places.iter().filter(|other| place(other) != place(reported));
        let named: Vec<String> = others.take(NAMED).map(|other| named(other)).collect();
        let more = (places.len() - 1).saturating_sub(named.len());
        paragraph("  also in ", Tone::Help, &style.show(&listed(&named, more)), style)
    }

    /// The list at the end of the report: the furthest first.
    pub(super) fn lines(&self, verbose: bool, style: &Style) -> Vec<String> {
        let mut secrets: Vec<(usize, &Vec<&Reported>)> = self.groups.values().map(|places| (files(places), places)).collect();
        // What is accepted everywhere is no news.
        secrets.retain(|(_, places)| verbose || places.iter().any(|place| place.suppressed.is_none()));
        secrets.sort_by_key(|(files, places)| (std::cmp::Reverse((*files, places.len())), place(places[0])));
        let shown = if verbose { secrets.len() } else { LISTED };
        let mut lines = Vec::new();
        for (files, places) in secrets.iter().take(shown) {
            let named: Vec<String> = places.iter().take(NAMED).map(|place| named(place)).collect();
            let count = format!("{} places{}", places.len(), if *files > 1 { format!(" in {files} files") } else { String::new() });
            let text = format!("{count}: {}: {}", called(places), listed(&named, places.len() - named.len()));
            lines.extend(style.wrap("  ", &style.show(&text)));
        }
        if secrets.len() > shown {
            lines.push(format!("  and {} more (`--verbose` lists them)", secrets.len() - shown));
        }
        if !lines.is_empty() {
            lines.insert(0, "spread:".to_owned());
            lines.push(String::new());
        }
        lines
    }
}

fn place(reported: &Reported) -> (&str, u32, u32) {
    (&reported.file, reported.range.start.line, reported.range.start.column)
}

fn files(places: &[&Reported]) -> usize {
    places.iter().map(|place| place.file.as_str()).collect::<BTreeSet<_>>().len()
}

fn named(reported: &Reported) -> String {
    let mark = match &reported.suppressed {
        None => "",
        Some(suppressed) if suppressed.by == By::Baseline => " (in the baseline)",
        Some(_) => " (suppressed)",
    };
    format!("{}:{}{mark}", reported.file, reported.range.start.line)
}

fn listed(named: &[String], more: usize) -> String {
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{}{more}", named.join(", "))
}

/// What a secret is called where it may not be shown: its format, else a name that tells under which it stands somewhere.
fn called(places: &[&Reported]) -> String {
    if let Some(detector) = places.iter().find_map(|place| place.finding.detector) {
        return format!("`{detector}`");
    }
    let telling = places.iter().map(|place| last_name(&place.finding.path.shown)).find(|name| secrets::is_secret_name(name));
    telling.map_or_else(|| "a secret".to_owned(), |name| format!("`{name}`"))
}

fn last_name(path: &str) -> &str {
    let path = path.rsplit(" → ").next().unwrap_or_default();
    path.trim_end_matches(']').rsplit(['.', '[']).next().unwrap_or_default().trim_matches('\'')
}
