import type { Event } from "../../lib/journal/event.ts";
import { FileStore } from "../../lib/storage/file/file_store.ts";
import { planOf } from "./written_journal.ts";

/** When the last record of a sample was written, unless it says otherwise: a day before the clock of `runMain`. */
export const YESTERDAY = "2026-11-22T12:00:00.000Z";

const ERROR = { name: "AlreadyExists", message: "File exists (os error 17)" };
const STARTED: Event = { type: "started", step: "1", attempt: 1, run: 1 };
const FINISHED: Event = { type: "finished", step: "1", attempt: 1, ms: 1 };

/** What happened in each sample behind its plan of two steps, `make` and `mail`; the latter is named "mail". */
const HISTORIES: Readonly<Record<string, readonly (readonly Event[])[]>> = {
  pending: [],
  waiting: [[STARTED], [{ type: "resumed", run: 2, library: "0.1.0" }], [{
    type: "waiting",
    step: "1",
    for: "decision",
  }]],
  aborted: [
    [STARTED],
    [FINISHED, { type: "started", step: "2", attempt: 1, run: 1 }],
    [{ type: "failed", step: "2", attempt: 1, ms: 1, error: ERROR }, { type: "aborted", step: "2" }],
  ],
  interrupted: [[STARTED]],
  finished: [
    [STARTED],
    [FINISHED, { type: "started", step: "2", attempt: 1, run: 1 }],
    [{ type: "finished", step: "2", attempt: 1, ms: 1 }, { type: "ended" }],
  ],
  cancelled: [[{ type: "cancelled", by: "ana", why: "not wanted" }]],
  undone: [[{ type: "decided", decision: "rollback" }, { type: "undone" }]],
};

/** Writes a journal of a status; `at` is the time of all its records. */
export async function writeSample(path: string, status: string, at: string = YESTERDAY): Promise<void> {
  const steps = [{ export: "make" }, { export: "mail", name: "mail" }];
  const plan = planOf("file:///srv/welcome.ts", steps);
  const first = status === "incomplete" ? plan.slice(0, 1) : plan.map(withKeep);
  const open = await new FileStore(() => new Date(at)).create(path, first);
  for (const events of HISTORIES[status] ?? []) await open.append(events);
  await open.close();
}

/** Writes one journal of each status that needs no process, named after it, and three files that are none. */
export async function writeSamples(folder: string): Promise<void> {
  for (const status of [...Object.keys(HISTORIES), "incomplete"]) await writeSample(`${folder}/${status}.json`, status);
  await writeSample(`${folder}/damaged.json`, "aborted");
  const bytes = await Deno.readFile(`${folder}/damaged.json`);
  await Deno.writeFile(`${folder}/damaged.json`, bytes.with(bytes.length - 100, 0x21));
  await Deno.utime(`${folder}/damaged.json`, new Date(YESTERDAY), new Date(YESTERDAY));
  await Deno.writeTextFile(`${folder}/package.json`, "{}\n");
  await Deno.writeTextFile(`${folder}/empty.json`, "");
  await Deno.writeTextFile(`${folder}/notes.txt`, "Dear diary\n");
}

function withKeep(event: Event): Event {
  return event.type === "opened" ? { ...event, options: { keep: true } } : event;
}
