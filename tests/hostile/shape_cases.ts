import { TEST_TIME } from "../support/test_record.ts";
import { encodeBodies, encodeHostile } from "./encode_hostile.ts";
import { DAMAGED, type HostileCase, REFUSED } from "./hostile_case.ts";
import { FINISH, firstIs, hostilePlan, type HostileStep, REF, START } from "./hostile_plan.ts";

const AT = `"at":"${TEST_TIME}"`;
const DEEP = 5000;

/** Steps that cannot be, each in an otherwise sound plan of a module that must not be imported. */
const STEPS: readonly (readonly [tries: string, ...steps: readonly HostileStep[]])[] = [
  ["a ref of a step to itself", { args: [{ step: "1" }], argsMeta: REF }],
  ["a ref to a later step", { args: [{ step: "2" }], argsMeta: REF }, {}],
  ["refs in a circle", { args: [{ step: "2" }], argsMeta: REF }, { args: [{ step: "1" }], argsMeta: REF }],
  ["a ref to a step by the name of a prototype", { args: [{ step: "__proto__" }], argsMeta: REF }],
  ["two steps of one id", { id: "1" }, { id: "1" }],
  ["two steps of one name", { name: "a" }, { name: "a" }],
  ["the id __proto__", { id: "__proto__" }],
  ["the id 0", { id: "0" }],
  ["an id of a hundred parts", { id: Array.from({ length: 110 }, () => "1").join(".") }],
  ["an id that is a number", { id: 1 }],
  ["a negative module", { module: -1 }],
  ["half a module", { module: 0.5 }],
  ["a module that is not there", { module: 7 }],
  ["the module length", { module: "length" }],
  ["arguments that are no list", { args: { length: 1e9 } }],
  ["an argument with the key constructor", { args: [{ constructor: { prototype: { polluted: true } } }] }],
  ["a class", { args: [{}], argsMeta: firstIs([["class", "Function"]]) }],
  ["a symbol", { args: ["iterator"], argsMeta: firstIs([["symbol", "iterator"]]) }],
  ["a typed array", { args: [[1]], argsMeta: firstIs([["typed-array", "Uint8Array"]]) }],
  ["an unknown custom type", { args: [[1]], argsMeta: firstIs([["custom", "constructor"]]) }],
  ["a regular expression that is none", { args: ["/(/"], argsMeta: firstIs(["regexp"]) }],
  ["a date that is none", { args: ["yesterday"], argsMeta: firstIs(["Date"]) }],
  ["a number that is text", { args: ["0; evil()"], argsMeta: firstIs(["bigint"]) }],
  ["a meta that leads to a prototype", { args: [{}], argsMeta: { values: { "0.__proto__.x": ["Date"] }, v: 1 } }],
  ["a meta with refs to places", { args: [{}], argsMeta: { values: {}, referentialEqualities: { 0: ["1"] }, v: 1 } }],
  ["a meta of another version", { args: ["a"], argsMeta: { values: {}, v: 2 } }],
  ["a negative delay", { options: { retry: { delayMs: -1 } } }],
  ["a policy that is no word", { options: { interrupted: 1 } }],
];

/** Events that cannot follow each other. */
const HISTORIES: readonly (readonly [tries: string, ...records: readonly (readonly unknown[])[]])[] = [
  ["a step that has finished without having been started", [FINISH]],
  ["a step that finishes twice", [START, FINISH], [FINISH]],
  ["an end before all steps have ended", [{ type: "ended" }]],
  ["a decision about a finished step", [START, FINISH], [{ type: "decided", decision: "retry", step: "1" }]],
  ["a decision about a step that is not there", [{ type: "decided", decision: "skip", step: "9" }]],
  ["a second beginning", hostilePlan("data:text/javascript,0")],
  ["a plan behind the plan", [{ type: "planned", nodes: [] }]],
  ["a run that is not the next", [{ type: "resumed", run: 7, library: "0.1.0" }]],
  ["an attempt that is not the next", [{ ...START, attempt: 2 }]],
  ["a negative attempt", [{ ...START, attempt: -1 }]],
  ["half an attempt", [{ ...START, attempt: 1.5 }]],
  ["an attempt beyond all numbers", [{ ...START, attempt: 1e300 }]],
  ["a negative duration", [START], [{ ...FINISH, ms: -1 }]],
  ["a module that moves and is not there", [{ type: "resumed", run: 2, library: "0", modules: [{ module: 9 }] }]],
  ["a value that refers to its own step", [START], [{ ...FINISH, value: [{ step: "1" }], valueMeta: REF }]],
  ["a value that fetches a variable", [START], [{
    ...FINISH,
    value: ["HOME"],
    valueMeta: firstIs([["custom", "env"]]),
  }]],
  ["a decided value that fetches a variable", [START], [{
    type: "decided",
    decision: "done",
    step: "1",
    given: true,
    value: ["HOME"],
    valueMeta: firstIs([["custom", "env"]]),
  }]],
  ["a value of a class", [START], [{ ...FINISH, value: [{}], valueMeta: firstIs([["class", "Function"]]) }]],
];

