"""Events whose type begins with ``output_audio_buffer``: what a WebRTC or SIP caller hears."""

from rtcli.events.event import ClientEvent, ServerEvent


class Clear(ClientEvent, tag="output_audio_buffer.clear"):
    """The client silences the model at once; ``output_audio_buffer.cleared`` follows. Not on WebSockets."""


class Started(ServerEvent, tag="output_audio_buffer.started"):
    """The response's audio begins to play."""

    response_id: str


class Stopped(ServerEvent, tag="output_audio_buffer.stopped"):
    """The response's audio was played to its end, usually after ``response.done``."""

    response_id: str


class Cleared(ServerEvent, tag="output_audio_buffer.cleared"):
    """The response's audio was cut short by VAD or by the client."""

    response_id: str
