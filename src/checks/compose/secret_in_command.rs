//! A secret in a command is in the file, in `docker inspect` and in the process list of the machine.

use crate::catalogue::page;
use crate::checks::{Check, Run};
use crate::finding::Findings;
use crate::formats::compose::Compose;
use crate::secrets::{Verdict, Why};
use crate::unit::Unit;

pub(super) static SECRET_IN_COMMAND: Check = Check { page: page!("compose/secret-in-command"), runs: &[Run::Compose(check)] };

fn check(compose: &Unit<Compose<'_>>, findings: &mut Findings) {
    for leak in compose.leaks(findings.page()).filter(|leak| !repeats(compose, leak)) {
        findings.leak_case(case(leak), leak).help(
            "change it, mount the new one with `secrets:`, and let the program read the file: in a shell `\"$$(cat /run/secrets/NAME)\"`",
        );
    }
}

/// A health check logs in with the weak password that the environment sets and is reported for.
fn repeats(compose: &Unit<Compose<'_>>, leak: &Verdict) -> bool {
    let weak_elsewhere =
        |other: &Verdict| other.why == Why::Weak && other.role != leak.role && other.secret.group_key() == leak.secret.group_key();
    leak.why == Why::Weak && compose.verdicts().iter().any(weak_elsewhere)
}

fn case(leak: &Verdict) -> Option<&'static str> {
    match leak.why {
        Why::Shape(_) | Why::Unissued(_) | Why::Inside(_) => Some("shape"),
        Why::Weak => Some("weak"),
        Why::Name => None,
    }
}
