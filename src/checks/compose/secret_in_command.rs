//! A secret in a command is in the file, in `docker inspect` and in the process list of the machine.

use crate::catalogue::page;
use crate::checks::{Check, Run};
use crate::finding::Findings;
use crate::formats::compose::Compose;
use crate::secrets::{Verdict, Why};
use crate::unit::Unit;

pub(super) static SECRET_IN_COMMAND: Check = Check { page: page!("compose/secret-in-command"), runs: &[Run::Compose(check)] };

fn check(compose: &Unit<Compose<'_>>, findings: &mut Findings) {
    for leak in compose.leaks(findings.page()) {
        findings.leak_case(case(leak), leak).help(
            "change it, mount the new one with `secrets:`, and let the program read the file: in a shell `\"$$(cat /run/secrets/NAME)\"`",
        );
    }
}

fn case(leak: &Verdict) -> Option<&'static str> {
    match leak.why {
        Why::Shape(_) | Why::Unissued(_) | Why::Inside(_) => Some("shape"),
        Why::Weak => Some("weak"),
        Why::Name => None,
    }
}
