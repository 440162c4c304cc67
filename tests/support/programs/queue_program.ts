/**
 * Enqueues and waits in a process of its own: `enqueue LOCATOR OPTIONS`, `wait LOCATOR`, or `die MOMENT LOCATOR`, which is killed
 * at a moment of recording a large plan. It prints what it got, as JSON.
 */
import { Transaction } from "../../../mod.ts";
import { enqueueTransaction } from "../../../lib/run/start/enqueue_transaction.ts";
import { namePlan } from "../../../lib/run/call/plan_nodes.ts";
import { PlanBuilder } from "../../../lib/plan/plan_builder.ts";
import { openStore, useStore } from "../../../lib/storage/locator.ts";
import { openPostgresStore } from "../../../lib/storage/postgres/open_postgres_store.ts";
import type { OpenJournal } from "../../../lib/storage/open_journal.ts";
import type { Store } from "../../../lib/storage/store.ts";

export function join(first: string, second: string): ReadonlyMap<string, Date> {
  return new Map([[`${first} ${second}`, new Date(0)]]);
}

export function measure(text: string): number {
  return text.length;
}

/** So long that a server frees what a killed process owned, while the test waits. */
export const SHORT_LEASE = { leaseMs: 2000, beatMs: 500, marginMs: 300 };

/** Each has a record of its own. */
const PARTS = 3;
const LARGE = 900_000;

if (import.meta.main) {
  const [command = "", ...words] = Deno.args;
  console.log(JSON.stringify(await run(command, words)));
}

async function run(command: string, words: readonly string[]): Promise<unknown> {
  if (command === "die") return await die(Number(words[0]), words[1] ?? "");
  const [journal = "", options = "{}"] = words;
  if (command === "wait") {
    const value = await Transaction.wait(journal);
    return value instanceof Map ? Array.from(value) : value;
  }
  return await Transaction.enqueue(import.meta, (t) => t.do(join, "a", "b"), { journal, ...JSON.parse(options) });
}

/** Moments are counted: before and after the creation and each append, and after the journal was given up. */
async function die(moment: number, locator: string): Promise<unknown> {
  const builder = new PlanBuilder();
  const planner = builder.planner({});
  for (let part = 0; part < PARTS; part += 1) planner.do(measure, "x".repeat(LARGE));
  const plan = await namePlan(import.meta, builder.seal(undefined));
  const used = locator.startsWith("postgres")
    ? await useStore(locator.replace(/#.*$/, ""), (database) => openPostgresStore(database, { times: SHORT_LEASE }))
    : undefined;
  const id = crypto.randomUUID();
  await using place = await openStore(locator, { created: { id } });
  let left = moment;
  const tick = () => {
    left -= 1;
    if (left < 0) Deno.kill(Deno.pid, "SIGKILL");
  };
  await enqueueTransaction(dying(place.store, tick), {
    ...{ ...plan, home: import.meta, id, journal: place.name, name: place.given, options: {} },
  });
  tick();
  await used?.release();
  return "recorded";
}

function dying(store: Store, tick: () => void): Store {
  const open = (journal: OpenJournal): OpenJournal => ({
    ...journal,
    journal: journal.journal,
    append: async (...args) => {
      await journal.append(...args);
      tick();
    },
    close: (...args) => journal.close(...args),
  } as OpenJournal);
  return {
    ...store,
    read: (...args) => store.read(...args),
    create: async (...args) => {
      tick();
      const created = await store.create(...args);
      tick();
      return open(created);
    },
  } as Store;
}
