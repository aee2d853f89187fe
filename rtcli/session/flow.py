"""Which streams go on: where the next delta of a class belongs that only continues what the last one did."""

from __future__ import annotations

from rtcli.session.written import OutputItem, Response, Stream


class Flow(dict[type, Stream]):
    """By class of delta the stream that the last one was in, while it is open."""

    def stop(self, thing: Response | OutputItem | Stream) -> None:
        """A response, an item or a stream is over, or a part of it: nothing goes on there."""
        for kind, stream in tuple(self.items()):
            if stream is thing or stream.item is thing or stream.response is thing:
                del self[kind]
