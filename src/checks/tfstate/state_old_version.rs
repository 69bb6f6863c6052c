//! State of a version that did not write down which of its values are sensitive.

use crate::catalogue::page;
use crate::checks::{Check, Run};
use crate::finding::Findings;
use crate::formats::tfstate::{Condition, State};
use crate::source::Span;
use crate::unit::Unit;

pub(super) static STATE_OLD_VERSION: Check = Check { page: page!("tfstate/state-old-version"), runs: &[Run::State(check)] };

fn check(state: &Unit<State<'_>>, findings: &mut Findings) {
    // What `init` notes of the backend has version 3 to this day.
    if !matches!(state.condition(), Condition::Plain) {
        return;
    }
    let (source, written) = (state.source(), state.written());
    let said = |span: Span| source.slice(span).trim_matches('"');
    let bare = |span: Span| if source.slice(span).starts_with('"') { Span { start: span.start + 1, end: span.end - 1 } } else { span };
    let old_format = written.version.filter(|span| said(*span).parse::<u32>().is_ok_and(|version| version < 4));
    let old_writer = written.by.filter(|span| is_before_marks(said(*span)));
    let (span, message) = match (old_format, old_writer) {
        (Some(span), _) => (span, format!("state of version {} does not say which of its values are sensitive", said(span))),
        (None, Some(span)) => (span, format!("state written by Terraform {} does not say which of its values are sensitive", said(span))),
        (None, None) => return,
    };
    findings
        .report(source.place(bare(span)), message)
        .help("apply it once with a Terraform that is maintained: since 0.14 it writes the marks down");
}

/// Versions before 0.14 knew no sensitive values: <https://developer.hashicorp.com/terraform/language/v1.1.x/upgrade-guides/0-14>
fn is_before_marks(version: &str) -> bool {
    let mut numbers = version.split(['.', '-']).map(str::parse::<u32>);
    matches!((numbers.next(), numbers.next()), (Some(Ok(0)), Some(Ok(minor))) if minor < 14)
}
