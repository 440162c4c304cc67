/** What the loop writes. */
export interface RawAppendsOptions {
  /** How many appends. */
  readonly appends: number;
  /** How many bytes all of them have together. */
  readonly bytes: number;
}

/**
 * Does what a durable step cannot do without, and nothing else: appends bytes to a file, which grows, and waits for each
 * append to be on the disk.
 *
 * @param path The file to make; it is removed in the end.
 * @param options How much to write.
 * @returns How long the appends took, in milliseconds.
 */
export function timeRawAppends(path: string, { appends, bytes }: RawAppendsOptions): number {
  const record = new Uint8Array(Math.round(bytes / appends)).fill("x".charCodeAt(0));
  using file = Deno.openSync(path, { write: true, createNew: true });
  const begin = performance.now();
  for (let count = 0; count < appends; count += 1) {
    file.writeSync(record);
    file.syncDataSync();
  }
  const ms = performance.now() - begin;
  Deno.removeSync(path);
  return ms;
}
