import { JournalNotFound } from "../../errors/opening_errors.ts";
import { checkJournal, type CheckReport } from "../../inspect/data/check_journal.ts";
import { formatNumberOf } from "../../inspect/format/format_counts.ts";
import { ProgressLine } from "../../progress/progress_line.ts";
import { isOfDatabase } from "../../storage/locator_scheme.ts";
import type { OpenedPlace } from "../../storage/locator.ts";
import type { Store } from "../../storage/store.ts";
import { escapeForTerminal } from "../../text/escape.ts";
import { cutToWidth } from "../../text/width.ts";
import { type Command, type CommandIo, type CommandRequest, writeJson } from "../frame/command.ts";
import { EXIT } from "../frame/exit_code.ts";
import { JOURNAL, readJournal } from "../frame/journal_argument.ts";

export const checkCommand: Command = {
  name: "check",
  summary: "Checks a journal, or all those of a database, and reports every fault with its line",
  details: [
    "This command only reads, even while the transaction is running. It imports nothing and needs only --allow-read.",
    "An incomplete end that a crash left is not a fault. Unlike other commands, check continues after a damaged " +
    "line: it compares each line with the checksum in the line before it. From there on, it cannot tell whether " +
    "events contradict each other. It lists the first hundred faults and counts the rest.",
    "If you name a database, check reads all its journals and names those that have faults.",
  ],
  permissions: "--allow-read",
  arguments: [{
    ...JOURNAL,
    summary: "path or locator of the journal, its name with --store, or locator of a database",
  }],
  options: [{ name: "json", summary: "writes the report as JSON" }],
  exitCodes: [
    [EXIT.finished, "the journal is sound, or all of them are"],
    [EXIT.usage, "wrong usage"],
    [EXIT.damaged, "the journal has faults, or one of them has"],
    [EXIT.notFound, "no such journal"],
    [EXIT.ioError, "the disk failed, or the file name is not valid"],
    [EXIT.refused, "no permission to read the journal"],
  ],
  examples: [{
    words: "check welcome.json",
    what: "shows whether the file is sound, for example after a disk failure",
  }],
  run: check,
};

async function check(request: CommandRequest, io: CommandIo): Promise<number> {
  const place = await readJournal(request, "read", "any");
  const { store, name: journal } = place;
  if (isOfDatabase(journal) && await store.kindOf(journal) === "scope") return await checkAll(place, request, io);
  const report = await checkJournal(store, journal);
  const { exposure, hazard } = await store.examine?.(journal) ?? {};
  const warnings = [exposure, hazard].filter((warning) => warning !== undefined);
  if (request.flags.has("json")) writeJson(io, { ...report, warnings });
  else io.writeOut(writeLinesOf(renderReport(report, warnings)));
  return report.isSound ? EXIT.finished : EXIT.damaged;
}

/** Of a database, what is sound is only counted: there may be a million. */
async function checkAll(
  { store, name: scope, shown }: OpenedPlace,
  request: CommandRequest,
  io: CommandIo,
): Promise<number> {
  const isJson = request.flags.has("json");
  const sum = { sound: 0, records: 0, steps: 0 };
  const unsound: CheckReport[] = [];
  const line = io.terminal && new ProgressLine(io.terminal, (columns) => {
    return cutToWidth(`checked ${formatNumberOf(sum.sound + unsound.length, "journal")}`, columns - 1);
  });
  line?.start();
  try {
    for await (const journal of store.list(scope)) {
      const report = await checkUnlessGone(store, journal);
      if (report === undefined) continue;
      sum.records += report.records;
      sum.steps += report.steps;
      if (report.isSound) sum.sound += 1;
      else unsound.push(report);
      if (!report.isSound && !isJson) io.writeOut(writeLinesOf(renderFaults(report)));
      line?.update();
    }
  } finally {
    line?.stop();
  }
  const { sound, records, steps } = sum;
  if (isJson) writeJson(io, { database: shown, isSound: unsound.length === 0, sound, records, steps, unsound });
  else {
    const size = `${formatNumberOf(records, "record")}, ${formatNumberOf(steps, "step")}`;
    const count = formatNumberOf(sound, "journal");
    const bad = formatNumberOf(unsound.length, "journal");
    const text = unsound.length === 0
      ? `sound: ${count}, ${size}`
      : `not sound: ${bad}; sound: ${count}; ${size} could be read`;
    io.writeOut(writeLinesOf([text]));
  }
  return unsound.length === 0 ? EXIT.finished : EXIT.damaged;
}

/** One that is removed meanwhile, as that of a transaction that has finished, has no faults. */
async function checkUnlessGone(store: Store, journal: string): Promise<CheckReport | undefined> {
  try {
    return await checkJournal(store, journal);
  } catch (error) {
    if (error instanceof JournalNotFound) return undefined;
    throw error;
  }
}

function writeLinesOf(lines: readonly string[]): string {
  return lines.map((line) => `${escapeForTerminal(line)}\n`).join("");
}

function renderFaults({ journal, faults, moreFaults }: CheckReport): readonly string[] {
  return [
    ...faults.map(({ line, reason }) => `${journal}${line === 0 ? "" : `:${line}`}: ${reason}`),
    ...(moreFaults === 0 ? [] : [`… and ${moreFaults} more`]),
  ];
}

function renderReport(report: CheckReport, warnings: readonly string[]): readonly string[] {
  const { isSound, records, steps, faults, moreFaults, notes } = report;
  const size = `${formatNumberOf(records, "record")}, ${formatNumberOf(steps, "step")}`;
  return [
    ...renderFaults(report),
    ...warnings.map((warning) => `warning: ${warning}`),
    ...notes.map((note) => `note: ${note}`),
    isSound
      ? `sound: ${size}`
      : `not sound: ${formatNumberOf(faults.length + moreFaults, "fault")}; ${size} could be read`,
  ];
}
