import { assertEquals, assertMatch, assertRejects, assertStringIncludes } from "@std/assert";
import { JournalNotFound } from "../../../lib/errors/opening_errors.ts";
import { JournalExists } from "../../../lib/errors/planning_errors.ts";
import { TransactionAborted, TransactionPaused } from "../../../lib/errors/running_errors.ts";
import type { Event } from "../../../lib/journal/event.ts";
import type { Planner } from "../../../lib/plan/planner.ts";
import type { TransactionOptions } from "../../../lib/run/options/transaction_options.ts";
import { MemoryStore } from "../../support/memory_store.ts";
import { permittedTest } from "../../support/permitted_test.ts";
import {
  failUnless,
  join,
  makeStream,
  makeUser,
  note,
  spoil,
  takeEffects,
} from "../../support/programs/sample_steps.ts";
import { eventsOf, historyOf, runSample } from "../../support/programs/sample_transaction.ts";

permittedTest("startTransaction() runs steps in order and returns the value", ["read"], async () => {
  const store = new MemoryStore();
  const value = await runSample(store, "j", (t) => {
    const user = t.do(makeUser, "Ana");
    const text = t.do(join, "a", user.get("name"));
    return { text, all: [user, text] };
  });
  assertEquals(value, { text: "a+Ana", all: [{ id: 7, name: "Ana", boss: null }, "a+Ana"] });
  assertEquals(takeEffects(), ["user Ana", "a+Ana"]);
  await assertRejects(() => historyOf(store, "j"), JournalNotFound);
});

permittedTest(
  "startTransaction() writes the end of a step and the start of the next in one record",
  ["read"],
  async () => {
    const store = new MemoryStore();
    const build = (t: Parameters<Parameters<typeof runSample>[2]>[0]) => {
      t.do(note, "a");
      t.do(note, "b");
    };
    await runSample(store, "j", build, { keep: true });
    assertEquals(takeEffects(), ["a", "b"]);
    assertEquals(await historyOf(store, "j"), [
      "opened, planned, ready",
      "started 1",
      "finished 1, started 2",
      "finished 2, ended",
    ]);
    await assertRejects(() => runSample(store, "j", build), JournalExists);
    assertEquals(takeEffects(), []);
  },
);

permittedTest("startTransaction() stops at the first step that fails", ["read"], async () => {
  const store = new MemoryStore();
  const error = await assertRejects(
    () =>
      runSample(store, "j", (t) => {
        t.do(note, "a");
        t.do(failUnless, "b").with({ name: "mend" });
        t.do(note, "c");
      }),
    TransactionAborted,
  );
  assertEquals(takeEffects(), ["a"]);
  assertEquals([error.journal, error.step], ["j", "2"]);
  assertEquals(error.cause instanceof RangeError, true);
  assertMatch(error.message, /^Step 2 "mend" .*: RangeError: There is no b\n/);
  assertEquals(error.next.map(({ command }) => command.split("/cli ")[1]), [
    "inspect j",
    "resume j",
    "resume j --skip 2",
  ]);
  assertEquals((await historyOf(store, "j")).at(-1), "failed 2, aborted 2");
  const failed = (await eventsOf(store, "j")).find((event) => event.type === "failed");
  assertStringIncludes(failed?.error.stack ?? "", "at failUnless (");
  assertEquals(failed?.error.stack?.includes("call_step"), false);
});

permittedTest(
  "startTransaction() finishes a step whose value cannot be stored, and asks when it is needed",
  ["read"],
  async () => {
    const store = new MemoryStore();
    const plan = (t: Parameters<Parameters<typeof runSample>[2]>[0]) => {
      const stream = t.do(makeStream);
      t.do(note, "after");
      return stream;
    };
    const error = await assertRejects(() => runSample(store, "j", plan), TransactionPaused);
    assertEquals(takeEffects(), ["stream", "after"]);
    assertEquals([error.step, error.question, error.needsResult], ["1", "value", true]);
    assertEquals((await eventsOf(store, "j")).find((event) => event.type === "finished")?.dropped, {
      reason: "value is a ReadableStream",
    });
  },
);

permittedTest("startTransaction() gives each step a copy of its own", ["read"], async () => {
  const store = new MemoryStore();
  const list = ["x"];
  const value = await runSample(store, "j", (t) => {
    const first = t.do(spoil, list);
    const second = t.do(spoil, list);
    list.push("changed after do");
    return [first, second];
  });
  assertEquals(takeEffects(), ["x,spoilt", "x,spoilt"]);
  assertEquals(value, [8, 8]);
});

permittedTest("startTransaction() does not start a step whose argument is not there", ["read"], async () => {
  const store = new MemoryStore();
  const error = await assertRejects(
    () =>
      runSample(store, "j", (t) => {
        const user = t.do(makeUser, "Ana");
        // The boss is null: the compiler would say so.
        const boss: { get(key: string): { get(key: string): never } } = user as never;
        t.do(note, boss.get("boss").get("name"));
      }),
    TransactionAborted,
  );
  assertEquals(takeEffects(), ["user Ana"]);
  assertStringIncludes(error.message, " step 1.boss: it is null");
  assertEquals(await historyOf(store, "j"), ["opened, planned, ready", "started 1", "finished 1, aborted 2"]);
});

permittedTest("startTransaction() tells the observer each event once it is durable", ["read"], async () => {
  const store = new MemoryStore();
  const seen: string[] = [];
  const event = (event: { type: string }) => void seen.push(event.type);
  await runSample(store, "j", (t) => void t.do(note, "a"), { observer: { event } });
  assertEquals(seen, ["opened", "planned", "ready", "started", "finished", "ended"]);
  takeEffects();
});

/** A store that notes what a journal begins with, and makes none. */
class NotingStore extends MemoryStore {
  first: readonly Event[] = [];

  override create(name: string, first: readonly Event[]): ReturnType<MemoryStore["create"]> {
    this.first = first;
    return Promise.reject(new JournalExists(name));
  }
}

permittedTest(
  "startTransaction() writes down what is to be done about a failure, unless it is the usual",
  ["read"],
  async () => {
    const optionsOf = async (options: TransactionOptions) => {
      const store = new NotingStore();
      await assertRejects(() => runSample(store, "j", (t) => t.do(note, "a"), options), JournalExists);
      return store.first.find((event) => event.type === "opened")?.options;
    };
    assertEquals(await optionsOf({ onFailure: "stop" }), {});
    assertEquals(await optionsOf({ onFailure: "rollback", keep: true }), { keep: true, onFailure: "rollback" });
  },
);

permittedTest(
  "startTransaction() writes groups, sleeps, waits and undo functions into the plan",
  ["read"],
  async () => {
    const store = new NotingStore();
    const build = (t: Planner) =>
      t.parallel((p) => {
        p.sleep(5);
        p.do(note, "a").with({ undo: note });
        return p.waitFor("go");
      }, { limit: 2 });
    await assertRejects(() => runSample(store, "j", build), JournalExists);
    assertEquals(store.first.find((event) => event.type === "planned")?.nodes, [
      { id: "1", kind: "parallel", limit: 2 },
      { id: "1.1", kind: "sleep", ms: 5 },
      {
        id: "1.2",
        kind: "step",
        module: 0,
        export: "note",
        args: ["a"],
        options: { undo: { module: 0, export: "note" } },
      },
      { id: "1.3", kind: "wait", signal: "go" },
    ]);
    assertEquals(store.first.find((event) => event.type === "ready")?.nodes, 4);
  },
);
