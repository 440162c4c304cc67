/**
 * Composes every message of `lib/messages/` from literal states. Run as a program, it writes the golden file.
 *
 * @module
 */
import type { JournalError } from "../../lib/errors/journal_error.ts";
import { TransactionPaused } from "../../lib/errors/running_errors.ts";
import { Fenced, JournalUnwritable, StorageFull } from "../../lib/errors/storage_errors.ts";
import type { Event } from "../../lib/journal/event.ts";
import {
  describeFolderRest,
  describeSignal,
  nextCommands,
  type SignalReceipt,
} from "../../lib/messages/next_commands.ts";
import {
  type Outcome,
  outcomeError,
  type Pause,
  type RunFailure,
  stopNotice,
  unwritableError,
} from "../../lib/messages/outcome_error.ts";
import { closedError, describeRefusal } from "../../lib/messages/refusal.ts";
import type { Refusal, RefusalCode } from "../../lib/state/answers.ts";
import { VERSION } from "../../lib/version.ts";
import { lockMessages } from "./lock_messages.ts";
import { moveMessages } from "./move_messages.ts";
import { requestMessages } from "./request_messages.ts";
import { done, failed, folded, plan, refs, stepNode } from "../state/folded.ts";

/** Where they are kept. */
export const GOLDEN = new URL("golden/messages.txt", import.meta.url);

const JOURNAL = "/srv/j.json";
const UNDO = { options: { undo: { module: 0, export: "u" } } };
const NEEDED = plan([stepNode("1", { name: "user" }), stepNode("2", refs(["1"]))]);
const UNDOABLE = plan([stepNode("1", UNDO), stepNode("2"), stepNode("3")]);
const WAITING = plan([{ id: "1", kind: "wait", signal: "go" }]);
const RESUMED: Event = { type: "resumed", run: 2, library: "0.1.0" };
const ROLLBACK: Event = { type: "decided", decision: "rollback" };
const UNDOING: Event = { type: "undoing", step: "1", attempt: 1, run: 2 };
const LOST: readonly Event[] = [
  { type: "started", step: "1", attempt: 1, run: 1 },
  { type: "finished", step: "1", attempt: 1, ms: 1, dropped: { reason: "value is a stream" } },
];

const DUE: Event = {
  ...{ type: "failed", step: "2", attempt: 1, ms: 1, error: { name: "RangeError", message: "no room" } },
  rollback: true,
};

function started(step: string): Event {
  return { type: "started", step, attempt: 1, run: 1 };
}

function asked(...steps: readonly string[]): readonly Event[] {
  return steps.map((step) => ({ type: "waiting", step, for: "decision" }));
}

type Ended = Exclude<Outcome, { readonly kind: "finished" }>;

function failure(step: string, hasStarted = true): RunFailure {
  const error = { name: "RangeError", message: "no room" };
  return { step, error, thrown: new RangeError("no room"), hasStarted };
}

function paused(...pauses: readonly Pause[]): Ended {
  return { kind: "paused", pauses };
}

function unknown(step: string, why?: string): Pause {
  return { step, for: "decision", reason: "unknown", why };
}

