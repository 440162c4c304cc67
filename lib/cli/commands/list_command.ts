import { JournalError } from "../../errors/journal_error.ts";
import { basename } from "@std/path/basename";
import { compareSummaries, type FoundSummary, matches, searchSummaries } from "../../inspect/data/find_summaries.ts";
import { LISTED_STATUSES, summarizeJournal } from "../../inspect/data/summarize_journal.ts";
import { findJournals } from "../../storage/find_journals.ts";
import { isOfDatabase } from "../../storage/locator_scheme.ts";
import { nameIn, type OpenedPlace } from "../../storage/locator.ts";
import type { SearchFilter } from "../../storage/store.ts";
import { suggestName } from "../../text/suggest_name.ts";
import { type Command, type CommandIo, type CommandRequest, UsageError, writeLines } from "../frame/command.ts";
import { EXIT, reportError } from "../frame/exit_code.ts";
import { locate } from "../frame/journal_argument.ts";
import { readLatest } from "../frame/parse_duration.ts";
import type { Listed } from "../show/render_list.ts";
import { ListWriter } from "../show/write_list.ts";
import { withoutUndefined } from "../../values/json.ts";

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
    "Of a database, list reads no journals except those that are running or whose process died: every other transaction has " +
    "a line in a table, by which list finds and sorts it. A long list appears page by page.",
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
      completion: LISTED_STATUSES,
    },
    { name: "older", value: "AGE", summary: "only journals older than this: 90s, 15m, 12h, 30d or 2w" },
    {
      name: "name",
      value: "TEXT",
      summary: "only journals whose name contains this: the name of the file, or in a database",
    },
    { name: "queue", value: "NAME", summary: "only transactions of this queue of a database" },
    { name: "error", value: "TEXT", summary: "only aborted transactions whose error contains this" },
    { name: "limit", value: "N", summary: "at most the first N journals" },
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
    {
      words: "list postgres://tx@db/tx --error timeout --older 1h --limit 20",
      what: "finds what failed, in a database",
    },
    { words: "list /var/lib/welcome --status aborted,waiting,interrupted", what: "lists what needs your attention" },
    {
      words: "list 'runs/**/*.json' --older 12h --json | jq -r '.[].journal'",
      what: "prints the paths of journals that have been unchanged for 12 hours",
    },
  ],
  run: list,
};

/** No name and no error of a list is longer. */
const MAX_PART = 1000;

async function list(request: CommandRequest, io: CommandIo): Promise<number> {
  const filter = readFilter(request, io);
  const limit = readLimit(request.texts.get("limit"));
  const words = request.arguments.length === 0 ? [request.store ?? "."] : request.arguments;
  const problems: JournalError[] = [];
  const places: OpenedPlace[] = [];
  const writer = new ListWriter(io, { json: request.flags.has("json") });
  let isCut = false;
  const writeUpTo = async (found: AsyncIterable<Listed> | Iterable<Listed>) => {
    let count = 0;
    for await (const entry of found) {
      isCut = count === limit;
      if (isCut) return;
      count += 1;
      writer.add(entry);
    }
  };
  // Several words may name one journal.
  const listed = new Map<string, Listed>();
  for (const word of words) {
    try {
      const place = await locate(word, request);
      places.push(place);
      const found = listPlace(place, filter);
      // A table of a million rows is written as it is read.
      if (words.length === 1 && isSearchable(place)) await writeUpTo(found);
      else for await (const entry of found) if (!listed.has(entry.journal)) listed.set(entry.journal, entry);
    } catch (error) {
      if (!(error instanceof JournalError)) throw error;
      problems.push(error);
    }
  }
  await writeUpTo([...listed.values()].sort(compareSummaries));
  const count = writer.end();
  if (isCut) writeLines(io, [`There are more journals than ${count}: raise --limit, or select by status, name or age`]);
  if (count === 0 && problems.length === 0 && !request.flags.has("json")) {
    const isFiltered = request.values.some((option) => option.name !== "store");
    const names = places.map(({ shown }) => shown).join(", ");
    writeLines(io, [`No journals${isFiltered ? " like that" : ""} in ${names}`]);
  }
  return problems.map((problem) => reportError(problem, io)).at(0) ?? EXIT.finished;
}

function isSearchable({ store, name }: OpenedPlace): boolean {
  return store.search !== undefined && nameIn(name) === undefined;
}

async function* listPlace(place: OpenedPlace, filter: SearchFilter): AsyncIterable<Listed> {
  if (isSearchable(place)) {
    // Without what only this program needs to know.
    for await (const { found: _found, ...summary } of searchSummaries(place.store, place.name, filter)) {
      yield toListed(summary, summary.journal);
    }
    return;
  }
  const { name: wanted, queue } = filter;
  if (queue !== undefined) throw new UsageError("The option --queue is about a database, and files have no queues");
  for await (const { store, name, shown, blocked } of findJournals(place)) {
    const own = isOfDatabase(name) ? nameIn(name) ?? "" : basename(name);
    if (wanted !== undefined && !own.includes(wanted)) continue;
    const summary = await summarizeJournal(store, name);
    if (summary === undefined) continue;
    const lastAt = summary.lastAt ?? (await store.examine?.(name))?.changedAt;
    const reason = summary.isHeld || blocked === undefined ? summary.reason : blocked;
    const listed = toListed(withoutUndefined({ ...summary, reason, journal: name }), shown, lastAt);
    if (matches(listed, filter)) yield listed;
  }
}

function toListed(summary: FoundSummary, shown: string, lastAt = summary.lastAt ?? ""): Listed {
  return { ...summary, shown, lastAt };
}

function readFilter(request: CommandRequest, io: CommandIo): SearchFilter {
  const { texts } = request;
  return {
    statuses: readStatuses(texts.get("status")),
    name: readPart(request, "name"),
    queue: texts.get("queue"),
    error: readPart(request, "error"),
    latest: readLatest(request, io),
  };
}

/** The text of an option, which is contained in what is searched for. */
function readPart({ texts }: CommandRequest, option: string): string | undefined {
  const text = texts.get(option);
  if (text === undefined || text.length <= MAX_PART) return text;
  throw new UsageError(`The text of --${option} has ${text.length} characters: ${MAX_PART} is the most`);
}

function readLimit(text: string | undefined): number {
  if (text === undefined) return Infinity;
  const limit = Number(text);
  if (/^\d{1,9}$/.test(text) && limit > 0) return limit;
  throw new UsageError(`Cannot read ${JSON.stringify(text)} of --limit: write a whole number from 1 on`);
}

function readStatuses(text: string | undefined): ReadonlySet<string> | undefined {
  if (text === undefined) return undefined;
  const words = text.split(",").map((word) => word.trim().toLowerCase()).filter((word) => word !== "");
  for (const word of words) {
    if (LISTED_STATUSES.some((status) => status === word)) continue;
    const near = suggestName(word, LISTED_STATUSES);
    const hint = near === undefined ? `: use ${LISTED_STATUSES.join(", ")}` : `. Did you mean ${near}?`;
    throw new UsageError(`Unknown status ${JSON.stringify(word)} of --status${hint}`);
  }
  if (words.length === 0) throw new UsageError(`--status names none: use ${LISTED_STATUSES.join(", ")}`);
  return new Set(words);
}
