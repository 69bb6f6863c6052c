//! What filters print of what they read, and files that are changed or copied.

use super::Walk;
use crate::flow::script::Taint;
use crate::flow::script::commands::{Effect, looked_for, names_only, names_secrets, replaces, short, takes_claims};
use crate::syntax::shell::{Command, CommandId, Invocation, Word};

impl Walk<'_, '_> {
    /// What a filter prints.
    pub(super) fn filters(&mut self, id: CommandId, command: &Command, invocation: &Invocation<'_>, effect: Effect) -> Vec<Taint> {
        let args = invocation.args;
        match effect {
            Effect::Copy => self.read(id, command, args),
            Effect::Grep => self.grep(id, command, args),
            Effect::Files => self.files(id, command, args),
            Effect::Tee => {
                let taints = self.input(id, command);
                for file in self.plain_args(args) {
                    self.write(command, invocation, file, taints.clone());
                }
                taints
            }
            Effect::WriteFile(prints) => {
                let (target, value) = self.target_and_value(args);
                let taints = match value {
                    Some(value) => self.word(value),
                    None => self.input(id, command),
                };
                if let Some(target) = target {
                    self.write(command, invocation, target, taints.clone());
                }
                if prints { taints } else { Vec::new() }
            }
            Effect::Change => self.changes(id, command, invocation),
            Effect::Base64(one_line) => {
                let input = self.read(id, command, args);
                let name = &invocation.name;
                input.iter().map(|taint| if one_line && taint.last { taint.clone() } else { self.state.changed(taint, name) }).collect()
            }
            _ => Vec::new(),
        }
    }

    fn changes(&mut self, id: CommandId, command: &Command, invocation: &Invocation<'_>) -> Vec<Taint> {
        let (name, args) = (&*invocation.name, invocation.args);
        let input = self.read(id, command, args);
        // The names of variables are no secrets.
        let is_shown = |taint: &&Taint| taint.listed.is_none() || !names_only(self.script, invocation);
        let is_picked = |taint: &&Taint| self.picks_secret(taint, args);
        // What a token of identity claims is no secret: only its signature is.
        let is_claim = |taint: &&Taint| self.state.identities.contains(&taint.origin) && takes_claims(self.script, invocation);
        let input: Vec<Taint> = input.iter().filter(is_shown).filter(is_picked).filter(|taint| !is_claim(taint)).cloned().collect();
        let mut printed: Vec<Taint> = input.iter().map(|taint| self.state.changed(taint, name)).collect();
        match name {
            "sed" if !short(self.script, args, 'n') => printed.extend(self.put_in(args)),
            "awk" | "gawk" => printed.extend(self.put_into_awk(args)),
            _ => {}
        }
        printed
    }

