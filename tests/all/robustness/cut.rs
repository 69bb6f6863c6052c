//! Files that are cut off, or damaged, at every place: nothing fails, nothing is silent, and what stands before is still found.

use caulk::catalogue::Severity;
use caulk::config::Config;
use caulk::report::Report;

use crate::samples::{self, SAMPLES, Sample};

fn lint(files: &[(String, Vec<u8>)]) -> Report {
    let files: Vec<(&str, Vec<u8>)> = files.iter().map(|(path, bytes)| (path.as_str(), bytes.clone())).collect();
    caulk::lint_tree(&files, &Config { min_severity: Severity::Info, ..Config::default() })
}

#[track_caller]
fn nothing_failed(report: &Report) {
    let failed: Vec<&str> =
        report.findings.iter().filter(|r| r.finding.page.id == "core/internal-error").map(|r| r.file.as_str()).collect();
    assert!(failed.is_empty(), "caulk failed on {failed:?}");
}

/// A small generator of numbers, so that a failure can be repeated.
pub(super) struct Numbers(pub(super) u64);

impl Numbers {
    pub(super) fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % end.max(1)
    }
}

/// One file cut at each of its characters, each in a folder of its own.
fn cut_everywhere(sample: &Sample) {
    let (text, tokens) = sample.fill("cut");
    assert!(text.len() <= 2_048, "{} is {} bytes long", sample.path, text.len());
    let ends: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
    let files: Vec<(String, Vec<u8>)> =
        ends.iter().map(|end| (format!("{end}/{}", sample.path), text.as_bytes()[..*end].to_vec())).collect();
    let report = lint(&files);
    nothing_failed(&report);
    let whole = lint(&[(sample.path.to_owned(), text.clone().into_bytes())]);
    for end in ends {
        let path = format!("{end}/{}", sample.path);
        let found = |report: &Report, path: &str, from: usize, to: usize| {
            report.findings.iter().any(|reported| {
                let span = reported.finding.place.span.range();
                reported.file == path && span.start <= from && to <= span.end
            })
        };
        for token in &tokens {
            let from = text.find(token.as_str()).unwrap();
            let to = from + token.len();
            // A token right at the cut may be the beginning of something longer.
            // In text that is not decoded a colour's last letter stands right before it.
            let glued = text[..from].ends_with("\\u001b[31m");
            let must = to < end && !glued && found(&whole, sample.path, from, to);
            assert!(!must || found(&report, &path, from, to), "{path}: the token at {from} is no longer found:\n{}", &text[..end]);
        }
        let coverage = &report.coverage;
        let seen = coverage.files.iter().any(|(file, _)| *file == path) || coverage.passed_over.iter().any(|entry| entry.path == path);
        assert!(seen, "{path} is silent");
    }
}

#[test]
fn github_actions_is_cut_everywhere() {
    samples::of("github-actions").for_each(cut_everywhere);
}

#[test]
fn gitlab_ci_is_cut_everywhere() {
    samples::of("gitlab-ci").for_each(cut_everywhere);
}

#[test]
fn compose_is_cut_everywhere() {
    samples::of("compose").for_each(cut_everywhere);
}

#[test]
fn kubernetes_is_cut_everywhere() {
    samples::of("kubernetes").for_each(cut_everywhere);
}

#[test]
fn terraform_is_cut_everywhere() {
    samples::of("terraform").for_each(cut_everywhere);
}

#[test]
fn tfvars_is_cut_everywhere() {
    samples::of("tfvars").for_each(cut_everywhere);
}

#[test]
fn tfstate_is_cut_everywhere() {
    samples::of("tfstate").for_each(cut_everywhere);
}

#[test]
fn notebook_is_cut_everywhere() {
    samples::of("notebook").for_each(cut_everywhere);
}

#[test]
fn text_is_cut_everywhere() {
    samples::of("text").for_each(cut_everywhere);
}

/// Everything in `fixtures/`, cut at 200 seeded places.
#[test]
fn fixtures_are_cut_at_seeded_places() {
    let mut numbers = Numbers(1);
    for (path, bytes) in fixtures() {
        let cuts = (0..200).map(|index| (format!("{index}/{path}"), bytes[..numbers.below(bytes.len())].to_vec()));
        nothing_failed(&lint(&cuts.collect::<Vec<_>>()));
    }
}

/// Bytes overwritten, dropped and doubled at seeded places of every sample.
#[test]
fn damaged_files_are_survived() {
    let mut numbers = Numbers(2);
    let odd: &[&[u8]] = &[
        b"\0",
        b"\xff",
        b"\n",
        b"\t",
        b"\"",
        b"'",
        b"{",
        b"}",
        b"[",
        b"]",
        b":",
        b"- ",
        b"&a ",
        b"*a",
        b"!!x ",
        b"|",
        b">-\n",
        b"#",
        b"${",
        b"%{",
        b"${{",
        b"}}",
        b"<<EOF\n",
        b"\\",
        b"\\u",
        b"\xef\xbb\xbf",
        b"\r",
        b"---\n",
        b"? ",
        b"%",
        b"`",
        b"$(",
        b"\xf0\x9f\xa6\x80",
    ];
    for sample in SAMPLES {
        let text = sample.fill("damage").0.into_bytes();
        let mut files = Vec::new();
        for index in 0..400 {
            let mut bytes = text.clone();
            for _ in 0..=numbers.below(3) {
                let (at, length) = (numbers.below(bytes.len()), numbers.below(4));
                let end = (at + length).min(bytes.len());
                bytes.splice(at..end, odd[numbers.below(odd.len())].iter().copied());
            }
            files.push((format!("{index}/{}", sample.path), bytes));
        }
        nothing_failed(&lint(&files));
    }
}

fn fixtures() -> Vec<(String, Vec<u8>)> {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let mut pending = vec![root.clone()];
    let mut files = Vec::new();
    while let Some(directory) = pending.pop() {
        for entry in std::fs::read_dir(directory).unwrap().flatten() {
            let path = entry.path();
            if path.is_dir() {
                pending.push(path);
            } else {
                files.push((path.strip_prefix(&root).unwrap().to_str().unwrap().to_owned(), std::fs::read(&path).unwrap()));
            }
        }
    }
    files.sort();
    assert!(files.len() > 10);
    files
}
