/**
 * What is shown of a journal grows with it: of a journal twice as long, whatever is in it, twice as much is shown, with
 * about twice the work.
 */
import { assert, assertEquals } from "@std/assert";
import { inspectionJson, viewState } from "../../lib/inspect/data/view_journal.ts";
import { type ReadState, readState } from "../../lib/inspect/data/read_state.ts";
import { summarizeJournal } from "../../lib/inspect/data/summarize_journal.ts";
import { renderGraph } from "../../lib/inspect/graph/render_graph.ts";
import { renderPage } from "../../lib/inspect/html/render_page.ts";
import { formatErrorDetails } from "../../lib/inspect/format/format_error.ts";
import { formatCall } from "../../lib/inspect/format/format_call.ts";
import { redactNothing, redactSecrets } from "../../lib/inspect/redact/redact_secrets.ts";
import { fileName, renderInspection } from "../../lib/inspect/text/render_inspection.ts";
import { encodeRecord } from "../../lib/journal/encode_record.ts";
import type { Event } from "../../lib/journal/event.ts";
import type { PlanNode, StepNode } from "../../lib/plan/node.ts";
import { lookAtModules } from "../../lib/run/start/check_modules.ts";
import { State } from "../../lib/state/state.ts";
import { MemoryStore } from "../support/memory_store.ts";
import { FileStore } from "../../lib/storage/file/file_store.ts";
import { type Json, prettyJson } from "../../lib/values/json.ts";
import { runMain } from "../cli/fake_io.ts";
import { countWork } from "../state/count_work.ts";
import { AT, done, folded, plan, refs, stepNode } from "../state/folded.ts";
import { inFolder } from "../support/in_folder.ts";
import { permittedTest } from "../support/permitted_test.ts";
import { lineOf } from "../support/test_record.ts";

const SIZE = 160;
const ERROR = { name: "Error", message: "no" };
const UNDO = { options: { undo: { module: 0, export: "u" } } };

const each = <T>(count: number, make: (number: number) => readonly T[] | T): readonly T[] =>
  Array.from({ length: count }, (_, index) => index + 1).flatMap(make);
const steps = (count: number, more: Pick<StepNode, "options"> = {}): readonly Event[] =>
  plan(each(count, (id) => stepNode(String(id), more)));
const parallel = (count: number, child: (id: string, number: number) => PlanNode): readonly Event[] =>
  plan([{ id: "1", kind: "parallel" }, ...each(count, (number) => child(`1.${number}`, number))]);
const start = (step: string, attempt = 1, run = 1): Event => ({ type: "started", step, attempt, run });
const nested = (depth: number): Json => each(depth, () => 0).reduce<Json>((inner) => [inner, {}], []);

