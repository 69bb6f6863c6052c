//! Arguments with a grammar of their own: what `jq` is given, `sed` writes, `net use` connects with, and what `echo` puts into a file.

use super::literals::Finder;
use super::read::Invocation;
use super::tree::*;
use crate::source::Span;

/// Substitutions in one argument that are looked at.
const MAX_SUBSTITUTIONS: usize = 64;

impl Finder<'_, '_> {
    /// `jq --arg NAME VALUE`.
    pub(super) fn jq(&mut self, invocation: &Invocation<'_>) {
        for words in invocation.args.windows(3).filter(|words| self.script.is(&words[0], "--arg")) {
            if let Some(name) = self.script.literal(&words[1]) {
                self.add(name, words[1].span, words[2].clone());
            }
        }
    }

    /// `sed 's/__PASSWORD__/x/'` fills a template in, `sed 's/^password=.*/password=x/'` writes a pair.
    pub(super) fn substitution(&mut self, invocation: &Invocation<'_>) {
        for arg in invocation.args {
            let [Part { kind: PartKind::Literal, span, .. }] = arg.parts.as_slice() else { continue };
            for substitution in substitutions(self.script.slice(*span), span.start).take(MAX_SUBSTITUTIONS) {
                let value = arg.after(substitution.to.start).before(substitution.to.end);
                let from = self.script.slice(substitution.from).to_owned();
                match is_template(&from) {
                    true => self.add(from.trim_matches(is_mark).to_owned(), substitution.from, value),
                    false => self.pair(&value, substitution.to.start),
                }
            }
        }
    }

    /// `net use X: \\\\host\\share x /user:me`: the password is what is no device, no share and no option.
    ///
    /// <https://learn.microsoft.com/en-us/previous-versions/windows/it-pro/windows-server-2012-r2-and-2012/gg651155(v=ws.11)>
    pub(super) fn share(&mut self, invocation: &Invocation<'_>) {
        let Some((used, rest)) = invocation.args.split_first().filter(|(used, _)| self.script.is(used, "use")) else { return };
        let text = |word: &Word| self.script.literal_prefix(word).to_ascii_lowercase();
        let asks = |word: &Word| text(word).starts_with("/user:");
        let other = |word: &Word| {
            let text = text(word);
            text.starts_with(['/', '\\', '-']) || text.ends_with(':') || text == "*"
        };
        if rest.iter().any(asks)
            && let Some(password) = rest.iter().find(|word| !other(word))
        {
            self.add("password", used.span, password.clone());
        }
    }

    /// `echo host:port:database:user:password > ~/.pgpass`, `echo '{"key": "x"}' > settings.json`.
    pub(super) fn file(&mut self, command: &Command) {
        let Some(target) = command.redirects.iter().find(|redirect| matches!(redirect.op, RedirectOp::Write | RedirectOp::Append)) else {
            return;
        };
        let Some(invocation) = self.script.invocation(command).filter(|it| matches!(&*it.name, "echo" | "printf")) else { return };
        let Some(text) = invocation.args.last() else { return };
        let literals = || text.parts.iter().filter(|part| part.kind == PartKind::Literal);
        if self.script.slice(target.target.span).contains("pgpass") {
            let mut colons =
                literals().flat_map(|part| self.script.slice(part.span).match_indices(':').map(|(at, _)| part.span.start + at as u32));
            if let Some(colon) = colons.nth(3) {
                let password = text.after(colon + 1);
                // `printf` ends the line.
                let end = password.parts.last().filter(|part| self.script.slice(part.span).ends_with("\\n")).map(|part| part.span.end - 2);
                self.add("password", text.span, end.map_or_else(|| password.clone(), |end| password.before(end)));
            }
        } else if self.script.literal_prefix(text).trim_start().starts_with('{') {
            self.add("", text.span, text.clone());
        }
    }
}

struct Substitution {
    from: Span,
    to: Span,
}

/// `s/from/to/flags`, one behind the other with a semicolon; `base` is where the text begins.
fn substitutions(text: &str, base: u32) -> impl Iterator<Item = Substitution> {
    let mut at = 0;
    std::iter::from_fn(move || {
        // An address may stand in front: `/x/s/…`, `1s/…`.
        let rest = text.get(at..)?;
        let start =
            at + rest.len() - rest.trim_start_matches(|c: char| c.is_whitespace() || c.is_ascii_digit() || matches!(c, ';' | '$')).len();
        let delimiter = text.get(start..)?.strip_prefix('s')?.chars().next().filter(|c| c.is_ascii_punctuation() && *c != '\\')?;
        let from = start + 2;
        let middle = from + end_of(text.get(from..)?, delimiter)?;
        let to = middle + 1;
        let end = to + end_of(text.get(to..)?, delimiter)?;
        at = end + 1 + text[end + 1..].find(';').unwrap_or(text.len() - end - 1);
        let span = |start: usize, end: usize| Span { start: base + start as u32, end: base + end as u32 };
        Some(Substitution { from: span(from, middle), to: span(to, end) })
    })
}

/// Up to the next delimiter without a backslash in front.
fn end_of(text: &str, delimiter: char) -> Option<usize> {
    let mut escaped = false;
    text.char_indices().find_map(|(at, char)| {
        let ends = char == delimiter && !escaped;
        escaped = char == '\\' && !escaped;
        ends.then_some(at)
    })
}

fn is_mark(char: char) -> bool {
    !char.is_alphanumeric()
}

/// `__NAME__`, `{{ NAME }}`, `@NAME@`: a name between marks.
fn is_template(from: &str) -> bool {
    let name = from.trim_matches(is_mark);
    let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.'));
    // `^password` and `.*password.*` match what stands there already.
    is_name && from.starts_with(is_mark) && from.ends_with(is_mark) && !from.starts_with(['^', '.', '/', '"', '\'', ' '])
}
