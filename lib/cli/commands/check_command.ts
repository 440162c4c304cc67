import { checkJournal, type CheckReport } from "../../inspect/data/check_journal.ts";
import { formatNumberOf } from "../../inspect/format/format_counts.ts";
import { escapeForTerminal } from "../../text/escape.ts";
import { type Command, type CommandIo, type CommandRequest, writeJson } from "../frame/command.ts";
import { EXIT } from "../frame/exit_code.ts";
import { JOURNAL, readJournal } from "../frame/journal_argument.ts";

export const checkCommand: Command = {
  name: "check",
  summary: "Checks a journal and reports every fault with its line",
  details: [
    "This command only reads, even while the transaction is running. It imports nothing and needs only --allow-read.",
    "An incomplete end that a crash left is not a fault. Unlike other commands, check continues after a damaged " +
    "line: it compares each line with the checksum in the line before it. From there on, it cannot tell whether " +
    "events contradict each other. It lists the first hundred faults and counts the rest.",
  ],
  permissions: "--allow-read",
  arguments: [JOURNAL],
  options: [{ name: "json", summary: "writes the report as JSON" }],
  exitCodes: [
    [EXIT.finished, "the journal is sound"],
    [EXIT.usage, "wrong usage"],
    [EXIT.damaged, "the journal has faults"],
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
  const { store, name: journal } = await readJournal(request, "read");
  const report = await checkJournal(store, journal);
  const { exposure, hazard } = await store.examine?.(journal) ?? {};
  const warnings = [exposure, hazard].filter((warning) => warning !== undefined);
  if (request.flags.has("json")) writeJson(io, { ...report, warnings });
  else io.writeOut(renderReport(report, warnings).map((line) => `${escapeForTerminal(line)}\n`).join(""));
  return report.isSound ? EXIT.finished : EXIT.damaged;
}

function renderReport(report: CheckReport, warnings: readonly string[]): readonly string[] {
  const { journal, isSound, records, steps, faults, moreFaults, notes } = report;
  const size = `${formatNumberOf(records, "record")}, ${formatNumberOf(steps, "step")}`;
  return [
    ...faults.map(({ line, reason }) => `${journal}${line === 0 ? "" : `:${line}`}: ${reason}`),
    ...(moreFaults === 0 ? [] : [`… and ${moreFaults} more`]),
    ...warnings.map((warning) => `warning: ${warning}`),
    ...notes.map((note) => `note: ${note}`),
    isSound
      ? `sound: ${size}`
      : `not sound: ${formatNumberOf(faults.length + moreFaults, "fault")}; ${size} could be read`,
  ];
}
