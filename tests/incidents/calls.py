"""Incidents with functions, transcriptions and responses outside the conversation."""

from __future__ import annotations

from incidents.answer import answers, calls, given, heard_out
from incidents.call import Call
from incidents.setup import Setup
from incidents.turns import FOUND, good_turn, greeted

from rtcli.events import build
from rtcli.events.configuration import ResponseParams

UNAVAILABLE = '{"error": "order service unavailable"}'


def call_unanswered(*, healthy: bool = False) -> list[str]:
    """The client never comes back from a function, and says nothing more."""
    call = Call(Setup(create_response=False))
    greeted(call)
    good_turn(call)
    call.speaks("Where is my order 4711?")
    call.asks()
    called = calls(call, "get_order", {"order": "4711"})
    if healthy:
        call.pause(1.1)
        given(call, called, FOUND)
        heard_out(call, answers(call, "It was shipped and arrives on Saturday."))
        call.speaks("Thank you, bye!")
        call.asks()
        heard_out(call, answers(call, "Good bye!"))
    else:
        call.pause(6.0)
        call.speaks("Hello? Are you still there?")
        call.pause(8.0)
    return call.hangs_up()


def call_loop(*, healthy: bool = False) -> list[str]:
    """The model calls the same function again and again, and gets the same error."""
    call = Call()
    greeted(call)
    good_turn(call)
    call.speaks("Where is my order 4711?")
    for attempt in range(2 if healthy else 4):
        called = calls(call, "get_order", {"order": "4711"})
        call.pause(0.9)
        given(call, called, FOUND if healthy and attempt else UNAVAILABLE)
    if healthy:
        heard_out(call, answers(call, "It was shipped and arrives on Saturday."))
        call.speaks("Thank you, bye!")
        heard_out(call, answers(call, "Good bye!"))
    return call.hangs_up()


def transcription_missing(*, healthy: bool = False, transcription: str = "begun") -> list[str]:
    """One of several turns is never transcribed to its end."""
    call = Call()
    greeted(call)
    good_turn(call)
    call.speaks("Do you sell olive trees too?", transcription="whole" if healthy else transcription)
    heard_out(call, answers(call, "We do, small ones and tall ones."))
    for question, reply in (
        ("How much is a small one?", "A small one is forty euros, with the pot."),
        ("And a tall one?", "A tall one is two hundred euros, and we bring it to you."),
        ("Which soil do I need?", "Take soil for Mediterranean plants, and sand below it."),
        ("Can I pay by card?", "Yes, by card and in cash."),
        ("Good, then I come on Saturday.", "See you on Saturday then!"),
    ):
        call.pause(1.2)
        call.speaks(question)
        heard_out(call, answers(call, reply))
    return call.hangs_up()


NOTICE = (
    "Please hold the line while I look for your order. This takes a moment. Did you know that we have "
    "new palm trees in the shop, and that every fern is at half price until the end of the month?"
)


def cancel_missed(*, healthy: bool = False) -> list[str]:
    """A cancel that names no response does not reach the one outside the conversation."""
    call = Call()
    greeted(call)
    good_turn(call)
    topic = {"purpose": "hold-notice"}
    params = ResponseParams(conversation="none", input=[], instructions=f"Say: {NOTICE}", metadata=topic)
    call.client(build.new_response.create(params))
    if healthy:
        notice = answers(
            call,
            NOTICE,
            pace=1.6,
            in_conversation=False,
            metadata=topic,
            cut_after_s=2.7,
            cut_by="client_cancelled",
        )
        call.client(build.response(notice.response_id).cancel(), notice.first_at + 2.66)
        call.quiet(notice.first_at + 2.66)
        call.pause(0.5)
    else:
        notice = answers(call, NOTICE, pace=1.6, in_conversation=False, metadata=topic)
        call.client(build.new_response.cancel(), notice.first_at + 2.66)
        none = "Cancellation failed: no active response found"
        call.refuses(none, "response_cancel_not_active", at=notice.first_at + 2.7)
        heard_out(call, notice)
    call.speaks("So, do you have my order?")
    heard_out(call, answers(call, "Yes, it arrives on Saturday."))
    return call.hangs_up()
