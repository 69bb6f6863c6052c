//! Commands in containers: `docker run -e TOKEN image env`. What runs there knows the variables that it is given, and no others.

use super::Walk;
use crate::flow::script::Taint;
use crate::syntax::shell::{Invocation, Word};

/// Options of `run` and `exec` that take no value: <https://docs.docker.com/reference/cli/docker/container/run/#options>.
#[rustfmt::skip]
const SWITCHES: [&str; 24] = [
    "--rm", "--detach", "--interactive", "--tty", "--init", "--privileged", "--read-only", "--sig-proxy", "--no-healthcheck", "--quiet",
    "--oom-kill-disable", "--publish-all", "--disable-content-trust", "--no-deps", "--service-ports", "--build", "--use-aliases", "--no-TTY",
    "--remove-orphans", "--quiet-pull", "--quiet-build", "--replace", "--no-hosts", "--detach=true",
];
/// The same with one letter; several may stand together.
const LETTERS: &str = "ditPTq";

/// A command that a container is given.
pub(super) struct Contained<'s> {
    /// The variables that it gets.
    pub(super) variables: Vec<(String, Vec<Taint>)>,
    /// Its words.
    pub(super) words: &'s [Word],
}

impl Walk<'_, '_> {
    /// What `docker run …`, `docker exec …` and `docker compose run …` run; nothing where it is the image's own command.
    pub(super) fn contained<'s>(&mut self, invocation: &Invocation<'s>) -> Option<Contained<'s>> {
        if !matches!(&*invocation.name, "docker" | "podman" | "nerdctl" | "docker-compose") {
            return None;
        }
        let script = self.script;
        let args = invocation.args;
        let verb = args.iter().take(8).position(|arg| script.is(arg, "run") || script.is(arg, "exec"))?;
        let mut variables = Vec::new();
        let mut at = verb + 1;
        while let Some((arg, flag)) = args.get(at).map(|arg| (arg, script.literal_prefix(arg))).filter(|(_, flag)| flag.starts_with('-')) {
            let is_glued = flag.starts_with("--") && flag.contains('=');
            let letters = flag.strip_prefix('-').filter(|rest| !rest.starts_with('-'));
            let takes_next = match letters {
                Some(letters) => {
                    letters.ends_with(|last| !LETTERS.contains(last))
                        && (letters.len() == 1 || letters.starts_with(|first| LETTERS.contains(first)))
                }
                None => !is_glued && !SWITCHES.contains(&&*flag),
            };
            let value = match (takes_next, flag.split_once('=')) {
                (true, _) => args.get(at + 1).cloned(),
                (false, Some(("--env", _))) => Some(arg.after(arg.span.start + 6)),
                // `-eNAME=value`.
                (false, _) if flag.starts_with("-e") && flag.len() > 2 => Some(arg.after(arg.span.start + 2)),
                _ => None,
            };
            let is_variable = flag == "--env"
                || flag.starts_with("--env=")
                || letters.is_some_and(|letters| letters.starts_with('e') || (takes_next && letters.ends_with('e')));
            if let Some(value) = value.as_ref().filter(|_| is_variable) {
                variables.extend(self.handed_in(value));
            }
            if let Some(file) = value.filter(|_| flag == "--env-file") {
                variables.extend(self.state.names_in(&self.path(&file)).iter().cloned());
            }
            at += if takes_next { 2 } else { 1 };
        }
        Some(Contained { variables, words: args.get(at + 1..).unwrap_or_default() })
    }

    /// `NAME`, which hands on the shell's own variable, or `NAME=value`.
    fn handed_in(&mut self, value: &Word) -> Option<(String, Vec<Taint>)> {
        let text = self.script.literal_prefix(value);
        match text.split_once('=') {
            Some((name, _)) => Some((name.to_owned(), self.word(value))),
            None => {
                let name = self.script.literal(value)?.into_owned();
                let at = self.code.place(value.span);
                let held = self.state.variable(&name).iter().map(|taint| taint.clone().at(at).through(at)).collect();
                Some((name, held))
            }
        }
    }
}
