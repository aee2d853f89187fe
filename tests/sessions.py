"""Hand-written sessions that several screens are shown with."""

from __future__ import annotations

AUDIO = "A" * 6400
"""4800 bytes, 100 ms of PCM."""

PLACE = '"response_id":"resp_1","item_id":"item_a","output_index":0,"content_index":0'

SPOKEN = f"""
0.00 - {{"rtcli":1,"url":"ws://127.0.0.1:8000/v1/realtime?model=demo","by":"rtcli 0.1.0 connect"}}
0.05 - {{"open":{{"status":101}}}}
0.10 < session.created {{"session":{{"type":"realtime","id":"sess_1","model":"demo","output_modalities":["audio"],"audio":{{"input":{{"format":{{"type":"audio/pcm"}},"turn_detection":{{"type":"server_vad","silence_duration_ms":500}}}},"output":{{"format":{{"type":"audio/pcm"}},"voice":"marin"}}}}}}}}
0.20 > input_audio_buffer.append {{"audio":"{AUDIO}"}}
0.30 > input_audio_buffer.append {{"audio":"{AUDIO}"}}
0.48 > input_audio_buffer.append {{"audio":"{AUDIO}"}}
0.50 < input_audio_buffer.speech_started {{"item_id":"item_u","audio_start_ms":100}}
1.00 < input_audio_buffer.speech_stopped {{"item_id":"item_u","audio_end_ms":300}}
1.01 < input_audio_buffer.committed {{"item_id":"item_u"}}
1.02 < conversation.item.added {{"item":{{"id":"item_u","type":"message","role":"user","status":"completed","content":[{{"type":"input_audio","transcript":null}}]}}}}
1.10 < response.created {{"response":{{"id":"resp_1","status":"in_progress","conversation_id":"conv_1"}}}}
1.20 < response.output_item.added {{"response_id":"resp_1","output_index":0,"item":{{"id":"item_a","type":"message","role":"assistant","status":"in_progress","content":[]}}}}
1.25 < response.content_part.added {{{PLACE},"part":{{"type":"audio","transcript":""}}}}
1.30 < response.output_audio_transcript.delta {{{PLACE},"delta":"It is foggy "}}
1.35 < response.output_audio.delta {{{PLACE},"delta":"{AUDIO}"}}
1.36 < response.output_audio_transcript.delta {{{PLACE},"delta":"in London."}}
1.53 < response.output_audio.delta {{{PLACE},"delta":"{AUDIO}"}}
1.60 < conversation.item.input_audio_transcription.completed {{"item_id":"item_u","content_index":0,"transcript":"Is it [bold]foggy[/x] \\u001b[2J in London today?"}}
"""

INTERRUPTED = """
2.00 < input_audio_buffer.speech_started {"item_id":"item_v","audio_start_ms":900}
2.01 < response.done {"response":{"id":"resp_1","status":"cancelled","status_details":{"type":"cancelled","reason":"turn_detected"},"conversation_id":"conv_1","output":[{"id":"item_a","type":"message","role":"assistant","status":"incomplete","content":[{"type":"output_audio","transcript":"It is foggy in London."}]}],"usage":{"input_tokens":20,"output_tokens":30,"input_token_details":{"cached_tokens":4}}}}
2.02 > conversation.item.truncate {"item_id":"item_a","content_index":0,"audio_end_ms":150}
2.05 < conversation.item.truncated {"item_id":"item_a","content_index":0,"audio_end_ms":150}
"""

FAILED = """
0.10 > session.update {"event_id":"ask_1","session":{"type":"realtime","audio":{"output":{"voice":"alloy"}}}}
0.20 < error {"error":{"type":"invalid_request_error","code":"cannot_update_voice","message":"Cannot update a conversation's voice if assistant audio is present.","param":"session.audio.output.voice","event_id":"ask_1"}}
0.30 > conversation.item.create {"item":{"type":"message","role":"user","content":[{"type":"input_text","text":"What is the weather in London?"}]}}
0.31 > response.create {}
0.40 < response.created {"response":{"id":"resp_1","status":"in_progress","conversation_id":"conv_1"}}
0.50 < response.output_item.added {"response_id":"resp_1","output_index":0,"item":{"id":"item_f","type":"function_call","name":"get_weather","call_id":"call_1","arguments":"","status":"in_progress"}}
0.60 < response.function_call_arguments.delta {"response_id":"resp_1","item_id":"item_f","output_index":0,"call_id":"call_1","delta":"{\\"city\\":"}
0.70 < response.function_call_arguments.delta {"response_id":"resp_1","item_id":"item_f","output_index":0,"call_id":"call_1","delta":" \\"London\\"}"}
0.80 < response.done {"response":{"id":"resp_1","status":"failed","status_details":{"type":"failed","error":{"type":"server_error","code":"rate_limit_exceeded","message":"You exceeded your current quota, please check your plan and billing details."}},"conversation_id":"conv_1"}}
0.85 > conversation.item.create {"item":{"type":"function_call_output","call_id":"call_1","output":"fog, 12 degrees"}}
0.90 - {"note":"user heard a click"}
0.95 < response.funky {"text":"what?"}
0.96 < response.done {"response":7}
1.00 - {"from":"server","close":{"code":1011,"reason":"internal error: keepalive ping timeout"}}
"""
