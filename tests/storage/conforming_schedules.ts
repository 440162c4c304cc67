import { assertEquals } from "@std/assert";
import { Transaction } from "../../mod.ts";
import { type Firing, nameOfFiring, type Schedules, type StoredSchedule } from "../../lib/storage/schedules.ts";
import type { Store } from "../../lib/storage/store.ts";
import type { WorkStore } from "../../lib/storage/work_store.ts";
import { SYSTEM_CLOCK } from "../../lib/run/session/clock.ts";
import { checkSchedules } from "../../lib/work/schedules/define_schedules.ts";
import { ScheduleFirer } from "../../lib/work/schedules/fire_schedules.ts";
import type { ScheduleReport } from "../../lib/work/schedules/schedule_report.ts";
import { runMain } from "../cli/fake_io.ts";

/** Where schedules are kept. */
export interface SchedulePlaces {
  /** The locator of the database, or the path of the folder. */
  readonly scope: string;
  /** Opens it again, as another worker. */
  readonly open: () => Promise<Store & Pick<WorkStore, "schedules"> & Partial<AsyncDisposable>>;
}

export interface ScheduleCase {
  readonly name: string;
  readonly run: (places: SchedulePlaces) => Promise<void>;
}

export function note(_text: string): void {}

/** A schedule that fires each hour. */
export const hourly = {
  cron: "0 * * * *",
  run: (t: { readonly do: Transaction["do"] }, { at }: { readonly at: Date }) => t.do(note, at.toISOString()),
};

const BEGIN = Date.UTC(2025, 0, 1, 11, 30);
const HOUR = 3_600_000;

interface Worker extends AsyncDisposable {
  readonly schedules: Schedules;
  readonly reports: ScheduleReport[];
  /** What it has asked the store to fire. */
  readonly firings: readonly Firing[];
  /** Looks at schedules at a time. */
  readonly look: (list: Readonly<Record<string, unknown>>, now: number) => Promise<number>;
}

/** A worker with a clock that stands. */
export async function startWorker({ open }: SchedulePlaces): Promise<Worker> {
  const store = await open();
  const kept = store.schedules;
  if (kept === undefined) throw new Error("It keeps no schedules");
  let now = 0;
  const schedules: Schedules = {
    list: async () => ({ ...await kept.list(), now }),
    define: (definition) => kept.define(definition),
    advance: (change) => kept.advance(change),
    hasOpen: (name) => kept.hasOpen(name),
    journalOf: (transaction) => kept.journalOf(transaction),
    fire: (firing) => {
      firings.push(firing);
      return kept.fire(firing);
    },
    setPaused: (name, isPaused) => kept.setPaused(name, isPaused),
    remove: (name) => kept.remove(name),
    findUnpassed: (journals) => kept.findUnpassed(journals),
  };
  const [reports, firings]: [ScheduleReport[], Firing[]] = [[], []];
  const report = (told: ScheduleReport) => void reports.push(told);
  const firer = new ScheduleFirer({ store, schedules, module: import.meta.url, clock: SYSTEM_CLOCK, report });
  return {
    schedules,
    reports,
    firings,
    look: async (list, time) => {
      now = time;
      return await firer.fireDue(checkSchedules(list));
    },
    [Symbol.asyncDispose]: async () => await store[Symbol.asyncDispose]?.(),
  };
}

async function list(scope: string): Promise<readonly string[]> {
  const listed: readonly { readonly journal: string; readonly status: string }[] = JSON.parse(
    (await runMain(["list", scope, "--json"])).out,
  );
  return listed.map(({ journal, status }) => `${journal.slice(scope.length + 1)} ${status}`).toSorted();
}

async function find({ schedules }: Worker, name: string): Promise<StoredSchedule | undefined> {
  return (await schedules.list()).schedules.find((schedule) => schedule.name === name);
}

function fired(worker: Worker): readonly string[] {
  return worker.reports.flatMap((told) => told.kind === "schedule fired" ? [told.due.slice(11, 16)] : []);
}

function skipped(worker: Worker): readonly string[] {
  return worker.reports.flatMap((told) =>
    told.kind === "schedule skipped" ? [`${told.count} ${told.reason} ${told.from.slice(11, 16)}`] : []
  );
}

