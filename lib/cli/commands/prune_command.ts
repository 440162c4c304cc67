import { basename } from "@std/path/basename";
import { JournalError } from "../../errors/journal_error.ts";
import { JournalLocked, JournalNotFound } from "../../errors/opening_errors.ts";
import { type JournalSummary, summarizeJournal, type SummaryStatus } from "../../inspect/data/summarize_journal.ts";
import { formatNumberOf } from "../../inspect/format/format_counts.ts";
import { isOfDatabase } from "../../storage/locator_scheme.ts";
import { type Located, shownName } from "../../storage/locator.ts";
import type { Store, TornCopies } from "../../storage/store.ts";
import { escapeForTerminal } from "../../text/escape.ts";
import { type Command, type CommandIo, type CommandRequest, UsageError, writeJson } from "../frame/command.ts";
import { EXIT, reportError } from "../frame/exit_code.ts";
import { readJournal } from "../frame/journal_argument.ts";
import { readOlder } from "../frame/parse_duration.ts";
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
    "before it removes it.",
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

interface Candidate extends JournalSummary {
  readonly shown: string;
  readonly copies: readonly string[];
}

async function prune(request: CommandRequest, io: CommandIo): Promise<number> {
  const isWanted = readFilter(request, io);
  const isDryRun = request.flags.has("dry-run");
  const located = await readJournal(request, isDryRun ? "read" : "write", "scope");
  await requireScope(located);
  const copies = await located.store.tornCopies?.(located.name);
  const candidates: Candidate[] = [];
  let others = 0;
  for await (const journal of located.store.list(located.name)) {
    const summary = await summarizeJournal(located.store, journal);
    if (summary === undefined) continue;
    if (!isWanted(summary)) others += 1;
    else candidates.push({ ...summary, shown: shownName(located.shown, journal), copies: copies?.of(journal) ?? [] });
  }
  candidates.sort((a, b) => (a.journal < b.journal ? -1 : 1));
  const asks = io.ask !== undefined && !isDryRun && !request.flags.has("yes") && candidates.length > 0;
  if (asks && !await agree(candidates, io)) return EXIT.finished;
  const says = request.flags.has("json") || asks ? () => {} : (text: string) => io.writeOut(text);
  const removed: Candidate[] = [];
  const codes: number[] = [];
  for (const candidate of candidates) {
    try {
      if (!isDryRun && !await remove(candidate, located.store, copies)) continue;
      removed.push(candidate);
      says(`${describe(isDryRun ? "would remove" : "removed", candidate, io)}\n`);
    } catch (error) {
      if (!(error instanceof JournalError)) throw error;
      codes.push(reportError(error, io));
    }
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

function readFilter(request: CommandRequest, io: CommandIo): (summary: JournalSummary) => boolean {
  const statuses = new Set<string>(STATUSES.filter((status) => request.flags.has(status)));
  if (statuses.size === 0) {
    throw new UsageError("Select the journals to remove: pass --finished, --cancelled, --undone or --incomplete");
  }
  const isOld = readOlder(request, io);
  // A transaction that was rolled back to a step can be rolled back further while its journal exists.
  const isOver = ({ status, next }: JournalSummary) => status !== "undone" || next.length === 0;
  return (summary) => statuses.has(summary.status) && !summary.isHeld && isOver(summary) && isOld(summary.lastAt);
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
  const list = candidates.map((candidate) => describe("remove", candidate, io));
  return await confirm(io, [...list, `Remove ${these} permanently?`], "Nothing was removed");
}

function describe(verb: string, { shown, status, lastAt = "", copies }: Candidate, io: CommandIo): string {
  const age = formatAge(io.now().getTime() - Date.parse(lastAt));
  const names = copies.map((copy) => ` and ${basename(copy)}`).join("");
  return escapeForTerminal(`${verb}  ${shown}${names}  (${status}, ${age} old)`);
}
