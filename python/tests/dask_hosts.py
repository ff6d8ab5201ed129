"""A sweep on the workers of a scheduler, one of which is killed in the middle: dask_hosts.py SCHEDULER OUT WORKERS."""

import json
import os
import signal
import sys

import distributed
from conftest import SMALL
from test_dask import AXES

import luckflow as lf

scheduler, out, workers = sys.argv[1:]
killed = []


def kill_one(fraction, of):
    if not killed and fraction > 0.1:
        killed.append(next(iter(client.run(os.getpid).values())))
        os.kill(killed[0], signal.SIGKILL)


with distributed.Client(scheduler) as client:
    client.wait_for_workers(int(workers), timeout=60)
    hosts = sorted(worker["host"] for worker in client.scheduler_info(n_workers=-1)["workers"].values())
    lf.sweep(SMALL, AXES, out=out, executor=client, progress=kill_one)
    left = len(client.scheduler_info(n_workers=-1)["workers"])
    client.shutdown()
print(json.dumps({"hosts": hosts, "killed": len(killed), "left": left}))