/** What every place does with schedules. */
export const SCHEDULE_CASES: readonly ScheduleCase[] = [
  {
    name: "a new one begins with the present time, and fires once for each",
    async run(places) {
      await using worker = await startWorker(places);
      assertEquals(await worker.look({ hourly }, BEGIN), 30_000);
      assertEquals(await worker.look({ hourly }, BEGIN + HOUR / 2 - 700), 700);
      assertEquals(fired(worker), []);
      await worker.look({ hourly }, BEGIN + HOUR / 2);
      await worker.look({ hourly }, BEGIN + HOUR / 2);
      assertEquals(fired(worker), ["12:00"]);
      const { nextAt, lastAt, version, isPaused, memory } = await find(worker, "hourly") ?? {};
      const times = [BEGIN + HOUR / 2, BEGIN + 1.5 * HOUR];
      assertEquals([lastAt, nextAt, version, isPaused], [...times, 2, false]);
      assertEquals(memory, { waiting: [], skips: [] });
      assertEquals((await list(places.scope)).length, 1);
      const journal = worker.schedules.journalOf(nameOfFiring("hourly", BEGIN + HOUR / 2));
      const { status, name, dueAt, home } = await Transaction.inspect(journal) as unknown as Record<string, unknown>;
      assertEquals([status, name, home, dueAt], ["pending", "hourly@2025-01-01T12:00:00Z", import.meta.url, undefined]);
    },
  },
  {
    name: "an earlier firing that is not over makes it skip, wait or not care",
    async run(places) {
      await using worker = await startWorker(places);
      const all = { careful: hourly, patient: { ...hourly, overlap: "queue" }, free: { ...hourly, overlap: "allow" } };
      await worker.look(all, BEGIN);
      for (const hours of [0.5, 1.5, 2.5]) await worker.look(all, BEGIN + hours * HOUR);
      assertEquals(fired(worker), ["12:00", "12:00", "12:00", "13:00", "14:00"]);
      assertEquals(skipped(worker), ["1 open 13:00", "1 open 14:00"]);
      assertEquals(await worker.schedules.hasOpen("patient"), true);
      const { waiting } = (await find(worker, "patient"))?.memory ?? {};
      assertEquals(waiting?.map((time) => time.slice(11, 16)), ["13:00", "14:00"]);
      const journals = [0.5, 1.5, 2.5].map((hours) => nameOfFiring("patient", BEGIN + hours * HOUR))
        .map((name) => worker.schedules.journalOf(name));
      assertEquals(await worker.schedules.findUnpassed(journals), new Set(journals.slice(1)));
      for (const name of ["careful", "patient"]) {
        await Transaction.cancel(worker.schedules.journalOf(nameOfFiring(name, BEGIN + HOUR / 2)));
      }
      assertEquals(await worker.schedules.hasOpen("patient"), false);
      worker.reports.length = 0;
      assertEquals(await worker.look(all, BEGIN + 2.6 * HOUR), 1000);
      assertEquals(fired(worker), ["13:00"]);
      await worker.look(all, BEGIN + 3.5 * HOUR);
      assertEquals(fired(worker), ["13:00", "15:00", "15:00"]);
      assertEquals((await find(worker, "patient"))?.memory.waiting.length, 2);
    },
  },
  {
    name: "one of eight workers decides each time",
    async run(places) {
      await using stack = new AsyncDisposableStack();
      const workers: Worker[] = [];
      for (let count = 0; count < 8; count += 1) workers.push(stack.use(await startWorker(places)));
      const all = {
        a: { ...hourly, overlap: "allow" },
        b: { ...hourly, overlap: "allow", missed: "all", maxMissed: 2 },
      };
      for (const hours of [0, 0.5, 1.5, 7.7]) {
        await Promise.all(workers.map((worker) => worker.look(all, BEGIN + hours * HOUR)));
        await workers[0]?.look(all, BEGIN + hours * HOUR);
      }
      const names = ["12:00", "12:00", "13:00", "13:00", "18:00", "19:00", "19:00"];
      assertEquals(workers.flatMap(fired).toSorted(), names);
      assertEquals(workers.flatMap(skipped).toSorted(), ["4 missed 14:00", "5 missed 14:00"]);
      assertEquals((await list(places.scope)).length, 7);
    },
  },
  {
    name: "a pause skips what it covers, also if no worker was there when it ended",
    async run(places) {
      await using worker = await startWorker(places);
      const before = Date.now();
      const now = Math.floor(before / HOUR) * HOUR;
      await worker.look({ hourly }, now - 4.5 * HOUR);
      assertEquals(await worker.schedules.setPaused("hourly", true), true);
      assertEquals(await worker.schedules.setPaused("hourly", true), true);
      assertEquals(await worker.schedules.setPaused("none", true), false);
      await worker.look({ hourly }, now - 3.5 * HOUR);
      const { isPaused, version = 0 } = await find(worker, "hourly") ?? {};
      assertEquals(isPaused, true);
      // One that was planned before the pause.
      await worker.look({ other: hourly }, now - 3.5 * HOUR);
      await worker.look({ other: hourly }, now - 2.5 * HOUR);
      const [planned] = worker.firings;
      const transaction = nameOfFiring("hourly", now - 3 * HOUR);
      if (planned === undefined) throw new Error("Nothing has fired");
      const id = crypto.randomUUID();
      const records = planned.records.map((events) =>
        events.map((one) => one.type === "opened" ? { ...one, id } : one)
      );
      const answer = await worker.schedules.fire({ ...planned, name: "hourly", version, transaction, records });
      assertEquals([answer, (await list(places.scope)).length], ["passed", 1]);
      worker.reports.length = 0;
      assertEquals(await worker.schedules.setPaused("hourly", false), true);
      // The pause has ended at the present time.
      await worker.look({ hourly }, now + HOUR);
      assertEquals(fired(worker).length, 1);
      const counts = skipped(worker).map((text) => text.slice(0, 8));
      assertEquals(counts, ["4 paused"]);
      assertEquals((await find(worker, "hourly"))?.memory.skips.map(({ count }) => count), [1, 4]);
    },
  },
  {
    name: "an edited one fires nothing that is past, and another worker's definition stays",
    async run(places) {
      await using worker = await startWorker(places);
      await using other = await startWorker(places);
      await worker.look({ hourly }, BEGIN);
      const edited = { ...hourly, cron: "15 * * * *" };
      await other.look({ hourly: edited }, BEGIN + 2.6 * HOUR);
      assertEquals([fired(other), skipped(other)], [[], ["3 edited 12:00"]]);
      await worker.look({ hourly }, BEGIN + 3 * HOUR);
      await worker.look({ hourly }, BEGIN + 3 * HOUR);
      assertEquals(worker.reports.map(({ kind }) => kind), ["schedule defined", "schedule differs"]);
      await other.look({ hourly: edited }, BEGIN + 2.75 * HOUR);
      assertEquals(fired(other), ["14:15"]);
      // The clock is set back, and what was decided stays so.
      await using third = await startWorker(places);
      await third.look({ hourly }, BEGIN);
      assertEquals((await find(third, "hourly"))?.nextAt, BEGIN + 3.5 * HOUR);
    },
  },
  {
    name: "a transaction that is there already is not recorded again",
    async run(places) {
      await using worker = await startWorker(places);
      await worker.look({ hourly }, BEGIN);
      const journal = worker.schedules.journalOf(nameOfFiring("hourly", BEGIN + HOUR / 2));
      await Transaction.enqueue(import.meta, (t) => t.do(note, "before"), { journal });
      await worker.look({ hourly }, BEGIN + HOUR / 2);
      assertEquals(fired(worker), ["12:00"]);
      assertEquals((await find(worker, "hourly"))?.nextAt, BEGIN + 1.5 * HOUR);
      assertEquals((await list(places.scope)).length, 1);
    },
  },
  {
    name: "a plan of any size is recorded as a whole",
    async run(places) {
      await using worker = await startWorker(places);
      const large = {
        ...hourly,
        run: (t: { readonly do: Transaction["do"] }) => {
          for (let count = 0; count < 9; count += 1) t.do(note, "x".repeat(400_000));
        },
      };
      await worker.look({ large }, BEGIN);
      await worker.look({ large }, BEGIN + HOUR);
      const journal = worker.schedules.journalOf(nameOfFiring("large", BEGIN + HOUR / 2));
      assertEquals((await Transaction.inspect(journal)).steps.length, 9);
      assertEquals((await runMain(["check", journal])).code, 0);
    },
  },
  {
    name: "a firing is removed only when the schedule has passed it",
    async run(places) {
      await using worker = await startWorker(places);
      const { schedules } = worker;
      await worker.look({ hourly }, BEGIN);
      const at = (hours: number) => schedules.journalOf(nameOfFiring("hourly", BEGIN + hours * HOUR));
      const journals = [at(0.5), at(1.5), at(-0.5), schedules.journalOf("daily@2025-01-01T00:00:00Z")];
      assertEquals(await schedules.findUnpassed(journals), new Set([at(0.5), at(1.5)]));
      // As a crash leaves it before the schedule has advanced.
      await Transaction.enqueue(import.meta, (t) => t.do(note, "before"), { journal: at(0.5) });
      await Transaction.cancel(at(0.5));
      const prune = ["prune", places.scope, "--cancelled", "--yes"];
      assertEquals([(await runMain(prune)).code, (await list(places.scope)).length], [0, 1]);
      await worker.look({ hourly }, BEGIN + HOUR / 2);
      assertEquals([(await runMain(prune)).code, (await list(places.scope)).length], [0, 0]);
      assertEquals(await schedules.findUnpassed(journals), new Set([at(1.5)]));
      assertEquals(await schedules.remove("hourly"), true);
      assertEquals(await schedules.remove("hourly"), false);
      assertEquals(await schedules.findUnpassed(journals), new Set());
    },
  },
];
