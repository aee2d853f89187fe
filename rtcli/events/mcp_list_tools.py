"""Events whose type begins with ``mcp_list_tools``: asking an MCP server what it offers."""

from rtcli.events.event import ServerEvent


class InProgress(ServerEvent, tag="mcp_list_tools.in_progress"):
    """The server asks an MCP server for its tools."""

    item_id: str


class Completed(ServerEvent, tag="mcp_list_tools.completed"):
    """The tools are known and stand in the item."""

    item_id: str


class Failed(ServerEvent, tag="mcp_list_tools.failed"):
    """The MCP server did not give its tools; the session goes on without them."""

    item_id: str
