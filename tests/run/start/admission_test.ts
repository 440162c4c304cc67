/** What refuses a run refuses its dry run, for the same reason, whatever else is wrong besides. */
import { assertEquals } from "@std/assert";
import { JournalRefused } from "../../../lib/errors/opening_errors.ts";
import { TransactionPaused } from "../../../lib/errors/running_errors.ts";
import { dryRunJournal } from "../../../lib/inspect/dry_run/dry_run.ts";
import type { Event } from "../../../lib/journal/event.ts";
import { continueJournal, type ContinueRequest } from "../../../lib/run/start/continue_journal.ts";
import { MemoryStore } from "../../support/memory_store.ts";
import type { OpenJournal } from "../../../lib/storage/open_journal.ts";
import { permittedTest } from "../../support/permitted_test.ts";
import { takeEffects } from "../../support/programs/sample_steps.ts";
import { historyOf, plannedNotes } from "../../support/programs/sample_transaction.ts";

/** A journal, what is asked for, and what is known of the file. */
interface Situation {
  readonly records: readonly (readonly Event[])[];
  readonly request: ContinueRequest;
  readonly distrust?: { readonly reason: string; readonly isKnown: boolean };
  readonly staying?: string;
}

type Change = (situation: Situation) => Situation;

const GOOD: Situation = { records: [plannedNotes(["a", "b"])], request: {} };

/** Two steps, of which the first has happened and can be undone. */
const UNDOABLE: Situation = {
  records: [
    plannedNotes(["a", "b"]).map((event) =>
      event.type === "planned" ? { ...event, nodes: event.nodes.map(undoable) } : event
    ),
    [{ type: "started", step: "1", attempt: 1, run: 1 }],
    [{ type: "finished", step: "1", attempt: 1, ms: 1, value: "a" }],
  ],
  request: { rollback: {} },
};

function undoable<T extends { readonly id: string }>(node: T): T {
  return node.id === "1" ? { ...node, options: { undo: { module: 0, export: "note" } } } : node;
}

function asking(request: ContinueRequest): Change {
  return (situation) => ({
    ...situation,
    request: {
      ...situation.request,
      ...request,
      decisions: [...situation.request.decisions ?? [], ...request.decisions ?? []],
    },
  });
}

function then(...events: readonly Event[]): Change {
  return (situation) => ({ ...situation, records: [...situation.records, events] });
}

function withModule(url: string): Change {
  return (situation) => ({
    ...situation,
    records: situation.records.map((events) =>
      events.map((event) => event.type === "opened" ? { ...event, modules: [{ url }] } : event)
    ),
  });
}

type Table = readonly (readonly [name: string, error: string, change: Change])[];

const UNTRUSTED: Table = [
  [
    "untrusted",
    "JournalUntrusted",
    (situation) => ({ ...situation, distrust: { reason: "it is odd", isKnown: true } }),
  ],
];
const MODULES: Table = [
  ["home that is not there", "ModuleUnavailable", asking({ home: "file:///nowhere/program.ts" })],
  ["name that is not allowed", "ModuleUnavailable", withModule("data:text/javascript,1")],
  ["module that is not there", "ModuleUnavailable", withModule("file:///nowhere/steps.ts")],
];

/** In the order in which it is checked. */
const RESUME: Table = [
  ["plan that is not complete", "JournalIncomplete", ({ records: [first = [], ...rest], ...others }) => ({
    ...others,
    records: [first.filter(({ type }) => type !== "ready"), ...rest],
  })],
  ["other plan", "PlanDiffers", asking({ made: { home: "file:///other.ts", nodes: [], modules: [] } })],
  ["decision without sense", "DecisionRefused", asking({ decisions: [{ step: "1", decision: "perhaps" as "skip" }] })],
  ["cancelled", "TransactionClosed", then({ type: "cancelled" })],
  ...UNTRUSTED,
  [
    "still waiting",
    "TransactionPaused",
    then(
      { type: "started", step: "1", attempt: 1, run: 1 },
      { type: "resumed", run: 2, library: "0.1.0" },
      { type: "waiting", step: "1", for: "decision" },
    ),
  ],
  ["not removable", "JournalRefused", (situation) => ({ ...situation, staying: "it stays" })],
  ["decision about no step", "DecisionRefused", asking({ decisions: [{ step: "9", decision: "retry" }] })],
  ["scope of no step", "DecisionRefused", asking({ scope: { until: "9" } })],
  ...MODULES,
];

