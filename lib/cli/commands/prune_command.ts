import { basename } from "@std/path/basename";
import { JournalError } from "../../errors/journal_error.ts";
import { JournalLocked, JournalNotFound } from "../../errors/opening_errors.ts";
import { type FoundSummary, matches, searchSummaries } from "../../inspect/data/find_summaries.ts";
import { summarizeJournal, type SummaryStatus } from "../../inspect/data/summarize_journal.ts";
import { formatCount, formatNumberOf } from "../../inspect/format/format_counts.ts";
import { isOfDatabase } from "../../storage/locator_scheme.ts";
import { type Located, shownName } from "../../storage/locator.ts";
import type { SearchFilter, Store, TornCopies } from "../../storage/store.ts";
import { ProgressLine } from "../../progress/progress_line.ts";
import { escapeForTerminal } from "../../text/escape.ts";
import { cutToWidth } from "../../text/width.ts";
import { type Command, type CommandIo, type CommandRequest, UsageError, writeJson } from "../frame/command.ts";
import { EXIT, reportError } from "../frame/exit_code.ts";
import { readJournal } from "../frame/journal_argument.ts";
import { readLatest } from "../frame/parse_duration.ts";
import { confirm } from "../show/confirm_steps.ts";
import { formatAge } from "../show/render_list.ts";

/** Only what is over can be removed, and what never began. */
const STATUSES = ["finished", "cancelled", "undone", "incomplete"] as const satisfies readonly SummaryStatus[];

export const pruneCommand: Command = {
  name: "prune",
  summary: "Removes journals of finished, cancelled or undone transactions from a folder or database",
  details: [
    "Pass --finished, --cancelled, --undone or --incomplete, or several of them. If a crash left an incomplete end in a journal, the " +
    "copies of that end (JOURNAL.torn-1 …) are removed with the journal. prune never removes a journal that is " +
    "running, damaged or written by a newer version, or any other file. It locks and reads each journal again " +
    "before it removes it. What a schedule has fired stays as long as the schedule has not passed that time.",
    "On a terminal, prune lists what it would remove and asks, unless you pass --yes. Elsewhere it removes without asking.",
    "Without the option keep, a transaction removes its own journal when it finishes.",
  ],
  permissions: "-A",
  arguments: [{
    name: "FOLDER",
    summary: "path of the folder, or locator of the database; folders inside it are not searched",
    completion: "folder",
  }],
  options: [
    { name: "finished", summary: "removes journals of finished transactions" },
    { name: "cancelled", summary: "removes journals of cancelled transactions" },
    { name: "undone", summary: "removes journals of transactions that were rolled back completely" },
    { name: "incomplete", summary: "removes journals whose plan was never completed: no step ever ran" },
    { name: "older", value: "AGE", summary: "only journals whose last record is older than this: 12h, 30d or 2w" },
    { name: "dry-run", summary: "only shows what would be removed; needs --allow-read only" },
    { name: "yes", summary: "does not ask" },
    { name: "json", summary: "writes what was removed as JSON" },
  ],
  exitCodes: [
    [EXIT.finished, "removed, or nothing to remove, or you answered no"],
    [EXIT.usage, "wrong usage"],
    [EXIT.damaged, "what the folder or the database has of schedules is damaged; nothing was removed"],
    [EXIT.notFound, "no such folder"],
    [EXIT.ioError, "the disk failed; the others were removed"],
    [EXIT.refused, "a permission is missing, or a journal is not safe to touch; the others were removed"],
  ],
  examples: [
    { words: "prune /var/lib/welcome --finished --older 30d --dry-run", what: "shows what would be removed" },
    {
      words: "prune /var/lib/welcome --finished --older 30d --yes",
      what: "removes these journals, for example in a nightly job",
    },
  ],
  run: prune,
};

interface Candidate extends FoundSummary {
  readonly shown: string;
  readonly copies: readonly string[];
}

/** What is removed of a database at once. */
const BATCH = 500;
/** The maximum number of journals that are named before the question. */
const MAX_NAMED = 100;

async function prune(request: CommandRequest, io: CommandIo): Promise<number> {
  const filter = readFilter(request, io);
  const isDryRun = request.flags.has("dry-run");
  const located = await readJournal(request, isDryRun ? "read" : "write", "scope");
  await requireScope(located);
  const copies = await located.store.tornCopies?.(located.name);
  const found: Candidate[] = [];
  let others = 0;
  for await (const summary of summaries(located, filter)) {
    const { journal } = summary;
    if (!isWanted(summary, filter)) others += 1;
    else found.push({ ...summary, shown: shownName(located.shown, journal), copies: copies?.of(journal) ?? [] });
  }
  const candidates = await withoutUnpassed(found, located);
  others += found.length - candidates.length;
  // Those that no search has found, or that do not match, are left.
  if (located.store.search !== undefined) others = await countOf(located) - candidates.length;
  candidates.sort((a, b) => (a.journal < b.journal ? -1 : 1));
  const asks = io.ask !== undefined && !isDryRun && !request.flags.has("yes") && candidates.length > 0;
  if (asks && !await agree(candidates, io)) return EXIT.finished;
  const says = request.flags.has("json") || asks ? () => {} : (text: string) => io.writeOut(text);
  const removed: Candidate[] = [];
  const codes: number[] = [];
  const line = io.terminal && new ProgressLine(io.terminal, (columns) => {
    const text = `removed ${formatCount(removed.length)} of ${formatNumberOf(candidates.length, "journal")}`;
    return cutToWidth(text, columns - 1);
  });
  if (!isDryRun) line?.start();
  try {
    for (const batch of batchesOf(candidates)) {
      try {
        const gone = isDryRun ? batch : await removeAll(batch, located, copies);
        removed.push(...gone);
        for (const one of gone) says(`${describe(isDryRun ? "would remove" : "removed", one, io)}\n`);
      } catch (error) {
        if (!(error instanceof JournalError)) throw error;
        codes.push(reportError(error, io));
      }
      line?.update();
    }
  } finally {
    line?.stop();
  }
  const left = others + candidates.length - removed.length;
  if (request.flags.has("json")) {
    const entries = removed.map(({ journal, status, lastAt, copies }) => ({ journal, status, lastAt, copies }));
    writeJson(io, { isDryRun, removed: entries, left });
  } else {
    const count = formatNumberOf(removed.length, "journal");
    io.writeOut(`${count} ${isDryRun ? "would be removed" : "removed"}, ${left} left\n`);
  }
  return codes.at(0) ?? EXIT.finished;
}

