import { encodeHostile } from "./encode_hostile.ts";
import { type HostileCase, REFUSED } from "./hostile_case.ts";
import { firstIs, hostilePlan } from "./hostile_plan.ts";

const PROGRAM = 'export function run() { Deno.writeTextFileSync("canary", "") }; run()';

/** URLs that may not be imported, fetched or read; `%` stands for the folder's path. */
const URLS: readonly (readonly [tries: string, url: string])[] = [
  ["code in the URL", `data:text/javascript,${encodeURIComponent(PROGRAM)}`],
  ["code in the URL, in base64", `data:application/typescript;base64,${btoa(PROGRAM)}`],
  ["code in capitals", `DATA:text/javascript,${encodeURIComponent(PROGRAM)}`],
  ["an object of this process", "blob:null/6f1c0f7e-0000-4000-8000-000000000000"],
  ["the internals of Deno", "ext:core/mod.js"],
  ["a scheme of browsers", "javascript:run()"],
  ["a scheme of other run times", "bun:ffi"],
  ["an import map's name", "about:blank"],
  ["a package of any version", "npm:superjson"],
  ["a package of a range of versions", "npm:superjson@^2.2.6"],
  ["a package of a tag", "npm:superjson@latest"],
  ["a path out of a package", "npm:superjson@2.2.6/../../../canary.js"],
  ["an escaped path out of a package", "npm:superjson@2.2.6/%2e%2e/%2e%2e/canary.js"],
  ["a path out of a package, in the manner of Windows", "npm:superjson@2.2.6/..\\..\\canary.js"],
  ["a jsr package of any version", "jsr:@std/fs"],
  ["a jsr package of a range of versions", "jsr:@std/fs@1"],
  ["a path out of a jsr package", "jsr:@std/fs@1.0.24/../../canary.js"],
  ["a password in the URL", "https://ana:secret@example.com/run.ts"],
  ["a name that looks like the host", "https://localhost@example.com/run.ts"],
  ["plain http to elsewhere", "http://example.com/run.ts"],
  ["a host that begins like the loopback", "http://127.0.0.1.example.com/run.ts"],
  ["the loopback in a number", "http://2130706433/run.ts"],
  ["a path with dots", "file://%/sub/../canary.js"],
  ["a path with escaped dots", "file://%/sub/%2e%2e/canary.js"],
  ["a path with a dot at its end", "file://%/canary.js/."],
  ["a path with backslashes", "file://%\\canary.js"],
  ["an escaped slash", "file://%%2Fcanary.js"],
  ["an escaped backslash", "file://%%5ccanary.js"],
  ["a tab in the URL", "file://%/can\tary.js"],
  ["blanks around the URL", " file://%/canary.js"],
  ["a scheme in capitals", "FILE://%/canary.js"],
  ["one slash instead of three", "file:%/canary.js"],
  ["a file of another machine", "file://example.com/share/canary.js"],
  ["a file of another machine, by four slashes", "file:////example.com/share/canary.js"],
  ["a host that is left out when the URL is read", "file://localhost%/canary.js"],
];

function urlCase([tries, url]: (typeof URLS)[number]): HostileCase {
  return {
    tries: `${tries}: ${JSON.stringify(url.slice(0, 60))}`,
    write: ({ folder }) => encodeHostile([hostilePlan(url.replace("%", folder), [{ args: ["canary", ""] }])]),
    // What does not even begin like a URL is no journal of ours.
    codes: url.startsWith(" ") ? [65, 65, 65] : REFUSED,
    ...(/^(?:data|npm:superjson@2.2.6\/\.\.\/|file:\/\/%\/sub|http:\/\/2130)/.test(url) ? { isWorst: true } : {}),
  };
}

/** Journals that name code in ways in which nobody may. */
export const MODULE_CASES: readonly HostileCase[] = [
  ...URLS.map(urlCase),
  {
    tries: "to have a remote module fetched for its pin, before it is refused",
    write: ({ remote }) => encodeHostile([hostilePlan(remote)]),
    codes: REFUSED,
    isWorst: true,
  },
  {
    tries: "to call a function of Deno's node modules",
    write: () => encodeHostile([hostilePlan("node:fs", [{ export: "writeFileSync", args: ["canary", ""] }])]),
    codes: REFUSED,
    isWorst: true,
  },
  ...["then", "__proto__", "constructor", "prototype"].map((name): HostileCase => ({
    tries: `an export of the name ${name}`,
    write: ({ canary }) => encodeHostile([hostilePlan(canary, [{ export: name }])]),
    codes: REFUSED,
    ...(name === "then" ? { isWorst: true } : {}),
  })),
  {
    tries: "a second step of a bad module behind one of a good one, which would be imported first",
    write: ({ canary }) =>
      encodeHostile([
        hostilePlan(canary, [{}, { module: 1 }], { modules: [{ url: canary }, { url: "data:text/javascript,0" }] }),
      ]),
    codes: REFUSED,
    isWorst: true,
  },
  {
    tries: "a bad module as a probe",
    write: ({ canary }) =>
      encodeHostile([
        hostilePlan(canary, [{ options: { interrupted: { module: 1, export: "run" } } }], {
          modules: [{ url: canary }, { url: "data:text/javascript,0" }],
        }),
        [{ type: "started", step: "1", attempt: 1, run: 1 }],
      ]),
    codes: REFUSED,
  },
  {
    tries: "to move a module to a bad place after the plan was made",
    write: ({ canary }) =>
      encodeHostile([
        hostilePlan(canary),
        [{ type: "resumed", run: 2, library: "0.1.0", modules: [{ module: 0, url: "data:text/javascript,0" }] }],
      ]),
    codes: REFUSED,
  },
  {
    tries: "a device that never ends as a module",
    write: () => encodeHostile([hostilePlan("file:///dev/zero")]),
    codes: REFUSED,
    skipsDryRun: true,
    isWorst: true,
  },
  {
    tries: "a catastrophic regular expression as an argument",
    write: () =>
      encodeHostile([
        hostilePlan("data:text/javascript,0", [{
          args: [`/${"(a+)+".repeat(20)}$/`, `${"a".repeat(100)}!`],
          argsMeta: firstIs(["regexp"]),
        }]),
      ]),
    codes: REFUSED,
  },
];
