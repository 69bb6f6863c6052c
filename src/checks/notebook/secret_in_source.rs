//! A secret stands in a cell.

use crate::catalogue::page;
use crate::checks::{Check, Run};
use crate::finding::Findings;
use crate::formats::notebook::Notebook;
use crate::secrets::Names;
use crate::unit::Unit;

pub(super) static SECRET_IN_SOURCE: Check = Check { page: page!("notebook/secret-in-source"), runs: &[Run::Notebook(check)] };

fn check(notebook: &Unit<Notebook<'_>>, findings: &mut Findings) {
    let (mut code, mut names) = (None, Names::default());
    for leak in notebook.leaks(findings.page()) {
        let name = names.of(leak, None);
        let finding = findings.leak(leak).spotted(notebook.spot(leak.place.span));
        finding.help(format!("revoke it, and read the new one from outside: `os.environ[\"{name}\"]` or `getpass()`"));
        if let Some(place) = leak.written() {
            let change = code.get_or_insert_with(|| notebook.code()).from_environment(place, &name);
            finding.unsafe_fix(format!("read it from the environment: `os.environ[\"{name}\"]`"), change);
        }
    }
}
