//! Services that trust GitHub's tokens, what they are logged in to with otherwise, and what tells that a job needs no token.

use super::Words;
use crate::formats::github_actions::Field;

/// A service.
pub(super) struct Service {
    /// What is said of a token.
    pub(super) words: Words,
    /// Words without which a file has nothing to do with it.
    pub(super) words_in_file: &'static [&'static str],
    /// Variables that its programs read a token from.
    pub(super) variables: &'static [&'static str],
    /// Actions and their inputs that take one.
    pub(super) inputs: &'static [(&'static str, &'static str)],
    /// Actions that take it from a variable.
    pub(super) actions: &'static [&'static str],
    /// Actions that log in without one.
    pub(super) logins: &'static [&'static str],
    /// Inputs and variables, and the words in them, that say that the job logs in without one, or to a server of its own.
    pub(super) told_by: &'static [(&'static str, &'static str)],
}

impl Service {
    /// Whether a field says that no token is needed.
    pub(super) fn is_told_by(&self, field: &Field<'_>) -> bool {
        let (name, text) = (field.name(), field.text());
        let text = text.map(|text| text.as_str().to_ascii_lowercase()).unwrap_or_default();
        // `use_oidc: ${{ github.event_name == 'push' }}` decides it when it runs.
        let decided_later = |word: &str| matches!(word, "true" | "oidc") && text.contains("${{");
        let tells = |word: &str| text.contains(word) || decided_later(word);
        !text.is_empty() && self.told_by.iter().any(|(known, word)| name.eq_ignore_ascii_case(known) && tells(word))
    }
}

/// No variables, inputs, actions.
const NONE: &[&str] = &[];

