//! Every page of `checks/` is a test of its own: each example is linted as a small directory, and what the check reports must be
//! exactly the marked places with exactly the quoted messages. What it proposes to change is carried out and linted again.
//!
//! `cargo test secret-in-log` runs the pages with that name.

mod fixed;

use caulk::catalogue::{Example, ExampleFile, MarkKind, Page, Severity};
use caulk::config::Config;
use caulk::report::{Report, Reported};
use caulk::source::SourceId;
use fixed::{Fixed, mends};
use libtest_mimic::{Arguments, Failed, Trial};

/// What no file can provoke has no bad example; a test beside the code stands in for it.
const UNPROVOKED: &[&str] = &["core/internal-error", "core/new-suppression"];

fn main() {
    let mut trials = Vec::new();
    for check in caulk::checks::all() {
        let page = &check.page;
        trials.push(Trial::test(format!("{} (page)", page.id), move || form(page)));
        let expand = |kind: &str, title: &str| caulk::secrets::sample(kind, &format!("{} {title}", page.id));
        let all = || Ok((page.examples(&expand)?, Fixed::of(page, &expand)?));
        match all() {
            Err::<_, caulk::catalogue::PageError>(error) => trials.push(Trial::test(page.id, move || Err(Failed::from(error.0)))),
            Ok((examples, fixed)) => trials.extend(examples.into_iter().map(|example| {
                let fixed = fixed.titled(&example.title);
                let kind = if example.bad { "bad" } else { "good" };
                // A check without functions is reported by the pipeline; its examples are linted all the same.
                Trial::test(format!("{} ({kind}: {})", page.id, example.title), move || run(page, &example, &fixed))
            })),
        }
    }
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}

/// The parts every page has, and how they are written.
fn form(page: &Page) -> Result<(), Failed> {
    let header = page.parse_header().map_err(|error| error.0)?;
    let mut wrong = Vec::new();
    let mut must = |holds: bool, what: &str| {
        if !holds {
            wrong.push(what.to_owned());
        }
    };
    must(page.body().starts_with("# "), "the page has a `#` title after its header");
    must(!page.title().ends_with('.'), "the title does not end in a stop");
    must(page.why().len() > 80, "the why says what can happen, to whom, by whose act");
    let sections: Vec<&str> = page.sections().iter().map(|section| section.title).collect();
    must(sections.starts_with(&["Fix", "Bad", "Good"]), "the sections are Fix, Bad, Good, in this order");
    let more = sections.get(3..).unwrap_or_default();
    must(more.iter().all(|title| ["Fixed", "Fixed with --unsafe"].contains(title)), "after them there is only what the fixes make");
    must(page.section("Fix").is_some_and(|fix| !fix.trim().is_empty()), "`## Fix` says what to do");
    must(header.references.iter().all(|reference| reference.starts_with("https://")), "references are https");
    must(header.since.split('.').count() == 3, "`since` is a version");
    let examples = page.examples(&|kind, title| caulk::secrets::sample(kind, title)).map_err(|error| error.0)?;
    must(examples.iter().any(|example| example.bad) != UNPROVOKED.contains(&page.id), "there is a bad example");
    must(examples.iter().any(|example| !example.bad), "there is a good example");
    let fixed = Fixed::of(page, &|kind, title| caulk::secrets::sample(kind, title)).map_err(|error| error.0)?;
    let bad: Vec<&str> = examples.iter().filter(|example| example.bad).map(|example| example.title.as_str()).collect();
    must(fixed.titles().all(|title| bad.contains(&title)), "what is fixed has the title of a bad example");
    for example in &examples {
        let marks = example.files.iter().flat_map(|file| &file.marks);
        let findings = marks.filter(|mark| mark.kind == MarkKind::Finding).count();
        must(example.bad == (findings > 0), &format!("example “{}”: bad ones have marks, good ones have none", example.title));
        must(example.messages.len() == findings, &format!("example “{}”: one `>` line for each mark", example.title));
        for message in &example.messages {
            let text =
                message.split_once(": ").filter(|(case, _)| header.cases.contains_key(*case)).map_or(message.as_str(), |(_, text)| text);
            must(!text.ends_with('.'), &format!("message “{text}” does not end in a stop"));
            must(!text.starts_with(char::is_uppercase) || text.starts_with("URL"), &format!("message “{text}” begins in lower case"));
            must(text.chars().count() <= 160, &format!("message “{text}” is at most 160 characters long"));
        }
    }
    if wrong.is_empty() { Ok(()) } else { Err(format!("{}:\n  - {}", page.id, wrong.join("\n  - ")).into()) }
}

/// What is compared: file, first byte, one past the last byte, message with its case.
type Seen = (String, usize, usize, String);

