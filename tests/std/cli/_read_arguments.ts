type Names = string | boolean | readonly string[] | undefined;

/** The options of `parseArgs`, without the types that it derives from them. */
export interface RawOptions {
  "--"?: boolean | undefined;
  alias?: Record<string, string | readonly string[]>;
  boolean?: Names;
  default?: Record<string, unknown> | undefined;
  stopEarly?: boolean;
  string?: Names;
  collect?: Names;
  negatable?: Names;
  unknown?: (arg: string, key?: string, value?: unknown) => unknown;
}

type FlagValue = string | number | boolean;

/** The options as sets of names, each with all its aliases. */
interface Rules {
  readonly aliases: ReadonlyMap<string, readonly string[]>;
  readonly booleans: ReadonlySet<string>;
  readonly strings: ReadonlySet<string>;
  readonly collected: ReadonlySet<string>;
  readonly negatable: ReadonlySet<string>;
  readonly allBooleans: boolean;
  readonly acceptsUnknown: (...met: Parameters<NonNullable<RawOptions["unknown"]>>) => boolean;
}

interface Parsed extends Record<string, unknown> {
  _: (string | number)[];
}

/** Reads a command line into a record; `parseArgs` gives it its type. */
export function readArguments(args: readonly string[], options: RawOptions): Record<string, unknown> {
  const rules = makeRules(options);
  const parsed: Parsed = { _: [] };
  const end = args.indexOf("--");
  const words = end === -1 ? args : args.slice(0, end);
  const rest = end === -1 ? [] : args.slice(end + 1);
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? "";
    if (word.startsWith("--")) {
      i += readLongFlag(word, words[i + 1], rules, parsed);
    } else if (word.startsWith("-") && word !== "-") {
      i += readShortFlags(word, words[i + 1], rules, parsed);
    } else {
      if (rules.acceptsUnknown(word)) parsed._.push(rules.strings.has("_") ? word : toNumber(word));
      if (options.stopEarly) {
        parsed._.push(...words.slice(i + 1));
        break;
      }
    }
  }
  addDefaults(parsed, rules, options);
  if (options["--"]) parsed["--"] = rest;
  else parsed._.push(...rest);
  return parsed;
}

function makeRules(options: RawOptions): Rules {
  const aliases = new Map<string, readonly string[]>();
  for (const [name, others] of Object.entries(options.alias ?? {})) {
    const group = [name, ...[others].flat()];
    for (const member of group) aliases.set(member, group);
  }
  const withAliases = (names: unknown) =>
    new Set([names].flat().filter((name) => typeof name === "string").flatMap((name) => aliases.get(name) ?? [name]));
  return {
    aliases,
    booleans: withAliases(options.boolean),
    strings: withAliases(options.string),
    collected: withAliases(options.collect),
    negatable: withAliases(options.negatable),
    allBooleans: options.boolean === true,
    acceptsUnknown: (...met) => options.unknown?.(...met) !== false,
  };
}

/** Returns how many of the following words it has used up. */
function readLongFlag(word: string, next: string | undefined, rules: Rules, parsed: Parsed): 0 | 1 {
  const equals = word.indexOf("=");
  if (equals > 2) {
    const key = word.slice(2, equals);
    const text = word.slice(equals + 1);
    setFlag(key, rules.booleans.has(key) ? text !== "false" : text, word, rules, parsed);
    return 0;
  }
  const key = word.slice(2);
  if (key.startsWith("no-") && rules.negatable.has(key.slice(3))) {
    setFlag(key.slice(3), false, word, rules, parsed, true);
    return 0;
  }
  const takesValue = !rules.booleans.has(key) && !rules.allBooleans && !!next && !next.startsWith("-");
  return readValue(key, next, takesValue, word, rules, parsed);
}

