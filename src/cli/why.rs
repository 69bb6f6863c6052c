//! `caulk lint --why PATH:LINE`: how each literal of a line was judged. It tells names and judgements, never a value.

use std::path::{Path, PathBuf};

use super::arguments::Lint;
use super::run::missing;
use super::{Exit, complain, print, settings, told};
use crate::discover::{Selection, discover};
use crate::lint::{self, Judged, Told};
use crate::report::escape::{guard_lines, visible};

pub(super) fn why(place: &str, arguments: &Lint) -> Exit {
    let Some((path, line)) = parse(place) else {
        complain(&format!("`--why {}` names no place: write PATH:LINE", told(place)));
        return Exit::Usage;
    };
    let config = match settings::of(&arguments.which, &arguments.what, None) {
        Ok((config, _)) => config,
        Err(refusal) => return refusal.tell(arguments.color),
    };
    if let Some(exit) = missing(std::slice::from_ref(&path)) {
        return exit;
    }
    if path.is_dir() {
        complain(&format!("`{}` is a directory; `--why` asks about a line of a file", told(&path.to_string_lossy())));
        return Exit::Usage;
    }
    let selection = Selection { paths: vec![path], include_ignored: true, ..Selection::default() };
    let answer = lint::explain(discover(Path::new("."), &selection), line, &config);
    let text = guard_lines(&lines(&answer, place).join("\n")).into_owned() + "\n";
    print(text.as_bytes()).err().unwrap_or(Exit::Clean)
}

fn parse(place: &str) -> Option<(PathBuf, u32)> {
    let (path, line) = place.rsplit_once(':')?;
    let line = line.parse().ok().filter(|line| *line > 0)?;
    (!path.is_empty()).then(|| (PathBuf::from(path), line))
}

fn lines(answer: &Told, place: &str) -> Vec<String> {
    let mut lines = vec![told(place)];
    lines.extend(answer.coverage.files.iter().map(|(_, format)| format!("  read as {format}")));
    lines.extend(answer.coverage.passed_over.iter().map(|entry| format!("  {}", visible(&entry.reason))));
    if answer.literals.is_empty() && !answer.coverage.files.is_empty() {
        lines.push("  no literal stands on this line: keys, references and comments without a token are not judged".to_owned());
    }
    for judged in &answer.literals {
        lines.extend(literal(judged));
    }
    for (reported, hidden) in &answer.findings {
        let finding = &reported.finding;
        let head = format!("{}[{}] at column {}", finding.severity.name(), finding.page.id, reported.range.start.column);
        lines.push(String::new());
        lines.push(format!("{head}: {}", visible(&finding.message)));
        lines.push(format!("  {}", visible(hidden.as_deref().unwrap_or("reported"))));
    }
    lines
}

fn literal(judged: &Judged) -> Vec<String> {
    let account = &judged.account;
    let under = if account.name.is_empty() { "under no name".to_owned() } else { format!("under `{}`", visible(&account.name)) };
    let chain = if account.chain.is_empty() { String::new() } else { format!(", behind {}", account.chain.join(" → ")) };
    let mut lines = vec![String::new(), format!("column {}, {under}{chain}", judged.at.column)];
    lines.extend(account.name_says.map(|says| format!("  its name {says}")));
    lines.push(format!("  it {}", account.value_is));
    lines.push(match account.spared {
        Some(spared) => format!("  no secret: {spared}"),
        None if account.secret => format!("  a secret, which is {}'s to report", judged.check),
        None => "  no secret".to_owned(),
    });
    lines
}
