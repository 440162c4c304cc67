import { prepareContexts, runInContext } from "../../lib/process/step_context.ts";

/** Does work as an attempt of a step with this key. */
export function inStep<T>(key: string, work: () => T, signal: AbortSignal = new AbortController().signal): T {
  prepareContexts();
  const [transactionId = "", stepId = ""] = key.split("/");
  const database = () => {
    throw new TypeError("There is none");
  };
  const none = { epoch: 0, progress: () => {}, database };
  return runInContext({ ...none, signal, attempt: 1, idempotencyKey: key, transactionId, stepId }, work);
}
