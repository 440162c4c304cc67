import type { Command } from "../frame/command.ts";
import { EXIT } from "../frame/exit_code.ts";
import { commandHelp, helpText } from "../frame/help_text.ts";
import { unknownCommand } from "../frame/help_text.ts";

/**
 * `help`: says what the others do.
 *
 * @param loadAll Loads all commands; this one is among them.
 */
export function helpCommand(loadAll: () => Promise<readonly Command[]>): Command {
  return {
    name: "help",
    summary: "Shows what a command does, takes and answers, with examples",
    details: ["The same text comes from --help behind the command."],
    permissions: "",
    arguments: [{ name: "COMMAND", summary: "the command; all if left out", isOptional: true, completion: "command" }],
    options: [],
    exitCodes: [
      [EXIT.finished, "shown"],
      [EXIT.usage, "there is no such command"],
    ],
    examples: [{ words: "help resume", what: "shows all that resume can be told" }],
    run: async ({ arguments: [word] }, io) => {
      const commands = await loadAll();
      const command = commands.find(({ name }) => name === word);
      if (word !== undefined && command === undefined) throw unknownCommand(word, commands.map(({ name }) => name));
      io.writeOut(command === undefined ? helpText(commands) : commandHelp(command));
      return EXIT.finished;
    },
  };
}
