import { hidePassword } from "../../text/escape.ts";
import { suggestName } from "../../text/suggest_name.ts";
import { wrapText } from "../../text/width.ts";
import { type Command, type CommandOption, UsageError } from "./command.ts";

export const PROGRAM = "deno run -A jsr:@x/resumable-tx/cli";

/** What a shell must be told so that a short word calls the program. */
export const ALIAS = `alias resumable-tx='${PROGRAM}'`;

const WIDTH = 80;

const OPTIONS: readonly (readonly [name: string, summary: string])[] = [
  ["--help", "shows this help; after a command, shows the help of that command"],
  ["--version", "shows the version"],
];

/** How one command is called: with the permissions that it needs, and no others. A database needs more than files. */
export function programFor(command: Command, words = ""): string {
  const permissions = /\b(?:sqlite|postgres):/.test(words) ? "-A" : command.permissions;
  return ["deno run", permissions, "jsr:@x/resumable-tx/cli"].filter((word) => word !== "").join(" ");
}

export function usageLine(command: Command): string {
  const words = command.arguments.map(({ name, isOptional, isRepeatable }) => {
    const word = isRepeatable === true ? `${name}…` : name;
    return isOptional === true ? `[${word}]` : word;
  });
  const options = command.options.length > 0 ? ["[OPTION]…"] : [];
  return [programFor(command), command.name, ...words, ...options].join(" ");
}

export function optionWord({ name, value }: CommandOption): string {
  return value === undefined ? `--${name}` : `--${name} ${value}`;
}

export function helpText(commands: readonly Command[]): string {
  return [
    "Inspects, repairs and resumes transactions from their journals",
    "",
    `  ${PROGRAM} COMMAND …`,
    "",
    "Commands",
    ...renderTable(commands.map(({ name, summary }) => [name, summary])),
    "",
    "Options",
    ...renderTable(OPTIONS),
    "",
    "To type less, define resumable-tx in your shell. completions defines it, too",
    `  ${ALIAS}`,
    "",
    `Type "${PROGRAM} help COMMAND" for more`,
    "",
  ].join("\n");
}

export function commandHelp(command: Command): string {
  const shown = command.options.filter(({ isInternal }) => isInternal !== true);
  const options = shown.map((option) => [optionWord(option), option.summary] as const);
  const section = (title: string, lines: readonly string[]) => (lines.length === 0 ? [] : [title, ...lines, ""]);
  return [
    command.summary,
    "",
    `  ${usageLine(command)}`,
    "",
    ...command.details.flatMap((paragraph) => [...wrapText(paragraph, WIDTH), ""]),
    ...section("Arguments", renderTable(command.arguments.map(({ name, summary }) => [name, summary]))),
    ...section("Options", renderTable([...options, ["--help", "shows this help"]])),
    ...section(
      "Examples",
      command.examples.flatMap(({ words, what }) => [
        ...wrapText(what, WIDTH - 2).map((line) => `  ${line}`),
        `    ${programFor(command, words)} ${words}`,
      ]),
    ),
    ...section("Exit codes", renderTable(command.exitCodes.map(([code, meaning]) => [String(code), meaning]))),
  ].join("\n");
}

function renderTable(rows: readonly (readonly [string, string])[]): readonly string[] {
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.flatMap(([name, text]) =>
    wrapText(text, WIDTH - width - 4).map((line, index) => `  ${(index === 0 ? name : "").padEnd(width)}  ${line}`)
  );
}

export function unknownCommand(word: string, commandNames: readonly string[]): UsageError {
  const isOption = word.startsWith("-");
  const names = isOption ? ["--help", "--version"] : commandNames;
  const near = suggestName(word, names);
  const subject = `Unknown ${isOption ? "option" : "command"} ${JSON.stringify(hidePassword(word))}`;
  if (near !== undefined) return new UsageError(`${subject}. Did you mean ${near}?`);
  if (/[/\\]|\.json$/i.test(word)) return new UsageError(`${subject}. The command comes before the journal: inspect …`);
  return new UsageError(`${subject}. The ${isOption ? "options" : "commands"} are ${names.join(", ")}`);
}
