import {
  describeDelivered,
  describeRecorded,
  describeStopped,
  describeUnanswered,
} from "../../lib/messages/describe_request.ts";

/** What is said about requests to a running transaction: when it is said, and the lines. */
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
    ["signal, applied", describeDelivered({ request: "signal", signal: "go" })],
    ["stop, applied", describeStopped(journal, { isIdle: false })],
    ["stop, nothing runs", describeStopped(journal, { isIdle: true })],
  ];
}
