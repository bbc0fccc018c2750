"""``python3 dev.py mutate [TEXT]``: run all mutations, or those whose line contains TEXT."""

import argparse
import os
import sys
from concurrent.futures import ThreadPoolExecutor

from tests.mutation.mutations import MUTATIONS
from tests.mutation.runner import Mutation, Outcome, Result, judge, judge_unchanged


def main() -> int:
    """Exit status 0 if every mutation was caught."""
    parser = argparse.ArgumentParser(prog="dev.py mutate", description=__doc__)
    parser.add_argument("text", nargs="?", default="", help="only mutations that mention TEXT")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="how many at a time")
    parser.add_argument(
        "--only-changed",
        action="store_true",
        help="leave out the tests of the unchanged package, where they are run anyway",
    )
    options = parser.parse_args()
    chosen = [mutation for mutation in MUTATIONS if options.text in f"{title(mutation)}"]
    if not chosen:
        print(f"no mutation mentions {options.text!r}", file=sys.stderr)
        return 2
    with ThreadPoolExecutor(options.jobs) as pool:
        fine = options.only_changed or unchanged(chosen, pool)
        return 0 if changed(chosen, pool) and fine else 1


def unchanged(mutations: list[Mutation], pool: ThreadPoolExecutor) -> bool:
    """Run the tests on the package as it is, printing as it goes: all have to pass."""
    suites = sorted({mutation.tests for mutation in mutations})
    fine = True
    for tests, result in zip(suites, pool.map(judge_unchanged, suites), strict=True):
        fine &= tell(result, Outcome.SURVIVED, f"nothing changed: {tests}")
    return fine


def changed(mutations: list[Mutation], pool: ThreadPoolExecutor) -> bool:
    """Run the tests on every mutation, printing as it goes: all have to be caught."""
    caught = 0
    for mutation, result in zip(mutations, pool.map(judge, mutations), strict=True):
        caught += tell(result, Outcome.CAUGHT, title(mutation))
    print(f"{caught} mutations caught, {len(mutations) - caught} not caught")
    return caught == len(mutations)


def tell(result: Result, wanted: Outcome, what: str) -> bool:
    """Print one line, and the details if the outcome is not the wanted one."""
    as_wanted = result.outcome is wanted
    print(f"{'ok ' if as_wanted else 'NOT'} {result.outcome:8} {what}", flush=True)
    if not as_wanted:
        print(f"    {result.detail}", flush=True)
    return as_wanted


def title(mutation: Mutation) -> str:
    """The mutation in one line."""
    return f"{mutation.where}: {mutation.mistake}"


if __name__ == "__main__":
    sys.exit(main())
