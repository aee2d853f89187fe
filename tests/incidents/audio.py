"""Incidents in the audio: the wrong format, too little of it, or an echo."""

from __future__ import annotations

from incidents import sound
from incidents.answer import Answer, answers, heard_out
from incidents.call import Call
from incidents.setup import Setup
from incidents.turns import good_turn, greeted

from rtcli.events import build


def output_format_ignored(*, healthy: bool = False, said_in: str = "audio/pcmu") -> list[str]:
    """G.711 is asked for and confirmed, and PCM16 comes."""
    call = Call(Setup(said_in=said_in))
    if not healthy:
        call.said_on_the_wire_in = "audio/pcm"
    call.begin()
    call.asks()
    heard_out(call, answers(call, "Fern and Co. How can I help?"))
    call.speaks("Hello? There is only noise." if not healthy else "Hello! Are you open today?")
    heard_out(call, answers(call, "Yes, until six."))
    call.speaks("I hear nothing but noise, good bye." if not healthy else "Then I come by, good bye.")
    answers(call, "Good bye!")
    call.pause(1.5)
    return call.hangs_up()


def speech_not_detected(*, healthy: bool = False, declared: str = "audio/pcm", sent: str = "audio/pcmu") -> list[str]:
    """The microphone's audio is in another format than the session's, and is taken for noise."""
    call = Call(Setup(heard_in=declared))
    if not healthy:
        call.appended_in = sent
    greeted(call)
    for text, reply in (
        ("Good evening, I am calling about the order that I made last week with you.", "Of course, one moment."),
        ("Hello? Can you hear me? I am calling about an order, the number is 4711.", "Thank you, I see it here."),
        ("Hello? Hello? Is anybody there? I can hear you but you do not answer me.", "It arrives on Saturday."),
    ):
        if healthy:
            call.speaks(text)
            heard_out(call, answers(call, reply))
        else:
            what = sound.voice(len(text.split()) * 330, begin_ms=len(text) * 31)
            call.heard(call.now, what)
            call.pause(len(what) / sound.RATE_HZ + 2.0)
    return call.hangs_up()


LONG = (
    "An olive tree wants as much light as you can give it and a pot with a hole in it and sand below the soil "
    "and you should water it only when the soil is dry."
)


def audio_cut_short(*, healthy: bool = False) -> list[str]:
    """The model says, and bills, three times as much as the client gets to hear."""
    call = Call()
    greeted(call)
    good_turn(call)
    for question in ("How do I care for an olive tree?", "Once more please, I missed that."):
        call.speaks(question)
        carried_ms = None if healthy else (300 + len(LONG.split()) * 350) // 3
        heard_out(call, answers(call, LONG, carried_ms=carried_ms))
    call.speaks("Good, thank you, bye.")
    heard_out(call, answers(call, "You are welcome, bye!"))
    return call.hangs_up()


HOURS = "Our opening hours are Monday to Friday from nine to six and Saturday from ten to four"


def echo(*, healthy: bool = False) -> list[str]:
    """The microphone hears the loudspeaker, and the model is interrupted by itself."""
    call = Call()
    greeted(call)
    good_turn(call)
    call.speaks("And what are your hours in the week?")
    if healthy:
        interrupted(call, HOURS, "No, I mean the hours of Sunday.", began_s=2.0)
        heard_out(call, answers(call, "On Sunday we are closed."))
        return call.hangs_up()
    for reply in (f"{HOURS}.", f"Yes, as you say: {HOURS}.", f"I repeat it gladly: {HOURS}."):
        _echoed(call, reply)
    heard_out(call, answers(call, "Is there anything else?"))
    return call.hangs_up()


def _truncated(call: Call, answer: Answer, at: float) -> None:
    """The client stops its player and says how much was heard, as it should."""
    played_ms = int((at - answer.first_at) * 1000)
    call.quiet(at)
    call.client(build.item(answer.item_id).truncate(audio_end_ms=played_ms), at)
    call.server(call.events.item(answer.item_id).truncated(audio_end_ms=played_ms), at + 0.04)


def interrupted(call: Call, reply: str, objection: str, *, began_s: float) -> None:
    """The caller interrupts an answer."""
    answer = answers(call, reply, pace=1.6, cut_after_s=began_s + 0.27)
    call.speaks(objection, at=answer.first_at + began_s)
    _truncated(call, answer, answer.first_at + began_s + 0.3)


def _echoed(call: Call, reply: str) -> None:
    """The loudspeaker is heard for a second and a half; it plays on a little after VAD has noticed."""
    began_s, lasts_ms, noticed_s = 1.1, 1600, 0.6
    answer = answers(call, reply, pace=1.6, cut_after_s=began_s + noticed_s + 0.02)
    begin = int(began_s * 1000) * sound.PER_MS
    what = sound.quieter(answer.what[begin : begin + lasts_ms * sound.PER_MS], 0.4)
    words = reply.split()
    first = int((began_s * 1000 - 300) / 350)
    text = " ".join(words[first : first + lasts_ms // 350 + 1])
    call.speaks(text, at=answer.first_at + began_s, what=what, started_after_s=noticed_s)
    _truncated(call, answer, answer.first_at + began_s + noticed_s + 0.05)
