//! A called workflow is handed every secret there is.

use crate::catalogue::page;
use crate::checks::{Check, Run};
use crate::finding::Findings;
use crate::formats::github_actions::{Job, Workflow};
use crate::unit::Unit;

pub(super) static SECRETS_INHERIT: Check = Check { page: page!("github-actions/secrets-inherit"), runs: &[Run::Workflow(check)] };

fn check(workflow: &Unit<Workflow<'_>>, findings: &mut Findings) {
    for job in workflow.jobs() {
        let Some(place) = job.inherits_secrets() else { continue };
        let local = "every secret of the repository is handed to the called workflow, which names the few it reads";
        let finding = match job.called_path().map(|path| reads_none(workflow, &path)) {
            Some(Some(true)) => continue,
            Some(Some(false)) => findings.report_case("local", place, local),
            Some(None) => findings.report_case("unread", place, "every secret of the repository is handed to the called workflow"),
            None => findings.report(place, "every secret of the repository is handed to a workflow of another repository"),
        };
        if let Some(asked) = job.called_path().and_then(|path| workflow.asked_by(&path)) {
            let (title, change) = ("name the secrets that the called workflow reads", job.with_secrets(&asked.names));
            match asked.in_environment {
                // Those of an environment come by the same names, and only where all are handed on.
                true => finding.unsafe_fix(title, change),
                false => finding.safe_fix(title, change),
            };
        }
        finding.help("name what the called workflow needs: `secrets: { TOKEN: ${{ secrets.TOKEN }} }`").at(path(&job)).within(job.opener());
    }
}

fn path(job: &Job<'_>) -> crate::literal::LogicalPath {
    job.field("secrets").map(|field| field.path()).unwrap_or_default()
}

/// Whether a called workflow of the repository asks for no secret and uses none; nothing where it cannot be read.
fn reads_none(workflow: &Workflow<'_>, called: &str) -> Option<bool> {
    let source = workflow.local(called);
    source.map(|source| {
        let text = source.text.replace("secrets.GITHUB_TOKEN", "");
        !["secrets.", "secrets[", "(secrets)", "secrets:"].iter().any(|word| text.contains(word))
    })
}
