import type { Command } from "./command.ts";
import { EXIT } from "./exit_code.ts";
import { commandHelp, helpText } from "./help_text.ts";
import { unknownCommand } from "./unknown_command.ts";

/**
 * `help`: says what the others do.
 *
 * @param list All commands; this one is among them, hence a function.
 */
export function helpCommand(list: () => readonly Command[]): Command {
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
    run: ({ arguments: [word] }, io) => {
      const commands = list();
      const command = commands.find(({ name }) => name === word);
      if (word !== undefined && command === undefined) throw unknownCommand(word, commands);
      io.writeOut(command === undefined ? helpText(commands) : commandHelp(command));
      return Promise.resolve(EXIT.finished);
    },
  };
}
