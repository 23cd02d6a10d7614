"""Fork a process for each command that a line of standard input asks for; see as_user.py."""

from __future__ import annotations

import gc
import importlib
import json
import os
import pkgutil
import signal
import sys
import time


def serve() -> list[str] | None:
    """Answer requests by exit codes; in a forked process return the words of its command."""
    requests, answers = os.fdopen(os.dup(0)), os.fdopen(os.dup(1), "w")
    for line in requests:
        asked = json.loads(line)
        child = os.fork()
        if child == 0:
            requests.detach()
            answers.detach()
            return begin(asked)
        answers.write(f"{code_of(child, asked['limit_s'])}\n")
        answers.flush()
    return None


def begin(asked: dict[str, object]) -> list[str]:
    """Take the place of a process that was started for a command alone."""
    os.closerange(3, 64)
    flags = (os.O_RDONLY, *2 * (os.O_WRONLY | os.O_CREAT | os.O_TRUNC,))
    for number, (path, flag) in enumerate(zip(asked["streams"], flags, strict=True)):
        opened = os.open(path, flag, 0o600)
        os.dup2(opened, number)
        os.close(opened)
    os.environ.update(asked["env"])
    time.tzset()
    os.chdir(asked["cwd"])
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 - for as long as it runs
    return list(asked["words"])


def code_of(child: int, limit_s: float) -> int:
    """Wait for a process; one that takes too long is ended."""
    signal.signal(signal.SIGALRM, lambda *_: os.kill(child, signal.SIGKILL))
    signal.setitimer(signal.ITIMER_REAL, limit_s)
    _, status = os.waitpid(child, 0)
    signal.setitimer(signal.ITIMER_REAL, 0.0)
    return os.waitstatus_to_exitcode(status)


def load() -> None:
    """Load every module of satqkd, and with it what they need."""
    import satqkd  # noqa: PLC0415

    for one in pkgutil.walk_packages(satqkd.__path__, "satqkd."):
        if not one.name.endswith("__main__"):
            importlib.import_module(one.name)
    gc.freeze()


if __name__ == "__main__":
    del sys.path[0]
    load()
    words = serve()
    if words is not None:
        sys.argv = ["satqkd", *words]
        from satqkd.cli import main

        main()
