import type { Command, Completion } from "../frame/command.ts";
import { PROGRAM } from "../frame/help_text.ts";

/** Writes the script for bash; 3.2, which macOS has, understands it too. */
export function bashCompletion(commands: readonly Command[]): string {
  const names = commands.map(({ name }) => name);
  return [
    "# Completes resumable-tx in bash.",
    "if ! type resumable-tx >/dev/null 2>&1; then",
    `  resumable-tx() { ${PROGRAM} "$@"; }`,
    "fi",
    "",
    ...HELPERS,
    "",
    "_resumable_tx() {",
    "  local current=${COMP_WORDS[COMP_CWORD]} word index place=0 option= flags= valued=",
    "  COMPREPLY=()",
    "  if ((COMP_CWORD == 1)); then",
    `    _resumable_tx_words "${[...names, "--help", "--version"].join(" ")}"`,
    "    return",
    "  fi",
    "  case ${COMP_WORDS[1]} in",
    ...commands.map(describeOptions),
    "  esac",
    "  # To bash, the = of --option=value is a word.",
    '  [[ $current == "=" ]] && current=',
    "  for ((index = 2; index < COMP_CWORD; index++)); do",
    "    word=${COMP_WORDS[index]}",
    '    if [[ $word == "=" ]]; then continue; fi',
    "    if [[ -n $option ]]; then option=; continue; fi",
    '    case " $valued " in *" $word "*) option=$word ;; esac',
    "    [[ $word == -* ]] || ((place += 1))",
    "  done",
    '  if [[ -z $option && $current == -* ]]; then _resumable_tx_words "$flags $valued"; return; fi',
    '  case "${COMP_WORDS[1]} ${option:-$place}" in',
    ...commands.flatMap(describePlaces),
    "  esac",
    "}",
    "",
    "complete -F _resumable_tx resumable-tx",
    "",
  ].join("\n");
}

const HELPERS = [
  "_resumable_tx_words() {",
  "  local list=",
  "  # Of words with commas between them only the last is completed.",
  "  [[ ${2-} == list && $current == *,* ]] && list=${current%,*},",
  '  COMPREPLY=($(compgen -P "$list" -W "$1" -- "${current#"$list"}"))',
  "}",
  "",
  "_resumable_tx_paths() {",
  "  local path",
  "  compopt -o filenames 2>/dev/null",
  '  while IFS= read -r path; do [[ /$path == */.resumable_tx ]] || COMPREPLY+=("$path"); done < <(',
  '    compgen -d -- "$current"',
  '    [[ $1 == journal ]] && compgen -f -X "!*.json" -- "$current"',
  '    [[ $1 == file ]] && compgen -f -- "$current" | while IFS= read -r path; do [[ -d $path ]] || echo "$path"; done',
  "  )",
  "}",
];

function describeOptions({ name, options }: Command): string {
  const flags = ["--help", ...options.filter(({ value }) => value === undefined).map((option) => `--${option.name}`)];
  const valued = options.filter(({ value }) => value !== undefined).map((option) => `--${option.name}`);
  return `    ${name}) flags="${flags.join(" ")}" valued="${valued.join(" ")}" ;;`;
}

function describePlaces({ name, arguments: places, options }: Command): readonly string[] {
  return [
    ...places.map(({ completion, isRepeatable }, index) =>
      `    "${name} "${isRepeatable === true ? "[0-9]*" : index}) ${complete(completion)} ;;`
    ),
    ...options.flatMap((option) =>
      option.completion === undefined
        ? []
        : [`    "${name} --${option.name}") ${complete(option.completion, option.value?.includes(","))} ;;`]
    ),
  ];
}

function complete(completion: Completion, isList = false): string {
  if (completion === "journal" || completion === "file" || completion === "folder") {
    return `_resumable_tx_paths ${completion}`;
  }
  return `_resumable_tx_words "${completion.join(" ")}"${isList ? " list" : ""}`;
}
