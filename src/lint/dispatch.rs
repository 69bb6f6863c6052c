//! A source and its format → the unit of that format → its checks. The one `match` that names every format.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::fence::fenced;
use super::{Outcome, Run, accepted, masks, why};
use crate::checks::{self, Check, core};
use crate::finding::{Finding, Findings};
use crate::formats::compose::Compose;
use crate::formats::github_actions::Workflow;
use crate::formats::gitlab_ci::{self, Pipeline};
use crate::formats::kubernetes::{self, Manifests};
use crate::formats::notebook::Notebook;
use crate::formats::terraform::{Module, ModuleFiles};
use crate::formats::text::TextFile;
use crate::formats::tfstate::State;
use crate::formats::tfvars::Tfvars;
use crate::formats::{self, Format};
use crate::report::PassedOver;
use crate::source::{Place, Places, Source, SourceId, Span};
use crate::syntax::{SyntaxError, json, yaml};
use crate::unit::{Follow, Unit};

/// Lints one file as its format; as text where it turns out to be something else.
pub(super) fn file(source: &Arc<Source>, format: Format, run: &Run<'_>, outcome: &mut Outcome) {
    let done = match format {
        Format::Compose => compose(source, run, outcome).or_else(|| pipeline(source, run, outcome)),
        Format::GithubActions => workflow(source, run, outcome),
        Format::GitlabCi => pipeline(source, run, outcome),
        Format::Kubernetes if formats::compose::may_be_beside(&source.text) => {
            compose(source, run, outcome).or_else(|| manifests(source, run, outcome))
        }
        Format::Kubernetes => manifests(source, run, outcome),
        Format::Notebook => notebook(source, run, outcome),
        Format::Tfstate => state(source, run, outcome),
        Format::Tfvars => tfvars(source, run, outcome),
        Format::Terraform | Format::Text => None,
    };
    if done.is_none() {
        if let Some(claimed) = formats::by_path(&source.root_path) {
            misnamed(source, claimed, run, outcome);
        }
        text(source, run, outcome);
    }
}

/// A file that is not what its name says is read as text, and that is said. Where it does not even parse it may well be what
/// its name says, and was not linted as such.
fn misnamed(source: &Source, claimed: Format, run: &Run<'_>, outcome: &mut Outcome) {
    let (json, yaml);
    let errors = if claimed == Format::Tfstate || claimed == Format::Notebook {
        json = json::Tree::parse(&source.text);
        json.errors()
    } else {
        yaml = yaml::Tree::parse(&source.text);
        yaml.errors()
    };
    let reason = format!("{} by its name, not by its content; read as text", claimed.name());
    outcome.passed.push(PassedOver {
        path: source.path.clone(),
        reason,
        incomplete: !errors.is_empty(),
        line: first_line(source, errors.iter().map(|error| error.span)),
    });
    if run.config.selects(&core::SYNTAX_ERROR.page) {
        let found = said_of(errors.iter().map(|error| (source, error)));
        outcome.findings.extend(found.into_iter().map(|finding| (finding, claimed, None)));
    }
}

/// The line of the first of these places.
fn first_line(source: &Source, spans: impl IntoIterator<Item = Span>) -> Option<u32> {
    let first = spans.into_iter().map(|span| span.start).min()?;
    Some(Places::new(source, [first]).get(first).line)
}

/// Syntax errors as findings.
fn said_of<'e>(errors: impl Iterator<Item = (&'e Source, &'e SyntaxError)>) -> Vec<Finding> {
    let mut found = Findings::new(&core::SYNTAX_ERROR.page);
    for (source, error) in errors {
        found
            .report(source.place(error.span), error.message.clone())
            .help("what could be read is linted, the rest is searched for token shapes only");
    }
    found.into_list()
}

/// What is left to do for a file that caulk itself failed on: say so, and search it for token shapes.
pub(super) fn rescue(source: &Arc<Source>, run: &Run<'_>, outcome: &mut Outcome) {
    let unit = Unit::new(TextFile::new(source), &run.config.custom);
    outcome.findings.push((internal_error(&unit), Format::Text, None));
    outcome.passed.push(failed(&source.path));
    text(source, run, outcome);
}

/// The coverage of a file that caulk failed on.
pub(super) fn failed(path: &str) -> PassedOver {
    PassedOver {
        path: path.to_owned(),
        reason: "caulk failed on it; something may have been missed".to_owned(),
        incomplete: true,
        line: None,
    }
}

