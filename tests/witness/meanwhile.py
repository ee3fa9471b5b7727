"""What happens besides the calls: time passes, docker pushes. The test suite does it when asked.

A request is a line of output that begins with `!`; the suite answers each with a line of input.
"""

import sys


def ask(*words):
    print("!", *words, flush=True)
    answer = sys.stdin.readline()
    if not answer:
        raise AssertionError("nobody answers " + " ".join(words))
    return answer.strip()


def wait(seconds):
    """Lets world time pass."""
    ask("wait", str(seconds))


def push(repository, tag, content):
    """What `docker push` does; gives the digest."""
    return ask("push", repository, tag, content)


def favor(repository):
    """What the star in the console does."""
    ask("favor", repository)


def login(password):
    """Whether `docker login` with that password succeeds."""
    return ask("login", password) == "true"


def load(cluster, service, times):
    """Gives a service so many times its usual work."""
    ask("load", cluster, service, str(times))


def break_machine(machine):
    """The kubelet of a node hangs. False if the machine is not a running node."""
    return ask("break", machine) == "true"


def fail_next_addon(reason):
    """The next installation of an add-on fails."""
    ask("fail-next", "addon", reason)
