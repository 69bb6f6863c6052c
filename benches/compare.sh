#!/usr/bin/env bash
# caulk beside whatever of rg, kingfisher, gitleaks and zizmor is installed: CPU seconds (user + system), median of RUNS runs, and
# ratios within this run. Absolute figures drift with the machine; ratios hold. Says what was skipped, by name.
#
#   benches/compare.sh [DIRECTORY]     DIRECTORY keeps the generated inputs; a temporary one is removed at the end
#
# RUNS=3 SERVICES=1000 STATE_MB=200 NOTEBOOK_MB=100 CAULK=path/to/caulk
set -euo pipefail
cd "$(dirname "$0")/.."

runs=${RUNS:-3}
if [ -z "${CAULK:-}" ]; then
  cargo build --release --locked --quiet
  CAULK=${CARGO_TARGET_DIR:-target}/release/caulk
fi
caulk=$(realpath "$CAULK")
if [ $# -gt 0 ]; then
  inputs=$1
else
  inputs=$(mktemp -d)
  trap 'rm -rf "$inputs"' EXIT
fi
mkdir -p "$inputs"
inputs=$(realpath "$inputs")

generate() { # name, arguments of write_tree
  [ -e "$inputs/$1" ] || cargo bench --quiet --locked --bench write_tree -- "$inputs/$1" "${@:2}" >/dev/null
}
generate tree "${SERVICES:-1000}"
generate state state "${STATE_MB:-200}"
generate notebook notebook "${NOTEBOOK_MB:-100}"
mkdir -p "$inputs/small"
printf 'on: push\njobs: {}\n' >"$inputs/small/action.yml"

# Words that the names of secrets are made of: what a search by keywords would look for.
words=$(printf '%s|' pass pwd secret token key credential auth private signature bearer ghp_ gho_ ghs_ github_pat_ glpat- AKIA ASIA xoxb- xoxp- sk_live_ sk-ant- npm_ pypi- hvs. dop_v1_ shpat_ SG. AIza ya29. eyJ -----BEGIN)
words=${words%|}

TIMEFORMAT='%U %S'
# The median CPU time of a command, whatever it exits with; nothing where it was killed or is missing.
cpu() {
  local times=()
  for _ in $(seq "$runs"); do
    times+=("$({ time "$@" >/dev/null 2>&1 || true; } 2>&1 | awk '{ printf "%.3f", $1 + $2 }')")
  done
  printf '%s\n' "${times[@]}" | sort -n | sed -n "$((runs / 2 + 1))p"
}

declare -A commands=(
  [caulk]='"$caulk" lint --format json PATH'
  [rg]='rg --no-config --hidden -c needle_that_is_nowhere PATH'
  [rg-words]='rg --no-config --hidden -c -i "$words" PATH'
  [kingfisher]='kingfisher scan --no-validate --no-update-check --format json PATH'
  [gitleaks]='gitleaks dir --no-banner PATH'
  [zizmor]='zizmor --offline --no-exit-codes --format json PATH'
)
declare -A skipped=()
order=(caulk rg rg-words kingfisher gitleaks zizmor)

echo "cores: $(nproc), runs: $runs"
for tool in "${order[@]}"; do
  program=${tool%-words}
  if [ "$program" = caulk ]; then
    "$caulk" --version
  elif command -v "$program" >/dev/null; then
    if [ "$program" = gitleaks ]; then echo "gitleaks $(gitleaks version)"; else "$program" --version | head -n 1; fi
  else
    skipped[$tool]=1
  fi
done

printf '\n%-10s' CPU\ s
printf ' %12s' "${order[@]}"
printf '   times caulk\n'
for input in small tree state notebook; do
  printf '%-10s' "$input"
  own= ratios=
  for tool in "${order[@]}"; do
    if [ -n "${skipped[$tool]:-}" ] || { [ "$tool" = zizmor ] && [ "$input" != tree ] && [ "$input" != small ]; }; then
      printf ' %12s' -
      continue
    fi
    command=${commands[$tool]//PATH/\"$inputs/$input\"}
    spent=$(eval "cpu $command")
    printf ' %12s' "$spent"
    if [ "$tool" = caulk ]; then
      own=$spent
    else
      ratios+=" $tool $(awk -v a="$spent" -v b="$own" 'BEGIN { if (b > 0) printf "%.2f", a / b; else printf "-" }')"
    fi
  done
  printf '  %s\n' "$ratios"
done
[ ${#skipped[@]} -eq 0 ] || echo "skipped, not installed: ${!skipped[*]}"
echo "zizmor reads workflows only; where it has none, it is not run"
