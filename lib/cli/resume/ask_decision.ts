import type { PauseAnswer, TransactionPaused } from "../../errors/running_errors.ts";
import type { DecisionRequest } from "../../run/options/transaction_options.ts";
import { valueFromEditable } from "../../run/amend/editable.ts";
import { escapeForTerminal, safeText, squeezeBlanks } from "../../text/escape.ts";
import { readTypedJson } from "../frame/typed_json.ts";

export type Ask = (question: string) => Promise<string | undefined>;

/** Asks what a paused run has to know. A person who answers nothing decides nothing. */
export async function askDecision(paused: TransactionPaused, ask: Ask): Promise<DecisionRequest | undefined> {
  const [what = ""] = paused.message.split("\n").map(squeezeBlanks);
  const { step, answers } = paused;
  if (paused.question === "value") {
    const result = await askResult(`${what}\n  value as JSON, or nothing to stop: `, ask);
    return typeof result !== "object" ? undefined : { step, decision: "done", result };
  }
  const choices = answers.map(({ decision, meaning }) => `  [${keyOf(decision)}] ${squeezeBlanks(meaning)}\n`).join("");
  const first = `${what}\n${choices}  [q, Enter] stop here: `;
  let question = first;
  for (;;) {
    const key = (await ask(question))?.toLowerCase();
    if (key === undefined || key === "" || key === "q") return undefined;
    const answer = answers.find(({ decision }) => keyOf(decision) === key);
    if (answer === undefined) question = describeWrong(key, paused);
    else {
      const result = answer.result === "none" ? "none" : await askResult(resultQuestion(answer), ask);
      if (typeof result === "object") return { step, decision: answer.decision, result };
      if (result === "none" && answer.result !== "required") return { step, decision: answer.decision };
      question = first;
    }
  }
}

function keyOf(decision: PauseAnswer["decision"]): string {
  return decision.charAt(0);
}

function describeWrong(key: string, { answers, needsResult }: TransactionPaused): string {
  const keys = answers.map(({ decision }) => keyOf(decision)).join(", ");
  if (key === "s" && needsResult) return `  It cannot be skipped: a later step needs its value. ${keys} or q: `;
  return `  ${escapeForTerminal(JSON.stringify(key))} is none of ${keys} and q: `;
}

function resultQuestion({ result }: PauseAnswer): string {
  return result === "required"
    ? "  its value as JSON, which a later step needs, or nothing to go back: "
    : "  its value as JSON, or nothing if it is not needed: ";
}

/** Asks for a value. Nothing typed means that there is none. After text that cannot be read, it means to go back. */
async function askResult(question: string, ask: Ask): Promise<DecisionRequest["result"] | "none" | "back"> {
  let text = await ask(question);
  if (text === "") return "none";
  while (text !== undefined && text !== "") {
    try {
      return { value: valueFromEditable(readTypedJson(text)) };
    } catch (error) {
      const reason = escapeForTerminal(safeText(error));
      text = await ask(`  That cannot be read: ${reason}\n  Type it again, or nothing to go back: `);
    }
  }
  return "back";
}
