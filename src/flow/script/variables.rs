//! What variables hold while a job is followed.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Taint;

/// Names that hide one of another layer and hold nothing themselves are looked past so often.
const MAX_HIDDEN: usize = 4096;

/// The variables of a job, over those that every job of a file begins with.
#[derive(Clone, Default, Debug)]
pub(super) struct Variables {
    shared: Arc<Layer>,
    own: Layer,
}

/// Variables, by who sees them.
#[derive(Clone, Default, Debug)]
pub struct Layer {
    /// What the programs that a script runs can see. In a job's own layer an empty one hides what all jobs share.
    environment: BTreeMap<String, Vec<Taint>>,
    /// Variables of a script that it does not give to the programs it runs.
    locals: BTreeMap<String, Vec<Taint>>,
    /// What no program sees: `steps.x.outputs.y`, `$x` of PowerShell and Python, `1`.
    others: BTreeMap<String, Vec<Taint>>,
}

/// Where a variable is kept.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
    Environment,
    Local,
    Other,
}

/// What a variable held before it was bound.
#[derive(Clone, Debug)]
pub(super) struct Before {
    kind: Kind,
    name: String,
    held: Option<Vec<Taint>>,
}

impl Layer {
    fn is_empty(&self) -> bool {
        self.environment.is_empty() && self.locals.is_empty() && self.others.is_empty()
    }
}

impl Variables {
    /// No variable but those that all jobs share.
    pub(super) fn over(shared: Arc<Layer>) -> Self {
        Self { shared, own: Layer::default() }
    }

    /// The variables as those that all jobs share.
    pub(super) fn into_shared(self) -> Arc<Layer> {
        let Self { shared, own } = self;
        if shared.is_empty() {
            return Arc::new(own);
        }
        let mut both = Layer::clone(&shared);
        both.environment.extend(own.environment);
        both.locals.extend(own.locals);
        both.others.extend(own.others);
        Arc::new(both)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.own.is_empty() && self.shared.is_empty()
    }

    pub(super) fn get(&self, name: &str) -> &[Taint] {
        let found = match self.kind(name) {
            Kind::Other => self.own.others.get(name).or_else(|| self.shared.others.get(name)),
            Kind::Local => self.own.locals.get(name),
            Kind::Environment => self.own.environment.get(name).or_else(|| self.shared.environment.get(name)),
        };
        found.map_or(&[], Vec::as_slice)
    }

    /// What a program that the script runs can see of a variable.
    pub(super) fn exported(&self, name: &str) -> &[Taint] {
        if self.kind(name) == Kind::Environment { self.get(name) } else { &[] }
    }

    /// A variable holds these secrets now; none of them empties it.
    pub(super) fn bind(&mut self, name: &str, taints: Vec<Taint>) -> Before {
        self.put(self.kind(name), name, taints)
    }

    /// A script sets a variable of its own; one that stood in the environment stays there.
    pub(super) fn bind_local(&mut self, name: &str, taints: Vec<Taint>) -> Before {
        let kind = if is_plain(name) && self.get(name).is_empty() { Kind::Local } else { self.kind(name) };
        self.put(kind, name, taints)
    }

    /// A script gives a variable to the programs that it runs.
    pub(super) fn export(&mut self, name: &str, taints: Vec<Taint>) -> Vec<Before> {
        let hidden = self.put(Kind::Local, name, Vec::new());
        vec![hidden, self.bind(name, taints)]
    }

    fn put(&mut self, kind: Kind, name: &str, taints: Vec<Taint>) -> Before {
        let hides = kind != Kind::Local && (self.shared.environment.contains_key(name) || self.shared.others.contains_key(name));
        let held = (!taints.is_empty() || hides).then_some(taints);
        Before { kind, name: name.to_owned(), held: self.replace(kind, name, held) }
    }

    /// Gives a variable back what it held.
    pub(super) fn undo(&mut self, before: Before) {
        self.replace(before.kind, &before.name, before.held);
    }

    fn replace(&mut self, kind: Kind, name: &str, held: Option<Vec<Taint>>) -> Option<Vec<Taint>> {
        let of_tree = |map: &mut BTreeMap<String, Vec<Taint>>, held| match held {
            Some(held) => map.insert(name.to_owned(), held),
            None => map.remove(name),
        };
        match (kind, held) {
            (Kind::Environment, held) => of_tree(&mut self.own.environment, held),
            (Kind::Local, held) => of_tree(&mut self.own.locals, held),
            (Kind::Other, held) => of_tree(&mut self.own.others, held),
        }
    }

