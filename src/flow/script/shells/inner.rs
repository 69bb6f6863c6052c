//! Scripts inside scripts: `bash -c '…'`, `eval "…"`, `ssh host "…"`, `trap '…' EXIT`, `xargs sh -c '…'`, files of the repository.

use super::{MAX_DEPTH, Walk};
use crate::flow::script::paths::UNKNOWN;
use crate::flow::script::{Code, Folder, Language, Leak, Reach, Taint, follow_at};
use crate::source::{Place, Span, Text, TextBuilder};
use crate::syntax::shell::{Command, CommandId, Dialect, Invocation, PartKind, RedirectOp, Sink, Word};

const POSIX: Language = Language::Shell(Dialect::Posix);

/// Options of `ssh` that take a value.
const SSH: [&str; 12] = ["-i", "-p", "-o", "-l", "-F", "-J", "-L", "-R", "-D", "-b", "-c", "-E"];

/// A script in a file, as a command starts it.
#[derive(Clone, Copy)]
pub(super) struct Started<'s> {
    pub(super) command: &'s Command,
    pub(super) path: &'s str,
    /// What it is given.
    pub(super) args: &'s [Word],
    pub(super) language: Language,
    /// What switched its tracing on.
    pub(super) trace: Option<Place>,
    /// Whether it runs in the very shell of the command.
    pub(super) sourced: bool,
}

impl Walk<'_, '_> {
    /// What a script prints that the command is given as an argument or reads.
    pub(super) fn run(&mut self, id: CommandId, command: &Command, invocation: &Invocation<'_>, language: Language) -> Vec<Taint> {
        let script = self.script;
        let args = invocation.args;
        let is_shell = matches!(language, Language::Shell(_));
        let short = |arg: &Word, letter: char| {
            let text = script.literal_prefix(arg);
            text.starts_with('-') && !text.starts_with("--") && text.contains(letter)
        };
        let flags = args.iter().take_while(|arg| script.literal_prefix(arg).starts_with('-')).count();
        let is_traced = is_shell && args[..flags].iter().any(|arg| short(arg, 'x'));
        let trace = is_traced.then(|| self.code.place(command.span)).or(self.trace_for_children());
        let is_c = |arg: &Word| short(arg, 'c') && script.literal_prefix(arg).ends_with('c');
        let is_e =
            |arg: &Word| matches!(&*script.literal_prefix(arg), "-e" | "--eval" | "-p" | "--print" | "-pe" | "-Command" | "-command");
        // `deno eval '…'`
        let is_e = |arg: &Word| is_e(arg) || (invocation.name == "deno" && script.is(arg, "eval"));
        let flag =
            args.iter().position(is_c).or_else(|| args.iter().position(is_e).filter(|_| !is_shell || self.is_powershell(invocation)));
        if let Some(text) = flag.and_then(|flag| args.get(flag + 1)) {
            // A shell takes the word behind its text for its own name.
            let behind = flag.unwrap_or(0) + if is_shell { 3 } else { 2 };
            let given: Vec<Vec<Taint>> = args.iter().skip(behind).map(|arg| self.word(arg)).collect();
            if language == Language::Python {
                let read = self.input(id, command);
                self.state.bind("$sys.stdin", read);
            }
            // `node -p` prints what the text yields.
            let prints = language == Language::JavaScript
                && flag.and_then(|at| args.get(at)).is_some_and(|flag| short(flag, 'p') || script.is(flag, "--print"));
            let around = if prints { ("console.log(", ")") } else { ("", "") };
            return self.nested_in(std::slice::from_ref(text), language, trace, Some(given), around);
        }
        let reads_it = || args.get(flags).is_none_or(|arg| script.is(arg, "/dev/stdin"));
        if let Some(body) = heredoc(command).and_then(|body| script.word(body)).or_else(|| here_string(command).filter(|_| reads_it())) {
            let given = args.get(flags..).unwrap_or_default().iter().filter(|arg| !script.is(arg, "/dev/stdin"));
            let given = given.map(|arg| self.word(arg)).collect();
            return self.nested(std::slice::from_ref(body), language, trace, Some(given));
        }
        let Some((file, given)) = args.get(flags..).and_then(<[Word]>::split_first) else { return Vec::new() };
        let path = self.path(file);
        if let Some(printed) = self.file(&Started { command, path: &path, args: given, language, trace, sourced: false }) {
            return printed;
        }
        // A script that cannot be read, run with `-x`: what it does with the secrets of its environment is printed.
        if is_traced {
            self.may_trace(command);
        }
        Vec::new()
    }

