"""The program as its user meets it: help, options and where they come from, failures, the log."""

import re
import socket

import pytest

from http_client import Client, problem
from program import ROOT, Program, run, wait_until

OPTIONS = [
    "config", "bind", "port", "threads", "max-body", "max-connections", "max-connections-per-ip",
    "idle-timeout", "header-timeout", "body-timeout", "shutdown-grace", "token", "token-file", "allowed-host",
    "cors-origin", "engine", "disk-cache", "dir", "appendonly", "appendfsync", "save", "dbfilename", "appenddirname",
    "auto-aof-rewrite-percentage", "auto-aof-rewrite-min-size", "db", "ephemeral", "sse-heartbeat", "sse-replay-messages",
    "sse-replay-bytes", "sse-replay-total", "sse-client-buffer", "sse-overflow", "cluster-nodes", "cluster-user", "cluster-password", "cluster-timeout", "cluster-pubsub", "read-from",
    "enable-debug-command", "log-level", "help", "version",
]  # fmt: skip


def one_sentence(done):
    """Asserts that it failed, and with a single line on stderr; that line."""
    assert done.returncode != 0
    assert done.stdout == ""
    lines = done.stderr.splitlines()
    assert len(lines) == 1 and lines[0].startswith("Error: "), done.stderr
    return lines[0]


def free_port():
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return listening.getsockname()[1]


# Help


@pytest.mark.parametrize("arguments", [["--help"], ["-h"], ["help"], []])
def test_help(arguments):
    done = run(*arguments)
    assert done.returncode == 0 and done.stderr == ""
    assert "serve" in done.stdout and "USAGE: redwing" in done.stdout


@pytest.mark.parametrize("arguments", [["serve", "--help"], ["serve", "-h"], ["help", "serve"]])
def test_help_of_serve_names_every_option(arguments):
    done = run(*arguments)
    assert done.returncode == 0
    assert set(re.findall(r"^  (?:-\w, )?--([a-z-]+)", done.stdout, re.M)) == set(OPTIONS)
    assert "REDWING_PORT" in done.stdout


def test_the_documentation_names_every_option():
    text = (ROOT / "docs/configuration.md").read_text()
    assert set(re.findall(r"^\| `--([a-z-]+)", text, re.M)) == set(OPTIONS) - {"help", "version"}


def test_help_in_a_broken_environment():
    assert run("serve", "--help", environment={"REDWING_PORT": "abc"}).stdout.startswith("OVERVIEW")


def test_version():
    done = run("--version")
    assert done.returncode == 0
    assert re.fullmatch(r"\d+\.\d+\.\d+\n", done.stdout)


# Options and their sources


def threads(*options, environment=None):
    with Program(*options, environment=environment) as program:
        return int(program.wait_for_line(r"\((\d+) threads")[1])


def test_precedence(tmp_path):
    file = tmp_path / "redwing.conf"
    file.write_text("# threads\nthreads 3\n\nmax-body 1kb\n")
    other = tmp_path / "other.conf"
    other.write_text("threads 5\n")
    config = {"REDWING_CONFIG": str(file)}
    variable = {"REDWING_THREADS": "4"}
    assert threads(environment=config) == 3
    assert threads("--config", str(file)) == 3
    assert threads("--config", str(other), environment=config) == 5
    assert threads(environment=config | variable) == 4
    assert threads("--config", str(file), environment=variable) == 4
    assert threads("--threads", "2", environment=config | variable) == 2
    assert threads("--threads=2", "--config", str(file), environment=variable) == 2


def test_the_default_is_a_thread_per_core():
    import os

    assert threads() == os.cpu_count()


def test_sources_are_mixed(tmp_path):
    file = tmp_path / "redwing.conf"
    file.write_text(
        "max-body 1kb\nenable-debug-command yes\ncors-origin http://a.test\ncors-origin http://b.test\n"
    )
    with Program("--config", str(file), environment={"REDWING_MAX_CONNECTIONS": "77"}) as program:
        with Client(program.port) as client:
            problem(client.put("/keys/a", b"x" * 1025), 413)
            assert client.put("/keys/a", b"x" * 1024).status == 201
            assert client.get("/config/enable-debug-command").json == {"value": "yes"}
            assert client.get("/config/maxclients").json == {"value": "77"}
            info = client.get("/info").json
            assert info["server"]["config_file"] == str(file)
            for origin in ("http://a.test", "http://b.test"):
                answer = client.get("/healthz", Origin=origin)
                assert answer.headers["Access-Control-Allow-Origin"] == origin


def test_info_tells_of_this_process(program, client):
    info = client.get("/info").json
    assert info["server"]["tcp_port"] == program.port
    assert info["server"]["process_id"] == program.pid
    assert info["server"]["executable"].endswith("/redwing")
    assert info["server"]["config_file"] == ""
    assert info["clients"]["connected_clients"] >= 1
    assert 2 << 20 < info["memory"]["used_memory_rss"] <= program.resident_memory() * 2
    assert client.get("/config/enable-debug-command").json == {"value": "no"}
    assert info["server"]["redwing_version"] == run("--version").stdout.strip()


