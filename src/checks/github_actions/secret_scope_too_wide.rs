//! A secret is in the environment of every job or every step, and one of them reads it.

use std::collections::HashMap;

use crate::catalogue::page;
use crate::checks::{Check, Run};
use crate::finding::{Findings, LabelKind};
use crate::formats::github_actions::{Field, Job, Workflow};
use crate::source::Place;
use crate::unit::Unit;

pub(super) static SECRET_SCOPE_TOO_WIDE: Check =
    Check { page: page!("github-actions/secret-scope-too-wide"), runs: &[Run::Workflow(check)] };

fn check(workflow: &Unit<Workflow<'_>>, findings: &mut Findings) {
    let jobs: Vec<Job<'_>> = workflow.jobs().into_iter().filter(|job| job.id().is_some() && job.called().is_none()).collect();
    let mut steps: HashMap<Option<String>, Vec<(Place, &str)>> = HashMap::new();
    for (job, step) in workflow.steps() {
        let source = workflow.source();
        steps.entry(job.id().map(str::to_owned)).or_default().push((source.place(step.opener()), source.slice(step.span())));
    }
    for environment in workflow.environments().into_iter().filter(|environment| environment.step.is_none()) {
        let own: Vec<Field<'_>> = environment.fields.into_iter().filter(is_wide).collect();
        let (whose, narrow) = match environment.job {
            Some(_) => ("of every step of the job", "the `env:` of the step that reads it"),
            None => ("of every job", "the `env:` of the job that reads it"),
        };
        let parts: Vec<(Place, &str)> = match &environment.job {
            Some(job) => job.id().and_then(|id| steps.get(&Some(id.to_owned()))).cloned().unwrap_or_default(),
            None => jobs.iter().map(|job| (job.place(), job.raw())).collect(),
        };
        if own.is_empty() || parts.len() < 2 {
            continue;
        }
        let readers = Readers::new(&own, &parts);
        for field in &own {
            let read = readers.of(field);
            // What no step names is read by a program that looks for it, and which one that is nobody can see.
            if read.len() < parts.len() && (environment.job.is_none() || !read.is_empty()) {
                report(findings, field, read, whose, narrow);
            }
        }
    }
}

/// A secret; the token of the job is there for every action anyway.
fn is_wide(field: &Field<'_>) -> bool {
    field
        .uses()
        .iter()
        .any(|found| found.path.first().is_some_and(|it| it == "secrets") && !found.name().eq_ignore_ascii_case("secrets.GITHUB_TOKEN"))
}

fn report(findings: &mut Findings, field: &Field<'_>, readers: &[Place], whose: &str, narrow: &str) {
    let Some(secret) = field.secret() else { return };
    let (case, count) = match readers.len() {
        0 => (None, "none of them names it"),
        1 => (None, "one of them reads it"),
        _ => (Some("several-readers"), "some of them read it"),
    };
    let message = format!("`{}` is in the environment {whose}; {count}", secret.name());
    let finding = findings.report_case_if(case, field.place(), message);
    finding.help(format!("move it to {narrow}")).at(field.path()).within(field.key().span);
    if let [reader] = readers {
        finding.label(LabelKind::Related, *reader, "it is read here");
    }
}

/// Which parts of a file name which variables.
struct Readers(HashMap<String, Vec<Place>>);

impl Readers {
    fn new(fields: &[Field<'_>], parts: &[(Place, &str)]) -> Self {
        let mut readers: HashMap<String, Vec<Place>> = fields.iter().map(|field| (field.name().into_owned(), Vec::new())).collect();
        for (place, text) in parts {
            for word in text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_') {
                if let Some(places) = readers.get_mut(word).filter(|places| places.last() != Some(place)) {
                    places.push(*place);
                }
            }
        }
        Self(readers)
    }

    fn of(&self, field: &Field<'_>) -> &[Place] {
        self.0.get(&*field.name()).map_or(&[], Vec::as_slice)
    }
}
