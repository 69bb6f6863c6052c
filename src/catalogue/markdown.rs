//! A page's parts: header, title, why, fix, and the examples with their marks.

use std::sync::OnceLock;

use super::{Header, Persona, Severity};

/// A page of the catalogue.
#[derive(Debug)]
pub struct Page {
    /// Its path below `checks/`, without `.md`: the check's id.
    pub id: &'static str,
    /// The whole text.
    pub markdown: &'static str,
    header: OnceLock<Option<Header>>,
}

/// What is wrong with a page. Only tests see it: the catalogue's test parses every page.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PageError(pub String);

/// A `##` section.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Section<'a> {
    /// Its heading.
    pub title: &'a str,
    /// Its text, without the heading.
    pub body: &'a str,
}

/// One `###` example of `## Bad` or `## Good`: a small directory.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Example {
    /// Its heading.
    pub title: String,
    /// Whether it stands under `## Bad`.
    pub bad: bool,
    /// The files.
    pub files: Vec<ExampleFile>,
    /// What the findings say, in order of their marks, with the case's name in front where there is one.
    pub messages: Vec<String>,
    /// What the labels say, in order of their marks.
    pub labels: Vec<String>,
}

/// One file of an example.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ExampleFile {
    /// Its path in the example's directory.
    pub path: String,
    /// Its text, marks taken out.
    pub text: String,
    /// The marks, in order.
    pub marks: Vec<Mark>,
    /// How the file's bytes are written.
    pub fence: Fence,
}

/// Fence words that change how an example's file is written, after its marks are taken.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Fence {
    /// CRLF line ends.
    pub crlf: bool,
    /// A byte order mark in front.
    pub bom: bool,
    /// UTF-16, little endian, with a mark.
    pub utf16: bool,
    /// No line break at the end.
    pub no_newline: bool,
}

/// What a mark stands for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum MarkKind {
    /// `«…»`: the place of a finding.
    Finding,
    /// `‹…›`: the place of a label.
    Label,
}

/// A marked range of an example's file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Mark {
    /// Finding or label.
    pub kind: MarkKind,
    /// First byte in the text without marks.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

impl Page {
    /// A page with this id and text.
    #[must_use]
    pub const fn new(id: &'static str, markdown: &'static str) -> Self {
        Self { id, markdown, header: OnceLock::new() }
    }

    /// The header. A page that does not parse is caught by the catalogue's test; at run time it would be a plain `high`.
    #[must_use]
    pub fn header(&self) -> Option<&Header> {
        self.header.get_or_init(|| self.parse_header().ok()).as_ref()
    }

    /// Parses the header.
    ///
    /// # Errors
    /// Says what is wrong with it.
    pub fn parse_header(&self) -> Result<Header, PageError> {
        let error = |text: &str| PageError(format!("{}: {text}", self.id));
        let rest = self.markdown.strip_prefix("```toml\n").ok_or_else(|| error("does not begin with a toml block"))?;
        let (block, _) = rest.split_once("\n```\n").ok_or_else(|| error("the toml block is not closed"))?;
        toml::from_str(block).map_err(|e| error(&e.to_string()))
    }

