//! A secret was saved with the notebook's metadata: a parameter, a widget's state, an attachment.

use crate::catalogue::page;
use crate::checks::{Check, Run};
use crate::finding::Findings;
use crate::formats::notebook::Notebook;
use crate::unit::Unit;

pub(super) static SECRET_IN_METADATA: Check = Check { page: page!("notebook/secret-in-metadata"), runs: &[Run::Notebook(check)] };

fn check(notebook: &Unit<Notebook<'_>>, findings: &mut Findings) {
    let mut entries = None;
    for leak in notebook.leaks(findings.page()) {
        let sentence = leak.sentence();
        let finding = findings
            .leak(leak)
            .message(format!("metadata was saved: {sentence}"))
            .spotted(notebook.spot(leak.place.span))
            .help("revoke it and delete the entry; `nbstripout` removes widget state, parameters stay unless they are named to it");
        let change = entries.get_or_insert_with(|| notebook.metadata()).without(leak.place.span);
        // They say what was; what other tools keep may be what they work with.
        let is_record = ["metadata.papermill", "metadata.widgets"].iter().any(|part| leak.path.shown.contains(part));
        match is_record {
            true => finding.safe_fix("delete the entry", change),
            false => finding.unsafe_fix("delete the entry", change),
        };
    }
}
