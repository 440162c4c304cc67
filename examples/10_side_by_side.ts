/**
 * Steps that run side by side, two at a time. At first, the first picture is missing:
 *
 * ```sh
 * deno run -A examples/10_side_by_side.ts      # fails at a; b, which is running, finishes; no other starts
 * touch a.jpg
 * deno run -A jsr:@x/resumable-tx/cli resume album.json      # shrinks the others, and prints: Album of 5 pictures
 * ```
 *
 * A crash may leave two steps `unknown`; `resume` asks about both.
 *
 * @module
 */
import { Transaction } from "jsr:@x/resumable-tx";

export async function shrink(folder: string, name: string): Promise<string> {
  if (name === "a") Deno.statSync(`${folder}/${name}.jpg`);
  console.log(`${name} begins`);
  await Promise.resolve();
  console.log(`${name} is small`);
  return `${name}.small.jpg`;
}

export function print(names: readonly string[]): void {
  console.log(`Album of ${names.length} pictures`);
}

if (import.meta.main) {
  await Transaction.run(import.meta, (t) => {
    const folder = Deno.cwd();
    // What the callback returns can be used after the group: here, a list of refs.
    const small = t.parallel((p) => ["a", "b", "c", "d", "e"].map((name) => p.do(shrink, folder, name)), { limit: 2 });
    t.do(print, small);
  }, { journal: "album.json" });
}
