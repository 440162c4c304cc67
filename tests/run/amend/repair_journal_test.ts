import { assertEquals, assertRejects } from "@std/assert";
import { DecisionRefused } from "../../../lib/errors/decision_errors.ts";
import { JournalLocked } from "../../../lib/errors/opening_errors.ts";
import { ModuleUnavailable } from "../../../lib/errors/planning_errors.ts";
import { TransactionClosed } from "../../../lib/errors/running_errors.ts";
import { inspectJournal } from "../../../lib/inspect/data/inspect_state.ts";
import type { Event } from "../../../lib/journal/event.ts";
import { decideJournal, type DecideRequest } from "../../../lib/run/amend/amend_journal.ts";
import { editJournal, insertJournal, readStepToEdit } from "../../../lib/run/amend/edit_journal.ts";
import { MemoryStore } from "../../support/memory_store.ts";
import { done, failed, plan, refs, stepNode } from "../../state/folded.ts";
import { permittedTest } from "../../support/permitted_test.ts";

const NODES = [
  stepNode("1", { name: "user", options: { undo: { module: 0, export: "u" } } }),
  stepNode("2"),
  stepNode("3", { ...refs(["1", "id"]), name: "greet" }),
  stepNode("4", { args: ["x"] }),
];
const MODULE = import.meta.resolve("../../support/programs/sample_steps.ts");
const BY = { by: "ana", why: "typo" };

/** A journal whose plan has four steps, of which two are done, and the third has failed. */
async function journalOf(...events: readonly Event[]): Promise<MemoryStore> {
  const store = new MemoryStore();
  const open = await store.create("j", plan(NODES));
  if (events.length > 0) await open.append(events);
  await open.close();
  return store;
}

type ErrorKind = typeof DecisionRefused | typeof ModuleUnavailable | typeof TransactionClosed;

const PAST = [...done("1", { id: 7, name: "ana" }), ...done("2", [1, 2]), ...failed("3")];

async function stepOf(store: MemoryStore, id: string) {
  const { steps } = await inspectJournal(store, "j");
  const step = steps.find((candidate) => candidate.id === id);
  const decisions = step?.decisions.map(({ at: _at, ...decision }) => decision);
  return { call: step?.call, status: step?.status, decisions };
}

/** Has something refused, and checks that the journal is as it was. */
async function refused(
  store: MemoryStore,
  work: () => Promise<unknown>,
  kind: ErrorKind = DecisionRefused,
): Promise<{ readonly message: string; readonly code?: string | undefined }> {
  const before = JSON.stringify(await inspectJournal(store, "j"));
  const error = await assertRejects<Error>(work, kind);
  assertEquals(JSON.stringify(await inspectJournal(store, "j")), before);
  return error;
}

Deno.test("editJournal() gives a step the arguments that were written, with who and why", async () => {
  const store = await journalOf(...PAST);
  const args = [{ $ref: "user", path: ["name"] }, { $env: "KEY" }, { $date: "1970-01-01T00:00:00.000Z" }];
  const { step, isChanged, inlined } = await editJournal(store, "j", { step: "greet", args, ...BY });
  assertEquals([step, isChanged, inlined], ["3", true, []]);
  assertEquals(await stepOf(store, "3"), {
    call: 'state.greet = f3(state.user.name, env.KEY, Date("1970-01-01T00:00:00.000Z"))',
    status: "failed",
    decisions: [{ decision: "edit", ...BY }],
  });
});

Deno.test("editJournal() puts the value of a finished step in the place of a ref that came too late", async () => {
  const store = await journalOf(...PAST);
  const { inlined } = await editJournal(store, "j", { step: "4", args: [{ $ref: "2", path: ["1"] }, { $ref: "2" }] });
  assertEquals([inlined, (await stepOf(store, "4")).call], [["2"], "f4(2, [1, 2])"]);
});

Deno.test("editJournal() writes nothing when the arguments are the same", async () => {
  const store = await journalOf(...PAST);
  const { args } = await readStepToEdit(store, "j", "greet");
  assertEquals(args, [{ $ref: "1", path: ["id"] }]);
  const before = await inspectJournal(store, "j");
  assertEquals((await editJournal(store, "j", { step: "3", args })).isChanged, false);
  assertEquals(await inspectJournal(store, "j"), before);
});

/** What cannot be edited, the code of the refusal, and what it names. */
const WRONG_EDITS:
  readonly (readonly [what: string, step: string, args: unknown, code: string | undefined, named: string])[] = [
    ["of a finished step", "2", [], "finished", " step 2: "],
    ["of no step", "9", [], "no such step", " step 9: "],
    ["without a list", "4", {}, undefined, " step 4: "],
    ["with a later step's value", "greet", [{ $ref: "4" }], "bad arguments", " step 4, "],
    ["with a value that is not there", "4", [{ $ref: "2", path: ["5"] }], undefined, ' step 2: its part "5"'],
    ["with too much", "4", ["x".repeat(17 * 1024 * 1024)], undefined, "arguments"],
  ];

for (const [what, step, args, code, named] of WRONG_EDITS) {
  Deno.test(`editJournal() refuses an edit ${what}`, async () => {
    const store = await journalOf(...PAST);
    const error = await refused(store, () => editJournal(store, "j", { step, args }));
    assertEquals([error.code, error.message.includes(named)], [code, true], error.message);
  });
}