/// Each of these says None where the file is not what its name promised.
fn workflow(source: &Source, run: &Run<'_>, outcome: &mut Outcome) -> Option<()> {
    let tree = yaml::Tree::parse(&source.text);
    let view = Workflow::new(source, &tree)?.inside(run.tree);
    unit(view, run, outcome, |check| match check {
        checks::Run::Workflow(check) => Some(*check),
        _ => None,
    });
    Some(())
}

fn compose(source: &Source, run: &Run<'_>, outcome: &mut Outcome) -> Option<()> {
    let tree = yaml::Tree::parse(&source.text);
    let view = Compose::new(source, &tree, run.tree)?;
    let has_manifests = view.has_manifests_beside();
    unit(view, run, outcome, |check| match check {
        checks::Run::Compose(check) => Some(*check),
        _ => None,
    });
    if has_manifests {
        manifests(source, run, outcome);
    }
    Some(())
}

fn pipeline(source: &Source, run: &Run<'_>, outcome: &mut Outcome) -> Option<()> {
    let tree = yaml::Tree::parse(&source.text);
    let included = gitlab_ci::included(source, &tree, run.tree);
    let view = Pipeline::new(source, &tree, &included)?.inside(run.tree);
    unit(view, run, outcome, |check| match check {
        checks::Run::Pipeline(check) => Some(*check),
        _ => None,
    });
    Some(())
}

fn manifests(source: &Source, run: &Run<'_>, outcome: &mut Outcome) -> Option<()> {
    let parsed = kubernetes::Parsed::without(&source.text, &empty_definitions(source, run));
    let view = Manifests::new(source, &parsed)?;
    unit(view, run, outcome, |check| match check {
        checks::Run::Manifests(check) => Some(*check),
        _ => None,
    });
    Some(())
}

/// The definitions in which nothing looks like a secret: nothing else could be found in them, so they are not parsed.
fn empty_definitions(source: &Source, run: &Run<'_>) -> Vec<Span> {
    let mut spans = kubernetes::definitions(&source.text);
    spans.retain(|span| {
        let unit = Unit::new(TextFile::unread(source, vec![*span]).nameless(), &run.config.custom);
        fenced(|| unit.verdicts().is_empty()).unwrap_or(false)
    });
    spans
}

fn notebook(source: &Source, run: &Run<'_>, outcome: &mut Outcome) -> Option<()> {
    unit(Notebook::new(source)?, run, outcome, |check| match check {
        checks::Run::Notebook(check) => Some(*check),
        _ => None,
    });
    Some(())
}

fn state(source: &Source, run: &Run<'_>, outcome: &mut Outcome) -> Option<()> {
    unit(State::new(source)?, run, outcome, |check| match check {
        checks::Run::State(check) => Some(*check),
        _ => None,
    });
    Some(())
}

/// Lints the Terraform files of one directory.
pub(super) fn module(sources: &[Arc<Source>], run: &Run<'_>, outcome: &mut Outcome) {
    let files = ModuleFiles::with_siblings(sources, run.tree);
    unit(Module::new(&files, run.tree), run, outcome, |check| match check {
        checks::Run::Module(check) => Some(*check),
        _ => None,
    });
}

fn tfvars(source: &Arc<Source>, run: &Run<'_>, outcome: &mut Outcome) -> Option<()> {
    unit(Tfvars::new(Arc::clone(source), run.tree), run, outcome, |check| match check {
        checks::Run::Tfvars(check) => Some(*check),
        _ => None,
    });
    Some(())
}

fn text(source: &Arc<Source>, run: &Run<'_>, outcome: &mut Outcome) {
    unit(TextFile::new(source), run, outcome, |check| match check {
        checks::Run::Text(check) => Some(*check),
        _ => None,
    });
}

