//! All secrets at once are handed to a step that needs a few.

use crate::catalogue::page;
use crate::checks::{Check, Run};
use crate::finding::Findings;
use crate::formats::github_actions::{Field, Use, Workflow};
use crate::literal::LogicalPath;
use crate::source::{Place, Span};
use crate::unit::Unit;

pub(super) static OVERPROVISIONED_SECRETS: Check =
    Check { page: page!("github-actions/overprovisioned-secrets"), runs: &[Run::Workflow(check)] };

fn check(workflow: &Unit<Workflow<'_>>, findings: &mut Findings) {
    if !may_name_all(&workflow.source().text) {
        return;
    }
    let mut sites: Vec<(Place, LogicalPath, Span)> = Vec::new();
    let mut of_field = |field: Field<'_>, opener: Span| {
        let source = field.place().source;
        let all = field.uses().into_iter().filter(is_all);
        sites.extend(all.map(|found| (Place { source, span: found.span }, field.path(), opener)));
    };
    for environment in workflow.environments() {
        let step = environment.step;
        for field in environment.fields {
            let opener = step.as_ref().map_or(field.key().span, |step| step.opener());
            of_field(field, opener);
        }
    }
    for job in workflow.jobs() {
        job.inputs().for_each(|field| of_field(field, job.opener()));
    }
    for (_, step) in workflow.steps() {
        step.inputs().for_each(|field| of_field(field, step.opener()));
    }
    for (job, step) in workflow.steps() {
        let script = step.script(&job);
        for found in script.iter().flat_map(|script| script.uses.iter().flatten()).filter(|found| is_all(found)) {
            sites.push((workflow.source().place(found.span), step.path(&["run"]), step.opener()));
        }
    }
    sites.sort_by_key(|(place, ..)| *place);
    sites.dedup_by_key(|(place, ..)| *place);
    for (place, path, opener) in sites {
        let mut leaks = workflow.flow().iter().filter(|leaked| leaked.origin.place == place && leaked.leak.reach.rank() <= 5);
        let finding = match leaks.next() {
            Some(_) => {
                findings.report_case("reaches-sink", place, "every secret of the repository is handed over, and comes out of the job")
            }
            None => findings.report(place, "every secret of the repository is handed over, where a few are needed"),
        };
        finding.help("name the secrets that are needed: `${{ secrets.TOKEN }}`").at(path).within(opener);
    }
}

/// `secrets` that no name follows; most workflows have only `secrets.NAME`.
fn may_name_all(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    text.match_indices("secrets").any(|(at, word)| {
        let rest = &text[at + word.len()..];
        rest.starts_with(".*") || !rest.starts_with(['.', ':'])
    })
}

/// `toJSON(secrets)`, `secrets`, `secrets[…]` by a name that the workflow computes.
fn is_all(found: &Use) -> bool {
    match found.path.as_slice() {
        [context] => context == "secrets",
        [context, name, ..] => context == "secrets" && name == "*",
        [] => false,
    }
}
