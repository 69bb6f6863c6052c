//! One small file of each format, with secrets in the places where that format has them.
//!
//! `@@` stands for a token. Tokens are made at run time: nothing in the repository looks like a live one.

/// A file at the path that makes it that format.
#[derive(Clone, Copy)]
pub(crate) struct Sample {
    pub(crate) format: &'static str,
    pub(crate) path: &'static str,
    text: &'static str,
}

/// A GitHub token that belongs to nobody, with its checksum right; the same for the same seed.
pub(crate) fn token(seed: &str) -> String {
    caulk::secrets::sample("github/personal-access-token", seed).unwrap()
}

/// A made-up password that no word list holds; for places that a name makes secret.
pub(crate) fn password(seed: &str) -> String {
    caulk::secrets::sample("password", seed).unwrap()
}

impl Sample {
    /// The file's text and its tokens, each of its own.
    pub(crate) fn fill(&self, seed: &str) -> (String, Vec<String>) {
        let mut parts = self.text.split("@@");
        let mut text = parts.next().unwrap().to_owned();
        let mut tokens = Vec::new();
        for (index, part) in parts.enumerate() {
            let token = token(&format!("{seed} {} {index}", self.path));
            text += &token;
            text += part;
            tokens.push(token);
        }
        (text, tokens)
    }
}

pub(crate) fn of(format: &str) -> impl Iterator<Item = &'static Sample> {
    SAMPLES.iter().filter(move |sample| sample.format == format)
}

