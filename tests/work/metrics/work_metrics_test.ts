import { assertEquals, assertStrictEquals } from "@std/assert";
import { type Attributes, type Meter, type MeterProvider, metrics, type ObservableCallback } from "@opentelemetry/api";
import type { Outlook } from "../../../lib/storage/work_store.ts";
import { createMetrics } from "../../../lib/work/metrics/work_metrics.ts";
import { permittedTest } from "../../support/permitted_test.ts";
import { runCli } from "../../support/run_deno.ts";
import { makeTempFolder } from "../../support/temp_folder.ts";
import { enqueue, note } from "../notify/notify_steps.ts";

/** Keeps what is counted and measured, by name and attributes. */
class FakeMeters implements MeterProvider {
  readonly counts: Record<string, number> = {};
  readonly #callbacks: (() => void)[] = [];
  readonly measured: Record<string, number> = {};
  isBroken = false;

  getMeter(): Meter {
    const meter: Pick<Meter, "createCounter" | "createObservableGauge"> = {
      createCounter: (name) => ({
        add: (value, attributes) => {
          if (this.isBroken) throw new Error("no receiver");
          const series = seriesOf(name, attributes);
          this.counts[series] = (this.counts[series] ?? 0) + value;
        },
      }),
      createObservableGauge: (name) => ({
        addCallback: (callback: ObservableCallback) => {
          this.#callbacks.push(() =>
            void callback({ observe: (value, attributes) => void (this.measured[seriesOf(name, attributes)] = value) })
          );
        },
        removeCallback: () => {},
      }),
    };
    return meter as Meter;
  }

  /** What a receiver asks for from time to time. */
  collect(): Record<string, number> {
    for (const name of Object.keys(this.measured)) delete this.measured[name];
    for (const call of this.#callbacks) call();
    return { ...this.measured };
  }
}

function seriesOf(name: string, { "process.pid": pid, ...attributes }: Attributes = {}): string {
  assertEquals(pid, Deno.pid, "each process has series of its own");
  return [name, ...Object.values(attributes)].join(" ");
}

Deno.test("createMetrics() counts what a worker reports, and measures what there is to do", async () => {
  const meters = new FakeMeters();
  metrics.setGlobalMeterProvider(meters);
  try {
    const { count, measure } = await createMetrics();
    count({ kind: "started", journal: "a" });
    count({ kind: "started", journal: "b", isTakeOver: true });
    count({ kind: "step finished", journal: "a", step: "1", ms: 1 });
    count({ kind: "attempt failed", journal: "a", step: "2", attempt: 1, error: undefined, until: "" });
    count({ kind: "ended", journal: "a", ms: 1, status: "finished", reason: undefined, done: 1, all: 1 });
    count({ kind: "ended", journal: "b", ms: 1, status: "aborted", reason: undefined, done: 0, all: 1 });
    count({ kind: "blocked", journal: "c", reason: "" });
    count({ kind: "notified", journal: "b", status: "aborted" });
    count({ kind: "notify failed", journal: "b", reason: "", ms: 1 });
    count({ kind: "store back" });
    assertEquals(meters.counts, {
      "resumable_tx.work.claims run": 2,
      "resumable_tx.work.claims blocked": 1,
      "resumable_tx.work.takeovers": 1,
      "resumable_tx.work.steps finished": 1,
      "resumable_tx.work.steps failed": 1,
      "resumable_tx.work.transactions finished": 1,
      "resumable_tx.work.transactions aborted": 1,
      "resumable_tx.work.notices told": 1,
      "resumable_tx.work.notices failed": 1,
    });
    assertEquals(meters.collect(), {}, "nothing is known yet");
    const outlook: Outlook = {
      due: 3,
      nextDueAt: undefined,
      oldestDueAt: 4000,
      running: 2,
      asking: 1,
      failed: 5,
      untrusted: 0,
    };
    measure(outlook, 10_000);
    assertEquals(meters.collect(), {
      "resumable_tx.work.due": 3,
      "resumable_tx.work.running": 2,
      "resumable_tx.work.waiting": 1,
      "resumable_tx.work.aborted": 5,
      "resumable_tx.work.untrusted": 0,
      "resumable_tx.work.lag": 6,
    });
    measure({ ...outlook, oldestDueAt: 11_000 }, 10_000);
    assertEquals(meters.collect()["resumable_tx.work.lag"], 0, "the clock of the store is ahead");
    measure(undefined, 10_000);
    assertEquals(meters.collect(), {}, "the store cannot be used");
    meters.isBroken = true;
    count({ kind: "started", journal: "a" });
  } finally {
    metrics.disable();
  }
});

Deno.test("createMetrics() does nothing without a receiver", async () => {
  const one = await createMetrics();
  assertStrictEquals(await createMetrics(), one);
  one.count({ kind: "store back" });
  one.measure(undefined, 0);
});

permittedTest("Deno exports the metrics of `work`", ["read", "write", "run", "env", "net", "sys"], async () => {
  await using folder = await makeTempFolder();
  const bodies: string[] = [];
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (request) => {
    const body = await request.text();
    if (new URL(request.url).pathname === "/v1/metrics") bodies.push(body);
    return Response.json({});
  });
  await enqueue(`${folder.path}/a.json`, (t) => void t.do(note));
  const end = await runCli(["work", folder.path, "--drain", "--processes=0"], {
    env: {
      OTEL_DENO: "true",
      OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${server.addr.port}`,
    },
  });
  assertEquals(end.code, 0, end.stderr);
  const names = ["claims", "steps", "transactions"].map((name) => `resumable_tx.work.${name}`);
  assertEquals(names.filter((name) => !bodies.some((body) => body.includes(`"${name}"`))), []);
});
