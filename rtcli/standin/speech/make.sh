#!/bin/sh
# Makes the built-in server's voice with espeak-ng and sox: 24 kHz mono PCM16, in one compressed file.
set -e
cd "$(dirname "$0")"
python3 - <<'PY'
import json, subprocess, zlib, array
phrases = {
    "greeting": ("model", "Hello! How can I help you today?"),
    "hear": ("model", "Yes, I can hear you loud and clear."),
    "weather": ("model", "It is foggy and twelve degrees in London."),
    "tool": ("model", "Here is what I found."),
    "plain": ("model", "I understand. What would you like to do next?"),
    "story": ("model", "Once upon a time there was a small server that lived inside a program. It answered every question in the right order, and nobody ever had to wait for it."),
    "user_hello": ("user", "Hello, can you hear me?"),
    "user_weather": ("user", "What is the weather in London?"),
    "user_story": ("user", "Please tell me a story."),
    "user_stop": ("user", "Stop, that is enough."),
}
index, pcm = {}, b""
for name, (who, text) in phrases.items():
    voice = ["-v", "en-us", "-p", "55", "-s", "165"] if who == "model" else ["-v", "en-gb", "-p", "30", "-s", "150"]
    wav = subprocess.run(["espeak-ng", *voice, "--stdout", text], capture_output=True, check=True).stdout
    raw = subprocess.run(
        ["sox", "-t", "wav", "-", "-t", "raw", "-r", "24000", "-c", "1", "-b", "16", "-e", "signed", "-", "lowpass", "5000", "silence", "1", "0.01", "0.5%", "reverse", "silence", "1", "0.01", "0.5%", "reverse"],
        input=wav, capture_output=True, check=True).stdout
    samples = array.array("h", raw)
    coarse = array.array("h", ((s >> 5) << 5 for s in samples))  # eleven bits are enough, and compress to half
    index[name] = {"speaker": who, "text": text, "start": len(pcm), "bytes": len(raw)}
    pcm += coarse.tobytes()
even, odd = pcm[0::2], pcm[1::2]
open("speech.bin", "wb").write(zlib.compress(even + odd, 9))
json.dump(index, open("speech.json", "w"), indent=1)
PY
ls -l speech.bin
