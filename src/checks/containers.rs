//! What the checks of compose and Kubernetes share: how it is told that a container prints a secret.

use crate::finding::{Findings, LabelKind};
use crate::flow::container::Printed;
use crate::flow::script::Reach;

/// Reports every secret that containers print.
pub(super) fn report(printed: &[Printed], help: &'static str, findings: &mut Findings) {
    for printed in printed {
        let (leak, origin) = (&printed.leak, &printed.origin);
        let what = leak.what(origin);
        let message = match leak.reach {
            Reach::Dump => format!("`{}` prints the environment of the container, {what} with it", leak.printer),
            Reach::Trace => format!("tracing prints the commands that {what} stands in"),
            _ => format!("{what} is printed to the log of the container, which masks nothing"),
        };
        let finding = findings.report(leak.taint.at, message);
        finding.help(help).at(printed.path.clone()).within(printed.opener);
        if origin.place != leak.taint.at && !leak.taint.at.span.contains(origin.place.span) {
            finding.label(LabelKind::Source, origin.place, format!("`{}` comes from here", origin.name));
        }
        if !leak.sink.span.contains(leak.taint.at.span) {
            finding.label(LabelKind::Sink, leak.sink, format!("`{}` prints it", leak.printer));
        }
    }
}
