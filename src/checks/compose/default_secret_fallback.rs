//! `${DB_PASSWORD:-hunter2}` is a password in the file, used by everybody who forgets to set another.

use crate::catalogue::page;
use crate::checks::{Check, Run};
use crate::finding::Findings;
use crate::formats::compose::Compose;
use crate::secrets::{Verdict, Why};
use crate::unit::Unit;

pub(super) static DEFAULT_SECRET_FALLBACK: Check = Check { page: page!("compose/default-secret-fallback"), runs: &[Run::Compose(check)] };

fn check(compose: &Unit<Compose<'_>>, findings: &mut Findings) {
    let mut defaults = None;
    for leak in compose.leaks(findings.page()) {
        let variable = leak.suggested_name();
        let finding = findings
            .leak_case(case(leak), leak)
            .message(message(leak))
            .help(format!("write `${{{variable}:?set {variable}}}`, so that nothing starts with a value that everybody knows"));
        if let Some((name, change)) = defaults.get_or_insert_with(|| compose.defaults()).required(leak.place.span) {
            finding.safe_fix(format!("let compose refuse to start without `{name}`"), Some(change));
        }
    }
}

fn case(leak: &Verdict) -> Option<&'static str> {
    match leak.why {
        Why::Shape(_) | Why::Unissued(_) | Why::Inside(_) => Some("shape"),
        Why::Weak => Some("weak"),
        Why::Name => None,
    }
}

fn message(leak: &Verdict) -> String {
    match leak.why {
        Why::Name if !leak.name.is_empty() => format!("`{}` falls back to a secret that stands in the file", leak.name),
        Why::Weak if !leak.name.is_empty() => format!("`{}` falls back to a well-known or weak password", leak.name),
        _ => leak.sentence(),
    }
}
