"""The `upstash-redis` client, in both its forms, and the same client over a redis-server to compare with."""

import asyncio
import inspect
import json

import pytest
import upstash_redis
import upstash_redis.asyncio
from upstash_redis.commands import Commands, PipelineCommands
from upstash_redis.errors import UpstashError
from upstash_redis.format import cast_response

from redis_server import ReplyError

WORDS = ["", "plain", "héllo", "日本語", "🍓", "OK", "with\0nul", 'q"\\uote', "a\r\nb", "x" * 70_000]
# Replies whose order is not defined.
UNORDERED = {"smembers", "sinter", "sunion", "sdiff", "hkeys", "hvals", "keys"}


def refused(call, *arguments, **options):
    """The error that the call raises."""
    with pytest.raises(UpstashError) as error:
        call(*arguments, **options)
    return str(error.value)


class Blocking:
    """An asyncio client whose methods wait for their answer: one test body drives both clients."""

    def __init__(self, inner, loop):
        self._inner, self._loop = inner, loop

    def __getattr__(self, name):
        attribute = getattr(self._inner, name)
        if not callable(attribute):
            return Blocking(attribute, self._loop) if hasattr(attribute, "client") else attribute

        def call(*arguments, **options):
            answer = attribute(*arguments, **options)
            if inspect.isawaitable(answer):
                return self._loop.run_until_complete(answer)
            # A pipeline or a bit field: something with methods of its own.
            return Blocking(answer, self._loop) if hasattr(answer, "execute") else answer

        return call


class connect:
    """A client of this form, `sync` or `asyncio`, as a context manager; retries would hide failures."""

    def __init__(self, form, port, token="none", **options):
        self.form = form
        self.arguments = (f"http://127.0.0.1:{port}", token)
        self.options = {"rest_retries": 0} | options

    def __enter__(self):
        if self.form == "sync":
            self.client = upstash_redis.Redis(*self.arguments, **self.options)
            return self.client
        self.loop = asyncio.new_event_loop()

        async def make():
            return upstash_redis.asyncio.Redis(*self.arguments, **self.options)

        self.client = Blocking(self.loop.run_until_complete(make()), self.loop)
        return self.client

    def __exit__(self, *_):
        self.client.close()
        if self.form == "asyncio":
            self.loop.close()


def argument(value):
    """What the client's JSON makes of an argument, as bytes on RESP."""
    if isinstance(value, str):
        return value.encode()
    if isinstance(value, bool):
        return b"true" if value else b"false"
    return json.dumps(value).encode()


def text(reply):
    if isinstance(reply, bytes):
        return reply.decode()
    return [text(element) for element in reply] if isinstance(reply, list) else reply


class Reference(Commands):
    """The client's own methods, executed by redis-server."""

    def __init__(self, server):
        self.server = server

    def execute(self, command):
        try:
            reply = self.server.execute(*map(argument, command))
        except ReplyError as error:
            raise UpstashError(str(error)) from None
        return cast_response(command, text(reply), self)


class ReferencePipeline(PipelineCommands):
    """Collects commands, and executes them one after the other, or between MULTI and EXEC."""

    def __init__(self, server, multi):
        self.reference, self.multi, self.commands = Reference(server), multi, []

    def execute(self, command):
        self.commands.append(command)
        return self

    def exec(self):
        if not self.multi:
            return [self.reference.execute(command) for command in self.commands]
        server = self.reference.server
        server.execute("MULTI")
        for command in self.commands:
            server.execute(*map(argument, command))
        replies = text(server.execute("EXEC"))
        return [
            cast_response(command, reply, self.reference)
            for command, reply in zip(self.commands, replies, strict=True)
        ]


class Both:
    """Calls a method on the program and on redis-server; they must answer the same, and it is returned."""

    def __init__(self, ours, theirs):
        self._ours, self._theirs = ours, theirs

    def __getattr__(self, name):
        def call(*arguments, **options):
            ours = outcome(getattr(self._ours, name), arguments, options)
            theirs = outcome(getattr(self._theirs, name), arguments, options)
            if is_builder(ours) and is_builder(theirs):
                return Both(ours, theirs)
            same = ours == theirs
            if name in UNORDERED and isinstance(ours, list) and isinstance(theirs, list):
                same = sorted(ours) == sorted(theirs)
            assert same, f"{name}{arguments}{options or ''}: {ours!r}, redis-server: {theirs!r}"
            assert type(ours) is type(theirs)
            if isinstance(ours, Failure):
                raise UpstashError(ours.message)
            return ours

        return call


class Failure:
    def __init__(self, message):
        self.message = message

    def __eq__(self, other):
        return isinstance(other, Failure) and self.message == other.message

    def __repr__(self):
        return f"error {self.message!r}"


def outcome(function, arguments, options):
    try:
        return function(*arguments, **options)
    except UpstashError as error:
        return Failure(str(error))


def is_builder(answer):
    return hasattr(answer, "execute")
