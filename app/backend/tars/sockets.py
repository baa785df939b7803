"""Listening sockets, opened once in the parent, shared by all workers, and closed by each."""

from __future__ import annotations

import socket
from collections.abc import Iterable

BACKLOG = 2048


def open_sockets(host: str, ports: Iterable[int]) -> list[socket.socket]:
    """One listening socket a port. Raises OSError naming the address that cannot be had."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # `::` means every address, those of IPv4 included.
    dual = host == "::" and socket.has_dualstack_ipv6()
    opened: list[socket.socket] = []
    for port in ports:
        try:
            listener = socket.create_server(
                (host, port), family=family, backlog=BACKLOG, dualstack_ipv6=dual
            )
        except OSError as error:
            for other in opened:
                other.close()
            raise OSError(
                error.errno, f"cannot listen on {host} port {port}: {error.strerror}"
            ) from None
        listener.set_inheritable(True)
        opened.append(listener)
    return opened


def take_waiting(listener: socket.socket) -> list[socket.socket]:
    """Closes a listening socket, and gives the connections that waited on it."""
    listener.setblocking(False)
    taken: list[socket.socket] = []
    while True:
        try:
            connection, _ = listener.accept()
        except BlockingIOError:  # nobody else waits
            listener.close()
            return taken
        except ConnectionAbortedError:  # who waited has left
            continue
        connection.setblocking(False)
        taken.append(connection)
