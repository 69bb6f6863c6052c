//! What a literal's surroundings say about it: is it a script, a throw-away service, a registry password?

use std::collections::{HashMap, HashSet};

use super::{Job, Script, Workflow};
use crate::source::Setting;
use crate::syntax::yaml::Node;

/// Facts about nodes, by their number in the tree.
pub(super) struct Context<'a> {
    /// The file's setting; templates to start from are examples.
    pub(super) setting: Setting,
    pub(super) scripts: HashMap<u32, Script<'a>>,
    /// Values in the environment of service containers.
    services: HashSet<u32>,
    /// `options` of containers: arguments of `docker create`.
    pub(super) options: HashSet<u32>,
    /// `credentials.password` of containers.
    pub(super) credentials: HashSet<u32>,
    /// What protects only service containers: their passwords and the hosts they answer at.
    passwords: HashSet<String>,
    hosts: Vec<String>,
}

impl<'a> Context<'a> {
    pub(super) fn new(workflow: &Workflow<'a>) -> Self {
        let own = workflow.source().setting;
        let mut context = Self {
            setting: Setting { example: own.example || workflow.is_template(), ..own },
            scripts: workflow.scripts().into_iter().map(|script| (script.node.id(), script)).collect(),
            services: HashSet::new(),
            options: HashSet::new(),
            credentials: HashSet::new(),
            passwords: HashSet::new(),
            hosts: Vec::new(),
        };
        let mut seen = HashSet::new();
        for job in workflow.jobs() {
            context.containers(&job, &mut seen);
        }
        context
    }

    fn containers(&mut self, job: &Job<'a>, seen: &mut HashSet<u32>) {
        let own = job.node.get("container");
        // Shared by an alias, they are looked at once.
        let shared = job.node.get("services").is_some_and(|services| !seen.insert(services.id()));
        let services: Vec<_> = job.services().filter(|(_, service)| !shared && seen.insert(service.id())).collect();
        for container in own.into_iter().chain(services.iter().map(|(_, node)| *node)) {
            self.options.extend(container.get("options").map(Node::id));
            let password = container.get("credentials").and_then(|credentials| credentials.get("password"));
            self.credentials.extend(password.map(Node::id));
        }
        for (name, service) in &services {
            self.hosts.push(name.to_ascii_lowercase());
            for entry in service.get("env").into_iter().flat_map(Node::entries) {
                let value = entry.value.resolve();
                self.services.insert(value.id());
                self.passwords.extend(value.str().filter(|text| !text.is_empty()).map(|text| text.into_owned()));
            }
        }
    }

    /// Whether a value protects only a service container of the same workflow, which dies with its job: its environment, the same
    /// password elsewhere, a connection to it.
    pub(super) fn is_throwaway(&self, node: Node<'_>, value: &str) -> bool {
        self.services.contains(&node.id()) || self.passwords.contains(value) || self.connects_to_service(value)
    }

    /// A URL whose host is a service container's: `localhost` (mapped ports) or its name.
    fn connects_to_service(&self, value: &str) -> bool {
        let Some((_, rest)) = value.split_once("://").filter(|_| !self.hosts.is_empty()) else { return false };
        let Some((_, host)) = rest.split('/').next().unwrap_or(rest).rsplit_once('@') else { return false };
        let host = host.split([':', '?']).next().unwrap_or(host).to_ascii_lowercase();
        matches!(host.as_str(), "localhost" | "127.0.0.1" | "0.0.0.0" | "host.docker.internal") || self.hosts.contains(&host)
    }
}
