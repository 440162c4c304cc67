import { JournalNotFound } from "../../errors/opening_errors.ts";
import { isBareName } from "../../storage/locator_scheme.ts";
import { openWork } from "../../storage/open_work.ts";
import type { OpenedPlace } from "../../storage/locator.ts";
import type { Schedules } from "../../storage/schedules.ts";
import { folderTools } from "../../work/folder/summarize_due.ts";
import { loadListing } from "../../work/schedule_room.ts";
import { quote } from "../../text/escape.ts";
import { suggestName } from "../../text/suggest_name.ts";
import {
  type Command,
  type CommandIo,
  type CommandRequest,
  UsageError,
  writeJson,
  writeLines,
} from "../frame/command.ts";
import { EXIT } from "../frame/exit_code.ts";
import { readJournal } from "../frame/journal_argument.ts";
import { renderSchedules } from "../show/render_schedules.ts";
import { scheduleModule } from "../work/read_settings.ts";

const ACTIONS = ["list", "pause", "resume", "remove"] as const;
type Action = typeof ACTIONS[number];

export const scheduleCommand: Command = {
  name: "schedule",
  summary: "Lists, pauses, resumes or removes the schedules of a folder or a database",
  details: [
    "A worker adds the schedules of a module: work STORE --schedules MODULE. When it is time, it records a transaction, " +
    "which is called after the schedule and the time, as nightly@2026-12-01T01:30:00Z.",
    "list shows the next three firings, the last one, and the last time that was skipped and why. With --schedules, it also " +
    "shows what a module defines and no worker has added yet.",
    "pause skips the times that come until you resume. remove forgets a schedule, so that it begins anew if a worker " +
    "whose module defines it is running or starts. What it has fired stays.",
  ],
  permissions: "-A",
  arguments: [
    { name: "ACTION", summary: "list, pause, resume or remove", completion: ACTIONS },
    {
      name: "STORE",
      summary: "locator of the database, or path of the folder; default: the store",
      isOptional: true,
      completion: "folder",
    },
    { name: "NAME", summary: "name of the schedule", isOptional: true, completion: [] },
  ],
  options: [
    { name: "schedules", value: "MODULE", summary: "with list: also what this module defines, a path or a URL" },
    { name: "json", summary: "writes the list as JSON" },
  ],
  exitCodes: [
    [EXIT.finished, "done"],
    [EXIT.usage, "wrong usage, or the module defines no schedules"],
    [EXIT.damaged, "what is stored of the schedules is damaged"],
    [EXIT.notFound, "no such folder, database or schedule"],
    [EXIT.ioError, "the disk failed, or the database cannot be reached"],
    [EXIT.refused, "a permission is missing"],
  ],
  examples: [
    { words: "schedule list postgres://tx@db/tx", what: "shows all schedules and when they fire" },
    { words: "schedule pause /var/lib/welcome nightly", what: "skips the nightly run until you resume it" },
  ],
  run: schedule,
};

async function schedule(request: CommandRequest, io: CommandIo): Promise<number> {
  const { action, place: word, name } = readWords(request);
  if (action !== "list" && (request.texts.has("schedules") || request.flags.has("json"))) {
    throw new UsageError("The options --schedules and --json are for: schedule list");
  }
  const words = { ...request, arguments: word === undefined ? [] : [word] };
  const place = await readJournal(words, action === "list" ? "read" : "write", "scope");
  const schedules = await openSchedules(place);
  if (action === "list") return await list(schedules, { request, place, name }, io);
  const known = (await schedules.list()).schedules.map((one) => one.name);
  if (!known.includes(name)) return reportUnknown(name, known, { place, io });
  const done = {
    pause: () => schedules.setPaused(name, true),
    resume: () => schedules.setPaused(name, false),
    remove: () => schedules.remove(name),
  };
  if (!await done[action]()) return reportUnknown(name, [], { place, io });
  io.writeOut(`${{ pause: "paused", resume: "resumed", remove: "removed" }[action]}  ${name}\n`);
  return EXIT.finished;
}

interface Words {
  readonly action: Action;
  readonly place: string | undefined;
  /** Empty if all are meant. */
  readonly name: string;
}

function readWords({ arguments: [given = "", ...words], store }: CommandRequest): Words {
  const action = ACTIONS.find((known) => known === given);
  if (action === undefined) {
    const near = suggestName(given, ACTIONS);
    const hint = near === undefined ? `use ${ACTIONS.join(", ")}` : `did you mean ${near}?`;
    throw new UsageError(`Unknown action ${JSON.stringify(given)} of schedule: ${hint}`);
  }
  const [first, second] = words;
  const isName = first !== undefined && second === undefined && store !== undefined && isBareName(first);
  const place = isName ? store : first ?? store;
  const name = isName ? first : second ?? "";
  if (place === undefined) throw new UsageError("Name the folder or the database of the schedules, or pass --store");
  if (action !== "list" && name === "") throw new UsageError(`Name the schedule: schedule ${action} STORE NAME`);
  return { action, place, name };
}

async function openSchedules(place: OpenedPlace): Promise<Schedules> {
  const kind = await place.store.kindOf(place.name);
  if (kind === undefined) throw new JournalNotFound(place.name);
  if (kind === "journal") {
    throw new UsageError(`${quote(place.shown)} is a journal: name the folder or the database of the schedules`);
  }
  const { schedules } = openWork(place, folderTools(place.store));
  if (schedules === undefined) throw new UsageError(`${quote(place.shown)} keeps no schedules`);
  return schedules;
}

interface Listing {
  readonly request: CommandRequest;
  readonly place: OpenedPlace;
  readonly name: string;
}

async function list(schedules: Schedules, { request, place, name }: Listing, io: CommandIo): Promise<number> {
  const { listSchedules } = await loadListing();
  const module = request.texts.get("schedules");
  const all = await listSchedules(schedules, module === undefined ? undefined : scheduleModule(module))
    .catch((error) => {
      throw error instanceof TypeError || error instanceof RangeError ? new UsageError(error.message) : error;
    });
  const lines = name === "" ? all : all.filter((line) => line.name === name);
  if (name !== "" && lines.length === 0) return reportUnknown(name, all.map((line) => line.name), { place, io });
  if (request.flags.has("json")) writeJson(io, lines);
  else if (lines.length > 0) io.writeOut(`${renderSchedules(lines, io).join("\n")}\n`);
  else {writeLines(io, [
      `No schedules in ${place.shown}. A worker adds those of a module: work STORE --schedules MODULE`,
    ]);}
  return EXIT.finished;
}

function reportUnknown(
  name: string,
  known: readonly string[],
  { place, io }: { readonly place: OpenedPlace; readonly io: CommandIo },
): number {
  const near = suggestName(name, known);
  const hint = near === undefined ? "" : `. Did you mean ${quote(near)}?`;
  writeLines(io, [`error: There is no schedule ${quote(name)} in ${place.shown}${hint}`]);
  return EXIT.notFound;
}
