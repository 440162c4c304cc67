import { assert, assertEquals } from "@std/assert";
import { DecisionRefused } from "../../../lib/errors/decision_errors.ts";
import { JournalError } from "../../../lib/errors/journal_error.ts";
import { TransactionClosed, TransactionPaused } from "../../../lib/errors/running_errors.ts";
import { dryRunJournal } from "../../../lib/inspect/dry_run/dry_run.ts";
import type { Event } from "../../../lib/journal/event.ts";
import { nextCommands } from "../../../lib/messages/next_commands.ts";
import { decideJournal } from "../../../lib/run/amend/amend_journal.ts";
import { cancelJournal, signalJournal, stopJournal } from "../../../lib/run/amend/send_request.ts";
import { editJournal, insertJournal } from "../../../lib/run/amend/edit_journal.ts";
import {
  checkAnswer,
  checkTransactionAnswer,
  type StepAnswer,
  type TransactionAnswer,
} from "../../../lib/state/answers.ts";
import { foldRecords } from "../../../lib/state/apply_event.ts";
import { State } from "../../../lib/state/state.ts";
import type { StepState } from "../../../lib/state/step_state.ts";
import { walkSteps } from "../../../lib/state/walk_steps.ts";
import { MemoryStore } from "../../support/memory_store.ts";
import type { Between } from "./machine_between.ts";
import { JOURNAL } from "./machine_life.ts";

const STEPS = import.meta.resolve("./machine_steps.ts");
const STEP_ANSWERS = {
  retry: true,
  done: true,
  give: true,
  skip: true,
  edit: true,
  remove: true,
  insert: true,
  rewind: true,
  undecide: true,
  signal: true,
} satisfies Record<StepAnswer, true>;
const TRANSACTION_ANSWERS: readonly TransactionAnswer[] = ["resume", "rollback", "cancel", "signal"];

/** About this number of steps are tried in each state; other ones in the next. */
const MAX_STEPS = 3;

/** How many answers of each kind were taken, and how many were refused. */
export type AnswerCounts = Map<string, { taken: number; refused: number }>;

/**
 * Checks that what the table of answers says is what the functions say that take them: each on a copy of the journal. And
 * that all commands which an error, `inspect` and a dry run offer are taken.
 */
export async function checkAnswers({ records, end }: Between, counts: AnswerCounts): Promise<void> {
  const state = foldAll(records);
  if (!state.isReady) return;
  const before = describe(state);
  const offered = nextCommands(state, JOURNAL).map(({ command }) => command);
  const all = [...walkSteps(state.root)];
  const stride = Math.ceil(all.length / MAX_STEPS);
  for (const step of all.filter((_, index) => (index + records.length) % stride === 0)) {
    for (const answer of Object.keys(STEP_ANSWERS) as StepAnswer[]) {
      const refusal = checkAnswer(state, step, answer);
      const wasTaken = await isTaken(records, (store) => answerStep(store, step, answer));
      assertEquals(wasTaken, refusal === undefined, `${answer} ${step.node.id}: ${JSON.stringify(refusal)}`);
      count(counts, answer, wasTaken);
    }
  }
  for (const answer of TRANSACTION_ANSWERS) {
    const wasTaken = await isTaken(records, (store) => answerTransaction(store, answer));
    assertEquals(wasTaken, checkTransactionAnswer(state, answer) === undefined, `${answer} the transaction`);
    count(counts, answer, wasTaken);
  }
  assertEquals(describe(state), before, "what is asked changes the state");
  for (const command of offered) await checkOffer(records, command);
  if (checkTransactionAnswer(state, "resume") === undefined) await checkDryRun(records);
  const error = end?.kind === "threw" ? end.error : undefined;
  if (error instanceof JournalError && !hasLateEnd(records, error)) await checkError(records, error, offered);
}

/** Where an overdue step has ended after its run, a question is answered that the error asked. */
function hasLateEnd(records: Between["records"], error: JournalError): boolean {
  const last = records.at(-1)?.at(-1)?.type;
  return error instanceof TransactionPaused && (last === "finished" || last === "failed" || last === "undone");
}

/** The error that ended a run offers what `inspect` offers afterwards. */
async function checkError(records: Between["records"], error: JournalError, offered: readonly string[]): Promise<void> {
  const told = error.next.map(({ command }) => command).filter((command) => !command.includes("/cli inspect "));
  if (!(error instanceof DecisionRefused || error instanceof TransactionClosed)) assertEquals(told, offered);
  if (!(error instanceof TransactionPaused)) return;
  for (const { decision, result } of error.answers) {
    for (const value of result === "none" ? [""] : result === "required" ? ["JSON"] : ["", "JSON"]) {
      const words = value === "" ? "" : ` --result ${value}`;
      await checkOffer(records, `/cli resume ${JOURNAL} --${decision} ${error.step}${words}`);
    }
  }
}

