#!/bin/sh
# The browser that the tests drive: Debian's Chromium, installed here when it is missing.
set -eu
command -v chromium >/dev/null && exit 0
if ! command -v apt-get >/dev/null; then
    echo "anyhost: the tests drive /usr/bin/chromium, which is not installed; install Chromium and try again" >&2
    exit 1
fi
as_root=""
[ "$(id -u)" = 0 ] || as_root="sudo"
$as_root apt-get update -qq
DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq chromium
