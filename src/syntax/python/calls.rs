//! What positional arguments of well-known calls are called.

use std::collections::HashMap;
use std::sync::OnceLock;

/// The table; its head says how it is read.
const TABLE: &str = include_str!("calls.csv");

/// The name of an argument of `callee`, which may stand behind a dot in `qualified`; `only` where no other follows.
pub(super) fn name(qualified: &str, callee: &str, position: usize, only: bool) -> Option<&'static str> {
    let rows = table().get(callee)?;
    let fits = |row: &&Row| {
        let at = match row.position {
            None => only && position == 0,
            Some(at) => at == position,
        };
        at && (row.callee == callee || qualified == row.callee || qualified.ends_with(&format!(".{}", row.callee)))
    };
    rows.iter().find(fits).map(|row| row.name)
}

struct Row {
    /// With what stands before its dot.
    callee: &'static str,
    position: Option<usize>,
    name: &'static str,
}

/// The rows by the callee's own name.
fn table() -> &'static HashMap<&'static str, Vec<Row>> {
    static ROWS: OnceLock<HashMap<&'static str, Vec<Row>>> = OnceLock::new();
    ROWS.get_or_init(|| {
        let mut rows: HashMap<&'static str, Vec<Row>> = HashMap::new();
        for line in TABLE.lines().filter(|line| !line.starts_with('#')).skip(1) {
            let mut cells = line.split(',');
            if let (Some(callee), Some(position), Some(name)) = (cells.next(), cells.next(), cells.next()) {
                let own = callee.rsplit('.').next().unwrap_or(callee);
                rows.entry(own).or_default().push(Row { callee, position: position.parse().ok(), name });
            }
        }
        rows
    })
}