/** How a run can end, and after which events. */
const ENDS: readonly (readonly [what: string, events: readonly Event[], outcome: Ended])[] = [
  ["a step failed", [...UNDOABLE, ...done("1"), ...failed("2")], { kind: "aborted", ...failure("2") }],
  ["a step failed whose value is needed", [...NEEDED, ...failed("1")], { kind: "aborted", ...failure("1") }],
  ["a step could not be started", [...NEEDED, ...done("1"), {
    type: "aborted",
    step: "2",
    error: failure("2").error,
  }], { kind: "aborted", ...failure("2", false) }],
  ["an undo failed", [...UNDOABLE, ...done("1"), RESUMED, ROLLBACK, UNDOING, {
    ...{ type: "failed", step: "1", attempt: 1, ms: 1, error: failure("1").error, undo: true },
  }, { type: "aborted", step: "1" }], { kind: "aborted", ...failure("1") }],
  [
    "an undo failed with a value that was given",
    [
      ...[...UNDOABLE, started("1"), RESUMED, ROLLBACK, { type: "decided", decision: "done", step: "1" }],
      ...[UNDOING, { type: "failed", step: "1", attempt: 1, ms: 1, error: failure("1").error, undo: true }],
      { type: "aborted", step: "1" },
    ] as const,
    { kind: "aborted", ...failure("1") },
  ],
  ["a step is unknown", [...UNDOABLE, started("1"), RESUMED, ...asked("1")], paused(unknown("1"))],
  [
    "a step is unknown whose value is needed, and did not stop",
    [...NEEDED, started("1"), RESUMED, ...asked("1")],
    paused(unknown("1", "it did not stop within 5 seconds")),
  ],
  [
    "eleven steps are unknown",
    [
      ...plan([{ id: "1", kind: "parallel" }, ...elevenIds().map((id) => stepNode(id))]),
      ...[...elevenIds().map(started), RESUMED, ...asked(...elevenIds())],
    ],
    paused(...elevenIds().map((id) => unknown(id))),
  ],
  ["a value is lost", [...NEEDED, ...LOST, ...asked("1")], paused({ step: "1", for: "decision", reason: "value" })],
  [
    "a step is unknown that is to be undone",
    [...UNDOABLE, started("1"), RESUMED, ROLLBACK, ...asked("1")],
    paused(unknown("1")),
  ],
  [
    "an undo is unknown",
    [...UNDOABLE, ...done("1"), RESUMED, ROLLBACK, UNDOING, { ...RESUMED, run: 3 }, ...asked("1")],
    paused(unknown("1")),
  ],
  [
    "a signal is waited for",
    [...WAITING, { type: "waiting", step: "1", for: "signal", signal: "go" }],
    paused({ step: "1", for: "signal", signal: "go" }),
  ],
  [
    "a time is waited for",
    [
      ...plan([{ id: "1", kind: "sleep", ms: 1000 }]),
      { type: "waiting", step: "1", for: "time", until: "2026-11-23T02:15:01.000Z" },
    ],
    paused({ step: "1", for: "time", until: "2026-11-23T02:15:01.000Z" }),
  ],
  ["another process stopped it", [...UNDOABLE, ...done("1")], { kind: "stopped", step: "2", request: { by: "ana" } }],
  ["a run did all that was wanted", [...UNDOABLE, ...done("1")], { kind: "stopped", step: "2" }],
  ["a signal ended the run", [...UNDOABLE, ...done("1")], { kind: "interrupted", signal: "SIGINT" }],
  [
    "the transaction was cancelled",
    [...UNDOABLE, ...done("1"), { type: "decided", decision: "rewind", step: "1" }, ...again("1"), {
      type: "cancelled",
    }],
    { kind: "cancelled", reason: "not wanted" },
  ],
  [
    "a failure was followed by a rollback",
    [...UNDOABLE, ...done("1"), ...done("2"), ...failed("3"), ROLLBACK, { ...UNDOING, run: 1 }, {
      ...{ type: "undone", step: "1", attempt: 1, ms: 1 },
    }, { type: "undone" }],
    { kind: "undone", failure: failure("3") },
  ],
];

/** The same plan, with what happens when a step fails for good. */
function onFailure([opened, ...rest]: readonly Event[]): readonly Event[] {
  return opened?.type === "opened" ? [{ ...opened, options: { onFailure: "rollback" } }, ...rest] : rest;
}

function elevenIds(): readonly string[] {
  return Array.from({ length: 11 }, (_, index) => `1.${index + 1}`);
}

function again(step: string): readonly Event[] {
  return [{ type: "started", step, attempt: 2, run: 1 }, { type: "finished", step, attempt: 2, ms: 1 }];
}

