//! A secret's value stands in a variable file that git keeps.

use crate::catalogue::page;
use crate::checks::{Check, Run};
use crate::finding::Findings;
use crate::formats::tfvars::Tfvars;
use crate::unit::Unit;

pub(super) static COMMITTED_SECRET: Check = Check { page: page!("tfvars/committed-secret"), runs: &[Run::Tfvars(check)] };

fn check(values: &Unit<Tfvars>, findings: &mut Findings) {
    // Where git ignores the file, its values are where they belong.
    if values.is_ignored() {
        return;
    }
    for leak in values.leaks(findings.page()) {
        let variable = leak.suggested_name().to_lowercase();
        findings
            .leak(leak)
            .help(format!("revoke it, and give the new one as `TF_VAR_{variable}` from the secret store of whoever runs Terraform"));
    }
}
