"""python bench/kernels.py: how soon a kernel is there, and what an idle one takes of its own.

A warm parent with pandas and matplotlib preloaded, as for a notebook that imports them; then 20 kernels at once,
and one after another. Ready: the server has its first message.
"""

import asyncio
import statistics
import time

import psutil

from anyhost.kernel.forkserver import ForkServer
from anyhost.protocol.messages import KernelReady

COUNT = 20


async def ready(server):
    began = time.perf_counter()
    kernel = await server.start()
    while not isinstance(await kernel.channel.receive(), KernelReady):
        pass
    return kernel, (time.perf_counter() - began) * 1e3


def private(kernels):
    infos = [psutil.Process(kernel.pid).memory_full_info() for kernel in kernels]
    return statistics.mean(info.uss for info in infos) / 1e6, statistics.mean(info.pss for info in infos) / 1e6


async def main():
    server = ForkServer()
    server.preload(["pandas", "matplotlib.pyplot"])
    async with server:
        first, cold = await ready(server)
        await server.warmer()
        await asyncio.sleep(5)
        singles = [await ready(server) for _ in range(COUNT)]
        began = time.perf_counter()
        burst = await asyncio.gather(*(ready(server) for _ in range(COUNT)))
        whole = (time.perf_counter() - began) * 1e3
        await asyncio.sleep(2)
        uss, pss = private([kernel for kernel, _ in burst])
        one = sorted(ms for _, ms in singles)
        all_ = sorted(ms for _, ms in burst)
        print("| | |\n|---|---:|")
        print(f"| the first, with the warm parent's own start, ms | {cold:.0f} |")
        print(f"| one: median, slowest of {COUNT}, ms | {statistics.median(one):.0f}, {one[-1]:.0f} |")
        print(f"| {COUNT} at once: median, slowest, ms | {statistics.median(all_):.0f}, {all_[-1]:.0f} |")
        print(f"| {COUNT} at once: all of them, each, ms | {whole / COUNT:.0f} |")
        print(f"| idle, pandas and matplotlib preloaded: private (USS), PSS, MB | {uss:.1f}, {pss:.1f} |")
        for kernel in [first, *(kernel for kernel, _ in [*singles, *burst])]:
            await kernel.aclose()


if __name__ == "__main__":
    asyncio.run(main())
