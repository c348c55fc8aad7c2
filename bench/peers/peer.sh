# What the start scripts share. A script is started as `start FOLDER PORT...`, serves until its input ends or it is told
# to go (SIGTERM), and takes everything along that it has started.

set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[1]}")" && pwd)
export LC_ALL=C.UTF-8

die() {
  echo "$*" >&2
  exit 1
}

# Debian packages; root installs what is missing, without starting the services in them.
need() {
  local missing=() package
  for package in "$@"; do
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing+=("$package")
  done
  [ ${#missing[@]} -eq 0 ] && return
  [ "$(id -u)" -eq 0 ] || die "missing: apt-get install ${missing[*]}"
  apt-get update -qq
  RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}"
}

# The version of a Debian package, as its makers call it.
version() {
  dpkg-query -W -f '${Version}' "$1" | sed -E 's/^[0-9]+://; s/[+~-].*//'
}

serve() {
  trap 'exit 0' TERM INT
  trap 'trap - EXIT; pids=$(jobs -p); [ -z "$pids" ] || kill $pids 2>/dev/null || true; wait' EXIT
  ulimit -n "$(ulimit -Hn)"
}

# Returns when it is time to go.
until_told() {
  while read -r _; do :; done
}

# Starts a PostgreSQL of its own, as Debian's user postgres where this user is root; waits for it.
postgresql() {
  local folder=$1 port=$2 bin as=()
  need postgresql postgresql-client
  bin=$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -1)
  mkdir -p "$folder"
  if [ "$(id -u)" -eq 0 ]; then
    as=(setpriv --reuid postgres --regid postgres --init-groups)
    chown postgres: "$folder"
  fi
  (cd / && "${as[@]}" "$bin/initdb" --pgdata "$folder/data" --username postgres --auth trust --encoding UTF8 --no-instructions)
  (cd / && exec "${as[@]}" "$bin/postgres" -D "$folder/data" -p "$port" -c listen_addresses=127.0.0.1 \
    -c unix_socket_directories= -c max_connections=60 -c shared_buffers=512MB) &
  until pg_isready --quiet -U postgres -h 127.0.0.1 -p "$port"; do sleep 0.1; done
}
