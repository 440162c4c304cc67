import type { TransactionPaused } from "../errors/running_errors.ts";
import type { DecisionRequest } from "../run/transaction_options.ts";
import { escapeForTerminal } from "../values/escape_for_terminal.ts";

/** Asks one question of a person. */
export type Ask = (question: string) => string | undefined;

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
  let question = `${what}\n  [r] it did not happen: run it   [d] it did happen   [s] leave it out   [q] stop here: `;
  for (;;) {
    const answer = ask(question)?.toLowerCase();
    switch (answer) {
      case "r":
        return { step, decision: "retry" };
      case "s":
        return { step, decision: "skip" };
      case "d": {
        const result = askResult("  its value as JSON, or nothing if no later step needs it: ", ask);
        return { step, decision: "done", ...(result === undefined ? {} : { result }) };
      }
      case "q":
      case "":
      case undefined:
        return undefined;
      default:
        question = `  ${escapeForTerminal(JSON.stringify(answer))} is none of r, d, s and q: `;
    }
  }
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
