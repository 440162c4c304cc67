import { type StoredValue, storeValue } from "../../journal/stored_value.ts";
import type { StepFunction } from "../../modules/step_function.ts";
import { safeText } from "../../text/escape.ts";
import { encodeValue } from "../../values/encode_value.ts";
import { runInContext, type StepContext } from "../session/step_context.ts";

/** What a probe has found out about a step. */
export type ProbeFinding =
  /** It happened; without `given`, its value is not to be had. */
  | ({ readonly kind: "done"; readonly given?: true } & StoredValue)
  /** It did not happen. */
  | { readonly kind: "notDone" }
  /** Nobody can tell. */
  | { readonly kind: "unknown"; readonly why: string };

/** Calls a step's probe with the step's arguments. Never throws: a probe that fails does not know. */
export async function callProbe(
  probe: StepFunction,
  args: readonly unknown[],
  context: StepContext,
): Promise<ProbeFinding> {
  try {
    return readAnswer(await runInContext(context, () => probe(...args)));
  } catch (error) {
    return { kind: "unknown", why: `its probe failed: ${safeText(error)}` };
  }
}

function readAnswer(answer: unknown): ProbeFinding {
  const done: unknown = typeof answer === "object" && answer !== null ? Reflect.get(answer, "done") : undefined;
  switch (done) {
    case true:
      return readValue(answer);
    case false:
      return { kind: "notDone" };
    case "unknown":
      return { kind: "unknown", why: "its probe could not find out" };
    default:
      return { kind: "unknown", why: 'its probe gave no answer: it must return { done: true | false | "unknown" }' };
  }
}

function readValue(answer: unknown): ProbeFinding {
  try {
    return { kind: "done", given: true, ...storeValue(encodeValue(Object(answer).value)) };
  } catch {
    // That it happened is what counts; its value is asked for if somebody needs it.
    return { kind: "done" };
  }
}
