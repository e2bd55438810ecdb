#!/usr/bin/env bash
# Puts `probity` on the path of the steps that follow: the binary of a release whose checksum is
# right, or one built from the source of this action. Values come from the environment only.
set -euo pipefail

source=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
releases=${PROBITY_RELEASES:-https://github.com/probity-check/probity/releases/download}
folder=${RUNNER_TEMP:-${TMPDIR:-/tmp}}/probity-bin
version=${PROBITY_VERSION:-}

fail() {
    printf '::error title=Probity::%s\n' "$*"
    exit 2
}

# The value of a key at the beginning of Cargo.toml.
manifest() {
    sed -n "s/^$1 = \"\([^\"]*\)\".*/\1/p" "$source/Cargo.toml" | head -n 1
}

target() {
    case "$(uname -s)-$(uname -m)" in
        Linux-x86_64) echo x86_64-unknown-linux-musl ;;
        Linux-aarch64) echo aarch64-unknown-linux-musl ;;
        Darwin-arm64) echo aarch64-apple-darwin ;;
        Darwin-x86_64) echo x86_64-apple-darwin ;;
        MINGW*-x86_64 | MSYS*-x86_64) echo x86_64-pc-windows-msvc ;;
        *) echo "" ;;
    esac
}

digest() {
    if command -v sha256sum >/dev/null; then
        sha256sum "$1" | cut -d ' ' -f 1
    else
        shasum -a 256 "$1" | cut -d ' ' -f 1
    fi
}

get() {
    curl --fail --silent --show-error --location --retry 3 --proto '=https,file' \
        --output "$2" "$releases/v$version/$1"
}

# 1 where there is no such binary; a wrong checksum ends everything.
download() {
    local name expected
    name=probity-$version-$(target).tar.gz
    get "$name" "$folder/$name" 2>/dev/null || return 1
    expected=${PROBITY_SHA256:-}
    if [ -z "$expected" ]; then
        get SHA256SUMS "$folder/SHA256SUMS" || fail "$name has no checksum: SHA256SUMS is missing"
        expected=$(sed -n "s/^\([0-9a-f]\{64\}\) [ *]$name\$/\1/p" "$folder/SHA256SUMS")
    fi
    if [ -z "$expected" ] || [ "$(digest "$folder/$name")" != "$expected" ]; then
        fail "the checksum of $name is not the one expected; it was not used"
    fi
    tar -xzf "$folder/$name" -C "$folder/bin"
}

build() {
    command -v cargo >/dev/null || fail "there is no released binary of version $version for this machine, and no Rust to build one"
    if command -v rustup >/dev/null; then
        rustup toolchain install "$(manifest rust-version)" --profile minimal
        cargo "+$(manifest rust-version)" install --locked --path "$source" --root "$folder"
    else
        cargo install --locked --path "$source" --root "$folder"
    fi
}

mkdir -p "$folder/bin"
case $version in
    installed)
        command -v probity >/dev/null || fail "version is \`installed\`, and there is no \`probity\` on the path"
        probity --version
        exit 0
        ;;
    source) build ;;
    *)
        version=${version#v}
        version=${version:-$(manifest version)}
        [[ $version =~ ^[0-9]+\.[0-9]+\.[0-9]+[-.A-Za-z0-9]*$ ]] || fail "$version is no version; write it as 0.1.0, or \`source\`, or \`installed\`"
        if ! download; then
            [ "$version" = "$(manifest version)" ] || fail "there is no release $version with a binary for this machine"
            echo "no released binary of version $version; building it from source"
            build
        fi
        ;;
esac
"$folder/bin/probity" --version
printf '%s\n' "$folder/bin" >>"${GITHUB_PATH:-/dev/null}"
