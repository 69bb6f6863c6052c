//! What jobs leave for others: the files of `artifacts:paths`, the variables of `dotenv` reports.

use std::collections::HashMap;
use std::sync::Arc;

use super::super::order::after_needs;
use super::super::script::{self, Left, State};
use crate::formats::gitlab_ci::{Job, Pipeline};

/// The jobs that run, by their stages, each after those that it needs; with the number of the stage.
pub(super) fn in_order<'p, 'a>(pipeline: &'p Pipeline<'a>) -> Vec<(usize, &'p Job<'a>)> {
    let stages = pipeline.stages();
    let unknown = stages.get("test").copied().unwrap_or(1);
    let stage = |job: &Job<'_>| stages.get(&job.stage()).copied().unwrap_or(unknown);
    let mut jobs: Vec<(usize, &Job<'a>)> = pipeline.jobs().iter().filter(|job| !job.is_hidden()).map(|job| (stage(job), job)).collect();
    jobs.sort_by_key(|(stage, _)| *stage);
    let index: HashMap<&str, usize> = jobs.iter().enumerate().map(|(at, (_, job))| (&*job.name, at)).collect();
    let needs = |at: usize| {
        let needs = jobs.get(at).and_then(|(_, job)| job.needs()).unwrap_or_default();
        needs.iter().filter_map(|(name, _)| index.get(&**name).copied()).collect()
    };
    after_needs(jobs.len(), needs).into_iter().filter_map(|at| jobs.get(at).copied()).collect()
}

/// What was left so far.
#[derive(Default)]
pub(super) struct Between {
    by_job: HashMap<String, Arc<Left>>,
    /// Of all stages before the one that runs.
    earlier: Arc<Left>,
    /// Of the stage that runs.
    pending: Vec<Arc<Left>>,
    stage: usize,
}

impl Between {
    /// What a job of this stage finds.
    pub(super) fn found(&mut self, job: &Job<'_>, stage: usize) -> Vec<Arc<Left>> {
        if stage > self.stage {
            self.stage = stage;
            let pending = std::mem::take(&mut self.pending);
            pending.into_iter().for_each(|left| Arc::make_mut(&mut self.earlier).extend(Left::clone(&left)));
        }
        match job.takes_from() {
            Some(names) => names.iter().filter_map(|name| self.by_job.get(&**name).cloned()).collect(),
            None if self.earlier.is_empty() => Vec::new(),
            None => vec![Arc::clone(&self.earlier)],
        }
    }

    /// Takes what a job leaves.
    pub(super) fn leave(&mut self, job: &Job<'_>, state: &State) {
        let mut left = Left::default();
        let paths = job.artifact_paths();
        for (path, at) in &paths {
            let place = at.place();
            for (file, taints) in state.taken(&script::path("", "", path)) {
                let kept = left.files.entry(file.to_owned());
                kept.or_insert_with(|| taints.iter().cloned().map(|taint| taint.through(place)).collect());
            }
        }
        for (file, at) in job.dotenv_reports() {
            for (name, taints) in state.names_in(&script::path("", "", &file)) {
                let place = at.place();
                left.variables.insert(name.clone(), taints.iter().cloned().map(|taint| taint.through(place)).collect());
            }
        }
        if !left.is_empty() {
            let left = Arc::new(left);
            self.pending.push(Arc::clone(&left));
            self.by_job.insert(job.name.clone().into_owned(), left);
        }
    }
}
