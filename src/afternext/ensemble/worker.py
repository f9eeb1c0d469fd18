"""A worker process: reads tasks from its input, writes parts to disk and short messages to its output.

It is a plain child process and not a `multiprocessing` one: nothing of the caller's script is imported
again, so a script without a main guard, a notebook and a server all work. It leaves when its input ends, so
no worker outlives a parent that was killed.
"""

from __future__ import annotations

import os
import pickle
import queue
import signal
import struct
import sys
import threading
import traceback
from typing import IO, Any

from afternext.ensemble.batch import Job, Task, run_batch, what_happened

LENGTH = struct.Struct("<Q")


def send(stream: IO[bytes], message: Any) -> None:
    """Write one message to the process at the other end."""
    data = pickle.dumps(message, protocol=pickle.HIGHEST_PROTOCOL)
    stream.write(LENGTH.pack(len(data)) + data)
    stream.flush()


def receive(stream: IO[bytes]) -> Any:
    """Read one message from the process at the other end; raises EOFError when it is gone."""
    head = stream.read(LENGTH.size)
    if len(head) < LENGTH.size:
        raise EOFError
    (length,) = LENGTH.unpack(head)
    data = stream.read(length)
    if len(data) < length:
        raise EOFError
    return pickle.loads(data)  # written by our own parent or child, never by a file


def _listen(inbox: queue.SimpleQueue[Any]) -> None:
    try:
        while True:
            inbox.put(receive(sys.stdin.buffer))
    except EOFError:
        os._exit(0)  # the parent is gone or wants us gone: half a batch is worth nothing
    except BaseException:  # a world that cannot be unpickled here: say so and die, the parent counts the dead
        traceback.print_exc()
        os._exit(1)


def main() -> None:
    """Serve until the input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which then closes our input
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # a stray print of some library must not break the messages
    inbox: queue.SimpleQueue[Any] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(inbox,), daemon=True).start()
    try:
        job: Job = inbox.get()
        job.world.warm_up()
        send(out, ("ready", None))
        while True:
            task: Task = inbox.get()
            send(out, ("done", run_batch(job, task, lambda future: send(out, ("at", future)))))
    except BrokenPipeError:
        os._exit(0)
    except Exception as error:  # a full disk, no memory, a world that does not fit its sources any more
        send(out, ("stopped", what_happened(error)))
        os._exit(1)
