"""
Random statements under random logins, and what of the answers was not theirs to see.

    uv run python -m tests.benchmarks.store.leaks [--n 10000] [--seed 1]

Prints one JSON line; exits 1 if anything came out.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time

from tests.benchmarks.store.server import server
from tests.store.probes import exact_problems, leak, prepare, random_statement
from tests.store.small import LOGINS, connect, fill


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
        chance, start, found = random.Random(arguments.seed), time.monotonic(), []
        for _ in range(arguments.n):
            login, statement = chance.choice(list(LOGINS)), random_statement(chance)
            signs = leak(logins[login], login, statement)
            if signs:
                found.append((login, statement, sorted(signs)))
        problems = list(exact_problems(logins))
        for connection in logins.values():
            connection.close()
    told = {"n": arguments.n, "leaks": len(found), "problems": problems, "s": round(time.monotonic() - start, 1)}
    print(json.dumps(told | {"first": found[:3]}, ensure_ascii=False))
    sys.exit(1 if found or problems else 0)


if __name__ == "__main__":
    main()
