import { assertEquals } from "@std/assert";
import type { Event } from "../../lib/journal/event.ts";
import { releaseOf } from "../../lib/run/session/release.ts";
import { foldRecords } from "../../lib/state/apply_event.ts";
import { State } from "../../lib/state/state.ts";
import { newId } from "../../lib/storage/locator.ts";
import { withoutUndefined } from "../../lib/values/json.ts";
import type { ClaimRequest, WorkStore } from "../../lib/storage/work_store.ts";

/** A place with nothing in it, and one process that works there. */
export interface DueSetting {
  readonly store: WorkStore;
  /** The locator of the database, or the path of the folder. */
  readonly scope: string;
  /** The journal of a name. */
  readonly nameOf: (name: string) => string;
  /** Another process. It ends with the object. */
  readonly openOther: () => Promise<WorkStore & AsyncDisposable>;
  /** It can tell in which queue a transaction is. */
  readonly hasQueues: boolean;
}

export interface DueCase {
  readonly name: string;
  readonly run: (setting: DueSetting) => Promise<void>;
}

export interface Enqueued {
  readonly queue?: string;
  readonly priority?: number;
  readonly dueAt?: number;
  readonly home?: string;
}

const HOME = "file:///srv/app/plan.ts";

/** A transaction of one step that nobody has begun. */
export function enqueuedEvents({ queue = "default", priority, dueAt, home = HOME }: Enqueued = {}): readonly Event[] {
  const due = dueAt === undefined ? undefined : new Date(dueAt).toISOString();
  return [
    withoutUndefined<Event>({
      type: "opened",
      format: 1,
      id: newId(),
      library: "1.0.0",
      home,
      modules: [{ url: home }],
      options: { keep: true },
      queue,
      priority,
      dueAt: due,
    }),
    { type: "planned", nodes: [{ kind: "step", id: "1", module: 0, export: "step" }] },
    { type: "ready", nodes: 1 },
  ];
}

export async function enqueue(store: WorkStore, journal: string, given: Enqueued = {}): Promise<void> {
  const events = enqueuedEvents(given);
  const state = new State({ keepsValues: false });
  foldRecords(journal, state)({ seq: 0, at: new Date().toISOString(), events });
  const release = releaseOf(state, { ending: "enqueued" });
  if (store.enqueue !== undefined) return await store.enqueue(journal, events, release);
  await (await store.create(journal, events)).close({ release: () => release });
}

/** What a claim takes, by name. */
async function claim({ store, scope, nameOf }: DueSetting, options: Partial<ClaimRequest> = {}) {
  const claimed = await store.due.claim({ scope, limit: 9, ...options });
  const sample = nameOf("_");
  const start = sample.lastIndexOf("_");
  return claimed.map(({ journal }) => journal.slice(start, journal.length + start + 1 - sample.length));
}

async function look({ store, scope }: DueSetting, options: Partial<ClaimRequest> = {}) {
  const { due, running, untrusted, nextDueAt } = await store.due.outlook({ scope, ...options });
  return { due, running, untrusted, nextDueAt };
}

const LATER = Date.UTC(2100, 0);

