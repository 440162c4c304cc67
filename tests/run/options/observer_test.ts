/**
 * What observers are told is described twice, for them and as the format of the journal. Type errors that are expected are
 * marked; `deno check` fails when the two descriptions do not go together.
 */
import { assertEquals } from "@std/assert";
import type { Event } from "../../../lib/journal/event.ts";
import { MemoryStore } from "../../support/memory_store.ts";
import type { JournalEvent, Observer } from "../../../mod.ts";
import { permittedTest } from "../../support/permitted_test.ts";
import { failUnless, note, takeEffects } from "../../support/programs/sample_steps.ts";
import { resumeSample, runSample } from "../../support/programs/sample_transaction.ts";

type MemberOf<E> = E extends unknown ? keyof E : never;
function never<_T extends never>(): void {}

/** Never called: each line holds if it compiles. */
function checkTypes(event: Event): void {
  const told: JournalEvent = event;
  void told;
  never<Exclude<JournalEvent["type"], Event["type"]>>();
  never<Exclude<keyof JournalEvent, MemberOf<Event>>>();
  never<Exclude<JournalEvent["decision"], Extract<Event, { readonly type: "decided" }>["decision"] | undefined>>();
  // @ts-expect-error: an observer cannot count on members that other events lack
  const narrow: Observer = { event: (failed: Extract<Event, { readonly type: "failed" }>) => void failed };
  void narrow;
}

Deno.test("JournalEvent has room for every event, and no word or member that no event has", () => {
  void checkTypes;
});

permittedTest(
  "Observer.event() is told what a log needs to say of each step, over several runs",
  ["read"],
  async () => {
    const store = new MemoryStore();
    const lines: string[] = [];
    const observer: Observer = {
      event: ({ type, step = "", attempt = "", run = "", nodes, decision, by, error, value }) => {
        const words = [typeof nodes === "number" ? nodes : "", step, attempt, run, decision, by, error?.message, value];
        lines.push([type, ...words].filter((word) => word !== undefined && word !== "").join(" "));
      },
    };
    await runSample(store, "j", (t) => void t.do(note, t.do(failUnless, "word")), { observer }).catch(() => {});
    const decisions = [{ step: "1", decision: "done", result: { value: "mended" }, by: "ana" }] as const;
    await resumeSample(store, "j", { decisions, observer });
    takeEffects();
    assertEquals(lines, [
      "opened",
      "planned",
      "ready 2",
      "started 1 1 1",
      "failed 1 1 There is no word",
      "aborted 1",
      "resumed 2",
      "decided 1 done ana mended",
      "started 2 1 2",
      "finished 2 1 mended",
      "ended",
    ]);
  },
);

permittedTest("Observer.event() can read how far the transaction is, and gets nothing else", ["read"], async () => {
  const store = new MemoryStore();
  const lines: string[] = [];
  const observer: Observer & { readonly opened: () => never } = {
    event: ({ type }, readProgress) => {
      const { done, all, running, isRollback } = readProgress();
      lines.push(`${type} ${done}/${all} ${running}${isRollback ? " rollback" : ""}`.trim());
    },
    // A name that observers of the library's own have.
    opened: () => {
      throw new Error("called");
    },
  };
  await runSample(store, "j", (t) => void t.do(note, t.do(failUnless, "word")), { observer }).catch(() => {});
  await resumeSample(store, "j", { decisions: [{ step: "1", decision: "skip" }], observer }).catch(() => {});
  const decisions = [{ step: "1", decision: "done", result: { value: "fixed" } }] as const;
  await resumeSample(store, "j", { decisions, observer });
  takeEffects();
  assertEquals(lines, [
    "opened 0/0",
    "planned 0/2",
    "ready 0/2",
    "started 0/2 1",
    "failed 0/2",
    "aborted 0/2",
    "resumed 1/2",
    "decided 1/2",
    "started 1/2 2",
    "finished 2/2",
    "ended 2/2",
  ]);
});
