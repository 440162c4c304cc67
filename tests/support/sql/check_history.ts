import { type DecodedLine, decodeLine } from "../../../lib/journal/decode_line.ts";
import { recordMarker } from "../../../lib/journal/encode_record.ts";
import type { Event } from "../../../lib/journal/event.ts";
import { applyEvent } from "../../../lib/state/apply_event.ts";
import { State } from "../../../lib/state/state.ts";
import { STATUSES } from "../../../lib/storage/sql/schema.ts";
import { checkCommits } from "./check_commits.ts";
import type { RecordFact, SqlHistory, TransactionFact, Violation } from "./history.ts";

const ENCODER = new TextEncoder();

/** A journal of the tables, read as far as it is sound. */
interface Journal {
  readonly tx: string;
  readonly records: readonly RecordFact[];
  readonly decoded: readonly DecodedLine[];
  readonly state: State;
}

/**
 * Checks what was promised about journals in a database against all that happened to it. Returns every violation; what it
 * cannot explain is one.
 */
export function checkHistory(history: SqlHistory): readonly Violation[] {
  const violations: Violation[] = history.commits === undefined ? [] : [...checkCommits(history, history.commits)];
  const report = (rule: string, detail: string) => void violations.push({ rule, detail });
  const removed = findRemoved(history);
  const rows = new Map(history.tables.transactions.map((row) => [row.id, row]));
  const journals = new Map<string, Journal>();
  for (const [tx, records] of Map.groupBy([...history.tables.records, ...removed.records], ({ tx }) => tx)) {
    journals.set(tx, readJournal(tx, records, report));
  }
  for (const tx of journals.keys()) {
    if (!rows.has(tx) && !removed.ids.has(tx)) report("nothing is lost", `transaction ${tx} has records and no row`);
  }
  for (const row of rows.values()) {
    const journal = journals.get(row.id);
    if (journal === undefined) report("nothing is lost", `transaction ${row.id} has no records`);
    else if (history.isAtRest) checkStatus(row, journal, report);
  }
  checkAcknowledged(history, journals, removed.ids, report);
  checkCalls(history, journals, removed.ids, report);
  checkRequests(history, { rows, journals, removed: removed.ids }, report);
  if (history.isAtRest) checkOwners(history, report);
  return violations;
}

export type Report = (rule: string, detail: string) => void;

interface Removed {
  readonly ids: ReadonlySet<string>;
  /** What they had when they were removed. */
  readonly records: readonly RecordFact[];
}

function findRemoved({ commits = [], removed = new Set(), tables }: SqlHistory): Removed {
  const changes = commits.flatMap((commit) => commit.changes);
  const ids = changes.flatMap((change) =>
    change.table === "transactions" && !change.row && change.old ? [change.old.id] : []
  );
  // One that was created again under the same id is there.
  const gone = new Set([...ids, ...removed].filter((id) => !tables.transactions.some((row) => row.id === id)));
  const records = changes.flatMap((change) => {
    return change.table === "records" && !change.row && change.old && gone.has(change.old.tx) ? [change.old] : [];
  });
  return { ids: gone, records };
}

/** Each record follows the one before, was written by no earlier owner, and says what can have happened. */
function readJournal(tx: string, found: readonly RecordFact[], report: Report): Journal {
  const records = found.toSorted((a, b) => a.seq - b.seq);
  const state = new State({ keepsValues: false });
  const decoded: DecodedLine[] = [];
  const journal: Journal = { tx, records, decoded, state };
  for (const [index, { seq, epoch, data, sum }] of records.entries()) {
    const place = `record ${seq} of ${tx}`;
    if (seq !== index) return fail(journal, report, `${place} is in place ${index}`);
    const text = recordMarker(seq) + data;
    const line = decodeLine(ENCODER.encode(text), seq, records[index - 1]?.sum ?? "", { text });
    if ("reason" in line) return fail(journal, report, `${place} ${line.reason}`);
    if (line.sum !== sum) return fail(journal, report, `${place} has another sum than its row`);
    const before = records[index - 1]?.epoch ?? 0;
    if (epoch < before) report("one owner at a time", `${place} has epoch ${epoch} and follows epoch ${before}`);
    decoded.push(line);
    try {
      for (const event of line.record.events) applyEvent(state, event, line.record.at);
    } catch (error) {
      report("journals say what can happen", `${place}: ${error instanceof Error ? error.message : error}`);
      return journal;
    }
  }
  return journal;
}

function fail(journal: Journal, report: Report, detail: string): Journal {
  report("chains are unbroken", detail);
  return journal;
}

const CLOSED: ReadonlySet<string> = new Set(["finished", "cancelled", "undone"]);

