"""Clients that write and remember what was acknowledged, and the check of what is there after a crash."""

import copy
import random
import threading
import time
from bisect import bisect_right

from model import FAR, Model, read
from wire import Refused, Unknown, Wire

NAMES = ["s0", "s1", "s2", "n", "l0", "l1", "h0", "h1", "t0", "t1", "z0", "z1", "stamp", "r0", "r1"]


class Lost(AssertionError):
    """What should be there is not."""


class Client:
    """Writes its own keys, one command after the other; what it has sent is its history.

    The keys must always be what a beginning of that history makes of them: of at least what was acknowledged,
    or under everysec and no of any length.
    """

    def __init__(self, number, seed):
        self.number = number
        self.random = random.Random(f"{seed} client {number}")
        self.keys = [f"c{number}:{name}" for name in NAMES]
        self.count = 0
        self.restart(Model())

    def restart(self, model):
        """Begins a history anew, with keys that hold what `model` does."""
        self.model = model
        # After so many commands the keys had this digest; when they were acknowledged, on the monotonic clock.
        self.digests = [model.digest]
        self.times = []
        # What may have been executed after those: the digests that this may lead to.
        self.maybe = []
        self.sent = []

    def key(self, name):
        return f"c{self.number}:{name}"

    def commands(self):
        """The next step: commands of which all are executed or none."""
        pick, key = self.random.choice, self.key
        self.count += 1
        text = f"{self.count}." * self.random.choice([1, 1, 1, 8, 60])
        if self.random.random() < 0.01:
            text = f"{self.count} " * self.random.randint(2_000, 20_000)
        strings, lists, hashes = pick(["s0", "s1", "s2"]), pick(["l0", "l1"]), pick(["h0", "h1"])
        sets, sorted_sets = pick(["t0", "t1"]), pick(["z0", "z1"])
        small = str(self.random.randint(0, 40))
        steps = [
            (9, lambda: [["SET", key(strings), text]]),
            (2, lambda: [["SET", key(strings), text, "EX", "5000"]]),
            (9, lambda: [["INCR", key("n")]]),
            (3, lambda: [["APPEND", key(strings), text[:50]]]),
            (9, lambda: [["RPUSH", key(lists), str(self.count)]]),
            (4, lambda: [["LPOP", key(lists)]]),
            (4, lambda: [["LTRIM", key(lists), "-40", "-1"]]),
            (2, lambda: [["LMOVE", key("l0"), key("l1"), "LEFT", "RIGHT"]]),
            (9, lambda: [["HSET", key(hashes), small, text, "last", str(self.count)]]),
            (4, lambda: [["HDEL", key(hashes), small]]),
            (9, lambda: [["SADD", key(sets), small, str(self.count % 97)]]),
            (4, lambda: [["SREM", key(sets), small]]),
            (4, lambda: [["SPOP", key(sets)]]),
            (9, lambda: [["ZADD", key(sorted_sets), str(self.count), small]]),
            (4, lambda: [["ZINCRBY", key(sorted_sets), "3", small]]),
            (4, lambda: [["ZREM", key(sorted_sets), small]]),
            (2, lambda: [["DEL", pick(self.keys)]]),
            (2, lambda: [["PEXPIREAT", pick(self.keys), str(FAR + self.count)]]),
            (1, lambda: [["PERSIST", pick(self.keys)]]),
            (2, lambda: [["COPY", key(pick(NAMES[:13])), key("r0"), "REPLACE"]]),
            (5, lambda: [["INCR", key("n")], ["RPUSH", key("l0"), "t"], ["HSET", key("h0"), "t", str(self.count)]]),
        ]
        if key("r0") in self.model.values:
            steps.append((3, lambda: [["RENAME", key("r0"), key("r1")]]))
        weights, makers = zip(*steps)
        return self.random.choices(makers, weights)[0]()

    def write(self, wire, count):
        """Takes so many steps, none of which may fail."""
        for _ in range(count):
            commands = self.commands()
            self.acknowledged(commands, wire.step(commands))

    def acknowledged(self, commands, replies):
        for command, reply in zip(commands, replies, strict=True):
            mine = self.model.execute(command, reply)
            if command[0] == "ZINCRBY":
                reply = int(reply)
            if mine != reply:
                raise Lost(f"client {self.number}: {command} answered {reply!r}, expected {mine!r}")
        self.digests.append(self.model.digest)
        self.times.append(time.monotonic())
        self.sent.append(commands)

    def in_doubt(self, steps):
        """These may have been executed, up to any of them."""
        models = [copy.deepcopy(self.model)]
        for commands in steps:
            models = [after for model in models for after in outcomes(model, commands)]
            self.maybe += [model.digest for model in models]

    def check(self, found, before=None, strict=True):
        """Asserts that `found` is a state that must be: how many of the acknowledged steps it holds.

        :param before: only what was acknowledged before that time must be there, and all may be.
        :param strict: else nothing has to.
        """
        least = len(self.times) if before is None else bisect_right(self.times, before)
        if found.digest in self.maybe:
            return len(self.times)
        for steps in range(len(self.digests) - 1, -1, -1):
            if self.digests[steps] == found.digest:
                if strict and steps < least:
                    raise Lost(
                        f"client {self.number}: {least - steps} of {least} acknowledged steps are lost: "
                        f"{self.sent[steps : least][:5]}"
                    )
                return steps
        differences = [
            (key, found.canonical(key), self.model.canonical(key))
            for key in self.keys
            if found.canonical(key) != self.model.canonical(key)
        ]
        raise Lost(
            f"client {self.number}: no beginning of its {len(self.times)} steps (and {len(self.maybe)} in doubt) "
            f"gives what is there; found and expected: {str(differences)[:3000]}; "
            f"the last steps: {str(self.sent[-5:])[:1000]}"
        )


