//! Where in a literal a text stands: under which name, behind which decoders, at which path.

use std::borrow::Cow;

use crate::literal::{LogicalPath, PathBuilder};
use crate::secrets::Custom;
use crate::secrets::names::Telling;

/// A path of more steps is not read; deep nesting must not cost its square.
const MAX_PATH: usize = 64;

/// Where in the literal a text stands.
#[derive(Clone)]
pub(super) struct Scope<'s> {
    pub(super) custom: &'s Custom,
    /// The name it stands under.
    pub(super) name: Cow<'s, str>,
    /// What the name promises.
    pub(super) telling: Option<Telling>,
    /// The path inside the literal.
    pub(super) trail: Trail<'s>,
    /// The decoders it went through.
    pub(super) chain: Vec<&'static str>,
    /// Its name says nothing about all of it, only about parts.
    pub(super) nameless: bool,
}

/// A path that is built only when something is found at its end: most end at nothing.
#[derive(Clone, Copy)]
pub(super) enum Trail<'s> {
    Start,
    Then(&'s Trail<'s>, &'s dyn Fn() -> LogicalPath),
}

impl Trail<'_> {
    pub(super) fn is_empty(&self) -> bool {
        matches!(self, Self::Start)
    }

    pub(super) fn build(&self) -> LogicalPath {
        let mut steps = Vec::new();
        let mut trail = self;
        while let Self::Then(before, step) = trail {
            steps.push(step());
            trail = before;
        }
        steps.into_iter().rev().fold(LogicalPath::default(), |path, step| behind(path, &step))
    }
}

impl<'s> Scope<'s> {
    pub(super) fn named(name: Cow<'s, str>, custom: &'s Custom) -> Self {
        Self { custom, telling: custom.telling(&name), name, trail: Trail::Start, chain: Vec::new(), nameless: false }
    }

    pub(super) fn under<'i>(&'i self, name: &'i str) -> Scope<'i> {
        let telling = self.custom.telling(name);
        Scope { custom: self.custom, name: name.into(), telling, trail: self.trail, chain: self.chain.clone(), nameless: false }
    }

    pub(super) fn through(&self, decoder: &'static str) -> Self {
        let mut scope = self.clone();
        scope.chain.push(decoder);
        scope
    }

    /// A path inside what stands here.
    pub(super) fn at<'i>(&'i self, inner: &'i dyn Fn() -> LogicalPath) -> Scope<'i> {
        Scope { trail: Trail::Then(&self.trail, inner), ..self.clone() }
    }

    /// What stands here under a name of its own.
    pub(super) fn inside<'i>(&'i self, name: &'i str, inner: &'i dyn Fn() -> LogicalPath) -> Scope<'i> {
        Scope { trail: Trail::Then(&self.trail, inner), ..self.under(name) }
    }
}

/// A path that goes on inside of what stands at another.
pub(super) fn behind(outer: LogicalPath, inner: &LogicalPath) -> LogicalPath {
    if outer.shown.is_empty() {
        return inner.clone();
    }
    LogicalPath { shown: join(&outer.shown, &inner.shown), stable: join(&outer.stable, &inner.stable) }
}

fn join(outer: &str, inner: &str) -> String {
    if inner.is_empty() { outer.to_owned() } else { format!("{outer} → {inner}") }
}

/// The steps of paths in a document, each with the one before it.
#[derive(Default)]
pub(super) struct Steps<'t>(Vec<(Option<usize>, usize, Step<'t>)>);

pub(super) enum Step<'t> {
    Key(Cow<'t, str>),
    Index(usize),
}

impl<'t> Steps<'t> {
    /// One step further; beyond `MAX_PATH` a path stays where it is.
    pub(super) fn then(&mut self, before: Option<usize>, step: Step<'t>) -> Option<usize> {
        let depth = before.and_then(|before| self.0.get(before)).map_or(0, |(_, depth, _)| depth + 1);
        if depth >= MAX_PATH {
            return before;
        }
        self.0.push((before, depth, step));
        Some(self.0.len() - 1)
    }

    pub(super) fn path(&self, last: Option<usize>) -> LogicalPath {
        let back = std::iter::successors(last.and_then(|last| self.0.get(last)), |(before, ..)| before.and_then(|at| self.0.get(at)));
        let steps: Vec<&Step<'t>> = back.map(|(.., step)| step).collect();
        let path = steps.iter().rev().fold(PathBuilder::default(), |path, step| match step {
            Step::Key(key) => path.key(key),
            Step::Index(index) => path.index(*index),
        });
        path.build()
    }
}