@pytest.mark.parametrize(
    "arguments, named",
    [
        (["--nope"], "--nope"),
        (["--port", "abc"], "--port"),
        (["--port", "65536"], "--port"),
        (["--port", "-1"], "--port"),
        (["--port"], "--port"),
        (["--threads", "0"], "--threads"),
        (["--threads", "1025"], "--threads"),
        (["--max-body", "lots"], "--max-body"),
        (["--max-body", "0"], "--max-body"),
        (["--max-body", "99999999999gb"], "--max-body"),
        (["--max-connections", "0"], "--max-connections"),
        (["--max-connections-per-ip", "-1"], "--max-connections-per-ip"),
        (["--idle-timeout", "0"], "--idle-timeout"),
        (["--header-timeout", "nan"], "--header-timeout"),
        (["--body-timeout", "inf"], "--body-timeout"),
        (["--shutdown-grace=-1"], "--shutdown-grace"),
        (["--log-level", "loud"], "--log-level"),
        (["--sse-heartbeat=-1"], "--sse-heartbeat"),
        (["--sse-heartbeat", "nan"], "--sse-heartbeat"),
        (["--sse-replay-messages=-1"], "--sse-replay-messages"),
        (["--sse-replay-bytes", "0"], "--sse-replay-bytes"),
        (["--sse-replay-total", "much"], "--sse-replay-total"),
        (["--sse-client-buffer", "0"], "--sse-client-buffer"),
        (["--sse-overflow", "wait"], "--sse-overflow"),
        (["--ephemeral=yes"], "--ephemeral"),
        (["surplus"], "surplus"),
        (["--bind", "not-an-address", "--port", "0"], "not-an-address"),
        (["--config", "/nonexistent/redwing.conf"], "/nonexistent/redwing.conf"),
        (["--token", ""], "--token"),
        (["--token", "two words"], "--token"),
        (["--token-file", "/nonexistent/token"], "/nonexistent/token"),
        (["--allowed-host", "redwing.test:80"], "--allowed-host"),
        (["--bind", "0.0.0.0", "--port", "0"], "--token"),
        (["--bind", "::", "--port", "0"], "--bind a loopback address"),
    ],
)
def test_wrong_option(arguments, named):
    assert named in one_sentence(run("serve", *arguments))


def test_wrong_command():
    assert "frobnicate" in one_sentence(run("frobnicate"))


@pytest.mark.parametrize(
    "name, value",
    [
        ("PORT", "abc"),
        ("PORT", ""),
        ("THREADS", "0"),
        ("EPHEMERAL", "perhaps"),
        ("MAX_BODY", "1tb"),
        ("LOG_LEVEL", "x"),
    ],
)
def test_wrong_variable(name, value):
    assert f"REDWING_{name}" in one_sentence(run("serve", environment={f"REDWING_{name}": value}))


@pytest.mark.parametrize(
    "line, named",
    [
        ("nonsense 1", "nonsense"),
        ("config /etc/other", "config"),
        ("port abc", "abc"),
        ("port", "port"),
        ("ephemeral perhaps", "perhaps"),
        ("port=80", "port=80"),
    ],
)
def test_wrong_line_in_the_file(tmp_path, line, named):
    file = tmp_path / "redwing.conf"
    file.write_text(f"# first\n{line}\n")
    sentence = one_sentence(run("serve", "--config", str(file)))
    assert named in sentence and str(file) in sentence and "line 2" in sentence


def test_a_folder_is_no_file(tmp_path):
    assert str(tmp_path) in one_sentence(run("serve", "--config", str(tmp_path)))


def test_taken_port(program):
    sentence = one_sentence(run("serve", "--port", str(program.port)))
    assert str(program.port) in sentence and "in use" in sentence


# The log


@pytest.mark.parametrize("level", ["trace", "debug", "info", "notice", "warning", "error", "critical"])
def test_log_levels(level):
    port = free_port()
    with Program("--log-level", level, "--max-connections", "100", port=port) as program:

        def answers():
            try:
                with Client(port) as client:
                    return client.get("/healthz").status == 200
            except ConnectionRefusedError:
                return False

        wait_until(answers, "the server")
        assert program.stop() == 0
        log = "\n".join(program.log)
        shows = (
            ["trace", "debug", "info", "notice"].index(level)
            if level in ("trace", "debug", "info", "notice")
            else 4
        )
        assert (f"serves http://127.0.0.1:{port} " in log) == (shows <= 3), log
        assert ("stopped" in log) == (shows <= 3), log
        assert ("received SIGTERM" in log) == (shows <= 2), log
        assert log == "" or shows <= 3
        assert program.process.stdout.read() == ""