    /// `-Path f -Value x`, or both by their places: <https://learn.microsoft.com/powershell/module/microsoft.powershell.management/set-content>.
    fn target_and_value<'s>(&self, args: &'s [Word]) -> (Option<&'s Word>, Option<&'s Word>) {
        let (mut target, mut value, mut by_place) = (None, None, Vec::new());
        let mut at = 0;
        while let Some(arg) = args.get(at) {
            at += 1;
            let flag = self.script.literal_prefix(arg).to_ascii_lowercase();
            match &*flag {
                "-path" | "-filepath" | "-literalpath" | "-lp" => (target, at) = (args.get(at), at + 1),
                "-value" | "-inputobject" => (value, at) = (args.get(at), at + 1),
                "-encoding" | "-width" | "-stream" | "-variable" | "-delimiter" => at += 1,
                _ if flag.starts_with('-') => {}
                _ => by_place.push(arg),
            }
        }
        let mut rest = by_place.into_iter();
        let target = target.or_else(|| rest.next());
        (target, value.or_else(|| rest.next()))
    }

    /// What a filter reads: the files that it names, or its input.
    fn read(&mut self, id: CommandId, command: &Command, args: &[Word]) -> Vec<Taint> {
        let at = self.code.place(command.span);
        let files = args.iter().map(|arg| self.path(arg));
        let held: Vec<Taint> = files.flat_map(|file| self.state.file(&file).to_vec()).map(|taint| taint.at(at)).collect();
        if held.is_empty() { self.input(id, command) } else { held }
    }

    /// What `sed` puts into the text that it prints: `s/__TOKEN__/$TOKEN/`.
    fn put_in(&mut self, args: &[Word]) -> Vec<Taint> {
        let put = args.iter().filter(|arg| replaces(&self.script.literal_prefix(arg)));
        put.flat_map(|arg| self.word(arg)).collect()
    }

    /// `awk -v t="$TOKEN" '{ gsub("__T__", t); print }'`: a variable of the program that is put into what it prints.
    fn put_into_awk(&mut self, args: &[Word]) -> Vec<Taint> {
        let mut found = Vec::new();
        let (mut names, mut program) = (Vec::new(), String::new());
        let mut at = 0;
        while let Some(arg) = args.get(at) {
            at += 1;
            let text = self.script.literal_prefix(arg);
            let value = if text == "-v" { args.get(at) } else { Some(arg).filter(|_| text.starts_with("-v")) };
            at += usize::from(text == "-v");
            match value {
                Some(value) => {
                    let name = self.script.literal_prefix(value);
                    let name = name.trim_start_matches("-v").split('=').next().unwrap_or("").to_owned();
                    names.push((name, self.word(value)));
                }
                None if program.is_empty() && !text.starts_with('-') => program = text.into_owned(),
                None => {}
            }
        }
        let puts = |name: &str| {
            let is_word = |part: &str| part.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').any(|word| word == name);
            let is_put = |part: &str| part.split([';', '}', '\n']).next().is_some_and(is_word);
            ["print", "printf", "sub("].iter().any(|call| program.match_indices(call).any(|(from, _)| is_put(&program[from..])))
        };
        for (name, taints) in names {
            if !taints.is_empty() && program.contains("print") && puts(&name) {
                found.extend(taints);
            }
        }
        found
    }

    /// Whether `jq .name.value` takes a secret out of this, which may be an object of which not every field is one.
    fn picks_secret(&self, taint: &Taint, args: &[Word]) -> bool {
        let Some(secrets) = self.state.fields_of.get(&taint.origin) else { return true };
        let texts = args.iter().map(|arg| self.script.literal_prefix(arg));
        let picked = texts.filter_map(|text| {
            let rest = text.strip_prefix('.')?;
            let end = rest.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')).count();
            rest.get(..end).filter(|name| !name.is_empty()).map(str::to_owned)
        });
        let mut picked = picked.peekable();
        picked.peek().is_none() || picked.any(|name| secrets.contains(&name))
    }

    /// `env | grep ^GITHUB_`: of an environment, and of a file of `NAME=value`, only what matches is shown.
    fn grep(&mut self, id: CommandId, command: &Command, args: &[Word]) -> Vec<Taint> {
        let at = self.code.place(command.span);
        let inverted = short(self.script, args, 'v');
        let plain = self.pattern_and_files(args);
        let Some((pattern, files)) = plain.split_first() else { return self.read(id, command, args) };
        let words = looked_for(&self.script.literal_prefix(pattern));
        let matches = |name: &str| words.iter().any(|word| name.to_ascii_uppercase().contains(word)) != inverted;
        let mut taints: Vec<Taint> = Vec::new();
        let mut all = Vec::new();
        for file in files {
            let path = self.path(file);
            match self.state.names_in(&path) {
                [] => all.extend(self.state.file(&path).iter().cloned()),
                named => taints.extend(named.iter().filter(|(name, _)| matches(name)).flat_map(|(_, held)| held.clone())),
            }
        }
        if files.is_empty() {
            all = self.input(id, command);
        }
        let leaves_out = inverted && words.iter().any(|word| names_secrets(word));
        let is_shown = |taint: &Taint| taint.listed.as_ref().map_or(!leaves_out, |one| matches(&one.variable));
        taints.extend(all.into_iter().filter(is_shown));
        if !files.is_empty() {
            taints = taints.into_iter().map(|taint| taint.at(at)).collect();
        }
        // Lines in which a secret itself is looked for hold it.
        if !inverted {
            taints.extend(self.word(pattern));
        }
        taints
    }

    /// The words of `grep` that are no flags, and no counts behind flags: `-m 1`, `-A 3`.
    fn pattern_and_files<'s>(&self, args: &'s [Word]) -> Vec<&'s Word> {
        let mut plain = Vec::with_capacity(args.len());
        let mut at = 0;
        while let Some(arg) = args.get(at) {
            let text = self.script.literal_prefix(arg);
            at += if matches!(&*text, "-m" | "-A" | "-B" | "-C") { 2 } else { 1 };
            if !text.starts_with('-') {
                plain.push(arg);
            }
        }
        plain
    }

    /// `sed -i "s/__TOKEN__/$TOKEN/" file`: nothing is printed, the file holds it.
    pub(super) fn edit(&mut self, args: &[Word]) {
        let put = self.words(args);
        if put.is_empty() {
            return;
        }
        let is_script = |arg: &&Word| {
            let text = self.script.literal_prefix(arg);
            text.is_empty() || text.starts_with(['-', '.']) || replaces(&text)
        };
        let files: Vec<String> = args.iter().filter(|arg| !is_script(arg)).map(|arg| self.path(arg)).collect();
        for file in files {
            self.state.write_file(&file, put.iter().cloned());
        }
    }

    /// `cp a b`, `mv a b`: what one holds, the other does.
    pub(super) fn duplicate(&mut self, args: &[Word]) {
        let plain: Vec<String> = self.plain_args(args).into_iter().map(|arg| self.path(arg)).collect();
        if let [from, to] = plain.as_slice() {
            let held = self.state.file(from).to_vec();
            if !held.is_empty() {
                self.state.write_file(to, held);
            }
            if let Some(script) = self.state.written.get(from).cloned() {
                self.state.written.insert(to.clone(), script);
            }
        }
    }
}