/** Of a database, what matches; of a folder, everything. */
async function* summaries({ store, name }: Located, filter: SearchFilter): AsyncIterable<FoundSummary> {
  if (store.search !== undefined) return yield* searchSummaries(store, name, filter);
  for await (const journal of store.list(name)) {
    const summary = await summarizeJournal(store, journal);
    if (summary !== undefined) yield summary;
  }
}

/** A schedule that has not passed a firing would fire for it again if it were gone. */
async function withoutUnpassed(found: Candidate[], located: Located): Promise<Candidate[]> {
  const { openWork } = await import("../../storage/open_work.ts");
  const { schedules } = openWork(located, { summarize: () => Promise.resolve(undefined) });
  const unpassed = await schedules?.findUnpassed(found.map(({ journal }) => journal));
  return found.filter(({ journal }) => unpassed?.has(journal) !== true);
}

async function countOf({ store, name }: Located): Promise<number> {
  return await store.count?.(name) ?? 0;
}

/** What the store can remove at once; what has to be read again stands alone. */
function* batchesOf(candidates: readonly Candidate[]): Iterable<readonly Candidate[]> {
  let batch: Candidate[] = [];
  for (const candidate of candidates) {
    if (candidate.found === undefined) yield [candidate];
    else batch.push(candidate);
    if (batch.length < BATCH) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

async function removeAll(
  batch: readonly Candidate[],
  { store, name }: Located,
  copies: TornCopies | undefined,
): Promise<readonly Candidate[]> {
  const found = batch.flatMap((candidate) => candidate.found ?? []);
  const gone = found.length === 0 ? undefined : await store.prune?.(name, found);
  if (gone !== undefined) return batch.filter(({ journal }) => gone.has(journal));
  const removed: Candidate[] = [];
  for (const one of batch) if (await remove(one, store, copies)) removed.push(one);
  return removed;
}

/** Removes a journal if it is unchanged since it was chosen. Returns whether it did. */
async function remove(candidate: Candidate, store: Store, copies: TornCopies | undefined): Promise<boolean> {
  const { journal, status, lastAt } = candidate;
  try {
    let isPlanned = false;
    const open = await store.open(journal, ({ events }) => {
      isPlanned ||= events.some(({ type }) => type === "ready");
    });
    let isSame = false;
    try {
      const now = await summarizeJournal(store, journal);
      // While somebody holds a journal, which is this process now, its plan may still become complete.
      const hasStatus = status === "incomplete" ? !isPlanned : now?.status === status;
      isSame = hasStatus && now?.lastAt === lastAt;
      // First: without the journal, the copies would belong to nothing.
      if (isSame) copies?.remove(journal);
    } finally {
      await open.close({ remove: isSame });
    }
    return isSame;
  } catch (error) {
    if (error instanceof JournalLocked || error instanceof JournalNotFound) return false;
    throw error;
  }
}

function readFilter(request: CommandRequest, io: CommandIo): SearchFilter {
  const statuses = new Set<string>(STATUSES.filter((status) => request.flags.has(status)));
  if (statuses.size === 0) {
    throw new UsageError("Select the journals to remove: pass --finished, --cancelled, --undone or --incomplete");
  }
  return { statuses, latest: readLatest(request, io) };
}

/** A transaction that was rolled back to a step can be rolled back further while its journal exists. */
function isWanted(summary: FoundSummary, filter: SearchFilter): boolean {
  const isOver = summary.status !== "undone" || summary.next.length === 0;
  return matches(summary, filter) && !summary.isHeld && summary.found?.isExported !== true && isOver;
}

async function requireScope({ store, name }: Located): Promise<void> {
  const kind = await store.kindOf(name);
  if (kind === "scope") return;
  if (kind === undefined) throw new JournalNotFound(name);
  const needs = isOfDatabase(name) ? "database: prune needs the database" : "folder: prune needs the folder";
  throw new UsageError(`${JSON.stringify(name)} is not a ${needs} of the journals`);
}

async function agree(candidates: readonly Candidate[], io: CommandIo): Promise<boolean> {
  const these = candidates.length === 1 ? "this journal" : `these ${candidates.length} journals`;
  const list = candidates.slice(0, MAX_NAMED).map((candidate) => describe("remove", candidate, io));
  if (candidates.length > MAX_NAMED) list.push(`… and ${formatCount(candidates.length - MAX_NAMED)} more`);
  return await confirm(io, [...list, `Remove ${these} permanently?`], "Nothing was removed");
}

function describe(verb: string, { shown, status, lastAt = "", copies }: Candidate, io: CommandIo): string {
  const age = formatAge(io.now().getTime() - Date.parse(lastAt));
  const names = copies.map((copy) => ` and ${basename(copy)}`).join("");
  return escapeForTerminal(`${verb}  ${shown}${names}  (${status}, ${age} old)`);
}
