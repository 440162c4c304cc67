import { wrapWrites } from "../values/wrap_writes.ts";

/**
 * Calls functions before and after each writing of this process to the console and to `Deno.stdout` and `Deno.stderr`. Of
 * what other processes write nobody can be told, nor of what goes through the streams of these two.
 *
 * @returns Ends that.
 */
export function aroundWrites(before: () => void, after: () => void): () => void {
  return wrapWrites((write) => {
    before();
    try {
      return write();
    } finally {
      after();
    }
  });
}