/** What a dry run says that a decision could be is taken. */
async function checkDryRun(records: Between["records"]): Promise<void> {
  const { steps } = await dryRunJournal(await copyOf(records), JOURNAL, { redact: (encoded) => encoded });
  for (const { what } of steps) {
    const [, flags] = what.match(/^needs [^:]*: (.*)$/) ?? [];
    for (const words of flags?.split(/, | or /) ?? []) await checkOffer(records, `/cli resume ${JOURNAL} ${words}`);
  }
}

async function checkOffer(records: Between["records"], command: string): Promise<void> {
  const [verb = "", journal, ...words] = (command.split("/cli ")[1] ?? "").split(" ");
  assertEquals(journal, JOURNAL, command);
  const [word = "", step = ""] = words;
  assert(await isTaken(records, (store) => type(store, verb, word, step, words.includes("--result"))), command);
}

function type(store: MemoryStore, verb: string, word: string, step: string, isGiven: boolean): Promise<unknown> {
  switch (verb) {
    case "resume":
      if (word === "") return answerTransaction(store, "resume");
      if (word === "--done" && isGiven) return give(store, step);
      assert(word === "--done" || word === "--retry" || word === "--skip", word);
      return decideJournal(store, JOURNAL, { step, decision: word === "--done" ? "done" : word.slice(2) as "retry" });
    case "rewind":
      return decideJournal(store, JOURNAL, { step: word, decision: "rewind" });
    case "signal":
      return signalJournal(store, JOURNAL, { signal: word, value: "sent" });
    case "rollback":
    case "cancel":
      return answerTransaction(store, verb);
    default:
      throw new TypeError(`There is no way to type ${verb}`);
  }
}

function answerStep(store: MemoryStore, { node }: StepState, answer: StepAnswer): Promise<unknown> {
  const step = node.id;
  switch (answer) {
    case "give":
      return give(store, step);
    case "edit":
      return editJournal(store, JOURNAL, { step, args: ["edited", 1] });
    case "insert":
      return insertJournal(store, JOURNAL, { after: step, module: STEPS, export: "act", args: ["inserted"] });
    case "signal":
      if (node.kind !== "wait") return Promise.reject(new DecisionRefused(JOURNAL, step, "It is not a wait"));
      return signalJournal(store, JOURNAL, { signal: node.signal, value: "sent" });
    default:
      return decideJournal(store, JOURNAL, { step, decision: answer });
  }
}

function give(store: MemoryStore, step: string): Promise<unknown> {
  return decideJournal(store, JOURNAL, { step, decision: "done", result: { value: "given" } });
}

async function answerTransaction(store: MemoryStore, answer: TransactionAnswer): Promise<void> {
  const redact = <T>(encoded: T): T => encoded;
  switch (answer) {
    case "resume":
      await dryRunJournal(store, JOURNAL, { redact });
      return;
    case "rollback":
      await dryRunJournal(store, JOURNAL, { redact, rollback: {} });
      return;
    case "cancel":
      return void await cancelJournal(store, JOURNAL, {});
    case "stop":
      return void await stopJournal(store, JOURNAL, {});
    case "signal":
      return void await signalJournal(store, JOURNAL, { signal: "s0", value: "sent" });
    default:
      answer satisfies never;
  }
}

/** A value or an argument that does not fit is another matter than the answer. */
async function isTaken(
  records: Between["records"],
  answer: (store: MemoryStore) => Promise<unknown>,
): Promise<boolean> {
  try {
    await answer(await copyOf(records));
    return true;
  } catch (error) {
    if (error instanceof TransactionClosed) return false;
    if (!(error instanceof DecisionRefused)) throw error;
    return error.code === "bad value" || error.code === "bad arguments" || error.message.includes("of its value, ");
  }
}

async function copyOf([first = [], ...rest]: readonly (readonly Event[])[]): Promise<MemoryStore> {
  const store = new MemoryStore();
  const open = await store.create(JOURNAL, first);
  for (const events of rest) await open.append(events);
  store.crash(JOURNAL);
  return store;
}

function foldAll(records: Between["records"]): State {
  const state = new State({ keepsValues: false });
  const fold = foldRecords(JOURNAL, state);
  for (const [seq, events] of records.entries()) fold({ seq, at: new Date(0).toISOString(), events });
  return state;
}

/** The whole state, without marks of how far it was looked at. */
function describe({ root, byId, rollback, waits, status, running, aborted, runs }: State): string {
  const ids = rollback?.queue.map(({ node }) => node.id);
  const steps = Array.from(byId.values(), ({ node, status, marks, attempts, children, draft }) => [
    ...[node.id, status, attempts, marks, draft, children?.next],
  ]);
  const atWork = Array.from(running, ({ node }) => node.id);
  return JSON.stringify([steps, root.next, ids, waits, status, atWork, aborted, runs]);
}

function count(counts: AnswerCounts, answer: string, wasTaken: boolean): void {
  const entry = counts.get(answer) ?? { taken: 0, refused: 0 };
  entry[wasTaken ? "taken" : "refused"] += 1;
  counts.set(answer, entry);
}
