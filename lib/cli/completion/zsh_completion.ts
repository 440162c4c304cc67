import type { Command, CommandOption, Completion } from "../frame/command.ts";
import { PROGRAM } from "../frame/help_text.ts";

/** Writes the script for zsh, to be read after compinit, or to be a file `_resumable-tx` in `fpath`. */
export function zshCompletion(commands: readonly Command[]): string {
  return [
    "#compdef resumable-tx",
    "# Completes resumable-tx in zsh.",
    "if ! (( $+commands[resumable-tx] || $+functions[resumable-tx] || $+aliases[resumable-tx] )); then",
    `  resumable-tx() { ${PROGRAM} "$@" }`,
    "fi",
    "",
    "_resumable-tx() {",
    // `commands` and `options` are tables of zsh itself.
    "  local -a subcommands flags",
    "  subcommands=(",
    ...commands.map(({ name, summary }) => `    ${quote(`${name}:${summary}`)}`),
    "  )",
    "  flags=('--help:shows the help' '--version:shows the version')",
    "  if (( CURRENT == 2 )); then",
    "    if [[ $PREFIX == -* ]]; then _describe -o option flags; else _describe -t commands command subcommands; fi",
    "    return",
    "  fi",
    "  local command=$words[2]",
    "  shift words",
    "  (( CURRENT -= 1 ))",
    "  case $command in",
    ...commands.flatMap((command) => [
      `    (${command.name})`,
      ...specsOf(command).map((spec, index, all) =>
        `      ${index === 0 ? "_arguments " : "  "}${quote(spec)}${index === all.length - 1 ? "" : " \\"}`
      ),
      "      ;;",
    ]),
    "  esac",
    "}",
    "",
    'if [[ "$funcstack[1]" == "_resumable-tx" ]]; then',
    '  _resumable-tx "$@"',
    "else",
    "  compdef _resumable-tx resumable-tx",
    "fi",
    "",
  ].join("\n");
}

function specsOf(command: Command): readonly string[] {
  return [
    "--help[shows the help]",
    ...command.options.map(optionSpec),
    ...command.arguments.map(({ name, isOptional, isRepeatable, completion }, index) => {
      // Two colons after a star have another meaning.
      const place = isRepeatable === true ? "*:" : `${index + 1}:${isOptional === true ? ":" : ""}`;
      return `${place}${escapeSpec(name)}:${actionOf(completion)}`;
    }),
  ];
}

function optionSpec({ name, value, summary, isRepeatable, completion }: CommandOption): string {
  const star = isRepeatable === true ? "*" : "";
  const option = `${star}--${name}${value === undefined ? "" : "="}[${escapeSpec(summary)}]`;
  if (value === undefined) return option;
  const action = completion === undefined ? " " : actionOf(completion, value.includes(","));
  return `${option}:${escapeSpec(value)}:${action}`;
}

function actionOf(completion: Completion, isList = false): string {
  switch (completion) {
    case "journal":
      return '_files -g "*.json"';
    case "file":
      return "_files";
    case "folder":
      return "_files -/";
    default:
      return isList ? `_values -s , word ${completion.join(" ")}` : `(${completion.join(" ")})`;
  }
}

/** Brackets end a description, colons a part of a specification. */
function escapeSpec(text: string): string {
  return text.replace(/[[\]:\\]/g, "\\$&");
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
