//! What scripts of the repository tell `terraform init` of a backend: `-backend-config=key=value` and `-backend-config=FILE`
//! (<https://developer.hashicorp.com/terraform/language/backend#partial-configuration>).
//!
//! Workflows and pipelines are read that hold the flag. A command counts for the module in its folder; where the folder cannot be
//! told (`cd "$STACK"`, a matrix), for every module.

use std::sync::Arc;

use super::{Argument, ParsedFile, child_directory, directory_of};
use crate::formats::github_actions::{Shell, Workflow};
use crate::formats::gitlab_ci::{Pipeline, Section};
use crate::formats::{Format, Tree, by_path};
use crate::source::{Place, Source, Span, Text, TextBuilder};
use crate::syntax::shell::{self, Dialect, Script, Word};
use crate::syntax::yaml;

/// The flag; a file without it says nothing here.
pub const FLAG: &str = "-backend-config";

/// A `terraform init` that completes a backend.
#[derive(Clone, Debug)]
pub struct Init {
    /// The folder it runs in, from the repository's root; None where it cannot be told.
    folder: Option<String>,
    /// What it is told, in order.
    told: Vec<Told>,
    /// Whether all of that can be read.
    is_whole: bool,
}

/// One `-backend-config`.
#[derive(Clone, Debug)]
enum Told {
    Setting(Setting),
    /// The path of a file of settings, as written.
    File(String),
}

/// A setting of a backend that stands outside of its block.
#[derive(Clone, Debug)]
pub struct Setting {
    /// Its name.
    pub name: String,
    /// Its value, where it is constant.
    pub value: Option<String>,
    /// Where it stands.
    pub place: Place,
    /// Whether that is a `*.tfbackend` file, which is linted as such.
    pub in_settings_file: bool,
}

/// All that completes a backend at once.
#[derive(Clone, Debug, Default)]
pub struct Completion {
    /// The settings; of several of one name the last one counts.
    pub settings: Vec<Setting>,
    /// Whether there is nothing else.
    pub is_whole: bool,
}

impl Completion {
    /// The setting of this name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Setting> {
        self.settings.iter().rfind(|setting| setting.name == name)
    }

    /// What a file of settings says.
    pub(super) fn of(file: &ParsedFile) -> Self {
        let in_settings_file = file.source.file_name().ends_with(".tfbackend");
        let arguments = file.body().attributes().map(|attribute| Argument::of(&file.source, attribute));
        let settings = arguments.map(|argument| Setting {
            name: argument.name().to_owned(),
            value: value_of(&argument),
            place: argument.value_place(),
            in_settings_file,
        });
        Self { settings: settings.collect(), is_whole: true }
    }
}

fn value_of(argument: &Argument<'_>) -> Option<String> {
    match argument.flag() {
        Some(flag) => Some(flag.to_string()),
        None => Some(argument.text()?.as_str().to_owned()),
    }
}

impl Init {
    /// The constant values that it gives to a setting.
    pub fn values<'i>(&'i self, name: &'i str) -> impl Iterator<Item = &'i str> {
        self.told.iter().filter_map(move |told| match told {
            Told::Setting(setting) if setting.name == name => setting.value.as_deref(),
            _ => None,
        })
    }

    /// What it makes of the backend of the module in a folder; None where it is about another one.
    pub(super) fn completes(&self, folder: &str, tree: &dyn Tree) -> Option<Completion> {
        if self.folder.as_ref().is_some_and(|own| own != folder) {
            return None;
        }
        let mut completion = Completion { settings: Vec::new(), is_whole: self.is_whole };
        for told in &self.told {
            match told {
                Told::Setting(setting) => completion.settings.push(setting.clone()),
                Told::File(path) => match child_directory(folder, &format!("./{path}")).and_then(|path| tree.read(&path)) {
                    Some(file) => completion.settings.extend(Completion::of(&ParsedFile::new(file)).settings),
                    None => completion.is_whole = false,
                },
            }
        }
        Some(completion)
    }
}

/// The commands of a workflow or pipeline that complete a backend.
#[must_use]
pub fn inits(source: &Arc<Source>) -> Vec<Init> {
    let tree = yaml::Tree::parse(&source.text);
    let mut found = Vec::new();
    match by_path(&source.root_path) {
        Some(Format::GithubActions) => {
            let Some(workflow) = Workflow::new(source, &tree) else { return found };
            for (job, step) in workflow.steps() {
                let Some(script) = step.script(&job).filter(|script| script.shell == Shell::Posix && script.text.as_str().contains(FLAG))
                else {
                    continue;
                };
                let parsed = shell::parse(script.text.as_str(), Dialect::Posix, &script.opaque);
                let start = shell::joined(workflow.base(), &step.folder(&job));
                read(&Read { script: &parsed, text: &script.text, source, start }, &mut found);
            }
        }
        Some(Format::GitlabCi) => {
            let Some(pipeline) = Pipeline::new(source, &tree, &[]) else { return found };
            for job in pipeline.jobs() {
                let lines = job.script(Section::Before).iter().chain(job.script(Section::Main));
                let text = one_script(lines.map(|line| &line.text));
                if text.as_str().contains(FLAG) {
                    let parsed = shell::parse(text.as_str(), Dialect::Posix, &[]);
                    let start = Some(directory_of(source).to_owned());
                    read(&Read { script: &parsed, text: &text, source, start }, &mut found);
                }
            }
        }
        _ => {}
    }
    found
}

