//! A login without keys lacks the permission for it, or everybody has that permission.

use crate::catalogue::page;
use crate::checks::{Check, Run};
use crate::finding::{Findings, LabelKind};
use crate::formats::github_actions::{Job, Step, Workflow};
use crate::unit::Unit;

pub(super) static OIDC_PERMISSION_MISUSE: Check =
    Check { page: page!("github-actions/oidc-permission-misuse"), runs: &[Run::Workflow(check)] };

fn check(workflow: &Unit<Workflow<'_>>, findings: &mut Findings) {
    // Whoever calls a workflow or an action grants what it may do.
    let called = workflow.is_started_by("workflow_call");
    let jobs: Vec<Job<'_>> = workflow.jobs().into_iter().filter(|job| job.id().is_some()).collect();
    for job in jobs.iter().filter(|_| !called) {
        let permissions = job.permissions();
        let granted = permissions.is_some_and(|permissions| permissions.writes("id-token"));
        let Some(step) = job.steps().find(logs_in).filter(|_| !granted) else { continue };
        let place = step.uses().unwrap_or_else(|| job.place());
        findings
            .report(place, "the job logs in without a key, and lacks `id-token: write`, without which the login fails")
            .help("give the job `permissions: { id-token: write, contents: read }`")
            .at(step.path(&["uses"]))
            .within(step.opener())
            .safe_fix(
                "write `id-token: write` into the job's permissions",
                permissions.filter(|permissions| permissions.is_own).and_then(|permissions| permissions.with("id-token")),
            );
    }
    let Some(place) = workflow.permissions().filter(|all| all.writes("id-token")).and_then(|all| all.place("id-token")) else { return };
    let shared: Vec<&Job<'_>> = jobs.iter().filter(|job| job.permissions().is_some_and(|permissions| !permissions.is_own)).collect();
    let (users, others): (Vec<&Job<'_>>, Vec<&Job<'_>>) = shared.into_iter().partition(|job| may_use(job));
    if workflow.is_started_by("pull_request_target") {
        findings
            .report_case("untrusted-trigger", place, "a workflow that strangers start can get tokens that clouds trust")
            .help("grant `id-token: write` only to workflows that no pull request from a fork starts");
    } else if let (Some(other), true) = (others.first(), users.iter().any(|job| job.steps().any(|step| logs_in(&step)))) {
        let finding = findings.report(place, "every job of the workflow can get tokens that clouds trust, and not all of them log in");
        finding.help("move `id-token: write` to the `permissions:` of the job that logs in");
        finding.label(LabelKind::Related, other.place(), "this job has no use for it");
    }
}

/// Actions that log in with the token of the job.
fn logs_in(step: &Step<'_>) -> bool {
    let given = |name: &str| step.input(name).is_some();
    match step.action().as_deref() {
        Some("aws-actions/configure-aws-credentials") => {
            given("role-to-assume") && !["aws-access-key-id", "web-identity-token-file", "role-chaining"].iter().any(|name| given(name))
        }
        Some("google-github-actions/auth") => given("workload_identity_provider"),
        Some("azure/login") => given("client-id") && given("tenant-id") && !given("creds") && step.literal_input("auth-type") != "identity",
        _ => false,
    }
}

/// Steps that are known to have no use for a token; of all others nothing is known.
const PLAIN: [&str; 10] = [
    "actions/checkout",
    "actions/cache",
    "actions/upload-artifact",
    "actions/download-artifact",
    "actions/setup-node",
    "actions/setup-python",
    "actions/setup-go",
    "actions/setup-java",
    "actions/setup-dotnet",
    "hashicorp/setup-terraform",
];

fn may_use(job: &Job<'_>) -> bool {
    let signs = |step: &Step<'_>| {
        let text = step.field("run").and_then(|field| field.text()).map(|text| text.as_str().to_owned()).unwrap_or_default();
        let words = ["cosign", "provenance", "ID_TOKEN", "trusted", "publish", "sigstore", "attest"];
        words.iter().any(|word| text.contains(word))
    };
    let unknown = |step: &Step<'_>| step.action().is_some_and(|action| !PLAIN.contains(&&*action));
    job.called().is_some() || job.steps().any(|step| unknown(&step) || signs(&step))
}
