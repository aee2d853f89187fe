#!/bin/sh
# Records the sessions of this folder anew, from the built-in server.
set -e
cd "$(dirname "$0")"
record() { name=$1; shift; rtcli connect demo --overwrite -o "$name.jsonl" "$@" >/dev/null; }

record text -x "Hello!" --text
record spoken --session @speech/spoken.json --audio-in speech/weather.wav
record interruption --session @speech/spoken.json --audio-in speech/interruption.wav
record transcription --session @speech/transcription.json --audio-in speech/hello.wav
printf '%s\n' "What is the weather in London?" "/tool It is foggy and 12 degrees in London." |
  record tool --session @speech/tool.json
rtcli validate ./*.jsonl
