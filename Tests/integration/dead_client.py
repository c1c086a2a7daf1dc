"""A subscriber whose machine is gone, without a word to the server: run in a network namespace of its own."""

import fcntl
import socket
import struct
import sys

from http_client import Client
from program import Program, wait_until
from sse import events_path

TCP_REPAIR = 19
SIOCSIFFLAGS = 0x8914
IFF_UP = 1


def bring_loopback_up():
    with socket.socket() as any_socket:
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sh", b"lo", IFF_UP))


def main():
    bring_loopback_up()
    with Program("--sse-heartbeat", "0.2") as program, Client(program.port) as client:
        connection = socket.create_connection(("127.0.0.1", program.port))
        path = events_path(channel="c")
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        received = b""
        while b"event: subscribe" not in received:
            received += connection.recv(1 << 16)

        def subscribers():
            return client.get("/channels").json["channels"]

        assert subscribers() == [{"channel": "c", "subscribers": 1}]
        # A socket under repair is taken away without anything being sent.
        connection.setsockopt(socket.IPPROTO_TCP, TCP_REPAIR, 1)
        connection.close()
        wait_until(lambda: subscribers() == [], "the departure")
    print("noticed")


if __name__ == "__main__":
    sys.exit(main())
