"""What a client's own keys must hold: the commands it sends, executed by a model."""

import time

# Later than any test: exact times of expiry are told from those that were counted from now.
FAR = 2_000_000_000_000


class Model:
    """Keys and their values: str, list, dict (hash), set, ZSet."""

    def __init__(self):
        self.values, self.expiries = {}, {}
        # Changes with every change of a key: of all keys together.
        self.digest = 0
        self._digests = {}

    def canonical(self, key):
        value = self.values.get(key)
        if value is None:
            return None
        return (*canonical(value), self.expiries.get(key))

    def execute(self, command, reply):
        """Does what the command does; `reply` is the server's, where there is one, and is checked."""
        name, *arguments = command
        mine = getattr(self, "_" + name.lower())(*arguments, **({"reply": reply} if name == "SPOP" else {}))
        keys = arguments[:2] if name in ("RENAME", "LMOVE", "COPY") else arguments[:1]
        for key in keys:
            self._changed(key)
        return mine

    def _changed(self, key):
        value = self.values.get(key)
        if value is not None and not isinstance(value, str) and not value:
            self._del(key)
        digest = hash((key, self.canonical(key))) if key in self.values else 0
        self.digest ^= self._digests.get(key, 0) ^ digest
        self._digests[key] = digest

    def adopt(self, key, value, expiry):
        self.values.pop(key, None)
        self.expiries.pop(key, None)
        if value is not None:
            self.values[key] = value
            if expiry:
                self.expiries[key] = expiry
        self._changed(key)

    def _set(self, key, value, *options):
        self.values[key] = value
        self.expiries.pop(key, None)
        if options:
            # EX: from now on.
            self.expiries[key] = "soon"
        return "OK"

    def _incr(self, key):
        self.values[key] = str(int(self.values.get(key, 0)) + 1)
        return int(self.values[key])

    def _append(self, key, value):
        self.values[key] = self.values.get(key, "") + value
        return len(self.values[key])

    def _del(self, key):
        self.expiries.pop(key, None)
        return int(self.values.pop(key, None) is not None)

    def _pexpireat(self, key, when):
        if key not in self.values:
            return 0
        self.expiries[key] = int(when)
        return 1

    def _persist(self, key):
        return int(self.expiries.pop(key, None) is not None)

    def _rename(self, key, other):
        if key == other:
            return "OK"
        self.expiries.pop(other, None)
        self.values[other] = self.values.pop(key)
        if key in self.expiries:
            self.expiries[other] = self.expiries.pop(key)
        return "OK"

    def _copy(self, key, other, *_):
        if key not in self.values:
            return 0
        value = self.values[key]
        self.values[other] = value if isinstance(value, str) else type(value)(value)
        self.expiries.pop(other, None)
        if key in self.expiries:
            self.expiries[other] = self.expiries[key]
        return 1

    def _rpush(self, key, *items):
        self.values.setdefault(key, []).extend(items)
        return len(self.values[key])

    def _lpop(self, key):
        return self.values[key].pop(0) if key in self.values else None

    def _ltrim(self, key, start, stop):
        if key in self.values:
            # To the last one, always.
            assert stop == "-1"
            self.values[key] = self.values[key][int(start) :]
        return "OK"

    def _lmove(self, key, other, *_):
        if key not in self.values:
            return None
        item = self.values[key].pop(0)
        self.values.setdefault(other, []).append(item)
        return item

    def _hset(self, key, *pairs):
        fields = self.values.setdefault(key, {})
        before = len(fields)
        fields.update(zip(pairs[::2], pairs[1::2]))
        return len(fields) - before

    def _hdel(self, key, field):
        return int(self.values.get(key, {}).pop(field, None) is not None)

    def _sadd(self, key, *members):
        before = len(self.values.setdefault(key, set()))
        self.values[key].update(members)
        return len(self.values[key]) - before

    def _srem(self, key, member):
        found = member in self.values.get(key, ())
        self.values.get(key, set()).discard(member)
        return int(found)

    def _spop(self, key, reply):
        if key not in self.values:
            return None
        # Which one is the server's to choose.
        assert reply in self.values[key], f"{reply!r} is no member of {key}"
        self.values[key].discard(reply)
        return reply

    def _zadd(self, key, score, member):
        scores = self.values.setdefault(key, ZSet())
        found = member in scores
        scores[member] = int(score)
        return int(not found)

    def _zincrby(self, key, by, member):
        scores = self.values.setdefault(key, ZSet())
        scores[member] = scores.get(member, 0) + int(by)
        return scores[member]

    def _zrem(self, key, member):
        return int(self.values.get(key, {}).pop(member, None) is not None)


class ZSet(dict):
    """Scores by member."""


def canonical(value):
    if isinstance(value, str):
        return "string", value
    if isinstance(value, list):
        return "list", tuple(value)
    if isinstance(value, set):
        return "set", frozenset(value)
    return ("zset" if isinstance(value, ZSet) else "hash"), frozenset(value.items())


READS = {
    "string": lambda key: ["GET", key],
    "list": lambda key: ["LRANGE", key, "0", "-1"],
    "set": lambda key: ["SMEMBERS", key],
    "hash": lambda key: ["HGETALL", key],
    "zset": lambda key: ["ZRANGE", key, "0", "-1", "WITHSCORES"],
}


def value_of(kind, reply):
    if kind == "set":
        return set(reply)
    if kind == "hash":
        return dict(zip(reply[::2], reply[1::2]))
    if kind == "zset":
        return ZSet((member, int(score)) for member, score in zip(reply[::2], reply[1::2]))
    return reply


def read(wire, keys):
    """A model that holds what the server has under these keys."""
    model = Model()
    kinds = wire.results([["TYPE", key] for key in keys])
    there = [(key, kind) for key, kind in zip(keys, kinds) if kind != "none"]
    replies = wire.results([READS[kind](key) for key, kind in there])
    expiries = wire.results([["PEXPIRETIME", key] for key, _ in there])
    for (key, kind), reply, expiry in zip(there, replies, expiries):
        if 0 < expiry < FAR:
            assert expiry > time.time() * 1000, f"{key} should be gone since {expiry}"
            expiry = "soon"
        model.adopt(key, value_of(kind, reply), expiry if expiry != -1 else None)
    return model
