//! A file with a secret in it is written so that every user of the machine can read it.

use super::spilled;
use crate::catalogue::page;
use crate::checks::{Check, Run};
use crate::finding::Findings;
use crate::flow::terraform::SpillKind;
use crate::formats::terraform::{Block, Blocks, Module};
use crate::unit::Unit;

pub(super) static LOCAL_FILE_WORLD_READABLE: Check =
    Check { page: page!("terraform/local-file-world-readable"), runs: &[Run::Module(check)] };

fn check(module: &Unit<Module<'_>>, findings: &mut Findings) {
    let files = Blocks::new(module.blocks_of("resource"));
    for spill in module.flow().spills.iter().filter(|spill| spill.kind == SpillKind::File) {
        if files.around(spill.place).is_some_and(is_open) {
            let message = format!("`{}` is written to a file that every user of the machine can read", spill.secret);
            spilled(findings, None, spill, message).help("use `local_sensitive_file`, whose files only their owner reads");
        }
    }
}

/// The mode is 0777 where it is not given: <https://registry.terraform.io/providers/hashicorp/local/latest/docs/resources/file>
fn is_open(file: Block<'_>) -> bool {
    match file.argument("file_permission") {
        None => file.label(0) == "local_file",
        Some(mode) => mode.text().is_some_and(|mode| mode.as_str().ends_with(['4', '5', '6', '7'])),
    }
}
