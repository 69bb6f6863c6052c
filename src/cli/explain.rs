//! `caulk explain`: a page, as it is, on the terminal.

use super::{Exit, complain, print, told};
use crate::catalogue::Page;
use crate::checks;
use crate::config::nearest;
use crate::secrets;

pub(super) fn explain(id: &str) -> Exit {
    let pages = || checks::all().map(|check| &check.page);
    let mut found: Vec<&Page> = pages().filter(|page| page.id == id).collect();
    if found.is_empty() {
        found = pages().filter(|page| page.name() == id).collect();
    }
    if found.is_empty() {
        let known = pages().flat_map(|page| [page.id.to_owned(), page.name().to_owned()]);
        let hint = nearest(id, known).map_or_else(String::new, |nearest| format!("; did you mean `{nearest}`?"));
        complain(&format!("there is no check `{}`{hint} (`caulk checks` lists them)", told(id)));
        return Exit::Usage;
    }
    let text: String = found.into_iter().map(shown).collect::<Vec<_>>().join("\n");
    print(text.as_bytes()).err().unwrap_or(Exit::Clean)
}

/// The page without its header, which becomes two lines of words.
fn shown(page: &Page) -> String {
    let header = page.header().map_or_else(String::new, |header| {
        let mut cases: Vec<String> = Vec::new();
        for (name, case) in &header.cases {
            cases.push(format!("{name}: {}", case.severity.unwrap_or(header.severity).name()));
        }
        let cases = if cases.is_empty() { String::new() } else { format!(" ({})", cases.join(", ")) };
        let references: String = header.references.iter().map(|reference| format!("{reference}\n")).collect();
        format!("{} · {} · {}{cases}\n{references}", page.id, header.family.name(), header.severity.name())
    });
    format!("{header}\n{}", secrets::previews(page.body()))
}
