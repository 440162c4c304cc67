/**
 * Misuses what a program plans with, in every way that is refused, and notes what is said. Run as a program, it writes the
 * golden file.
 *
 * @module
 */
import { checkExportName, checkModuleUrl } from "../../lib/plan/function_place.ts";
import { PlanBuilder } from "../../lib/plan/plan_builder.ts";
import { type Planner, sleepTime } from "../../lib/plan/planner.ts";
import { env } from "../../lib/plan/ref.ts";
import { checkStepOptions } from "../../lib/plan/step_options.ts";
import { steps } from "../../lib/plan/steps.ts";
import { buildSubPlan, plan } from "../../lib/plan/sub_plan.ts";
import { checkTransactionOptions } from "../../lib/run/options/transaction_options.ts";

/** Where the messages are kept as they should be. */
export const GOLDEN = new URL("golden/misuse.txt", import.meta.url);

const PLACE = { parent: "3.2", next: 1 };
const FOREIGN = new PlanBuilder().planner({}).do(send);

function send(..._args: readonly unknown[]): { id: number } {
  return { id: 1 };
}

/** Plans, with a value that the compiler may not know. */
function planned(build: (t: Planner, builder: PlanBuilder) => unknown): () => void {
  return () => {
    const builder = new PlanBuilder();
    builder.seal(build(builder.planner({}), builder));
  };
}

function planning(build: (t: Planner) => unknown): () => void {
  return () => void buildSubPlan(plan(build), PLACE);
}

/** What plain JavaScript may pass where the compiler would not let it through. */
function anything<T>(json: string): T {
  return JSON.parse(json);
}

/** Uses of a planner whose time is over, or has not come. */
const TURNS: readonly (readonly [what: string, misuse: () => unknown])[] = [
  ["the planner of the whole plan, in a group", planned((t) => t.parallel(() => void t.do(send), { name: "a" }))],
  ["the planner of a group, in a group within", planned((t) => t.parallel((p) => p.sequence(() => void p.do(send))))],
  ["the planner of a group, after it", planned((t) => void t.sequence((s) => s).do(send))],
  [
    "the planner of a group, in another one",
    planned((t) => {
      const late = t.sequence((s) => s);
      t.parallel(() => void late.do(send));
    }),
  ],
  [
    "a planner after the callback of a group has failed",
    planned((t) => {
      try {
        t.sequence(() => {
          throw new Error("x");
        });
      } catch {
        t.do(send);
      }
    }),
  ],
  ["a planner after the plan is sealed", planned((t, builder) => void builder.seal(t.do(send)))],
  ["an end of planning in a group", planned((t, builder) => t.parallel(() => void builder.seal(undefined)))],
  ["an async callback of a group", planned((t) => t.parallel((() => Promise.resolve()) as never))],
  ["an async callback of a plan", planned(() => Promise.resolve())],
  ["an async callback of a sub-plan", planning(() => Promise.resolve())],
  ["groups without end", planned((t) => nest(t))],
];

function nest(t: Planner): void {
  t.sequence(nest);
}

/** Functions, arguments and values that cannot be stored. */
const VALUES: readonly (readonly [what: string, misuse: () => unknown])[] = [
  ["an argument that is a function", planned((t) => t.do(send, () => 1))],
  ["a part of an argument that is a stream", planned((t) => t.do(send, 1, { files: [new ReadableStream()] }))],
  ["arguments over 16 MiB", planned((t) => t.do(send, ...["a", "b"].map((text) => text.repeat(9 * 1024 * 1024))))],
  ["a ref of another plan", planned((t) => t.do(send, [FOREIGN]))],
  ["a ref of another plan in a sub-plan", planning((t) => t.do(send, FOREIGN))],
  ["a ref of another plan as the value of a sub-plan", planning(() => [FOREIGN])],
  ["a symbol as the value of a transaction", planned(() => ({ a: [Symbol("s")] }))],
  ["a variable as the value of a transaction", planned(() => [env("KEY")])],
  ["a variable as the value of a sub-plan", planning(() => env("KEY"))],
  ["a sub-plan as an argument", planned((t) => t.do(send, 1, [plan(() => {})]))],
  ["a sub-plan as the value of a transaction", planned(() => plan(() => {}))],
  ["a sub-plan of no function", () => plan(anything("{}"))],
  [
    "a sub-plan of another protocol",
    () => buildSubPlan({ [Symbol.for("@x/resumable-tx/plan")]: { protocol: 2, build: send } }, PLACE),
  ],
  ["a step of no function", planned((t) => t.do(anything('"f"')))],
  ["a parallel group of no function", planned((t) => t.parallel(anything("1")))],
  ["a sequence of no function", planned((t) => t.sequence(anything("1")))],
  ["a ref in a template", planned((t) => `${t.do(send)}`)],
  ["a part of a ref in JSON", planned((t) => JSON.stringify(t.do(send).get("id")))],
  ["a ref of a wait as text", planned((t) => `${t.waitFor("go")}`)],
  ["a variable as text", () => `${env("KEY")}`],
  ["a variable without a name", () => env("")],
  ["a call of what only names a step", () => steps<{ f(): void }>("https://example.com/s3.ts").f()],
  ["a reserved export", () => checkExportName("then")],
];