    fn is_powershell(&self, invocation: &Invocation<'_>) -> bool {
        matches!(&*invocation.name, "pwsh" | "powershell")
    }

    /// `eval a b`: the words are one script.
    pub(super) fn eval(&mut self, id: CommandId, args: &[Word]) -> Vec<Taint> {
        if let [only] = args
            && let Some(name) = self.script.literal(only)
            && self.call_by_name(id, name.trim())
        {
            return Vec::new();
        }
        self.nested(args, POSIX, None, None)
    }

    /// `ssh host command`: the machine at the other end has an environment of its own; what it prints comes back.
    pub(super) fn remote(&mut self, command: &Command, args: &[Word]) -> Vec<Taint> {
        let script = self.script;
        let mut at = 0;
        while let Some(text) = args.get(at).map(|arg| script.literal_prefix(arg)).filter(|text| text.starts_with('-')) {
            at += if SSH.contains(&&*text) { 2 } else { 1 };
        }
        let words = args.get(at + 1..).unwrap_or_default();
        let shells = ["bash", "sh", "-s", "sudo", "-T"];
        let only_a_shell =
            words.iter().all(|word| script.literal(word).is_some_and(|text| text.split(' ').all(|text| shells.contains(&text))));
        let body = heredoc(command).and_then(|body| script.word(body)).filter(|_| only_a_shell);
        match body {
            Some(body) => self.apart(std::slice::from_ref(body), Vec::new(), None),
            None => self.apart(words, Vec::new(), None),
        }
    }

    /// `docker exec c sh -c '…'`: a shell somewhere else.
    pub(super) fn program(&mut self, command: &Command, invocation: &Invocation<'_>) -> Vec<Taint> {
        let script = self.script;
        let is_shell = |word: &Word| matches!(&*script.literal_prefix(word), "sh" | "bash" | "/bin/sh" | "/bin/bash");
        let contained = self.contained(invocation);
        let (words, given) = contained.map_or((invocation.args, Vec::new()), |contained| (contained.words, contained.variables));
        if let Some(at) = words.iter().position(is_shell).filter(|_| is_container(&invocation.name)) {
            let flag = words.get(at + 1).map(|arg| script.literal_prefix(arg).into_owned()).unwrap_or_default();
            let trace = flag.contains('x').then(|| self.code.place(command.span));
            let Some(text) = words.get(at + 2).filter(|_| matches!(&*flag, "-c" | "-ec" | "-lc" | "-exc" | "-xc" | "-xec")) else {
                return Vec::new();
            };
            return self.apart(std::slice::from_ref(text), given, trace);
        }
        // Words in which no shell would find another meaning.
        let is_plain = |word: &Word| script.literal(word).is_some_and(|text| !text.contains(|c: char| c.is_whitespace() || c == '$'));
        if given.iter().any(|(_, taints)| !taints.is_empty()) && !words.is_empty() && words.iter().all(is_plain) {
            return self.apart(words, given, None);
        }
        // `./deploy.sh`: a file of the repository that is run by its name.
        let text = script.slice(invocation.word.span);
        if !text.contains('/') && !text.ends_with(".sh") {
            return Vec::new();
        }
        let path = self.path(invocation.word);
        let (args, trace) = (invocation.args, self.trace_for_children());
        self.file(&Started { command, path: &path, args, language: POSIX, trace, sourced: false }).unwrap_or_default()
    }

    /// What words print when they are run as a script that has none of this shell's variables, but those that it is given.
    fn apart(&mut self, words: &[Word], given: Vec<(String, Vec<Taint>)>, trace: Option<Place>) -> Vec<Taint> {
        let Some((text, opaque, holes)) = self.script_of(words, ("", "")) else { return Vec::new() };
        let text = text.then(self.code.text);
        let code = Code { text: &text, language: POSIX, opaque: &opaque, holes: &holes, trace, here: UNKNOWN, folder: None, ..*self.code };
        let own = std::mem::take(&mut self.state.variables);
        let leaks = self.state.forgetting(|state| {
            given.into_iter().for_each(|(name, taints)| state.bind(&name, taints));
            follow_at(&code, state, self.depth + 1)
        });
        self.state.variables = own;
        self.sorted_out(leaks)
    }

    /// What words print when they are run as a script. What the shell expands before is opaque to it.
    fn nested(&mut self, words: &[Word], language: Language, trace: Option<Place>, given: Option<Vec<Vec<Taint>>>) -> Vec<Taint> {
        self.nested_in(words, language, trace, given, ("", ""))
    }

