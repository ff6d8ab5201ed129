"""What test_executors runs under ``mpirun -n RANKS python -m mpi4py.futures``: a sweep whose workers are the ranks."""

import sys

from conftest import SMALL
from mpi4py.futures import MPIPoolExecutor

import luckflow as lf

if __name__ == "__main__":
    out, axis = sys.argv[1:]
    with MPIPoolExecutor() as executor:
        print(executor.num_workers, "workers")
        lf.sweep(SMALL, {"student.theta0": axis}, out=out, executor=executor)
