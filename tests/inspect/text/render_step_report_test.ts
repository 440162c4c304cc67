import { assertEquals, assertStringIncludes } from "@std/assert";
import { readState } from "../../../lib/inspect/data/read_state.ts";
import { reportStep, type StepReport } from "../../../lib/inspect/data/step_report.ts";
import { redactSecrets } from "../../../lib/inspect/redact/redact_secrets.ts";
import { renderStepReport } from "../../../lib/inspect/text/render_step_report.ts";
import type { Event } from "../../../lib/journal/event.ts";
import type { RetryOptions } from "../../../lib/plan/retry_options.ts";
import { JOURNAL, planEvents, stepNode, storeOf } from "../sample_journal.ts";

const CAUSE = {
  name: "TypeError",
  message: "no route",
  stack: "TypeError: no route\n    at connect (ext:core/1.js:1:1)",
};
const ERROR = {
  name: "Error",
  code: "EHOST",
  message: "no host",
  stack: "Error: no host\n    at send (file:///srv/move.ts:3:1)\n    at callStep (file:///lib/call_step.ts:1:1)",
  cause: CAUSE,
};
const REFS = { values: { "1.user": [["custom", "ref"]] }, v: 1 };
const USER = { user: { step: "1", path: ["id"] }, password: "hunter2", notes: "a long text, ".repeat(8) };
const RETRY = { maxAttempts: 4, delayMs: 2000, jitter: 0.5, nonRetryable: ["TypeError"] };
const OPTIONS = {
  retry: RETRY,
  timeoutMs: 5000,
  interrupted: "retry",
  undo: { module: 0, export: "moveBack" },
} as const;

/** A step that failed, was interrupted, was let run again, and finished; with one that it needs and one that needs it. */
const RECORDS: readonly (readonly Event[])[] = [
  planEvents([
    stepNode("1", { name: "user" }),
    stepNode("2", { name: "mail", args: [1, USER], argsMeta: REFS, options: OPTIONS }),
    stepNode("3", { args: [{ step: "2" }], argsMeta: { values: { "0": [["custom", "ref"]] }, v: 1 } }),
  ]),
  [{ type: "started", step: "1", attempt: 1, run: 1 }],
  [{ type: "finished", step: "1", attempt: 1, ms: 1, value: { id: 7 } }, {
    type: "started",
    step: "2",
    attempt: 1,
    run: 1,
  }],
  [{ type: "failed", step: "2", attempt: 1, ms: 3, error: ERROR }, { type: "aborted", step: "2" }],
  [{ type: "resumed", run: 2, library: "0.1.0" }, { type: "started", step: "2", attempt: 2, run: 2 }],
  [{ type: "resumed", run: 3, library: "0.1.0" }, {
    type: "decided",
    decision: "retry",
    step: "2",
    by: "ana",
    why: "no",
  }],
  [{ type: "started", step: "2", attempt: 3, run: 3 }],
  [{ type: "finished", step: "2", attempt: 3, ms: 5, value: { token: "t", sent: true } }],
];

async function report(step: string, records = RECORDS): Promise<StepReport | undefined> {
  return reportStep(await readState(await storeOf(records), JOURNAL), step, redactSecrets);
}

async function render(step: string, records = RECORDS): Promise<string> {
  const found = await report(step, records);
  if (found === undefined) throw new Error(`There is no step ${step}`);
  return renderStepReport(found, { source: ({ line }) => ({ text: `line ${line}\u202e`, isChanged: true }) });
}

Deno.test("renderStepReport() shows everything about a step", async () => {
  assertEquals(
    await render("mail"),
    `Step 2  finished   state.mail = move(1, { user: state.user.id, password: «redacted», notes: "${
      USER.notes.slice(0, 65)
    }…)
  journal      /srv/ana.json
  name         mail
  function     move of file:///srv/move.ts
  key          6f1c/2/0 (idempotency key)
  retry        up to 4 attempts, the first pause 2.000 s, then ×2 each time up to 1 min 0 s, each pause up to 50 % shorter at random, not after TypeError
  timeout      5.000 s
  interrupted  retry
  undo         moveBack of file:///srv/move.ts

Notes
  3 attempts

Arguments
  [
    1,
    {
      user: state.user.id,
      password: «redacted»,
      notes: ${JSON.stringify(USER.notes)},
    },
  ]

Value
  { token: «redacted», sent: true }

Attempts
  attempt 1, 2026-11-23 02:15:00.250 UTC: failed after 3 ms
    Error: no host
      code EHOST
      at send (file:///srv/move.ts:3:1)
        3 | line 3\\u202e   (the file has changed since)
      at callStep (file:///lib/call_step.ts:1:1)
      caused by TypeError: no route
      at connect (ext:core/1.js:1:1)
  attempt 2, 2026-11-23 02:15:00.500 UTC: interrupted, outcome unknown
  attempt 3, 2026-11-23 02:15:00.750 UTC: finished after 5 ms

Decisions
  retry by ana, 2026-11-23 02:15:00.625 UTC: no

Needs the values of
  1  state.user = move()  finished  at 02:15:00.125, took 1 ms  → { id: 7 }

Is needed by
  3  move(state.mail)  pending

Next
  See the whole transaction
    deno run -A jsr:@x/resumable-tx@0.1.0/cli inspect /srv/ana.json
`,
  );
});

