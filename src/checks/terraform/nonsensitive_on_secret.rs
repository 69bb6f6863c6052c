//! A module takes the mark off a secret, and Terraform prints it.

use super::spilled;
use crate::catalogue::page;
use crate::checks::{Check, Run};
use crate::finding::Findings;
use crate::flow::terraform::SpillKind;
use crate::formats::terraform::Module;
use crate::unit::Unit;

pub(super) static NONSENSITIVE_ON_SECRET: Check = Check { page: page!("terraform/nonsensitive-on-secret"), runs: &[Run::Module(check)] };

fn check(module: &Unit<Module<'_>>, findings: &mut Findings) {
    for spill in module.flow().spills.iter().filter(|spill| spill.kind == SpillKind::Unmasked) {
        let message = format!("`nonsensitive` takes the mark off `{}`, and Terraform no longer hides it", spill.secret);
        let finding = spilled(findings, None, spill, message);
        finding
            .help("hand the value on as it is; where only a part or a digest of it is needed, take that first: `nonsensitive(sha256(…))`");
    }
}
