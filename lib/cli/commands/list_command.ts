import { JournalError } from "../../errors/journal_error.ts";
import { summarizeJournal } from "../../inspect/data/summarize_journal.ts";
import { paintFor } from "../../inspect/text/paint.ts";
import { findJournals } from "../../storage/find_journals.ts";
import { suggestName } from "../../text/suggest_name.ts";
import {
  type Command,
  type CommandIo,
  type CommandRequest,
  UsageError,
  writeJson,
  writeLines,
} from "../frame/command.ts";
import { EXIT, reportError } from "../frame/exit_code.ts";
import { locate } from "../frame/journal_argument.ts";
import { readOlder } from "../frame/parse_duration.ts";
import { compareListed, LIST_STATUSES, type Listed, renderList } from "../show/render_list.ts";

export const listCommand: Command = {
  name: "list",
  summary: "Lists journals with status, age and progress; those that need your attention come first",
  details: [
    "list only reads, even while transactions are running. It imports nothing and needs only --allow-read.",
    'In a folder, list reads the files whose names end in ".json". In a folder, or for a pattern in quotes, it ' +
    "skips files that are not journals. If you name a file, list always shows it.",
    "Journals that need your attention come first: waiting, aborted, interrupted, damaged (cannot be read), newer " +
    "(written by a newer version), unreadable (no permission to read it, or too large), incomplete (its plan was never " +
    "completed). Then come pending and started. Journals that are over come last: cancelled, undone, finished. " +
    "Within a status, the journal that has been unchanged for the longest time comes first.",
    "The age is the time since the last record was written or, if the journal cannot be read, since the file was changed. " +
    "The last column is what to type next; inspect shows it in full. On a terminal, long lines are cut (…).",
  ],
  permissions: "--allow-read",
  arguments: [{
    name: "PATH",
    summary: "journals, folders, databases, or patterns in quotes; default: the store, or else the current folder",
    isOptional: true,
    isRepeatable: true,
    completion: "journal",
  }],
  options: [
    {
      name: "status",
      value: "STATUS,…",
      summary: "only journals with one of these statuses",
      completion: LIST_STATUSES,
    },
    { name: "older", value: "AGE", summary: "only journals older than this: 90s, 15m, 12h, 30d or 2w" },
    { name: "json", summary: "writes a list of objects as JSON" },
  ],
  exitCodes: [
    [EXIT.finished, "listed, regardless of the statuses"],
    [EXIT.usage, "wrong usage"],
    [EXIT.notFound, "no such file or folder; the others are listed"],
    [EXIT.ioError, "the disk failed, or the file name is not valid; the others are listed"],
    [EXIT.refused, "a folder cannot be read, a permission is missing, or links form a loop; the others are listed"],
  ],
  examples: [
    { words: "list /var/lib/welcome --status aborted,waiting,interrupted", what: "lists what needs your attention" },
    {
      words: "list 'runs/**/*.json' --older 12h --json | jq -r '.[].journal'",
      what: "prints the paths of journals that have been unchanged for 12 hours",
    },
  ],
  run: list,
};

async function list(request: CommandRequest, io: CommandIo): Promise<number> {
  const isWanted = readFilter(request, io);
  const words = request.arguments.length === 0 ? [request.store ?? "."] : request.arguments;
  const problems: JournalError[] = [];
  const places: string[] = [];
  // Several words may name one journal.
  const listed = new Map<string, Listed>();
  for (const word of words) {
    try {
      const place = await locate(word, request);
      places.push(place.shown);
      for await (const { store, name, shown } of findJournals(place)) {
        if (listed.has(name)) continue;
        const summary = await summarizeJournal(store, name);
        if (summary === undefined) continue;
        const lastAt = summary.lastAt ?? (await store.examine?.(name))?.changedAt ?? "";
        listed.set(name, { ...summary, shown, lastAt });
      }
    } catch (error) {
      if (!(error instanceof JournalError)) throw error;
      problems.push(error);
    }
  }
  const found = [...listed.values()].filter(isWanted).sort(compareListed);
  if (request.flags.has("json")) writeJson(io, found.map(({ shown: _shown, ...entry }) => entry));
  else if (found.length > 0) {
    io.writeOut(renderList(found, { now: io.now(), paint: paintFor(io.wantsColour), columns: io.readColumns?.() }));
  } else if (problems.length === 0) {
    const isFiltered = request.values.some((option) => option.name !== "store");
    writeLines(io, [`No journals${isFiltered ? " like that" : ""} in ${places.join(", ")}`]);
  }
  return problems.map((problem) => reportError(problem, io)).at(0) ?? EXIT.finished;
}

function readFilter(request: CommandRequest, io: CommandIo): (entry: Listed) => boolean {
  const statuses = readStatuses(request.texts.get("status"));
  const isOld = readOlder(request, io);
  return ({ status, lastAt }) => statuses?.has(status) !== false && isOld(lastAt);
}

function readStatuses(text: string | undefined): ReadonlySet<string> | undefined {
  if (text === undefined) return undefined;
  const words = text.split(",").map((word) => word.trim().toLowerCase()).filter((word) => word !== "");
  for (const word of words) {
    if (LIST_STATUSES.some((status) => status === word)) continue;
    const near = suggestName(word, LIST_STATUSES);
    const hint = near === undefined ? `: use ${LIST_STATUSES.join(", ")}` : `. Did you mean ${near}?`;
    throw new UsageError(`Unknown status ${JSON.stringify(word)} of --status${hint}`);
  }
  if (words.length === 0) throw new UsageError(`--status names none: use ${LIST_STATUSES.join(", ")}`);
  return new Set(words);
}
