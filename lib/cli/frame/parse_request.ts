import { parseArgs } from "@std/cli/parse-args";
import { hidePassword } from "../../text/escape.ts";
import { suggestName } from "../../text/suggest_name.ts";
import { type Command, type CommandRequest, UsageError } from "./command.ts";

/** Parses the words after a command's name. Returns nothing if help was asked for. What `parseArgs` does not check is around it. */
export function parseRequest(command: Command, words: readonly string[]): CommandRequest | undefined {
  const valued = command.options.filter(({ value }) => value !== undefined).map(({ name }) => name);
  const flags = command.options.filter(({ value }) => value === undefined).map(({ name }) => name);
  checkEqualSigns(command, words);
  const unknown: string[] = [];
  // The names come from a table, so the parser's type knows none of them.
  const parsed: Readonly<Record<string, unknown>> & { readonly _: readonly (string | number)[] } = parseArgs(
    [...words],
    {
      string: ["_", ...valued],
      boolean: ["help", ...flags],
      collect: valued,
      alias: { help: "h" },
      unknown: (word, key) => {
        if (key === undefined) return true;
        unknown.push(word);
        return false;
      },
    },
  );
  if (parsed["help"] === true) return undefined;
  const [first] = unknown;
  if (first !== undefined) throw unknownOption(command, first);
  const plain = parsed._.map(String);
  checkArguments(command, plain);
  const values = orderValues(words, valued, parsed);
  checkValues(command, values);
  const request: CommandRequest = {
    arguments: plain,
    flags: new Set(flags.filter((name) => parsed[name] === true)),
    values,
    texts: new Map(values.map(({ name, value }) => [name, value])),
  };
  checkCombination(command, request);
  return request;
}

/** The parser takes any value of a flag but "false" for a yes, and after `--option=` it takes the next word. */
function checkEqualSigns(command: Command, words: readonly string[]): void {
  for (const word of beforeEnd(words)) {
    if (/^-h./s.test(word)) throw unknownOption(command, word);
    const [, name = "", value = ""] = /^--([^=]+)=(.*)$/s.exec(word) ?? [];
    const option = name === "help" ? { value: undefined } : command.options.find((one) => one.name === name);
    if (option !== undefined && option.value === undefined) {
      throw new UsageError(`The option --${name} takes no value: write --${name}, or leave it out`);
    }
    if (option !== undefined && value === "") throw needsValue(command, name);
  }
}

/** After "--", nothing is an option. */
function beforeEnd(words: readonly string[]): readonly string[] {
  const end = words.indexOf("--");
  return end === -1 ? words : words.slice(0, end);
}

/** The parser collects the values of each option by itself. Only the words tell their order. */
function orderValues(
  words: readonly string[],
  names: readonly string[],
  found: Readonly<Record<string, unknown>>,
): CommandRequest["values"] {
  const taken = new Map<string, number>();
  return beforeEnd(words).flatMap((word): CommandRequest["values"] => {
    // A value never begins with a dash, unless "=" binds it to its option.
    const name = /^--([^=]+)/.exec(word)?.[1];
    if (name === undefined || !names.includes(name)) return [];
    const index = taken.get(name) ?? 0;
    taken.set(name, index + 1);
    const values = found[name];
    return [{ name, value: Array.isArray(values) ? String(values[index] ?? "") : "" }];
  });
}

function checkArguments({ arguments: places }: Command, plain: readonly string[]): void {
  const missing = places.slice(plain.length).find(({ isOptional }) => isOptional !== true);
  if (missing !== undefined) throw new UsageError(`The argument ${missing.name} is missing: ${missing.summary}`);
  const surplus = plain[places.length];
  if (surplus !== undefined && places.at(-1)?.isRepeatable !== true) {
    throw new UsageError(`Unexpected argument ${JSON.stringify(hidePassword(surplus))}`);
  }
  if (plain.includes("")) throw new UsageError("An argument is empty");
}

function checkValues(command: Command, values: CommandRequest["values"]): void {
  const once = new Set(command.options.filter(({ isRepeatable }) => isRepeatable !== true).map(({ name }) => name));
  for (const [index, { name, value }] of values.entries()) {
    if (value === "") throw needsValue(command, name);
    const isSecond = values.slice(0, index).some((other) => other.name === name);
    if (once.has(name) && isSecond) throw new UsageError(`The option --${name} is given twice`);
  }
}

function checkCombination({ options, alternatives = [] }: Command, { flags, texts }: CommandRequest): void {
  const isGiven = (name: string) => flags.has(name) || texts.has(name);
  for (const group of alternatives) {
    const [one, other] = group.filter(isGiven);
    if (other !== undefined) throw new UsageError(`--${one} and --${other} cannot be used together`);
  }
  for (const { name, belongsTo } of options) {
    if (belongsTo !== undefined && isGiven(name) && !isGiven(belongsTo)) {
      throw new UsageError(`--${name} needs --${belongsTo}`);
    }
  }
}

function needsValue({ options }: Command, name: string): UsageError {
  const value = options.find((option) => option.name === name)?.value;
  const hint = `If the value begins with "-", write --${name}=…`;
  return new UsageError(`The option --${name} needs a value: --${name} ${value}. ${hint}`);
}

function unknownOption(command: Command, word: string): UsageError {
  const name = /^(--?[^=]+)/.exec(word)?.[1] ?? word;
  const near = suggestName(name.replace(/^-+/, ""), ["help", ...command.options.map((option) => option.name)]);
  const question = near === undefined ? "" : `. Did you mean --${near}?`;
  return new UsageError(`Unknown option ${JSON.stringify(name)} of ${command.name}${question}`);
}
