"""What a ticket tells of the machine."""

from __future__ import annotations

from pathlib import Path

from planted import SECRETS

from rtcli.commands.surroundings import environment, versions


def test_only_what_is_known_to_be_harmless_is_told():
    told = environment({"LANG": "C", "HOME": "/home/jane", "AWS_PROFILE": "jane", "RTCLI_OUTPUT": "x.zip"})
    assert told == {"LANG": "C", "RTCLI_OUTPUT": "x.zip"}


def test_secrets_and_the_home_folder_are_taken_out_of_what_is_told():
    home = str(Path.home())
    told = environment(
        {"RTCLI_API_KEY": "hunter2hunter2", "RTCLI_URL": f"wss://h?key={SECRETS['Google']}", "RTCLI_X": f"{home}/call"}
    )
    assert "hunter2" not in told["RTCLI_API_KEY"]
    assert SECRETS["Google"] not in told["RTCLI_URL"]
    assert told["RTCLI_X"] == ("~/call" if len(home) > 1 else f"{home}/call")


def test_the_versions_of_what_it_is_made_of_are_told():
    import msgspec

    assert versions()["msgspec"] == msgspec.__version__
