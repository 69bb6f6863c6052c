//! Outcomes → report: what only the whole run knows. Order, places, fingerprints, groups, coverage.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use super::fence::fenced;
use super::{Outcome, Run, accepted, dispatch, masks, mended, since};
use crate::catalogue::Persona;
use crate::config::Config;
use crate::discover::{Entry, Passed, Selected};
use crate::finding::Finding;
use crate::formats::{self, Format};
use crate::report::{Coverage, EditPlace, LabelPlace, PassedOver, Range, Report, Reported, Suppressed, fingerprint};
use crate::secrets::{Custom, scrub};
use crate::source::{Edit, Place, Places, Source, SourceId, Span};

/// Builds the report. Its order does not depend on the order of the outcomes.
pub(super) fn report(selected: Selected, outcomes: Vec<Outcome>, run: &Run<'_>) -> Report {
    let custom = &run.config.custom;
    let mut gathered = Gathered::new(&selected, run);
    outcomes.into_iter().for_each(|outcome| gathered.add(outcome, custom));
    gathered.add_entries(&selected, run);
    gathered.mask_context(run);
    gathered.settle_coverage(&selected, custom);
    let mut findings = place(std::mem::take(&mut gathered.found), &gathered.sources, custom);
    sort(&mut findings);
    number(&mut findings);
    accepted::by_baseline(&mut findings, run);
    gathered.add_baseline(&mut findings, &selected, run);
    let Gathered { mut coverage, mut sources, mut hidden, newer, .. } = gathered;
    if let Some(wanted) = &selected.wanted {
        narrow(&selected.entries, wanted, custom, &mut findings, &mut coverage);
    }
    let since = selected.since.as_ref();
    let mended = since.map(|base| mended::mended(&findings, &selected, &coverage.linted_paths, base, run.config)).unwrap_or_default();
    let unchanged = since.map(|base| since::narrow(&mut findings, &sources, &selected.entries, base, run.config));
    let used: HashSet<SourceId> = findings
        .iter()
        .flat_map(|r| std::iter::once(r.finding.place.source).chain(r.finding.labels.iter().map(|label| label.place.source)))
        .collect();
    sources.retain(|id, _| used.contains(id));
    sources.values_mut().for_each(|source| hide_in_path(source, custom));
    hidden.retain(|id, _| used.contains(id));
    let min_severity = Some(run.config.shown_from());
    Report { findings, sources, masks: hidden, coverage, rules: run.pages.clone(), min_severity, unchanged, mended, newer }
}

/// What the jobs gave, together.
struct Gathered {
    coverage: Coverage,
    sources: BTreeMap<SourceId, Arc<Source>>,
    hidden: BTreeMap<SourceId, Vec<Span>>,
    found: Vec<(Finding, Format, Option<Suppressed>)>,
    /// Suppressions that are new and do not count.
    newer: usize,
    /// The paths of files that were read as some format.
    read: HashSet<String>,
}

impl Gathered {
    /// What is known before anything was read.
    fn new(selected: &Selected, run: &Run<'_>) -> Self {
        let passed = |passed: &Passed| PassedOver {
            path: passed.path.clone(),
            reason: passed.reason.clone(),
            incomplete: passed.incomplete,
            line: None,
        };
        let coverage = Coverage {
            ignored_telling: selected.ignored_telling,
            excluded: selected.excluded.len(),
            nested: selected.nested,
            passed_over: selected.passed.iter().map(passed).collect(),
            ..Coverage::default()
        };
        let sources = run.tree.sources().into_iter().map(|source| (source.id, source)).collect();
        Self { coverage, sources, hidden: BTreeMap::new(), found: Vec::new(), newer: 0, read: HashSet::new() }
    }

