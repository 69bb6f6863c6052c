//! An artifact holds credentials, and everybody who may see the job can download it.

use std::collections::HashSet;

use super::story;
use crate::catalogue::page;
use crate::checks::{Check, Run};
use crate::finding::Findings;
use crate::flow::script::Reach;
use crate::formats::gitlab_ci::{Job, Located, Pipeline};
use crate::literal::PathBuilder;
use crate::unit::Unit;

pub(super) static ARTIFACT_LEAKS_CREDENTIALS: Check =
    Check { page: page!("gitlab-ci/artifact-leaks-credentials"), runs: &[Run::Pipeline(check)] };

fn check(pipeline: &Unit<Pipeline<'_>>, findings: &mut Findings) {
    let own = pipeline.source().id;
    let mut seen = HashSet::new();
    for job in pipeline.jobs() {
        let Some(artifacts) = job.get("artifacts").filter(|artifacts| artifacts.source.id == own) else { continue };
        // What several jobs get from one place is told once.
        if !seen.insert(artifacts.node.id()) || job.keeps_artifacts_close() {
            continue;
        }
        uploads(job, artifacts, findings);
    }
    for leaked in story::leaked(pipeline, &[Reach::Artifact]) {
        let (place, file) = (leaked.leak.sink, &leaked.leak.printer);
        let path = pipeline.source().slice(place.span).trim_matches(['"', '\'']);
        // `untracked: true` is another check's, and what the path itself tells is told.
        if path == "true" || is_credential(path) {
            continue;
        }
        let message = format!("`{file}`, in which `{}` stands, is uploaded as an artifact, which nothing masks", leaked.origin.name);
        let finding = findings.report(place, message);
        finding.help("add `access: developer` to `artifacts:`, or leave the file out with `exclude:`");
        story::tell(finding, leaked, pipeline, "it is uploaded here");
    }
}

fn uploads(job: &Job<'_>, artifacts: Located<'_>, findings: &mut Findings) {
    let paths: Vec<_> = artifacts.node.get_merged("paths").into_iter().flat_map(|paths| paths.items()).map(|path| path.resolve()).collect();
    let excluded: Vec<_> =
        artifacts.node.get_merged("exclude").into_iter().flat_map(|paths| paths.items()).filter_map(|path| path.str()).collect();
    let short = artifacts.node.get_merged("expire_in").and_then(|time| time.str()).is_some_and(|time| is_short(&time));
    for node in paths {
        let Some(path) = node.str().filter(|path| is_credential(path)) else { continue };
        let covered = |other: &str| other == path || other.trim_end_matches("/**/*").trim_end_matches("/**") == path.trim_end_matches('/');
        if excluded.iter().any(|other| covered(other)) {
            continue;
        }
        let message = format!("`{path}` is uploaded as an artifact, which everybody may download who may see the job");
        let place = artifacts.source.place(node.span());
        let finding = if short { findings.report_case("short-lived", place, message) } else { findings.report(place, message) };
        let at = PathBuilder::default().key(&job.name).key("artifacts").key("paths").build();
        finding.help("add `access: developer` to `artifacts:`, or name the files that other jobs need").at(at).within(node.span());
        // With `public:` beside it GitLab refuses the job.
        if artifacts.node.get_merged("public").is_none() {
            finding.safe_fix("write `access: developer`", artifacts.with("access", "developer"));
        }
    }
}

/// Files that hold credentials, and the whole folder, in which they lie.
fn is_credential(path: &str) -> bool {
    let path = path.trim_start_matches("./").trim_end_matches('/');
    let path = path.strip_prefix("$CI_PROJECT_DIR/").or_else(|| path.strip_prefix("${CI_PROJECT_DIR}/")).unwrap_or(path);
    let name = path.rsplit('/').next().unwrap_or(path);
    let whole = matches!(path, "" | "." | "*" | "**" | "**/*" | ".*");
    let settings = matches!(name, ".env" | ".git" | ".npmrc" | ".pypirc" | ".netrc" | ".docker" | ".kube" | ".aws" | ".ssh" | "kubeconfig");
    let example = ["example", "sample", "template", "dist"].iter().any(|word| name.contains(word));
    let dotenv = name.starts_with(".env.") && !example;
    let terraform = name.contains(".tfstate") || name.ends_with(".tfvars") || name == "tfplan" || name.ends_with(".tfplan");
    let keys = (name.ends_with(".pem") || name.ends_with(".key")) && !name.contains("pub") && !name.contains("cert");
    whole || settings || dotenv || terraform || keys
}

/// An hour or less: `30 min`, `1 hour`, `3600`.
fn is_short(time: &str) -> bool {
    let digits: String = time.trim().chars().take_while(char::is_ascii_digit).collect();
    let Ok(number) = digits.parse::<u32>() else { return false };
    let unit = time.trim()[digits.len()..].trim().to_ascii_lowercase();
    match unit.chars().next() {
        None | Some('s') => number <= 3600,
        Some('m') if !unit.starts_with("mo") => number <= 60,
        Some('h') => number <= 1,
        _ => false,
    }
}
