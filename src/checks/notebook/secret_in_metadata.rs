//! A secret was saved with the notebook's metadata: a parameter, a widget's state, an attachment.

use crate::catalogue::page;
use crate::checks::{Check, Run};
use crate::finding::Findings;
use crate::formats::notebook::Notebook;
use crate::unit::Unit;

pub(super) static SECRET_IN_METADATA: Check = Check { page: page!("notebook/secret-in-metadata"), runs: &[Run::Notebook(check)] };

fn check(notebook: &Unit<Notebook<'_>>, findings: &mut Findings) {
    for leak in notebook.leaks(findings.page()) {
        let sentence = leak.sentence();
        findings
            .leak(leak)
            .message(format!("metadata was saved: {sentence}"))
            .spotted(notebook.spot(leak.place.span))
            .help("revoke it and delete the entry; `nbstripout` removes widget state, parameters stay unless they are named to it");
    }
}
