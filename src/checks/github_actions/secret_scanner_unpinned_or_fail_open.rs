//! A search for secrets that anybody can change, that does not stop the job, or that sees one commit only.

use std::collections::HashSet;

use crate::catalogue::page;
use crate::checks::{Check, Run};
use crate::finding::{Finding, Findings, LabelKind};
use crate::formats::github_actions::{Field, Job, Ran, Script, Step, Workflow};
use crate::unit::Unit;

pub(super) static SECRET_SCANNER_UNPINNED_OR_FAIL_OPEN: Check =
    Check { page: page!("github-actions/secret-scanner-unpinned-or-fail-open"), runs: &[Run::Workflow(check)] };

/// Actions that look for secrets in the commits of a repository.
const ACTIONS: [&str; 5] = [
    "trufflesecurity/trufflehog",
    "gitleaks/gitleaks-action",
    "zricethezav/gitleaks-action",
    "gitguardian/ggshield/actions/secret",
    "gitguardian/ggshield-action",
];
/// Programs that look for secrets, in lower case for `mentions`.
const PROGRAMS: [&str; 5] = ["gitleaks", "trufflehog", "ggshield", "detect-secrets", "caulk"];

fn check(workflow: &Unit<Workflow<'_>>, findings: &mut Findings) {
    if !workflow.mentions(&PROGRAMS) && !workflow.mentions(&["gitguardian/"]) {
        return;
    }
    let mut jobs: Vec<(Job<'_>, Vec<Step<'_>>)> = Vec::new();
    for (job, step) in workflow.steps() {
        match jobs.last_mut().filter(|(last, _)| last.id() == job.id()) {
            Some((_, steps)) => steps.push(step),
            None => jobs.push((job, vec![step])),
        }
    }
    for (job, steps) in &jobs {
        of_job(workflow, job, steps, findings);
    }
}

