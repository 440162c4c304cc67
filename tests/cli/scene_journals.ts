/** The journals that the scenes of the command line begin with: modules, plans, and what has happened. */
import { toFileUrl } from "@std/path/to-file-url";
import { chainSum } from "../../lib/journal/encode_record.ts";
import type { Event } from "../../lib/journal/event.ts";
import type { PlanNode } from "../../lib/plan/node.ts";
import { VERSION } from "../../lib/version.ts";
import { YESTERDAY } from "./sample_folder.ts";
import { planOf, writeJournal } from "./written_journal.ts";

const STEPS = `
export function make() { return { path: "x" }; }
export function mail() {}
export function fail() { throw new RangeError("no room"); }
export function remove(made) {
  if (made === undefined) throw new TypeError("nothing is known of it");
  if (made.path === "busy") throw new RangeError("it is busy");
}
`;
export const UNDO = { undo: { module: 0, export: "remove" } };
export const RESUMED: Event = { type: "resumed", run: 2, library: VERSION };
export const ROLLBACK: Event = { type: "decided", decision: "rollback" };
export const UNDOING: Event = { type: "undoing", step: "1", attempt: 1, run: 2 };
export const ASKED: Event = { type: "waiting", step: "1", for: "decision" };
const OLD = { path: "old" };
export const REF = { args: [{ step: "1", path: ["id"] }], argsMeta: { values: { "0": [["custom", "ref"]] }, v: 1 } };

export function started(step: string): Event {
  return { type: "started", step, attempt: 1, run: 1 };
}

export function done(step: string, value: Extract<Event, { type: "finished" }>["value"] = OLD): readonly Event[] {
  return [started(step), { type: "finished", step, attempt: 1, ms: 1, value }];
}

/** Records a plan as one that was enqueued for the end of time. */
export async function writeQueued(folder: string): Promise<void> {
  await Deno.writeTextFile(`${folder}/steps.js`, STEPS);
  const queued = {
    library: VERSION,
    options: { keep: true },
    queue: "letters",
    priority: -5,
    dueAt: "9999-12-31T00:00:00.000Z",
  };
  const plan = planOf(toFileUrl(`${folder}/steps.js`).href, [{ export: "make" }]);
  const events = plan.map((event) => event.type === "opened" ? { ...event, ...queued } : event);
  await writeJournal(`${folder}/j.json`, [events], YESTERDAY);
}

/** The step that would call a function of this name waits for a signal instead. */
function waitIfCalled(node: PlanNode): PlanNode {
  return node.kind === "step" && node.export === "wait"
    ? { id: node.id, kind: "wait", signal: "go", name: "ok" }
    : node;
}

/** Writes a module, and a journal of its functions. */
export function journalOf(
  nodes: Parameters<typeof planOf>[1],
  ...records: readonly (readonly Event[])[]
): (folder: string) => Promise<void> {
  return async (folder) => {
    await Deno.writeTextFile(`${folder}/steps.js`, STEPS);
    const plan = planOf(toFileUrl(`${folder}/steps.js`).href, nodes);
    const now = plan.map((event) =>
      event.type === "opened"
        ? { ...event, library: VERSION }
        : event.type === "planned"
        ? { ...event, nodes: event.nodes.map(waitIfCalled) }
        : event
    );
    await writeJournal(`${folder}/j.json`, [now, ...records], YESTERDAY);
  };
}

export const THREE = [{ export: "make" }, { export: "mail", name: "mail", args: ["ana"] }, {
  export: "mail",
  args: ["bob"],
}];
export const FAILED: readonly Event[] = [
  ...[...done("1", { id: 7 }), started("2")],
  { type: "failed", step: "2", attempt: 1, ms: 1, error: { name: "Error", message: "no" } },
  { type: "aborted", step: "2" },
];
export const UNDOABLE = [
  { export: "make", name: "a", options: UNDO },
  { export: "make" },
  { export: "make", name: "c", options: UNDO },
];
export const ALL_DONE = [...done("1"), ...done("2"), ...done("3"), { type: "ended" } as const];
export const LIMITED = [{ export: "make", options: { ...UNDO, timeoutMs: 1 } }];
export const ONE = [{ export: "make", name: "m", options: UNDO }];

/** Writes a sound journal, and others that are damaged each in its own way, or newer. */
export async function writeDamaged(folder: string): Promise<void> {
  await journalOf(THREE, [started("1")], FAILED.slice(1))(folder);
  const text = await Deno.readTextFile(`${folder}/j.json`);
  const lines = text.split("\n");
  const newer = '[{"seq":0,"at":"2026-11-23T02:15:00.000Z","events":[{"type":"opened","format":7,"new":1}]';
  const files = {
    "empty.json": "",
    "diary.json": "Dear diary,\ntoday\n",
    "object.json": '{"name":"@x/resumable-tx"}\n',
    "half.json": text.slice(0, text.length / 2),
    "cut.json": text.slice(0, -40),
    "changed.json": text.replace('"id":7', '"id":8'),
    "removed.json": [lines[0], ...lines.slice(2)].join("\n"),
    "longer.json": `${text}!`,
    "newer.json": `${newer},"sum":"${chainSum("", new TextEncoder().encode(newer))}"}\n]`,
  };
  for (const [name, bad] of Object.entries(files)) {
    await Deno.writeTextFile(`${folder}/${name}`, bad, { mode: 0o600 });
  }
}