export const DUE_CASES: readonly DueCase[] = [
  {
    name: "takes what is due, by priority and then by time, and each once",
    async run(setting) {
      const { store, nameOf } = setting;
      await enqueue(store, nameOf("b"), { priority: 1 });
      await enqueue(store, nameOf("c"), { priority: 1 });
      await enqueue(store, nameOf("later"), { dueAt: LATER, priority: -9 });
      await enqueue(store, nameOf("a"), { priority: 1, dueAt: 1000 });
      await enqueue(store, nameOf("first"), { priority: -1 });
      assertEquals(await look(setting), { due: 4, running: 0, untrusted: 0, nextDueAt: LATER });
      assertEquals(await claim(setting, { limit: 2 }), ["first", "a"]);
      assertEquals(await claim(setting), ["b", "c"]);
      assertEquals(await claim(setting), []);
      assertEquals((await look(setting)).due, 0);
    },
  },
  {
    name: "opens what was claimed, once, and gives the rest back as it was",
    async run(setting) {
      const { store, scope, nameOf } = setting;
      for (const name of ["a", "b"]) await enqueue(store, nameOf(name));
      const [first, second] = await store.due.claim({ scope, limit: 9 });
      const records: number[] = [];
      const open = await store.open(first?.journal ?? "", ({ seq }) => records.push(seq));
      assertEquals([first?.journal, records.length > 0], [nameOf("a"), true]);
      await store.due.giveBack(second?.journal ?? "");
      await store.due.giveBack(nameOf("none"));
      assertEquals(await claim(setting), ["b"]);
      await open.close();
      assertEquals(await claim(setting), ["a"]);
    },
  },
  {
    name: "takes nothing that another process has, and takes what that gives up",
    async run(setting) {
      const { store, scope, nameOf } = setting;
      await enqueue(store, nameOf("a"));
      {
        await using other = await setting.openOther();
        assertEquals((await other.due.claim({ scope, limit: 1 })).map(({ journal }) => journal), [nameOf("a")]);
        assertEquals(await claim(setting), []);
      }
      assertEquals(await claim(setting), ["a"]);
    },
  },
  {
    name: "takes only what it is asked for",
    async run(setting) {
      const { store, nameOf } = setting;
      await enqueue(store, nameOf("a"), { home: "file:///srv/app/plan.ts" });
      await enqueue(store, nameOf("b"), { home: "file:///srv/app%/plan.ts" });
      await enqueue(store, nameOf("c"), { home: "https://example.com/plan.ts" });
      const trusted = { homes: ["file:///srv/app%/", "file:///srv/app_"] };
      assertEquals(await look(setting, trusted), { due: 1, running: 0, untrusted: 2, nextDueAt: undefined });
      assertEquals(await claim(setting, { homes: [] }), []);
      assertEquals(await claim(setting, { ...trusted, exclude: new Set([nameOf("b")]) }), []);
      assertEquals(await claim(setting, trusted), ["b"]);
      assertEquals(await claim(setting, { exclude: new Set([nameOf("a"), nameOf("none")]) }), ["c"]);
      assertEquals(await claim(setting, { limit: 0 }), []);
    },
  },
  {
    name: "takes from the queues that it is asked for",
    async run(setting) {
      const { store, nameOf, hasQueues } = setting;
      if (!hasQueues) return;
      await enqueue(store, nameOf("a"), { queue: "mail" });
      await enqueue(store, nameOf("b"));
      await enqueue(store, nameOf("c"), { queue: "o'clock", priority: -1 });
      assertEquals(await claim(setting, { queues: ["none"] }), []);
      assertEquals(await claim(setting, { queues: ["mail", "none"] }), ["a"]);
      assertEquals(await claim(setting), ["c", "b"]);
    },
  },
  {
    name: "says why it could not be run, until somebody runs it",
    async run(setting) {
      const { store, scope, nameOf } = setting;
      if (store.search === undefined) return;
      await enqueue(store, nameOf("a"));
      const reasons = async () =>
        (await Array.fromAsync(store.search?.(scope, {}) ?? [])).map(({ blocked }) => blocked);
      await claim(setting);
      await store.due.giveBack(nameOf("a"));
      await store.due.noteBlocked(nameOf("a"), "its module is gone\0");
      assertEquals(await reasons(), ["its module is gone"]);
      await claim(setting);
      const open = await store.open(nameOf("a"), () => {});
      assertEquals(await reasons(), ["its module is gone"]);
      await open.recover({ runs: true });
      assertEquals(await reasons(), [undefined]);
      await open.close({ release: () => ({ status: "ready" }) });
    },
  },
  {
    name: "tells when something was enqueued or given up, until it is told to stop",
    async run(setting) {
      const { store, nameOf } = setting;
      const calls = { count: 0 };
      const stop = store.due.listen(() => calls.count += 1);
      try {
        await enqueue(store, nameOf("a"));
        await until(() => calls.count > 0);
      } finally {
        stop();
      }
      const { count } = calls;
      await enqueue(store, nameOf("b"));
      assertEquals(calls.count, count);
    },
  },
  {
    name: "tells when another process has enqueued something",
    async run(setting) {
      const { store, scope, nameOf } = setting;
      await using other = await setting.openOther();
      let isTold = false;
      const stop = store.due.listen(() => isTold = true);
      try {
        // Listening begins with a look.
        await store.due.claim({ scope, limit: 1 });
        await enqueue(other, nameOf("a"));
        await until(() => isTold);
        assertEquals(await claim(setting), ["a"]);
      } finally {
        stop();
      }
    },
  },
];

/** Waits for something that happens in any case. */
async function until(hasHappened: () => boolean): Promise<void> {
  while (!hasHappened()) await new Promise((resolve) => setTimeout(resolve, 1));
}
