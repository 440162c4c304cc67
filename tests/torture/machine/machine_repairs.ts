import { assertEquals } from "@std/assert";
import { DecisionRefused } from "../../../lib/errors/decision_errors.ts";
import type { Event } from "../../../lib/journal/event.ts";
import { decideJournal } from "../../../lib/run/amend/amend_journal.ts";
import { editJournal, insertJournal } from "../../../lib/run/amend/edit_journal.ts";
import { foldRecords } from "../../../lib/state/apply_event.ts";
import { nextActions } from "../../../lib/state/next_actions.ts";
import { State } from "../../../lib/state/state.ts";
import type { SeededRandom } from "../../support/seeded_random.ts";
import { JOURNAL, type Remains } from "./machine_life.ts";
import type { MachineStore } from "./machine_store.ts";

const REPAIRS = ["skip", "done", "retry", "edit", "remove", "insert"] as const;
const STEPS = import.meta.resolve("./machine_steps.ts");

/**
 * Decides something about a step, and takes it back. What can be seen is then what it was before. What is refused changes
 * nothing.
 *
 * @returns What was decided; nothing if it was refused.
 */
export async function repairAndTakeBack(
  store: MachineStore,
  step: string,
  chance: SeededRandom,
): Promise<string | undefined> {
  const { records } = store;
  const repair = REPAIRS[chance.below(REPAIRS.length)] ?? "skip";
  let inserted: string | undefined;
  try {
    inserted = await decide(store, step, repair);
  } catch (error) {
    if (!(error instanceof DecisionRefused)) throw error;
    assertEquals(store.records, records);
    return undefined;
  }
  const decided = store.records;
  // The first process that opens the journal repairs what a crash left.
  const before = decided.map((events, index) =>
    index < records.length ? events : events.filter(({ type }) => type !== "decided")
  );
  const decision = inserted === undefined ? "undecide" : "remove";
  await decideJournal(store, JOURNAL, { step: inserted ?? step, decision });
  assertEquals(view(store.records, inserted), view(before, inserted), `${repair} ${step}, undecided`);
  return `${repair} ${step}`;
}

/** Returns the id of a new step. */
async function decide(
  store: MachineStore,
  step: string,
  repair: (typeof REPAIRS)[number],
): Promise<string | undefined> {
  switch (repair) {
    case "edit":
      await editJournal(store, JOURNAL, { step, args: ["edited", 1] });
      return undefined;
    case "insert": {
      const request = { after: step, module: STEPS, export: "act", args: ["inserted"] };
      return (await insertJournal(store, JOURNAL, request)).step;
    }
    case "done":
      await decideJournal(store, JOURNAL, { step, decision: "done", result: { value: "said" } });
      return undefined;
    default:
      await decideJournal(store, JOURNAL, { step, decision: repair });
      return undefined;
  }
}

/** What can be seen of a journal, without one of its steps. */
function view(records: Remains["records"], without: string | undefined): unknown {
  const state = new State({ keepsValues: true });
  const fold = foldRecords("machine", state);
  const look = () => nextActions(state, { isDue: () => false });
  records.filter((events) => events.length > 0).forEach((events: readonly Event[], seq) => {
    fold({ seq, at: "", events });
    // A reader that looked in between sees the same.
    look();
  });
  const { actions, timers, waits, questions, isEnd } = look();
  const steps = [...state.byId.values()].filter(({ node }) => node.id !== without);
  return {
    steps: steps.map(({ node, status, attempts, value, marks }) => [
      { node, status, attempts, dueAt: marks?.dueAt, value, isRemoved: marks?.isRemoved },
    ]),
    actions: actions.map(({ kind, step }) => [kind, step.node.id]),
    timers: timers.map(({ node }) => node.id),
    waits: waits.map(({ node }) => node.id),
    questions: questions.map(({ step, reason }) => [step.node.id, reason]),
    isEnd,
  };
}
