//! A secret goes along to another pipeline, or is there for the code of a merge request.

use std::collections::HashSet;

use crate::catalogue::page;
use crate::checks::{Check, Run};
use crate::finding::{Findings, LabelKind};
use crate::flow::gitlab_ci::{is_predefined, with_kept_secrets};
use crate::formats::gitlab_ci::{Condition, Job, Located, Pipeline, Variable};
use crate::literal::PathBuilder;
use crate::source::{Place, SourceId};
use crate::unit::Unit;

pub(super) static SECRET_IN_TRIGGER_OR_MR: Check =
    Check { page: page!("gitlab-ci/secret-in-trigger-or-mr"), runs: &[Run::Pipeline(check)] };

fn check(pipeline: &Unit<Pipeline<'_>>, findings: &mut Findings) {
    let own = pipeline.source().id;
    let (mut handed, mut told) = (HashSet::new(), HashSet::new());
    let with_secrets = with_kept_secrets(pipeline);
    let globals = pipeline.global_variables().iter();
    // Looked through once, not for every job.
    let mut handing: Vec<&Variable<'_>> = globals.clone().filter(|variable| secret_in(pipeline, variable).is_some()).collect();
    let asked: Vec<&Variable<'_>> = globals.filter(|variable| is_asked_secret(pipeline, variable)).collect();
    for (job, has_secrets) in pipeline.jobs().iter().zip(with_secrets).filter(|(job, _)| !job.is_hidden()) {
        match job.get("trigger") {
            Some(trigger) => {
                forwarded(pipeline, job, trigger, (&mut handing, &mut handed), findings);
                started_with(pipeline, job, trigger, &asked, findings);
            }
            None if has_secrets => merge_request(job, own, &mut told, findings),
            None => {}
        }
    }
}

/// `forward: { pipeline_variables: …, yaml_variables: … }`: <https://docs.gitlab.com/ci/yaml/#triggerforward>.
fn forwards<'a>(trigger: Located<'a>, what: &str) -> Option<(Located<'a>, bool)> {
    let node = trigger.node.get_merged("forward")?.resolve().get_merged(what)?.resolve();
    Some((Located { node, ..trigger }, node.as_bool()?))
}

/// Variables of the file that hold secrets of the project, of a job that starts another pipeline.
fn forwarded<'p>(
    pipeline: &'p Unit<Pipeline<'_>>,
    job: &'p Job<'_>,
    trigger: Located<'_>,
    (globals, told): (&mut Vec<&'p Variable<'p>>, &mut HashSet<Place>),
    findings: &mut Findings,
) {
    if forwards(trigger, "yaml_variables").is_some_and(|(_, on)| !on) {
        return;
    }
    let source = pipeline.source();
    let (got, rest): (Vec<&Variable<'_>>, Vec<&Variable<'_>>) = globals.drain(..).partition(|variable| job.gets(variable));
    *globals = rest;
    for variable in got.into_iter().chain(job.own_variables()).filter(|variable| variable.key.source.id == source.id) {
        let Some(secret) = secret_in(pipeline, variable).filter(|_| told.insert(variable.place())) else { continue };
        let message = format!("`${secret}` goes along to the pipeline that the job starts, whose log does not mask it");
        let finding = findings.report(variable.place(), message);
        finding.help("give the other project a masked variable of its own, or write `forward: { yaml_variables: false }`");
        finding.at(variable.path()).within(variable.key.node.span());
        finding.label(LabelKind::Related, source.place(job.key().span()), format!("job `{}` starts it", job.name));
    }
}

/// A secret of the project that a variable of the file refers to.
fn secret_in(pipeline: &Unit<Pipeline<'_>>, variable: &Variable<'_>) -> Option<String> {
    let value = variable.value();
    let is_secret = |name: &str| pipeline.is_secret_name(name) && !is_predefined(name);
    value.references().into_iter().find(|reference| is_secret(&reference.name)).map(|reference| reference.name.to_string())
}

/// Whether people are asked for a secret when they start the pipeline by hand.
fn is_asked_secret(pipeline: &Unit<Pipeline<'_>>, variable: &Variable<'_>) -> bool {
    variable.is_prefilled && pipeline.is_secret_name(&variable.name)
}

/// `pipeline_variables: true`: what somebody starts this pipeline with.
fn started_with(pipeline: &Unit<Pipeline<'_>>, job: &Job<'_>, trigger: Located<'_>, globals: &[&Variable<'_>], findings: &mut Findings) {
    let Some((node, true)) = forwards(trigger, "pipeline_variables") else { return };
    if node.source.id != pipeline.source().id {
        return;
    }
    let own = job.own_variables().iter().find(|variable| is_asked_secret(pipeline, variable));
    let asked = globals.iter().copied().find(|variable| job.gets(variable)).or(own);
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
    if !rules.is_some_and(|rules| told.insert(rules.place())) {
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
