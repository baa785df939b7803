"""The listening sockets, and the tests' own search for programs."""

from __future__ import annotations

import socket

import pytest

from tars.sockets import open_sockets
from tests.support.programs import MissingProgram, find_program, free_port


def has_ipv6() -> bool:
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        return False
    return True


HOSTS = [("127.0.0.1", ["127.0.0.1"]), ("0.0.0.0", ["127.0.0.1"])]
if has_ipv6():  # many containers have none
    HOSTS.append(("::", ["127.0.0.1", "::1"]))


@pytest.mark.parametrize(("host", "reached"), HOSTS)
def test_every_port_is_opened(host: str, reached: list[str]) -> None:
    ports = [free_port(), free_port()]
    opened = open_sockets(host, ports)
    try:
        for port in ports:
            for address in reached:
                socket.create_connection((address, port), timeout=2).close()
    finally:
        for listener in opened:
            listener.close()


def test_a_taken_port_is_named_and_the_others_are_given_back() -> None:
    free, taken = free_port(), free_port()
    with socket.create_server(("127.0.0.1", taken)):
        with pytest.raises(OSError, match=f"cannot listen on 127.0.0.1 port {taken}: "):
            open_sockets("127.0.0.1", [free, taken])
        for listener in open_sockets("127.0.0.1", [free]):
            listener.close()


def test_a_missing_program_is_an_error_that_says_what_to_install() -> None:
    with pytest.raises(MissingProgram, match="apt-get install -y no-such-package"):
        find_program("no-such-program", "no-such-package")
