import {
  context,
  type ContextManager,
  ROOT_CONTEXT,
  SpanStatusCode,
  trace,
  type TracerProvider,
} from "@opentelemetry/api";
import { assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import { toStoredError } from "../../../lib/run/session/stored_error.ts";
import { RunTrace } from "../../../lib/run/trace/run_trace.ts";
import { RecordingTracer } from "../../support/recording_tracer.ts";

const RUN = { transactionId: "a1b2", home: "file:///srv/a%20b.ts?v=1", journal: "j.json", run: 1, library: "1.2.3" };
const ATTEMPT = { step: "1", module: "file:///srv/steps.ts", export: "move", attempt: 1, kind: "step" } as const;

/** Registers a tracer, and whatever manages contexts, for as long as the test takes. */
async function withTracer(
  tracer: TracerProvider,
  test: () => Promise<void>,
  manager?: ContextManager,
): Promise<void> {
  trace.setGlobalTracerProvider(tracer);
  if (manager !== undefined) context.setGlobalContextManager(manager);
  try {
    await test();
  } finally {
    trace.disable();
    context.disable();
  }
}

/** Runs an attempt that does some work, and one that fails; the work's values. */
async function traceRun(): Promise<readonly unknown[]> {
  const run = await RunTrace.begin({ ...RUN, firstTrace: `00-${"b".repeat(32)}-${"c".repeat(16)}-01` });
  let calls = 0;
  const attempt = run.attempt(ATTEMPT);
  const value = attempt.within(() => ++calls);
  attempt.end("finished");
  const failing = run.attempt(ATTEMPT);
  const thrown = assertThrows(() =>
    failing.within(() => {
      calls += 1;
      throw new RangeError("too far");
    })
  );
  failing.end("failed", toStoredError(thrown));
  run.attempt(ATTEMPT);
  run.end("aborted", toStoredError(thrown));
  return [value, calls, String(thrown)];
}

function fail(): never {
  throw new TypeError("the tracer is broken");
}

/** Throws at whatever it is asked to do, but for what is named. */
function brokenSpan(working: readonly string[]): ReturnType<RecordingTracer["startSpan"]> {
  return new Proxy(new RecordingTracer().startSpan("broken"), {
    get: (span, key, receiver) => working.includes(String(key)) ? Reflect.get(span, key, receiver) : fail,
  });
}

Deno.test("RunTrace does nothing when nobody takes traces", async () => {
  const run = await RunTrace.begin(RUN);
  assertEquals(run.traceparent, undefined);
  assertStrictEquals(run.attempt(ATTEMPT), new RunTrace().attempt(ATTEMPT), "all attempts share one that does nothing");
  assertEquals(await traceRun(), [1, 2, "RangeError: too far"]);
});

Deno.test("RunTrace does nothing when something other than traces is registered with OpenTelemetry", async () => {
  const key = Symbol.for("opentelemetry.js.api.1");
  for (const registered of [{ version: "1.999.999", metrics: {} }, null, 1]) {
    Reflect.set(globalThis, key, registered);
    try {
      assertEquals((await RunTrace.begin(RUN)).traceparent, undefined);
    } finally {
      Reflect.deleteProperty(globalThis, key);
    }
  }
});

Deno.test("RunTrace makes a span for the run and one below it for each attempt", async () => {
  const tracer = new RecordingTracer();
  await withTracer(tracer, async () => {
    const run = await RunTrace.begin(RUN);
    assertEquals(run.traceparent, `00-${"a".repeat(32)}-0000000000000001-01`);
    const first = run.attempt({ ...ATTEMPT, name: "safe" });
    const second = run.attempt({ ...ATTEMPT, attempt: 2, kind: "probe" });
    second.end("unknown");
    first.end("finished");
    run.end("finished");
  });
  const attempt = {
    "resumable_tx.transaction.id": "a1b2",
    "resumable_tx.step.id": "1",
    "resumable_tx.step.module": "file:///srv/steps.ts",
    "resumable_tx.step.export": "move",
  };
  const rest = { links: [], exceptions: [], status: undefined, ends: 1 };
  assertEquals(tracer.spans, [
    {
      ...rest,
      name: "transaction a%20b.ts",
      parent: undefined,
      attributes: {
        "resumable_tx.transaction.id": "a1b2",
        "resumable_tx.transaction.home": RUN.home,
        "resumable_tx.journal": "j.json",
        "resumable_tx.run": 1,
        "resumable_tx.outcome": "finished",
      },
    },
    {
      ...rest,
      name: "step move",
      parent: "0000000000000001",
      attributes: {
        ...attempt,
        "resumable_tx.step.name": "safe",
        "resumable_tx.attempt": 1,
        "resumable_tx.kind": "step",
        "resumable_tx.outcome": "finished",
      },
    },
    {
      ...rest,
      name: "probe move",
      parent: "0000000000000001",
      attributes: {
        ...attempt,
        "resumable_tx.attempt": 2,
        "resumable_tx.kind": "probe",
        "resumable_tx.outcome": "unknown",
      },
    },
  ]);
});

Deno.test("RunTrace makes a run part of the span within which it begins", async () => {
  const tracer = new RecordingTracer();
  const outer = trace.setSpan(ROOT_CONTEXT, tracer.startSpan("request"));
  const manager: ContextManager = { ...inertManager(), active: () => outer };
  await withTracer(tracer, async () => (await RunTrace.begin(RUN)).end("finished"), manager);
  assertEquals(tracer.spans.map(({ parent }) => parent), [undefined, "0000000000000001"]);
});

Deno.test("RunTrace links to the first run, and ignores a malformed traceparent", async () => {
  const tracer = new RecordingTracer();
  await withTracer(tracer, async () => {
    await RunTrace.begin({ ...RUN, run: 2, firstTrace: `00-${"b".repeat(32)}-${"c".repeat(16)}-00` });
    await RunTrace.begin({ ...RUN, run: 2, firstTrace: "yesterday's" });
  });
  assertEquals(tracer.spans.map(({ links }) => links), [["c".repeat(16)], []]);
});

Deno.test("RunTrace ends each span once, and with the run what is still open", async () => {
  const tracer = new RecordingTracer();
  await withTracer(tracer, async () => {
    const run = await RunTrace.begin(RUN);
    const ended = run.attempt(ATTEMPT);
    const open = run.attempt(ATTEMPT);
    ended.end("finished");
    ended.end("failed", toStoredError(new Error("too late")));
    run.end("waiting");
    run.end("finished");
    open.end("finished");
  });
  const seen = tracer.spans.map(({ attributes, ends, status }) => [attributes["resumable_tx.outcome"], ends, status]);
  assertEquals(seen, [["waiting", 1, undefined], ["finished", 1, undefined], ["unknown", 1, undefined]]);
});

Deno.test("RunTrace records what was thrown, whatever that is", async () => {
  const tracer = new RecordingTracer();
  const hostile = Object.defineProperty(new Error("hidden"), "message", { get: fail });
  await withTracer(tracer, async () => {
    const run = await RunTrace.begin(RUN);
    for (const thrown of ["a text", hostile]) run.attempt(ATTEMPT).end("failed", toStoredError(thrown));
    run.attempt(ATTEMPT).end("failed");
    run.end("aborted", toStoredError(new URIError("bad", { cause: 1 })));
  });
  const seen = tracer.spans.map(({ attributes, status, exceptions }) => [
    attributes["error.type"],
    status,
    exceptions.length,
  ]);
  const code = SpanStatusCode.ERROR;
  assertEquals(seen, [
    ["URIError", { code, message: "bad" }, 1],
    ["string", { code, message: "a text" }, 1],
    ["Error", { code, message: "" }, 1],
    ["_OTHER", { code }, 0],
  ]);
});

Deno.test("RunTrace lets nothing through that a tracer throws", async () => {
  const tracers: readonly TracerProvider[] = [
    { getTracer: fail },
    { getTracer: () => ({ startSpan: fail, startActiveSpan: fail }) },
    { getTracer: () => ({ startSpan: () => brokenSpan([]), startActiveSpan: fail }) },
  ];
  for (const tracer of tracers) {
    await withTracer(tracer, async () => assertEquals(await traceRun(), [1, 2, "RangeError: too far"]));
  }
});

Deno.test("RunTrace ends a span although nothing else about it works", async () => {
  const tracer = new RecordingTracer();
  const span = tracer.startSpan("run");
  const ending = new Proxy(span, { get: (target, key) => key === "end" ? target.end : fail });
  const provider = { getTracer: () => ({ startSpan: () => ending, startActiveSpan: fail }) };
  await withTracer(provider, async () => (await RunTrace.begin(RUN)).end("aborted", toStoredError(new Error("why"))));
  assertEquals(tracer.spans.map(({ ends }) => ends), [1]);
});

Deno.test("within() calls its work once, whatever manages the contexts", async () => {
  const managers: readonly Partial<ContextManager>[] = [
    { with: fail },
    {
      with: (_context, work, self, ...args) => {
        Reflect.apply(work, self, args);
        return fail();
      },
    },
    {
      with: (_context, work, self, ...args) => {
        Reflect.apply(work, self, args);
        return Reflect.apply(work, self, args);
      },
    },
  ];
  for (const manager of managers) {
    await withTracer(
      new RecordingTracer(),
      async () => assertEquals(await traceRun(), [1, 2, "RangeError: too far"]),
      { ...inertManager(), ...manager },
    );
  }
});

Deno.test("within() gives the promise of its work as it is", async () => {
  await withTracer(new RecordingTracer(), async () => {
    const attempt = (await RunTrace.begin(RUN)).attempt(ATTEMPT);
    const promise = Promise.resolve(7);
    assertStrictEquals(attempt.within(() => promise), promise);
    await assertRejects(() => attempt.within(() => Promise.reject(new RangeError("late"))), RangeError, "late");
  });
});

function inertManager(): ContextManager {
  const manager: ContextManager = {
    active: () => ROOT_CONTEXT,
    with: (_context, work, self, ...args) => Reflect.apply(work, self, args),
    bind: (_context, target) => target,
    enable: () => manager,
    disable: () => manager,
  };
  return manager;
}
