#!/usr/bin/env bash
# The check as a step of a GitHub workflow: annotations on standard output, the summary of the step,
# reports in a folder, outputs for the steps that follow. All of it is written before the exit code
# of the check is given. Values come from the environment only and are never read as options.
set -euo pipefail

path=${PROBITY_PATH:-.}
base=${PROBITY_BASE:-${PROBITY_EVENT_BASE:-}}
report=${PROBITY_REPORT:-${RUNNER_TEMP:-${TMPDIR:-/tmp}}/probity-report}
summary=${GITHUB_STEP_SUMMARY:-/dev/null}
outputs=${GITHUB_OUTPUT:-/dev/null}

# The message of a workflow command, as `@actions/core` escapes it.
escaped() {
    local text=$1
    text=${text//'%'/%25}
    text=${text//$'\r'/%0D}
    text=${text//$'\n'/%0A}
    printf '%s' "$text"
}

is_true() {
    [ "${1:-false}" = true ]
}

mkdir -p "$report"
rm -f "$report"/{summary.md,check.json,check.sarif,junit.xml,errors.txt,due.txt,due.json,due.ics}

common=(--color=never)
if [ -n "${PROBITY_AS_OF:-}" ]; then common+=("--as-of=$PROBITY_AS_OF"); fi

check=(
    --format=github
    "--fail-on=${PROBITY_FAIL_ON:-error}"
    "--output=github-summary=$report/summary.md"
    "--output=json=$report/check.json"
    "--output=sarif=$report/check.sarif"
    "--output=junit=$report/junit.xml"
)
if [ -n "$base" ]; then
    check+=("--base=$base" "--gate=${PROBITY_GATE:-new}")
fi
if is_true "${PROBITY_STRICT:-}"; then check+=(--strict); fi
if is_true "${PROBITY_NO_HISTORY:-}"; then check+=(--no-history); fi

code=0
probity check "${common[@]}" "${check[@]}" -- "$path" 2>"$report/errors.txt" || code=$?

if [ -s "$report/errors.txt" ]; then
    printf '::error title=Probity::%s\n' "$(escaped "$(cat "$report/errors.txt")")"
fi
if [ ! -s "$report/summary.md" ]; then
    {
        printf '## Probity: the check could not be made\n\n'
        sed 's/^/    /' "$report/errors.txt"
    } >"$report/summary.md"
fi
cat "$report/summary.md" >>"$summary"

# What comes next, for scheduled runs.
if [ -n "${PROBITY_DUE:-}" ]; then
    due=("${common[@]}" "--within=$PROBITY_DUE")
    # Indented, so that nothing in it is read as Markdown.
    if probity due "${due[@]}" -- "$path" >"$report/due.txt" 2>>"$report/errors.txt"; then
        {
            printf '\n## Due within %s\n\n' "$PROBITY_DUE"
            sed 's/^/    /' "$report/due.txt"
        } >>"$summary"
    fi
    probity due "${due[@]}" --format=json -- "$path" >"$report/due.json" 2>/dev/null || true
    probity due "${due[@]}" --format=ics -- "$path" >"$report/due.ics" 2>/dev/null || true
fi

# Nobody can write the end of a text that they cannot guess.
delimiter=probity-$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
{
    printf 'exit-code=%s\n' "$code"
    printf 'report=%s\n' "$report"
    printf 'comment<<%s\n' "$delimiter"
    cat "$report/summary.md"
    printf '%s\n' "$delimiter"
} >>"$outputs"

exit "$code"
