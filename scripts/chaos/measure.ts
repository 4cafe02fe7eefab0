// Loaded into the server before its own code: collects its garbage when it is asked to, and says what it keeps.

process.on("SIGUSR2", () => {
  // What the first collection lets go of by finalizers, the second one frees.
  for (let times = 2; times > 0; times -= 1) globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  process.stdout.write(`kept ${Math.round((heapUsed + external) / 1_024)} KiB\n`);
});
