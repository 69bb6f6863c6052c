//! Containers as compose and Kubernetes start them: what they run, and which secrets they are given.

use std::collections::HashSet;

use crate::literal::LogicalPath;
use crate::source::{Place, Span, Text};

/// One container.
#[derive(Default)]
pub struct Container<'a> {
    /// Variables of its environment that it is given from a store of secrets, or whose names say so.
    pub secrets: Vec<Given>,
    /// Variables that it is given in the file, secret or not.
    pub variables: HashSet<String>,
    /// Whether `secrets` are all from a store; otherwise their names decide.
    pub stores: bool,
    /// Folders and files that secrets are mounted at.
    pub mounts: Vec<Given>,
    /// What it runs.
    pub runs: Vec<Executed<'a>>,
}

/// A secret that a container is given, and where.
#[derive(Default)]
pub struct Given {
    /// The variable, or the path in the container.
    pub name: String,
    /// Where the file says so.
    pub place: Place,
    /// The variables that its value is made of.
    pub refers: Vec<String>,
}

/// A command of a container: a list of words that no shell has seen, or text that is split like one.
pub struct Executed<'a> {
    /// Its words, as the container gets them.
    pub words: Vec<Text<'a>>,
    /// Ranges in the words that are replaced before the container starts: the word, the range, the variable. In the order
    /// of the words.
    pub replaced: Vec<(usize, Span, String)>,
    /// Its logical path.
    pub path: LogicalPath,
    /// Where it stands.
    pub opener: Span,
}

impl<'a> Executed<'a> {
    /// The script that a shell is given, `sh -c …`, and its place among the words; the whole where a text is one script.
    #[must_use]
    pub fn script(&self) -> Option<(usize, &Text<'a>)> {
        let name = self.words.first()?.as_str();
        let name = name.rsplit('/').next().unwrap_or(name);
        if self.words.len() == 1 {
            return self.words.first().map(|text| (0, text));
        }
        let is_shell = matches!(name, "sh" | "bash" | "ash" | "dash" | "zsh" | "CMD-SHELL");
        let flag = self.words.iter().position(|word| {
            let text = word.as_str();
            (text.starts_with('-') && !text.starts_with("--") && text.ends_with('c')) || text == "CMD-SHELL"
        })?;
        self.words.get(flag + 1).filter(|_| is_shell).map(|text| (flag + 1, text))
    }
}
