import { nextLines } from "../../errors/journal_error.ts";
import { describeReclaim } from "../../messages/describe_move.ts";
import { resumeCommand } from "../../messages/next_commands.ts";
import { readReclaimable, reclaimJournal } from "../../run/amend/reclaim_journal.ts";
import { type Command, type CommandIo, type CommandRequest, UsageError, writeLines } from "../frame/command.ts";
import { readReason, REASON_OPTIONS } from "../frame/decision_options.ts";
import { EXIT, WRITE_CODES } from "../frame/exit_code.ts";
import { readJournal, STORED } from "../frame/journal_argument.ts";
import { confirm } from "../show/confirm_steps.ts";

export const reclaimCommand: Command = {
  name: "reclaim",
  summary: "Makes a database run an exported transaction again because its file is gone",
  details: [
    "Use it only if the file, and every copy of it, is gone: what has run from it since it was exported is not known to the " +
    "database, and would run again. If you have the file, use import.",
    "Say with --why how you know that it is gone. This command runs nothing. It records in the journal who says so, when and why. From then on, the file could not be " +
    "imported any more.",
    "If the file is still in its place on this machine, reclaim refuses. On a terminal it asks; elsewhere, it needs --yes.",
  ],
  permissions: "-A",
  arguments: [STORED],
  options: [
    ...REASON_OPTIONS,
    { name: "yes", summary: "does not ask" },
  ],
  exitCodes: [
    [EXIT.finished, "the database runs it from now on, or you answered no"],
    [EXIT.usage, "wrong usage, it is not exported, or its file is still there"],
    ...WRITE_CODES,
  ],
  examples: [{
    words: "reclaim 'sqlite:/var/lib/tx.db#order-7' --why \"the laptop was stolen before it ran\"",
    what: "lets resume run the rest in the database",
  }],
  run: reclaim,
};

async function reclaim(request: CommandRequest, io: CommandIo): Promise<number> {
  const reason = readReason(request, io);
  if ((reason.why ?? "") === "") throw new UsageError("Say with --why how you know that the file is gone");
  const located = await readJournal(request, "write");
  const { exported } = await readReclaimable(located);
  if (!request.flags.has("yes")) {
    const lines = describeReclaim(located.name, exported);
    if (io.ask === undefined) {
      writeLines(io, lines);
      throw new UsageError("Without a terminal, reclaim cannot ask: pass --yes");
    }
    if (!await confirm(io, [...lines, "Is the file gone?"], "Nothing was changed")) return EXIT.finished;
  }
  const state = await reclaimJournal(located, reason);
  const lines = ["reclaimed: the database has the transaction, as it was when it was exported"];
  writeLines(io, [...lines, ...nextLines([resumeCommand(state, located.name)])]);
  return EXIT.finished;
}
