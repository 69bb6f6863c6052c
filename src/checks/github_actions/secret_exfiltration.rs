//! A secret is sent to a host that has no reason to get it.

use super::story;
use crate::catalogue::page;
use crate::checks::{Check, Run};
use crate::finding::Findings;
use crate::flow::script::Reach;
use crate::formats::github_actions::Workflow;
use crate::unit::Unit;

pub(super) static SECRET_EXFILTRATION: Check = Check { page: page!("github-actions/secret-exfiltration"), runs: &[Run::Workflow(check)] };

fn check(workflow: &Unit<Workflow<'_>>, findings: &mut Findings) {
    for leaked in story::leaked(workflow, &[Reach::Collector, Reach::Host]) {
        let (place, host, is_all) = (leaked.leak.taint.at, &leaked.leak.printer, leaked.leak.taint.is_listed());
        let environment = || format!("the whole environment of the job, `{}` with it,", leaked.origin.name);
        let what = if is_all { environment() } else { leaked.leak.what(&leaked.origin) };
        let finding = match leaked.leak.reach {
            Reach::Collector => findings
                .report(place, format!("{what} is sent to `{host}`, where whoever waits can read it"))
                .help("delete the line, and replace the secret: what was sent is known"),
            // No host has a reason to get all of them.
            _ if leaked.origin.name == "secrets" => findings
                .report(place, format!("every secret of the job is sent to {}", named(host)))
                .help("delete the line, and replace the secrets: what was sent is known"),
            _ if is_all => findings
                .report(place, format!("{what} is sent to {}", named(host)))
                .help("delete the line, and replace the secrets: what was sent is known"),
            _ => findings
                .report_case("other-host", place, format!("{what} is sent to `{host}`"))
                .help("check that the host is the one that the secret is for"),
        };
        story::tell(finding, leaked, workflow, "it is sent here");
    }
}

fn named(host: &str) -> String {
    if host.is_empty() { "a host that the line does not name".to_owned() } else { format!("`{host}`") }
}
