//! A secret was printed, shown or raised, and saved with the notebook.

use crate::catalogue::page;
use crate::checks::{Check, Run};
use crate::finding::Findings;
use crate::formats::notebook::{Notebook, Output, OutputKind};
use crate::secrets::{Verdict, Why};
use crate::unit::Unit;

pub(super) static SECRET_IN_OUTPUT: Check = Check { page: page!("notebook/secret-in-output"), runs: &[Run::Notebook(check)] };

const TITLE: &str = "clear this output";

const HELP: &str = "revoke it, clear the outputs before saving, and let `nbstripout` do that before every commit";

fn check(notebook: &Unit<Notebook<'_>>, findings: &mut Findings) {
    for leak in notebook.leaks(findings.page()) {
        let sentence = leak.sentence();
        let finding = match notebook.output(leak.place.span).filter(|_| leak.why != Why::Weak) {
            Some(OutputKind::Traceback) => {
                findings.leak_case(Some("traceback"), leak).message(format!("an error was saved with its traceback: {sentence}"))
            }
            Some(OutputKind::Environment { .. }) => {
                findings.leak_case(Some("environment-dump"), leak).message(format!("the environment was printed and saved: {sentence}"))
            }
            None => findings.leak(leak).message(format!("an output was saved: {sentence}")),
        };
        finding.help(HELP).spotted(notebook.spot(leak.place.span)).safe_fix(TITLE, notebook.without_output(leak.place.span));
    }
    let leaks: Vec<&Verdict> = notebook.leaks(findings.page()).collect();
    for output in notebook.outputs().iter().filter(|output| output.kind == OutputKind::Environment { listed: true }) {
        if !holds_any(&leaks, output) {
            findings
                .report_case("environment-dump-unnamed", notebook.source().place(output.text), "the environment was printed and saved")
                .help("clear the output before saving: what the environment holds differs from machine to machine")
                .spotted(notebook.spot(output.text))
                .safe_fix(TITLE, notebook.without_output(output.text));
        }
    }
}

/// `leaks` are sorted by place.
fn holds_any(leaks: &[&Verdict], output: &Output) -> bool {
    let from = leaks.partition_point(|leak| leak.place.span.start < output.span.start);
    leaks.get(from).is_some_and(|leak| output.span.contains(leak.place.span))
}