fn run(page: &'static Page, example: &Example, fixed: &Fixed) -> Result<(), Failed> {
    let files: Vec<(&str, Vec<u8>)> = example.files.iter().map(|file| (file.path.as_str(), written(file))).collect();
    let report = lint(&files);
    let ours: Vec<&Reported> = report.open().filter(|reported| reported.finding.page.id == page.id).collect();
    let mut found: Vec<Seen> = ours.iter().map(|reported| seen(reported)).collect();
    let mut expected = expected(example);
    found.sort();
    expected.sort();
    let mut labels: Vec<(String, usize, usize, String)> = ours.iter().flat_map(|reported| labels(&report, reported)).collect();
    let mut wanted_labels = wanted_labels(example);
    labels.sort();
    labels.dedup();
    wanted_labels.sort();
    // Labels are compared where the page marks some; a page need not mark every label.
    if found == expected && (wanted_labels.is_empty() || labels == wanted_labels) {
        return mends(page, example, fixed);
    }
    let mut text = format!("{}: example “{}”\n", page.id, example.title);
    difference(&mut text, "finding", example, &expected, &found);
    if !wanted_labels.is_empty() {
        difference(&mut text, "label", example, &wanted_labels, &labels);
    }
    Err(text.into())
}

/// Lints with everything shown.
fn lint(files: &[(&str, Vec<u8>)]) -> Report {
    let config = Config { min_severity: Severity::Info, pedantic: true, ..Config::default() };
    caulk::lint_tree(files, &config)
}

fn difference(text: &mut String, what: &str, example: &Example, expected: &[Seen], found: &[Seen]) {
    let show = |(path, start, end, message): &Seen| {
        let file = example.files.iter().find(|file| file.path == *path);
        let slice = file
            .map(|file| String::from_utf8_lossy(&written(file)).into_owned())
            .and_then(|body| body.get(*start..*end).map(str::to_owned));
        format!("{path}:{start}..{end} {:?}\n      says {message:?}", slice.unwrap_or_default())
    };
    for missing in expected.iter().filter(|item| !found.contains(item)) {
        text.push_str(&format!("  the page marks, and caulk does not report this {what}:\n    {}\n", show(missing)));
    }
    for extra in found.iter().filter(|item| !expected.contains(item)) {
        text.push_str(&format!("  caulk reports, and the page does not mark this {what}:\n    {}\n", show(extra)));
    }
}

fn seen(reported: &Reported) -> Seen {
    let case = reported.finding.case.map_or_else(String::new, |case| format!("{case}: "));
    let span = reported.finding.place.span.range();
    (reported.file.clone(), span.start, span.end, format!("{case}{}", reported.finding.message))
}

fn labels(report: &Report, reported: &Reported) -> Vec<Seen> {
    let path = |source: SourceId| report.sources.get(&source).map(|source| source.path.clone()).unwrap_or_default();
    let seen = |label: &caulk::finding::Label| {
        let span = label.place.span.range();
        (path(label.place.source), span.start, span.end, label.message.clone())
    };
    reported.finding.labels.iter().map(seen).collect()
}

fn expected(example: &Example) -> Vec<Seen> {
    marked(example, MarkKind::Finding, &example.messages)
}

fn wanted_labels(example: &Example) -> Vec<Seen> {
    marked(example, MarkKind::Label, &example.labels)
}

fn marked(example: &Example, kind: MarkKind, messages: &[String]) -> Vec<Seen> {
    let marks = example.files.iter().flat_map(|file| file.marks.iter().filter(move |mark| mark.kind == kind).map(move |mark| (file, mark)));
    marks
        .zip(messages)
        .map(|((file, mark), message)| (file.path.clone(), moved(file, mark.start), moved(file, mark.end), message.clone()))
        .collect()
}

/// Where an offset of the page's text lies in the decoded text of the file that is written.
fn moved(file: &ExampleFile, offset: usize) -> usize {
    let breaks = if file.fence.crlf { file.text[..offset].matches('\n').count() } else { 0 };
    let mark = if file.fence.bom || file.fence.utf16 { '\u{feff}'.len_utf8() } else { 0 };
    offset + breaks + mark
}

/// The file's bytes, as its fence says.
fn written(file: &ExampleFile) -> Vec<u8> {
    let mut text = file.text.clone();
    if file.fence.no_newline {
        text.truncate(text.trim_end_matches('\n').len());
    }
    if file.fence.crlf {
        text = text.replace('\n', "\r\n");
    }
    if file.fence.bom || file.fence.utf16 {
        text.insert(0, '\u{feff}');
    }
    if file.fence.utf16 { text.encode_utf16().flat_map(u16::to_le_bytes).collect() } else { text.into_bytes() }
}
