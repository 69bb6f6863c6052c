//! What scripts of the repository tell `terraform init` of a backend: `-backend-config=key=value` and `-backend-config=FILE`
//! (<https://developer.hashicorp.com/terraform/language/backend#partial-configuration>), also by the environment
//! (<https://developer.hashicorp.com/terraform/cli/config/environment-variables#tf_cli_args-and-tf_cli_args_name>) and by actions that
//! run it.
//!
//! Workflows, pipelines, Makefiles and shell scripts are read. A command counts for the module in its folder; where the folder cannot
//! be told (`cd "$STACK"`, a matrix, a script that may be run from anywhere), for every module.

mod read;

pub use read::{inits, is_script, tells};

use super::{Argument, ParsedFile, child_directory};
use crate::formats::Tree;
use crate::source::Place;

/// A `terraform init` that completes a backend.
#[derive(Clone, Debug, Default)]
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
    /// The one kind of backend that it is for, where it is not for any.
    pub of: Option<&'static str>,
    /// Whether that place is in a `*.tfbackend` file, which is linted as such.
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
            of: None,
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

/// The path of a file from the repository's root, as a command in a folder names it. What begins with `/` begins at that root.
fn file_in(folder: &str, path: &str) -> Option<String> {
    match path.strip_prefix('/') {
        Some(path) => child_directory(".", &format!("./{path}")),
        None => child_directory(folder, &format!("./{path}")),
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
                Told::File(path) => match file_in(folder, path).and_then(|path| tree.read(&path)) {
                    Some(file) => completion.settings.extend(Completion::of(&ParsedFile::new(file)).settings),
                    None => completion.is_whole = false,
                },
            }
        }
        Some(completion)
    }
}
