import { assertEquals } from "@std/assert";
import { inspectJournal } from "../../../lib/inspect/data/inspect_state.ts";
import { viewJournal } from "../../../lib/inspect/data/view_journal.ts";
import { redactSecrets } from "../../../lib/inspect/redact/redact_secrets.ts";
import { renderInspection } from "../../../lib/inspect/text/render_inspection.ts";
import type { Event } from "../../../lib/journal/event.ts";
import { JOURNAL, planEvents, stepNode, storeOf } from "../sample_journal.ts";

/** A journal of so many steps, of which some have finished with a large value; one has failed. */
function records(count: number, failing: number): readonly (readonly Event[])[] {
  const nodes = Array.from({ length: count }, (_, index) => stepNode(String(index + 1)));
  const value = { token: "hunter2", rows: Array.from({ length: 100 }, (_, row) => `row ${row}`) };
  const error = { name: "E", message: "no" };
  return [
    planEvents(nodes),
    ...nodes.slice(0, failing).map(({ id }): Event[] => [
      { type: "started", step: id, attempt: 1, run: 1 },
      id === String(failing)
        ? { type: "failed", step: id, attempt: 1, ms: 1, error }
        : { type: "finished", step: id, attempt: 1, ms: 1, value },
    ]),
    [{ type: "aborted", step: String(failing) }],
  ];
}

Deno.test("viewJournal() makes nothing of steps that are not shown, and shows the same as if it did", async () => {
  const long = records(500, 250);
  const view = await viewJournal(await storeOf(long), JOURNAL, { all: false, redact: (encoded) => encoded });
  assertEquals([view.inspection.steps.length, view.inspection.counts], [27, {
    finished: 249,
    failed: 1,
    pending: 250,
  }]);
  const full = await inspectJournal(await storeOf(long), JOURNAL);
  assertEquals(renderInspection(view.inspection, { selected: view.selected }), renderInspection(full));
  assertEquals(view.inspection.next, full.next);
});

Deno.test("viewJournal() keeps of a large value no more than its line of text, without what looks like a secret", async () => {
  const store = await storeOf(records(3, 2));
  const { inspection: { steps: [first] } } = await viewJournal(store, JOURNAL, { all: true, redact: redactSecrets });
  assertEquals([first?.value, first?.valueText?.slice(0, 40)], [
    undefined,
    '{ token: «redacted», rows: ["row 0", "ro',
  ]);
});

Deno.test("viewJournal() shows all steps when it is told to", async () => {
  const { inspection, selected } = await viewJournal(await storeOf(records(500, 250)), JOURNAL, {
    all: true,
    redact: redactSecrets,
  });
  assertEquals([inspection.steps.length, selected.every(({ kind }) => kind === "step")], [500, true]);
});

Deno.test("viewJournal() shows a failed step that is deep in plans that steps have returned", async () => {
  const ids = Array.from({ length: 30 }, (_, index) => Array(index + 1).fill("1").join("."));
  const deepest = ids.at(-1) ?? "";
  const error = { name: "E", message: "no" };
  const long: readonly (readonly Event[])[] = [
    planEvents([stepNode("1"), ...Array.from({ length: 99 }, (_, index) => stepNode(String(index + 2)))]),
    ...ids.map((id): Event[] => [
      { type: "started", step: id, attempt: 1, run: 1 },
      ...(id === deepest
        ? [{ type: "failed", step: id, attempt: 1, ms: 1, error } as const, { type: "aborted", step: id } as const]
        : [
          { type: "expanded", step: id, nodes: [stepNode(`${id}.1`), stepNode(`${id}.2`)] } as const,
          { type: "finished", step: id, attempt: 1, ms: 1, expands: 1 } as const,
        ]),
    ]),
  ];
  const view = await viewJournal(await storeOf(long), JOURNAL, { all: false, redact: (encoded) => encoded });
  const failed = view.inspection.steps.filter(({ status }) => status === "failed").map(({ id }) => id);
  assertEquals(failed, ids);
  assertEquals(view.selected.filter(({ kind }) => kind === "gap").length, 1, "only steps after the first are left out");
  const full = await inspectJournal(await storeOf(long), JOURNAL);
  assertEquals(renderInspection(view.inspection, { selected: view.selected }), renderInspection(full));
});
