"""rtcli: a command-line instrument for OpenAI Realtime sessions."""

__version__ = "0.1.0"
