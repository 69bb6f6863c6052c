//! Where tools take a secret that no name says is one: `sqlcmd -P x`, `htpasswd -b file user x`, `echo x | sudo -S`.

use std::collections::HashMap;
use std::sync::OnceLock;

use super::read::Invocation;
use super::tree::{Command, CommandId, Part, PartKind, RedirectOp, Script, Target, Word};

/// The table; its head says how it is read.
const TABLE: &str = include_str!("clients.csv");

/// The words of a row stand among this many first plain arguments.
const FIRST: usize = 8;

/// A row of the table.
pub(super) struct Row {
    words: Vec<&'static str>,
    place: Place,
    cut: Option<char>,
    /// What the value goes by.
    pub(super) name: &'static str,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Flag(&'static str, Form),
    Plain(usize),
    Last,
    Stdin,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Behind,
    Either,
    Glued,
}

/// A secret among the arguments: what gives it away, and the secret.
pub(super) struct Given<'s> {
    pub(super) row: &'static Row,
    pub(super) told_by: &'s Word,
    pub(super) value: Word,
}

/// The secrets that the table sees among a tool's arguments.
pub(super) fn arguments<'s>(script: &Script<'_>, invocation: &Invocation<'s>) -> Vec<Given<'s>> {
    let mut found = Vec::new();
    let Some(rows) = table().get(&*invocation.name) else { return found };
    let plain: Vec<&Word> = plain(script, invocation.args).collect();
    for row in rows {
        let Some(behind) = row.behind(script, invocation.args, &plain) else { continue };
        let given = match row.place {
            Place::Flag(flag, form) => row.of_flags(script, invocation.args, flag, form),
            Place::Plain(number) => plain.get(behind + number - 1).map(|word| (*word, (*word).clone())).into_iter().collect(),
            Place::Last => last(script, invocation.args).map(|word| (word, word.clone())).into_iter().collect(),
            Place::Stdin => continue,
        };
        let is_place = !matches!(row.place, Place::Flag(..));
        let given = given.into_iter().filter(|(word, _)| !is_place || !is_pair(&script.literal_prefix(word)));
        found.extend(given.filter_map(|(told_by, word)| Some(Given { row, told_by, value: row.cut(script, &word)? })));
    }
    found
}

/// The row of a tool that reads a secret from its standard input.
pub(super) fn reader(script: &Script<'_>, command: &Command) -> Option<&'static Row> {
    // `sudo -S` is no wrapper here: it reads the password itself.
    let first = command.words.first().filter(|word| script.is(word, "sudo"));
    let as_sudo = first.map(|word| Invocation { name: "sudo".into(), word, args: &command.words[1..] });
    as_sudo.into_iter().chain(script.invocation(command)).find_map(|invocation| {
        let plain: Vec<&Word> = plain(script, invocation.args).collect();
        let rows = table().get(&*invocation.name)?.iter().filter(|row| row.place == Place::Stdin);
        rows.into_iter().find(|row| row.behind(script, invocation.args, &plain).is_some())
    })
}

/// The text that a command reads, and the command that holds it: a here-string of its own, the `echo` in front of it.
pub(super) fn stdin<'s>(script: &'s Script<'_>, id: CommandId, command: &'s Command) -> Option<(CommandId, &'s Word)> {
    if let Some(here) = command.redirects.iter().find(|redirect| redirect.op == RedirectOp::HereString) {
        return Some((id, &here.target));
    }
    let Some(Target::Command(before)) = command.piped_from else { return None };
    let echo = script.invocation(script.command(before)?)?;
    let text = echo.args.last().filter(|_| matches!(&*echo.name, "echo" | "printf"))?;
    Some((before, text))
}

impl Row {
    /// Whether the row's words are there, and how many plain arguments end with them.
    fn behind(&self, script: &Script<'_>, args: &[Word], plain: &[&Word]) -> Option<usize> {
        let fits_anywhere = |word: &str| args.iter().any(|arg| has(&script.literal_prefix(arg), word));
        let (anywhere, words): (Vec<&str>, Vec<&str>) = self.words.iter().partition(|word| word.starts_with(['-', '+']));
        let fits = |at: &usize| words.iter().zip(&plain[*at..]).all(|(word, arg)| is_word(&script.literal_prefix(arg), word));
        let last = plain.len().min(FIRST).checked_sub(words.len())?;
        (0..=last).find(fits).filter(|_| anywhere.into_iter().all(fits_anywhere)).map(|at| at + words.len())
    }

