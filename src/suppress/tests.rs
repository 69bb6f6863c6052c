use super::*;
use crate::config::Compat;

static PAGE: Page =
    Page::new("x/check", "```toml\nseverity = \"high\"\nconfidence = \"high\"\nfamily = \"plaintext-secret\"\nsince = \"0.1.0\"\n```\n");
static INVALID: Page = Page::new("core/invalid-suppression", "");
static UNUSED: Page = Page::new("core/unused-suppression", "");
static NEW: Page = Page::new("core/new-suppression", "");
static UNEXPLAINED: Page = Page::new("core/unexplained-suppression", "");
const TODAY: Date = Date { year: 2026, month: 11, day: 24 };

/// Lines are findings where they hold `!`; comments start at `#`. Gives the suppressed lines and the ids of what is said of suppressions.
fn run(text: &str) -> (Vec<usize>, Vec<&'static str>) {
    with(text, Compat::default(), None)
}

/// The same, with other scanners' comments, and with a tag that covers everything.
fn with(text: &str, compat: Compat, tag: Option<&str>) -> (Vec<usize>, Vec<&'static str>) {
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
            let finding = findings.report(source.place(Span::new(at + mark, at + mark + 1)), "x").within(Span::new(opener, opener));
            finding.secret = Some(crate::secrets::Secret::new("x", "", None, false));
        }
        at += line.len();
    }
    let findings = findings.into_list();
    let pages = [&PAGE];
    let known =
        Known { pages: &pages, invalid: &INVALID, unused: Some(&UNUSED), unexplained: &UNEXPLAINED, new: &NEW, compat, today: TODAY };
    let mut marks: Vec<Mark<'_>> =
        comments.into_iter().map(|span| Mark { span, text: source.slice(span).into(), covers: None, is_new: false }).collect();
    marks.extend(tag.map(|text| Mark {
        span: Span::new(0, 1),
        text: text.into(),
        covers: Some(Span::new(0, source.text.len())),
        is_new: false,
    }));
    let (verdicts, own) = apply(&source, &marks, &[], &findings, known);
    let lines = Lines::new(text);
    let suppressed = findings
        .iter()
        .zip(verdicts)
        .filter(|(_, v)| matches!(v, Heard::Suppressed(_)))
        .map(|(f, _)| lines.of(f.place.span.start))
        .collect();
    let said = own.iter().map(|finding| finding.page.id).filter(|id| text.contains("why") || *id != "core/unexplained-suppression");
    (suppressed, said.collect())
}

#[test]
fn a_comment_counts_on_the_line_and_the_line_before() {
    assert_eq!(run("key ! # caulk: ignore[check]\n"), (vec![0], vec![]));
    assert_eq!(run("# caulk: ignore[x/check]\nkey !\nkey !\n"), (vec![1], vec![]));
}

#[test]
fn a_comment_behind_a_value_speaks_of_that_value_only() {
    assert_eq!(run("key ! # caulk: ignore[check]\nkey !\n"), (vec![0], vec![]));
    assert_eq!(run("key:\r\n  a ! # caulk: ignore[check]\r\n  b !\r\n"), (vec![1], vec![]));
    for opens in ["x: {", "x: [", "a:", "-", "f("] {
        assert_eq!(run(&format!("\n\n{opens} # caulk: ignore[check]\n!\nb !\n")), (vec![3], vec![]), "{opens}");
    }
}

#[test]
fn a_comment_counts_where_the_value_opens_and_before_that() {
    assert_eq!(run("key # caulk: ignore[check] why\n a\n b !\n"), (vec![2], vec![]));
    assert_eq!(run("# caulk: ignore[check]\r\nkey\r\n a\r\n b !\r\n"), (vec![3], vec![]));
}

