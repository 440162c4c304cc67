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

/**
 * `completions`: writes a script with which a shell completes this command line.
 *
 * @param loadAll Loads all commands; this one is among them.
 */
export function completionsCommand(loadAll: () => Promise<readonly Command[]>): Command {
  const names = [...SHELLS.keys()];
  return {
    name: "completions",
    summary: "Writes a script with which a shell completes commands, options and journals",
    details: [
      "The script is for a command named resumable-tx. Where there is none it makes one, a function that runs deno run -A " +
      "jsr:@x/resumable-tx/cli; to permit less, define a function of that name before. It runs nothing of this program " +
      "when a word is completed.",
      "Write it into a file once for each version, and let the shell read that: in ~/.bashrc or, behind compinit, in " +
      "~/.zshrc with source FILE; for fish into ~/.config/fish/conf.d.",
    ],
    permissions: "",
    arguments: [{ name: "SHELL", summary: `${names.slice(0, -1).join(", ")} or ${names.at(-1)}`, completion: names }],
    options: [],
    exitCodes: [
      [EXIT.finished, "written"],
      [EXIT.usage, "not for such a shell"],
    ],
    examples: [
      {
        words: "completions bash > ~/.resumable-tx.bash",
        what: "makes the file that ~/.bashrc then reads with source",
      },
      { words: "completions fish > ~/.config/fish/conf.d/resumable-tx.fish", what: "does all that fish needs" },
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
  const hint = near === undefined ? `There are ${names.join(", ")}` : `Is ${near} meant?`;
  return new UsageError(`No completions for the shell ${JSON.stringify(shell)}. ${hint}`, "completions");
}
