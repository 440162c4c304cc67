import { VERSION } from "../version.ts";
import { commandNames, loadCommand, loadCommands } from "./commands/commands.ts";
import { JournalExported } from "../errors/opening_errors.ts";
import { type Command, type CommandIo, writeLines } from "./frame/command.ts";
import { EXIT, reportError } from "./frame/exit_code.ts";
import { commandHelp, helpText, unknownCommand } from "./frame/help_text.ts";
import { chooseStore } from "./frame/store_option.ts";
import { parseRequest } from "./frame/parse_request.ts";

/** Runs a command line, the words after the program's name, and returns the exit code. Never throws. */
export async function main([word, ...rest]: readonly string[], io: CommandIo): Promise<number> {
  let command: Command | undefined;
  try {
    switch (word) {
      case undefined:
        io.writeError(helpText(await loadCommands()));
        return EXIT.usage;
      case "--help":
      case "-h":
        io.writeOut(helpText(await loadCommands()));
        return EXIT.finished;
      case "--version":
        io.writeOut(`${VERSION}\n`);
        return EXIT.finished;
    }
    command = await loadCommand(word);
    if (command === undefined) throw unknownCommand(word, commandNames);
    const request = parseRequest(command, rest);
    if (request !== undefined) {
      await using opened = new AsyncDisposableStack();
      return await command.run({ ...request, store: chooseStore(command, request, io), opened }, io);
    }
    io.writeOut(commandHelp(command));
    return EXIT.finished;
  } catch (error) {
    const code = reportError(error, io, command?.name);
    if (error instanceof JournalExported) {
      const { describeExported } = await import("../messages/describe_move.ts");
      writeLines(io, describeExported(error));
    }
    return code;
  }
}