/** A journal of a number of events of one kind. */
const KINDS: { readonly [kind: string]: (count: number) => readonly Event[] } = {
  "a value that is nested deeply": (count) => [...steps(1), ...done("1", nested(count))],
  "arguments that are nested deeply": (count) => plan([stepNode("1", { args: [nested(count)] })]),
  "a signal with a value that is nested deeply": (count) => [
    ...steps(1),
    { type: "signalled", signal: "go", value: nested(count) },
  ],
  "attempts with pauses between them": (count) => [...steps(count), ...each(count, (id) => done(String(id)))],
  "failures of one step": (count) => [
    ...steps(1),
    ...each(count, (attempt): readonly Event[] => [
      start("1", attempt),
      { type: "failed", step: "1", attempt, ms: 1, error: ERROR },
      { type: "retrying", step: "1", attempt: attempt + 1, until: AT },
    ]),
  ],
  "steps that stay in a rollback": (count) => [
    ...steps(count),
    ...each(count, (id) => done(String(id))),
    { type: "decided", decision: "rollback" },
  ],
  "steps that a rollback undoes": (count) => [
    ...steps(count, UNDO),
    ...each(count, (id) => done(String(id))),
    { type: "decided", decision: "rollback" },
  ],
  "waits, and signals that none of them takes": (count) => [
    ...parallel(count, (id, number) => ({ id, kind: "wait", signal: `a${number}` })),
    ...each(count, (id): Event => ({ type: "waiting", step: `1.${id}`, for: "signal", signal: `a${id}` })),
    ...each(count, (id): Event => ({ type: "signalled", signal: `b${id}` })),
  ],
  "runs with changed modules": (count) => [
    ...steps(count),
    ...each(count, (run): Event => ({
      ...{ type: "resumed", run: run + 1, library: "0.1.0" },
      modules: [{ module: 0, sha256: "0".repeat(64) }],
    })),
  ],
  "decisions about one step": (count) => [
    ...steps(1),
    ...each(count, (): Event => ({ type: "decided", decision: "retry", step: "1" })),
  ],
  "plans of steps that were rewound": (count) => [
    ...steps(count),
    ...each(count, (id): readonly Event[] => [
      start(String(id)),
      { type: "expanded", step: String(id), nodes: [stepNode(`${id}.1`)] },
      { type: "finished", step: String(id), attempt: 1, ms: 1, expands: 1 },
      ...done(`${id}.1`),
    ]),
    { type: "decided", decision: "rewind", step: "1" },
  ],
  "steps that need one value": (count) => plan(each(count, (id) => stepNode(`${id}`, id === 1 ? {} : refs(["1"])))),
  "running steps": (count) => [...parallel(count, (id) => stepNode(id)), ...each(count, (id) => start(`1.${id}`))],
};

const FORMS: readonly (readonly string[])[] = [
  ["inspect"],
  ["inspect", "--all"],
  ["inspect", "--json"],
  ["inspect", "--step", "1", "--json"],
  ["inspect", "--step", "1", "--all"],
  ["inspect", "--events", "--all"],
  ["inspect", "--events", "--all", "--json"],
  ["inspect", "--html=-", "--all"],
  ["inspect", "--graph", "--all"],
  ["list", "--json"],
  ["check", "--json"],
];

/** The time moves by a second from record to record: each has three events. */
async function writeSized(path: string, events: readonly Event[]): Promise<void> {
  let [text, sum] = ["", ""];
  for (let seq = 0; 3 * seq < events.length; seq += 1) {
    const at = new Date(Date.parse(AT) + 1000 * seq).toISOString();
    const record = encodeRecord({ seq, at, events: events.slice(3 * seq, 3 * seq + 3) }, sum);
    text += lineOf(record);
    sum = record.sum;
  }
  await Deno.writeTextFile(path, `${text}]`, { mode: 0o600 });
}

function showAll(read: ReadState): void {
  const options = { all: true, redact: redactSecrets };
  const { inspection, selected } = viewState(read, options);
  renderInspection(inspection, { selected });
  renderGraph(selected);
  renderPage(read, { ...options, history: [] });
  for (const _piece of inspectionJson(read, redactSecrets));
}

for (const [kind, make] of Object.entries(KINDS)) {
  permittedTest(
    `every command shows twice as much of twice as many events: ${kind}`,
    ["read", "write"],
    () =>
      inFolder({}, async (folder) => {
        const journals = [`${folder}/1.json`, `${folder}/2.json`];
        for (const [index, journal] of journals.entries()) await writeSized(journal, make((index + 1) * SIZE));
        for (const [command = "", ...flags] of FORMS) {
          const shown = await Promise.all(journals.map((journal) => runMain([command, journal, ...flags])));
          const lengths = shown.map(({ out }) => out.length);
          const name = `${command} ${flags.join(" ")}: ${lengths.join(", then ")} characters`;
          assertEquals(shown.map(({ error }) => error), ["", ""], name);
          assert((lengths[1] ?? Infinity) <= 2.2 * (lengths[0] ?? 0), name);
        }
        const reads = await Promise.all(journals.map((journal) => readState(new FileStore(), journal)));
        const work = reads.map((read) => countWork(() => showAll(read)));
        assert((work[1] ?? Infinity) <= 2.2 * (work[0] ?? 0) + 1000, work.join(" visits, then "));
      }),
  );
}