    fn kind(&self, name: &str) -> Kind {
        match name {
            _ if !is_plain(name) => Kind::Other,
            _ if self.own.locals.contains_key(name) => Kind::Local,
            _ => Kind::Environment,
        }
    }

    /// What the first variables hold whose names begin so: outputs of a step, of all jobs.
    pub(super) fn below(&self, start: &str, count: usize) -> Vec<&[Taint]> {
        let of = |map: &'_ BTreeMap<String, Vec<Taint>>| -> Vec<String> {
            let range = map.range(start.to_owned()..).take_while(|(name, _)| name.starts_with(start));
            range.filter(|(_, taints)| !taints.is_empty()).take(count).map(|(name, _)| name.clone()).collect()
        };
        let mut names = of(&self.own.others);
        names.extend(of(&self.shared.others));
        names.sort_unstable();
        names.dedup();
        names.truncate(count);
        names.iter().map(|name| self.get(name)).filter(|taints| !taints.is_empty()).collect()
    }

    /// The first variables that hold secrets, in the order of their names; costs what it returns, however many there are.
    pub(super) fn first(&self, count: usize, with_locals: bool) -> Vec<(&str, &[Taint])> {
        let own = &self.own;
        let mut found: Vec<(&str, &[Taint])> = filled(&own.environment).take(count).collect();
        // Behind so many of its own no other one comes.
        let last = found.get(count.wrapping_sub(1)).map(|(name, _)| *name);
        let shared = filled(&self.shared.environment).take_while(|(name, _)| last.is_none_or(|last| *name <= last));
        found.extend(shared.take(MAX_HIDDEN).filter(|(name, _)| !own.environment.contains_key(*name)).take(count));
        found.extend(filled(&own.locals).filter(|_| with_locals).take(count));
        found.sort_unstable_by_key(|(name, _)| *name);
        found.dedup_by_key(|(name, _)| *name);
        found.truncate(count);
        found
    }
}

fn filled(map: &BTreeMap<String, Vec<Taint>>) -> impl Iterator<Item = (&str, &[Taint])> {
    map.iter().filter(|(_, taints)| !taints.is_empty()).map(|(name, taints)| (name.as_str(), taints.as_slice()))
}

/// Whether it is the name of a variable of an environment.
fn is_plain(name: &str) -> bool {
    name.starts_with(|c: char| c.is_alphabetic() || c == '_') && !name.contains('.')
}

#[cfg(test)]
mod tests {
    use super::super::{Nature, Place, State, Taint};
    use super::Variables;

    fn taint() -> Vec<Taint> {
        vec![State::default().secret("x", Place::default(), Nature::Masked)]
    }

    fn names(variables: &Variables, count: usize, with_locals: bool) -> Vec<&str> {
        variables.first(count, with_locals).into_iter().map(|(name, _)| name).collect()
    }

    #[test]
    fn a_job_stands_over_what_all_share() {
        let mut all = Variables::default();
        ["A", "B", "C", "steps.x.outputs.y"].iter().for_each(|name| drop(all.bind(name, taint())));
        let mut job = Variables::over(all.into_shared());
        let before = job.bind("B", Vec::new());
        drop(job.bind("D", taint()));
        drop(job.bind_local("L", taint()));
        drop(job.bind_local("A", taint()));
        assert_eq!(names(&job, 9, false), ["A", "C", "D"]);
        assert_eq!(names(&job, 9, true), ["A", "C", "D", "L"]);
        assert_eq!(names(&job, 2, true), ["A", "C"]);
        assert!(job.get("B").is_empty() && !job.get("steps.x.outputs.y").is_empty());
        job.undo(before);
        assert_eq!(names(&job, 2, false), ["A", "B"]);
        drop(job.bind("steps.x.outputs.y", Vec::new()));
        assert!(job.get("steps.x.outputs.y").is_empty());
    }

    #[test]
    fn a_local_variable_is_exported_later() {
        let mut job = Variables::default();
        drop(job.bind_local("L", taint()));
        let befores = job.export("L", taint());
        assert_eq!(names(&job, 9, false), ["L"]);
        befores.into_iter().rev().for_each(|before| job.undo(before));
        assert_eq!(names(&job, 9, false), [""; 0]);
        assert_eq!(names(&job, 9, true), ["L"]);
    }
}
