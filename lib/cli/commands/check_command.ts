import { checkJournal, type CheckReport } from "../../inspect/data/check_journal.ts";
import { FileStore } from "../../storage/file/file_store.ts";
import { describeFileSystem } from "../../storage/file/file_system.ts";
import { describeJournalMode } from "../../storage/file/file_trust.ts";
import { findLineFaults } from "../../storage/file/line_faults.ts";
import { escapeForTerminal, escapeJsonText } from "../../text/escape.ts";
import type { Command, CommandIo, CommandRequest } from "../frame/command.ts";
import { EXIT } from "../frame/exit_code.ts";
import { readJournalArgument } from "../frame/read_arguments.ts";
import { requirePermission } from "../frame/require_permission.ts";

/** `check`: reports what is wrong with a journal. */
export const checkCommand: Command = {
  name: "check",
  summary: "Reads a journal strictly and reports every fault with its line",
  details: [
    "Only reads, also while the transaction is being run, and imports nothing of it. Needs --allow-read alone.",
    "What a crash leaves at the end of a journal is no fault. Behind a damaged line it goes on with the others, as no " +
    "other command does: each is checked against the checksum that is written in the line before it. Whether events " +
    "contradict each other cannot be told from there on. The first hundred faults are listed, the others counted.",
  ],
  permissions: "--allow-read",
  arguments: [{ name: "JOURNAL", summary: "path or file: URL of the journal", completion: "journal" }],
  options: [{ name: "json", summary: "writes the report as JSON" }],
  exitCodes: [
    [EXIT.finished, "the journal is sound"],
    [EXIT.usage, "called in a way that makes no sense"],
    [EXIT.damaged, "the journal has faults"],
    [EXIT.notFound, "no such journal"],
    [EXIT.ioError, "the disk failed, or the name is one that no file can have"],
    [EXIT.refused, "the journal may not be read"],
  ],
  examples: [{ words: "check welcome.json", what: "tells whether the file is sound, as after a failing disk" }],
  run: check,
};

async function check(request: CommandRequest, io: CommandIo): Promise<number> {
  const journal = readJournalArgument(request);
  requirePermission(journal, "read");
  const report = await checkJournal(new FileStore(), journal, { findLineFaults });
  const warnings = [...describeJournalMode(journal), ...describeFileSystem(journal)];
  if (request.flags.has("json")) {
    io.writeOut(`${escapeJsonText(JSON.stringify({ ...report, warnings }, null, 2))}\n`);
  } else {
    io.writeOut(renderReport(report, warnings).map((line) => `${escapeForTerminal(line)}\n`).join(""));
  }
  return report.isSound ? EXIT.finished : EXIT.damaged;
}

function renderReport(report: CheckReport, warnings: readonly string[]): readonly string[] {
  const { journal, isSound, records, steps, faults, moreFaults, notes } = report;
  const size = `${count(records, "record")}, ${count(steps, "step")}`;
  return [
    ...faults.map(({ line, reason }) => `${journal}${line === 0 ? "" : `:${line}`}: ${reason}`),
    ...(moreFaults === 0 ? [] : [`… and ${moreFaults} more`]),
    ...warnings.map((warning) => `warning: ${warning}`),
    ...notes.map((note) => `note: ${note}`),
    isSound ? `sound: ${size}` : `not sound: ${count(faults.length + moreFaults, "fault")}; ${size} could be read`,
  ];
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
