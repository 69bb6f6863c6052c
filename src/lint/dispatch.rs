//! A source and its format → the unit of that format → its checks. The one `match` that names every format.

use std::sync::Arc;

use super::check::{internal_error, unit};
use super::fence::fenced;
use super::{Outcome, Run, masks};
use crate::checks::{self, core};
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
use crate::source::{Places, Source, SourceId, Span};
use crate::syntax::{SyntaxError, json, yaml};
use crate::unit::Unit;

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
pub(super) fn first_line(source: &Source, spans: impl IntoIterator<Item = Span>) -> Option<u32> {
    let first = spans.into_iter().map(|span| span.start).min()?;
    Some(Places::new(source, [first]).get(first).line)
}

/// Syntax errors as findings.
pub(super) fn said_of<'e>(errors: impl Iterator<Item = (&'e Source, &'e SyntaxError)>) -> Vec<Finding> {
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

/// What the excerpts of a unit must hide, found without linting it: the Terraform files of one folder, or one file.
pub(super) fn masks(sources: &[Arc<Source>], run: &Run<'_>) -> Vec<(SourceId, Vec<Span>)> {
    let mut outcome = Outcome { is_context: true, ..Outcome::default() };
    let Some(first) = sources.first() else { return outcome.masks };
    let format = formats::by_path(&first.root_path).unwrap_or_else(|| formats::by_content(&first.path, &first.text));
    match format {
        Format::Terraform => module(sources, run, &mut outcome),
        format => file(first, format, run, &mut outcome),
    }
    outcome.masks.extend(sources.iter().map(|source| (source.id, masks::of_text(source, format, &run.config.custom))));
    outcome.masks
}
