#!/usr/bin/env bash
# Installs what tests of browsers and servers need from Debian's packages; where it may not, says so and goes on.
set -uo pipefail
wanted=()
command -v chromium >/dev/null || wanted+=(chromium)
dpkg-query --show --showformat='${Status}' fonts-noto-core 2>/dev/null | grep -q 'ok installed' \
  || wanted+=(fonts-noto-core)
# The tests start a cluster of Spark, which runs in Java.
command -v java >/dev/null || wanted+=(openjdk-17-jre-headless)
# The tests start a mail server of their own from it.
[ -x /usr/sbin/dovecot ] || wanted+=(dovecot-imapd)
# The same of a help desk, in a folder and at a time of their own.
if [ ! -e /usr/share/request-tracker5/libexec/rt-server ]; then
  wanted+=(request-tracker5 rt5-db-sqlite rt5-standalone)
  # It wants something that can send mail: dma can, and runs no server.
  [ -x /usr/sbin/sendmail ] || wanted+=(dma)
fi
compgen -G '/usr/lib/*/faketime/libfaketime.so.1' >/dev/null || wanted+=(faketime)
[ ${#wanted[@]} -eq 0 ] && exit 0

without() {
  echo "Not installed: ${wanted[*]} ($1). The tests that need them are skipped with the reason." >&2
  exit 0
}

command -v apt-get >/dev/null || without "this system has no apt-get; install them by its own means"
as_root=()
if [ "$(id -u)" -ne 0 ]; then
  sudo -n true 2>/dev/null || without "neither root nor passwordless sudo; run: sudo make system"
  as_root=(sudo -n)
fi
export DEBIAN_FRONTEND=noninteractive
run() { "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive "$@" </dev/null; }
run apt-get update --quiet --quiet || without "the package lists could not be fetched"
# Nothing that is installed here is to start: the tests start what they need.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee "$policy" >/dev/null
  "${as_root[@]}" chmod 755 "$policy"
  trap '"${as_root[@]}" rm -f "$policy"' EXIT
fi
run apt-get install --yes --no-install-recommends "${wanted[@]}" || without "apt-get failed, see above"
