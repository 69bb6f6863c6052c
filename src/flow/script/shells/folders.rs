//! The folder that each command runs in, and what the files are that it names.

use std::rc::Rc;

use super::Walk;
use crate::flow::script::paths::{self, UNKNOWN};
use crate::syntax::shell::{Command, Expansion, Invocation, PartKind, Word, outward, shell_around};

/// So many folders are put aside (`pushd`).
const MAX_ASIDE: usize = 16;

/// Where a shell of the script is.
#[derive(Clone)]
pub(super) struct Shell {
    here: Rc<str>,
    /// Where it was before.
    before: Rc<str>,
    /// What `pushd` put aside.
    aside: Vec<Rc<str>>,
}

impl Walk<'_, '_> {
    /// The folder that the running command is in.
    pub(super) fn here(&self) -> Rc<str> {
        self.shell().map_or_else(|| Rc::clone(&self.start), |shell| Rc::clone(&shell.here))
    }

    fn shell(&self) -> Option<&Shell> {
        if self.shells.is_empty() {
            return None;
        }
        outward(self.script, self.scope).find_map(|scope| self.shells.get(&scope))
    }

    /// `cd`, `pushd`, `popd`: counts for the shell that the command runs in.
    pub(super) fn moves(&mut self, command: &Command, invocation: &Invocation<'_>) {
        let name = invocation.name.to_ascii_lowercase();
        let is_move = matches!(&*name, "cd" | "pushd" | "popd" | "chdir" | "set-location" | "push-location" | "pop-location" | "sl");
        if !is_move {
            return;
        }
        let start = || Shell { here: Rc::clone(&self.start), before: Rc::from(UNKNOWN), aside: Vec::new() };
        let mut shell = self.shell().cloned().unwrap_or_else(start);
        let is_flag = |arg: &&Word| self.script.literal_prefix(arg).starts_with('-') && !self.script.is(arg, "-");
        let to = invocation.args.iter().find(|arg| !is_flag(arg));
        let next = match (&*name, to) {
            ("popd" | "pop-location", _) => shell.aside.pop().unwrap_or_else(|| Rc::from(UNKNOWN)),
            (_, Some(to)) if self.script.is(to, "-") => Rc::clone(&shell.before),
            (_, Some(to)) => Rc::from(self.path(to)),
            (_, None) => Rc::from("~"),
        };
        if matches!(&*name, "pushd" | "push-location") && shell.aside.len() < MAX_ASIDE {
            shell.aside.push(Rc::clone(&shell.here));
        }
        shell.before = std::mem::replace(&mut shell.here, next);
        self.shells.insert(shell_around(self.script, command.scope), shell);
    }

    /// The path of the file that a word names; what is not literal stands in it as it is written.
    pub(super) fn path(&self, word: &Word) -> String {
        let mut text = String::with_capacity(word.span.len());
        for part in &word.parts {
            match part.kind {
                PartKind::Escape(char) => text.push(char),
                PartKind::Parameter { name, op: Expansion::Value, .. } => match self.file_in(self.script.slice(name)) {
                    Some(file) => text.push_str(file),
                    None => {
                        text.push('$');
                        text.push_str(self.script.slice(name));
                    }
                },
                _ => text.push_str(self.script.slice(part.span)),
            }
        }
        self.path_of(&text)
    }

    /// The name of a file that a variable holds: the only one, or the first in which secrets stand.
    fn file_in(&self, variable: &str) -> Option<&str> {
        let texts = self.texts.get(variable)?;
        let held = texts.iter().find(|text| !self.state.file(&self.path_of(text)).is_empty());
        held.or(texts.first().filter(|_| texts.len() == 1)).map(String::as_str)
    }

    pub(super) fn path_of(&self, written: &str) -> String {
        paths::path(&self.here(), self.code.own, written)
    }
}
