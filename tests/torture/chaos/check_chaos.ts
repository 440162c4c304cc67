import { checkHistory } from "../../support/sql/check_history.ts";
import type { Acknowledged, SqlHistory, TableFacts } from "../../support/sql/history.ts";
import type { ChaosCounts } from "./chaos_counts.ts";
import { type Call, type LogLine, logPath, readEffects, readLines } from "./chaos_log.ts";
import type { Stop } from "./chaos_process.ts";
import type { ChaosTables } from "./chaos_world.ts";
import { checkTransaction, type Notes, nothingNoted, type TransactionStory } from "./check_transaction.ts";

interface CheckOptions {
  readonly folder: string;
  readonly tables: ChaosTables;
  readonly stops: readonly Stop[];
  readonly counts: ChaosCounts;
}

/** More of what is wrong helps nobody. */
const MAX_SHOWN = 50;

/**
 * Compares what the processes were told and what they have done with what the tables say, when nothing runs any more. Returns
 * what does not fit.
 */
export function checkChaos({ folder, tables, stops, counts }: CheckOptions): readonly string[] {
  const { facts, names, forbidden } = tables;
  const once = Map.groupBy(tables.once, (entry) => entry.split(" ")[0] ?? "");
  const notes = readNotes(folder, findAfterStops(folder, stops), counts);
  const records = Map.groupBy(facts.records, ({ tx }) => tx);
  const stories = facts.transactions.map(({ id }): TransactionStory => {
    // The log has the names of transactions where it is told of them, and the ids where steps are.
    const { calls } = notes.get(id) ?? nothingNoted();
    const { durable, told } = notes.get(names.get(id) ?? id) ?? nothingNoted();
    const own = (records.get(id) ?? []).toSorted((a, b) => a.seq - b.seq);
    const ownOnce = (once.get(id) ?? []).map((entry) => entry.slice(id.length + 1));
    const effects = readEffects(folder, id);
    return { id, records: own, effects, once: ownOnce, notes: { durable, told, calls }, counts };
  });
  const faults = [...forbidden, ...findLost(notes, new Set(names.values()))];
  const history = toHistory(facts, stories);
  faults.push(...checkHistory(history).map(({ rule, detail }) => `${rule}: ${detail}`));
  for (const story of stories) {
    faults.push(...checkTransaction(story).map((fault) => `${names.get(story.id)}, ${story.id}: ${fault}`));
    counts.add("transactions");
    counts.add("records", story.records.length);
    counts.add("effects", story.effects.length);
    counts.add("effects that happen once", story.once.length);
  }
  return faults.length > MAX_SHOWN ? [...faults.slice(0, MAX_SHOWN), `and ${faults.length - MAX_SHOWN} more`] : faults;
}

/** What is true of every database in which transactions run. */
function toHistory(tables: TableFacts, stories: readonly TransactionStory[]): SqlHistory {
  return {
    tables,
    acknowledged: stories.flatMap(({ id, notes }) => {
      return notes.durable.map(({ event }): Acknowledged => ({ tx: id, event: JSON.parse(event) }));
    }),
    calls: stories.flatMap(({ id, effects }) => effects.map(({ step, attempt }) => ({ tx: id, step, attempt }))),
    requests: stories.flatMap(({ id: tx, notes }) => {
      const ids = new Set(notes.told.flatMap(({ id }) => id ?? []));
      return [...ids].map((id) => ({ id, tx, outcome: "acknowledged" as const }));
    }),
    times: { leaseMs: 0, beatMs: 0 },
    isClockSteady: false,
    deaths: new Map(),
    isAtRest: true,
  };
}

function findLost(notes: ReadonlyMap<string, Notes>, names: ReadonlySet<string>): readonly string[] {
  return [...notes].flatMap(([name, { durable }]) => {
    return durable.length === 0 || names.has(name) ? [] : [`transaction ${name} was durable, and is gone`];
  });
}

/** What was noted of each transaction, by its name, and the calls of its steps, by its id. */
function readNotes(folder: string, afterStops: ReadonlySet<string>, counts: ChaosCounts): ReadonlyMap<string, Notes> {
  const notes = new Map<string, Notes>();
  const notesOf = (tx: string) => {
    let found = notes.get(tx);
    if (found === undefined) notes.set(tx, found = nothingNoted());
    return found;
  };
  for (const { name: process } of Deno.readDirSync(`${folder}/logs`)) {
    for (const { line } of readLines<LogLine>(logPath(folder, process))) {
      const { durable, calls, told } = notesOf(line.tx);
      switch (line.kind) {
        case "durable":
          durable.push({ ...line, process });
          counts.add("events that were durable");
          break;
        case "call":
          calls.push({ ...line, process, isAfterStop: afterStops.has(keyOf(process, line)) });
          break;
        case "probe":
          counts.add("probes");
          break;
        case "told":
          told.push(line);
          break;
        default:
          line satisfies never;
      }
    }
  }
  return notes;
}

/**
 * Calls that were the very next thing that a process did after a stop. It may have been stopped between the look at its lease
 * and the effect, which no lease can prevent.
 */
function findAfterStops(folder: string, stops: readonly Stop[]): ReadonlySet<string> {
  const found = new Set<string>();
  for (const [process, own] of Map.groupBy(stops, ({ process }) => process)) {
    const lines = readLines<LogLine>(logPath(folder, process));
    for (const { logLength } of own) {
      const next = lines.find(({ end }) => end > logLength);
      if (next?.line.kind === "call") found.add(keyOf(process, next.line));
    }
  }
  return found;
}

function keyOf(process: string, { tx, step, attempt }: Call): string {
  return `${process} ${tx} ${step} ${attempt}`;
}