Deno.test("lookAtModules() looks through the module table once", async () => {
  const reads: number[] = [];
  for (const count of [SIZE, 2 * SIZE]) {
    const state = new State({ keepsValues: false });
    const modules = each(count, (number) => ({ url: `npm:m${number}@1.0.0`, sha256: "0".repeat(64) }));
    let read = 0;
    const get = (list: typeof modules, key: string | symbol) => {
      read += 1;
      return Reflect.get(list, key);
    };
    Object.defineProperty(state, "modules", { value: new Proxy(modules, { get }) });
    const wanted = modules.map(({ url }) => ({ module: url, export: "f" }));
    const looks = await lookAtModules(state, wanted, { acceptsChanges: false, isDry: true });
    assertEquals(new Set(looks.map(({ source }) => source)), new Set(["versioned"]));
    reads.push(read);
  }
  assert((reads[1] ?? Infinity) <= 2.2 * (reads[0] ?? 0), reads.join(", then "));
});

Deno.test("prettyJson() writes JSON as JSON.stringify() does, and only what is nested deeply without indentation", () => {
  const flat = { a: [1, null, "x\n", [], {}], b: { c: undefined, d: { e: [undefined, true] } }, f: undefined };
  for (const data of [flat, [], {}, "x", 7, null, nested(6)]) {
    assertEquals(prettyJson(data), JSON.stringify(data, null, 2));
  }
  for (const depth of [10, 16, 17, 18, 40, 300]) {
    const value = { flat, deep: nested(depth) };
    assertEquals(JSON.parse(prettyJson(value)), JSON.parse(JSON.stringify(value)));
  }
  assertEquals(prettyJson({ a: 1, deep: nested(200) }).split("\n").slice(0, 4), [
    "{",
    '  "a": 1,',
    '  "deep": [',
    "    [",
  ]);
});

/** Without care, each of these takes minutes: the square of its length. */
Deno.test("a hostile place of an error, URL of a module or of a program is read once", () => {
  const stack = `at ${"file://".repeat(150_000)} x`;
  assertEquals(formatErrorDetails({ ...ERROR, stack }).length, 1);
  const read = ({ url, line }: { url: string; line: number }) => ({ text: `${url} ${line}`, isChanged: false });
  const frames = [["at f (file:///srv/a.ts:3:4)", 3], ["at file:///srv/a.ts:5", 5], [
    "at file:///a file:///srv/a.ts:6:1",
    6,
  ]];
  for (const [frame, line] of frames) {
    const shown = formatErrorDetails({ ...ERROR, stack: `Error: no\n    ${frame}` }, { source: read });
    assertEquals(shown.slice(1), [`  ${line} | file:///srv/a.ts ${line}`]);
  }
  const url = `file:///${"a".repeat(8000)}/mail.test.ts`;
  const state = folded(...plan([{ ...stepNode("1"), export: "default" }]));
  state.modules.splice(0, 1, { url });
  const node = state.byId.get("1")?.node;
  assert(node !== undefined);
  for (let count = 0; count < 10_000; count += 1) {
    assertEquals(formatCall(state, node, redactNothing), "mail.test()");
    assertEquals(fileName(`${"?\n".repeat(4000)}`), fileName(`${"?\n".repeat(4000)}`));
  }
  assertEquals(["file:///srv/a.ts?x#/b", "npm:a", "file:///srv/", ""].map(fileName), [
    "a.ts",
    "npm:a",
    "file:///srv/",
    "unknown program",
  ]);
});

Deno.test("summarizeJournal() says that a journal is too large instead of ending a list", async () => {
  const store = new MemoryStore();
  store.read = () => Promise.reject(new RangeError("Invalid string length"));
  assertEquals(await summarizeJournal(store, "1"), {
    ...{ journal: "1", isHeld: false, next: [] },
    ...{ status: "unreadable", reason: "too large: Invalid string length" },
  });
});
