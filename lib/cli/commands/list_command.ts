import type { JournalError } from "../../errors/journal_error.ts";
import { JournalNotFound } from "../../errors/opening_errors.ts";
import { summarizeJournal } from "../../inspect/data/summarize_journal.ts";
import { paintFor } from "../../inspect/text/paint.ts";
import { FileStore } from "../../storage/file/file_store.ts";
import { escapeJsonText } from "../../text/escape.ts";
import { suggestName } from "../../text/suggest_name.ts";
import { type Command, type CommandIo, type CommandRequest, UsageError } from "../frame/command.ts";
import { EXIT } from "../frame/exit_code.ts";
import { parseDuration } from "../frame/parse_duration.ts";
import { reportError } from "../frame/report_error.ts";
import { findJournals, type FoundJournal } from "../show/find_journals.ts";
import { compareListed, LIST_STATUSES, type Listed, renderList } from "../show/render_list.ts";

/** `list`: shows many journals at a glance. */
export const listCommand: Command = {
  name: "list",
  summary: "Lists journals with their status, age and progress, those that need a person first",
  details: [
    "Only reads, also while transactions are being run, and imports nothing of them. Needs --allow-read alone.",
    "Of a folder, and of a pattern in quotes, files that are no journals are left out; a file that is named is always " +
    'listed. In a folder, journals are the files that end in ".json".',
    "First come those that need a person: waiting, aborted, interrupted, damaged (cannot be read), newer (a newer " +
    "version wrote in it), unreadable (may not be read), incomplete (its plan was never completed); then pending, " +
    "started, and what is over: cancelled, undone, finished. Of one status, the one that has not moved for the longest " +
    "time comes first.",
    "The age is the time since the last record was written, or since the file was changed if it cannot be read. The " +
    "last column is what to type next; inspect shows it in full.",
  ],
  permissions: "--allow-read",
  arguments: [{
    name: "PATH",
    summary: "journals, folders, or patterns in quotes; the current folder if left out",
    isOptional: true,
    isRepeatable: true,
    completion: "journal",
  }],
  options: [
    {
      name: "status",
      value: "STATUS,…",
      summary: "only those with one of these statuses",
      completion: LIST_STATUSES,
    },
    { name: "older", value: "AGE", summary: "only those that are older, as in 90s, 15m, 12h, 30d, 2w" },
    { name: "json", summary: "writes a list of objects as JSON" },
  ],
  exitCodes: [
    [EXIT.finished, "listed, whatever is in the list"],
    [EXIT.usage, "called in a way that makes no sense"],
    [EXIT.notFound, "no such file or folder; the others are listed"],
    [EXIT.ioError, "the disk failed, or a name is one that no file can have; the others are listed"],
    [
      EXIT.refused,
      "a folder may not be read, a permission is missing, or links lead in a circle; the others are listed",
    ],
  ],
  examples: [
    { words: "list /var/lib/welcome --status aborted,waiting,interrupted", what: "shows what needs a person" },
    { words: "list 'runs/**/*.json' --older 12h --json | jq -r '.[].journal'", what: "names what has not moved since" },
  ],
  run: list,
};

async function list(request: CommandRequest, io: CommandIo): Promise<number> {
  const isWanted = readFilter(request, io);
  const store = new FileStore();
  const problems: JournalError[] = [];
  const words = request.arguments.length === 0 ? ["."] : request.arguments;
  const listed: Listed[] = [];
  for await (const found of findJournals(words, { store, onProblem: (problem) => void problems.push(problem) })) {
    const entry = await look(store, found);
    if (entry !== undefined && isWanted(entry)) listed.push(entry);
  }
  listed.sort(compareListed);
  if (request.flags.has("json")) {
    io.writeOut(`${escapeJsonText(JSON.stringify(listed.map(({ shown: _shown, ...entry }) => entry), null, 2))}\n`);
  } else if (listed.length > 0) {
    const columns = io.readColumns?.();
    const paint = paintFor(io.wantsColour);
    io.writeOut(renderList(listed, { now: io.now(), paint, ...(columns === undefined ? {} : { columns }) }));
  } else if (problems.length === 0) {
    io.writeError(`No journals${request.values.length === 0 ? "" : " like that"} in ${words.join(", ")}\n`);
  }
  return problems.map((problem) => reportError(problem, io)).at(0) ?? EXIT.finished;
}

/** A journal whose transaction has just finished is gone, and that is no problem. */
async function look(store: FileStore, { journal, shown }: FoundJournal): Promise<Listed | undefined> {
  try {
    const summary = await summarizeJournal(store, journal);
    return { ...summary, shown, lastAt: summary.lastAt ?? changedAt(journal) };
  } catch (error) {
    if (error instanceof JournalNotFound) return undefined;
    throw error;
  }
}

function changedAt(path: string): string {
  try {
    return Deno.statSync(path).mtime?.toISOString() ?? "";
  } catch {
    return "";
  }
}

function readFilter({ values }: CommandRequest, io: CommandIo): (entry: Listed) => boolean {
  const texts = new Map(values.map(({ name, value }) => [name, value]));
  const statuses = readStatuses(texts.get("status"));
  const older = texts.get("older");
  const latest = older === undefined ? Infinity : io.now().getTime() - parseDuration(older, "--older", "list");
  return ({ status, lastAt }) =>
    (statuses === undefined || statuses.has(status)) && (older === undefined || Date.parse(lastAt) <= latest);
}

function readStatuses(text: string | undefined): ReadonlySet<string> | undefined {
  if (text === undefined) return undefined;
  const words = text.split(",").map((word) => word.trim().toLowerCase()).filter((word) => word !== "");
  for (const word of words) {
    if (LIST_STATUSES.some((status) => status === word)) continue;
    const near = suggestName(word, LIST_STATUSES);
    const hint = near === undefined ? `: use ${LIST_STATUSES.join(", ")}` : `. Is ${near} meant?`;
    throw new UsageError(`Unknown status ${JSON.stringify(word)} of --status${hint}`, "list");
  }
  if (words.length === 0) throw new UsageError(`--status names none: use ${LIST_STATUSES.join(", ")}`, "list");
  return new Set(words);
}