const ROLLBACK: Table = [
  ["no such step", "DecisionRefused", asking({ rollback: { to: "9" } })],
  ["more than can be undone", "DecisionRefused", (situation) => ({
    ...asking({ rollback: { strict: true } })(situation),
    records: [...situation.records, [
      { type: "started", step: "2", attempt: 1, run: 1 },
      { type: "finished", step: "2", attempt: 1, ms: 1, value: "b" },
    ]],
  })],
  ...UNTRUSTED,
  ...MODULES,
];

permittedTest(
  "a dry run refuses as the resume does, whatever two things are wrong",
  ["read"],
  () => comparePairs(GOOD, RESUME),
);
permittedTest("a dry run refuses as the rollback does", ["read"], () => comparePairs(UNDOABLE, ROLLBACK));

async function comparePairs(good: Situation, table: Table): Promise<void> {
  for (const [at, [name, kind, change]] of table.entries()) {
    const alone = await compare(change(good), name);
    assertEquals(alone.split(":")[0], kind, name);
    for (const [other, , more] of table.slice(at + 1)) {
      // A program that has made its plan anew removes a journal without one.
      if (name === "plan that is not complete" && other === "other plan") continue;
      const both = await compare(change(more(good)), `${name}, ${other}`);
      // Some events cannot follow each other; and with an answer, nothing waits.
      const isOdd = both.startsWith("JournalDamaged") || (name === "still waiting" && other.startsWith("decision"));
      if (!isOdd) assertEquals(both.split(":")[0], kind, `${name}, ${other}`);
    }
  }
  assertEquals(takeEffects(), []);
}

/** Runs it and has it looked at: both say the same, and the journal is as it was. */
async function compare(situation: Situation, name: string): Promise<string> {
  const store = await storeOf(situation);
  const before = await historyOf(store, "j");
  const { distrust, staying, request } = situation;
  const ran = await describe(async () => {
    const open = store.open.bind(store);
    store.open = async (journal, apply) =>
      Object.assign<OpenJournal, Partial<OpenJournal>>(await open(journal, apply), {
        distrust,
        checkRemovable: () =>
          staying === undefined ? Promise.resolve() : Promise.reject(new JournalRefused(journal, staying)),
      });
    await continueJournal(store, "j", request);
    return "ran";
  });
  const looked = await describe(async () => {
    Object.assign(store, { examine: () => Promise.resolve({ distrust, staying }) });
    const found = await dryRunJournal(store, "j", { ...request, redact: (encoded) => encoded });
    return found.refusal ?? (found.finishes ? "ran" : "TransactionPaused");
  });
  assertEquals(await historyOf(store, "j"), before, name);
  const message = ran.slice(ran.indexOf(": ") + 2).replace(/^Cannot load/, "Cannot read");
  // A dry run shows the message of a refusal, and throws where nothing is left to show.
  assertEquals(
    [ran, message, ran.split(":")[0]].includes(looked),
    true,
    `${name}\n  run: ${ran}\n  dry run: ${looked}`,
  );
  return ran;
}

async function describe(work: () => Promise<string>): Promise<string> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return error instanceof TransactionPaused ? "TransactionPaused" : `${error.constructor.name}: ${error.message}`;
  }
}

async function storeOf({ records: [first = [], ...rest] }: Situation): Promise<MemoryStore> {
  const store = new MemoryStore();
  const journal = await store.create("j", first);
  for (const events of rest) await journal.append(events);
  store.crash("j");
  return store;
}
