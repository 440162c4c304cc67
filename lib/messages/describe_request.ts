import type { Request } from "../journal/request.ts";
import { VERSION } from "../version.ts";
import { commandLine } from "../text/escape.ts";

interface Asked {
  readonly request: Request["request"];
  readonly signal?: string | undefined;
}

/** What was asked for, as a noun. Not escaped. */
export function nameRequest({ request, signal = "" }: Asked): string {
  return request === "signal" ? `the signal ${JSON.stringify(signal)}` : `the request to ${request}`;
}

/** Said as soon as a request to a running transaction is durable. */
export function describeRecorded(asked: Asked): readonly string[] {
  return [`recorded: ${nameRequest(asked)}. Waiting for the process that runs the transaction`];
}

/** Said if the process that runs the transaction has not answered in time. */
export function describeUnanswered(journal: string, asked: Asked): readonly string[] {
  const when = asked.request === "signal"
    ? "The run takes it as soon as its step gives way, or the next run does"
    : "The run takes it when the running steps have finished, or the next run does";
  return [
    `not applied yet: ${nameRequest(asked)}. ${when}. See whether it is still there`,
    `  ${commandLine(VERSION, "inspect", journal)}`,
  ];
}

/** Said when a running transaction has got its signal. */
export function describeDelivered(asked: Asked): readonly string[] {
  return [`applied: ${nameRequest(asked)}. The transaction continues in its process`];
}

/** Said when a run has ended because that was asked for; or there was none. */
export function describeStopped(journal: string, { isIdle }: { readonly isIdle: boolean }): readonly string[] {
  const what = isIdle ? "nothing to stop: no process runs the transaction" : "applied: the run has ended";
  return [`${what}. Run the rest`, `  ${commandLine(VERSION, "resume", journal)}`];
}
