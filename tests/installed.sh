#!/bin/sh
# Every command once, as it is installed: a call through the proxy, and what is done with its recording.
set -eu
here=$(cd "$(dirname "$0")/../recordings" && pwd)
folder=$(mktemp -d)
trap 'kill $proxy 2>/dev/null || true; rm -rf "$folder"' EXIT
cd "$folder"
proxy=
rtcli proxy demo --listen 127.0.0.1:0 -o calls >url 2>said &
proxy=$!
for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do [ -s url ] && break; sleep 0.5; done
rtcli connect "$(cat url)/v1/realtime?model=gpt-realtime" --session "@$here/speech/spoken.json" \
  --audio-in "$here/speech/weather.wav" -o call.jsonl >/dev/null
kill $proxy
wait $proxy
rtcli diff calls/*.jsonl call.jsonl >/dev/null
for command in show validate doctor info turns cost transcript; do rtcli $command call.jsonl >/dev/null; done
rtcli audio call.jsonl -o call.wav
rtcli report call.jsonl -o call.html
rtcli redact call.jsonl -o redacted.jsonl
rtcli bundle call.jsonl -o ticket.zip >/dev/null
rtcli convert call.jsonl -o call.har
rtcli doctor call.har >/dev/null
rtcli cut call.jsonl --turn 1 -o turn.jsonl
rtcli mark call.jsonl --at 1 "a click"
rtcli filter call.jsonl --where "event.type == 'response.done'" -o done.jsonl
rtcli merge call.jsonl turn.jsonl -o both.jsonl
rtcli recover call.jsonl -o recovered.jsonl
rtcli replay call.jsonl --to demo -o again.jsonl >/dev/null
rtcli rule SEQ18 >/dev/null
rtcli schema response.done >/dev/null
# What an extra brings, where it is installed.
if python -c 'import pyarrow' 2>/dev/null; then rtcli convert call.jsonl -o call.parquet; fi
if python -c 'import soxr, numpy' 2>/dev/null; then
  python -c "import wave; w = wave.open('cd.wav', 'wb'); w.setparams((2, 2, 44100, 0, 'NONE', '')); w.writeframes(bytes(88200))"
  rtcli connect demo --audio-in cd.wav --no-record --pace fast --wait 1 >/dev/null || [ $? -eq 2 ]
fi
if python -c 'import cryptography' 2>/dev/null; then
  rtcli proxy demo --tls --listen 127.0.0.1:0 -o calls >url 2>said &
  proxy=$!
  for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do grep -q SSL_CERT_FILE said && break; sleep 0.5; done
  SSL_CERT_FILE=$(sed -n 's/.*SSL_CERT_FILE=\([^ ]*\).*/\1/p' said) \
    rtcli connect "$(cat url)/v1/realtime" -x Hello --no-record >/dev/null
  kill $proxy
  wait $proxy
fi
echo "every command ran: $(rtcli --version)"
