//! A container prints a secret: whoever keeps its output keeps the secret, and nothing is masked.

use crate::catalogue::page;
use crate::checks::{Check, Run};
use crate::finding::{Findings, LabelKind};
use crate::flow::script::Reach;
use crate::formats::kubernetes::Manifests;
use crate::unit::Unit;

pub(super) static SECRET_IN_LOG: Check = Check { page: page!("kubernetes/secret-in-log"), runs: &[Run::Manifests(check)] };

fn check(unit: &Unit<Manifests<'_>>, findings: &mut Findings) {
    for printed in unit.flow() {
        let (leak, origin) = (&printed.leak, &printed.origin);
        let what = leak.what(origin);
        let message = match leak.reach {
            Reach::Dump => format!("`{}` prints the environment of the container, {what} with it", leak.printer),
            Reach::Trace => format!("tracing prints the commands that {what} stands in"),
            _ => format!("{what} is printed to the log of the container, which masks nothing"),
        };
        let finding = findings.report(leak.taint.at, message);
        finding
            .help("let the program read the variable or the file itself, and print whether it is set: `[ -n \"$PASSWORD\" ] && echo set`");
        finding.at(printed.path.clone()).within(printed.opener);
        if origin.place != leak.taint.at && !leak.taint.at.span.contains(origin.place.span) {
            finding.label(LabelKind::Source, origin.place, format!("`{}` comes from here", origin.name));
        }
        if !leak.sink.span.contains(leak.taint.at.span) {
            finding.label(LabelKind::Sink, leak.sink, format!("`{}` prints it", leak.printer));
        }
    }
}
