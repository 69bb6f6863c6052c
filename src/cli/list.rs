//! `caulk checks`: every check on a line.

use super::arguments::ListFormat;
use super::{Exit, print};
use crate::checks;

struct Row {
    id: &'static str,
    severity: &'static str,
    family: &'static str,
    persona: &'static str,
    title: &'static str,
}

pub(super) fn checks(format: ListFormat) -> Exit {
    let rows: Vec<Row> = checks::all()
        .filter_map(|check| {
            let header = check.page.header()?;
            Some(Row {
                id: check.page.id,
                severity: header.severity.name(),
                family: header.family.name(),
                persona: header.persona.name(),
                title: check.page.title(),
            })
        })
        .collect();
    let text = match format {
        ListFormat::Terminal => terminal(&rows),
        ListFormat::Markdown => markdown(&rows),
        ListFormat::Json => json(&rows),
    };
    print(text.as_bytes()).err().unwrap_or(Exit::Clean)
}

fn terminal(rows: &[Row]) -> String {
    let width = |column: fn(&Row) -> &'static str| rows.iter().map(|row| column(row).len()).max().unwrap_or(0);
    let (ids, families) = (width(|row| row.id), width(|row| row.family));
    rows.iter().map(|row| format!("{:ids$}  {:8}  {:families$}  {}\n", row.id, row.severity, row.family, row.title)).collect()
}

/// The table of the README.
fn markdown(rows: &[Row]) -> String {
    let head = "| check | severity | family | finds |\n|---|---|---|---|\n".to_owned();
    rows.iter().fold(head, |table, row| {
        table + &format!("| [`{0}`](checks/{0}.md) | {1} | {2} | {3} |\n", row.id, row.severity, row.family, row.title)
    })
}

fn json(rows: &[Row]) -> String {
    let list: Vec<serde_json::Value> = rows
        .iter()
        .map(|row| serde_json::json!({ "id": row.id, "severity": row.severity, "family": row.family, "persona": row.persona, "title": row.title }))
        .collect();
    format!("{:#}\n", serde_json::Value::Array(list))
}
