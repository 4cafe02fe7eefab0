/** What a Worker's `waitUntil` is: takes work that goes on behind the answer, and here can wait for it. */
export function createBehind() {
  const works = new Set<Promise<unknown>>();
  return {
    waitUntil: (work: Promise<unknown>): void => void works.add(work),
    /** Resolves when all of it has ended, and what that has begun. */
    settled: async (): Promise<void> => {
      while (works.size > 0) {
        const under = [...works];
        works.clear();
        await Promise.allSettled(under);
      }
    },
  };
}
