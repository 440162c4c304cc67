import type { DecisionRequest } from "../../run/options/transaction_options.ts";
import { type CommandIo, type OptionValue, UsageError } from "./command.ts";
import { readJson } from "./read_arguments.ts";
import { findUser } from "./reason_options.ts";

type Result = NonNullable<DecisionRequest["result"]>;

/**
 * Reads the decisions from the options, in the order in which they were given.
 *
 * @throws {UsageError} A result belongs to no decision, or cannot be read.
 */
export function readDecisions(values: readonly OptionValue[], io: CommandIo): readonly DecisionRequest[] {
  const decisions: DecisionRequest[] = [];
  const texts = new Map(values.map(({ name, value }) => [name, value]));
  const by = texts.get("by");
  const why = texts.get("why");
  for (const { name, value } of values) {
    if (name === "retry" || name === "done" || name === "skip") decisions.push({ step: value, decision: name });
    if (name === "result") decisions.push(addResult(decisions.pop(), readResult(value, io)));
  }
  refuseTwice(decisions);
  if (decisions.length === 0) {
    if (by === undefined && why === undefined) return [];
    throw new UsageError(`--${by === undefined ? "why" : "by"} belongs to a --retry, --done or --skip`, "resume");
  }
  const who = by ?? findUser(io);
  const reason = { ...(who === undefined ? {} : { by: who }), ...(why === undefined ? {} : { why }) };
  return decisions.map((decision) => ({ ...decision, ...reason }));
}

/** Of two decisions about one step nobody can say which is meant. */
function refuseTwice(decisions: readonly DecisionRequest[]): void {
  const decided = new Set<string>();
  for (const { step } of decisions) {
    if (decided.has(step)) throw new UsageError(`Step ${JSON.stringify(step)} is decided about twice`, "resume");
    decided.add(step);
  }
}

function addResult(decision: DecisionRequest | undefined, result: Result): DecisionRequest {
  if (decision?.decision === "done" && decision.result === undefined) return { ...decision, result };
  throw new UsageError("--result belongs right behind the --done that it is the result of", "resume");
}

function readResult(value: string, io: CommandIo): Result {
  return { value: readJson(value, { what: "the result", option: "--result ", command: "resume" }, io) };
}
