import { parseArgs } from "@std/cli/parse-args";
import { suggestName } from "../../text/suggest_name.ts";
import { type Command, type CommandRequest, type OptionValue, UsageError } from "./command.ts";

/**
 * Reads the words behind a command.
 *
 * @param command The command.
 * @param words What follows its name.
 * @returns What it was called with, or nothing when help was asked for.
 * @throws {UsageError} A word is too many, too few, or unknown.
 */
export function parseRequest(command: Command, words: readonly string[]): CommandRequest | undefined {
  const valued = command.options.filter(({ value }) => value !== undefined).map(({ name }) => name);
  const flags = command.options.filter(({ value }) => value === undefined).map(({ name }) => name);
  // The parser would take any value but "false" for a yes.
  refuseValues(command, words, ["help", ...flags]);
  // And it would take the next word for the value of an option that ends in "=".
  refuseNoValues(command, words, valued);
  const unknown: string[] = [];
  const parsed = parseArgs([...words], {
    string: ["_", ...valued],
    boolean: ["help", ...flags],
    collect: valued,
    alias: { help: "h" },
    unknown: (word, key) => {
      if (key === undefined) return true;
      unknown.push(word);
      return false;
    },
  });
  // The names come from a table: what their values are, only looking tells.
  const found: Readonly<Record<string, unknown>> = parsed;
  if (found["help"] === true) return undefined;
  const [first] = unknown;
  if (first !== undefined) throw unknownOption(command, first);
  const plain = parsed._.map(String);
  checkArguments(command, plain);
  const values = orderValues(words, valued, (name) => textsOf(found[name]));
  checkValues(command, values);
  return { arguments: plain, flags: new Set(flags.filter((name) => found[name] === true)), values };
}

function refuseValues(command: Command, words: readonly string[], flags: readonly string[]): void {
  for (const word of beforeEnd(words)) {
    if (/^-h./s.test(word)) throw unknownOption(command, word);
    const name = /^--([^=]+)=/.exec(word)?.[1];
    if (name === undefined || !flags.includes(name)) continue;
    throw new UsageError(`The option --${name} takes no value: write --${name}, or leave it out`, command.name);
  }
}

/** What an unset variable leaves behind is no value, and what comes next none of this option. */
function refuseNoValues(command: Command, words: readonly string[], valued: readonly string[]): void {
  const empty = valued.find((name) => beforeEnd(words).includes(`--${name}=`));
  if (empty !== undefined) throw needsValue(command, empty);
}

/** Behind "--" nothing is an option. */
function beforeEnd(words: readonly string[]): readonly string[] {
  const end = words.indexOf("--");
  return end === -1 ? words : words.slice(0, end);
}

/** The parser collects the values of each option; which came before which only the words themselves say. */
function orderValues(
  words: readonly string[],
  names: readonly string[],
  valuesOf: (name: string) => readonly string[],
): readonly OptionValue[] {
  const taken = new Map<string, number>();
  const ordered: OptionValue[] = [];
  for (const word of beforeEnd(words)) {
    // A value never begins with a dash, unless "=" binds it to its option.
    const name = /^--([^=]+)/.exec(word)?.[1];
    if (name === undefined || !names.includes(name)) continue;
    const index = taken.get(name) ?? 0;
    taken.set(name, index + 1);
    ordered.push({ name, value: valuesOf(name)[index] ?? "" });
  }
  return ordered;
}

function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

function checkArguments(command: Command, plain: readonly string[]): void {
  const missing = command.arguments.slice(plain.length).find(({ isOptional }) => isOptional !== true);
  if (missing !== undefined) throw new UsageError(`${missing.name} is missing: ${missing.summary}`, command.name);
  const surplus = plain[command.arguments.length];
  const takesMore = command.arguments.at(-1)?.isRepeatable === true;
  if (surplus !== undefined && !takesMore) {
    throw new UsageError(`Unexpected argument ${JSON.stringify(surplus)}`, command.name);
  }
  if (plain.includes("")) throw new UsageError("An argument is empty", command.name);
}

function checkValues(command: Command, values: readonly OptionValue[]): void {
  const seen = new Set<string>();
  for (const { name, value } of values) {
    const option = command.options.find((candidate) => candidate.name === name);
    if (value === "") throw needsValue(command, name);
    if (seen.has(name) && option?.isRepeatable !== true) {
      throw new UsageError(`The option --${name} is given twice`, command.name);
    }
    seen.add(name);
  }
}

function needsValue(command: Command, name: string): UsageError {
  const value = command.options.find((option) => option.name === name)?.value;
  return new UsageError(
    `The option --${name} needs a value: --${name} ${value}. One that begins with "-" is written --${name}=…`,
    command.name,
  );
}

function unknownOption(command: Command, word: string): UsageError {
  const name = /^(--?[^=]+)/.exec(word)?.[1] ?? word;
  const near = suggestName(name.replace(/^-+/, ""), ["help", ...command.options.map((option) => option.name)]);
  const question = near === undefined ? "" : `. Is --${near} meant?`;
  return new UsageError(`Unknown option ${JSON.stringify(name)} of ${command.name}${question}`, command.name);
}
