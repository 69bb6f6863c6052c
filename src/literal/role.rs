//! The role of a literal in its format, and the one check that owns it.

/// What a literal is for. A role belongs to exactly one check, so one secret is one finding.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Role {
    /// Text that no format read.
    Text,
    /// GitHub Actions: anything no other role claims.
    GithubActions,
    /// GitHub Actions: `container.credentials.password`, `services.*.credentials.password`.
    GithubContainerCredentials,
    /// GitLab CI: anything no other role claims.
    GitlabCi,
    /// Compose: anything no other role claims.
    Compose,
    /// Compose: a literal inside `${…}`.
    ComposeFallback,
    /// Compose: `command`, `entrypoint`, `healthcheck.test`, hook commands.
    ComposeCommand,
    /// Kubernetes: anything no other role claims.
    Kubernetes,
    /// Kubernetes: `data` and `stringData` of a Secret.
    KubernetesSecret,
    /// Kubernetes: a container's environment, arguments and commands.
    KubernetesContainer,
    /// Kubernetes: `data` and `binaryData` of a ConfigMap.
    KubernetesConfigMap,
    /// Terraform: anything no other role claims.
    Terraform,
    /// Terraform: arguments of a `provider` block.
    TerraformProvider,
    /// Terraform: `default` of a `variable`.
    TerraformVariableDefault,
    /// Terraform: the value that a resource puts into a secret store.
    TerraformStored,
    /// Terraform: arguments of a backend or of an `encryption` block.
    TerraformBackend,
    /// Values of a `.tfvars` file.
    Tfvars,
    /// State: a leaf that the state or the table calls sensitive.
    StateSensitive,
    /// State: any other leaf.
    State,
    /// Notebook: the source of a cell.
    NotebookSource,
    /// Notebook: an output.
    NotebookOutput,
    /// Notebook: metadata and attachments.
    NotebookMetadata,
}

impl Role {
    /// Every role.
    pub const ALL: &[Self] = &[
        Self::Text,
        Self::GithubActions,
        Self::GithubContainerCredentials,
        Self::GitlabCi,
        Self::Compose,
        Self::ComposeFallback,
        Self::ComposeCommand,
        Self::Kubernetes,
        Self::KubernetesSecret,
        Self::KubernetesContainer,
        Self::KubernetesConfigMap,
        Self::Terraform,
        Self::TerraformProvider,
        Self::TerraformVariableDefault,
        Self::TerraformStored,
        Self::TerraformBackend,
        Self::Tfvars,
        Self::StateSensitive,
        Self::State,
        Self::NotebookSource,
        Self::NotebookOutput,
        Self::NotebookMetadata,
    ];

    /// The id of the check that owns literals of this role.
    #[must_use]
    pub fn check(self) -> &'static str {
        match self {
            Self::Text => "core/plaintext-secret",
            Self::GithubActions => "github-actions/plaintext-secret",
            Self::GithubContainerCredentials => "github-actions/hardcoded-container-credentials",
            Self::GitlabCi => "gitlab-ci/plaintext-secret",
            Self::Compose => "compose/plaintext-secret",
            Self::ComposeFallback => "compose/default-secret-fallback",
            Self::ComposeCommand => "compose/secret-in-command",
            Self::Kubernetes => "kubernetes/plaintext-secret",
            Self::KubernetesSecret => "kubernetes/secret-manifest-plaintext",
            Self::KubernetesContainer => "kubernetes/env-literal-secret",
            Self::KubernetesConfigMap => "kubernetes/configmap-secret",
            Self::Terraform => "terraform/plaintext-secret",
            Self::TerraformProvider => "terraform/provider-static-credentials",
            Self::TerraformVariableDefault => "terraform/variable-default-secret",
            Self::TerraformStored => "terraform/hardcoded-secret-resource",
            Self::TerraformBackend => "terraform/backend-static-credentials",
            Self::Tfvars => "tfvars/committed-secret",
            Self::StateSensitive => "tfstate/sensitive-value-in-state",
            Self::State => "tfstate/plaintext-secret-in-state",
            Self::NotebookSource => "notebook/secret-in-source",
            Self::NotebookOutput => "notebook/secret-in-output",
            Self::NotebookMetadata => "notebook/secret-in-metadata",
        }
    }
}
