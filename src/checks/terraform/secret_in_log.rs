//! A secret is written into a command, a trigger or a message, where people and processes read it.

use super::spilled;
use crate::catalogue::page;
use crate::checks::{Check, Run};
use crate::finding::Findings;
use crate::flow::terraform::SpillKind;
use crate::formats::terraform::Module;
use crate::unit::Unit;

pub(super) static SECRET_IN_LOG: Check = Check { page: page!("terraform/secret-in-log"), runs: &[Run::Module(check)] };

const ENVIRONMENT: &str = "hand it over in `environment` of the provisioner and write `$NAME` in the command";
const REMOTE: &str = "let the machine fetch it from the secret store, or upload it with a `file` provisioner";

fn check(module: &Unit<Module<'_>>, findings: &mut Findings) {
    for spill in &module.flow().spills {
        let name = &spill.secret;
        let (message, help) = match (spill.kind, spill.hidden) {
            (SpillKind::LocalCommand, false) => (format!("`{name}` is written into a command, which Terraform prints"), ENVIRONMENT),
            (SpillKind::LocalCommand, true) => {
                (format!("`{name}` is written into a command line, which every process of the machine can read"), ENVIRONMENT)
            }
            (SpillKind::Printed, _) => (
                format!("`{name}` is printed by a command, and Terraform shows what commands print"),
                "do not print it; with `sensitive = true` on the variable Terraform shows nothing of the command",
            ),
            (SpillKind::RemoteCommand, false) => (format!("`{name}` is written into a script whose output Terraform prints"), REMOTE),
            (SpillKind::RemoteCommand, true) => {
                (format!("`{name}` is written into a script that is left to the machine and its process list"), REMOTE)
            }
            (SpillKind::Program, _) => (
                format!("`{name}` is written into the arguments of a program, which every process of the machine can read"),
                "hand it over in `query`: it reaches the program on its standard input",
            ),
            (SpillKind::Trigger, false) => {
                (format!("`{name}` is kept as a trigger, which Terraform prints and stores"), "keep a digest of it: `sha256(…)`")
            }
            (SpillKind::Trigger, true) => (
                format!("`{name}` is kept as a trigger, which stands in the state in clear"),
                "keep a digest of it: `nonsensitive(sha256(…))`",
            ),
            (SpillKind::Message, false) => {
                (format!("`{name}` is part of an error message, which Terraform prints"), "name what is wrong, not the value")
            }
            // Terraform leaves such a message out.
            (SpillKind::Message, true) => continue,
            // Other checks'.
            (SpillKind::Unmasked | SpillKind::File | SpillKind::Parameter | SpillKind::Url | SpillKind::Request { .. }, _) => continue,
        };
        spilled(findings, spill.hidden.then_some("hidden"), spill, message).help(help);
    }
}