Deno.test("renderStepReport() says of an attempt that it was overdue, and how it ended late, if it did", async () => {
  const overdue: readonly (readonly Event[])[] = [
    planEvents([stepNode("1", { options: { timeoutMs: 20 } })]),
    [{ type: "started", step: "1", attempt: 1, run: 1 }],
    [{ type: "waiting", step: "1", for: "decision" }],
    [{ type: "failed", step: "1", attempt: 1, ms: 6000, error: { name: "Error", message: "late" } }],
    [{ type: "resumed", run: 2, library: "0.1.0" }, { type: "started", step: "1", attempt: 2, run: 2 }],
    [{ type: "waiting", step: "1", for: "decision" }],
    [{ type: "resumed", run: 3, library: "0.1.0" }],
  ];
  const told = "it did not stop within 5 seconds after its time limit of 20 ms";
  const text = await render("1", overdue);
  assertStringIncludes(text, `: failed after 6.000 s; ${told}\n`);
  assertStringIncludes(text, `: interrupted, outcome unknown; ${told}\n`);
  const again = await render("1", [...overdue, [{ type: "started", step: "1", attempt: 3, run: 3 }]]);
  assertStringIncludes(again, `: interrupted, outcome unknown; ${told}\n  attempt 3`);
  assertEquals(again.split(told).length, 3);
});

Deno.test("reportStep() tells no time of a step that a rewind has made pending, but its attempt", async () => {
  const rewound = await report("1", [...RECORDS, [{ type: "decided", decision: "rewind", step: "1" }]]);
  const { status, attempts, startedAt, offsetMs, ms } = rewound?.step ?? {};
  assertEquals({ status, attempts, startedAt, offsetMs, ms }, {
    status: "pending",
    attempts: 1,
    startedAt: undefined,
    offsetMs: undefined,
    ms: undefined,
  });
  assertEquals(rewound?.attempts.map(({ attempt, end, ms }) => ({ attempt, end, ms })), [
    { attempt: 1, end: "finished", ms: 1 },
  ]);
});

Deno.test("reportStep() tells the attempts of a step before and after it was rewound, and its new idempotency key", async () => {
  const pending = await render("1", [...RECORDS, [{ type: "decided", decision: "rewind", step: "1" }]]);
  assertEquals(/pending.* (?:at|took) /.test(pending), false, pending);
  const rewound = await report("1", [
    ...RECORDS,
    [{ type: "decided", decision: "rewind", step: "1", by: "ana" }],
    [{ type: "started", step: "1", attempt: 2, run: 3 }],
  ]);
  assertEquals(rewound?.idempotencyKey, "6f1c/1/1");
  assertEquals(rewound?.attempts.map(({ attempt, end, ms }) => ({ attempt, end, ms })), [
    { attempt: 1, end: "finished", ms: 1 },
    { attempt: 2, end: "interrupted", ms: undefined },
  ]);
  assertEquals(rewound?.referredBy.map(({ id }) => id), ["2"]);
});

Deno.test("reportStep() tells the idempotency key that the undo of a step gets, while and after it is undone", async () => {
  const rollback: Event = { type: "decided", decision: "rollback" };
  const undoing: Event = { type: "undoing", step: "2", attempt: 1, run: 4 };
  const records = [...RECORDS, [{ type: "resumed", run: 4, library: "0.1.0" } as const, rollback]];
  const undone: readonly Event[] = [undoing, { type: "undone", step: "2", attempt: 1, ms: 1 }, { type: "undone" }];
  const keyOf = async (step: string, ...more: readonly (readonly Event[])[]) =>
    (await report(step, [...records, ...more]))?.idempotencyKey;
  assertEquals(await keyOf("2"), "6f1c/2/0/undo");
  assertEquals(await keyOf("2", [undoing]), "6f1c/2/0/undo");
  assertEquals(await keyOf("2", undone), "6f1c/2/0/undo");
  // It has no undo function: what it got when it ran is all that there is.
  assertEquals(await keyOf("1"), "6f1c/1/0");
});

Deno.test("renderStepReport() shows what to type about the step that is asked for, and what is in a group", async () => {
  const records = [
    planEvents([{ id: "1", kind: "parallel" }, stepNode("1.1"), stepNode("1.2")]),
    [
      { type: "started" as const, step: "1.1", attempt: 1, run: 1 },
      { type: "started" as const, step: "1.2", attempt: 1, run: 1 },
    ],
  ];
  const child = await render("1.2", records);
  assertStringIncludes(child, "  Step 1.2 did not happen: run it\n");
  assertEquals(child.includes("1.1"), false);
  assertStringIncludes(await render("1", records), "Inside\n  1.1    move()  unknown");
});

