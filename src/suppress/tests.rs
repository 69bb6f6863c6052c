use super::*;

static PAGE: Page = Page::new("x/check", "");
static INVALID: Page = Page::new("core/invalid-suppression", "");
static UNUSED: Page = Page::new("core/unused-suppression", "");
const TODAY: Date = Date { year: 2026, month: 11, day: 24 };

/// Lines are findings where they hold `!`; comments start at `#`. Gives the suppressed lines and the ids of what is said of suppressions.
fn run(text: &str) -> (Vec<usize>, Vec<&'static str>) {
    let source = Source { text: text.to_owned(), ..Source::default() };
    let mut findings = Findings::new(&PAGE);
    let mut comments = Vec::new();
    let mut at = 0;
    let mut opener = 0;
    for line in text.split_inclusive('\n') {
        if let Some(hash) = line.find('#') {
            comments.push(Span::new(at + hash, at + line.trim_end().len()));
        }
        if line.starts_with("key") {
            opener = at;
        }
        if let Some(mark) = line.find('!') {
            findings.report(source.place(Span::new(at + mark, at + mark + 1)), "x").within(Span::new(opener, opener));
        }
        at += line.len();
    }
    let findings = findings.into_list();
    let pages = [&PAGE];
    let known = Known { pages: &pages, invalid: &INVALID, unused: Some(&UNUSED), today: TODAY };
    let (verdicts, own) = apply(&source, &comments, &findings, known);
    let lines = Lines::new(text);
    let suppressed = findings.iter().zip(verdicts).filter(|(_, v)| v.is_some()).map(|(f, _)| lines.of(f.place.span.start)).collect();
    (suppressed, own.iter().map(|finding| finding.page.id).collect())
}

#[test]
fn a_comment_counts_on_the_line_and_the_line_before() {
    assert_eq!(run("key ! # caulk: ignore[check]\n"), (vec![0], vec![]));
    assert_eq!(run("# caulk: ignore[x/check]\nkey !\nkey !\n"), (vec![1], vec![]));
}

#[test]
fn a_comment_counts_where_the_value_opens_and_before_that() {
    assert_eq!(run("key # caulk: ignore[check] why\n a\n b !\n"), (vec![2], vec![]));
    assert_eq!(run("# caulk: ignore[check]\r\nkey\r\n a\r\n b !\r\n"), (vec![3], vec![]));
}

#[test]
fn what_matches_nothing_or_is_wrong_is_said() {
    assert_eq!(run("# caulk: ignore[check]\n\n\nkey !\n"), (vec![], vec!["core/unused-suppression"]));
    assert_eq!(run("key ! # caulk: ignore\n"), (vec![], vec!["core/invalid-suppression"]));
    assert_eq!(run("key ! # caulk: ignore[chek]\n"), (vec![], vec!["core/invalid-suppression"]));
    assert_eq!(run("key ! # caulk: ignore[check] until=2020-01-01\n"), (vec![], vec!["core/unused-suppression"]));
}
