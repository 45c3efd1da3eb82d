"""
Random statements by every login, against every table, view and function: what they showed and what they changed.

    uv run python -m tests.benchmarks.store.leaks [--n 10000] [--seed 1]

Half of the statements try the ways of reading that are known, half are made from the server's catalogue. A leak is an
answer with a sign that is not the login's to see; a change is one of an approved edition, of the log, or in the name of
another login. Prints one JSON line; exits 1 if there was any.
"""

from __future__ import annotations

import argparse
import random
import sys
import time

from tests.benchmarks.machine import machine, tell
from tests.benchmarks.store.server import PACKAGES, server
from tests.store.rules.catalogue import any_statement, catalogue, changes, held
from tests.store.rules.probes import exact_problems, leak, prepare, random_statement
from tests.store.rules.small import LOGINS, connect, fill


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--n", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    with server() as (cluster, database):
        fill(cluster, database)
        logins = {login: connect(cluster, database, login) for login in LOGINS}
        for connection in logins.values():
            prepare(connection)
        chance, start, leaks, changed = random.Random(arguments.seed), time.monotonic(), [], []
        with connect(cluster, database, "postgres") as owner:
            known, before = catalogue(owner), held(owner)
            server_version = owner.info.parameter_status("server_version")
            for n in range(arguments.n):
                login = chance.choice(list(LOGINS))
                statement = any_statement(chance, known) if n % 2 else random_statement(chance)
                if signs := leak(logins[login], login, statement):
                    leaks.append((login, statement, sorted(signs)))
                if n % 2 and (bad := changes(owner, login, statement, before)):
                    changed.append((login, statement, bad))
        problems = list(exact_problems(logins))
        for connection in logins.values():
            connection.close()
    figures = {
        "n": arguments.n,
        "objects": len(known.relations) + len(known.functions),
        "leaks": len(leaks),
        "changes": len(changed),
        "problems": problems,
        "s": round(time.monotonic() - start, 1),
    }
    tell(**figures, first=[*leaks[:3], *changed[:3]], **machine(PACKAGES), server=server_version)
    sys.exit(1 if leaks or changed or problems else 0)


if __name__ == "__main__":
    main()