    /// The same of words with something before and behind them.
    fn nested_in(
        &mut self,
        words: &[Word],
        language: Language,
        trace: Option<Place>,
        given: Option<Vec<Vec<Taint>>>,
        around: (&str, &str),
    ) -> Vec<Taint> {
        let Some((text, opaque, holes)) = self.script_of(words, around) else { return Vec::new() };
        let text = text.then(self.code.text);
        let here = self.here();
        let code = Code { text: &text, language, opaque: &opaque, holes: &holes, trace, here: &here, ..*self.code };
        let before = given.map(|given| self.given(given));
        let depth = self.depth + 1 + self.calls.len();
        let leaks = self.state.forgetting(|state| follow_at(&code, state, depth));
        if let Some(before) = before {
            self.restore(before);
        }
        self.sorted_out(leaks)
    }

    /// Words as the text of a script, with what stands for the parts that this shell expands.
    pub(super) fn script_of(&mut self, words: &[Word], around: (&str, &str)) -> Option<(Text<'static>, Vec<Span>, Vec<Vec<Taint>>)> {
        let length: usize = words.iter().map(|word| word.span.len()).sum();
        if self.depth + self.calls.len() >= MAX_DEPTH || self.state.fuel < length {
            return None;
        }
        self.state.fuel -= length;
        let mut builder = TextBuilder::default();
        let (mut opaque, mut holes) = (Vec::new(), Vec::new());
        let edge = |at: Option<u32>| Span { start: at.unwrap_or(0), end: at.unwrap_or(0) };
        builder.atom(around.0, edge(words.first().map(|word| word.span.start)));
        for (index, word) in words.iter().enumerate() {
            if index > 0 {
                builder.atom(" ", Span { start: word.span.start, end: word.span.start });
            }
            for part in &word.parts {
                match part.kind {
                    PartKind::Literal => builder.copy(self.script.slice(part.span), part.span.start as usize),
                    PartKind::Escape(char) => builder.atom(char.encode_utf8(&mut [0; 4]), part.span),
                    _ => {
                        let start = builder.len();
                        builder.atom("0", part.span);
                        opaque.push(Span::new(start, builder.len()));
                        holes.push(self.word(&Word { span: part.span, parts: vec![*part] }));
                    }
                }
            }
        }
        builder.atom(around.1, edge(words.last().map(|word| word.span.end)));
        Some((builder.finish(), opaque, holes))
    }

    /// What an inner script prints goes where the command's own output goes; the rest is a leak where it is.
    fn sorted_out(&mut self, leaks: Vec<Leak>) -> Vec<Taint> {
        let (printed, others): (Vec<Leak>, Vec<Leak>) = leaks.into_iter().partition(|leak| matches!(leak.reach, Reach::Log | Reach::Dump));
        self.leaks.extend(others);
        printed.into_iter().map(Leak::printed).collect()
    }

    /// Follows a script of the repository, or one that the job wrote itself; `sourced`, it runs in this very shell. Nothing where it cannot be read.
    pub(super) fn file(&mut self, started: &Started<'_>) -> Option<Vec<Taint>> {
        if let Some(printed) = self.run_written(started) {
            return Some(printed);
        }
        let Started { command, path, args, language, trace, sourced } = *started;
        let folder: Folder<'_> = self.code.folder?;
        let source = folder.path_of(path).filter(|_| self.depth + self.calls.len() < MAX_DEPTH).and_then(|path| folder.tree.read(&path))?;
        if self.state.fuel < source.text.len() {
            return Some(Vec::new());
        }
        self.state.fuel -= source.text.len();
        let (language, own_trace) = if sourced { (language, false) } else { by_shebang(&source.text, path, language)? };
        let trace = trace.or(own_trace.then(|| self.code.place(command.span)));
        let given = args.iter().map(|arg| self.word(arg)).collect();
        let text = Text::plain(&source.text, 0);
        let here = self.here();
        let code = Code { trace, here: &here, own: self.code.own, folder: Some(folder), ..Code::plain(&text, source.id, language) };
        let before = self.given(given);
        let depth = self.depth + 1 + self.calls.len();
        let leaks = match sourced {
            true => {
                self.remember_functions(&source);
                follow_at(&code, self.state, depth)
            }
            false => self.state.forgetting(|state| follow_at(&code, state, depth)),
        };
        self.restore(before);
        Some(self.out_of_file(command, leaks))
    }