fn of_job(workflow: &Workflow<'_>, job: &Job<'_>, steps: &[Step<'_>], findings: &mut Findings) {
    let looked_at = outcomes(job.raw());
    let mut checkout: Option<&Step<'_>> = None;
    let (mut fetches, mut job_told) = (false, false);
    for step in steps {
        let action = step.action().unwrap_or_default();
        if action == "actions/checkout" && step.input("repository").is_none() {
            checkout = Some(step);
            continue;
        }
        let script = step.script(job);
        fetches |= script.as_ref().is_some_and(|script| script.text.as_str().contains("git fetch"));
        let is_action = ACTIONS.contains(&&*action);
        let ran = script.as_ref().map(|script| scans(script)).unwrap_or_default();
        if !is_action && ran.is_empty() {
            continue;
        }
        if is_action {
            of_action(step, &action, findings);
        }
        for ran in &ran {
            of_command(workflow, script.as_ref(), step, ran, findings);
        }
        // A later step that asks how the search went decides what becomes of the job.
        let is_looked_at = step.id().is_some_and(|id| looked_at.contains(&id.to_ascii_lowercase()));
        let own = step.field("continue-on-error").filter(|_| !is_looked_at);
        let of_job = job.field("continue-on-error").filter(|_| !std::mem::replace(&mut job_told, true));
        for field in own.into_iter().chain(of_job).filter(goes_on) {
            report(findings, step, &field, "the job goes on when the search finds a secret");
        }
        let sees_history = is_action || ran.iter().any(reads_history);
        if let Some(shallow) = checkout.filter(|checkout| sees_history && !fetches && is_shallow(checkout)) {
            let place = shallow.uses().unwrap_or_else(|| job.place());
            let finding = findings.report(place, "the search for secrets sees one commit only, because the checkout fetches no more");
            finding.help("add `with: { fetch-depth: 0 }` to the checkout").at(shallow.path(&["uses"])).within(shallow.opener());
            finding.safe_fix("fetch the whole history", shallow.with_input("fetch-depth", "0"));
            finding.label(LabelKind::Related, workflow.source().place(step.opener()), "the search is here");
            checkout = None;
        }
    }
}

/// `continue-on-error: true`.
fn goes_on(field: &Field<'_>) -> bool {
    field.literal().is_some_and(|text| text.trim().eq_ignore_ascii_case("true"))
}

/// The ids of steps whose outcome or outputs the job reads.
fn outcomes(job: &str) -> HashSet<String> {
    let read = job.match_indices("steps.").map(|(at, found)| &job[at + found.len()..]);
    read.map(|rest| rest.split(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_').next().unwrap_or("").to_ascii_lowercase())
        .collect()
}

/// One commit: what the checkout does where nobody asks for more. Any other number was thought about.
fn is_shallow(checkout: &&Step<'_>) -> bool {
    checkout.input("fetch-depth").is_none() || checkout.literal_input("fetch-depth") == "1"
}

fn of_action(step: &Step<'_>, action: &str, findings: &mut Findings) {
    let used = step.used().unwrap_or_default();
    let reference = used.rsplit_once('@').map_or("", |(_, reference)| reference);
    let is_commit = reference.len() == 40 && reference.bytes().all(|byte| byte.is_ascii_hexdigit());
    if let Some(place) = step.uses().filter(|_| !is_commit && step.version().is_none()) {
        let message = match reference {
            "" => format!("`{action}` is used without a version"),
            _ => format!(
                "`{action}` is used as it stands on `{reference}`: whoever can change that decides what runs where secrets are looked for"
            ),
        };
        let finding = findings.report(place, message);
        finding
            .help(format!("name a commit: `{action}@<commit>`, with its version in a comment"))
            .at(step.path(&["uses"]))
            .within(step.opener());
    }
    let options = ["extra_args", "args"].iter().find_map(|name| step.input(name));
    let debugs = |field: &Field<'_>| {
        field.text().is_some_and(|text| text.as_str().split_ascii_whitespace().any(|word| matches!(word, "--debug" | "--trace")))
    };
    if let Some(field) = options.filter(debugs) {
        let finding = findings.report(field.place(), "the search prints what it does step by step, and with that what it finds");
        finding.help("remove `--debug` and `--trace`").at(field.path()).within(step.opener());
    }
}

/// The commands of a script that look for secrets.
fn scans(script: &Script<'_>) -> Vec<Ran> {
    let searches = |ran: &Ran| {
        let has = |words: &[&str]| ran.words.iter().any(|word| words.contains(&&**word));
        match ran.words.first().map(String::as_str) {
            Some("gitleaks") => has(&["detect", "git", "dir", "directory"]),
            Some("trufflehog") => has(&["git", "filesystem"]),
            Some("ggshield") => has(&["scan"]),
            Some("detect-secrets") => has(&["scan", "audit"]),
            Some("detect-secrets-hook") => true,
            Some("caulk") => has(&["lint"]),
            _ => false,
        }
    };
    if !PROGRAMS.iter().any(|program| script.text.as_str().contains(program)) {
        return Vec::new();
    }
    script.commands().into_iter().filter(searches).collect()
}

/// Whether a command looks into older commits.
fn reads_history(ran: &Ran) -> bool {
    let has = |words: &[&str]| ran.words.iter().any(|word| words.contains(&&**word));
    match ran.words.first().map(String::as_str) {
        Some("gitleaks") => has(&["detect", "git"]) && !has(&["--no-git", "--staged", "--pre-commit"]),
        Some("trufflehog") => has(&["git"]),
        Some("ggshield") => has(&["ci", "repo", "commit-range"]),
        _ => false,
    }
}

/// A command whose failure is ignored, or that does not fail.
fn of_command(workflow: &Workflow<'_>, script: Option<&Script<'_>>, step: &Step<'_>, ran: &Ran, findings: &mut Findings) {
    let Some(script) = script else { return };
    let has = |words: &[&str]| ran.words.iter().any(|word| words.contains(&&**word));
    let behind = script.behind(ran);
    let otherwise = behind.strip_prefix("||").map(str::trim_start).unwrap_or_default();
    let ignored = ["true", ":", "exit 0", "echo "].iter().any(|word| otherwise.starts_with(word)) && !otherwise.contains("exit 1");
    let zero = ran.words.windows(2).any(|pair| pair[0] == "--exit-code" && pair[1] == "0");
    // A report that others read, and what a pipe does with it, may stop the job all the same.
    let is_read = behind.starts_with('|') && !behind.starts_with("||");
    let reports = has(&["-r", "--report-path", "--json", "-j", "--github-actions", "--output", "-o"])
        || ran.words.iter().any(|word| word.starts_with("--report-path="))
        || is_read;
    let never = match ran.words.first().map(String::as_str) {
        Some("gitleaks") => zero || has(&["--exit-code=0"]),
        // <https://github.com/trufflesecurity/trufflehog>: it exits with 183 only where it is told to fail.
        Some("trufflehog") => !has(&["--fail"]),
        Some("ggshield") => has(&["--exit-zero"]),
        Some("caulk") => has(&["--fail-on=never"]) || ran.words.windows(2).any(|pair| pair[0] == "--fail-on" && pair[1] == "never"),
        _ => false,
    };
    let (message, help) = match (ignored, never && !reports) {
        (true, _) => ("the job goes on when the search finds a secret", "remove what follows the command, so that the job stops"),
        (_, true) => (
            "the search says that all is well also where it finds a secret",
            "let the program fail: `trufflehog … --fail`, and no `--exit-code 0`",
        ),
        _ => return,
    };
    findings.report(workflow.source().place(ran.span), message).help(help).at(script.path()).within(step.opener());
}

fn report<'f>(findings: &'f mut Findings, step: &Step<'_>, field: &Field<'_>, message: &str) -> &'f mut Finding {
    let finding = findings.report(field.place(), message);
    finding.help("remove `continue-on-error`, so that the job stops").at(field.path()).within(step.opener())
}