    fn add(&mut self, outcome: Outcome, custom: &Custom) {
        for (path, format) in outcome.read_as {
            self.read.extend(format.map(|_| path.clone()));
            match format {
                Some(Format::Text) => self.coverage.as_text += 1,
                Some(_) => self.coverage.linted += 1,
                None => self.coverage.other += 1,
            }
            self.coverage.files.extend(format.map(|format| (scrub(&path, custom).into_owned(), format.name())));
        }
        self.coverage.passed_over.extend(outcome.passed);
        self.sources.extend(outcome.sources.into_iter().map(|source| (source.id, source)));
        for (source, spans) in outcome.masks {
            self.hidden.entry(source).or_default().extend(spans);
        }
        self.found.extend(outcome.findings);
        self.newer += outcome.newer;
    }

    /// A file that no job read, of which something is to be said.
    fn add_source(&mut self, source: Source, custom: &Arc<Custom>) {
        self.hidden.insert(source.id, masks::of_text(&source, Format::Text, custom));
        self.sources.insert(source.id, Arc::new(source));
    }

    /// What is to be said of the entries of `caulk.toml`, and of what is new in it and in the baseline.
    fn add_entries(&mut self, selected: &Selected, run: &Run<'_>) {
        let entries = accepted::about_entries(run.tree.fresh_id(), selected, run);
        let new: Vec<_> = run.config.newer.iter().flat_map(|new| accepted::about_newer(new, run)).collect();
        self.newer += new.iter().map(|(_, said)| said.len()).sum::<usize>();
        for (source, said) in new.into_iter().chain(entries) {
            self.add_source(source, &run.config.custom);
            let said = said.into_iter().filter(|finding| shown(finding, run));
            self.found.extend(said.map(|finding| (finding, Format::Text, None)));
        }
    }

    /// Labels point into files that no job linted.
    fn mask_context(&mut self, run: &Run<'_>) {
        for unit in context_of(&self.found, &self.sources, run) {
            let masks = if run.config.excerpts { fenced(|| dispatch::masks(&unit, run)) } else { None };
            let everything = || unit.iter().map(|source| (source.id, vec![masks::whole(source)])).collect();
            for (source, spans) in masks.unwrap_or_else(everything) {
                self.hidden.entry(source).or_default().extend(spans);
            }
        }
        for spans in self.hidden.values_mut() {
            spans.sort_unstable();
            spans.dedup();
        }
    }

    fn settle_coverage(&mut self, selected: &Selected, custom: &Custom) {
        let coverage = &mut self.coverage;
        for entry in coverage.passed_over.iter().filter(|entry| entry.incomplete) {
            self.read.remove(&entry.path);
        }
        coverage.linted_paths = linted_paths(&selected.entries, &self.read, custom);
        if let Some(base) = &selected.since {
            since::forgive(coverage, &selected.entries, base);
        }
        for entry in &mut coverage.passed_over {
            entry.path = scrub(&entry.path, custom).into_owned();
        }
        coverage.passed_over.sort();
        coverage.passed_over.dedup();
        coverage.files.sort();
    }

    /// What is to be said of the baseline, now that everything has a fingerprint.
    fn add_baseline(&mut self, findings: &mut Vec<Reported>, selected: &Selected, run: &Run<'_>) {
        // A repository inside that was not entered may be where an accepted finding is.
        let walked = Some(&selected.walked).filter(|_| selected.nested == 0);
        let linted = &self.coverage.linted_paths;
        if let Some((source, finding)) = accepted::about_baseline(run.tree.fresh_id(), findings, linted, walked, run) {
            self.add_source(source, &run.config.custom);
            findings.extend(place(vec![(finding, Format::Text, None)], &self.sources, &run.config.custom));
            sort(findings);
        }
    }
}

/// Reports name a source by its path, which may itself hold a token.
fn hide_in_path(source: &mut Arc<Source>, custom: &Custom) {
    let hidden = scrub(&source.root_path, custom);
    if hidden != source.root_path {
        let root_path = hidden.into_owned();
        *source = Arc::new(Source { root_path, ..Source::clone(source) });
    }
}

