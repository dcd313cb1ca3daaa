"""Waiting for something that another process does."""

import threading
import time


def eventually(question, seconds=30.0, what="it"):
    """Ask again and again until the answer is true; returns it."""
    end = time.monotonic() + seconds
    while True:
        answer = question()
        if answer:
            return answer
        assert time.monotonic() < end, f"{what} did not happen within {seconds} s"
        threading.Event().wait(0.1)
