//! `caulk checks`: every check on a line.

use super::arguments::ListFormat;
use super::page::{Sheet, wrapped};
use super::{Exit, print};
use crate::catalogue::{Persona, Severity};
use crate::checks;

struct Row {
    id: &'static str,
    severity: Severity,
    family: &'static str,
    persona: Persona,
    title: &'static str,
}

pub(super) fn checks(format: ListFormat) -> Exit {
    let rows: Vec<Row> = checks::all()
        .filter_map(|check| {
            let header = check.page.header()?;
            Some(Row {
                id: check.page.id,
                severity: header.severity,
                family: header.family.name(),
                persona: header.persona,
                title: check.page.title(),
            })
        })
        .collect();
    let text = match format {
        ListFormat::Terminal => terminal(&rows, Sheet::of_stdout()),
        ListFormat::Markdown => markdown(&rows),
        ListFormat::Json => json(&rows),
    };
    print(text.as_bytes()).err().unwrap_or(Exit::Clean)
}

/// A check on a line, its title on a second one where the terminal is too narrow for that, and the rest between them where it is
/// narrower still.
fn terminal(rows: &[Row], sheet: Sheet) -> String {
    let widest = |column: fn(&Row) -> &'static str| rows.iter().map(|row| column(row).len()).max().unwrap_or(0);
    let (ids, families) = (widest(|row| row.id), widest(|row| row.family));
    let before = ids + families + 14;
    let fits = sheet.width.is_none_or(|width| width >= before + widest(|row| row.title));
    let narrow = sheet.width.filter(|width| *width < before);
    let behind_id = if narrow.is_some() { "\n    " } else { "  " };
    let between = if fits { "  " } else { "\n    " };
    let row = |row: &Row| {
        // Painted first, a cell could not be filled up to its column.
        let severity = format!("{}{}", sheet.severity(row.severity), " ".repeat(8 - row.severity.name().len().min(8)));
        let pedantic = if row.persona == Persona::Pedantic { sheet.faint(" (pedantic)") } else { String::new() };
        let families = if fits { families } else { 0 };
        let ids = if narrow.is_some() { 0 } else { ids };
        // What is behind it must fit, too.
        let room = |width: usize| width.saturating_sub(4 + if row.persona == Persona::Pedantic { " (pedantic)".len() } else { 0 });
        let title = narrow.map_or_else(|| row.title.to_owned(), |width| wrapped(row.title, room(width)).join("\n    "));
        let id = sheet.heading(&format!("{:ids$}", row.id));
        format!("{id}{behind_id}{severity}  {:families$}{between}{title}{pedantic}\n", row.family)
    };
    rows.iter().map(row).collect()
}

/// The table of the README.
fn markdown(rows: &[Row]) -> String {
    let head = "| check | severity | family | finds |\n|---|---|---|---|\n".to_owned();
    rows.iter().fold(head, |table, row| {
        table + &format!("| [`{0}`](checks/{0}.md) | {1} | {2} | {3} |\n", row.id, row.severity.name(), row.family, row.title)
    })
}

fn json(rows: &[Row]) -> String {
    let list: Vec<serde_json::Value> = rows
        .iter()
        .map(|row| serde_json::json!({ "id": row.id, "severity": row.severity.name(), "family": row.family, "persona": row.persona.name(), "title": row.title }))
        .collect();
    format!("{:#}\n", serde_json::Value::Array(list))
}
