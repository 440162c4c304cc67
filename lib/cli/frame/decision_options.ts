import type { DecisionRequest } from "../../run/options/transaction_options.ts";
import { valueFromEditable } from "../../run/amend/editable.ts";
import { cutText } from "../../text/escape.ts";
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

export interface DecisionReason {
  readonly by: string | undefined;
  readonly why: string | undefined;
}

/** What `--by` and `--why` say; without `--by`, the user's name. */
export function readReason({ texts }: CommandRequest, io: CommandIo): DecisionReason {
  return { by: texts.get("by") ?? findUser(io), why: texts.get("why") };
}

/** The user's name, if the environment may be read. */
export function findUser(io: CommandIo): string | undefined {
  const user = io.readVariable("USER") ?? io.readVariable("LOGNAME") ?? io.readVariable("USERNAME");
  return user === "" ? undefined : user && cutText(user, 200, "").toWellFormed();
}

/** A value on the command line. */
interface JsonPlace {
  readonly what: string;
  /** What precedes it, as in `--result `; empty for an argument. */
  readonly option: string;
  readonly command: string;
}

const MAX_ECHO = 200;

/** Reads a value of a step or a signal that is given as JSON, or as @FILE with JSON in it, with the forms that `edit` knows. */
export function readValue(text: string, place: JsonPlace, io: CommandIo): unknown {
  return readJson(text, place, io, valueFromEditable);
}

/**
 * Reads JSON that is given as such, or as @FILE with JSON in it.
 *
 * @throws {UsageError} The file cannot be read, or it is not JSON.
 */
export function readJson(
  text: string,
  { what, option, command }: JsonPlace,
  io: CommandIo,
  convert = (json: unknown) => json,
): unknown {
  const isFile = text.startsWith("@");
  const place = isFile
    ? `the file ${JSON.stringify(text.slice(1))}`
    : `${option}${JSON.stringify(cutText(text, MAX_ECHO))}`;
  try {
    return convert(readTypedJson(isFile ? io.readTextFile(text.slice(1)) : text));
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    throw new UsageError(`Cannot read ${what} from ${place}: ${detail}`, command);
  }
}

/**
 * Reads the decisions of `resume`, in the order in which they were given.
 *
 * @throws {UsageError} A result belongs to no decision or cannot be read, or a step is decided about twice.
 */
export function readDecisions(request: CommandRequest, io: CommandIo): readonly DecisionRequest[] {
  const decisions: DecisionRequest[] = [];
  for (const { name, value } of request.values) {
    if (name === "retry" || name === "done" || name === "skip") decisions.push({ step: value, decision: name });
    if (name === "result") decisions.push(addResult(decisions.pop(), value, io));
  }
  refuseTwice(decisions);
  const reason = readReason(request, io);
  const lone = ["by", "why"].find((name) => request.texts.has(name));
  if (decisions.length === 0 && lone !== undefined) {
    throw new UsageError(`--${lone} needs a --retry, --done or --skip`, "resume");
  }
  return decisions.map((decision) => ({ ...decision, ...reason }));
}

/** Of two decisions about one step, it is not clear which one is meant. */
function refuseTwice(decisions: readonly DecisionRequest[]): void {
  const decided = new Set<string>();
  for (const { step } of decisions) {
    if (decided.has(step.normalize())) throw new UsageError(`Step ${JSON.stringify(step)} has two decisions`, "resume");
    decided.add(step.normalize());
  }
}

function addResult(decision: DecisionRequest | undefined, text: string, io: CommandIo): DecisionRequest {
  if (decision?.decision !== "done" || decision.result !== undefined) {
    throw new UsageError("--result must follow the --done that it belongs to", "resume");
  }
  const value = readValue(text, { what: "the result", option: "--result ", command: "resume" }, io);
  return { ...decision, result: { value } };
}
