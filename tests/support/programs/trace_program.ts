/**
 * Traces a run of a transaction without running one: `trace_program.ts RUN URL [TRACEPARENT]`. Its first step asks URL for
 * something, the second fails and is undone, the third is probed, and the fourth never ends. Prints the run's traceparent.
 */
import { toStoredError } from "../../../lib/run/session/stored_error.ts";
import { RunTrace } from "../../../lib/run/trace/run_trace.ts";

const [run = "1", url = "", firstTrace] = Deno.args;
const trace = await RunTrace.begin({
  transactionId: "a1b2",
  home: "file:///srv/example.ts",
  journal: "/srv/example.json",
  run: Number(run),
  library: "1.2.3",
  firstTrace,
});
const error = toStoredError(new RangeError("too far"));
const code = { module: "file:///srv/steps.ts", attempt: 1 };

const asking = trace.attempt({ ...code, step: "1", name: "greeting", export: "ask", kind: "step" });
await asking.within(async () => {
  const response = await fetch(url);
  await response.body?.cancel();
});
asking.end("finished");
const failing = trace.attempt({ ...code, step: "2", export: "fail", attempt: 2, kind: "step" });
failing.end("failed", error);
trace.attempt({ ...code, step: "2", export: "repair", kind: "undo" }).end("finished");
trace.attempt({ ...code, step: "3", export: "look", kind: "probe" }).end("unknown");
trace.attempt({ ...code, step: "4", export: "leave", kind: "step" });
trace.end("aborted", error);
console.log(trace.traceparent ?? "none");
