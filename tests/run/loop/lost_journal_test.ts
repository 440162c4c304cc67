import { assertEquals, assertRejects } from "@std/assert";
import type { JournalEvent } from "../../../lib/run/options/observer.ts";
import { Fenced } from "../../../lib/errors/storage_errors.ts";
import type { Event } from "../../../lib/journal/event.ts";
import type { Planner } from "../../../lib/plan/planner.ts";
import type { OpenJournal } from "../../../lib/storage/open_journal.ts";
import { MemoryStore } from "../../support/memory_store.ts";
import { permittedTest } from "../../support/permitted_test.ts";
import { note, takeEffects, untilStopped } from "../../support/programs/sample_steps.ts";
import { historyOf, resumeSample, runSample } from "../../support/programs/sample_transaction.ts";

const LOST = 'Cannot continue "j": this process no longer owns it (it was owner 1), and another one may be running it';

/** Runs a plan, loses its journal when an event has been recorded, and returns the error, the effects and the history. */
async function loseAfter(
  build: (t: Planner) => void,
  isMoment: (event: JournalEvent) => boolean,
): Promise<{ readonly message: string; readonly effects: readonly string[]; readonly history: readonly string[] }> {
  const store = new MemoryStore();
  const event = (happened: JournalEvent) => {
    if (isMoment(happened)) store.lose("j");
  };
  const { message } = await assertRejects(() => runSample(store, "j", build, { observer: { event } }), Fenced);
  return { message, effects: takeEffects(), history: (await historyOf(store, "j")).slice(1) };
}

permittedTest("a run that loses its journal stops its steps, records nothing more and says so", ["read"], async () => {
  const ended = await loseAfter((t) => {
    t.parallel((p) => {
      p.do(untilStopped, "return");
      p.do(note, "a");
    });
    t.do(note, "b");
  }, ({ type, step }) => type === "finished" && step === "1.2");
  assertEquals(ended, {
    message: `${LOST}. Step 1.1 has finished, but this could not be recorded`,
    effects: ["a", "stopped"],
    history: ["started 1.1, started 1.2", "finished 1.2"],
  });
});

permittedTest("a run that loses its journal calls no function whose start it has just recorded", ["read"], async () => {
  const ended = await loseAfter((t) => t.do(note, "a"), ({ type }) => type === "started");
  assertEquals(ended, { message: LOST, effects: [], history: ["started 1"] });
});

permittedTest("a run that loses its journal while it waits does not wait any longer", ["read"], async () => {
  const ended = await loseAfter((t) => {
    t.do(note, "a");
    t.sleep(3_600_000);
    t.do(note, "b");
  }, ({ type }) => type === "waiting");
  assertEquals(ended, { message: LOST, effects: ["a"], history: ["started 1", "finished 1, waiting 2"] });
});

permittedTest(
  "a run that loses its journal while a step waits for its database does not call it",
  ["read"],
  async () => {
    let rolledBack = 0;
    const transaction = {
      database: { query: () => Promise.reject(new Error("It is not called")) },
      isLost: false,
      rollback: () => {
        rolledBack += 1;
        return Promise.resolve();
      },
      commit: () => Promise.resolve({ kind: "committed" } as const),
    };
    class BusyStore extends MemoryStore {
      readonly hasTransactions = true;

      override async create(name: string, events: readonly Event[]): Promise<OpenJournal> {
        const beginTransaction = () => {
          this.lose(name);
          return Promise.resolve(transaction);
        };
        return { ...await super.create(name, events), beginTransaction };
      }
    }
    const build = (t: Planner) => t.do(note, "a").with({ database: true });
    await assertRejects(() => runSample(new BusyStore(), "j", build), Fenced);
    assertEquals([takeEffects(), rolledBack], [[], 1]);
  },
);

permittedTest("the next owner continues a journal that its run has lost", ["read"], async () => {
  const store = new MemoryStore();
  const event = ({ type, step }: JournalEvent) => {
    if (type === "finished" && step === "1") store.lose("j");
  };
  const build = (t: Planner) => {
    t.do(note, "a");
    t.do(note, "b").with({ interrupted: "retry" });
  };
  await assertRejects(() => runSample(store, "j", build, { observer: { event } }), Fenced);
  assertEquals(takeEffects(), ["a"]);
  await resumeSample(store, "j");
  assertEquals(takeEffects(), ["b"]);
});