pub(crate) const SAMPLES: &[Sample] = &[
    Sample {
        format: "github-actions",
        path: ".github/workflows/ci.yml",
        text: r#"# deploy @@
name: Deploy
on: {push: {branches: [main]}}
env:
  DEPLOY_TOKEN: @@
  FOLDED: >-
    one
    token=@@ and more
jobs:
  deploy:
    runs-on: ubuntu-latest
    container:
      image: registry.example.net/build
      credentials: {username: ci, password: "@@"}
    steps:
      - uses: actions/checkout@v4
        with: &with
          token: '@@'
      - name: push
        run: |
          export GH_TOKEN=@@  # here
          curl -H "Authorization: token @@" "https://api.example.net/${{ github.ref }}"
          cat <<EOF >> out
          secret @@
          EOF
      - with: *with
        if: ${{ secrets.X != '' && format('{0}', '@@') }}
"#,
    },
    Sample {
        format: "github-actions",
        path: "deploy/action.yml",
        text: r#"name: Deploy
inputs:
  token: {default: "@@"}
runs:
  using: composite
  steps:
    - run: echo "${{ inputs.token }}" @@
      shell: bash
"#,
    },
    Sample {
        format: "gitlab-ci",
        path: ".gitlab-ci.yml",
        text: r#"variables:
  API_TOKEN: "@@"
  LONG:
    value: @@
    description: none
.base: &base
  before_script:
    - export T=@@
build:
  <<: *base
  script:
    - !reference [.base, before_script]
    - |
      curl -H 'PRIVATE-TOKEN: @@' https://gitlab.example.net # @@
  services:
    - name: postgres
      variables: {POSTGRES_TOKEN: '@@'}
"#,
    },
    Sample {
        format: "compose",
        path: "docker-compose.yml",
        text: r#"x-env: &env
  API_TOKEN: @@
services:
  web:
    image: nginx
    environment:
      <<: *env
      GITHUB_TOKEN: "@@"
      FALLBACK: ${GITHUB_TOKEN:-@@}
    command: ["serve", "--token", "@@"]
    labels:
      - "traefik.token=@@"
  db:
    image: postgres
    environment:
      - TOKEN=@@ # not @@
configs:
  app: {content: "token = @@"}
"#,
    },
    Sample {
        format: "kubernetes",
        path: "deploy/secret.yaml",
        text: r#"apiVersion: v1
kind: Secret
metadata:
  name: api
  annotations: {note: "@@"}
stringData:
  token: @@
  config.json: '{"auth": {"token": "@@"}}'
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: api}
spec:
  template:
    spec:
      containers:
        - name: api
          image: api
          args: ["--token=@@"]
          env:
            - {name: GITHUB_TOKEN, value: "@@"}
---
{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c"}, "data": {"a.ini": "t = @@"}}
"#,
    },
    Sample {
        format: "terraform",
        path: "infra/main.tf",
        text: r#"# @@
provider "github" {
  token = "@@"
}
variable "token" {
  default = "@@" /* and @@ */
}
locals {
  map   = { token = "@@", list = ["@@"] }
  text  = <<-EOT
    token: @@
    ${join(",", [var.token, "@@"])}
  EOT
  value = coalesce(var.token, "x-${upper("@@")}")
}
resource "null_resource" "x" {
  provisioner "local-exec" {
    command = "curl -H 'Authorization: token @@' https://api.example.net"
  }
}
"#,
    },
    Sample {
        format: "terraform",
        path: "infra-json/main.tf.json",
        text: r#"{
  "provider": {"github": {"token": "@@"}},
  "variable": {"token": {"default": "@@", "//": "@@"}},
  "locals": {"a": ["@@", {"b": "${coalesce(var.token, \"@@\")}"}]}
}
"#,
    },
    Sample {
        format: "tfvars",
        path: "infra/prod.tfvars",
        text: r#"token  = "@@"
tokens = ["@@", "@@"] # @@
object = { nested = { token = "@@" } }
"#,
    },
    Sample {
        format: "tfstate",
        path: "infra/terraform.tfstate",
        text: r#"{
  "version": 4, "terraform_version": "1.12.2", "serial": 1, "lineage": "7b8f1a52-6a7e-4c6c-9c58-2f1c3f0f9b11",
  "outputs": {"token": {"value": "@@", "type": "string", "sensitive": true}, "all": {"value": ["@@"], "type": ["list", "string"]}},
  "resources": [
    {"mode": "managed", "type": "github_repository", "name": "a", "provider": "provider[\"registry.terraform.io/integrations/github\"]",
     "instances": [
      {"index_key": "k", "schema_version": 0, "attributes": {"id": "1", "token": "@@", "map": {"x": "@@"}, "json": "{\"token\": \"@@\"}"},
       "sensitive_attributes": [[{"type": "get_attr", "value": "token"}]]}
    ]}
  ]
}
"#,
    },
    Sample {
        format: "notebook",
        path: "analysis/a.ipynb",
        text: r##"{
 "nbformat": 4, "nbformat_minor": 5,
 "metadata": {"kernelspec": {"name": "python3", "language": "python"}, "note": "@@"},
 "cells": [
  {"id": "one", "cell_type": "code", "execution_count": 1, "metadata": {"x": "@@"},
   "source": ["import os\n", "token = \"@@\"\n", "# @@\n", "!curl -H 'token: @@'\n"],
   "outputs": [
    {"output_type": "stream", "name": "stdout", "text": ["log @@\n"]},
    {"output_type": "execute_result", "data": {"text/plain": ["'@@'"], "text/html": "<b>@@</b>"}, "metadata": {}, "execution_count": 1},
    {"output_type": "error", "ename": "E", "evalue": "bad @@", "traceback": ["\u001b[31m@@\u001b[0m"]}
   ]},
  {"id": "two", "cell_type": "markdown", "metadata": {}, "source": "# Notes\n@@\n"}
 ]
}
"##,
    },
    Sample { format: "text", path: "notes.md", text: "# Notes\n\nUse @@ for now, or `@@`.\n" },
    Sample { format: "text", path: "app/.env", text: "# @@\nGITHUB_TOKEN=@@\nexport OTHER=\"@@\"\n" },
    Sample { format: "text", path: "settings.json", text: "{\"github\": {\"token\": \"@@\"}, \"list\": [\"@@\"]}\n" },
];
