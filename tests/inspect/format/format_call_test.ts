import { assertEquals } from "@std/assert";
import { formatCall } from "../../../lib/inspect/format/format_call.ts";
import { redactSecrets } from "../../../lib/inspect/redact/redact_secrets.ts";
import type { PlanNode } from "../../../lib/plan/node.ts";
import { State } from "../../../lib/state/state.ts";

const CASES: readonly (readonly [PlanNode, string])[] = [
  [{ id: "1", kind: "step", module: 0, export: "go\u001b[2J", args: ["\u202e"] }, 'go\\u001b[2J("\\u202e")'],
  [{ id: "1", name: "key", kind: "step", module: 0, export: "go" }, "state.key = go()"],
  [{ id: "3", kind: "sleep", ms: 1000 }, "sleep 1.000 s"],
  [{ id: "3", kind: "sleep", until: "2026-11-23T02:15:00.000Z" }, "sleep until 2026-11-23 02:15:00.000 UTC"],
  [{ id: "4", name: "yes", kind: "wait", signal: "approval" }, 'state.yes = wait for "approval"'],
  [{ id: "5", kind: "parallel", limit: 2 }, "parallel, at most 2 at a time"],
  [{ id: "5", kind: "sequence" }, "sequence"],
];

for (const [node, text] of CASES) {
  Deno.test(`formatCall() shows ${text}`, () => {
    assertEquals(
      formatCall(new State({ keepsValues: true }), node, redactSecrets),
      text,
    );
  });
}
