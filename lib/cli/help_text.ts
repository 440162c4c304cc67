import type { Command } from "./command.ts";

/** How the command line is called. */
export const PROGRAM = "deno run -A jsr:@x/resumable-tx/cli";

/** Writes the help of the command line as a whole. */
export function helpText(commands: readonly Command[]): string {
  const rows = commands.map(({ name, summary }) => [name, summary] as const);
  return [
    "Looks at transactions that were written down, and runs the rest of them",
    "",
    `  ${PROGRAM} COMMAND JOURNAL …`,
    "",
    "Commands",
    ...renderTable(rows),
    "",
    "Options",
    ...renderTable([["--help", "shows this, or behind a command its help"], ["--version", "shows the version"]]),
    "",
  ].join("\n");
}

/** Writes the help of one command. */
export function commandHelp(command: Command): string {
  const words = command.arguments.map(({ name, isOptional }) => (isOptional ? `[${name}]` : name));
  const hasOptions = command.options.length > 0;
  const options = command.options.map((option) => {
    const value = option.value === undefined ? "" : ` ${option.value}`;
    return [`--${option.name}${value}`, option.summary] as const;
  });
  return [
    command.summary,
    "",
    `  ${[PROGRAM, command.name, ...words, ...(hasOptions ? ["[OPTION]…"] : [])].join(" ")}`,
    "",
    ...command.details.flatMap((paragraph) => [...wrap(paragraph, 80), ""]),
    "Arguments",
    ...renderTable(command.arguments.map(({ name, summary }) => [name, summary])),
    "",
    "Options",
    ...renderTable([...options, ["--help", "shows this"]]),
    "",
    "Exit codes",
    ...renderTable(command.exitCodes.map(([code, meaning]) => [String(code), meaning])),
    "",
  ].join("\n");
}

function renderTable(rows: readonly (readonly [string, string])[]): readonly string[] {
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, text]) => `  ${name.padEnd(width)}  ${text}`);
}

function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + word.length + 1 > width) {
      lines.push(line);
      line = "";
    }
    line += line === "" ? word : ` ${word}`;
  }
  return [...lines, line];
}