/** One of each, so that none is left out. */
const REFUSALS: { readonly [Code in RefusalCode]: Refusal<Code> } = {
  "rolling back": { code: "rolling back" },
  "nothing to undo": { code: "nothing to undo" },
  "nothing begun": { code: "nothing begun" },
  "too many decisions": { code: "too many decisions" },
  "undone": { code: "undone" },
  "closed": { code: "closed", status: "cancelled" },
  "not open": { code: "not open", status: "skipped" },
  "no such step": { code: "no such step", step: "9" },
  "finished": { code: "finished", step: "1" },
  "said done": { code: "said done", step: "1" },
  "lacks its value": { code: "lacks its value", step: "1" },
  "removed": { code: "removed", step: "1" },
  "skipped": { code: "skipped", step: "1" },
  "nothing decided": { code: "nothing decided", step: "1" },
  "signal sent": { code: "signal sent", step: "1" },
  "inserted": { code: "inserted", step: "1" },
  "rewound": { code: "rewound", step: "1" },
  "run since": { code: "run since", step: "1" },
  "not to be undone": { code: "not to be undone", step: "1" },
  "not to be run": { code: "not to be run", step: "1" },
  "value returned": { code: "value returned", step: "1" },
  "undo has its value": { code: "undo has its value", step: "1" },
  "undo unknown": { code: "undo unknown", step: "1" },
  "edited": { code: "edited", step: "1", isRollback: false },
  "no wait": { code: "no wait", step: "1" },
  "value used": { code: "value used", step: "1", other: "2" },
  "decided later": { code: "decided later", step: "1", other: "1.1" },
  "begun": { code: "begun", step: "1", other: "1.1", canSkip: true },
  "inside skipped": { code: "inside skipped", step: "1.1", other: "1" },
  "happened after": { code: "happened after", step: "1", other: "2" },
  "no function": { code: "no function", kind: "wait", signal: "go", canSkip: true },
  "needed": { code: "needed", step: "1", other: "1.1", user: "step 2", signal: undefined },
  "bad value": { code: "bad value", detail: 'step 2 needs its part "id", which is missing' },
  "bad arguments": { code: "bad arguments", detail: "it would refer to step 2, which does not come before it" },
};

