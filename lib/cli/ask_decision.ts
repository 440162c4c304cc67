import type { PauseQuestion, TransactionPaused } from "../errors/running_errors.ts";
import type { DecisionRequest } from "../run/transaction_options.ts";
import { escapeForTerminal } from "../values/escape_for_terminal.ts";

/** Asks one question of a person. */
export type Ask = (question: string) => string | undefined;

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
export function askDecision(paused: TransactionPaused, ask: Ask): DecisionRequest | undefined {
  const [what = ""] = paused.message.split("\n");
  const { step } = paused;
  if (paused.question === "value") {
    const result = askResult(`${what}\n  value as JSON, or nothing to stop: `, ask);
    return result === undefined ? undefined : { step, decision: "done", result };
  }
  const answers = ANSWERS[paused.question ?? "unknown"];
  const keys = Object.keys(answers);
  const choices = Object.entries(answers).map(([key, meaning]) => `[${key}] ${meaning}   `).join("");
  let question = `${what}\n  ${choices}[q, Enter] stop here: `;
  for (;;) {
    const answer = ask(question)?.toLowerCase();
    if (answer === undefined || answer === "" || answer === "q") return undefined;
    if (answer === "r" && keys.includes(answer)) return { step, decision: "retry" };
    if (answer === "s") return { step, decision: "skip" };
    if (answer === "d") return { step, decision: "done", ...askDoneResult(paused.question, ask) };
    question = `  ${escapeForTerminal(JSON.stringify(answer))} is none of ${keys.join(", ")} and q: `;
  }
}

/** The value of a step that is undone is of use to nobody but its undo function. */
function askDoneResult(question: PauseQuestion | undefined, ask: Ask): Pick<DecisionRequest, "result"> {
  if (question === "undone") return {};
  const user = question === "happened" ? "its undo does not need it" : "no later step needs it";
  const result = askResult(`  its value as JSON, or nothing if ${user}: `, ask);
  return result === undefined ? {} : { result };
}

function askResult(question: string, ask: Ask): DecisionRequest["result"] {
  let text = ask(question);
  while (text !== undefined && text !== "") {
    try {
      return { value: JSON.parse(text) };
    } catch {
      text = ask(`  That is no JSON. Text is written "like this": `);
    }
  }
  return undefined;
}
