//! Local actions and called workflows of the same repository.

use super::super::script::{Leak, State, Taint};
use super::{Around, Leaked, MAX_DEPTH, Outputs, Run, brought_home, handed_by, sources};
use crate::formats::github_actions::{Job, Step, Workflow};
use crate::literal::LogicalPath;
use crate::source::SourceId;
use crate::syntax::yaml::Tree;

impl Run {
    /// A step uses an action of the repository: what the action does with what it is given, and what it hands back.
    pub(super) fn local_action(
        &mut self,
        around: &Around<'_, '_>,
        step: &Step<'_>,
        folder: &str,
        state: &mut State,
    ) -> (Vec<(Leak, LogicalPath)>, Outputs) {
        let repository = around.workflow.repository().filter(|_| self.depth < MAX_DEPTH && self.files > 0);
        let names = ["action.yml", "action.yaml"];
        let read = |name: &&str| around.workflow.local(&format!("{folder}/{name}"));
        let source = repository.and_then(|_| names.iter().find_map(read));
        let (Some(source), Some(repository)) = (source, repository) else { return Default::default() };
        self.files -= 1;
        let tree = Tree::parse(&source.text);
        let Some(action) = Workflow::new(&source, &tree) else { return Default::default() };
        let action = action.inside(repository);
        let Some(job) = action.jobs().into_iter().find(|job| job.id().is_none()) else { return Default::default() };
        let (outer, before) = (around.workflow.source().id, self.leaked.len());
        self.depth += 1;
        let (handed, _) = state.scoped(|state| {
            for field in step.env() {
                sources::bind(&field, state);
            }
            for field in step.inputs() {
                let given = sources::of_field(&field, state);
                let given = given
                    .into_iter()
                    .map(|taint| {
                        let at = taint.at;
                        taint.through(at)
                    })
                    .collect();
                state.bind(&sources::input(&field.name()), given);
            }
            self.job(&action, &job, state)
        });
        self.depth -= 1;
        let home = step.uses().unwrap_or_default();
        let inside: Vec<Leaked> = self.leaked.drain(before..).filter(|leaked| is_told_here(leaked, outer, source.id)).collect();
        let found = inside.into_iter().map(|mut leaked| {
            brought_home(&mut leaked.leak, outer, home);
            (leaked.leak, step.path(&["uses"]))
        });
        (found.collect(), handed)
    }

    /// A job calls a workflow of the repository.
    pub(super) fn called_workflow(&mut self, workflow: &Workflow<'_>, job: &Job<'_>, state: &mut State) -> Outputs {
        let path = job.called_path();
        let repository = workflow.repository().filter(|_| self.depth < MAX_DEPTH && self.files > 0);
        let source = path.filter(|_| repository.is_some()).and_then(|path| workflow.local(&path));
        let (Some(source), Some(repository)) = (source, repository) else { return Vec::new() };
        self.files -= 1;
        let tree = Tree::parse(&source.text);
        let Some(called) = Workflow::new(&source, &tree) else { return Vec::new() };
        let called = called.inside(repository);
        let mut inputs: Vec<(String, Vec<Taint>)> = Vec::new();
        for field in job.inputs() {
            let given = sources::of_field(&field, state);
            inputs.push((
                sources::input(&field.name()),
                given
                    .into_iter()
                    .map(|taint| {
                        let at = taint.at;
                        taint.through(at)
                    })
                    .collect(),
            ));
        }
        let (outer, before) = (workflow.source().id, self.leaked.len());
        self.depth += 1;
        let done = self.workflow(&called, &inputs, state);
        self.depth -= 1;
        let inside: Vec<Leaked> = self.leaked.drain(before..).filter(|leaked| is_told_here(leaked, outer, source.id)).collect();
        for mut leaked in inside {
            brought_home(&mut leaked.leak, outer, workflow.source().place(job.opener()));
            leaked.opener = job.opener();
            self.leaked.push(leaked);
        }
        state.next_job();
        for (id, outputs) in &done {
            handed_by(id, outputs.iter(), state);
        }
        let outputs = called.outputs().into_iter().map(|field| {
            let found = sources::of_field(&field, state).into_iter().map(|taint| taint.through(field.key()));
            (field.name().into_owned(), found.collect::<Vec<_>>())
        });
        outputs.filter(|(_, taints)| !taints.is_empty()).collect()
    }
}

/// Whether what happens in another file is this file's doing: it handed the secret over.
fn is_told_here(leaked: &Leaked, own: SourceId, other: SourceId) -> bool {
    leaked.origin.place.source != other || leaked.leak.taint.hops.iter().any(|hop| hop.source == own)
}
