// A bound on the time that is waited, whatever else bounds what is waited for.

/** @throws `late()` where `work` has not ended within `ms`; what `work` throws. It goes on, unwatched. */
export async function bounded<T>(work: Promise<T>, ms: number, late: () => Error): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | null = null;
  const end = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(late()), ms);
  });
  try {
    return await Promise.race([work, end]);
  } finally {
    clearTimeout(timer);
  }
}
