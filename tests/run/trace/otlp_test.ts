import { assertEquals, assertMatch } from "@std/assert";
import { inFolder } from "../../support/in_folder.ts";
import { type OtlpReceiver, type ReceivedSpan, startOtlpReceiver } from "../../support/otlp_receiver.ts";
import { permittedTest } from "../../support/permitted_test.ts";
import { runCli, runDeno } from "../../support/run_deno.ts";

const PROGRAM = import.meta.resolve("../../support/programs/trace_program.ts");
const TRANSACTION = { "resumable_tx.transaction.id": "a1b2" };

/** Runs the program and says what it printed: the run's traceparent. */
async function runProgram(receiver: OtlpReceiver, args: readonly string[], env = receiver.env): Promise<string> {
  // To send traces needs no permission; this is for the step that fetches.
  const flags = ["--allow-net=127.0.0.1"];
  const { stdout, stderr } = await runDeno(PROGRAM, [args[0] ?? "1", receiver.url, ...args.slice(1)], { env, flags });
  assertEquals(stderr, "");
  return stdout.trim();
}

/** The attributes of an attempt's span. */
function describe(
  step: string,
  exported: string,
  { kind = "step", attempt = 1, outcome = "finished" } = {},
): Record<string, unknown> {
  return {
    ...TRANSACTION,
    "resumable_tx.attempt": attempt,
    "resumable_tx.kind": kind,
    "resumable_tx.outcome": outcome,
    "resumable_tx.step.export": exported,
    "resumable_tx.step.id": step,
    "resumable_tx.step.module": "file:///srv/steps.ts",
  };
}

function findSpan(spans: readonly ReceivedSpan[], name: string): ReceivedSpan {
  const [span, another] = spans.filter((each) => each.name === name);
  if (span === undefined || another !== undefined) throw new RangeError(`Not one span has the name "${name}"`);
  return span;
}

permittedTest(
  "RunTrace has Deno send a span of the run and one of each attempt",
  ["read", "run", "net"],
  async () => {
    await using receiver = startOtlpReceiver();
    const traceparent = await runProgram(receiver, ["1"]);
    const spans = receiver.spans();
    const run = findSpan(spans, "transaction example.ts");
    assertEquals(traceparent, `00-${run.traceId}-${run.spanId}-01`);
    assertEquals(run.parentSpanId, "");
    assertEquals(run.links, []);
    assertEquals(run.attributes, {
      ...TRANSACTION,
      "error.type": "RangeError",
      "resumable_tx.journal": "/srv/example.json",
      "resumable_tx.outcome": "aborted",
      "resumable_tx.run": 1,
      "resumable_tx.transaction.home": "file:///srv/example.ts",
    });
    const attempts = spans.filter(({ scope, name }) => scope === "@x/resumable-tx" && name !== run.name);
    for (const { parentSpanId, traceId } of attempts) {
      assertEquals({ parentSpanId, traceId }, { parentSpanId: run.spanId, traceId: run.traceId });
    }
    assertEquals(Object.fromEntries(attempts.map(({ name, attributes }) => [name, attributes])), {
      "probe look": describe("3", "look", { kind: "probe", outcome: "unknown" }),
      "step ask": { ...describe("1", "ask"), "resumable_tx.step.name": "greeting" },
      "step fail": { ...describe("2", "fail", { attempt: 2, outcome: "failed" }), "error.type": "RangeError" },
      "step leave": describe("4", "leave", { outcome: "unknown" }),
      "undo repair": describe("2", "repair", { kind: "undo" }),
    });
    assertEquals(attempts.filter(({ status }) => status.code !== 0).map(({ name }) => name), ["step fail"]);
  },
);

permittedTest("RunTrace has Deno send the error of an attempt that failed", ["read", "run", "net"], async () => {
  await using receiver = startOtlpReceiver();
  await runProgram(receiver, ["1"]);
  const { status, events } = findSpan(receiver.spans(), "step fail");
  assertEquals(status, { code: 2, message: "too far" });
  assertEquals(events.map(({ name }) => name), ["exception"]);
  const { "exception.stacktrace": stack, ...attributes } = events[0]?.attributes ?? {};
  assertEquals(attributes, { "exception.message": "too far", "exception.type": "RangeError" });
  assertMatch(String(stack), /^RangeError: too far\n {4}at file:.*\.ts:\d+:\d+$/);
});

permittedTest("RunTrace makes what a step fetches a part of its attempt", ["read", "run", "net"], async () => {
  await using receiver = startOtlpReceiver();
  await runProgram(receiver, ["1"]);
  const spans = receiver.spans();
  const attempt = findSpan(spans, "step ask");
  const { scope, traceId, parentSpanId } = findSpan(spans, "GET");
  assertEquals({ scope, traceId, parentSpanId }, {
    scope: "deno",
    traceId: attempt.traceId,
    parentSpanId: attempt.spanId,
  });
});

