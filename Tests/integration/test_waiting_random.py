"""Clients that wait, at random: the same ones come, are served and hang up here and at redis-server."""

import os
import random
import select

import pytest

from program import wait_until
from redis_server import RedisServer, ReplyError
from test_waiting_pops import Waiting, WaitingForRedis, as_json, blocked, run

KEYS = ["k0", "k1", "k2", "k3"]
ACTIONS = 150
READERS = {
    "list": ["LRANGE", "0", "-1"],
    "zset": ["ZRANGE", "0", "-1", "WITHSCORES"],
    "string": ["GET"],
}


def seeds():
    """`REDWING_SEED` repeats one; without it there are some that stay and a new one."""
    given = os.environ.get("REDWING_SEED")
    return [int(given)] if given else [1, 2, 3, 4, random.SystemRandom().randrange(1 << 32)]


def waiting_command(source):
    """One that waits for ever: of lists mostly, for their moves make other keys ready."""
    some = source.sample(KEYS, source.randint(1, 3))
    one, other = source.choice(KEYS), source.choice(KEYS)
    first, second = (source.choice(["LEFT", "RIGHT"]) for _ in range(2))
    count = ["COUNT", str(source.randint(1, 3))]
    return source.choice(
        [
            ["BLPOP", *some, "0"],
            ["BRPOP", *some, "0"],
            ["BLMPOP", "0", str(len(some)), *some, first],
            ["BLMPOP", "0", str(len(some)), *some, first, *count],
            ["BLMOVE", one, other, first, second, "0"],
            ["BLMOVE", one, other, first, second, "0"],
            ["BRPOPLPUSH", one, other, "0"],
            ["BZPOPMIN", *some, "0"],
            ["BZPOPMAX", *some, "0"],
            ["BZMPOP", "0", str(len(some)), *some, source.choice(["MIN", "MAX"]), *count],
        ]
    )


def changing_commands(source, number):
    """Some that may make keys ready, or take away what has.

    What is stored takes nobody's place: Redis 7.0 forgets those who wait where a key's type changes so
    (`test_what_takes_the_place_of_another_type`).
    """
    one, other = source.sample(KEYS, 2)
    values = [f"v{number}.{index}" for index in range(source.randint(1, 3))]
    scored = [each for value in values for each in (str(source.randint(-3, 3)), value)]
    command = source.choice(
        [
            ["RPUSH", one, *values],
            ["LPUSH", one, *values],
            ["RPUSHX", one, *values],
            ["LMOVE", one, source.choice([one, other]), "LEFT", "RIGHT"],
            ["SORT", one, "ALPHA", "STORE", other],
            ["ZADD", one, *scored],
            ["ZINCRBY", one, "1.5", values[0]],
            ["ZUNIONSTORE", other, "1", one],
            ["ZRANGESTORE", other, one, "0", "-1"],
            ["RENAME", one, other],
            ["RENAMENX", one, other],
            ["COPY", one, other, "REPLACE"],
            ["SET", one, "string"],
            ["DEL", one],
            ["LPOP", one],
            ["ZPOPMIN", one],
            ["FLUSHALL"],
        ]
    )
    stores = command[0] in ("SORT", "ZUNIONSTORE", "ZRANGESTORE")
    return [["DEL", other], command] if stores else [command]


def is_answered(waiting):
    """Whether something has arrived on its connection."""
    connection = getattr(waiting.connection, "sock", waiting.connection)
    return bool(select.select([connection], [], [], 0)[0])


class Both:
    """Redwing and redis-server, and who waits at both."""

    def __init__(self, program, client, redis):
        self.program, self.client, self.redis = program, client, redis
        self.waiting = []

    def theirs(self, *command):
        try:
            return as_json(self.redis.execute(*command))
        except ReplyError as error:
            return as_json(error)

    def ours(self, *command):
        answer = run(self.client, *command)
        return answer.get("result", answer.get("error"))

    def blocked_there(self):
        return int(self.redis.execute("INFO", "clients").split(b"blocked_clients:")[1].split(b"\r")[0])

    def come(self, command):
        before = len(self.waiting)
        there = WaitingForRedis(self.redis, command)
        wait_until(lambda: is_answered(there) or self.blocked_there() > before, "redis-server")
        here = Waiting(self.program.port, "/", command)
        wait_until(lambda: is_answered(here) or blocked(self.client) > before, "Redwing")
        self.waiting.append((command, here, there))

    def hang_up(self, index):
        _, here, there = self.waiting.pop(index)
        here.hang_up()
        there.connection.close()
        left = len(self.waiting)
        wait_until(lambda: self.blocked_there() == left, "redis-server to hear of it")
        wait_until(lambda: blocked(self.client) == left, "Redwing to hear of it")

    def execute(self, commands):
        """One command, or several as a transaction."""
        if len(commands) == 1:
            assert self.ours(*commands[0]) == self.theirs(*commands[0])
            return
        for command in (["MULTI"], *commands):
            self.redis.execute(*command)
        replies = [as_json(reply) for reply in self.redis.execute("EXEC")]
        entries = self.client.post("/multi-exec", commands).json
        assert isinstance(entries, list), entries
        assert [entry.get("result", entry.get("error")) for entry in entries] == replies

    def settle(self):
        """Compares who was served, with what, and what is left."""
        count = self.blocked_there()
        assert blocked(self.client) == count
        served = len(self.waiting) - count
        wait_until(lambda: sum(is_answered(there) for _, _, there in self.waiting) == served, "replies")
        answered = [entry for entry in self.waiting if is_answered(entry[2])]
        self.waiting = [entry for entry in self.waiting if entry not in answered]
        for command, here, there in answered:
            wait_until(lambda here=here: is_answered(here), f"Redwing to serve {command}")
            answer = here.answer().json
            assert answer.get("result", answer.get("error")) == as_json(there.answer()), command
        assert self.held(self.ours) == self.held(self.theirs)

    @staticmethod
    def held(execute):
        kinds = {key: execute("TYPE", key) for key in KEYS}
        return {
            key: execute(READERS[kind][0], key, *READERS[kind][1:]) if kind in READERS else kind
            for key, kind in kinds.items()
        }


@pytest.mark.parametrize("seed", seeds())
def test_random_clients_are_served_as_redis_serves_them(program, client, seed):
    print("seed", seed)
    source = random.Random(seed)
    log = []
    with RedisServer() as redis:
        both = Both(program, client, redis)
        try:
            for number in range(ACTIONS):
                chance = source.random()
                if chance < 0.45 and len(both.waiting) < 12:
                    action = waiting_command(source)
                    log.append(action)
                    both.come(action)
                elif chance < 0.55 and both.waiting:
                    index = source.randrange(len(both.waiting))
                    log.append(["hang up", both.waiting[index][0]])
                    both.hang_up(index)
                else:
                    length = 1 if source.random() < 0.7 else source.randint(2, 5)
                    drawn = [changing_commands(source, f"{number}.{each}") for each in range(length)]
                    commands = [command for several in drawn for command in several]
                    log.append(commands)
                    both.execute(commands)
                both.settle()
        except AssertionError:
            print(f"seed {seed}, the last of {len(log)} actions:", *log[-25:], sep="\n")
            raise
        finally:
            for _, here, there in both.waiting:
                here.hang_up()
                there.connection.close()
