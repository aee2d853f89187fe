"""Incidents in the taking of turns: who answers what, and who stops whom."""

from __future__ import annotations

from incidents.answer import answers, calls, gives, heard_out
from incidents.call import Call

from rtcli.events import build

FOUND = '{"order": "4711", "status": "shipped", "carrier": "DHL", "arrives": "Saturday"}'
RUNNING = (
    "Conversation already has an active response in progress: {}. "
    "Wait until the response is finished before creating a new one."
)


def greeted(call: Call) -> None:
    """The call begins, and the model greets the caller."""
    call.begin()
    call.asks()
    heard_out(call, answers(call, "Fern and Co, good evening. How can I help you?"))


def good_turn(call: Call) -> None:
    """A question and its answer, as they should be."""
    call.speaks("Hello! Are you open on Saturday?")
    if not call.setup.answers_itself:
        call.asks()
    heard_out(call, answers(call, "Yes, we are open from nine to six on Saturday."))


def lost_response(*, healthy: bool = False, ever_told: bool = True) -> list[str]:
    """The client asks for the answer to a tool's output just when VAD's response begins."""
    call = Call()
    greeted(call)
    good_turn(call)
    call.speaks("Good. Where is my order 4711?")
    called = calls(call, "get_order", {"order": "4711"})
    call.pause(0.9)
    call.speaks("Are you still there?")
    committed = call.now
    if healthy:
        result = gives(call, called, FOUND)
        call.stands(call.new_id("item"), result, committed + 0.05)
        answers(call, "One moment please, I am looking.")
        call.asks()
        heard_out(call, answers(call, "Your order was shipped and arrives on Saturday."))
    else:
        _lost(call, called, ever_told=ever_told)
    if healthy or ever_told:
        call.speaks("Great, thank you, bye!")
        heard_out(call, answers(call, "You are welcome. Good bye!"))
    return call.hangs_up()


def _lost(call: Call, called, *, ever_told: bool) -> None:
    committed = call.now
    result = gives(call, called, FOUND)
    call.asks()
    call.stands(call.new_id("item"), result, committed + 0.05)
    call.now = committed
    answer = answers(call, "One moment please, I am looking.", thinks_s=0.6)
    call.refuses(RUNNING.format(answer.response_id), "conversation_already_has_active_response", at=committed + 0.06)
    heard_out(call, answer)
    if not ever_told:
        call.pause(8.0)
        return
    text = "So where is it now?"
    call.now = committed + 9.4 - len(text.split()) * 0.33 - 0.65
    call.speaks(text)
    heard_out(call, answers(call, "Your order was shipped and arrives on Saturday."))


def answered_twice(*, healthy: bool = False) -> list[str]:
    """The client asks for an answer after each commit, though VAD does that."""
    call = Call()
    greeted(call)
    turns = (
        ("Hello! Are you open on Saturday?", "Yes, from nine to six on Saturday."),
        ("Do you sell olive trees too?", "We do, small ones and tall ones."),
        ("How much is a small one?", "A small one is forty euros."),
    )
    for number, (question, reply) in enumerate(turns):
        call.speaks(question)
        committed = call.now
        if healthy:
            heard_out(call, answers(call, reply))
        elif number == 1:
            call.asks()
            answers(call, reply)
            heard_out(call, answers(call, "Yes, olive trees are in stock, in two sizes."))
        else:
            answer = answers(call, reply)
            call.client(build.new_response.create(), committed + 0.034)
            running = "conversation_already_has_active_response"
            call.refuses(RUNNING.format(answer.response_id), running, at=committed + 0.09)
            heard_out(call, answer)
    return call.hangs_up()


def empty_commit(*, healthy: bool = False) -> list[str]:
    """The client commits each turn that VAD has committed already."""
    call = Call()
    greeted(call)
    turns = (
        ("Hello! Are you open on Saturday?", "Yes, from nine to six on Saturday."),
        ("Do you sell olive trees too?", "We do, small ones and tall ones."),
        ("Good, then I come by.", "See you on Saturday then!"),
    )
    for question, reply in turns:
        call.speaks(question)
        committed = call.now
        if not healthy:
            call.client(build.input_audio.commit(), committed + 0.012)
            message = (
                "Error committing input audio buffer: buffer too small. "
                "Expected at least 100ms of audio, but buffer only has 40.00ms of audio."
            )
            call.refuses(message, "input_audio_buffer_commit_empty", at=committed + 0.047)
        heard_out(call, answers(call, reply))
    return call.hangs_up()


def truncated_beyond_audio(*, healthy: bool = False) -> list[str]:
    """The client tells by the clock on the wall how much of an answer was heard."""
    call = Call()
    greeted(call)
    good_turn(call)
    for question, reply, objection in (
        ("And on Sunday?", "On Sunday we are closed.", "No, I mean next Sunday!"),
        ("Is there a sale?", "Yes, on all the ferns.", "What about the palm trees?"),
    ):
        call.speaks(question)
        committed = call.now
        answer = answers(call, reply, thinks_s=3.1)
        played_ms = answer.audio_ms - 250
        begin = answer.first_at + played_ms / 1000 - 0.25
        by_the_clock_ms = int((begin + 0.25 - committed) * 1000)
        call.speaks(objection, at=begin)
        truncate = build.item(answer.item_id).truncate(audio_end_ms=played_ms if healthy else by_the_clock_ms)
        call.client(truncate, begin + 0.262)
        call.quiet(begin + 0.262)
        if healthy:
            call.server(call.events.item(answer.item_id).truncated(audio_end_ms=played_ms), begin + 0.3)
        else:
            message = f"Audio content of {answer.audio_ms}ms is already shorter than {by_the_clock_ms}ms"
            call.refuses(message, "invalid_value", param="audio_end_ms", at=begin + 0.3)
        heard_out(call, answers(call, "I am sorry, let me look that up for you."))
    return call.hangs_up()
