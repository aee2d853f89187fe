#!/bin/sh
# A tour: a real conversation with the built-in server, then everything one does with its recording.
set -e
here=$(cd "$(dirname "$0")" && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
call="$folder/call.jsonl"
bold= plain=
[ -t 1 ] && bold=$(printf '\033[1m') plain=$(printf '\033[0m')
step() { printf '\n%s$ %s%s\n' "$bold" "$*" "$plain" | sed "s#$folder/##; s#$here/##"; "$@"; }

step rtcli connect demo --session "@$here/speech/spoken.json" --audio-in "$here/speech/weather.wav" -x "Thank you!" -o "$call"
step rtcli show "$call"
step rtcli validate "$call"
step rtcli doctor "$call"
step rtcli replay "$call" --speed 8
