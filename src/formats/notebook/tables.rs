//! Tables in outputs: who logs in with what, a row each.
//!
//! A column of passwords alone is a data set about passwords; beside users or hosts it is a list of logins.

use std::ops::Range;

use memchr::memmem;

/// Wider tables are read this far.
const COLUMNS: usize = 64;
/// A cell is no longer than this.
const CELL: usize = 400;

/// A cell in a column that may hold secrets: the column's name, and its place.
pub(super) type Cell = (String, Range<usize>);

/// The columns that are worth a look.
struct Columns(Vec<Option<String>>);

impl Columns {
    fn new<'t>(names: impl Iterator<Item = &'t str>) -> Option<Self> {
        const SECRETS: [&str; 8] = ["pass", "pwd", "secret", "token", "api_key", "apikey", "access_key", "api key"];
        const LOGINS: [&str; 9] = ["user", "login", "mail", "account", "host", "server", "url", "client", "service"];
        let names: Vec<String> = names.take(COLUMNS).map(str::to_lowercase).collect();
        let is = |name: &str, list: &[&str]| list.iter().any(|word| name.contains(word));
        let beside = names.iter().any(|name| is(name, &LOGINS) && !is(name, &SECRETS));
        let columns: Vec<_> = names.into_iter().map(|name| is(&name, &SECRETS).then_some(name)).collect();
        (beside && columns.iter().any(Option::is_some)).then_some(Self(columns))
    }

    /// The cells of a row that has `extra` columns in front of those with names.
    fn cells(&self, row: &[Range<usize>], found: &mut Vec<Cell>) {
        let Some(extra) = row.len().checked_sub(self.0.len()).filter(|extra| *extra <= 1) else { return };
        let named = self.0.iter().zip(&row[extra..]).filter_map(|(name, cell)| Some((name.clone()?, cell.clone())));
        found.extend(named.filter(|(_, cell)| (1..=CELL).contains(&cell.len())));
    }
}

/// The cells of a table as pandas prints it: columns stand under their names, an index in front of them has none.
pub(super) fn of_lines(text: &str) -> Vec<Cell> {
    let mut found = Vec::new();
    let mut columns: Option<Columns> = None;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let start = at;
        at += line.len();
        let words: Vec<Range<usize>> = words(line).map(|word| start + word.start..start + word.end).take(COLUMNS + 2).collect();
        match &columns {
            Some(known) if !words.is_empty() => known.cells(&words, &mut found),
            Some(_) => columns = None,
            // Columns are set apart by more than prose sets its words.
            None if words.len() > 1 && line.trim_end().contains("  ") => {
                columns = Columns::new(words.iter().map(|word| &text[word.clone()]))
            }
            None => {}
        }
    }
    found
}

fn words(line: &str) -> impl Iterator<Item = Range<usize>> {
    let start = |word: &str| word.as_ptr() as usize - line.as_ptr() as usize;
    line.split_whitespace().map(move |word| start(word)..start(word) + word.len())
}

/// The cells of tables in HTML.
pub(super) fn of_html(text: &str) -> Vec<Cell> {
    let mut found = Vec::new();
    let mut columns: Option<Columns> = None;
    let mut from = 0;
    for end in memmem::find_iter(text.as_bytes(), "</tr") {
        let row = &text[from..end];
        let heads: Vec<Range<usize>> = cells(row, "<th").map(|cell| from + cell.start..from + cell.end).collect();
        let data: Vec<Range<usize>> = cells(row, "<td").map(|cell| from + cell.start..from + cell.end).collect();
        if data.is_empty() && heads.len() > 1 {
            // The head of an index has no name.
            let names = heads.iter().map(|cell| text[cell.clone()].trim()).filter(|name| !name.is_empty());
            columns = Columns::new(names);
        } else if let Some(columns) = &columns {
            columns.cells(&data, &mut found);
        }
        from = end;
    }
    found
}

/// The contents of the cells of a row that hold text only.
fn cells<'t>(row: &'t str, tag: &'static str) -> impl Iterator<Item = Range<usize>> + 't {
    memmem::find_iter(row.as_bytes(), tag).take(COLUMNS + 2).filter_map(move |at| {
        let behind = &row[at + tag.len()..];
        let open = behind.find('>').filter(|open| *open == 0 || behind.starts_with(' '))?;
        let content = &behind[open + 1..];
        let start = row.len() - content.len();
        Some(start..start + content.find('<').unwrap_or(content.len()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str, cells: Vec<Cell>) -> Vec<String> {
        cells.into_iter().map(|(name, cell)| format!("{name}={}", &text[cell])).collect()
    }

    #[test]
    fn tables_of_logins_are_read() {
        let plain =
            "   user   password  age\n0  bob    x7hT2pq     3\n1  al     y 8          4\n2  jo     z9kP1wv     5\n\nother text here";
        assert_eq!(shown(plain, of_lines(plain)), ["password=x7hT2pq", "password=z9kP1wv"]);
        let html = "<table><thead><tr style=\"x\"><th></th><th>User</th><th>Password</th></tr></thead><tbody>\
                    <tr><th>0</th><td>bob</td><td>x7hT2pq</td></tr><tr><th>1</th><td>al</td><td><b>y</b></td></tr></tbody></table>";
        assert_eq!(shown(html, of_html(html)), ["password=x7hT2pq"]);
    }

    #[test]
    fn data_about_passwords_is_none() {
        for text in ["   password  strength\n0  x7hT2pq   1\n", "the user password is\nx y z w\n", "token count\n1 2\n"] {
            assert!(of_lines(text).iter().all(|(name, _)| name != "strength"), "{text}");
        }
        assert!(of_lines("   password  strength\n0  x7hT2pq   1\n").is_empty());
        assert!(of_html("<tr><th>password</th><th>n</th></tr><tr><td>x7hT2pq</td><td>1</td></tr>").is_empty());
    }

    #[test]
    fn hostile_tables_cost_little() {
        of_html(&"<tr><td".repeat(200_000));
        of_html(&"<th></tr".repeat(200_000));
        of_lines(&format!("user password\n{}", "a b\n".repeat(200_000)));
    }
}
