//! A secret goes along to another pipeline, or is there for the code of a merge request.

use std::collections::HashSet;

use crate::catalogue::page;
use crate::checks::{Check, Run};
use crate::finding::{Findings, LabelKind};
use crate::flow::gitlab_ci::{has_kept_secrets, is_predefined};
use crate::formats::gitlab_ci::{Condition, Job, Located, Pipeline};
use crate::literal::PathBuilder;
use crate::source::{Place, SourceId};
use crate::unit::Unit;

pub(super) static SECRET_IN_TRIGGER_OR_MR: Check =
    Check { page: page!("gitlab-ci/secret-in-trigger-or-mr"), runs: &[Run::Pipeline(check)] };

fn check(pipeline: &Unit<Pipeline<'_>>, findings: &mut Findings) {
    let own = pipeline.source().id;
    let (mut handed, mut told) = (HashSet::new(), HashSet::new());
    for job in pipeline.jobs().iter().filter(|job| !job.is_hidden()) {
        match job.get("trigger") {
            Some(trigger) => {
                forwarded(pipeline, job, trigger, &mut handed, findings);
                started_with(pipeline, job, trigger, findings);
            }
            None => merge_request(job, own, &mut told, findings),
        }
    }
}

/// `forward: { pipeline_variables: …, yaml_variables: … }`: <https://docs.gitlab.com/ci/yaml/#triggerforward>.
fn forwards<'a>(trigger: Located<'a>, what: &str) -> Option<(Located<'a>, bool)> {
    let node = trigger.node.get_merged("forward")?.resolve().get_merged(what)?.resolve();
    Some((Located { node, ..trigger }, node.as_bool()?))
}

/// Variables of the file that hold secrets of the project, of a job that starts another pipeline.
fn forwarded(pipeline: &Unit<Pipeline<'_>>, job: &Job<'_>, trigger: Located<'_>, handed: &mut HashSet<Place>, findings: &mut Findings) {
    if forwards(trigger, "yaml_variables").is_some_and(|(_, on)| !on) {
        return;
    }
    let source = pipeline.source();
    for variable in job.variables().iter().filter(|variable| variable.key.source.id == source.id) {
        let value = variable.value();
        let secret =
            value.references().into_iter().find(|reference| pipeline.is_secret_name(&reference.name) && !is_predefined(&reference.name));
        let Some(secret) = secret.filter(|_| handed.insert(variable.place())) else { continue };
        let message = format!("`${}` goes along to the pipeline that the job starts, whose log does not mask it", secret.name);
        let finding = findings.report(variable.place(), message);
        finding.help("give the other project a masked variable of its own, or write `forward: { yaml_variables: false }`");
        finding.at(variable.path()).within(variable.key.node.span());
        finding.label(LabelKind::Related, source.place(job.key().span()), format!("job `{}` starts it", job.name));
    }
}

/// `pipeline_variables: true`: what somebody starts this pipeline with.
fn started_with(pipeline: &Unit<Pipeline<'_>>, job: &Job<'_>, trigger: Located<'_>, findings: &mut Findings) {
    let Some((node, true)) = forwards(trigger, "pipeline_variables") else { return };
    if node.source.id != pipeline.source().id {
        return;
    }
    let asked = job.variables().iter().find(|variable| variable.is_prefilled && pipeline.is_secret_name(&variable.name));
    let at = PathBuilder::default().key(&job.name).key("trigger").key("forward").key("pipeline_variables").build();
    let finding = match asked {
        Some(variable) => {
            let message = format!(
                "`{}`, which people give when they start the pipeline, goes along to another one, whose log does not mask it",
                variable.name
            );
            findings.report(node.place(), message)
        }
        None => {
            findings.report_case("whatever", node.place(), "whatever people start the pipeline with goes along to another one, secrets too")
        }
    };
    finding.help("name what the other pipeline needs in the job's `variables:`").at(at).within(job.key().span());
}

/// A job that has secrets and runs for merge requests: those of forks too, once a member starts their pipeline here
/// (<https://docs.gitlab.com/ci/pipelines/merge_request_pipelines/#run-pipelines-in-the-parent-project>).
fn merge_request(job: &Job<'_>, own: SourceId, told: &mut HashSet<Place>, findings: &mut Findings) {
    let rules = job.get("rules").or_else(|| job.get("only")).filter(|rules| rules.source.id == own);
    let Some(rules) = rules.filter(|_| has_kept_secrets(job)) else { return };
    if !told.insert(rules.place()) {
        return;
    }
    let conditions = job.conditions();
    // `$CI_MERGE_REQUEST_SOURCE_PROJECT_PATH` and its kin tell forks from the project itself.
    let asks = |condition: &Condition<'_>| condition.text.contains("CI_MERGE_REQUEST_SOURCE_PROJECT");
    let of_forks = |condition: &&Condition<'_>| condition.runs && asks(condition) && condition.text.contains("!=");
    let of_all = |condition: &&Condition<'_>| condition.runs && is_for_merge_requests(&condition.text);
    let finding = if let Some(rule) = conditions.iter().find(of_forks) {
        findings.report(rule.place, "the job has secrets and runs for merge requests of forks, with the code of the fork")
    } else if let Some(rule) = conditions.iter().find(of_all).filter(|_| !conditions.iter().any(asks)) {
        let message =
            "the job has secrets and runs for merge requests: when a member starts the pipeline of a fork, with the code of the fork";
        findings.report_case("merge-request", rule.place, message)
    } else {
        return;
    };
    let at = PathBuilder::default().key(&job.name).key("rules").build();
    finding.help("run it for branches of the project only: `if: $CI_MERGE_REQUEST_SOURCE_PROJECT_PATH == $CI_PROJECT_PATH`");
    finding.at(at).within(job.key().span());
}

fn is_for_merge_requests(condition: &str) -> bool {
    let excluded = condition.contains("!= \"merge_request_event\"") || condition.contains("!= 'merge_request_event'");
    let words = ["merge_request_event", "CI_MERGE_REQUEST_"];
    condition.trim() == "merge_requests" || (!excluded && words.iter().any(|word| condition.contains(word)))
}
