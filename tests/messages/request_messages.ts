import {
  describeDelivered,
  describeRecorded,
  describeStopped,
  describeUnanswered,
} from "../../lib/messages/describe_request.ts";
import { notDueError } from "../../lib/messages/outcome_error.ts";
import { folded, plan, stepNode } from "../state/folded.ts";

const LATER = "2026-12-24T18:00:00.000Z";
const QUEUED = plan([stepNode("1")]).map((event) =>
  event.type === "opened" ? { ...event, queue: "q", dueAt: LATER } : event
);

/** What is said about requests to a running transaction, and about one that is not due: when it is said, and the lines. */
export function requestMessages(journal: string): readonly (readonly [what: string, lines: readonly string[]])[] {
  const all = (["signal", "cancel", "stop"] as const).map((request) => (
    { request, signal: request === "signal" ? "go" : undefined }
  ));
  return [
    ...all.flatMap((asked) =>
      [
        [`${asked.request}, recorded`, describeRecorded(asked)],
        [`${asked.request}, not answered`, describeUnanswered(journal, asked)],
      ] as const
    ),
    ["it was enqueued for later", notDueError(journal, folded(...QUEUED), LATER, ["--trust"]).message.split("\n")],
    ["signal, applied", describeDelivered({ request: "signal", signal: "go" })],
    ["stop, applied", describeStopped(journal, { isIdle: false })],
    ["stop, nothing runs", describeStopped(journal, { isIdle: true })],
  ];
}
