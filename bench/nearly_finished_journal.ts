import { encodeRecord } from "../lib/journal/encode_record.ts";
import type { Event } from "../lib/journal/event.ts";
import type { PlanNode } from "../lib/plan/node.ts";
import { VERSION } from "../lib/version.ts";

const MODULE = import.meta.resolve("./trivial_transaction.ts");
const NODES_PER_EVENT = 5000;
const CHUNK = 1024 * 1024;
const DECODER = new TextDecoder();
/** Any instant will do. Ten records a millisecond are what a disk allows that takes 0.1 ms for a sync. */
const FIRST = Date.UTC(2026, 10, 23);
const RECORDS_PER_MS = 10;

/**
 * Writes the journal of a transaction whose steps are all finished but the last, as if a signal had stopped it there. The
 * records are those of a run, made without one: that would wait for the disk a million times. One that is there already
 * is used again.
 *
 * @param folder Where it is kept.
 * @param steps How many steps it has.
 * @returns Its path.
 */
export function nearlyFinishedJournal(folder: string, steps: number): string {
  const path = `${folder}/${steps}-steps.json`;
  try {
    Deno.statSync(path);
    return path;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  using file = Deno.openSync(path, { write: true, createNew: true, mode: 0o600 });
  let text = "";
  let sum = "";
  let seq = 0;
  for (const events of records(steps)) {
    const record = encodeRecord({ seq, at: new Date(FIRST + seq / RECORDS_PER_MS).toISOString(), events }, sum);
    sum = record.sum;
    seq += 1;
    text += DECODER.decode(record.bytes.subarray(0, -1));
    if (text.length < CHUNK) continue;
    writeAll(file, text);
    text = "";
  }
  writeAll(file, `${text}]`);
  return path;
}

function* records(steps: number): Iterable<readonly Event[]> {
  const opened: Event = {
    type: "opened",
    format: 1,
    id: "00000000-0000-4000-8000-000000000000",
    library: VERSION,
    home: MODULE,
    modules: [{ url: MODULE }],
    options: {},
    pid: 1,
  };
  yield [opened];
  for (let first = 1; first <= steps; first += NODES_PER_EVENT) {
    const nodes = Array.from(
      { length: Math.min(NODES_PER_EVENT, steps - first + 1) },
      (_, index) => node(first + index),
    );
    yield [{ type: "planned", nodes }];
  }
  yield [{ type: "ready", nodes: steps }];
  yield [start(1)];
  for (let step = 1; step < steps; step += 1) {
    const finished: Event = { type: "finished", step: String(step), attempt: 1, ms: 0.003 };
    yield step === steps - 1 ? [finished] : [finished, start(step + 1)];
  }
}

function node(step: number): PlanNode {
  return { id: String(step), kind: "step", module: 0, export: "nothing" };
}

function start(step: number): Event {
  return { type: "started", step: String(step), attempt: 1, run: 1 };
}

function writeAll(file: Deno.FsFile, text: string): void {
  const bytes = new TextEncoder().encode(text);
  for (let written = 0; written < bytes.length;) written += file.writeSync(bytes.subarray(written));
}
