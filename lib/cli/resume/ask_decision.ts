import type { PauseQuestion, TransactionPaused } from "../../errors/running_errors.ts";
import type { DecisionRequest } from "../../run/options/transaction_options.ts";
import { escapeForTerminal } from "../../text/escape.ts";

/** Asks one question of a person. */
export type Ask = (question: string) => Promise<string | undefined>;

/** What may be answered, by key, and what it means. */
type Answers = Readonly<Partial<Record<"r" | "d" | "s", string>>>;

const ANSWERS: Readonly<Record<Exclude<PauseQuestion, "value">, Answers>> = {
  unknown: { r: "it did not happen: run it", d: "it did happen", s: "leave it out" },
  happened: { d: "it did happen: undo it", s: "it did not happen" },
  undone: { r: "it is not undone: undo it", d: "it is undone", s: "leave its effect as it is" },
};

/**
 * Asks what a paused run has to know. Whoever answers nothing decides nothing.
 *
 * @returns The decision, or nothing if none was taken.
 */
export async function askDecision(paused: TransactionPaused, ask: Ask): Promise<DecisionRequest | undefined> {
  const [what = ""] = paused.message.split("\n");
  const { step, needsResult } = paused;
  if (paused.question === "value") {
    const result = await askResult(`${what}\n  value as JSON, or nothing to stop: `, ask);
    return result === undefined ? undefined : { step, decision: "done", result };
  }
  const { s, ...others } = ANSWERS[paused.question ?? "unknown"];
  const answers: Answers = needsResult || s === undefined ? others : { ...others, s };
  const keys = Object.keys(answers);
  const choices = Object.entries(answers).map(([key, meaning]) => `[${key}] ${meaning}   `).join("");
  const first = `${what}\n  ${choices}[q, Enter] stop here: `;
  let question = first;
  for (;;) {
    const answer = (await ask(question))?.toLowerCase();
    if (answer === undefined || answer === "" || answer === "q") return undefined;
    if (answer === "r" && keys.includes(answer)) return { step, decision: "retry" };
    if (answer === "s" && keys.includes(answer)) return { step, decision: "skip" };
    if (answer === "d" && needsResult) {
      const result = await askResult("  its value as JSON, which a later step needs, or nothing to go back: ", ask);
      if (result !== undefined) return { step, decision: "done", result };
      question = first;
    } else if (answer === "d") return { step, decision: "done", ...await askDoneResult(paused.question, ask) };
    else question = describeWrong(answer, keys, needsResult);
  }
}

function describeWrong(answer: string, keys: readonly string[], needsResult: boolean): string {
  if (answer === "s" && needsResult) {
    return `  It cannot be left out: a later step needs its value. ${keys.join(", ")} or q: `;
  }
  return `  ${escapeForTerminal(JSON.stringify(answer))} is none of ${keys.join(", ")} and q: `;
}

/** No later step needs the value. What a step that is undone has returned is of use to nobody but its undo function. */
async function askDoneResult(
  question: PauseQuestion | undefined,
  ask: Ask,
): Promise<Pick<DecisionRequest, "result">> {
  if (question === "undone") return {};
  const user = question === "happened" ? "if its undo does not need it" : "(no later step needs it)";
  const result = await askResult(`  its value as JSON, or nothing ${user}: `, ask);
  return result === undefined ? {} : { result };
}

async function askResult(question: string, ask: Ask): Promise<DecisionRequest["result"]> {
  let text = await ask(question);
  while (text !== undefined && text !== "") {
    try {
      return { value: JSON.parse(text) };
    } catch {
      text = await ask(`  That is no JSON. Text is written "like this": `);
    }
  }
  return undefined;
}
