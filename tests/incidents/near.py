"""Calls that look like an incident and are none: nothing must be found in them."""

from __future__ import annotations

from incidents.answer import answers, calls, given, heard_out
from incidents.audio import interrupted
from incidents.call import Call
from incidents.setup import Setup
from incidents.turns import FOUND, good_turn, greeted


def repeated_words() -> list[str]:
    """The caller repeats what was said, when it was said, and interrupts with a word of it."""
    call = Call()
    greeted(call)
    call.speaks("When are you open?")
    heard_out(call, answers(call, "On Saturday from nine to six."))
    call.speaks("On Saturday from nine to six?")
    heard_out(call, answers(call, "Yes, that is right."))
    call.speaks("Which plants do you have?")
    for _ in range(3):
        reply = "We have olive trees and palm trees and ferns, which of them would you like to know about?"
        interrupted(call, reply, "Palm trees, please!", began_s=1.9)
    heard_out(call, answers(call, "Palm trees are ninety euros."))
    return call.hangs_up()


def quiet_line() -> list[str]:
    """Nobody speaks for twenty seconds."""
    call = Call()
    greeted(call)
    call.pause(20.0)
    return call.hangs_up()


def push_to_talk() -> list[str]:
    """The client commits and asks for each answer, as it must where nothing detects turns."""
    call = Call(Setup(detects=False))
    greeted(call)
    for question, reply in (
        ("Hello! Are you open on Saturday?", "Yes, from nine to six on Saturday."),
        ("Do you sell olive trees too?", "We do, small ones and tall ones."),
        ("Good, then I come by.", "See you on Saturday then!"),
    ):
        call.presses(question)
        heard_out(call, answers(call, reply))
    return call.hangs_up()


def several_orders() -> list[str]:
    """A function is called four times for four orders; one of its answers takes seven seconds."""
    call = Call()
    greeted(call)
    good_turn(call)
    call.speaks("Where are my orders 4711 to 4714?")
    for order, takes_s in (("4711", 0.4), ("4712", 7.0), ("4713", 0.4), ("4714", 0.4)):
        called = calls(call, "get_order", {"order": order})
        call.pause(takes_s)
        given(call, called, FOUND.replace("4711", order))
    heard_out(call, answers(call, "All four of them arrive on Saturday."))
    return call.hangs_up()


def late_transcription() -> list[str]:
    """A turn is transcribed only after the next one has been answered."""
    call = Call()
    greeted(call)
    call.speaks("Do you sell olive trees too?", transcribed_after_s=12.0)
    heard_out(call, answers(call, "We do, small ones and tall ones."))
    call.speaks("How much is a small one?")
    heard_out(call, answers(call, "A small one is forty euros, with the pot."))
    call.speaks("Good, then I come by.")
    heard_out(call, answers(call, "See you on Saturday then!"))
    return call.hangs_up()
