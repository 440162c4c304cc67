import type { DecisionRequest } from "../../run/options/transaction_options.ts";
import { cutText, safeText } from "../../text/escape.ts";
import { type CommandIo, type CommandOption, type CommandRequest, UsageError } from "./command.ts";
import { readTypedJson } from "./typed_json.ts";

export const REASON_OPTIONS: readonly CommandOption[] = [
  {
    name: "by",
    value: "NAME",
    summary: "who decides; default: the variable USER, LOGNAME or USERNAME, if it can be read",
  },
  { name: "why", value: "TEXT", summary: "why" },
];

/** Of the commands that write what no other process runs. */
export const TAKE_OVER: CommandOption = {
  name: "take-over",
  summary: "in a database: takes the transaction from a process of this machine that has died, before its lease ends",
};

/** Of the commands that reach a running transaction. */
export const REQUEST_JSON: CommandOption = { name: "json", summary: "writes the outcome of the request as JSON" };

/** What every command takes that can run a journal. */
export const RUN_OPTIONS: readonly CommandOption[] = [
  { name: "trust", summary: "runs a journal that another user may have written" },
  { name: "accept-changes", summary: "runs remote modules that have changed since the plan was made" },
];

export const DRY_RUN_OPTIONS: readonly CommandOption[] = [
  { name: "json", belongsTo: "dry-run", summary: "with --dry-run: writes the result as JSON" },
  { name: "show-secrets", belongsTo: "dry-run", summary: "with --dry-run: shows values that look like secrets" },
];

/** What `--by` and `--why` say; without `--by`, the user's name. */
export function readReason({ texts }: CommandRequest, io: CommandIo): Pick<DecisionRequest, "by" | "why"> {
  return { by: texts.get("by") ?? findUser(io), why: texts.get("why") };
}

export function findUser(io: CommandIo): string | undefined {
  const user = io.readVariable("USER") ?? io.readVariable("LOGNAME") ?? io.readVariable("USERNAME");
  return user === "" ? undefined : user && cutText(user, 200, "").toWellFormed();
}

const MAX_ECHO = 200;

/** What is given as JSON, and what precedes it. */
const JSON_OPTIONS = { "the result": "--result ", "the arguments": "--args ", "the value": "" } as const;

/** Reads a value of a step or a signal that is given as JSON, or as @FILE with JSON in it, with the forms that `edit` knows. */
export async function readValue(text: string, what: keyof typeof JSON_OPTIONS, io: CommandIo): Promise<unknown> {
  const { valueFromEditable } = await import("../../run/amend/editable.ts");
  return readJson(text, what, io, valueFromEditable);
}

/** Reads JSON that is given as such, or as @FILE with JSON in it. */
export function readJson(
  text: string,
  what: keyof typeof JSON_OPTIONS,
  io: CommandIo,
  convert = (json: unknown) => json,
): unknown {
  const isFile = text.startsWith("@");
  const place = isFile
    ? `the file ${JSON.stringify(text.slice(1))}`
    : `${JSON_OPTIONS[what]}${JSON.stringify(cutText(text, MAX_ECHO))}`;
  try {
    return convert(readTypedJson(isFile ? io.readTextFile(text.slice(1)) : text));
  } catch (error) {
    throw new UsageError(`Cannot read ${what} from ${place}: ${safeText(error)}`);
  }
}

/** Reads the decisions of `resume`, in the order in which they were given. */
export async function readDecisions(
  request: CommandRequest,
  io: CommandIo,
): Promise<readonly DecisionRequest[]> {
  const reason = readReason(request, io);
  const decisions = new Map<string, DecisionRequest>();
  let last: DecisionRequest | undefined;
  for (const { name, value } of request.values) {
    if (name === "retry" || name === "done" || name === "skip") {
      // Of two decisions about one step, it is not clear which one is meant.
      if (decisions.has(value.normalize())) throw new UsageError(`Step ${JSON.stringify(value)} has two decisions`);
      last = { step: value, decision: name, ...reason };
    } else if (name === "result") {
      if (last?.decision !== "done" || last.result !== undefined) {
        throw new UsageError("--result must follow the --done that it belongs to");
      }
      last = { ...last, result: { value: await readValue(value, "the result", io) } };
    } else continue;
    decisions.set(last.step.normalize(), last);
  }
  const lone = ["by", "why"].find((name) => request.texts.has(name));
  if (decisions.size > 0 || lone === undefined) return [...decisions.values()];
  throw new UsageError(`--${lone} needs a --retry, --done or --skip`);
}
