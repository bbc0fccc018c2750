"""A lock that the child of a fork can take, and that can be copied."""

import copy
import os
import threading

import pytest

from backlit.system.turns import Turns


@pytest.mark.skipif(not hasattr(os, "fork"), reason="only on POSIX: fork")
@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_a_turn_ends_with_a_fork() -> None:
    """In the child there is no thread that could give it back."""
    done_so_far = ["half of it"]
    turns, taken, done = Turns(done_so_far.clear), threading.Event(), threading.Event()

    def hold() -> None:
        with turns:
            taken.set()
            done.wait()

    thread = threading.Thread(target=hold)
    thread.start()
    taken.wait()
    child = os.fork()
    if not child:
        with turns:
            os._exit(len(done_so_far))
    done.set()
    thread.join()
    assert os.waitpid(child, 0)[1] == 0
    assert done_so_far == ["half of it"]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="only on POSIX: fork")
@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_what_nobody_was_in_the_middle_of_is_kept() -> None:
    done_so_far = ["all of it"]
    turns = Turns(done_so_far.clear)
    child = os.fork()
    if not child:
        with turns:
            os._exit(len(done_so_far))
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 1


def test_a_copy_has_a_turn_of_its_own() -> None:
    turns = Turns()
    with turns:
        thread = threading.Thread(target=copy.deepcopy(turns).__enter__)
        thread.start()
        thread.join(60)
        assert not thread.is_alive()