pub(super) const SERVICES: [Service; 13] = [
    // <https://developer.hashicorp.com/vault/docs/auth/jwt>
    Service {
        words: Words {
            message: "the job logs in to Vault with a credential that lasts",
            help: "let Vault trust `https://token.actions.githubusercontent.com` at `auth/jwt`, give the job `permissions: id-token: write`, and write `method: jwt` and `role` instead of the credential",
            case: None,
        },
        words_in_file: &["vault"],
        variables: &["VAULT_TOKEN"],
        inputs: &[
            ("hashicorp/vault-action", "token"),
            ("hashicorp/vault-action", "secretId"),
            ("hashicorp/vault-action", "password"),
            ("hashicorp/vault-action", "githubToken"),
            ("hashicorp/vault-action", "jwtPrivateKey"),
            ("hashicorp/vault-action", "authPayload"),
        ],
        actions: NONE,
        logins: NONE,
        told_by: &[("VAULT_ADDR", "//localhost"), ("VAULT_ADDR", "//127.0.0.1"), ("VAULT_ADDR", "//0.0.0.0")],
    },
    // <https://www.pulumi.com/docs/administration/guides/oidc-issuers/github/>
    Service {
        words: Words {
            message: "the job logs in to Pulumi Cloud with a token that lasts",
            help: "register GitHub as an OIDC issuer in Pulumi Cloud, give the job `permissions: id-token: write`, and use `pulumi/auth-actions` instead of the token",
            case: None,
        },
        words_in_file: &["pulumi_access_token"],
        variables: &["PULUMI_ACCESS_TOKEN"],
        inputs: &[],
        actions: NONE,
        logins: &["pulumi/auth-actions"],
        told_by: &[],
    },
    // <https://github.com/jfrog/setup-jfrog-cli#connecting-to-jfrog-using-oidc-openid-connect>
    Service {
        words: Words {
            message: "the job logs in to JFrog with a credential that lasts",
            help: "add an OIDC integration for GitHub in the JFrog Platform, give the job `permissions: id-token: write`, and pass `oidc-provider-name` to `jfrog/setup-jfrog-cli`",
            case: None,
        },
        words_in_file: &["jf_access_token", "jf_password"],
        variables: &["JF_ACCESS_TOKEN", "JF_PASSWORD"],
        inputs: &[],
        actions: &["jfrog/setup-jfrog-cli"],
        logins: NONE,
        told_by: &[("oidc-provider-name", "")],
    },
    // <https://docs.cloudsmith.com/authentication/setup-cloudsmith-to-authenticate-with-oidc-in-github-actions>
    Service {
        words: Words {
            message: "the job logs in to Cloudsmith with an API key that lasts",
            help: "let a service account of Cloudsmith trust this repository, give the job `permissions: id-token: write`, and pass `oidc-namespace` and `oidc-service-slug` to `cloudsmith-io/cloudsmith-cli-action`",
            case: None,
        },
        words_in_file: &["cloudsmith"],
        variables: &["CLOUDSMITH_API_KEY"],
        inputs: &[("cloudsmith-io/cloudsmith-cli-action", "api-key"), ("cloudsmith-io/action", "api-key")],
        actions: NONE,
        logins: NONE,
        told_by: &[("oidc-namespace", "")],
    },
    // <https://infisical.com/docs/documentation/platform/identities/oidc-auth/github>
    Service {
        words: Words {
            message: "the job logs in to Infisical with a client secret that lasts",
            help: "give the machine identity OIDC authentication that trusts this repository, give the job `permissions: id-token: write`, and write `method: oidc` and `identity-id` instead of the secret",
            case: None,
        },
        words_in_file: &["infisical"],
        variables: &["INFISICAL_TOKEN", "INFISICAL_CLIENT_SECRET", "INFISICAL_UNIVERSAL_AUTH_CLIENT_SECRET"],
        inputs: &[("infisical/secrets-action", "client-secret")],
        actions: NONE,
        logins: NONE,
        told_by: &[("method", "oidc")],
    },
    // <https://docs.doppler.com/docs/service-account-identities>
    Service {
        words: Words {
            message: "the job logs in to Doppler with a token that lasts",
            help: "give a service account of Doppler an identity that trusts this repository, give the job `permissions: id-token: write`, and write `auth-method: oidc` and `doppler-identity-id` instead of the token",
            case: None,
        },
        words_in_file: &["doppler"],
        variables: &["DOPPLER_TOKEN"],
        inputs: &[("dopplerhq/secrets-fetch-action", "doppler-token")],
        actions: NONE,
        logins: NONE,
        told_by: &[("auth-method", "oidc")],
    },
    // <https://github.com/codecov/codecov-action#using-oidc>
    Service {
        words: Words {
            message: "coverage is uploaded to Codecov with a token that lasts",
            help: "give the job `permissions: id-token: write`, and write `use_oidc: true` instead of the token",
            case: None,
        },
        words_in_file: &["codecov"],
        variables: &["CODECOV_TOKEN"],
        inputs: &[("codecov/codecov-action", "token"), ("codecov/test-results-action", "token")],
        actions: NONE,
        logins: NONE,
        told_by: &[("use_oidc", "true")],
    },
    // <https://docs.databricks.com/aws/en/dev-tools/auth/provider-github>
    Service {
        words: Words {
            message: "the job logs in to Databricks with a credential that lasts",
            help: "give a service principal a federation policy that trusts this repository, give the job `permissions: id-token: write`, and set `DATABRICKS_AUTH_TYPE: github-oidc` and `DATABRICKS_CLIENT_ID` instead",
            case: None,
        },
        words_in_file: &["databricks_token", "databricks_client_secret"],
        variables: &["DATABRICKS_TOKEN", "DATABRICKS_CLIENT_SECRET"],
        inputs: &[],
        actions: NONE,
        logins: NONE,
        told_by: &[("DATABRICKS_AUTH_TYPE", "oidc")],
    },
    // <https://tailscale.com/docs/integrations/github/github-action>
    Service {
        words: Words {
            message: "the job joins a tailnet with a credential that lasts",
            help: "make a federated identity in Tailscale that trusts this repository, give the job `permissions: id-token: write`, and pass `oauth-client-id` and `audience` to `tailscale/github-action@v4`",
            case: None,
        },
        words_in_file: &["tailscale"],
        variables: NONE,
        inputs: &[("tailscale/github-action", "oauth-secret"), ("tailscale/github-action", "authkey")],
        actions: NONE,
        logins: NONE,
        told_by: &[("audience", "")],
    },
    // <https://docs.docker.com/enterprise/security/oidc-connections/>
    Service {
        words: Words {
            message: "the job logs in to Docker Hub with a token that lasts",
            help: "an organisation with a Team or Business plan can make an OIDC connection: give the job `permissions: id-token: write`, and set `DOCKERHUB_OIDC_CONNECTIONID` for `docker/login-action@v4` instead of the password",
            case: Some("preview"),
        },
        words_in_file: &["docker/login-action"],
        variables: NONE,
        inputs: &[("docker/login-action", "password")],
        actions: NONE,
        logins: &["docker/oidc-action"],
        told_by: &[("DOCKERHUB_OIDC_CONNECTIONID", "")],
    },
    // <https://github.com/1Password/load-secrets-action>
    Service {
        words: Words {
            message: "the job logs in to 1Password with a service account token that lasts",
            help: "1Password can trust this repository by Workload Identity, which is in public preview: give the job `permissions: id-token: write`, and use it instead of the token",
            case: Some("preview"),
        },
        words_in_file: &["op_service_account_token", "1password/"],
        variables: &["OP_SERVICE_ACCOUNT_TOKEN"],
        inputs: &[("1password/load-secrets-action/configure", "service-account-token")],
        actions: NONE,
        logins: NONE,
        told_by: &[],
    },
    // <https://developers.openai.com/api/docs/guides/workload-identity-federation/github-actions>
    Service {
        words: Words {
            message: "the job calls OpenAI with an API key that lasts",
            help: "an owner of the organisation can add this repository as a workload identity: give the job `permissions: id-token: write`, and let the client exchange the job's token",
            case: Some("preview"),
        },
        words_in_file: &["openai_api_key"],
        variables: &["OPENAI_API_KEY"],
        inputs: &[],
        actions: NONE,
        logins: NONE,
        told_by: &[("OPENAI_BASE_URL", ""), ("OPENAI_API_BASE", "")],
    },
    // <https://depot.dev/docs/cli/authentication#oidc-trust-relationships>
    Service {
        words: Words {
            message: "the job logs in to Depot with a token that lasts",
            help: "add a trust relationship for this repository to the project in Depot, give the job `permissions: id-token: write`, and delete the token",
            case: None,
        },
        words_in_file: &["depot"],
        variables: &["DEPOT_TOKEN"],
        inputs: &[("depot/build-push-action", "token"), ("depot/bake-action", "token")],
        actions: NONE,
        logins: NONE,
        told_by: &[],
    },
];
