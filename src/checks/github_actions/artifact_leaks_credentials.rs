//! An artifact holds credentials that the job left in its folder.

use crate::catalogue::page;
use crate::checks::{Check, Run};
use crate::finding::{Findings, LabelKind};
use crate::formats::github_actions::{Field, Job, Step, Version, Workflow};
use crate::unit::Unit;

pub(super) static ARTIFACT_LEAKS_CREDENTIALS: Check =
    Check { page: page!("github-actions/artifact-leaks-credentials"), runs: &[Run::Workflow(check)] };

fn check(workflow: &Unit<Workflow<'_>>, findings: &mut Findings) {
    for job in workflow.jobs() {
        let mut kept: Vec<Step<'_>> = Vec::new();
        let mut uploaded = false;
        for step in job.steps() {
            match step.action().as_deref() {
                Some("actions/checkout") if step.literal_input("persist-credentials") != "false" => kept.push(step),
                Some("actions/upload-artifact" | "actions/upload-pages-artifact") => uploaded |= upload(&job, &step, &kept, findings),
                _ => {}
            }
        }
        for step in kept.iter().filter(|step| !uploaded && stores_in_workspace(step)) {
            let place = step.uses().unwrap_or_else(|| job.place());
            findings
                .report_case("no-upload", place, "the token stays in `.git/config` for every later step of the job")
                .help("write `persist-credentials: false` where no later step uses git")
                .at(step.path(&["uses"]))
                .within(step.opener());
        }
    }
}

/// Versions below 6 keep the token in `.git/config`, later ones outside of the workspace (<https://github.com/actions/checkout>).
fn stores_in_workspace(step: &Step<'_>) -> bool {
    step.version().is_none_or(|version| version.major < 6)
}

/// Looks at one upload; says whether it takes credentials along.
fn upload(job: &Job<'_>, step: &Step<'_>, kept: &[Step<'_>], findings: &mut Findings) -> bool {
    let Some(field) = step.input("path") else { return false };
    let paths = field.text().map(|text| text.as_str().to_owned()).unwrap_or_default();
    let paths: Vec<&str> = paths.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let hidden = includes_hidden(step);
    let mut report = |case: Option<&'static str>, message: String, checkout: Option<&Step<'_>>| {
        let finding = match case {
            Some(case) => findings.report_case(case, field.place(), message),
            None => findings.report(field.place(), message),
        };
        finding.help("name the files that others need: `path: dist/`; or write `persist-credentials: false` at the checkout");
        finding.at(field.path()).within(step.opener());
        if let Some(place) = checkout.and_then(Step::uses) {
            finding.label(LabelKind::Source, place, "the token is left in the folder here");
        }
    };
    if let Some(path) = paths.iter().find(|path| is_credential(path, hidden)) {
        report(None, format!("`{path}` is uploaded as an artifact, which everybody may download who may read the repository"), None);
        return true;
    }
    let excluded = paths.iter().any(|path| path.starts_with("!.git") || path.starts_with("!./.git") || path.contains("!**/.git"));
    let whole = paths.iter().any(|path| is_root(path)) && hidden && !excluded;
    let Some(checkout) = kept.iter().find(|step| whole && stores_in_workspace(step)) else { return false };
    let long_lived = checkout.input("ssh-key").is_some() || checkout.input("token").is_some_and(|token| !is_job_token(&token));
    let writes = job.permissions().is_some_and(|permissions| permissions.writes("contents"));
    let case = if long_lived || writes { None } else { Some("github-token") };
    report(case, "the folder is uploaded with `.git/config`, in which the checkout left its token".to_owned(), Some(checkout));
    true
}

fn is_job_token(field: &Field<'_>) -> bool {
    field.uses().iter().any(|found| found.name().eq_ignore_ascii_case("secrets.GITHUB_TOKEN") || found.name() == "github.token")
}

/// Whether files whose names begin with a dot are uploaded: by default up to 3.1.3 and from 4.0.0 to 4.3.6
/// (<https://github.com/actions/upload-artifact/issues/602>). Tags that move have long left these behind.
fn includes_hidden(step: &Step<'_>) -> bool {
    let asked = step.literal_input("include-hidden-files") == "true";
    let by_default = step.version().is_some_and(|version| match version {
        Version { major: 1 | 2, .. } => true,
        Version { major: 3, minor: Some(minor), patch } => minor < 1 || (minor == 1 && patch.unwrap_or(0) <= 3),
        Version { major: 4, minor: Some(minor), patch } => minor < 3 || (minor == 3 && patch.is_some_and(|patch| patch <= 6)),
        _ => false,
    });
    asked || by_default
}

/// The whole folder of the job.
fn is_root(path: &str) -> bool {
    let path = path.trim_start_matches("./").trim_end_matches('/');
    let workspace = path.replace(' ', "");
    matches!(path, "" | "." | "*" | "**" | "**/*")
        || matches!(&*workspace, "${{github.workspace}}" | "$GITHUB_WORKSPACE" | "${{github.workspace}}/*" | "${{github.workspace}}/**")
}

/// A path that names credentials.
fn is_credential(path: &str, hidden: bool) -> bool {
    let path = path.trim_start_matches("./").trim_end_matches('/');
    let name = path.rsplit('/').next().unwrap_or(path);
    if path.starts_with('!') {
        return false;
    }
    let of_programs = ["/.aws", "/.ssh", "/.kube", "/.docker/config.json"].iter().any(|end| format!("/{path}").ends_with(end));
    let dotted = matches!(name, ".git" | ".npmrc" | ".pypirc" | ".netrc" | ".env") || path.ends_with(".git/config") || of_programs;
    let plain = name.contains(".tfstate") || name.ends_with(".tfvars") || name == "tfplan" || name.starts_with("gha-creds-");
    let keys = (name.ends_with(".pem") || name.ends_with(".key")) && !name.contains("pub") && !name.contains("cert");
    (dotted && hidden) || plain || keys
}