def outcomes(model, commands):
    """The models after the commands: more than one where the server draws."""
    models = [copy.deepcopy(model)]
    for command in commands:
        after = []
        for model in models:
            draws = [None]
            if command[0] == "SPOP" and command[1] in model.values:
                draws = model.values[command[1]]
            for draw in list(draws):
                other = copy.deepcopy(model)
                try:
                    other.execute(command, draw)
                except KeyError:
                    pass  # RENAME of what is not there
                after.append(other)
        models = after
    return models


class Workload:
    """Several clients at once, and what they share: a counter, and two keys that transactions keep equal."""

    def __init__(self, seed, clients=4):
        self.seed = seed
        self.clients = [Client(number, seed) for number in range(clients)]
        self.failures = []
        self.threads = []
        self.stopping = threading.Event()
        # What was seen of the shared keys, and when.
        self.seen = {"shared": [], "pair:a": []}
        self.refused = 0
        self.steps = 0

    def start(self, port, until_refused=False):
        """Lets the clients write until the server is gone, or until `stop`.

        :param until_refused: else what is refused is tried again.
        """
        self.stopping.clear()
        self.until_refused = until_refused
        self.threads = [
            threading.Thread(target=self._guard, args=(self._write, client, port)) for client in self.clients
        ]
        self.threads.append(threading.Thread(target=self._guard, args=(self._watch, port)))
        for thread in self.threads:
            thread.start()

    def join(self):
        """Waits for the clients' end.

        :raises Lost: what they have seen to be wrong.
        """
        for thread in self.threads:
            thread.join()
        self.threads = []
        if self.failures:
            raise self.failures[0]

    def stop(self):
        self.stopping.set()
        self.join()

    def _guard(self, work, *arguments):
        try:
            work(*arguments)
        except OSError:
            pass
        except BaseException as error:
            self.failures.append(error)
            self.stopping.set()

    def _watch(self, port):
        """Reads what others write: what it sees must not be lost either."""
        with Wire(port) as wire:
            while not self.stopping.is_set():
                try:
                    a, b, length, shared = wire.transaction(
                        [["GET", "pair:a"], ["GET", "pair:b"], ["LLEN", "pair:l"], ["GET", "shared"]]
                    )
                except Unknown:
                    return
                except Refused:
                    time.sleep(0.01)
                    continue
                now = time.monotonic()
                if not a == b == (str(length) if length else None):
                    raise Lost(f"half a transaction was seen: {a}, {b}, {length}")
                self.seen["pair:a"].append((now, int(a or 0)))
                self.seen["shared"].append((now, int(shared or 0)))
                time.sleep(0.002)

    def _write(self, client, port):
        wire = Wire(port)
        try:
            while not self.stopping.is_set():
                try:
                    self._step(client, wire)
                    self.steps += 1
                except Refused as refusal:
                    self.refused += 1
                    if refusal.status not in (503, 507):
                        raise
                    if self.until_refused:
                        return
                    time.sleep(0.01)
                except Unknown:
                    wire.close()
                    if self.until_refused:
                        return
                    # The connection ends with the server, or it says that it does not know.
                    wire = self._settle(client, port)
        finally:
            wire.close()

    def _settle(self, client, port):
        """Finds out what became of what was in doubt."""
        wire = Wire(port)
        while not self.stopping.is_set():
            try:
                found = read(wire, client.keys)
            except (Refused, Unknown):
                time.sleep(0.01)
                # Refused itself where the server is gone.
                wire.close()
                wire = Wire(port)
                continue
            client.check(found)
            client.restart(found)
            break
        return wire

    def _step(self, client, wire):
        chance = client.random.random()
        if chance < 0.08:
            self._shared(client, wire)
            return
        if chance < 0.16:
            # A pipeline: each step by itself, in their order. Steps must not depend on the model before them.
            steps = [client.commands()[:1] for _ in range(client.random.randint(2, 12))]
            steps = [step for step in steps if step[0][0] not in ("RENAME", "SPOP", "LMOVE", "COPY")]
            if not steps:
                return
            try:
                answers = wire.pipeline([step[0] for step in steps])
            except Unknown:
                client.in_doubt(steps)
                raise
            for index, (step, answer) in enumerate(zip(steps, answers)):
                if "error" in answer:
                    error = answer["error"]
                    if "unknown" in error.lower():
                        client.in_doubt(steps[index:])
                        raise Unknown(error)
                    # Refused: none of the later ones may be executed, else the order would be broken.
                    if any("result" in later for later in answers[index:]):
                        self._after_hole(client, steps[index:], answers[index:])
                    raise Refused(503, error)
                client.acknowledged(step, [answer["result"]])
            return
        commands = client.commands()
        try:
            replies = wire.step(commands)
        except Unknown:
            client.in_doubt([commands])
            raise
        client.acknowledged(commands, replies)

    def _after_hole(self, client, steps, answers):
        for step, answer in zip(steps, answers):
            if "result" in answer:
                client.acknowledged(step, [answer["result"]])

    def _shared(self, client, wire):
        if client.random.random() < 0.5:
            values = wire.transaction([["INCR", "pair:a"], ["RPUSH", "pair:l", "x"], ["INCR", "pair:b"]])
            if len(set(values)) != 1:
                raise Lost(f"the pair differs: {values}")
            self.seen["pair:a"].append((time.monotonic(), values[0]))
            return
        value = wire.one("INCR", "shared")
        self.seen["shared"].append((time.monotonic(), value))
        # Caused by the one before: it must not be there without it.
        stamp = [["SET", client.key("stamp"), str(value)]]
        try:
            reply = wire.one(*stamp[0])
        except Unknown:
            client.in_doubt([stamp])
            raise
        client.acknowledged(stamp, [reply])

    def check(self, port, before=None, strict=True, adopt=True):
        """Asserts that what is there is what must be.

        :param before: what was acknowledged or seen before that time must be there.
        :param strict: else any beginning will do.
        :param adopt: whether the clients go on from what is there.
        :return: how many acknowledged steps were lost.
        """
        lost = 0
        with Wire(port) as wire:
            found = [read(wire, client.keys) for client in self.clients]
            a, b, length, shared = wire.results(
                [["GET", "pair:a"], ["GET", "pair:b"], ["LLEN", "pair:l"], ["GET", "shared"]]
            )
        if not a == b == (str(length) if length else None):
            raise Lost(f"half a transaction: {a}, {b}, {length}")
        for name, value in (("pair:a", int(a or 0)), ("shared", int(shared or 0))):
            least = max((value for when, value in self.seen[name] if before is None or when < before), default=0)
            if strict and value < least:
                raise Lost(f"{name} was acknowledged or seen to be {least} and is {value}")
        for client, model in zip(self.clients, found):
            steps = client.check(model, before, strict)
            lost += max(0, len(client.times) - steps)
            stamp = int(model.values.get(client.key("stamp"), "0")[:20].split(".")[0] or 0)
            if stamp > int(shared or 0):
                raise Lost(f"client {client.number} has written {stamp}, but shared is {shared}")
        if adopt:
            for client, model in zip(self.clients, found):
                client.restart(model)
            self.seen = {"shared": [(0, int(shared or 0))], "pair:a": [(0, int(a or 0))]}
        return lost