/// What becomes of the `!` of a text of indented blocks: a line that ends with `:` opens one, `- ` an item.
fn held(text: &str) -> Vec<bool> {
    let source = Source { text: text.to_owned(), ..Source::default() };
    let mut findings = Findings::new(&PAGE);
    let (mut comments, mut holders, mut open) = (Vec::new(), Vec::new(), Vec::<(usize, usize, bool)>::new());
    let mut at = 0;
    let close = |open: &mut Vec<(usize, usize, bool)>, indent: usize, at: usize, holders: &mut Vec<Holder>| {
        while let Some((depth, start, is_item)) = open.last().copied().filter(|(depth, ..)| *depth >= indent) {
            open.pop();
            let opener = u32::try_from(start + depth).unwrap();
            holders.push(Holder { span: Span::new(start, at), opener, is_item });
        }
    };
    for line in text.split_inclusive('\n') {
        let indent = line.len() - line.trim_start().len();
        let said = line.trim_start().trim_end();
        if !said.starts_with('#') {
            close(&mut open, indent, at, &mut holders);
            let is_item = said.starts_with("- ");
            if is_item || said.split(" #").next().is_some_and(|said| said.ends_with(':')) {
                open.push((indent, at, is_item));
            }
        }
        if let Some(hash) = line.find('#') {
            comments.push(Span::new(at + hash, at + line.trim_end().len()));
        }
        if let Some(mark) = line.find('!') {
            findings.report(source.place(Span::new(at + mark, at + mark + 1)), "x");
        }
        at += line.len();
    }
    close(&mut open, 0, at, &mut holders);
    let marks: Vec<Mark<'_>> =
        comments.into_iter().map(|span| Mark { span, text: source.slice(span).into(), covers: None, is_new: false }).collect();
    let (pages, unused) = ([&PAGE], Some(&UNUSED));
    let compat = Compat::default();
    let known = Known { pages: &pages, invalid: &INVALID, unused, unexplained: &UNEXPLAINED, new: &NEW, compat, today: TODAY };
    let (verdicts, _) = apply(&source, &marks, &holders, &findings.into_list(), known);
    verdicts.iter().map(|verdict| *verdict != Heard::Open).collect()
}

#[test]
fn a_comment_counts_where_the_block_or_the_item_around_opens() {
    assert_eq!(held("# caulk: ignore[check]\na:\n  b\n  c !\nd !\n"), [true, false]);
    assert_eq!(held("a: # caulk: ignore[check]\n  b\n  c !\n"), [true]);
    // The nearest one, and the nearest item beyond it.
    assert_eq!(held("# caulk: ignore[check]\na:\n  b:\n    c\n    d !\n"), [false]);
    assert_eq!(held("l:\n  # caulk: ignore[check]\n  - a\n    b:\n      c\n      d !\n  - e\n    f !\n"), [true, false]);
    assert_eq!(held("# caulk: ignore[check]\nl:\n  - a\n    b !\n"), [false]);
    // One that speaks of its line does not speak of what opens there.
    assert_eq!(held("- a ! # caulk: ignore[check]\n  b !\n"), [true, false]);
    assert_eq!(held("- a # caulk: ignore[check]\n  b !\n"), [true]);
}

#[test]
fn what_matches_nothing_or_is_wrong_is_said() {
    assert_eq!(run("# caulk: ignore[check]\n\n\nkey !\n"), (vec![], vec!["core/unused-suppression"]));
    assert_eq!(run("key ! # caulk: ignore\n"), (vec![], vec!["core/invalid-suppression"]));
    assert_eq!(run("key ! # caulk: ignore[chek]\n"), (vec![], vec!["core/invalid-suppression"]));
    assert_eq!(run("key ! # caulk: ignore[check] until=2020-01-01\n"), (vec![], vec!["core/unused-suppression"]));
}

#[test]
fn what_gives_no_reason_is_said() {
    assert_eq!(run("key ! # caulk: ignore[check] why\n"), (vec![0], vec![]));
    assert_eq!(run("why ! # caulk: ignore[check]\n"), (vec![0], vec!["core/unexplained-suppression"]));
    assert_eq!(run("why ! # caulk: ignore[check] until=2030-01-01\n"), (vec![0], vec!["core/unexplained-suppression"]));
}

#[test]
fn a_tag_covers_its_cell() {
    let tagged = |tag| with("key !\n\n\nkey !\n", Compat::default(), Some(tag));
    assert_eq!(tagged("caulk:ignore[check]"), (vec![0, 3], vec![]));
    assert_eq!(tagged("caulk:ignore"), (vec![], vec!["core/invalid-suppression"]));
    assert_eq!(tagged("caulk:ignore[chek]"), (vec![], vec!["core/invalid-suppression"]));
    assert_eq!(tagged("remove-cell"), (vec![], vec![]));
    assert_eq!(with("key\n", Compat::default(), Some("caulk:ignore[check]")), (vec![], vec!["core/unused-suppression"]));
}

#[test]
fn other_scanners_comments_count_where_the_team_says_so() {
    let all = Compat { gitleaks: true, detect_secrets: true, trufflehog: true, kingfisher: true };
    for comment in ["gitleaks:allow", "pragma: allowlist secret", "trufflehog:ignore", "kingfisher:ignore"] {
        let text = format!("key ! # {comment}\nkey !\n");
        assert_eq!(with(&text, all, None), (vec![0], vec![]), "{comment}");
        assert_eq!(run(&text), (vec![], vec![]), "{comment}");
    }
    assert_eq!(with("# pragma: allowlist nextline secret\nkey !\nkey !\n", all, None), (vec![1], vec![]));
    assert_eq!(with("key ! # gitleaks:allow\n", Compat { gitleaks: false, ..all }, None), (vec![], vec![]));
}
