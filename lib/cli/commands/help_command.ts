import type { Command } from "../frame/command.ts";
import { EXIT } from "../frame/exit_code.ts";
import { commandHelp, helpText, unknownCommand } from "../frame/help_text.ts";

/** @param loadAll Loads all commands; this one is among them. */
export function helpCommand(loadAll: () => Promise<readonly Command[]>): Command {
  return {
    name: "help",
    summary: "Shows what a command does, its arguments and options, with examples",
    details: ["--help after a command shows the same text."],
    permissions: "",
    arguments: [{ name: "COMMAND", summary: "the command; default: all", isOptional: true, completion: "command" }],
    options: [],
    exitCodes: [
      [EXIT.finished, "shown"],
      [EXIT.usage, "there is no such command"],
    ],
    examples: [{ words: "help resume", what: "shows everything about resume" }],
    run: async ({ arguments: [word] }, io) => {
      const commands = await loadAll();
      const command = commands.find(({ name }) => name === word);
      if (word !== undefined && command === undefined) throw unknownCommand(word, commands.map(({ name }) => name));
      io.writeOut(command === undefined ? helpText(commands) : commandHelp(command));
      return EXIT.finished;
    },
  };
}
