/** Writes docs/command_line.md from what the commands say of themselves (`deno task docs`). */

import { loadCommands } from "../lib/cli/commands/commands.ts";
import type { Command } from "../lib/cli/frame/command.ts";
import { ALIAS, optionWord, programFor, usageLine } from "../lib/cli/frame/help_text.ts";
import { wrapText } from "../lib/text/width.ts";

/** Where the page lies. */
export const PAGE = new URL("../docs/command_line.md", import.meta.url);

/** As wide as the formatter makes prose, so that it finds nothing to change. */
const WIDTH = 120;

/** Writes the page: Markdown, as `deno fmt` leaves it. */
export function commandLinePage(list: readonly Command[]): string {
  return [
    "# Command line",
    "",
    ...paragraph(
      "Made by `deno task docs` from the data that `--help` shows. Do not edit it: change the command in `lib/cli/`.",
    ),
    ...renderTable(
      ["command", "what it does"],
      list.map(({ name, summary }) => [`[\`${name}\`](#${name})`, escapeMarkdown(summary)]),
    ),
    "",
    ...paragraph(
      "`--help` after a command, or `help COMMAND`, shows the text on this page. If an argument begins with a dash, " +
        "write it after `--`. If the value of an option does, use `=`: `--why=-`. The requested output goes to " +
        "standard output, everything else to standard error.",
    ),
    ...paragraph(
      "To type less, define a short command in your shell. The script that [`completions`](#completions) writes defines " +
        "it, too.",
    ),
    "```sh",
    ALIAS,
    "resumable-tx list",
    "```",
    "",
    ...list.flatMap(renderCommand),
  ].join("\n").replace(/\n+$/, "\n");
}

function renderCommand(command: Command): readonly string[] {
  const section = (title: string, header: readonly [string, string], rows: readonly (readonly [string, string])[]) =>
    rows.length === 0 ? [] : [`**${title}**`, "", ...renderTable(header, rows), ""];
  return [
    `## ${command.name}`,
    "",
    ...paragraph(`${command.summary}.`),
    "```sh",
    usageLine(command),
    "```",
    "",
    ...command.details.flatMap((text) => paragraph(escapeMarkdown(text))),
    ...section(
      "Arguments",
      ["argument", "what it is"],
      command.arguments.map(({ name, summary }) => [`\`${name}\``, escapeMarkdown(summary)]),
    ),
    ...section(
      "Options",
      ["option", "what it does"],
      command.options.map((
        option,
      ) => [`\`${optionWord(option).replaceAll("|", "\\|")}\``, escapeMarkdown(option.summary)]),
    ),
    "**Examples**",
    "",
    "```sh",
    ...command.examples.flatMap(({ words, what }, index) => [
      ...(index === 0 ? [] : [""]),
      `# ${what}`,
      `${programFor(command, words)} ${words}`,
    ]),
    "```",
    "",
    ...section(
      "Exit codes",
      ["code", "meaning"],
      command.exitCodes.map(([code, meaning]) => [String(code), escapeMarkdown(meaning)]),
    ),
  ];
}

function paragraph(text: string): readonly string[] {
  return [...wrapText(text, WIDTH), ""];
}

/** Columns are as wide as their widest cell, as the formatter wants them. */
function renderTable(
  header: readonly [string, string],
  rows: readonly (readonly [string, string])[],
): readonly string[] {
  const all = [header, ...rows];
  const [first, second] = [0, 1].map((column) => Math.max(3, ...all.map((row) => (row[column] ?? "").length)));
  const line = ([a, b]: readonly [string, string]) => `| ${a.padEnd(first ?? 0)} | ${b.padEnd(second ?? 0)} |`;
  return [line(header), line(["-".repeat(first ?? 0), "-".repeat(second ?? 0)]), ...rows.map(line)];
}

/** Bars would end a table's cell; the others would be taken for emphasis. */
function escapeMarkdown(text: string): string {
  return text.replace(/[|*_]/g, "\\$&");
}

if (import.meta.main) {
  await Deno.writeTextFile(PAGE, commandLinePage(await loadCommands()));
}