permittedTest("RunTrace links a later run to the first, in a trace of its own", ["read", "run", "net"], async () => {
  await using receiver = startOtlpReceiver();
  const traceparent = await runProgram(receiver, ["1"]);
  await runProgram(receiver, ["2", traceparent]);
  await runProgram(receiver, ["3", `${traceparent}0`]);
  const runs = receiver.spans().filter(({ name }) => name === "transaction example.ts");
  const [first, second, third] = [1, 2, 3].map((run) =>
    runs.find(({ attributes }) => attributes["resumable_tx.run"] === run)
  );
  assertEquals(second?.links, [`${first?.traceId}/${first?.spanId}`]);
  assertEquals(third?.links, [], "a malformed traceparent is ignored");
  assertEquals(new Set(runs.map(({ traceId }) => traceId)).size, 3);
});

permittedTest("RunTrace loads OpenTelemetry's API only if traces are on", ["read", "write", "run", "net"], async () => {
  const files = {
    "map.json": '{ "imports": { "@opentelemetry/api": "./api.ts" } }',
    "api.ts": 'console.log("loaded"); throw new Error("and broken");',
  };
  await inFolder(files, async (folder) => {
    await using receiver = startOtlpReceiver();
    const flags = [`--import-map=${folder}/map.json`, "--allow-net=127.0.0.1"];
    const args = ["1", receiver.url];
    const off = await runDeno(PROGRAM, args, { flags, env: { OTEL_DENO: "false" } });
    assertEquals(off, { code: 0, stdout: "none\n", stderr: "" });
    const on = await runDeno(PROGRAM, args, { flags, env: receiver.env });
    assertEquals(on, { code: 0, stdout: "loaded\nnone\n", stderr: "" });
    assertEquals(receiver.spans().filter(({ scope }) => scope !== "deno"), []);
  });
});

/** Its second step fails unless there is a file, its third is a plan of another. */
const TRANSACTION_PROGRAM = `
import { plan, Transaction } from "@x/resumable-tx";
export function first(text: string): string {
  return text;
}
export function unmake(): void {}
export function needsFile(): void {
  Deno.statSync("mended");
}
export function more() {
  return plan((t) => t.do(first, "inner").with({ name: "inner" }));
}
if (import.meta.main) {
  await Transaction.run(import.meta, (t) => {
    t.do(first, "outer").with({ undo: unmake });
    t.do(needsFile).with({ retry: { maxAttempts: 2, delayMs: 0 } });
    t.do(more);
  }, { journal: "j.json", keep: true }).catch(() => {});
}
`;

function runOf(spans: readonly ReceivedSpan[], number: number): ReceivedSpan {
  const run = spans.find(({ attributes }) => attributes["resumable_tx.run"] === number);
  if (run === undefined) throw new RangeError(`There is no span of run ${number}`);
  return run;
}

/** What a run has called, with how it ended, in order of the names. */
function attemptsOf(spans: readonly ReceivedSpan[], run: ReceivedSpan): readonly string[] {
  const attempts = spans.filter(({ parentSpanId, traceId }) => parentSpanId === run.spanId && traceId === run.traceId);
  return attempts.map(({ name, attributes }) => {
    const [step, attempt, outcome] = ["step.id", "attempt", "outcome"].map((key) => attributes[`resumable_tx.${key}`]);
    return `${name} ${step} ${attempt} ${outcome}`;
  }).toSorted();
}

permittedTest(
  "a transaction, its resume and its rollback send their spans, the later ones linked to the first",
  ["read", "write", "run", "net"],
  () =>
    inFolder({ "program.ts": TRANSACTION_PROGRAM }, async (folder) => {
      await using receiver = startOtlpReceiver();
      const options = { cwd: folder, env: receiver.env };
      assertEquals((await runDeno("program.ts", [], options)).code, 0);
      await Deno.writeTextFile(`${folder}/mended`, "");
      const resumed = await runCli(["resume", "j.json", "--keep"], options);
      assertEquals(resumed.code, 0, resumed.stderr);
      assertEquals((await runCli(["rollback", "j.json", "--yes"], options)).code, 0);
      const spans = receiver.spans().filter(({ scope }) => scope === "@x/resumable-tx");
      const [first, second, third] = [runOf(spans, 1), runOf(spans, 2), runOf(spans, 3)];
      assertEquals(attemptsOf(spans, first), [
        "step first 1 1 finished",
        "step needsFile 2 1 failed",
        "step needsFile 2 2 failed",
      ]);
      assertEquals(attemptsOf(spans, second), [
        "step first 3.1 1 finished",
        "step more 3 1 finished",
        "step needsFile 2 3 finished",
      ]);
      assertEquals(attemptsOf(spans, third), ["undo unmake 1 1 finished"]);
      assertEquals(spans.length, 10, "there are no others");
      const ends = [first, second, third].map(({ attributes }) => attributes["resumable_tx.outcome"]);
      assertEquals(ends, ["aborted", "finished", "undone"]);
      const ids = new Set(spans.map(({ attributes }) => attributes["resumable_tx.transaction.id"]));
      assertEquals(ids.size, 1);
      const link = `${first.traceId}/${first.spanId}`;
      assertEquals([first.links, second.links, third.links], [[], [link], [link]]);
      const failed = spans.find(({ name }) => name === "step needsFile");
      assertEquals([failed?.status.code, failed?.events.map(({ name }) => name)], [2, ["exception"]]);
    }),
);