    /// The format it belongs to: the folder.
    #[must_use]
    pub fn folder(&self) -> &'static str {
        self.id.split_once('/').map_or("", |(folder, _)| folder)
    }

    /// The id without its folder.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.id.rsplit_once('/').map_or(self.id, |(_, name)| name)
    }

    /// Severity of a case, or of the page where it names none.
    #[must_use]
    pub fn severity(&self, case: Option<&str>) -> Severity {
        let Some(header) = self.header() else { return Severity::High };
        case.and_then(|case| header.cases.get(case)).and_then(|case| case.severity).unwrap_or(header.severity)
    }

    /// Persona of a case, or of the page where it names none.
    #[must_use]
    pub fn persona(&self, case: Option<&str>) -> Persona {
        let Some(header) = self.header() else { return Persona::Regular };
        case.and_then(|case| header.cases.get(case)).and_then(|case| case.persona).unwrap_or(header.persona)
    }

    /// Whether all that it finds is for those who ask with `--pedantic`. Hardly any page is, so most headers need not be parsed.
    #[must_use]
    pub fn is_pedantic(&self) -> bool {
        let block = self.markdown.split_once("\n```\n").map_or(self.markdown, |(block, _)| block);
        let all = |header: &Header| header.cases.keys().all(|case| self.persona(Some(case)) == Persona::Pedantic);
        block.contains("pedantic") && self.persona(None) == Persona::Pedantic && self.header().is_some_and(all)
    }

    /// Whether the page has this case.
    #[must_use]
    pub fn has_case(&self, case: &str) -> bool {
        self.header().is_some_and(|header| header.cases.contains_key(case))
    }

    /// Everything after the header.
    #[must_use]
    pub fn body(&self) -> &'static str {
        self.markdown.split_once("\n```\n").map_or(self.markdown, |(_, body)| body).trim_start()
    }

    /// The `#` heading.
    #[must_use]
    pub fn title(&self) -> &'static str {
        self.body().lines().next().unwrap_or("").trim_start_matches("# ")
    }

    /// The text between the title and the first section: what can happen, to whom, by whose act.
    #[must_use]
    pub fn why(&self) -> &'static str {
        let body = self.body();
        let after_title = body.find('\n').map_or("", |at| &body[at..]);
        let end = after_title.find("\n## ").unwrap_or(after_title.len());
        after_title[..end].trim()
    }

    /// The `##` sections, in order. A `##` inside a fence is text.
    #[must_use]
    pub fn sections(&self) -> Vec<Section<'static>> {
        let body = self.body();
        let mut starts = Vec::new();
        for (at, line, fenced) in lines(body) {
            if !fenced && line.starts_with("## ") {
                starts.push((at, line));
            }
        }
        let ends = starts.iter().skip(1).map(|(at, _)| *at).chain([body.len()]);
        starts
            .iter()
            .zip(ends)
            .map(|((at, line), end)| Section { title: line[3..].trim(), body: body[at + line.len()..end].trim_matches('\n') })
            .collect()
    }

    /// One section's text.
    #[must_use]
    pub fn section(&self, title: &str) -> Option<&'static str> {
        self.sections().into_iter().find(|section| section.title == title).map(|section| section.body)
    }

    /// What the bad examples of these titles become by the page's fix; only the files that change need stand there. Fixes that are
    /// made only when asked for have a section of their own.
    ///
    /// # Errors
    /// Says what cannot be read.
    pub fn fixed(&self, with_unsafe: bool, expand: &dyn Fn(&str, &str) -> Option<String>) -> Result<Vec<Example>, PageError> {
        let section = self.section(if with_unsafe { "Fixed with --unsafe" } else { "Fixed" }).unwrap_or_default();
        let fixed = split_examples(section).into_iter().map(|part| parse_example(part, false, expand));
        fixed.collect::<Result<_, _>>().map_err(|e| PageError(format!("{}: {}", self.id, e.0)))
    }

    /// The examples, placeholders written out by `expand` (given the text between `⟦` and `⟧` and the example's title).
    ///
    /// # Errors
    /// Says what cannot be read.
    pub fn examples(&self, expand: &dyn Fn(&str, &str) -> Option<String>) -> Result<Vec<Example>, PageError> {
        let mut examples = Vec::new();
        for section in self.sections() {
            if section.title == "Bad" || section.title == "Good" {
                for part in split_examples(section.body) {
                    let example = parse_example(part, section.title == "Bad", expand);
                    examples.push(example.map_err(|e| PageError(format!("{}: {}", self.id, e.0)))?);
                }
            }
        }
        Ok(examples)
    }
}

/// Lines with their offset and whether they lie inside a fence (the fence's own lines included).
fn lines(text: &str) -> impl Iterator<Item = (usize, &str, bool)> {
    let mut fence: Option<usize> = None;
    let mut at = 0;
    text.split_inclusive('\n').map(move |full| {
        let start = at;
        at += full.len();
        let line = full.trim_end_matches('\n');
        let ticks = line.bytes().take_while(|b| *b == b'`').count();
        let inside = fence.is_some() || ticks >= 3;
        match fence {
            Some(open) if ticks >= open && line.len() == ticks => fence = None,
            None if ticks >= 3 => fence = Some(ticks),
            _ => {}
        }
        (start, line, inside)
    })
}