/** All messages, each under what it is about. */
export function composeMessages(): string {
  const blocks: string[] = [];
  const add = (what: string, ...lines: readonly string[]) => blocks.push([`# ${what}`, ...lines, ""].join("\n"));
  const addError = (what: string, error: JournalError) => add(what, `${error.name}: ${error.message}`);
  for (const [what, events, outcome] of ENDS) {
    const error = outcomeError(JOURNAL, folded(...events), outcome, ["--trust"]);
    addError(what, error);
    if (error instanceof TransactionPaused && error.answers.length > 0) {
      const answers = error.answers.map(({ decision, meaning, result }) => `${decision}, result ${result}: ${meaning}`);
      add(`${what}: the answers`, ...answers);
    }
  }
  const stopped = folded(...UNDOABLE, ...done("1"));
  const sigint = outcomeError(JOURNAL, stopped, { kind: "interrupted", signal: "SIGINT" });
  add("a signal ends the process between two steps", stopNotice("SIGINT", sigint));
  const abort = outcomeError(JOURNAL, folded(...NEEDED, ...failed("1")), { kind: "aborted", ...failure("1") });
  add("a signal ends the process after a failure", stopNotice("SIGTERM", abort));
  for (const [what, events, isAtRest] of AFTERWARDS) {
    const next = nextCommands(folded(...events), JOURNAL, { isAtRest });
    add(`next: ${what}`, ...next.flatMap(({ when, command }) => [when, `  ${command}`]));
  }
  const finished: Event = { type: "finished", step: "1", attempt: 1, ms: 1, value: "a" };
  const unrecorded = { outcomes: [finished, { type: "undone" } as const], values: [finished] };
  const run = { journal: JOURNAL, state: stopped, unrecorded, resumeWords: [] };
  addError("the journal failed", unwritableError(new JournalUnwritable(JOURNAL, "The disk is gone"), run));
  addError("the disk is full, with a loss", unwritableError(new StorageFull(JOURNAL, "The disk is full"), run));
  const full = { ...run, unrecorded: { outcomes: [], values: [] } };
  addError("the disk is full", unwritableError(new StorageFull(JOURNAL, "The disk is full"), full));
  const fenced = new Fenced(JOURNAL, "Another owner took over");
  addError("the journal was taken over", unwritableError(fenced, run));
  const owner = { pid: 7, host: "ana", since: "2026-11-30T12:00:30.500Z" };
  addError("the journal was taken over, by whom", unwritableError(fenced, { ...run, owner }));
  addError("the transaction is over", closedError(stopped, JOURNAL, "cancelled", "resume"));
  const undoneLater = [...onFailure(UNDOABLE), ...done("1"), started("2"), DUE, RESUMED, ROLLBACK, UNDOING];
  const ends: readonly Event[] = [{ type: "undone", step: "1", attempt: 1, ms: 1 }, { type: "undone" }];
  addError(
    "everything is undone that was due",
    outcomeError(JOURNAL, folded(...undoneLater, ...ends), { kind: "undone", failure: undefined }),
  );
  const back: Event = { type: "decided", decision: "rollback", to: "1" };
  const undone = folded(...UNDOABLE, ...done("1"), RESUMED, back, { type: "undone" });
  addError("the transaction is undone up to a step", closedError(undone, JOURNAL, "undone", "resume"));
  addError(
    "the transaction is over, in a file of another name",
    closedError(folded(...WAITING), "/srv/my j", "undone", "resume"),
  );
  const expanded: readonly Event[] = [
    ...[started("1"), { type: "expanded", step: "1", nodes: [stepNode("1.1")] } as const],
    ...[{ type: "finished", step: "1", attempt: 1, ms: 1, expands: 1 } as const, ...failed("1.1")],
  ];
  const open = describeRefusal(folded(...UNDOABLE, ...expanded), REFUSALS.finished);
  add("refused: finished, with a plan that is not complete", `Cannot …: ${open}`);
  for (const refusal of Object.values(REFUSALS)) {
    add(`refused: ${refusal.code}`, `Cannot …: ${describeRefusal(stopped, refusal)}`);
  }
  // The commands name the version that runs, which no golden file can know.
  const addLines = (what: string, lines: readonly string[]) =>
    add(what, ...lines.map((line) => line.replace(`@${VERSION}/`, "@VERSION/")));
  for (const [what, receipt] of RECEIPTS) addLines(`signal: ${what}`, describeSignal(JOURNAL, "go", receipt));
  for (const [what, lines] of requestMessages(JOURNAL)) addLines(`request: ${what}`, lines);
  for (const [what, lines] of lockMessages(JOURNAL)) addLines(what, lines);
  for (const [what, lines] of moveMessages(JOURNAL)) addLines(what, lines);
  addLines("journals of a folder are left", describeFolderRest("/srv/my jobs", ["--dry-run"]));
  return blocks.join("\n");
}

/** What a sent signal can meet. */
const RECEIPTS: readonly (readonly [what: string, receipt: SignalReceipt])[] = [
  ["a step waits for it", { awaited: ["go"], ahead: 0, taker: "1" }],
  ["another one comes first", { awaited: ["go"], ahead: 1, taker: "1" }],
  ["others come first", { awaited: ["go"], ahead: 2, taker: "1" }],
  ["steps wait for others", { awaited: ["yes", "no"], ahead: 0, taker: undefined }],
  ["nothing waits", { awaited: [], ahead: 0, taker: undefined }],
];

/** What is offered without an error. */
const AFTERWARDS: readonly (readonly [what: string, events: readonly Event[], isAtRest: boolean])[] = [
  ["finished, and not removed", [...plan([stepNode("1")]), ...done("1"), { type: "ended" }], false],
  ["finished, and kept", [...plan([stepNode("1")]), ...done("1"), { type: "ended" }], true],
  ["cancelled", [...UNDOABLE, ...done("1"), { type: "cancelled" }], true],
  ["undone up to a step", [...UNDOABLE, ...done("1"), RESUMED, { ...ROLLBACK, to: "1" }, { type: "undone" }], true],
  [
    "a rollback is due",
    [...onFailure(UNDOABLE), ...done("1"), started("2"), started("3"), DUE],
    false,
  ],
  [
    "a value is lost that an undo gets",
    [...UNDOABLE, ...LOST, RESUMED, ROLLBACK, ...asked("1")],
    false,
  ],
  ["a signal has come", [...WAITING, { type: "signalled", signal: "go" }], true],
];

if (import.meta.main) await Deno.writeTextFile(GOLDEN, composeMessages());
