/** In a database, what is tried again sleeps until then, and its listing stays that of a failure. */
import { assertEquals, assertRejects } from "@std/assert";
import type { Event } from "../../lib/journal/event.ts";
import { TransactionAborted } from "../../lib/errors/running_errors.ts";
import { continueJournal } from "../../lib/run/start/continue_journal.ts";
import { SYSTEM_CLOCK } from "../../lib/run/session/clock.ts";
import { newId } from "../../lib/storage/locator.ts";
import { openSqliteStore } from "../../lib/storage/sqlite/open_sqlite_store.ts";
import type { WorkStore } from "../../lib/storage/work_store.ts";
import { wakeFailed } from "../../lib/work/retry_failed.ts";
import { planOf } from "../cli/written_journal.ts";
import { permittedTest } from "../support/permitted_test.ts";
import { makeTempFolder } from "../support/temp_folder.ts";

const STEPS = new URL("./folder/retried_steps.ts", import.meta.url).href;
const MINUTE = 60_000;

function plan(retryFailed: number | undefined): readonly Event[] {
  const [opened, ...rest] = planOf(STEPS, [{ export: "work" }]);
  if (opened?.type !== "opened") throw new TypeError("a plan begins with its opening");
  const options = { keep: true, ...(retryFailed === undefined ? {} : { retryFailed }) };
  return [{ ...opened, id: newId(), options, queue: "default" }, ...rest];
}

interface Place {
  readonly store: WorkStore;
  readonly scope: string;
}

/** Enqueues a transaction, and runs it: by a worker that tries again, or by a person. */
async function fail({ store, scope }: Place, name: string, given: number | undefined, worker?: number): Promise<void> {
  const journal = `${scope}#${name}`;
  await store.enqueue?.(journal, plan(given), { status: "ready" });
  await assertRejects(() => continueJournal(store, journal, { retryFailed: worker }), TransactionAborted);
}

async function look({ store, scope }: Place) {
  const { due, failed, nextDueAt } = await store.due.outlook({ scope });
  const found = await Array.fromAsync(store.search?.(scope, {}) ?? []);
  const listed = found.map(({ listing }) => [listing?.status, listing?.retry?.number, listing?.retry?.most]);
  return { due, failed, isLater: nextDueAt !== undefined && nextDueAt > Date.now() + MINUTE / 2, listed };
}

async function inSqlite(run: (place: Place) => Promise<void>): Promise<void> {
  await using folder = await makeTempFolder();
  await using store = await openSqliteStore(`${folder.path}/tx.db`);
  await run({ store, scope: store.locator });
}

const ALL = ["read", "write", "sys", "env"] as const;

permittedTest(
  "what a worker tries again sleeps until then, and is listed as aborted",
  ALL,
  () =>
    inSqlite(async (place) => {
      await fail(place, "a", 3, 1);
      assertEquals(await look(place), { due: 0, failed: 0, isLater: true, listed: [["aborted", 1, 3]] });
    }),
);

permittedTest(
  "what the worker, its author or a person does not try again stays aborted",
  ALL,
  () =>
    inSqlite(async (place) => {
      await fail(place, "a", 3, 0);
      await fail(place, "b", undefined, 9);
      await fail(place, "c", 3);
      const { failed, isLater } = await look(place);
      assertEquals([failed, isLater], [3, false]);
    }),
);

permittedTest(
  "a worker finds what has failed before it came, when its pause is over",
  ALL,
  () =>
    inSqlite(async (place) => {
      await fail(place, "a", 3);
      await fail(place, "b", undefined);
      const { store, scope } = place;
      const later = { ...SYSTEM_CLOCK, now: () => Date.now() + 2 * MINUTE };
      const wake = (retryFailed: number, clock = later) => wakeFailed(store, { scope, retryFailed, clock });
      assertEquals([await wake(0), await wake(1, SYSTEM_CLOCK), (await look(place)).failed], [0, 0, 2]);
      assertEquals(await wake(1), 1);
      const { failed, isLater, listed } = await look(place);
      assertEquals([failed, isLater], [1, true]);
      assertEquals(listed.map(([status, number]) => `${status} ${number}`).toSorted(), [
        "aborted 1",
        "aborted undefined",
      ]);
    }),
);