/** A row without an owner says what its records say, as far as they can say it. */
function checkStatus(row: TransactionFact, { state }: Journal, report: Report): void {
  const status = STATUSES[row.status] ?? `number ${row.status}`;
  const place = `transaction ${row.id} is ${status}, and its records say ${state.status}`;
  if (row.owner !== undefined || status === "exported") return;
  if (CLOSED.has(status) !== CLOSED.has(state.status)) {
    // Its last owner died after the record that ends it, and before it gave the transaction up.
    const isCutShort = CLOSED.has(state.status) && (status === "ready" || status === "aborted");
    if (!isCutShort) return report("the status is that of the records", place);
  } else if (CLOSED.has(status) && status !== state.status) report("the status is that of the records", place);
  if (status === "running") report("the status is that of the records", `${place}, and nobody owns it`);
  if (status === "sleeping" && state.status !== "waiting" && state.starts > 0) {
    report("the status is that of the records", place);
  }
}

function checkAcknowledged(
  { acknowledged }: SqlHistory,
  journals: ReadonlyMap<string, Journal>,
  removed: ReadonlySet<string>,
  report: Report,
): void {
  const rule = "what was acknowledged is stored";
  for (const [tx, told] of Map.groupBy(acknowledged, (record) => record.tx)) {
    const journal = journals.get(tx);
    if (journal === undefined) {
      if (!removed.has(tx)) report(rule, `transaction ${tx} is gone`);
      continue;
    }
    const stored = countAll(journal.decoded.flatMap(({ record }) => record.events.map(keyOf)));
    for (const [key, count] of countAll(told.map(({ event }) => keyOf(event)))) {
      if ((stored.get(key) ?? 0) < count) report(rule, `${tx} lacks ${key}`);
    }
  }
}

/** The same for equal events, whatever the order of their members. */
function keyOf(event: Event): string {
  return JSON.stringify(Object.entries(event).sort(([a], [b]) => a < b ? -1 : 1));
}

function countAll(words: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
}

/** Each call has a record of its start that was written before by the same owner, and none of its end before that. */
function checkCalls(
  { calls }: SqlHistory,
  journals: ReadonlyMap<string, Journal>,
  removed: ReadonlySet<string>,
  report: Report,
): void {
  for (const [key, same] of Map.groupBy(calls, ({ tx, step, attempt }) => `${tx} ${step} ${attempt}`)) {
    const [{ tx, step, attempt, epoch }] = same as [typeof same[0]];
    const place = `step ${step} of ${tx}, attempt ${attempt},`;
    if (same.length > 1) report("no step is called twice", `${place} was called ${same.length} times`);
    if (same.some(({ wasOwner }) => wasOwner === false)) {
      report("only an owner calls", `${place} was called by no owner`);
    }
    const journal = journals.get(tx);
    if (journal === undefined) {
      if (!removed.has(tx)) report("no step is called unrecorded", `${key} belongs to no journal`);
      continue;
    }
    const starts = journal.decoded.flatMap(({ record }, index) => {
      const isIt = record.events.some((event) => {
        return event.type === "started" && event.step === step && event.attempt === attempt;
      });
      return isIt ? [journal.records[index]] : [];
    });
    if (starts.length === 0) report("no step is called unrecorded", `${place} has no record of its start`);
    else if (epoch !== undefined && starts.every((start) => start?.epoch !== epoch)) {
      report("only an owner calls", `${place} was called by the owner of epoch ${epoch}, and started by another`);
    }
  }
}

interface Known {
  readonly rows: ReadonlyMap<string, TransactionFact>;
  readonly journals: ReadonlyMap<string, Journal>;
  readonly removed: ReadonlySet<string>;
}

/** A request that was acknowledged is answered once: the fold refuses a second answer. */
function checkRequests(
  { requests, tables, isAtRest }: SqlHistory,
  { rows, journals, removed }: Known,
  report: Report,
): void {
  const rule = "a request is answered";
  const waiting = new Set(tables.inbox.map(({ id }) => id));
  for (const { id, tx, outcome } of requests) {
    const isAnswered = journals.get(tx)?.state.answered.has(id) === true;
    // With the transaction, what was asked of it is removed.
    if (outcome === "acknowledged" && !isAnswered && !waiting.has(id) && !removed.has(tx)) {
      report(rule, `request ${id} to ${tx} was acknowledged and is gone`);
    }
  }
  for (const { id, tx } of tables.inbox) {
    const row = rows.get(tx);
    if (row === undefined) report("what is removed is removed whole", `request ${id} has no transaction`);
    else if (isAtRest && row.owner === undefined && CLOSED.has(STATUSES[row.status] ?? "")) {
      report(rule, `request ${id} waits for ${tx}, which nobody will run`);
    }
  }
}

/** What is owned is owned by a worker that is there. */
function checkOwners({ tables, deaths }: SqlHistory, report: Report): void {
  const workers = new Map(tables.workers.map((worker) => [worker.id, worker]));
  for (const { id, owner } of tables.transactions) {
    if (owner === undefined) continue;
    const isLiving = workers.get(owner)?.isDead === false && !deaths.has(owner);
    report(
      "what is owned is known to a living process",
      `${id} is owned by ${owner}, ${isLiving ? "at rest" : "dead"}`,
    );
  }
}
