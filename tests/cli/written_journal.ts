import { assertEquals } from "@std/assert";
import type { Event } from "../../lib/journal/event.ts";
import type { StepNode } from "../../lib/plan/node.ts";
import { FileStore } from "../../lib/storage/file/file_store.ts";

/** The first record of a journal whose steps are in a module. */
export function planOf(module: string, nodes: readonly (Omit<StepNode, "id" | "kind" | "module">)[]): Event[] {
  return [
    {
      type: "opened",
      format: 1,
      id: "6f1c",
      library: "0.1.0",
      home: module,
      modules: [{ url: module }],
      options: {},
      pid: 41,
    },
    {
      type: "planned",
      nodes: nodes.map((node, index) => ({ id: String(index + 1), kind: "step", module: 0, ...node })),
    },
    { type: "ready", nodes: nodes.length },
  ];
}

/** Writes a journal, one record for each list of events, all at that time if one is given, and leaves it at rest. */
export async function writeJournal(
  path: string,
  records: readonly (readonly Event[])[],
  at?: string,
): Promise<void> {
  const [first = [], ...rest] = records;
  const open = await new FileStore(at === undefined ? undefined : () => new Date(at)).create(path, first);
  for (const events of rest) await open.append(events);
  await open.close();
}

/** Does something and checks that the bytes of a file are the same as before. */
export async function unchanged<T>(path: string, work: () => Promise<T>): Promise<T> {
  const before = await Deno.readFile(path);
  const result = await work();
  assertEquals((await Deno.readFile(path)).toHex(), before.toHex(), `${path} was changed`);
  return result;
}

/** Writes a plan as a power cut leaves it, of whose last append only whole sectors have reached the disk. */
export async function writeTorn(path: string, plan: readonly Event[], at?: string): Promise<void> {
  const whole = `${path}.whole`;
  const open = await new FileStore(at === undefined ? undefined : () => new Date(at)).create(whole, plan);
  await Deno.writeFile(path, tear(await Deno.readFile(whole)), { mode: 0o600 });
  await open.close();
  await Deno.remove(whole);
}

function tear(bytes: Uint8Array): Uint8Array {
  const text = new TextDecoder().decode(bytes);
  const start = text.lastIndexOf("\n]") + 1;
  const end = (Math.floor(start / 512) + 2) * 512;
  const append = new TextEncoder().encode(`,{"seq":1,"at":"`.padEnd(end - start, "x"));
  return bytes.map((byte, index) => append[index - start] ?? byte);
}