Deno.test("editJournal() refuses when the step got other arguments while they were edited", async () => {
  const store = await journalOf(...PAST);
  const { args: shown } = await readStepToEdit(store, "j", "4");
  await editJournal(store, "j", { step: "4", args: ["y"] });
  const { message } = await refused(store, () => editJournal(store, "j", { step: "4", args: ["z"], shown }));
  assertEquals(message, "Cannot edit step 4: its arguments have changed since they were shown");
});

permittedTest("insertJournal() adds a step with a module that the plan did not have", ["read"], async () => {
  const store = await journalOf(...PAST);
  const request = { after: "2", module: MODULE, export: "note", args: [{ $ref: "user" }], name: "extra", ...BY };
  assertEquals((await insertJournal(store, "j", request)).step, "5");
  const { steps, modules } = await inspectJournal(store, "j");
  assertEquals(steps.map(({ id }) => id), ["1", "2", "5", "3", "4"]);
  assertEquals([modules[1]?.url, modules[1]?.sha256?.length], [MODULE, 64]);
  assertEquals(await stepOf(store, "5"), {
    call: "state.extra = note(state.user)",
    status: "pending",
    decisions: [{ decision: "insert", ...BY }],
  });
});

/** What cannot be inserted, the code of the refusal, and what it names. */
const WRONG_INSERTS: readonly (readonly [what: string, request: object, code: string | undefined, named: string])[] = [
  ["before what has happened", { after: "1" }, "happened after", " after step 1: step 2, "],
  ["behind no step", { after: "9" }, "no such step", " after step 9: "],
  ["before all others", { after: undefined }, "happened after", ": step 1, "],
  ["of a name that is taken", { name: "greet" }, undefined, ' step 3 is already named "greet"'],
  ["of a name that is none", { name: "1st" }, undefined, ' "1st"'],
  ["with a later step's value", { args: [{ $ref: "4" }] }, undefined, " step 4, "],
];

for (const [what, request, code, named] of WRONG_INSERTS) {
  Deno.test(`insertJournal() refuses a step ${what}`, async () => {
    const store = await journalOf(...PAST);
    const full = { after: "2", module: MODULE, export: "note", args: [], ...request };
    const error = await refused(store, () => insertJournal(store, "j", full));
    assertEquals([error.code, error.message.includes(named)], [code, true], error.message);
  });
}

permittedTest("insertJournal() refuses an export that the module does not have", ["read"], async () => {
  const store = await journalOf(...PAST);
  const request = { after: "2", module: MODULE, export: "noted", args: [] };
  const { message } = await refused(store, () => insertJournal(store, "j", request), ModuleUnavailable);
  assertEquals(message.includes('"note"?'), true, message);
});

Deno.test("decideJournal() says what was taken back", async () => {
  const store = await journalOf(...PAST);
  await decideJournal(store, "j", { step: "greet", decision: "skip", ...BY });
  const { undone, step } = await decideJournal(store, "j", { step: "greet", decision: "undecide", by: "bob" });
  assertEquals([undone, step], ["skip", "3"]);
  assertEquals((await stepOf(store, "3")).decisions, [{ decision: "skip", ...BY }, {
    decision: "undecide",
    by: "bob",
  }]);
});

Deno.test("decideJournal() decides about a step whose process died", async () => {
  const store = await journalOf(...PAST.slice(0, -2));
  await decideJournal(store, "j", { step: "3", decision: "done", ...BY });
  const { runs, status } = await inspectJournal(store, "j");
  assertEquals([(await stepOf(store, "3")).status, runs.length, status], ["finished", 2, "interrupted"]);
});

Deno.test("decideJournal() replaces a result that was wrong, until a step has run with it", async () => {
  const store = await journalOf();
  const give = (id: unknown): DecideRequest => ({ step: "user", decision: "done", result: { value: { id } } });
  await decideJournal(store, "j", give(1));
  await decideJournal(store, "j", give(2));
  const { steps } = await inspectJournal(store, "j");
  assertEquals(steps[0]?.value, { id: 2 });
  const open = await store.open("j", () => {});
  await open.recover();
  await open.append([...done("2"), ...done("3")]);
  await open.close();
  assertEquals((await refused(store, () => decideJournal(store, "j", give(3)))).code, "value used");
});

Deno.test("decideJournal() refuses when the transaction is over, but for a rewind", async () => {
  const end: Event[] = [...done("1"), ...done("2"), ...done("3"), ...done("4"), { type: "ended" }];
  const store = await journalOf(...end);
  for (const decision of ["skip", "retry", "done", "remove", "undecide"] as const) {
    await refused(store, () => decideJournal(store, "j", { step: "4", decision }), TransactionClosed);
  }
  const { state } = await decideJournal(store, "j", { step: "4", decision: "rewind" });
  assertEquals([state.status, (await stepOf(store, "4")).status], ["started", "pending"]);
});

Deno.test("decideJournal() refuses while somebody runs the transaction", async () => {
  const store = await journalOf(...PAST);
  await store.open("j", () => {});
  await assertRejects(() => decideJournal(store, "j", { step: "3", decision: "skip" }), JournalLocked);
});
