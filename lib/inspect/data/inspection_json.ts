import { prettyJson } from "../../values/json.ts";
import { walkSteps } from "../../state/walk_steps.ts";
import type { Redact } from "../redact/redact_secrets.ts";
import { inspectState } from "./inspect_state.ts";
import { inspectStep, toInspectable } from "./inspect_step.ts";
import type { ReadState } from "./read_state.ts";

/** A text in JSON has no line break, so this occurs only once. */
const STEPS = '\n  "steps": []';
const CHUNK = 64 * 1024;

/** Writes an inspection as JSON, in pieces: a million steps are longer than a string can be. */
export function* inspectionJson(read: ReadState, redact: Redact): Generator<string> {
  const source = toInspectable(read, redact);
  const head = prettyJson(inspectState(source, []));
  const place = head.indexOf(STEPS) + STEPS.length - 1;
  let text = head.slice(0, place);
  let isFirst = true;
  for (const step of walkSteps(source.state.root)) {
    const json = prettyJson(inspectStep(source, step)).replaceAll("\n", "\n    ");
    text += `${isFirst ? "" : ","}\n    ${json}`;
    isFirst = false;
    if (text.length < CHUNK) continue;
    yield text;
    text = "";
  }
  yield `${text}${isFirst ? "" : "\n  "}${head.slice(place)}\n`;
}
