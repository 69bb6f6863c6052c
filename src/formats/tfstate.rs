//! Terraform and OpenTofu state (versions 4 and 3), and what `terraform show -json` prints of state and plans.
//!
//! A file may have hundreds of megabytes, so it is read once, as a stream: one resource, output list or change at a time is a
//! tree, and what checks ask for afterwards (errors, outputs, what is marked) is noted on the way.
//!
//! What is sensitive is said by three voices: the file (`sensitive_attributes`, `sensitive_values`, an output's flag), the
//! providers' table, and the engine. The first two decide the role of a literal. Older versions wrote no marks, and an empty
//! list proves nothing, so the table always speaks.
//!
//! # Not covered
//!
//! - Saved plans (`tfplan`, a zip archive) are recognised and not opened.
//! - Encrypted state is recognised and not opened.

mod leaves;
mod read;
mod resources;

use std::cell::OnceCell;

use super::sensitive::Sensitivity;
use super::{Format, Note, View};
use crate::literal::{Literal, LogicalPath, Reading, Role, Value};
use crate::source::{Place, Setting, Source, Span};
use crate::syntax::SyntaxError;

use leaves::Leaf;

/// A state file, or the JSON of a state or plan.
pub struct State<'a> {
    source: &'a Source,
    standing: Condition,
    survey: OnceCell<Survey>,
}

/// What there is in a state file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Condition {
    /// Resources, outputs or changes, in plain text.
    Plain,
    /// Neither resources nor outputs.
    Empty,
    /// Encrypted by OpenTofu.
    Encrypted,
    /// What `init` notes of the backend: `.terraform/terraform.tfstate`.
    Backend,
    /// A saved plan: a zip archive with the state and all variables in it.
    SavedPlan,
}

/// An output value that the file does not call sensitive.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OpenOutput {
    /// Its name, decoded.
    pub name: String,
    /// Where the name stands, with its quotes.
    pub key: Span,
    /// Where the value stands.
    pub value: Span,
}

/// Who wrote a file, as far as it says.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub struct Written {
    /// The place of the state's `version`.
    pub version: Option<Span>,
    /// The place of `terraform_version`.
    pub by: Option<Span>,
}

/// What one reading notes for later.
#[derive(Default)]
struct Survey {
    errors: Vec<SyntaxError>,
    outputs: Vec<OpenOutput>,
    written: Written,
    is_plan: bool,
    /// Sensitive leaves in the order of the text, with the table's word on them.
    marked: Vec<(Span, Option<Sensitivity>)>,
}

impl<'a> State<'a> {
    /// The view of a file that has the shape of state; None for any other.
    #[must_use]
    pub fn new(source: &'a Source) -> Option<Self> {
        let plan = is_saved_plan(&source.text).then_some(Condition::SavedPlan);
        let standing = plan.or_else(|| read::condition(&source.text))?;
        Some(Self { source, standing, survey: OnceCell::new() })
    }

    /// What there is in it.
    #[must_use]
    pub fn condition(&self) -> Condition {
        self.standing
    }

