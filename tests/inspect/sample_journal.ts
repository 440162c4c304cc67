import type { Event } from "../../lib/journal/event.ts";
import type { PlanNode } from "../../lib/plan/node.ts";
import { MemoryStore } from "../support/memory_store.ts";
import type { Store } from "../../lib/storage/store.ts";

/** Name of the sample journal. */
export const JOURNAL = "/srv/ana.json";

/** A clock that goes on by 125 ms with each record. */
export function steadyClock(): () => Date {
  let ms = Date.parse("2026-11-23T02:15:00.000Z");
  return () => {
    const now = new Date(ms);
    ms += 125;
    return now;
  };
}

/** The first record of a journal with the given nodes. */
export function planEvents(
  nodes: readonly PlanNode[],
  rest: Partial<Extract<Event, { type: "opened" }>> = {},
): Event[] {
  return [
    {
      type: "opened",
      format: 1,
      id: "6f1c",
      library: "0.1.0",
      home: "file:///srv/move.ts",
      modules: [{ url: "file:///srv/move.ts", sha256: "ab".repeat(32) }],
      options: {},
      pid: 41,
      host: "atlas",
      ...rest,
    },
    { type: "planned", nodes },
    { type: "ready", nodes: nodes.length },
  ];
}

/** A step that calls an export of the sample's one module. */
export function stepNode(id: string, rest: Partial<Extract<PlanNode, { kind: "step" }>> = {}): PlanNode {
  return { id, kind: "step", module: 0, export: "move", ...rest };
}

/** A store with one journal, in whose second record a newer version wrote something that was left out. */
export async function newerStoreOf(records: readonly (readonly Event[])[], unknown: string): Promise<Store> {
  const store = await storeOf(records);
  return {
    create: (journal, events) => store.create(journal, events),
    open: (journal, apply) => store.open(journal, apply),
    read: async (journal, apply) => ({
      ...await store.read(journal, (record) => apply(record.seq === 1 ? { ...record, unknown } : record)),
      unknown,
    }),
    list: (folder) => store.list(folder),
    kindOf: (name) => store.kindOf(name),
    send: (name, request) => store.send(name, request),
    pending: (name) => store.pending(name),
  };
}

/** A store with one journal of the given records, which nobody holds unless it is said so. */
export async function storeOf(
  records: readonly (readonly Event[])[],
  options: { readonly isHeld?: boolean } = {},
): Promise<Store> {
  const store = new MemoryStore(steadyClock());
  const [first = [], ...rest] = records;
  const open = await store.create(JOURNAL, first);
  for (const events of rest) await open.append(events);
  if (options.isHeld !== true) await open.close();
  return store;
}