/// Runs every selected check on a unit, what its format could not read as text, and the suppressions.
fn unit<V: Follow>(view: V, run: &Run<'_>, outcome: &mut Outcome, pick: impl Fn(&checks::Run) -> Option<fn(&Unit<V>, &mut Findings)>) {
    let unit = Unit::new(view, &run.config.custom);
    outcome.read_as.extend(unit.sources().iter().map(|source| (source.path.clone(), Some(unit.format()))));
    let mut findings: Vec<Finding> = Vec::new();
    why::note(&unit, run, outcome);
    if fenced(|| _ = unit.verdicts()).is_some() {
        for check in checks::all() {
            for function in check.runs.iter().filter_map(&pick) {
                run_check(check, function, &unit, run, &mut findings);
            }
        }
    } else {
        findings.push(internal_error(&unit));
    }
    // What a unit looks into is context; findings stand only in the files that were asked for.
    let own: HashSet<SourceId> = unit.sources().iter().map(|source| source.id).collect();
    findings.retain(|finding| own.contains(&finding.place.source));
    if findings.iter().any(|finding| finding.page.id == core::INTERNAL_ERROR.page.id) {
        outcome.passed.extend(unit.sources().first().map(|source| failed(&source.path)));
    }
    outcome.passed.extend(unit.notes().into_iter().map(|note| {
        let path = unit.sources().first().map(|source| source.path.clone()).unwrap_or_default();
        PassedOver { path, reason: note.reason.to_owned(), incomplete: note.incomplete, line: None }
    }));
    syntax_errors(&unit, run, outcome, &mut findings);
    accepted::in_files(&unit, merge(findings), run, outcome);
    if !run.config.excerpts {
        outcome.masks.extend(unit.sources().iter().map(|source| (source.id, vec![masks::whole(source)])));
        return;
    }
    // What a context file holds is asked for even where nothing in it was selected.
    if !outcome.findings.is_empty() || fenced(|| !unit.verdicts().is_empty()).unwrap_or(true) {
        let shown = outcome.findings.iter().map(|(finding, _, _)| finding);
        let places: Vec<Place> = shown.flat_map(quoted).collect();
        outcome.masks.extend(masks::of_unit(&unit, &places, &run.config.custom));
    }
}

/// The places that a finding shows: its own, its labels', what its fix changes.
fn quoted(finding: &Finding) -> impl Iterator<Item = Place> + '_ {
    let change = finding.fix.iter().flat_map(|fix| {
        let removed = fix.change.removals.iter().map(|removal| removal.group.hull());
        fix.change.edits.iter().map(|edit| edit.span).chain(removed)
    });
    let changed = change.map(|span| Place { source: finding.place.source, span });
    std::iter::once(finding.place).chain(finding.labels.iter().map(|label| label.place)).chain(changed)
}

/// What the excerpts of a source must hide, found without linting it.
pub(super) fn masks(source: &Arc<Source>, run: &Run<'_>) -> Vec<(SourceId, Vec<Span>)> {
    let mut outcome = Outcome::default();
    let format = formats::by_path(&source.root_path).unwrap_or_else(|| formats::by_content(&source.path, &source.text));
    match format {
        Format::Terraform => module(std::slice::from_ref(source), run, &mut outcome),
        format => file(source, format, run, &mut outcome),
    }
    outcome.masks.push((source.id, masks::of_text(source, format, &run.config.custom)));
    outcome.masks
}

/// Every check runs, selected or not: what is not selected is dropped here, so that selection changes nothing else.
fn run_check<V: Follow>(
    check: &'static Check,
    function: fn(&Unit<V>, &mut Findings),
    unit: &Unit<V>,
    run: &Run<'_>,
    findings: &mut Vec<Finding>,
) {
    if !run.config.selects(&check.page) {
        return;
    }
    let found = fenced(|| {
        let mut found = Findings::new(&check.page);
        function(unit, &mut found);
        found.into_list()
    });
    findings.extend(found.unwrap_or_else(|| vec![internal_error(unit)]));
}

fn internal_error<V: Follow>(unit: &Unit<V>) -> Finding {
    let mut findings = Findings::new(&core::INTERNAL_ERROR.page);
    let place = unit.sources().first().map_or(Place::default(), |source| source.place(Span::new(0, 0)));
    findings.report(place, "caulk failed on this file; what was found before stays").help("please report it, with the file if you may");
    findings.into_list().remove(0)
}