    /// The source it was read from.
    #[must_use]
    pub fn source(&self) -> &'a Source {
        self.source
    }

    /// Where the file begins, for findings about all of it.
    #[must_use]
    pub fn place(&self) -> Place {
        let start = self.source.text.find('{').unwrap_or(0);
        self.source.place(Span::new(start, start + 1))
    }

    /// The outputs that the file does not call sensitive.
    pub fn open_outputs(&self) -> &[OpenOutput] {
        &self.survey().outputs
    }

    /// Who wrote it.
    #[must_use]
    pub fn written(&self) -> Written {
        self.survey().written
    }

    /// Whether it is a plan that was printed as JSON: it holds the state before, the state after, and every variable.
    #[must_use]
    pub fn is_plan(&self) -> bool {
        self.survey().is_plan
    }

    /// What the providers' table says of the sensitive leaf that holds a place.
    #[must_use]
    pub fn sensitivity(&self, place: Span) -> Option<Sensitivity> {
        let marked = &self.survey().marked;
        let index = marked.partition_point(|(span, _)| span.start <= place.start).checked_sub(1)?;
        marked[index].1.filter(|_| marked[index].0.contains(place))
    }

    fn survey(&self) -> &Survey {
        self.survey.get_or_init(|| self.read(&mut |_| {}))
    }

    fn read(&self, visit: &mut dyn FnMut(&Literal<'_, '_>)) -> Survey {
        let mut survey = Survey::default();
        if self.standing == Condition::SavedPlan {
            return survey;
        }
        let mut noted = read::Noted::default();
        let mut marked = Vec::new();
        // State is what was applied: a placeholder in it is somebody's password.
        let setting = Setting { applied: true, ..self.source.setting };
        survey.errors = read::values(&self.source.text, &mut noted, &mut |leaf| {
            if leaf.sensitive {
                marked.push((leaf.node.span(), leaf.table));
            }
            if let Some(literal) = literal(&leaf, self.source, setting) {
                visit(&Literal { path: &|| leaf.path(), ..literal });
            }
        });
        marked.sort_by_key(|(span, _)| span.start);
        (survey.outputs, survey.written, survey.is_plan, survey.marked) = (noted.outputs, noted.written, noted.is_plan, marked);
        survey
    }
}

/// The literal of a leaf, its path left out.
fn literal<'t>(leaf: &Leaf<'t, '_>, source: &Source, setting: Setting) -> Option<Literal<'t, 'static>> {
    let text = leaf.text()?;
    let reading = match leaf.sensitive {
        true => Reading::Marked,
        // A script or a configuration file (`user_data`, `content`, `rendered`, `values`); a line break is an escape.
        false if !text.is_plain() && text.as_str().contains('\n') && !text.as_str().starts_with("-----BEGIN") => Reading::Config,
        false => Reading::Value,
    };
    Some(Literal {
        role: if leaf.sensitive { Role::StateSensitive } else { Role::State },
        name: leaf.name(),
        value: Value::literal(text),
        reading,
        source: source.id,
        setting,
        opener: leaf.opener(),
        path: &LogicalPath::default,
    })
}

impl View for State<'_> {
    fn format(&self) -> Format {
        Format::Tfstate
    }

    fn sources(&self) -> Vec<&Source> {
        vec![self.source]
    }

    fn literals(&self, visit: &mut dyn FnMut(&Literal<'_, '_>)) {
        let survey = self.read(visit);
        // Whoever asks later needs no second reading.
        let _ = self.survey.set(survey);
    }

    fn errors(&self) -> Vec<(&Source, &SyntaxError)> {
        self.survey().errors.iter().map(|error| (self.source, error)).collect()
    }

    fn comments(&self) -> Vec<Place> {
        Vec::new()
    }

    fn notes(&self) -> Vec<Note> {
        let note = Note { reason: "a saved plan, not opened", incomplete: true };
        if self.standing == Condition::SavedPlan { vec![note] } else { Vec::new() }
    }
}

/// What `terraform plan -out` writes: a zip archive whose first file is `tfplan`
/// (<https://developer.hashicorp.com/terraform/cli/commands/plan#out-filename>).
#[must_use]
pub fn is_saved_plan(text: &str) -> bool {
    // The fixed part of a zip entry's header has 30 bytes, the entry's name follows.
    text.starts_with("PK\u{3}\u{4}")
        && text.as_bytes().iter().take(64).copied().collect::<Vec<u8>>().windows(6).any(|name| name == b"tfplan")
}

/// Whether a path is one that people save plans under.
#[must_use]
pub fn may_be_saved_plan(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    matches!(name, "tfplan" | "plan.out" | "plan.tfplan" | "terraform.plan") || name.ends_with(".tfplan") || name.ends_with(".planfile")
}

#[cfg(test)]
mod tests;
