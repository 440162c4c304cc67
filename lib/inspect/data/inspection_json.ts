import { walkSteps } from "../../state/walk_steps.ts";
import type { Encoded } from "../../values/json.ts";
import { deriveStatuses } from "./derive_statuses.ts";
import { inspectState } from "./inspect_state.ts";
import { inspectStep } from "./inspect_step.ts";
import type { ReadState } from "./read_state.ts";

/** In JSON no text has a line end in it, so that this is found nowhere but where it is looked for. */
const STEPS = '\n  "steps": []';
/** A piece has about so many characters. */
const CHUNK = 64 * 1024;

/**
 * Writes an inspection as JSON, in pieces: one text of a million steps would be longer than a text can be.
 *
 * @param redact Takes out of a value what is not to be shown.
 */
export function* inspectionJson(read: ReadState, redact: (encoded: Encoded) => Encoded): Generator<string> {
  const { state, story, cut } = read;
  const head = JSON.stringify(inspectState(read, { redact, choose: () => [] }), null, 2);
  const place = head.indexOf(STEPS) + STEPS.length - 1;
  const known = { state, story, redact, cut, statuses: deriveStatuses(state, read.read.isHeld) };
  let text = head.slice(0, place);
  let isFirst = true;
  for (const step of walkSteps(state.root)) {
    const json = JSON.stringify(inspectStep(known, step), null, 2).replaceAll("\n", "\n    ");
    text += `${isFirst ? "" : ","}\n    ${json}`;
    isFirst = false;
    if (text.length < CHUNK) continue;
    yield text;
    text = "";
  }
  yield `${text}${isFirst ? "" : "\n  "}${head.slice(place)}\n`;
}
