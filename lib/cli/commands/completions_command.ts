import { suggestName } from "../../text/suggest_name.ts";
import { bashCompletion } from "../completion/bash_completion.ts";
import { fishCompletion } from "../completion/fish_completion.ts";
import { zshCompletion } from "../completion/zsh_completion.ts";
import { type Command, UsageError } from "../frame/command.ts";
import { EXIT } from "../frame/exit_code.ts";

const SHELLS: ReadonlyMap<string, (commands: readonly Command[]) => string> = new Map([
  ["bash", bashCompletion],
  ["zsh", zshCompletion],
  ["fish", fishCompletion],
]);

/** @param loadAll Loads all commands; this one is among them. */
export function completionsCommand(loadAll: () => Promise<readonly Command[]>): Command {
  const names = [...SHELLS.keys()];
  return {
    name: "completions",
    summary: "Writes a shell script that completes commands, options and journals",
    details: [
      "The script completes a command named resumable-tx. If there is no such command, the script defines it as a " +
      "function that runs deno run -A jsr:@x/resumable-tx/cli. To grant fewer permissions, define a function of " +
      "that name first. Completion itself does not run this program.",
      "Write the script to a file, once for each version, and load that file in your shell. For bash, add source " +
      "FILE to ~/.bashrc; for zsh, add it to ~/.zshrc after compinit; for fish, put the file into " +
      "~/.config/fish/conf.d.",
    ],
    permissions: "",
    arguments: [{ name: "SHELL", summary: `${names.slice(0, -1).join(", ")} or ${names.at(-1)}`, completion: names }],
    options: [],
    exitCodes: [
      [EXIT.finished, "written"],
      [EXIT.usage, "there is no script for this shell"],
    ],
    examples: [
      {
        words: "completions bash > ~/.resumable-tx.bash",
        what: "writes the file that ~/.bashrc reads with source",
      },
      { words: "completions fish > ~/.config/fish/conf.d/resumable-tx.fish", what: "writes the file that fish loads" },
    ],
    run: async ({ arguments: [shell = ""] }, io) => {
      const write = SHELLS.get(shell.toLowerCase());
      if (write === undefined) throw unknownShell(shell, names);
      io.writeOut(write(await loadAll()));
      return EXIT.finished;
    },
  };
}

function unknownShell(shell: string, names: readonly string[]): UsageError {
  const near = suggestName(shell, names);
  const hint = near === undefined ? `The shells are ${names.join(", ")}` : `Did you mean ${near}?`;
  return new UsageError(`No completions for the shell ${JSON.stringify(shell)}. ${hint}`);
}