/** Returns how many of the following words it has used up. */
function readShortFlags(word: string, next: string | undefined, rules: Rules, parsed: Parsed): 0 | 1 {
  for (let i = 1; i < word.length - 1; i++) {
    const key = word.charAt(i);
    const rest = word.slice(i + 1);
    const value = valueBehindLetter(key, rest);
    if (value !== undefined) {
      setFlag(key, value, word, rules, parsed);
      return 0;
    }
    setFlag(key, rules.strings.has(key) ? "" : true, word, rules, parsed);
  }
  const key = word.slice(-1);
  if (key === "-") return 0;
  const takesValue = !rules.booleans.has(key) && !!next && !/^--?[^-]/.test(next);
  return readValue(key, next, takesValue, word, rules, parsed);
}

/** `-n5`, `-n=5`, `-o./file` and `-o-` carry their value behind the letter. */
function valueBehindLetter(letter: string, rest: string): string | undefined {
  if (rest === "-") return rest;
  const isLetter = /[A-Za-z]/.test(letter);
  if (isLetter && rest.includes("=")) return rest.slice(rest.indexOf("=") + 1);
  if (isLetter && /-?\d+(\.\d*)?(e-?\d+)?$/.test(rest)) return rest;
  return /^\W/.test(rest) && rest.length > 1 ? rest : undefined;
}

function readValue(
  key: string,
  next: string | undefined,
  takesValue: boolean,
  word: string,
  rules: Rules,
  parsed: Parsed,
): 0 | 1 {
  if (takesValue && next !== undefined) {
    setFlag(key, next, word, rules, parsed);
    return 1;
  }
  if (next === "true" || next === "false") {
    setFlag(key, next === "true", word, rules, parsed);
    return 1;
  }
  setFlag(key, rules.strings.has(key) ? "" : true, word, rules, parsed);
  return 0;
}

function setFlag(key: string, value: FlagValue, word: string, rules: Rules, parsed: Parsed, replaces = false): void {
  const isKnown = rules.booleans.has(key) || rules.strings.has(key) || rules.aliases.has(key) ||
    (rules.allBooleans && /^--[^=]+$/.test(word));
  if (!isKnown && !rules.acceptsUnknown(word, key, value)) return;
  const final = typeof value === "string" && !rules.strings.has(key) ? toNumber(value) : value;
  const collects = !replaces && rules.collected.has(key);
  for (const name of new Set([key, ...rules.aliases.get(key) ?? []])) {
    const before = findFlag(parsed, name);
    if (!collects) storeFlag(parsed, name, final);
    else if (Array.isArray(before)) storeFlag(parsed, name, [...before, final]);
    else storeFlag(parsed, name, before ? [before, final] : [final]);
  }
}

/** `--a.b` is the member `b` of the flag `a`. Members that every object inherits are never set. */
function storeFlag(parsed: Record<string, unknown>, name: string, value: unknown): void {
  const keys = name.split(".");
  if (keys.some((key) => key === "__proto__" || key === "constructor")) return;
  const last = keys.pop() ?? "";
  let holder = parsed;
  for (const key of keys) holder = (holder[key] ??= {}) as Record<string, unknown>;
  holder[last] = value;
}

function findFlag(parsed: Record<string, unknown>, name: string): unknown {
  let found: unknown = parsed;
  for (const key of name.split(".")) {
    if (!Object.hasOwn(Object(found), key)) return undefined;
    found = Object(found)[key];
  }
  return found;
}

function addDefaults(parsed: Parsed, rules: Rules, options: RawOptions): void {
  for (const [name, value] of Object.entries(options.default ?? {})) {
    if (findFlag(parsed, name) !== undefined) continue;
    for (const alias of rules.aliases.get(name) ?? [name]) storeFlag(parsed, alias, value);
  }
  for (const name of rules.booleans) {
    if (findFlag(parsed, name) === undefined) storeFlag(parsed, name, rules.collected.has(name) ? [] : false);
  }
  for (const name of rules.strings) {
    if (findFlag(parsed, name) === undefined && rules.collected.has(name)) storeFlag(parsed, name, []);
  }
}

function toNumber(text: string): string | number {
  return text.trim() !== "" && Number.isFinite(Number(text)) ? Number(text) : text;
}
