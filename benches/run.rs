//! Whole runs: generated trees, one file with many findings, inputs that double, start-up.
//!
//! `cargo bench --bench run`. Growth is read off the `doubling` group: each line is twice the input of the one above and must
//! take at most 2.2 times as long.

#[path = "generate/mod.rs"]
mod generate;

use std::process::Command;

use caulk::config::Config;
use caulk::report::{Output, write};
use divan::Bencher;
use divan::counter::{BytesCount, ItemsCount};
use generate::{File, Numbers};

fn main() {
    divan::main();
}

fn lint(files: &[File]) -> usize {
    let files: Vec<(&str, Vec<u8>)> = files.iter().map(|(path, text)| (path.as_str(), text.clone().into_bytes())).collect();
    let report = caulk::lint_tree(&files, &Config { jobs: 1, ..Config::default() });
    let mut out = Vec::new();
    assert!(write(&report, Output::Json, &mut out).is_ok());
    out.len()
}

fn measure(bencher: Bencher<'_, '_>, files: &[File]) {
    let bytes: usize = files.iter().map(|(_, text)| text.len()).sum();
    bencher.counter(BytesCount::new(bytes)).counter(ItemsCount::new(files.len())).bench_local(|| lint(files));
}

/// Services, each with a dozen files of every format.
#[divan::bench(args = [10, 100], sample_count = 5)]
fn generated_tree(bencher: Bencher<'_, '_>, services: usize) {
    measure(bencher, &generate::tree(1, services));
}

#[divan::bench(args = ["github-actions", "kubernetes", "terraform", "tfstate", "text"], sample_count = 5)]
fn ten_thousand_findings(bencher: Bencher<'_, '_>, format: &str) {
    measure(bencher, &[generate::leaky(format, 10_000)]);
}

mod doubling {
    use super::*;

    fn sizes() -> [usize; 4] {
        [1_000, 2_000, 4_000, 8_000]
    }

    fn one(bencher: Bencher<'_, '_>, path: &str, text: String) {
        measure(bencher, &[(path.to_owned(), text)]);
    }

    #[divan::bench(args = sizes(), sample_count = 3)]
    fn workflow_jobs(bencher: Bencher<'_, '_>, size: usize) {
        one(bencher, ".github/workflows/a.yml", generate::workflow(&mut Numbers::new(1), size / 4));
    }

    #[divan::bench(args = sizes(), sample_count = 3)]
    fn pipeline_jobs(bencher: Bencher<'_, '_>, size: usize) {
        one(bencher, ".gitlab-ci.yml", generate::pipeline(&mut Numbers::new(1), size / 4));
    }

    /// Up to ten thousand lines in the script of one step.
    #[divan::bench(args = sizes(), sample_count = 3)]
    fn lines_of_one_step(bencher: Bencher<'_, '_>, size: usize) {
        one(bencher, ".github/workflows/a.yml", generate::one_step(size * 5 / 4));
    }

    /// Up to a thousand steps in one job, each of which hands a value to the next one.
    #[divan::bench(args = sizes(), sample_count = 3)]
    fn steps_of_one_job(bencher: Bencher<'_, '_>, size: usize) {
        one(bencher, ".github/workflows/a.yml", generate::one_job(size / 8));
    }

    /// Up to a thousand jobs, each of which needs what the one before left.
    #[divan::bench(args = sizes(), sample_count = 3)]
    fn jobs_that_need_each_other(bencher: Bencher<'_, '_>, size: usize) {
        one(bencher, ".gitlab-ci.yml", generate::chain(size / 8));
    }

    /// The same, where every job takes what all stages before it left.
    #[divan::bench(args = sizes(), sample_count = 3)]
    fn stages(bencher: Bencher<'_, '_>, size: usize) {
        one(bencher, ".gitlab-ci.yml", generate::stages(size / 8));
    }

    #[divan::bench(args = sizes(), sample_count = 3)]
    fn compose_services(bencher: Bencher<'_, '_>, size: usize) {
        one(bencher, "compose.yaml", generate::compose(&mut Numbers::new(1), size / 4));
    }

    #[divan::bench(args = sizes(), sample_count = 3)]
    fn manifests(bencher: Bencher<'_, '_>, size: usize) {
        one(bencher, "a.yaml", generate::manifests(&mut Numbers::new(1), size / 4));
    }

    #[divan::bench(args = sizes(), sample_count = 3)]
    fn terraform_resources(bencher: Bencher<'_, '_>, size: usize) {
        one(bencher, "main.tf", generate::terraform(&mut Numbers::new(1), size));
    }

    #[divan::bench(args = sizes(), sample_count = 3)]
    fn state_resources(bencher: Bencher<'_, '_>, size: usize) {
        one(bencher, "terraform.tfstate", generate::state(&mut Numbers::new(1), size));
    }

    #[divan::bench(args = sizes(), sample_count = 3)]
    fn notebook_cells(bencher: Bencher<'_, '_>, size: usize) {
        one(bencher, "a.ipynb", generate::notebook(&mut Numbers::new(1), size));
    }

    #[divan::bench(args = sizes(), sample_count = 3)]
    fn findings_in_text(bencher: Bencher<'_, '_>, size: usize) {
        measure(bencher, &[generate::leaky("text", size)]);
    }

    #[divan::bench(args = sizes(), sample_count = 3)]
    fn findings_in_a_manifest(bencher: Bencher<'_, '_>, size: usize) {
        measure(bencher, &[generate::leaky("kubernetes", size)]);
    }

    #[divan::bench(args = sizes(), sample_count = 3)]
    fn findings_in_one_line_of_state(bencher: Bencher<'_, '_>, size: usize) {
        measure(bencher, &[generate::leaky("tfstate", size)]);
    }
}

/// The process from nothing to its report on one small file: at most 10 ms.
#[divan::bench(sample_count = 50)]
fn start_up(bencher: Bencher<'_, '_>) {
    let Ok(folder) = tempfile::tempdir() else { return };
    let (_, text) = generate::leaky("github-actions", 1);
    assert!(std::fs::write(folder.path().join("action.yml"), text).is_ok());
    let run = || Command::new(env!("CARGO_BIN_EXE_caulk")).args(["lint", "action.yml"]).current_dir(folder.path()).output();
    bencher.bench_local(|| assert!(run().is_ok()));
}
