#!/bin/sh
# The proxy that tests run behind, as docs/deployment.md says: Debian's nginx, installed here when it is missing.
set -eu
PATH="$PATH:/usr/sbin"
command -v nginx >/dev/null && exit 0
if ! command -v apt-get >/dev/null; then
    echo "anyhost: the tests run nginx, which is not installed; install it and try again" >&2
    exit 1
fi
as_root=""
[ "$(id -u)" = 0 ] || as_root="sudo"
$as_root apt-get update -qq
DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq nginx
# Debian starts it at once, and with each start of the machine: the tests only want the program.
if command -v systemctl >/dev/null && systemctl is-active --quiet nginx; then
    $as_root systemctl disable --now --quiet nginx
fi