/** Records as text, for what `JSON.stringify` would not write; `%` stands for the plan's events, without the bracket. */
const BODIES: readonly (readonly [tries: string, ...bodies: readonly string[]])[] = [
  ["a seq beyond all numbers", `{"seq":1e999,${AT},"events":[%]`],
  ["a negative seq", `{"seq":-0.5,${AT},"events":[%]`],
  ["the same seq twice", `{"seq":0,${AT},"events":[%]`, `{"seq":0,${AT},"events":[{"type":"ended"}]`],
  ["a seq that is left out", `{"seq":0,${AT},"events":[%]`, `{"seq":2,${AT},"events":[{"type":"ended"}]`],
  ["a number beyond all numbers", `{"seq":0,${AT},"events":[%,{"type":"started","step":"1","attempt":1e999,"run":1}]`],
  ["a prototype as an argument", `{"seq":0,${AT},"events":[%,{"__proto__":{"type":"ended"}}]`],
  ["events that are an object", `{"seq":0,${AT},"events":{"length":1}`],
  ["a record without events", `{"seq":0,${AT},"events":[]`],
  ["a date that is none", `{"seq":0,"at":"tomorrow","events":[%]`],
  ["brackets that never close", `{"seq":0,${AT},"events":${"[".repeat(200_000)}`],
  ["objects in objects in objects", `{"seq":0,${AT},"events":[${'{"type":'.repeat(50_000)}1${"}".repeat(50_000)}]`],
];

/** Journals whose checksums are right, and whose records this library would never write. */
export const SHAPE_CASES: readonly HostileCase[] = [
  ...STEPS.map(([tries, ...steps]): HostileCase => ({
    tries: `a step that cannot be: ${tries}`,
    write: ({ canary }) => encodeHostile([hostilePlan(canary, steps)]),
    codes: DAMAGED,
    ...(tries === "refs in a circle" || tries === "a class" ? { isWorst: true } : {}),
  })),
  ...HISTORIES.map(([tries, ...records]): HostileCase => ({
    tries: `a history that cannot be: ${tries}`,
    write: ({ canary }) => encodeHostile([hostilePlan(canary), ...records]),
    codes: DAMAGED,
    ...(tries === "a value that fetches a variable" ? { isWorst: true } : {}),
  })),
  ...BODIES.map(([tries, ...bodies]): HostileCase => ({
    tries: `a record that cannot be: ${tries}`,
    write: ({ canary }) => {
      const events = JSON.stringify(hostilePlan(canary)).slice(1, -1);
      return encodeBodies(bodies.map((body) => body.replace("%", () => events)));
    },
    codes: DAMAGED,
  })),
  ...[["lists", "[", "]"], ["objects", '{"a":', "}"]].map(([what, open = "", close = ""]): HostileCase => ({
    tries: `an argument of ${DEEP} ${what} in each other`,
    write: ({ canary }) => {
      const args = `[${open.repeat(DEEP)}1${close.repeat(DEEP)}]`;
      const events = JSON.stringify(hostilePlan(canary, [{ args: ["%"] }])).replace('["%"]', () => args);
      return encodeBodies([`{"seq":0,${AT},"events":${events}`]);
    },
    codes: DAMAGED,
    isWorst: true,
  })),
  {
    tries: "an argument with the key __proto__",
    write: ({ canary }) => {
      const events = JSON.stringify(hostilePlan(canary, [{ args: [{ "%": { polluted: true } }] }]));
      return encodeBodies([`{"seq":0,${AT},"events":${events.replace('"%"', '"__proto__"')}`]);
    },
    codes: DAMAGED,
  },
  {
    tries: "a key that is there twice: the last counts for all who read",
    write: ({ canary }) => {
      const modules = [{ url: canary }, { url: "data:text/javascript,0" }];
      const events = JSON.stringify(hostilePlan(canary, [{}], { modules }));
      return encodeBodies([`{"seq":0,${AT},"events":${events.replace('"module":0', '"module":0,"module":1')}`]);
    },
    codes: REFUSED,
  },
  {
    tries: "a line that is longer than any",
    write: ({ canary }) => encodeHostile([hostilePlan(canary, [{ args: ["x".repeat(17 * 1024 * 1024)] }])]),
    codes: DAMAGED,
  },
  {
    tries: "a format of the future",
    write: ({ canary }) => encodeHostile([hostilePlan(canary, [{}], { format: 2 })]),
    codes: DAMAGED,
    isWorst: true,
  },
  {
    tries: "an event of the future",
    write: ({ canary }) => encodeHostile([hostilePlan(canary), [{ type: "teleported", step: "1" }]]),
    codes: [0, 65, 65],
  },
  {
    tries: "days that no calendar has",
    write: () =>
      encodeBodies([
        `{"seq":0,"at":"9999-99-99T99:99:99.999Z","events":${
          JSON.stringify(hostilePlan("data:text/javascript,0", [{}, {}]))
        }`,
        `{"seq":1,"at":"0000-00-00T00:00:00.000Z","events":${JSON.stringify([START])}`,
        `{"seq":2,${AT},"events":${JSON.stringify([FINISH])}`,
      ]),
    codes: REFUSED,
  },
];
