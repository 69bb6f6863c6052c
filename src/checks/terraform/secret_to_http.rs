//! A secret is sent to an HTTP server by a data source, each time Terraform plans.

use super::spilled;
use crate::catalogue::page;
use crate::checks::{Check, Run};
use crate::finding::Findings;
use crate::flow::terraform::SpillKind;
use crate::formats::terraform::Module;
use crate::unit::Unit;

pub(super) static SECRET_TO_HTTP: Check = Check { page: page!("terraform/secret-to-http"), runs: &[Run::Module(check)] };

fn check(module: &Unit<Module<'_>>, findings: &mut Findings) {
    for spill in &module.flow().spills {
        let name = &spill.secret;
        let (case, message, help) = match spill.kind {
            SpillKind::Url => (
                None,
                format!("`{name}` is part of an address that is requested at every plan, and addresses are logged on the way"),
                "send it in a header, and only to a server of your own",
            ),
            SpillKind::Request { plain: true } => {
                (None, format!("`{name}` is sent unencrypted at every plan"), "use an `https://` address")
            }
            SpillKind::Request { plain: false } => (
                Some("own-api"),
                format!("`{name}` is sent at every plan, and the state keeps the request"),
                "let a provider or an ephemeral resource make the request, so that neither plan nor state keeps it",
            ),
            _ => continue,
        };
        spilled(findings, case, spill, message).help(help);
    }
}