/// `before_script` and `script` run in one shell.
fn one_script<'l, 'a: 'l>(lines: impl Iterator<Item = &'l Text<'a>>) -> Text<'static> {
    let mut builder = TextBuilder::default();
    for line in lines {
        builder.text(line);
        let end = line.span().end;
        builder.atom("\n", Span { start: end, end });
    }
    builder.finish()
}

/// A script to read.
struct Read<'r, 'a> {
    script: &'r Script<'a>,
    /// Its text, with the map to the file.
    text: &'r Text<'r>,
    source: &'r Source,
    /// The folder it starts in.
    start: Option<String>,
}

fn read(read: &Read<'_, '_>, found: &mut Vec<Init>) {
    let folders = shell::folders(read.script, read.start.as_deref(), |invocation| PROGRAMS.contains(&&*invocation.name));
    for (id, command) in read.script.iter() {
        let Some(folder) = folders.get(&id) else { continue };
        let Some(invocation) = read.script.invocation(command) else { continue };
        found.extend(init(read, invocation.args, folder.clone()));
    }
}

/// What completes backends; the last ones are GitLab's.
const PROGRAMS: [&str; 5] = ["terraform", "tofu", "terragrunt", "gitlab-terraform", "gitlab-tofu"];

fn init(read: &Read<'_, '_>, args: &[Word], folder: Option<String>) -> Option<Init> {
    let script = read.script;
    let mut init = Init { folder, told: Vec::new(), is_whole: true };
    let mut is_init = false;
    let mut words = args.iter();
    while let Some(word) = words.next() {
        let prefix = script.literal_prefix(word);
        let flag = prefix.strip_prefix('-').filter(|rest| rest.starts_with('-')).unwrap_or(&prefix).to_owned();
        if let Some(to) = flag.strip_prefix("-chdir=") {
            let to = script.literal(word).is_some().then_some(to);
            init.folder = to.zip(init.folder.as_deref()).and_then(|(to, folder)| shell::joined(folder, to));
        } else if let Some(rest) = flag.strip_prefix(FLAG) {
            if let Some(told) = rest.strip_prefix('=') {
                init.tell(read, word, told);
            } else if let Some(next) = words.next() {
                init.tell(read, next, &script.literal_prefix(next));
            }
        } else if prefix.is_empty() {
            init.is_whole = false;
        }
        is_init |= prefix == "init";
    }
    Some(init).filter(|init| is_init && !init.told.is_empty())
}

impl Init {
    /// Takes in what stands behind one flag in `word`: `told`, up to where it is no constant.
    fn tell(&mut self, read: &Read<'_, '_>, word: &Word, told: &str) {
        let is_constant = read.script.literal(word).is_some();
        match told.split_once('=') {
            Some((name, value)) => self.told.push(Told::Setting(Setting {
                name: name.trim().to_owned(),
                value: is_constant.then(|| value.trim().trim_matches('"').to_owned()),
                place: read.source.place(read.text.hull(word.span.range())),
                in_settings_file: false,
            })),
            None if is_constant => self.told.push(Told::File(told.to_owned())),
            None => self.is_whole = false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(path: &str, text: &str) -> Vec<String> {
        let source = Arc::new(Source { root_path: path.to_owned(), path: path.to_owned(), text: text.to_owned(), ..Source::default() });
        let told = |told: &Told| match told {
            Told::Setting(setting) => format!("{}={}", setting.name, setting.value.as_deref().unwrap_or("?")),
            Told::File(path) => format!("<{path}"),
        };
        let one = |init: &Init| {
            let all: Vec<String> = init.told.iter().map(told).collect();
            format!("{}: {}{}", init.folder.as_deref().unwrap_or("?"), all.join(" "), if init.is_whole { "" } else { " …" })
        };
        inits(&source).iter().map(one).collect()
    }

    #[test]
    fn workflows_say_what_completes_a_backend() {
        let step = |script: &str| {
            let lines: Vec<String> = script.lines().map(|line| format!("          {line}\n")).collect();
            format!(
                "on: push\njobs:\n  a:\n    defaults:\n      run:\n        working-directory: infra\n    steps:\n      - run: |\n{}",
                lines.concat()
            )
        };
        for (script, wanted) in [
            ("terraform init -backend-config=bucket=b -backend-config=\"encrypt=true\"", "infra: bucket=b encrypt=true"),
            ("cd live && tofu init --backend-config prod.tfbackend", "infra/live: <prod.tfbackend"),
            ("(cd live && true)\nterraform -chdir=../x init -backend-config=\"key=${{ vars.KEY }}\"", "x: key=?"),
            ("cd \"$STACK\"\nterraform init -backend-config=env/prod.hcl $EXTRA", "?: <env/prod.hcl …"),
            ("terraform init -backend-config=\"$FILE\" -backend-config=key=k", "infra: key=k …"),
        ] {
            assert_eq!(shown(".github/workflows/a.yml", &step(script)), [wanted], "{script}");
        }
        assert!(shown(".github/workflows/a.yml", &step("terraform init\necho -backend-config=x=y")).is_empty());
    }

    #[test]
    fn pipelines_do_too() {
        let text = "plan:\n  before_script:\n    - cd infra\n  script:\n    - terraform init -backend-config=address=\"http://x/y\"\n";
        assert_eq!(shown(".gitlab-ci.yml", text), ["infra: address=http://x/y"]);
    }
}
