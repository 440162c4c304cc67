import type { Creation, Owned, TransactionRow } from "../../../lib/storage/sql/table_rows.ts";
import type { Tables } from "../../../lib/storage/sqlite/tables.ts";
import type { Random } from "./simulated_calls.ts";

/** What a stranger sends: a member and its arguments. */
export type StrangeCall = readonly [member: string, args: readonly unknown[]];

interface StrangerParts {
  readonly tables: Tables;
  readonly random: Random;
  readonly names: readonly string[];
  /** The ids of all workers that ever were. */
  readonly workers: readonly string[];
  readonly isOver: (worker: string) => boolean;
  readonly newId: () => string;
}

const ALL = { maxRows: 1000, maxBytes: 1e9 };
const RELEASE = { status: "aborted" } as const;

/**
 * Sends what a process sends that has lost a transaction, or its own life, and does not know it: with everything right but one
 * thing. Each of these must be refused, so in a store that keeps its promises nothing comes of it.
 */
export function drawStrangeCall(parts: StrangerParts): StrangeCall | undefined {
  const { tables, random, names, workers } = parts;
  const row = tables.find(names[Math.floor(random() * names.length)] ?? "");
  const worker = workers[Math.floor(random() * workers.length)];
  if (typeof row !== "object" || worker === undefined) return undefined;
  const over = parts.isOver(worker) ? ofTheDead(worker, row, parts) : [];
  const calls = [...ofStrangers(stranger(row, worker, random), row, parts), ...ofOwners(row, parts), ...over];
  return calls[Math.floor(random() * calls.length)];
}

/** Somebody who is not the owner, or was it in another epoch. */
function stranger({ id, owner, epoch }: TransactionRow, worker: string, random: Random): Owned {
  const isOther = worker !== owner;
  if (owner === undefined || (isOther && random() < 0.5)) return { tx: id, worker, epoch };
  return { tx: id, worker: owner, epoch: epoch - 1 };
}

function ofStrangers(owned: Owned, row: TransactionRow, { tables, newId }: StrangerParts): readonly StrangeCall[] {
  const last = tables.readRecords(row.id, 0, ALL).at(-1);
  const record = {
    tx: row.id,
    seq: (last?.seq ?? -1) + 1,
    epoch: owned.epoch,
    data: "{}",
    sum: "strange",
    before: last?.sum ?? "",
  };
  const ended = row.status === "finished" || row.status === "cancelled" || row.status === "undone";
  const isPrunable = ended && row.owner === undefined;
  return [
    ["append", [owned.worker, [record]]],
    ["conclude", [owned.worker, [{ record, release: RELEASE }]]],
    ["leave", [owned, RELEASE]],
    ["begin", [owned.worker, [{ ...owned, isClaimed: false }]]],
    ["giveBack", [owned]],
    ["listen", [{ ...owned, turn: 1 }]],
    ["stopListening", [[{ ...owned, seen: row.requests, turn: 2 }]]],
    ["remove", [[owned]]],
    ["prune", [[{ id: row.id, epoch: isPrunable ? row.epoch - 1 : row.epoch }]]],
    ...(row.owner === undefined
      ? [["addRequest", [{ id: newId(), tx: row.id, data: "{}" }]] satisfies StrangeCall]
      : []),
  ];
}

/** The owner itself, which has lost its newest records or has not seen the newest request; or what it has sent long ago. */
function ofOwners(row: TransactionRow, { tables, newId }: StrangerParts): readonly StrangeCall[] {
  const { id, owner, epoch, requests, status } = row;
  if (owner === undefined) return [];
  const owned = { tx: id, worker: owner, epoch };
  const records = tables.readRecords(id, 0, ALL);
  const [first, last] = [records[0], records.at(-1)];
  const record = { tx: id, seq: (last?.seq ?? -1) + 2, epoch, data: "{}", sum: "strange", before: last?.sum ?? "" };
  const changed = { ...record, seq: record.seq - 1, before: "strange" };
  return [
    ["append", [owner, [record]]],
    ["append", [owner, [changed]]],
    ["conclude", [owner, [{ record, release: RELEASE }]]],
    ["conclude", [owner, [{ record: changed, release: RELEASE }]]],
    ["stopListening", [[{ ...owned, seen: requests + 1, turn: 2 }]]],
    ...(status === "running" ? [["begin", [owned]], ["listen", [{ ...owned, turn: 1 }]]] satisfies StrangeCall[] : []),
    // It has created this one.
    ...(first?.epoch === epoch ? [creation(newId(), { worker: owner, batch: 1 })] : []),
  ];
}

/** A worker that was declared dead, or whose lease is over. */
function ofTheDead(worker: string, { id, queue }: TransactionRow, { newId }: StrangerParts): readonly StrangeCall[] {
  return [
    ["beat", [worker, 30_000]],
    ["take", [id, worker]],
    ["claim", [worker, { queues: [queue], limit: 1 }]],
    creation(newId(), { worker, batch: 1e6 }),
  ];
}

function creation(id: string, by: Creation): StrangeCall {
  const record = { data: "{}", sum: "strange" };
  const row = { id, name: undefined, owner: by.worker, queue: "default", priority: 0, dueAt: undefined };
  return ["create", [[{ ...row, library: "1.0.0", home: "file:///strange.ts", record }], by]];
}