const FAILED: Event = { type: "failed", step: "2", attempt: 1, ms: 1, error: { name: "Error", message: "no" } };
const ABORTED: Event = { type: "aborted", step: "2" };

/** What the report on a step says to type, without the program and the journal. */
async function nextOf(step: string, records: readonly (readonly Event[])[]): Promise<readonly string[] | undefined> {
  return (await report(step, records))?.next.map(({ command }) =>
    command.split("/cli ")[1]?.replace(` ${JOURNAL}`, "") ?? ""
  );
}

Deno.test("reportStep() offers to resume with a step that failed, also where it is asked about what the step is in", async () => {
  const undo = { options: { undo: { module: 0, export: "back" } } } as const;
  const started = (step: string): Event => ({ type: "started", step, attempt: 1, run: 1 });
  const failed: readonly (readonly Event[])[] = [
    planEvents([stepNode("1", undo), stepNode("2"), stepNode("3")]),
    [started("1"), { type: "finished", step: "1", attempt: 1, ms: 1 }, started("2"), FAILED, ABORTED],
  ];
  assertEquals(await nextOf("2", failed), ["resume", "resume --skip 2", "rollback"]);
  assertEquals([await nextOf("1", failed), await nextOf("3", failed)], [[], []]);
  const inGroup: readonly (readonly Event[])[] = [
    planEvents([{ id: "1", kind: "sequence" }, stepNode("1.1"), stepNode("2")]),
    [started("1.1"), { ...FAILED, step: "1.1" }, { ...ABORTED, step: "1.1" }],
  ];
  assertEquals((await nextOf("1", inGroup))?.slice(0, 2), ["resume", "resume --skip 1.1"]);
  assertEquals(await nextOf("2", inGroup), []);
  // Another run could not start the step, as for want of a variable, before it came to an earlier one.
  const notStarted: readonly (readonly Event[])[] = [
    planEvents([stepNode("1"), stepNode("2")]),
    [{ type: "aborted", step: "2", error: { name: "TypeError", message: "not set" } }],
  ];
  assertEquals(await nextOf("2", notStarted), ["resume", "resume --skip 2"]);
});

Deno.test("reportStep() says how to continue with each step that waits or is asked about, and with no other", async () => {
  const until = "9999-01-01T00:00:00.000Z";
  const waiting: readonly (readonly Event[])[] = [
    planEvents([
      { id: "1", kind: "parallel" },
      { id: "1.1", kind: "wait", signal: "go" },
      { id: "1.2", kind: "sleep", until },
      ...[3, 4, 5, 6].map((number) => stepNode(`1.${number}`)),
      stepNode("2"),
    ]),
    [{ type: "waiting", step: "1.1", for: "signal", signal: "go" }, {
      type: "waiting",
      step: "1.2",
      for: "time",
      until,
    }],
  ];
  const finished = [3, 4, 5, 6].flatMap((number): Event[] => [
    { type: "started", step: `1.${number}`, attempt: 1, run: 1 },
    { type: "finished", step: `1.${number}`, attempt: 1, ms: 1 },
  ]);
  assertEquals(await nextOf("1.1", [...waiting, finished]), ["signal go JSON", "resume", "cancel"]);
  assertEquals(await nextOf("1.2", [...waiting, finished]), ["resume"]);
  assertEquals(await nextOf("2", [...waiting, finished]), []);
  const unknown = [...waiting, finished.filter(({ type }) => type === "started")];
  // A transaction lists only the first few questions.
  assertEquals(await nextOf("1.6", unknown), ["resume --retry 1.6", "resume --done 1.6", "resume --skip 1.6"]);
  assertEquals(await nextOf("1.1", unknown), []);
});

Deno.test("renderStepReport() describes retries without a pause, with a steady one, and with defaults", async () => {
  const shown = async (retry: RetryOptions) => {
    const text = await render("1", [planEvents([stepNode("1", { options: { retry } })])]);
    return / retry +(.*)/.exec(text)?.[1];
  };
  assertEquals(await shown({ maxAttempts: 1, delayMs: 0 }), "up to 1 attempt, 0 ms apart");
  assertEquals(await shown({ factor: 1, jitter: 0 }), "up to 5 attempts, 1.000 s apart");
  assertEquals(
    await shown({ delayMs: 90_000, jitter: 0, nonRetryable: ["A\u202e", "B"] }),
    "up to 5 attempts, 1 min 0 s apart, not after A\\u202e, B",
  );
  assertEquals(
    await shown({}),
    "up to 5 attempts, the first pause 1.000 s, then ×2 each time up to 1 min 0 s, each pause up to 100 % shorter at random",
  );
});

Deno.test("reportStep() finds no step that is not in the plan", async () => {
  assertEquals(await report("4"), undefined);
});
