//! `caulk detectors`: every token format, by provider.

use super::arguments::ListFormat;
use super::page::{Sheet, wrapped};
use super::{Exit, print};
use crate::secrets::{self, TokenFormat};

pub(super) fn detectors(format: ListFormat) -> Exit {
    let text = match format {
        ListFormat::Terminal => terminal(Sheet::of_stdout()),
        ListFormat::Markdown => markdown(),
        ListFormat::Json => json(),
    };
    print(text.as_bytes()).err().unwrap_or(Exit::Clean)
}

/// The pages in the order of their names, each with its rows; what fits no page comes last.
fn providers() -> Vec<(&'static str, Vec<&'static TokenFormat>)> {
    let mut pages: Vec<_> = secrets::PAGES.iter().collect();
    pages.sort_by_key(|page| (page.name() == "other", page.name()));
    let rows = |id: &str| secrets::formats().iter().filter(|format| format.page.id == id).collect();
    pages.into_iter().map(|page| (page.title(), rows(page.id))).collect()
}

fn terminal(sheet: Sheet) -> String {
    let width = secrets::formats().iter().map(|format| format.id.len()).max().unwrap_or(0);
    let widest = secrets::formats().iter().map(|format| format.title.len()).max().unwrap_or(0);
    let narrow = sheet.width.filter(|columns| *columns < width + widest + 14);
    let row = |format: &TokenFormat| {
        if let Some(columns) = narrow {
            let title = wrapped(format.title, columns.saturating_sub(6)).join("\n      ");
            return format!("  {}  {}\n      {title}\n", format.id, sheet.severity(format.severity));
        }
        let blanks = " ".repeat(10 - format.severity.name().len().min(8));
        format!("  {:width$}  {}{blanks}{}\n", format.id, sheet.severity(format.severity), format.title)
    };
    let block =
        |(title, rows): (&str, Vec<&TokenFormat>)| format!("{}\n{}", sheet.heading(title), rows.into_iter().map(row).collect::<String>());
    providers().into_iter().map(block).collect::<Vec<_>>().join("\n")
}

fn markdown() -> String {
    let head = "| token | severity | begins with | checksum | what it is |\n|---|---|---|---|---|\n".to_owned();
    let rows = providers().into_iter().flat_map(|(_, rows)| rows);
    rows.fold(head, |table, format| {
        let begins = if format.preview().is_empty() { String::new() } else { format!("`{}`", format.preview()) };
        let checksum = if secrets::has_checksum(format) { "yes" } else { "" };
        let page = format.page.id;
        table
            + &format!("| [`{}`](checks/{page}.md) | {} | {begins} | {checksum} | {} |\n", format.id, format.severity.name(), format.title)
    })
}

fn json() -> String {
    let row = |format: &TokenFormat| {
        serde_json::json!({
            "id": format.id,
            "provider": format.provider(),
            "title": format.title,
            "severity": format.severity.name(),
            "confidence": format.confidence.name(),
            "begins_with": format.preview(),
            "checksum": secrets::has_checksum(format),
            "names": format.names,
        })
    };
    let list = providers().into_iter().flat_map(|(_, rows)| rows).map(row).collect();
    format!("{:#}\n", serde_json::Value::Array(list))
}
