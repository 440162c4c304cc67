/**
 * Waits for something that may never end.
 *
 * @param work What to wait for.
 * @param patienceMs How long, in milliseconds.
 * @param makeError Makes the error for when that was too long.
 */
export async function withPatience<T>(work: Promise<T>, patienceMs: number, makeError: () => Error): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const impatience = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(makeError()), patienceMs);
  });
  try {
    return await Promise.race([work, impatience]);
  } finally {
    clearTimeout(timer);
  }
}