    /// What stands behind a flag, or is glued to it.
    fn of_flags<'s>(&self, script: &Script<'_>, args: &'s [Word], flag: &str, form: Form) -> Vec<(&'s Word, Word)> {
        let mut found = Vec::new();
        for (index, arg) in args.iter().enumerate() {
            let text = script.literal_prefix(arg);
            let Some(rest) = text.strip_prefix(flag) else { continue };
            let glued = !rest.is_empty() || script.literal(arg).is_none();
            match args.get(index + 1) {
                _ if glued && form != Form::Behind => {
                    let at = arg.parts.first().map_or(arg.span.start, |part| part.span.start);
                    let skipped = flag.len() + usize::from(rest.starts_with('='));
                    found.push((arg, arg.after(at + u32::try_from(skipped).unwrap_or(0))));
                }
                Some(next) if !glued && form != Form::Glued && !script.literal_prefix(next).starts_with('-') => {
                    found.push((arg, next.clone()));
                }
                _ => {}
            }
        }
        found
    }

    /// The part of a word that is the secret.
    pub(super) fn cut(&self, script: &Script<'_>, word: &Word) -> Option<Word> {
        let value = match self.cut {
            None => word.clone(),
            Some(sign) => {
                let sign_at = literals(word).find_map(|part| Some(part.span.start + to_u32(script.slice(part.span).find(sign)?)))?;
                // `sqlplus /nolog` names nobody.
                let first = word.parts.first().map_or(word.span.start, |part| part.span.start);
                (sign != '/' || sign_at > first).then(|| word.after(sign_at + 1))?
            }
        };
        // `system/secret@database`, and a second line of `echo -e`.
        let stops: &[&str] = match (self.cut, self.place) {
            (Some('/'), _) => &["@"],
            (_, Place::Stdin) => &["\\n"],
            _ => &[],
        };
        let stop = stops
            .iter()
            .find_map(|stop| literals(&value).find_map(|part| Some(part.span.start + to_u32(script.slice(part.span).find(stop)?))));
        Some(stop.map_or_else(|| value.clone(), |stop| value.before(stop))).filter(|value| !value.parts.is_empty())
    }
}

fn literals(word: &Word) -> impl Iterator<Item = &Part> {
    word.parts.iter().filter(|part| part.kind == PartKind::Literal)
}

fn to_u32(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(0)
}

/// Whether an argument is a word of the row, or begins with it and a dot: `http-basic.example.org`.
fn is_word(argument: &str, word: &str) -> bool {
    argument == word || argument.strip_prefix(word).is_some_and(|rest| rest.starts_with('.'))
}

/// Whether an argument is `--stdin`, has the letter of `-b` among those of `-nbB`, or is the word of `+word`.
fn has(argument: &str, flag: &str) -> bool {
    if let Some(word) = flag.strip_prefix('+') {
        return argument == word;
    }
    let letter = flag.strip_prefix('-').filter(|letter| letter.len() == 1);
    let cluster = argument.strip_prefix('-').filter(|cluster| cluster.bytes().all(|byte| byte.is_ascii_alphanumeric()));
    argument == flag || letter.is_some_and(|letter| cluster.is_some_and(|cluster| cluster.contains(letter)))
}

fn plain<'s>(script: &Script<'_>, args: &'s [Word]) -> impl Iterator<Item = &'s Word> {
    args.iter().filter(|arg| !script.literal_prefix(arg).starts_with('-'))
}

/// The last argument, unless it is a flag or the value of one.
fn last<'s>(script: &Script<'_>, args: &'s [Word]) -> Option<&'s Word> {
    let (last, before) = args.split_last()?;
    let before = before.last().map(|word| script.literal_prefix(word)).unwrap_or_default();
    let is_value = before.starts_with('-') && before.bytes().filter(u8::is_ascii_lowercase).count() > 3;
    (!is_value && !script.literal_prefix(last).starts_with('-')).then_some(last)
}

/// `username=x` names its value itself.
fn is_pair(text: &str) -> bool {
    text.split_once('=').is_some_and(|(name, value)| {
        !value.trim_start_matches('=').is_empty() && name.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'_')
    })
}

fn table() -> &'static HashMap<&'static str, Vec<Row>> {
    static ROWS: OnceLock<HashMap<&'static str, Vec<Row>>> = OnceLock::new();
    ROWS.get_or_init(|| {
        let mut rows: HashMap<&'static str, Vec<Row>> = HashMap::new();
        for line in TABLE.lines().filter(|line| !line.starts_with('#')).skip(1) {
            if let Some((tool, row)) = row(line) {
                rows.entry(tool).or_default().push(row);
            }
        }
        rows
    })
}

fn row(line: &'static str) -> Option<(&'static str, Row)> {
    let (tool, rest) = line.split_once(',')?;
    let (words, rest) = rest.split_once(',')?;
    let (place, rest) = rest.split_once(',')?;
    let (cut, name) = rest.rsplit_once(',')?;
    let place = match place {
        "stdin" => Place::Stdin,
        "last" => Place::Last,
        _ if place.starts_with(['-', '/']) => match (place.strip_suffix('*'), place.strip_suffix('~')) {
            (Some(flag), _) => Place::Flag(flag, Form::Either),
            (_, Some(flag)) => Place::Flag(flag, Form::Glued),
            _ => Place::Flag(place, Form::Behind),
        },
        _ => Place::Plain(place.parse().ok().filter(|number| *number > 0)?),
    };
    let words = words.split(' ').filter(|word| !word.is_empty()).collect();
    Some((tool, Row { words, place, cut: cut.trim_matches('"').chars().next(), name }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_read() {
        let lines = TABLE.lines().filter(|line| !line.starts_with('#')).skip(1).count();
        assert_eq!(table().values().map(Vec::len).sum::<usize>(), lines);
    }
}
