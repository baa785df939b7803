"""The end of a listening socket."""

from __future__ import annotations

from socket import create_connection, create_server

import pytest

from tars.sockets import take_waiting


def test_who_waits_is_taken_and_who_comes_later_is_refused() -> None:
    listener = create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    clients = [create_connection(("127.0.0.1", port), timeout=5) for _ in range(3)]
    taken = take_waiting(listener)
    assert len(taken) == 3
    for client, connection in zip(clients, taken, strict=True):
        assert connection.getblocking() is False
        connection.sendall(b"an answer")
        assert client.recv(100) == b"an answer"
    with pytest.raises(ConnectionRefusedError):
        create_connection(("127.0.0.1", port), timeout=5)
    for each in [*clients, *taken]:
        each.close()


def test_nobody_waits() -> None:
    listener = create_server(("127.0.0.1", 0))
    assert take_waiting(listener) == []
    assert listener.fileno() == -1
