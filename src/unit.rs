//! What one check run sees: a view, what it may look into, and what several checks need computed once.

mod quiet;

use std::cell::OnceCell;
use std::ops::Deref;
use std::sync::Arc;

use crate::catalogue::Page;
use crate::flow::terraform::ModuleFlow;
use crate::flow::{container, github_actions, gitlab_ci};
use crate::formats::View;
use crate::formats::compose::Compose;
use crate::formats::github_actions::Workflow;
use crate::formats::gitlab_ci::Pipeline;
use crate::formats::kubernetes::Manifests;
use crate::formats::notebook::Notebook;
use crate::formats::terraform::Module;
use crate::formats::text::TextFile;
use crate::formats::tfstate::State;
use crate::formats::tfvars::Tfvars;
use crate::literal::Part;
use crate::secrets::{self, Account, Custom, Verdict};
use crate::source::{Place, Span};

use quiet::Quiet;

/// A view, with what its checks share. Checks get nothing else.
pub struct Unit<V: Follow> {
    view: V,
    custom: Arc<Custom>,
    verdicts: OnceCell<Vec<Verdict>>,
    flow: OnceCell<V::Flow>,
}

/// How secrets travel in a unit: computed for the checks that ask, once.
pub trait Follow: View {
    /// What is known of it.
    type Flow;

    /// Follows them.
    fn follow(&self) -> Self::Flow;
}

impl Follow for Module<'_> {
    type Flow = ModuleFlow;

    fn follow(&self) -> ModuleFlow {
        ModuleFlow::new(*self)
    }
}

impl Follow for Pipeline<'_> {
    type Flow = Vec<gitlab_ci::Leaked>;

    fn follow(&self) -> Self::Flow {
        gitlab_ci::leaked(self)
    }
}

impl Follow for Workflow<'_> {
    type Flow = Vec<github_actions::Leaked>;

    fn follow(&self) -> Self::Flow {
        github_actions::leaked(self)
    }
}

impl Follow for Compose<'_> {
    type Flow = Vec<container::Printed>;

    fn follow(&self) -> Self::Flow {
        container::printed(&self.containers(), self.source().id, &self.source().text)
    }
}

impl Follow for Manifests<'_> {
    type Flow = Vec<container::Printed>;

    fn follow(&self) -> Self::Flow {
        container::printed(&self.containers(), self.source().id, &self.source().text)
    }
}

// In these nothing travels that a check asks for.

impl Follow for Notebook<'_> {
    type Flow = ();

    fn follow(&self) {}
}

impl Follow for State<'_> {
    type Flow = ();

    fn follow(&self) {}
}

impl Follow for Tfvars {
    type Flow = ();

    fn follow(&self) {}
}

impl Follow for TextFile<'_> {
    type Flow = ();

    fn follow(&self) {}
}

impl<V: Follow> Unit<V> {
    /// A unit over this view, judged with what a team adds to the engine.
    #[must_use]
    pub fn new(view: V, custom: &Arc<Custom>) -> Self {
        Self { view, custom: Arc::clone(custom), verdicts: OnceCell::new(), flow: OnceCell::new() }
    }

    /// The engine's word on every literal of the view, computed once, sorted by place; a place is judged once.
    pub fn verdicts(&self) -> &[Verdict] {
        self.verdicts.get_or_init(|| {
            let mut verdicts = Vec::new();
            let mut quiet = Quiet::default();
            self.view.literals(&mut |literal| {
                let (key, before) = (quiet.key(literal), verdicts.len());
                if quiet.knows(key) {
                    return;
                }
                secrets::judge(literal, &self.custom, &mut |verdict| verdicts.push(verdict));
                if verdicts.len() == before {
                    quiet.remember(key);
                }
            });
            secrets::settle(verdicts)
        })
    }

    /// Whether a name by itself says that its value is a secret, to caulk or to the team.
    pub fn is_secret_name(&self, name: &str) -> bool {
        self.custom.is_secret_name(name)
    }

    /// How every literal was judged that stands in a part of a source, under the check that owns it.
    pub fn accounts(&self, part: Place) -> Vec<(&'static str, Account)> {
        let mut told = Vec::new();
        self.view.literals(&mut |literal| {
            let here = |span: &Span| span.overlaps(part.span);
            let spans: Vec<Span> = literal.value.parts.iter().flat_map(spans).collect();
            let Some(span) = spans.into_iter().find(here).filter(|_| literal.source == part.source) else { return };
            let (mut accounts, _) = secrets::explain(literal, &self.custom);
            accounts.retain(|account| account.spans.iter().any(here));
            accounts.dedup();
            if accounts.is_empty() {
                let clipped = Span { start: span.start.max(part.span.start), end: span.end.min(part.span.end) };
                accounts.push(Account::of_nothing(literal, clipped));
            }
            told.extend(accounts.into_iter().map(|account| (literal.role.check(), account)));
        });
        told
    }

    /// How secrets travel in it.
    pub fn flow(&self) -> &V::Flow {
        self.flow.get_or_init(|| secrets::with_names(&self.custom, || self.view.follow()))
    }

    /// The verdicts that this check owns.
    pub fn leaks<'u>(&'u self, page: &Page) -> impl Iterator<Item = &'u Verdict> + use<'u, V> {
        let id = page.id;
        self.verdicts().iter().filter(move |verdict| verdict.role.check() == id)
    }
}

/// Where a part of a value stands, what stands in for it included.
fn spans(part: &Part<'_>) -> Vec<Span> {
    match part {
        Part::Literal(text) => text.locate(0..text.len()),
        Part::Reference(reference) => vec![reference.span],
    }
}

impl<V: Follow> Deref for Unit<V> {
    type Target = V;

    fn deref(&self) -> &V {
        &self.view
    }
}