fn split_examples(body: &'static str) -> Vec<&'static str> {
    let mut starts: Vec<usize> = lines(body).filter(|(_, line, fenced)| !fenced && line.starts_with("### ")).map(|(at, _, _)| at).collect();
    starts.push(body.len());
    starts.windows(2).map(|pair| &body[pair[0]..pair[1]]).collect()
}

fn parse_example(text: &str, bad: bool, expand: &dyn Fn(&str, &str) -> Option<String>) -> Result<Example, PageError> {
    let title = text.lines().next().unwrap_or("").trim_start_matches("### ").to_owned();
    let error = |what: &str| PageError(format!("example “{title}”: {what}"));
    let mut example = Example { title: title.clone(), bad, files: Vec::new(), messages: Vec::new(), labels: Vec::new() };
    let mut names = std::collections::BTreeMap::new();
    let mut open: Option<(String, String, Fence)> = None;
    for (_, line, fenced) in lines(text) {
        match &mut open {
            Some((path, body, fence)) if line.starts_with("```") => {
                let expanded = expand_placeholders(body, &title, expand, &mut names).map_err(|e| error(&e))?;
                example.files.push(take_marks(path, &expanded, *fence).map_err(|e| error(&e))?);
                open = None;
            }
            Some((_, body, _)) => {
                body.push_str(line);
                body.push('\n');
            }
            None if fenced => {
                let words: Vec<&str> = line.trim_start_matches('`').split_whitespace().collect();
                let path = words.get(1).ok_or_else(|| error("a fence without a path"))?;
                let fence = Fence {
                    crlf: words.contains(&"crlf"),
                    bom: words.contains(&"bom"),
                    utf16: words.contains(&"utf16"),
                    no_newline: words.contains(&"no-newline"),
                };
                open = Some(((*path).to_owned(), String::new(), fence));
            }
            None => {
                if let Some(label) = line.strip_prefix("> label: ") {
                    example.labels.push(label.trim().to_owned());
                } else if let Some(message) = line.strip_prefix("> ") {
                    example.messages.push(message.trim().to_owned());
                }
            }
        }
    }
    if example.files.is_empty() {
        return Err(error("no file"));
    }
    Ok(example)
}

/// `⟦kind⟧` is written out; `⟦name=kind⟧` also remembers it, `⟦name⟧` repeats it; placeholders nest.
fn expand_placeholders(
    text: &str,
    title: &str,
    expand: &dyn Fn(&str, &str) -> Option<String>,
    names: &mut std::collections::BTreeMap<String, String>,
) -> Result<String, String> {
    let mut text = text.to_owned();
    // The innermost, leftmost placeholder first; each round removes one, so it ends.
    while let Some(close) = text.find('⟧') {
        let open = text[..close].rfind('⟦').ok_or("`⟧` without `⟦`")?;
        let inner = text[open + '⟦'.len_utf8()..close].to_owned();
        let value = if let Some(known) = names.get(&inner) {
            known.clone()
        } else if let Some((name, kind)) = inner.split_once('=').filter(|(name, _)| !name.contains([':', '/'])) {
            let value = expand(kind, title).ok_or_else(|| format!("unknown placeholder `{kind}`"))?;
            names.insert(name.to_owned(), value.clone());
            value
        } else {
            expand(&inner, title).ok_or_else(|| format!("unknown placeholder `{inner}`"))?
        };
        text.replace_range(open..close + '⟧'.len_utf8(), &value);
    }
    Ok(text)
}

fn take_marks(path: &str, text: &str, fence: Fence) -> Result<ExampleFile, String> {
    let mut file = ExampleFile { path: path.to_owned(), text: String::with_capacity(text.len()), marks: Vec::new(), fence };
    let mut open: Vec<usize> = Vec::new();
    for char in text.chars() {
        match char {
            '«' | '‹' => {
                open.push(file.marks.len());
                let kind = if char == '«' { MarkKind::Finding } else { MarkKind::Label };
                file.marks.push(Mark { kind, start: file.text.len(), end: usize::MAX });
            }
            '»' | '›' => {
                let index = open.pop().ok_or_else(|| format!("{path}: a mark is closed that was not opened"))?;
                file.marks[index].end = file.text.len();
            }
            _ => file.text.push(char),
        }
    }
    if open.is_empty() { Ok(file) } else { Err(format!("{path}: a mark is not closed")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "```toml\nseverity = \"high\"\nconfidence = \"high\"\nfamily = \"secret-in-log\"\nsince = \"0.1.0\"\n\n[case.direct]\nseverity = \"low\"\n```\n\n# A title\n\nWhy it matters.\n\n## Fix\n\nMend it.\n\n## Bad\n\n### First\n\n```yaml a.yml\n## no heading\nx: «⟦t=word⟧» ‹⟦t⟧›\n```\n\n> direct: said\n> label: there\n\n## Good\n\n### Second\n\n```yaml a.yml crlf\nx: y\n```\n";

    #[test]
    fn a_page_is_read_in_parts() {
        let page = Page::new("x/y", PAGE);
        assert_eq!((page.title(), page.why(), page.section("Fix")), ("A title", "Why it matters.", Some("Mend it.")));
        assert_eq!(page.severity(Some("direct")), Severity::Low);
        assert_eq!(page.severity(Some("unknown")), Severity::High);
        let examples = page.examples(&|kind, _| (kind == "word").then(|| "abc".to_owned())).unwrap();
        assert_eq!(examples.len(), 2);
        let file = &examples[0].files[0];
        assert_eq!(file.text, "## no heading\nx: abc abc\n");
        assert_eq!((&file.text[file.marks[0].start..file.marks[0].end], file.marks[1].kind), ("abc", MarkKind::Label));
        assert_eq!(
            (examples[0].messages.as_slice(), examples[0].labels.as_slice()),
            (&["direct: said".to_owned()][..], &["there".to_owned()][..])
        );
        assert!(examples[1].files[0].fence.crlf && !examples[1].bad);
    }

    #[test]
    fn a_broken_page_says_what_is_wrong() {
        assert!(Page::new("x/y", "# no header\n").parse_header().is_err());
        let page = Page::new("x/y", PAGE);
        assert!(page.examples(&|_, _| None).unwrap_err().0.contains("unknown placeholder"));
    }
}
