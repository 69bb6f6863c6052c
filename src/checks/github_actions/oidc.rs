//! What the `missing-oidc-*` checks share: where credentials are handed to a job, and how bad that is.

use std::rc::Rc;

use crate::catalogue::Severity;
use crate::finding::Findings;
use crate::formats::github_actions::{Field, Job, Step, Workflow};
use crate::literal::LogicalPath;
use crate::source::{Place, Span};

/// A value that is handed to a job, and what stands beside it.
pub(super) struct Site<'a> {
    /// The value.
    pub(super) field: Field<'a>,
    /// The other values of the same map.
    pub(super) siblings: Rc<[Field<'a>]>,
    /// The job; nothing for the environment of the whole workflow.
    pub(super) job: Option<Job<'a>>,
    /// The step whose action gets it, or whose environment it is.
    pub(super) step: Option<Step<'a>>,
}

impl Site<'_> {
    /// The sibling of this name, if it is given and not empty.
    pub(super) fn beside(&self, name: &str) -> Option<&Field<'_>> {
        self.siblings.iter().find(|field| field.name().eq_ignore_ascii_case(name) && !field.is_empty())
    }

    /// The name of the step's action; empty where there is none.
    pub(super) fn action(&self) -> String {
        self.step.as_ref().and_then(Step::action).unwrap_or_default()
    }
}

/// Every variable of every environment.
pub(super) fn environments<'a>(workflow: &Workflow<'a>) -> Vec<Site<'a>> {
    let environments = workflow.environments().into_iter();
    environments.flat_map(|it| of_map(it.fields.into_iter(), it.job.as_ref(), it.step.as_ref())).collect()
}

/// Every input of every action.
pub(super) fn inputs<'a>(workflow: &Workflow<'a>) -> Vec<Site<'a>> {
    workflow.steps().iter().flat_map(|(job, step)| of_map(step.inputs(), Some(job), Some(step))).collect()
}

fn of_map<'a>(fields: impl Iterator<Item = Field<'a>>, job: Option<&Job<'a>>, step: Option<&Step<'a>>) -> Vec<Site<'a>> {
    let siblings: Rc<[Field<'a>]> = fields.collect();
    let site = |field: &Field<'a>| Site { field: field.clone(), siblings: Rc::clone(&siblings), job: job.cloned(), step: step.cloned() };
    siblings.iter().map(site).collect()
}

/// A name without case, dashes and underscores: inputs of actions are spelled in every way.
pub(super) fn plain(name: &str) -> String {
    name.chars().filter(|char| char.is_ascii_alphanumeric()).collect::<String>().to_ascii_lowercase()
}

/// Whether a value is kept somewhere for long: a secret, an input, a variable. What an earlier step put out is not.
pub(super) fn is_kept(field: &Field<'_>) -> bool {
    field.uses().iter().any(|found| matches!(found.path[0].as_str(), "secrets" | "inputs" | "vars"))
}

/// Reports a credential of a job, by the case that its surroundings make it.
pub(super) fn report(
    findings: &mut Findings,
    workflow: &Workflow<'_>,
    job: Option<&Job<'_>>,
    (place, path, opener): (Place, LogicalPath, Span),
    words: &Words,
) {
    // A reusable workflow or an action gets its credentials from whoever calls it.
    let reusable = workflow.is_started_by("workflow_call") || job.is_some_and(|job| job.id().is_none());
    let finding = match (job, words.case) {
        (Some(job), _) if job.is_self_hosted() => findings.report_case("self-hosted", place, words.message),
        _ if reusable => findings.report_case("reusable", place, words.message),
        (_, Some(case)) => findings.report_case(case, place, words.message),
        _ => findings.report(place, words.message),
    };
    finding.help(words.help).at(path).within(opener);
    // A template logs in nowhere; whoever starts a workflow from it will.
    if workflow.is_template() {
        finding.severity = Severity::Info;
    }
}

/// What is said of a credential.
pub(super) struct Words {
    /// What is wrong.
    pub(super) message: &'static str,
    /// What to do.
    pub(super) help: &'static str,
    /// The case of the page, where the credential is of a kind of its own.
    pub(super) case: Option<&'static str>,
}

/// Where a site is reported.
pub(super) fn spot(site: &Site<'_>) -> (Place, LogicalPath, Span) {
    let opener = site.step.as_ref().map_or(site.field.key().span, Step::opener);
    (site.field.place(), site.field.path(), opener)
}
