import type { JournalExported } from "../errors/opening_errors.ts";
import { nextLines } from "../errors/journal_error.ts";
import type { Recovered } from "../journal/stored.ts";
import { commandLine, quote } from "../text/escape.ts";
import { exportedCommands } from "./next_commands.ts";

/** What to type about a transaction that a file has. */
export function describeExported({ journal, file }: JournalExported): readonly string[] {
  return nextLines(exportedCommands(journal, { file }));
}

export function describeExport(
  kind: "moved" | "copied" | "completed",
  journal: string,
  { file, library, isOver }: { readonly file: string; readonly library: string; readonly isOver: boolean },
): readonly string[] {
  if (kind === "copied") {
    return [`copied: ${quote(file)} has all of ${quote(journal)}, which has finished and stays in the database`];
  }
  const before = kind === "completed" ? ", which an earlier export had not completed" : "";
  const moved = `moved: ${quote(file)} has the transaction now${before}. The database does not run it`;
  return isOver
    ? [moved]
    : [moved, ...nextLines([{ when: "Run the rest", command: commandLine(library, "resume", file) }])];
}

interface Imported {
  readonly file: string;
  readonly library: string;
  readonly isOver: boolean;
  readonly isKept: boolean;
  readonly recovered: Recovered | undefined;
}

export function describeImport(
  kind: "moved" | "completed",
  journal: string,
  { file, library, isOver, isKept, recovered }: Imported,
): readonly string[] {
  const stays = isKept
    ? `The file ${quote(file)} stays, with a blank as its first byte: it is no journal any more`
    : `The file ${quote(file)} is removed`;
  const before = kind === "completed" ? ", which an earlier move had not completed" : "";
  const moved = `moved: ${quote(journal)} has the transaction now${before}. ${stays}`;
  const saved = recovered?.savedAs === undefined ? "" : `, and kept in ${quote(recovered.savedAs)} beside it`;
  const cut = recovered === undefined
    ? []
    : [`${recovered.cutBytes} bytes of an incomplete record, which a crash had left, were cut off${saved}`];
  const next = isOver ? [] : nextLines([{ when: "Run the rest", command: commandLine(library, "resume", journal) }]);
  return [moved, ...cut, ...next];
}

/** What a person should know before the database runs an exported transaction again. */
export function describeReclaim(
  journal: string,
  { file, host }: Pick<JournalExported, "file" | "host">,
): readonly string[] {
  const where = `${file === undefined ? "a file" : quote(file)}${host === undefined ? "" : ` on ${host}`}`;
  return [
    `${quote(journal)} was exported to ${where}`,
    "Steps that have run from that file since are not known here, and would run again",
  ];
}
