import type { Command, CommandOption, Completion } from "../frame/command.ts";
import { PROGRAM } from "../frame/help_text.ts";

export function fishCompletion(commands: readonly Command[]): string {
  return [
    "# Completes resumable-tx in fish.",
    "if not type -q resumable-tx",
    "    function resumable-tx",
    `        ${PROGRAM} $argv`,
    "    end",
    "end",
    "",
    "complete -c resumable-tx -f",
    "complete -c resumable-tx -n __fish_use_subcommand -l help -d 'shows the help'",
    "complete -c resumable-tx -n __fish_use_subcommand -l version -d 'shows the version'",
    ...commands.map(({ name, summary }) =>
      `complete -c resumable-tx -n __fish_use_subcommand -a ${name} -d ${quote(summary)}`
    ),
    ...commands.flatMap(describe),
    "",
  ].join("\n");
}

function describe(command: Command): readonly string[] {
  // The second word, and not any word: `help list` is no `list`.
  const begin = `complete -c resumable-tx -n 'contains -- ${command.name} (commandline -opc)[2]'`;
  // fish does not tell the position of an argument, so each position offers the words of all.
  const actions = new Set(command.arguments.map(({ completion }) => actionOf(completion)));
  return [
    `${begin} -l help -d 'shows the help'`,
    ...command.options.map((option) => `${begin} ${describeOption(option)}`),
    ...Array.from(actions, (action) => `${begin} ${action}`),
  ];
}

function describeOption({ name, value, summary, completion }: CommandOption): string {
  const description = `-d ${quote(summary)}`;
  if (value === undefined) return `-l ${name} ${description}`;
  const action = completion === undefined ? "" : `${actionOf(completion, value.includes(","))} `;
  // -x is -r and -f, and fish refuses the -f beside the -F of files.
  return `-l ${name} ${completion === "file" ? "-r" : "-x"} ${action}${description}`;
}

function actionOf(completion: Completion, isList = false): string {
  switch (completion) {
    case "journal":
      // Without the filter, fish also offers files with other suffixes, after these.
      return `-k -a '(__fish_complete_suffix .json | string match -er "(?:\\.json|/)(?:\\t|\\$)")'`;
    case "file":
      return "-F";
    case "folder":
      return "-a '(__fish_complete_directories)'";
    default:
      return isList ? `-a '(__fish_append , ${completion.join(" ")})'` : `-a '${completion.join(" ")}'`;
  }
}

function quote(text: string): string {
  return `'${text.replace(/[\\']/g, "\\$&")}'`;
}