/** Options as JSON, of each kind of node and of a transaction. */
const OPTIONS: readonly (readonly [what: string, misuse: (options: never) => unknown, json: readonly string[]])[] = [
  ["step", (options) => checkStepOptions(options), [
    ...['{"retries":3}', '{"name":"2nd"}', '{"name":3}', '{"interrupted":"skip"}', '{"undo":"refund"}', '{"retry":3}'],
    ...['{"retry":{"attempts":3}}', '{"retry":{"maxAttempts":0}}', '{"retry":{"maxAttempts":1.5}}'],
    ...['{"retry":{"delayMs":-1}}', '{"retry":{"delayMs":"1s"}}', '{"retry":{"factor":0.5}}', '{"retry":{"jitter":2}}'],
    ...['{"retry":{"nonRetryable":"TypeError"}}', '{"timeoutMs":0}', '{"timeoutMs":"5s"}'],
  ]],
  ["parallel", (options) => planned((t) => t.parallel(() => {}, options))(), [
    ...['{"limit":0}', '{"limit":1.5}', '{"limit":"3"}', '{"limit":null}', '{"limits":3}', '{"name":"2nd"}', "null"],
  ]],
  ["sequence", (options) => planned((t) => t.sequence(() => {}, options))(), ['{"limit":3}']],
  ["sleep", (options) => planned((t) => t.sleep(1, options))(), ['{"interrupted":"retry"}', '{"name":"a b"}']],
  ["wait", (options) => planned((t) => t.waitFor("go", options))(), ['{"interrupted":"retry"}', '{"name":"a b"}']],
  ["with", (options) => planned((t) => t.with(options))(), ['{"name":"a"}', '{"undo":"f"}']],
  ["shared probe", () => planned((t) => t.with({ interrupted: send as never }))(), ["{}"]],
  ["shared undo", () => planned((t) => t.with({ undo: send } as never))(), ["{}"]],
  ["two of one name", (options) => planned((t) => [1, 2].map(() => t.do(send).with(options)))(), ['{"name":"a"}']],
  ["signal", (signal) => planned((t) => t.waitFor(signal))(), ['""', '"2nd"', '"a b"', "3"]],
  ["time", (time) => sleepTime(time), ["-1", "1e13", '"5"', "null"]],
  ["date", (time) => sleepTime(new Date(time)), ["8.64e15", "1e99"]],
  ["module", (url) => checkModuleUrl(url), [
    ...['"data:text/javascript,1"', '"http://example.com/steps.ts"', '"jsr:@std/fs"', '"npm:superjson@2"'],
    ...['"file:///home/ana/.cache/deno/npm/packages.example.org/@a/b/1.2.3_1/mod.js"', '"file://example.com/a.ts"'],
    ...['"file:///srv%2Fsteps.ts"', '"npm:superjson@2.2.6/../other/mod.js"', '"./steps.ts"', '""'],
    '"https://ana:secret@example.com/steps.ts"',
  ]],
  ["transaction", (options) => checkTransactionOptions(options), [
    ...['{"onfailure":"stop"}', '{"onFailure":"undo"}', '{"onFailure":null}', '{"signal":{"aborted":false}}'],
    ...['{"ifExists":"retry"}', '{"ifExists":"resume"}'],
  ]],
];

/** All messages, each under what was done. */
export function composeMisuse(): string {
  const blocks = [...TURNS, ...VALUES].map(([what, misuse]) => `# ${what}\n${refusalOf(misuse)}\n`);
  for (const [what, misuse, all] of OPTIONS) {
    blocks.push(...all.map((json) => `# ${what} ${json}\n${refusalOf(() => misuse(anything(json)))}\n`));
  }
  return blocks.join("\n");
}

function refusalOf(misuse: () => unknown): string {
  try {
    misuse();
  } catch (error) {
    if (error instanceof Error) return `${error.name}: ${error.message}`;
  }
  throw new Error(`Nothing is refused: ${misuse}`);
}

if (import.meta.main) await Deno.writeTextFile(GOLDEN, composeMisuse());
