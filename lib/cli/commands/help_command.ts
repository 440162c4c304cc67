import type { Command } from "../frame/command.ts";
import { EXIT, reportError } from "../frame/exit_code.ts";
import { commandHelp, helpText, unknownCommand } from "../frame/help_text.ts";

/** `loadAll` loads all commands, which have these names; this one is among them. */
export function helpCommand(names: readonly string[], loadAll: () => Promise<readonly Command[]>): Command {
  return {
    name: "help",
    summary: "Shows what a command does, its arguments and options, with examples",
    details: ["--help after a command shows the same text."],
    permissions: "",
    arguments: [{ name: "COMMAND", summary: "the command; default: all", isOptional: true, completion: names }],
    options: [],
    exitCodes: [
      [EXIT.finished, "shown"],
      [EXIT.usage, "there is no such command"],
    ],
    examples: [{ words: "help resume", what: "shows everything about resume" }],
    run: async ({ arguments: [word] }, io) => {
      const commands = await loadAll();
      const command = commands.find(({ name }) => name === word);
      if (word !== undefined && command === undefined) return reportError(unknownCommand(word, names), io);
      io.writeOut(command === undefined ? helpText(commands) : commandHelp(command));
      return EXIT.finished;
    },
  };
}
