//! Logins to registries whose password is an argument, and how they read it from standard input
//! (<https://docs.docker.com/reference/cli/docker/login/#password-stdin>).

use crate::source::{Change, Edit, Place, Source, Span, Text};
use crate::syntax::shell::{self, Command, Dialect, RedirectOp, Script, Word};
use crate::syntax::yaml::Style;

/// The logins of a file's scripts.
#[derive(Default)]
pub struct Logins(Vec<Login>);

struct Login {
    /// The password's word.
    password: Place,
    change: Change,
}

impl Logins {
    /// Reads a script of the shell; `style` is how it stands in its file.
    pub(super) fn read(&mut self, source: &Source, text: &Text<'_>, opaque: &[Span], style: Option<Style>) {
        let has = |word: &str| memchr::memmem::find(text.as_str().as_bytes(), word.as_bytes()).is_some();
        if !has("login") || !has("-p") {
            return;
        }
        let script = shell::parse(text.as_str(), Dialect::Posix, opaque);
        let written = Written { source, text, style };
        self.0.extend(script.commands.iter().filter_map(|command| written.login(&script, command)));
    }

    /// In the order of the file; several jobs may run one script.
    pub(super) fn sorted(mut self) -> Self {
        self.0.sort_by_key(|login| login.password);
        self.0.dedup_by_key(|login| login.password);
        self
    }

    /// The login whose password holds a place, with the password on standard input.
    #[must_use]
    pub fn on_standard_input(&self, place: Place) -> Option<Change> {
        let before = self.0.partition_point(|login| (login.password.source, login.password.span.start) <= (place.source, place.span.start));
        let login = self.0.get(before.checked_sub(1)?)?;
        (login.password.source == place.source && login.password.span.contains(place.span)).then(|| login.change.clone())
    }
}

/// A script as it stands in its file.
struct Written<'a> {
    source: &'a Source,
    text: &'a Text<'a>,
    style: Option<Style>,
}

impl Written<'_> {
    fn login(&self, script: &Script<'_>, command: &Command) -> Option<Login> {
        let invocation = script.invocation(command)?;
        let is = |index: usize, word: &str| invocation.args.get(index).is_some_and(|arg| script.is(arg, word));
        let logs_in = match &*invocation.name {
            "docker" | "podman" | "nerdctl" | "buildah" | "skopeo" => is(0, "login"),
            "helm" => is(0, "registry") && is(1, "login"),
            _ => false,
        };
        let reads =
            |op: RedirectOp| matches!(op, RedirectOp::Read | RedirectOp::DuplicateInput | RedirectOp::Heredoc | RedirectOp::HereString);
        let is_fed = command.piped_from.is_some() || command.redirects.iter().any(|redirect| reads(redirect.op));
        if !logs_in || is_fed || !command.assignments.is_empty() {
            return None;
        }
        let (flag, value) =
            invocation.args.iter().enumerate().find_map(|(index, arg)| password(script, arg, invocation.args.get(index + 1)))?;
        let start = self.span(command.words.first()?.span)?;
        let argument = self.span(flag.hull(value))?;
        let password = self.span(value)?;
        let raw = self.source.slice(password);
        // An unquoted variable is one argument there, as it hopes; it is no more here.
        let quoted = match raw.starts_with(['"', '\'', '\\']) {
            true => raw.to_owned(),
            false if raw.contains(['"', '\'', '\\', ' ']) && !raw.starts_with("${{") || self.style == Some(Style::Double) => return None,
            false => format!("\"{raw}\""),
        };
        let edits = vec![Edit::insert(start.start, format!("echo {quoted} | ")), Edit::replace(argument, "--password-stdin")];
        Some(Login { password: self.source.place(password), change: Change { edits, ..Change::default() } })
    }

    /// Where something stands in the file, if it stands there in one piece.
    fn span(&self, decoded: Span) -> Option<Span> {
        match self.text.locate(decoded.range()).as_slice() {
            [span] => Some(*span),
            _ => None,
        }
    }
}

/// The flag and its value: `-p X`, `--password X`, `--password=X`.
fn password(script: &Script<'_>, arg: &Word, next: Option<&Word>) -> Option<(Span, Span)> {
    if script.is(arg, "-p") || script.is(arg, "--password") {
        return Some((arg.span, next?.span));
    }
    let prefix = ["--password=", "-p="].into_iter().find(|prefix| script.slice(arg.span).starts_with(prefix))?;
    let start = arg.span.start + u32::try_from(prefix.len()).ok()?;
    (start < arg.span.end).then_some((arg.span, Span { start, end: arg.span.end }))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The script with the password on standard input, where it names `$P`.
    fn mended(text: &str, style: Style) -> Option<String> {
        let source = Source { text: text.to_owned(), ..Source::default() };
        let mut logins = Logins::default();
        logins.read(&source, &Text::plain(text, 0), &[], Some(style));
        let at = text.find("$P").unwrap();
        let change = logins.sorted().on_standard_input(source.place(Span::new(at, at + 2)))?;
        let mut out = text.to_owned();
        change.edits.iter().rev().for_each(|edit| out.replace_range(edit.span.range(), &edit.text));
        Some(out)
    }

    #[test]
    fn the_password_comes_from_standard_input() {
        for (before, after) in [
            ("docker login -u \"$U\" -p \"$P\" \"$R\"", "echo \"$P\" | docker login -u \"$U\" --password-stdin \"$R\""),
            ("docker login -p $P -u me", "echo \"$P\" | docker login --password-stdin -u me"),
            ("a && sudo podman login --password=\"$P\" r || exit 1", "a && echo \"$P\" | sudo podman login --password-stdin r || exit 1"),
            ("helm registry login h --password $P\nb", "echo \"$P\" | helm registry login h --password-stdin\nb"),
            ("docker login \\\n  -u me \\\n  -p $P \\\n  r", "echo \"$P\" | docker login \\\n  -u me \\\n  --password-stdin \\\n  r"),
        ] {
            assert_eq!(mended(before, Style::Literal).as_deref(), Some(after));
        }
    }

    #[test]
    fn what_reads_something_else_already_is_left_alone() {
        for text in [
            "yes | docker login -p $P",
            "docker login -p $P < file",
            "docker run login -p $P",
            "X=1 docker login -p $P",
            "echo docker login -p $P",
        ] {
            assert_eq!(mended(text, Style::Literal), None, "{text}");
        }
        assert_eq!(mended("docker login -p $P", Style::Double), None);
    }
}
