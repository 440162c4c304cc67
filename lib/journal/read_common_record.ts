import type { PlanNode } from "../plan/node.ts";
import type { JournalRecord } from "./encode_record.ts";
import type { Event } from "./event.ts";

/** The shapes of `event.ts`, and narrower where that is simpler: anything else is read in the usual way. */
const STEP = "[1-9]\\d{0,7}(?:\\.[1-9]\\d{0,7}){0,20}";
const COUNT = "[1-9]\\d{0,6}";
const MS = "(?:0|[1-9]\\d{0,8})(?:\\.\\d{1,6})?";
const INSTANT = "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z";
/** Only characters that JSON writes as they are. */
const TEXT = '"[ !#-[\\]-~]{0,200}"';
const VALUE = `(?:-?(?:0|[1-9]\\d{0,14})|true|false|null|${TEXT})`;

const HEAD = sticky(`,\\{"seq":${COUNT},"at":"${INSTANT}","events":\\[`);
const FINISHED = sticky(
  `\\{"type":"finished","step":"${STEP}","attempt":${COUNT},"ms":${MS}(?:,"value":${VALUE})?\\}`,
);
const STARTED = sticky(`\\{"type":"started","step":"${STEP}","attempt":${COUNT},"run":${COUNT}\\}`);
const PLANNED = '{"type":"planned","nodes":[';
const NODE = sticky(
  `\\{"id":"(${STEP})",(?:"name":(${TEXT}),)?"kind":"step","module":(0|${COUNT}),"export":(${TEXT})` +
    `(?:,"args":(\\[(?:${VALUE}(?:,${VALUE}){0,50})?\\]))?\\}`,
);
/** Lengths of the constant parts of the above. */
const SEQ_AT = ',{"seq":'.length;
const INSTANT_LENGTH = 24;
const EVENTS_LENGTH = '","events":['.length;
const FINISHED_STEP_AT = '{"type":"finished","step":"'.length;
const STARTED_STEP_AT = '{"type":"started","step":"'.length;
const ATTEMPT_AT = '","attempt":'.length;
const MS_AT = ',"ms":'.length;
const VALUE_AT = ',"value":'.length;
const RUN_AT = ',"run":'.length;

const COMMA = 0x2c;
const BRACKET = 0x5d;
/** V8 copies slices that are shorter than this. */
const SHORTEST_CUT = 13;

/**
 * Reads the records that make up nearly all of a long journal, plain steps that are planned, start, and finish,
 * directly from the text: in a third of the time that it takes to parse JSON and to check the result. The checksum
 * covers the line up to `end`. Returns nothing if there is something else in it, or it is written differently.
 */
export function readCommonRecord(
  text: string,
  end: number,
  seq: number,
  previousAt?: string,
): JournalRecord | undefined {
  const headEnd = match(HEAD, text, 0);
  if (headEnd === 0) return undefined;
  const instantEnd = headEnd - EVENTS_LENGTH;
  const instantAt = instantEnd - INSTANT_LENGTH;
  if (Number(text.slice(SEQ_AT, instantAt - ',"at":"'.length)) !== seq) return undefined;
  const events: Event[] = [];
  for (let at = headEnd; at < end; at += 1) {
    let next = match(FINISHED, text, at);
    if (next > 0) events.push(readFinished(text, at, next));
    else if ((next = match(STARTED, text, at)) > 0) events.push(readStarted(text, at, next));
    else {
      const planned = text.startsWith(PLANNED, at) ? readNodes(text, at + PLANNED.length) : undefined;
      if (planned === undefined) return undefined;
      events.push({ type: "planned", nodes: planned.nodes });
      next = planned.end;
    }
    at = next;
    // The suffix begins with a comma, as another event would: without this check the list could be left open.
    const isLast = at + 1 >= end;
    if (text.charCodeAt(at) !== (isLast ? BRACKET : COMMA)) return undefined;
  }
  // The date of the record before is often the same, and then the same text is used.
  const isSame = previousAt !== undefined && text.startsWith(previousAt, instantAt);
  return { seq, at: isSame ? previousAt : copyText(text.slice(instantAt, instantEnd)), events };
}

function readFinished(text: string, at: number, end: number): Event {
  const stepAt = at + FINISHED_STEP_AT;
  const stepEnd = text.indexOf('"', stepAt);
  const attemptEnd = text.indexOf(",", stepEnd + ATTEMPT_AT);
  const msAt = attemptEnd + MS_AT;
  const comma = text.indexOf(",", msAt);
  const msEnd = comma === -1 || comma >= end ? end - 1 : comma;
  const step = text.slice(stepAt, stepEnd);
  const attempt = Number(text.slice(stepEnd + ATTEMPT_AT, attemptEnd));
  const ms = Number(text.slice(msAt, msEnd));
  if (msEnd === end - 1) return { type: "finished", step, attempt, ms };
  return { type: "finished", step, attempt, ms, value: JSON.parse(text.slice(msEnd + VALUE_AT, end - 1)) };
}

function readStarted(text: string, at: number, end: number): Event {
  const stepAt = at + STARTED_STEP_AT;
  const stepEnd = text.indexOf('"', stepAt);
  const attemptEnd = text.indexOf(",", stepEnd + ATTEMPT_AT);
  return {
    type: "started",
    step: text.slice(stepAt, stepEnd),
    attempt: Number(text.slice(stepEnd + ATTEMPT_AT, attemptEnd)),
    run: Number(text.slice(attemptEnd + RUN_AT, end - 1)),
  };
}

function readNodes(text: string, start: number): { readonly nodes: PlanNode[]; readonly end: number } | undefined {
  const nodes: PlanNode[] = [];
  // The same few functions are named again and again: their names are parsed once.
  const known = new Map<string, string>();
  for (let at = start;; at += 1) {
    NODE.lastIndex = at;
    const found = NODE.exec(text);
    if (found === null) return undefined;
    nodes.push(toNode(found, known));
    at = NODE.lastIndex;
    const mark = text.charAt(at);
    if (mark === "]") return text.charAt(at + 1) === "}" ? { nodes, end: at + 2 } : undefined;
    if (mark !== ",") return undefined;
  }
}

function toNode([, id = "", name, module, exported = "", args]: RegExpExecArray, known: Map<string, string>): PlanNode {
  let exportName = known.get(exported);
  if (exportName === undefined) {
    exportName = String(JSON.parse(exported));
    known.set(JSON.stringify(exportName), exportName);
  }
  const code = { id: copyText(id), kind: "step", module: Number(module), export: exportName } as const;
  if (name === undefined && args === undefined) return code;
  return {
    ...code,
    ...(name === undefined ? {} : { name: String(JSON.parse(name)) }),
    ...(args === undefined ? {} : { args: JSON.parse(args) }),
  };
}

/** Copies a slice: in V8, a slice keeps the text alive that it was cut from, here a whole chunk of the file. */
function copyText(text: string): string {
  return text.length < SHORTEST_CUT ? text : String(JSON.parse(`"${text}"`));
}

function sticky(pattern: string): RegExp {
  return new RegExp(pattern, "y");
}

/** Where a match at a place ends; 0 if there is none. */
function match(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  // Not exec, which makes a list of all groups.
  return pattern.test(text) ? pattern.lastIndex : 0;
}