/// Leaves what is about the wanted files; the others were linted together with them.
fn narrow(entries: &[Entry], wanted: &HashSet<String>, custom: &Custom, findings: &mut Vec<Reported>, coverage: &mut Coverage) {
    let others: HashSet<&str> =
        entries.iter().filter(|entry| !wanted.contains(&entry.root_path)).map(|entry| entry.path.as_str()).collect();
    let shown: HashSet<String> = others.iter().map(|path| scrub(path, custom).into_owned()).collect();
    findings.retain(|reported| !shown.contains(&reported.file));
    coverage.passed_over.retain(|entry| !shown.contains(&entry.path));
    let before = coverage.files.len();
    coverage.files.retain(|(path, _)| !shown.contains(path));
    // All of them are Terraform files.
    coverage.linted = coverage.linted.saturating_sub(before - coverage.files.len());
}

fn sort(findings: &mut [Reported]) {
    findings.sort_by(|a, b| {
        let key = |r: &Reported| (r.file.clone(), r.finding.place.span, r.finding.page.id, r.finding.case, r.finding.message.clone());
        key(a).cmp(&key(b))
    });
}

/// The paths from the root of what was read as a whole.
fn linted_paths(entries: &[Entry], read: &HashSet<String>, custom: &Custom) -> HashSet<String> {
    entries.iter().filter(|entry| read.contains(&entry.path)).map(|entry| scrub(&entry.root_path, custom).into_owned()).collect()
}

/// Context sources that labels point into: their secrets are masked like everybody's. The Terraform files of one folder are one unit.
fn context_of(
    found: &[(Finding, Format, Option<Suppressed>)],
    sources: &BTreeMap<SourceId, Arc<Source>>,
    run: &Run<'_>,
) -> Vec<Vec<Arc<Source>>> {
    let labelled: HashSet<SourceId> = found.iter().flat_map(|(finding, _, _)| &finding.labels).map(|label| label.place.source).collect();
    let context: HashSet<SourceId> = run.tree.sources().iter().map(|source| source.id).collect();
    let mut units: Vec<Vec<Arc<Source>>> = Vec::new();
    let mut modules: BTreeMap<&str, Vec<Arc<Source>>> = BTreeMap::new();
    for source in sources.values().filter(|source| labelled.contains(&source.id) && context.contains(&source.id)) {
        let folder = source.root_path.rsplit_once('/').map_or("", |(folder, _)| folder);
        match formats::by_path(&source.root_path) {
            Some(Format::Terraform) => modules.entry(folder).or_default().push(Arc::clone(source)),
            _ => units.push(vec![Arc::clone(source)]),
        }
    }
    units.extend(modules.into_values());
    units
}

/// Whether a finding is asked for.
pub(super) fn shown(finding: &Finding, run: &Run<'_>) -> bool {
    is_wanted(finding, run.config)
}

/// Whether these settings show it.
pub(super) fn is_wanted(finding: &Finding, config: &Config) -> bool {
    finding.severity >= config.shown_from()
        && finding.confidence >= config.min_confidence
        && (finding.persona() == Persona::Regular || config.shows_pedantic())
}

