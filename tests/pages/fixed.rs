//! What a check proposes to change is carried out on its bad examples: the result is what the page says, to the byte; linted
//! again the finding is gone and nothing worse has come; a second fix finds nothing to do.

use std::collections::BTreeMap;

use caulk::catalogue::{Example, Page, PageError, Severity};
use caulk::fix::{edited, plan};
use caulk::report::{Report, Reported};
use caulk::source::SourceId;
use libtest_mimic::Failed;

use super::{lint, written};

/// What the page says that its bad examples become.
pub(super) struct Fixed {
    safe: Vec<Example>,
    with_unsafe: Vec<Example>,
    /// Whether the page shows any for safe fixes, and for the others.
    proves: [bool; 2],
}

impl Fixed {
    pub(super) fn of(page: &Page, expand: &dyn Fn(&str, &str) -> Option<String>) -> Result<Self, PageError> {
        let (safe, with_unsafe) = (page.fixed(false, expand)?, page.fixed(true, expand)?);
        let proves = [!safe.is_empty(), !with_unsafe.is_empty()];
        Ok(Self { safe, with_unsafe, proves })
    }

    pub(super) fn titles(&self) -> impl Iterator<Item = &str> {
        self.safe.iter().chain(&self.with_unsafe).map(|example| example.title.as_str())
    }

    /// What is about the example of this title.
    pub(super) fn titled(&self, title: &str) -> Self {
        let of = |list: &[Example]| list.iter().filter(|example| example.title == title).cloned().collect();
        Self { safe: of(&self.safe), with_unsafe: of(&self.with_unsafe), proves: self.proves }
    }
}

/// The files of an example, by their paths.
type Files = BTreeMap<String, Vec<u8>>;

pub(super) fn mends(page: &Page, example: &Example, fixed: &Fixed) -> Result<(), Failed> {
    let files: Files = example.files.iter().map(|file| (file.path.clone(), written(file))).collect();
    for (with_unsafe, said) in [(false, &fixed.safe), (true, &fixed.with_unsafe)] {
        let kind = if with_unsafe { "## Fixed with --unsafe" } else { "## Fixed" };
        let error = |what: String| Failed::from(format!("{}: example “{}”, {kind}: {what}", page.id, example.title));
        let before = report(&files);
        let (after, mended) = once(page, &files, &before, with_unsafe);
        if mended.is_empty() {
            match said.is_empty() {
                true => continue,
                false => return Err(error("nothing is proposed that would make it".to_owned())),
            }
        }
        if mended.iter().any(|reported| reported.finding.fix.as_ref().is_some_and(|fix| fix.safe != with_unsafe))
            && !fixed.proves[usize::from(with_unsafe)]
        {
            return Err(error("the page does not show what the fix makes".to_owned()));
        }
        let wanted: Files = said.iter().flat_map(|said| &said.files).map(|file| (file.path.clone(), written(file))).collect();
        for (path, bytes) in after.iter().filter(|_| !said.is_empty()) {
            let wanted = wanted.get(path).or_else(|| files.get(path));
            if wanted != Some(bytes) {
                return Err(error(format!("{path} becomes\n{}", String::from_utf8_lossy(bytes))));
            }
        }
        again(page, &before, &mended, &after, with_unsafe).map_err(error)?;
    }
    Ok(())
}

/// Lints the files as the fix left them.
fn again(page: &Page, before: &Report, mended: &[&Reported], after: &Files, with_unsafe: bool) -> Result<(), String> {
    let text = || after.iter().map(|(path, bytes)| format!("{path}\n{}", String::from_utf8_lossy(bytes))).collect::<Vec<_>>().join("\n");
    let left = report(after);
    let kind = |reported: &Reported| (reported.finding.page.id, reported.finding.case);
    for one in mended {
        let times = mended.iter().filter(|other| kind(other) == kind(one)).count();
        let count = |report: &Report| report.open().filter(|other| kind(other) == kind(one)).count();
        if count(&left) + times > count(before) {
            return Err(format!("“{}” is still there in\n{}", one.finding.message, text()));
        }
    }
    let worst = mended.iter().map(|reported| reported.finding.severity).max().unwrap_or(Severity::Info);
    let worse = |report: &Report| report.open().filter(|reported| reported.finding.severity > worst).count();
    if worse(&left) > worse(before) || (left.complete(), before.complete()) == (false, true) {
        return Err(format!("something worse has come in\n{}", text()));
    }
    if once(page, after, &left, with_unsafe).0 != *after {
        return Err(format!("a second fix changes something in\n{}", text()));
    }
    Ok(())
}

fn report(files: &Files) -> Report {
    let files: Vec<(&str, Vec<u8>)> = files.iter().map(|(path, bytes)| (path.as_str(), bytes.clone())).collect();
    lint(&files)
}

/// Carries out what the findings of one check propose, and says which they are.
fn once<'r>(page: &Page, files: &Files, report: &'r Report, with_unsafe: bool) -> (Files, Vec<&'r Reported>) {
    let ours: Vec<&Reported> = report.open().filter(|reported| reported.finding.page.id == page.id).collect();
    let findings: Vec<_> = ours.iter().map(|reported| &reported.finding).collect();
    let sources: std::collections::BTreeSet<SourceId> = findings.iter().map(|finding| finding.place.source).collect();
    let (mut files, mut mended) = (files.clone(), Vec::new());
    for id in sources {
        let Some(source) = report.sources.get(&id) else { continue };
        let planned = plan(id, &findings, with_unsafe);
        assert!(planned.waiting.is_empty(), "two fixes of one check are in each other's way");
        if let Some(bytes) = files.get_mut(&source.path) {
            *bytes = edited(source, bytes, &planned.edits);
        }
        mended.extend(planned.mended.into_iter().map(|index| ours[index]));
    }
    (files, mended)
}
