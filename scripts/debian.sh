#!/bin/sh
# debian.sh PROGRAM: one that the tests start, installed from Debian's package of that name when it is missing.
set -eu
PATH="$PATH:/usr/sbin"
command -v "$1" >/dev/null && exit 0
if ! command -v apt-get >/dev/null; then
    echo "anyhost: the tests start $1, which is not installed; install it and try again" >&2
    exit 1
fi
as_root=""
[ "$(id -u)" = 0 ] || as_root="sudo"
$as_root apt-get update -qq
DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq "$1"
# A server (nginx) Debian starts at once, and with each start of the machine: the tests only want the program.
if command -v systemctl >/dev/null && systemctl is-active --quiet "$1"; then
    $as_root systemctl disable --now --quiet "$1"
fi
