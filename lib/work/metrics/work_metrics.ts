import type { Attributes, Meter } from "@opentelemetry/api";
import type { Outlook } from "../../storage/work_store.ts";
import { isObject } from "../../values/shape.ts";
import { VERSION } from "../../version.ts";
import type { WorkReport } from "../work_report.ts";

/** What a worker counts and measures, for OpenTelemetry. Nothing of it throws. */
export interface WorkMetrics {
  /** Counts what has happened in this process. */
  readonly count: (report: WorkReport) => void;
  /** What there is to do in the store from now on; nothing while that cannot be found out. `now`: milliseconds since 1970. */
  readonly measure: (outlook: Outlook | undefined, now: number) => void;
}

const NO_METRICS: WorkMetrics = { count: () => {}, measure: () => {} };

const SCOPE = "@x/resumable-tx";

/** The key under which every copy of the API finds in a process what was registered. */
const REGISTERED = Symbol.for("opentelemetry.js.api.1");

/**
 * Makes the counters and gauges, if there is a receiver of metrics: Deno with `OTEL_DENO=true`, or an SDK that the program has
 * set up. Otherwise nothing is loaded, and the functions do nothing.
 */
export async function createMetrics(): Promise<WorkMetrics> {
  try {
    const registered: unknown = Reflect.get(globalThis, REGISTERED);
    if (!isObject(registered) || registered["metrics"] === undefined) return NO_METRICS;
    // A literal, so that the package is in the user's lock file and cache before metrics are turned on.
    const { metrics } = await import("@opentelemetry/api");
    return metersOf(metrics.getMeter(SCOPE, VERSION));
  } catch {
    return NO_METRICS;
  }
}

/** One thing that is counted, and to which of its series it belongs. */
type Counted = readonly [counter: keyof typeof COUNTERS, attributes?: Attributes];

/** Names, units and descriptions, by OpenTelemetry's conventions. */
const COUNTERS = {
  claims: ["{claim}", "Transactions that this process has taken in order to run them, by outcome: run, blocked, lost"],
  takeovers: ["{run}", "Runs of transactions whose process died while a step was running"],
  transactions: ["{transaction}", "Runs that have ended, by the status in which they left their transaction"],
  steps: ["{attempt}", "Attempts of steps that have finished, or failed and will be tried again, by outcome"],
  notices: ["{notice}", "Notices to persons, by outcome: told, failed"],
} as const;

const GAUGES = {
  due: ["{transaction}", "Transactions that could be claimed now"],
  running: ["{transaction}", "Transactions that are running, in any process"],
  waiting: ["{transaction}", "Transactions that need a person"],
  aborted: ["{transaction}", "Transactions that are aborted"],
  untrusted: ["{transaction}", "Transactions that are due, of modules that this worker may not run"],
  lag: ["s", "For how long that transaction is due that is due for the longest time"],
} as const;

type Measured = Readonly<Record<keyof typeof GAUGES, number>>;

function metersOf(meter: Meter): WorkMetrics {
  // Several processes of one worker would otherwise report one series.
  const process: Attributes = { "process.pid": Deno.pid };
  const counters = new Map(
    Object.entries(COUNTERS).map(([name, [unit, description]]) =>
      [name, meter.createCounter(`resumable_tx.work.${name}`, { unit, description })] as const
    ),
  );
  let measured: Measured | undefined;
  for (const [name, [unit, description]] of Object.entries(GAUGES)) {
    const gauge = meter.createObservableGauge(`resumable_tx.work.${name}`, { unit, description });
    gauge.addCallback((result) => {
      const value = Object.entries(measured ?? {}).find(([other]) => other === name)?.[1];
      if (value !== undefined) result.observe(value, process);
    });
  }
  return {
    count: (report) =>
      ignoreErrors(() => {
        for (const [name, attributes] of countedIn(report)) counters.get(name)?.add(1, { ...process, ...attributes });
      }),
    measure: (outlook, now) => void (measured = outlook && measuredIn(outlook, now)),
  };
}

function countedIn(report: WorkReport): readonly Counted[] {
  switch (report.kind) {
    case "started":
      return [["claims", { outcome: "run" }], ...(report.isTakeOver === true ? [["takeovers"] as const] : [])];
    case "blocked":
    case "lost":
      return [["claims", { outcome: report.kind }]];
    case "ended":
      return [["transactions", { status: report.status }]];
    case "step finished":
      return [["steps", { outcome: "finished" }]];
    case "attempt failed":
      return [["steps", { outcome: "failed" }]];
    case "notified":
      return [["notices", { outcome: "told" }]];
    case "notify failed":
      return [["notices", { outcome: "failed" }]];
    default:
      return [];
  }
}

function measuredIn({ due, running, asking, failed, untrusted, oldestDueAt }: Outlook, now: number): Measured {
  const lag = lagSeconds(oldestDueAt, now);
  return { due, running, waiting: asking, aborted: failed, untrusted, lag };
}

/** The clock of the store may be ahead of this one. */
export function lagSeconds(oldestDueAt: number | undefined, now: number): number {
  return oldestDueAt === undefined ? 0 : Math.max(0, now - oldestDueAt) / 1000;
}

/** Errors of what receives metrics do not touch the work. */
function ignoreErrors(work: () => void): void {
  try {
    work();
  } catch {
    // There is nobody to tell.
  }
}