/// Syntax errors become findings, and what was not read because of them is read as text.
fn syntax_errors<V: Follow>(unit: &Unit<V>, run: &Run<'_>, outcome: &mut Outcome, findings: &mut Vec<Finding>) {
    let errors = unit.errors();
    if run.config.selects(&core::SYNTAX_ERROR.page) {
        findings.extend(said_of(errors.iter().copied()));
    }
    let mut unread: Vec<(&Source, Vec<Span>)> = Vec::new();
    let mut at: HashMap<SourceId, Span> = HashMap::new();
    for (source, error) in errors {
        at.entry(source.id).and_modify(|first| *first = error.span.min(*first)).or_insert(error.span);
        match unread.iter_mut().find(|(known, _)| known.id == source.id) {
            Some((_, spans)) => spans.push(error.unread),
            None => unread.push((source, vec![error.unread])),
        }
    }
    for (source, spans) in unread {
        outcome.passed.push(PassedOver {
            path: source.path.clone(),
            reason: "does not parse as a whole; the rest was read as text".to_owned(),
            incomplete: true,
            line: first_line(source, at.get(&source.id).copied()),
        });
        rest_as_text(source, spans, run, outcome, findings);
    }
}

/// Sorts spans and makes one of those that touch.
pub(super) fn join(spans: &mut Vec<Span>) {
    spans.sort();
    spans.dedup_by(|next, last| {
        let touches = next.start <= last.end;
        last.end = if touches { last.end.max(next.end) } else { last.end };
        touches
    });
}

/// Searches what a format could not read for token shapes.
fn rest_as_text(source: &Source, mut spans: Vec<Span>, run: &Run<'_>, outcome: &mut Outcome, findings: &mut Vec<Finding>) {
    spans.retain(|span| !span.is_empty());
    join(&mut spans);
    let rest = Unit::new(TextFile::unread(source, spans), &run.config.custom);
    if fenced(|| _ = rest.verdicts()).is_none() {
        findings.push(internal_error(&rest));
        outcome.passed.push(failed(&source.path));
        return;
    }
    for check in core::CHECKS {
        for function in check.runs {
            if let checks::Run::Text(function) = function {
                run_check(check, *function, &rest, run, findings);
            }
        }
    }
}

/// Findings of equal check and span are one; the other contexts become labels.
fn merge(mut findings: Vec<Finding>) -> Vec<Finding> {
    findings.sort_by(|a, b| (a.place, a.page.id, a.case).cmp(&(b.place, b.page.id, b.case)));
    let mut merged: Vec<Finding> = Vec::with_capacity(findings.len());
    for finding in findings {
        match merged.last_mut() {
            Some(last) if last.place == finding.place && last.page.id == finding.page.id && last.case == finding.case => {
                last.labels.extend(finding.labels);
                last.labels.dedup();
            }
            _ => merged.push(finding),
        }
    }
    merged
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use crate::formats::{Note, View};
    use crate::lint::tree::ContextTree;
    use crate::literal::Literal;
    use crate::syntax::SyntaxError;

    /// A view whose literals cannot be visited without a panic that quotes the file.
    struct Broken<'a>(&'a Source);

    impl Follow for Broken<'_> {
        type Flow = ();

        fn follow(&self) {}
    }

    impl View for Broken<'_> {
        fn format(&self) -> Format {
            Format::Text
        }

        fn sources(&self) -> Vec<&Source> {
            vec![self.0]
        }

        fn literals(&self, _: &mut dyn FnMut(&Literal<'_, '_>)) {
            panic!("{}", self.0.text);
        }

        fn errors(&self) -> Vec<(&Source, &SyntaxError)> {
            Vec::new()
        }

        fn comments(&self) -> Vec<Place> {
            Vec::new()
        }

        fn notes(&self) -> Vec<Note> {
            vec![Note { reason: "noted", incomplete: false }]
        }
    }

    #[test]
    fn a_panic_is_a_finding_about_caulk_and_the_file_is_incomplete() {
        let source = Source { text: "hunter2".into(), path: "a".into(), ..Source::default() };
        let config = Config::default();
        let tree = ContextTree::new(&[]);
        let run = Run::new(&config, &tree);
        let mut outcome = Outcome::default();
        unit(Broken(&source), &run, &mut outcome, |_| None);
        let [(finding, _, None)] = outcome.findings.as_slice() else { panic!("one finding") };
        assert_eq!(finding.page.id, "core/internal-error");
        assert!(!finding.message.contains("hunter2"));
        assert!(outcome.passed.iter().any(|passed| passed.incomplete && passed.path == "a"));
        assert!(outcome.passed.iter().any(|passed| passed.reason == "noted"));
    }
}
