//! Secrets on their way: where each comes from, what became of it, where it ends up.

use std::sync::Arc;

use super::reach::Reach;
use crate::source::Place;

/// A secret's source.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Origin {
    /// What it is called where it comes from: `secrets.TOKEN`, `$CI_JOB_TOKEN`, `aws secretsmanager get-secret-value`.
    pub name: String,
    /// Where it enters the file.
    pub place: Place,
    /// What the platform hides of it.
    pub nature: Nature,
}

/// What the platform's log masking knows of a secret.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Nature {
    /// Its exact value is masked.
    Masked,
    /// It has several lines or fields: its lines are masked, its fields are not.
    Structured,
    /// The platform never heard of it.
    Unmasked,
    /// It was fetched by the script itself; the platform never heard of it.
    Fetched,
}

/// What became of a secret on its way.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Form {
    /// The value itself, perhaps inside other text, or an encoding that platforms mask too.
    Whole,
    /// A part, a field, an encoding or another change of it.
    Derived,
}

/// A secret inside a value.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Taint {
    /// Index into [`super::State::origins`].
    pub origin: u32,
    /// What became of it.
    pub form: Form,
    /// The expansion that brought it into the current command.
    pub at: Place,
    /// Where it passed through variables, in order.
    pub hops: Vec<Place>,
    /// The name of the program that changed it.
    pub changed_by: Option<String>,
    /// Equal for values that are equal; masking is by value.
    pub(super) value: u32,
    /// It stands at the very end of its stream, without a line break: then its base64 is masked too.
    pub(super) last: bool,
    /// That it is one of many, where a whole environment is shown.
    pub(super) listed: Option<Arc<Listed>>,
}

/// A variable of an environment that is shown as a whole.
#[derive(PartialEq, Eq, Debug)]
pub(super) struct Listed {
    pub(super) variable: String,
    /// What shows it.
    pub(super) by: String,
}

/// A secret that reaches a place where it does not belong.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Leak {
    /// What.
    pub taint: Taint,
    /// Where it ends up.
    pub reach: Reach,
    /// The command that takes it there.
    pub sink: Place,
    /// Its name.
    pub printer: String,
}

/// Steps hand at most this many places of a flow on: enough for any flow that a person follows.
const MAX_HOPS: usize = 8;
/// At most this many secrets in one value.
pub(super) const MAX_TAINTS: usize = 16;

impl Leak {
    /// What of the secret it is: the whole, a part, what a program makes of it, what a command fetches.
    #[must_use]
    pub fn what(&self, origin: &Origin) -> String {
        let name = &origin.name;
        match (origin.nature, self.taint.form, self.taint.changed_by.as_deref()) {
            (Nature::Fetched, Form::Whole, _) => format!("what `{name}` fetches"),
            (_, Form::Whole, _) => format!("`{name}`"),
            (_, _, Some("the shell" | "a slice") | None) => format!("a part of `{name}`"),
            (_, _, Some(program)) => format!("what `{program}` makes of `{name}`"),
        }
    }
}

impl Leak {
    /// What an inner script prints, on its way to where its command prints; of a whole environment, with who shows it.
    pub(super) fn printed(self) -> Taint {
        let Self { taint, printer, .. } = self;
        let listed = taint.listed.as_ref().map(|listed| Arc::new(Listed { variable: listed.variable.clone(), by: printer }));
        Taint { listed, ..taint }
    }
}

impl Taint {
    /// Whether it is one of many, where a whole environment is shown.
    #[must_use]
    pub fn is_listed(&self) -> bool {
        self.listed.is_some()
    }

    /// The same secret after a change that the platform made before the script saw it: `fromJSON(secrets.X).y`.
    #[must_use]
    pub fn derived(mut self, by: &str) -> Self {
        self.form = Form::Derived;
        self.changed_by.get_or_insert_with(|| by.to_owned());
        self
    }

    /// The same secret, brought into the current value by what stands at `place`.
    #[must_use]
    pub fn at(mut self, place: Place) -> Self {
        self.at = place;
        self
    }

    /// What became of it, of a secret that was announced again.
    #[must_use]
    pub fn of(mut self, again: &Self) -> Self {
        (self.origin, self.value) = (again.origin, again.value);
        self
    }

    /// The same secret after it passed through `place`.
    #[must_use]
    pub fn through(mut self, place: Place) -> Self {
        if self.hops.len() < MAX_HOPS && self.hops.last() != Some(&place) {
            self.hops.push(place);
        }
        self
    }
}

/// Adds what else a value holds. A value of very many secrets is a dump; a few of them say so.
pub(super) fn add(held: &mut Vec<Taint>, more: impl IntoIterator<Item = Taint>) {
    let room = MAX_TAINTS.saturating_sub(held.len());
    held.extend(more.into_iter().take(room));
}