    /// A finding stands where the file is run; what happens in it is told by labels.
    pub(super) fn out_of_file(&mut self, command: &Command, leaks: Vec<Leak>) -> Vec<Taint> {
        let at = self.code.place(command.span);
        let mut printed = Vec::new();
        for mut leak in leaks {
            if leak.taint.at.source != self.code.source {
                let inside = leak.taint.at;
                leak.taint = leak.taint.through(inside).at(at);
            }
            match (leak.reach, self.destination(command.stdout)) {
                // A program's own value is no business of this line.
                (Reach::Field, _) => {}
                (Reach::Log | Reach::Dump, Sink::Log | Sink::Error) | (Reach::LateMask, _) => self.leaks.push(leak),
                (Reach::Log | Reach::Dump, _) => printed.push(leak.printed()),
                _ => self.leaks.push(leak),
            }
        }
        printed
    }

    /// `xargs -I{} sh -c 'echo {}'`, `xargs sh -c 'echo $1' _`: the script is given what the command reads.
    pub(super) fn xargs(&mut self, id: CommandId, command: &Command, args: &[Word]) -> Vec<Taint> {
        let script = self.script;
        let text = |arg: &Word| script.literal_prefix(arg).into_owned();
        let mut at = 0;
        while let Some(flag) = args.get(at).map(text).filter(|flag| flag.starts_with('-')) {
            at += if matches!(flag.as_str(), "-I" | "-n" | "-P" | "-L" | "-d" | "-s" | "-a" | "-E") { 2 } else { 1 };
        }
        let words = args.get(at..).unwrap_or_default();
        let read = self.input(id, command);
        // `xargs -t` prints the commands that it runs.
        let traces = args.iter().take(at).any(|flag| matches!(&*text(flag), "-t" | "--verbose" | "-rt" | "-tr"));
        match words.first().map(text).as_deref() {
            None | Some("echo" | "printf") => read,
            Some("sh" | "bash" | "/bin/sh" | "/bin/bash") => {
                let Some(inner) =
                    words.iter().position(|word| matches!(&*text(word), "-c" | "-ec" | "-xc")).and_then(|at| words.get(at + 1))
                else {
                    return Vec::new();
                };
                let replaced = script.slice(inner.span).contains("{}");
                let printed = self.nested(std::slice::from_ref(inner), POSIX, None, Some(vec![read.clone(); 9]));
                // `{}` is text of the script: what prints it prints the value.
                let prints =
                    || ["echo {}", "echo \"{}\"", "echo '{}'", "printf"].iter().any(|print| script.slice(inner.span).contains(print));
                if printed.is_empty() && replaced && prints() { read } else { printed }
            }
            _ if traces => read,
            _ => Vec::new(),
        }
    }

    /// What traps print when the script ends.
    pub(super) fn at_the_end(&mut self) {
        for (id, word) in std::mem::take(&mut self.traps) {
            let script = self.script;
            let Some(command) = script.command(id) else { continue };
            let Some(invocation) = script.invocation(command) else { continue };
            let printed = self.eval(id, std::slice::from_ref(&word));
            self.emit(command, &invocation, printed);
        }
    }
}

fn heredoc(command: &Command) -> Option<crate::syntax::shell::WordId> {
    command.redirects.iter().find_map(|redirect| redirect.body)
}

/// `bash <<< "…"`.
fn here_string(command: &Command) -> Option<&Word> {
    command.redirects.iter().find(|redirect| redirect.op == RedirectOp::HereString).map(|redirect| &redirect.target)
}

fn is_container(name: &str) -> bool {
    matches!(name, "docker" | "podman" | "nerdctl" | "kubectl" | "oc" | "docker-compose" | "su" | "nix-shell" | "apptainer" | "singularity")
}

/// What a file is written in, and whether it traces itself. Nothing where it is no script.
pub(super) fn by_shebang(text: &str, path: &str, asked: Language) -> Option<(Language, bool)> {
    let first = text.lines().next().unwrap_or("");
    let Some(shebang) = first.strip_prefix("#!") else {
        let language = match path.rsplit('.').next() {
            Some("py") => Language::Python,
            Some("js" | "mjs" | "cjs") => Language::JavaScript,
            Some("ps1") => Language::Shell(Dialect::PowerShell),
            _ => asked,
        };
        return Some((language, false));
    };
    let has = |word: &str| shebang.contains(word);
    match asked {
        // `python x`, `node x`: what runs it was said.
        Language::Python | Language::JavaScript => Some((asked, false)),
        _ if has("python") => Some((Language::Python, false)),
        _ if has("node") => Some((Language::JavaScript, false)),
        _ if has("pwsh") => Some((Language::Shell(Dialect::PowerShell), false)),
        _ if has("sh") => Some((POSIX, shebang.split_whitespace().any(|word| word.starts_with('-') && word.contains('x')))),
        _ => None,
    }
}