/// Turns offsets into positions: one sweep per source over all its offsets.
fn place(found: Vec<(Finding, Format, Option<Suppressed>)>, sources: &BTreeMap<SourceId, Arc<Source>>, custom: &Custom) -> Vec<Reported> {
    let mut offsets: HashMap<SourceId, Vec<u32>> = HashMap::new();
    for (finding, _, _) in &found {
        for place in std::iter::once(finding.place).chain(finding.labels.iter().map(|label| label.place)) {
            offsets.entry(place.source).or_default().extend([place.span.start, place.span.end]);
        }
        for edit in edits(finding) {
            offsets.entry(finding.place.source).or_default().extend([edit.span.start, edit.span.end]);
        }
    }
    let places: HashMap<SourceId, Places> =
        offsets.into_iter().filter_map(|(id, offsets)| Some((id, Places::new(sources.get(&id)?, offsets)))).collect();
    let range = |place: Place| {
        places.get(&place.source).map_or(Range::default(), |p| Range { start: p.get(place.span.start), end: p.get(place.span.end) })
    };
    let path = |id: SourceId| sources.get(&id).map(|source| scrub(&source.path, custom).into_owned()).unwrap_or_default();
    found
        .into_iter()
        .map(|(finding, format, suppressed)| {
            let finding = scrubbed(finding, custom);
            let root_path = sources.get(&finding.place.source).map(|source| source.root_path.clone()).unwrap_or_default();
            let source = sources.get(&finding.place.source);
            let shows = |edit: &Edit| source.is_some_and(|source| shows_a_secret(&edit.text, &finding, source, custom));
            let edits = edits(&finding);
            let edits = if edits.iter().any(shows) { Vec::new() } else { edits };
            let edit_place = |edit: Edit| EditPlace {
                range: range(Place { source: finding.place.source, span: edit.span }),
                text: edit.text.replace('\n', source.map_or("\n", |source| source.line_end(edit.span.start))),
            };
            Reported {
                edits: edits.into_iter().map(edit_place).collect(),
                format: format.name(),
                file: path(finding.place.source),
                range: range(finding.place),
                labels: finding
                    .labels
                    .iter()
                    .map(|label| LabelPlace { file: path(label.place.source), range: range(label.place) })
                    .collect(),
                fingerprint: fingerprint(&finding, &root_path),
                group: None,
                suppressed: suppressed.map(|it| Suppressed { by: it.by, reason: scrub(&it.reason, custom).into_owned() }),
                root_path: scrub(&root_path, custom).into_owned(),
                finding,
            }
        })
        .collect()
}

fn edits(finding: &Finding) -> Vec<Edit> {
    finding.fix.as_ref().map(|fix| fix.change.alone()).unwrap_or_default()
}

/// What is written is made of names, which may themselves hold a token, or be what the secret is.
fn shows_a_secret(text: &str, finding: &Finding, source: &Source, custom: &Custom) -> bool {
    let own = finding.secret.as_ref().map(|_| source.slice(finding.place.span)).filter(|own| !own.is_empty());
    own.is_some_and(|own| text.contains(own)) || scrub(text, custom) != text
}

/// Names and paths come from files and may themselves hold a token.
fn scrubbed(mut finding: Finding, custom: &Custom) -> Finding {
    if scrub(&finding.path.shown, custom) != finding.path.shown {
        // A name that holds a token is none for a variable or a secret: in capitals nobody would know the token again.
        finding.fix = finding.fix.filter(|fix| fix.safe);
        finding.help = None;
    }
    finding.message = scrub(&finding.message, custom).into_owned();
    finding.help = finding.help.map(|help| scrub(&help, custom).into_owned());
    finding.path.shown = scrub(&finding.path.shown, custom).into_owned();
    finding.path.stable = scrub(&finding.path.stable, custom).into_owned();
    if let Some(fix) = &mut finding.fix {
        fix.title = scrub(&fix.title, custom).into_owned();
    }
    for label in &mut finding.labels {
        label.message = scrub(&label.message, custom).into_owned();
    }
    finding
}

/// `:2`, `:3` behind equal fingerprints, and a number for each group of equal secrets.
fn number(findings: &mut [Reported]) {
    crate::report::number(findings.iter_mut().map(|reported| &mut reported.fingerprint));
    let mut groups: HashMap<([u8; 16], Option<String>), u32> = HashMap::new();
    for reported in findings {
        if let Some(secret) = &reported.finding.secret {
            // Weak values are one story only where their names agree.
            let name = (!secret.strong).then(|| last_segment(&reported.finding.path.shown).to_owned());
            let next = u32::try_from(groups.len() + 1).unwrap_or(u32::MAX);
            reported.group = Some(*groups.entry((secret.group_key(), name)).or_insert(next));
        }
    }
}

fn last_segment(path: &str) -> &str {
    path.rsplit(['.', '[', ' ']).next().unwrap_or(path)
}
